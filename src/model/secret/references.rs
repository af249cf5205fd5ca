//! The named character references of HTML that escaping functions write: for ASCII, and for Latin-1 (PHP's `htmlentities`).

/// The longest name.
pub(super) const MAX_LENGTH: usize = 8;

/// Names of ASCII characters, in lower case.
const ASCII: &[(&str, char)] = &[
    ("amp", '&'),
    ("apos", '\''),
    ("ast", '*'),
    ("bsol", '\\'),
    ("colon", ':'),
    ("comma", ','),
    ("commat", '@'),
    ("dollar", '$'),
    ("equals", '='),
    ("excl", '!'),
    ("grave", '`'),
    ("gt", '>'),
    ("hat", '^'),
    ("lbrace", '{'),
    ("lbrack", '['),
    ("lcub", '{'),
    ("lowbar", '_'),
    ("lpar", '('),
    ("lsqb", '['),
    ("lt", '<'),
    ("midast", '*'),
    ("newline", '\n'),
    ("num", '#'),
    ("percnt", '%'),
    ("period", '.'),
    ("plus", '+'),
    ("quest", '?'),
    ("quot", '"'),
    ("rbrace", '}'),
    ("rbrack", ']'),
    ("rcub", '}'),
    ("rpar", ')'),
    ("rsqb", ']'),
    ("semi", ';'),
    ("sol", '/'),
    ("tab", '\t'),
    ("tilde", '~'),
    ("verbar", '|'),
    ("vert", '|'),
];

/// Names of the characters from U+00A0 on.
const LATIN: [&str; 96] = [
    "nbsp", "iexcl", "cent", "pound", "curren", "yen", "brvbar", "sect", "uml", "copy", "ordf", "laquo", "not", "shy",
    "reg", "macr", "deg", "plusmn", "sup2", "sup3", "acute", "micro", "para", "middot", "cedil", "sup1", "ordm",
    "raquo", "frac14", "frac12", "frac34", "iquest", "Agrave", "Aacute", "Acirc", "Atilde", "Auml", "Aring", "AElig",
    "Ccedil", "Egrave", "Eacute", "Ecirc", "Euml", "Igrave", "Iacute", "Icirc", "Iuml", "ETH", "Ntilde", "Ograve",
    "Oacute", "Ocirc", "Otilde", "Ouml", "times", "Oslash", "Ugrave", "Uacute", "Ucirc", "Uuml", "Yacute", "THORN",
    "szlig", "agrave", "aacute", "acirc", "atilde", "auml", "aring", "aelig", "ccedil", "egrave", "eacute", "ecirc",
    "euml", "igrave", "iacute", "icirc", "iuml", "eth", "ntilde", "ograve", "oacute", "ocirc", "otilde", "ouml",
    "divide", "oslash", "ugrave", "uacute", "ucirc", "uuml", "yacute", "thorn", "yuml",
];

/// The character of that name.
pub(super) fn named(name: &[u8]) -> Option<u32> {
    if name.is_empty() {
        return None;
    }
    let ascii = || {
        ASCII
            .iter()
            .find(|(known, _)| known.len() == name.len() && known.as_bytes().eq_ignore_ascii_case(name))
            .map(|(_, c)| u32::from(*c))
    };
    let latin = || (0xa0..).zip(&LATIN).find(|(_, known)| known.as_bytes() == name).map(|(c, _)| c);
    ascii().or_else(latin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_of_latin_1_are_in_their_places() {
        for (name, c) in [("nbsp", '\u{a0}'), ("Agrave", 'À'), ("szlig", 'ß'), ("eacute", 'é'), ("yuml", 'ÿ')] {
            assert_eq!(named(name.as_bytes()), Some(u32::from(c)), "{name}");
        }
        assert_eq!((named(b"nothing"), named(b"")), (None, None));
        assert!(ASCII.iter().all(|(name, _)| name.len() <= MAX_LENGTH && *name == name.to_ascii_lowercase()));
    }
}
