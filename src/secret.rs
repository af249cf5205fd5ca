//! Values that may hold secrets, and the one place where secrets are masked.
//!
//! A [`Template`] is what a suite writes (`${OZ_TOKEN}`); it is resolved against the [`Environment`] only when a probe
//! leaves. Everything else (reports, terminal, commands) sees the template or text that went through a [`Mask`].

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::engine::general_purpose::{GeneralPurpose, STANDARD as BASE64, STANDARD_NO_PAD, URL_SAFE_NO_PAD};

pub use crate::environment::Environment;

/// A part of a [`Template`].
#[derive(Clone, Debug, Eq, PartialEq)]
enum Piece {
    /// Bytes as they stand.
    Text(Vec<u8>),
    /// The value of a variable.
    Variable(String),
    /// The value of a variable without its last character.
    Shortened(String),
    /// `base64(login:password)` (RFC 7617).
    Basic(Template, Template),
}

/// Bytes in which variables stand for secrets.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Template(Vec<Piece>);

impl Template {
    /// Bytes as they stand, without a variable.
    pub fn literal(bytes: impl Into<Vec<u8>>) -> Self {
        Self(vec![Piece::Text(bytes.into())])
    }

    /// Text in which `${NAME}` stands for a variable.
    ///
    /// # Errors
    /// A `${` without its `}`, or a name that is not upper-case letters, digits and `_`.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some(start) = rest.find("${") {
            if start > 0 {
                pieces.push(Piece::Text(rest[..start].into()));
            }
            let name = &rest[start + 2..];
            let end = name.find('}').ok_or("`${` has no closing `}`")?;
            let (name, after) = (&name[..end], &name[end + 1..]);
            let valid = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
            if name.is_empty() || !name.chars().all(valid) {
                return Err(format!("`${{{name}}}` is no variable: write upper-case letters, digits and `_`"));
            }
            pieces.push(Piece::Variable(name.into()));
            rest = after;
        }
        if !rest.is_empty() {
            pieces.push(Piece::Text(rest.into()));
        }
        Ok(Self(pieces))
    }

    /// The value of the Authorization header for a pair (RFC 7617).
    #[must_use]
    pub fn basic(login: Self, password: Self) -> Self {
        Self(vec![Piece::Text(b"Basic ".into()), Piece::Basic(login, password)])
    }

    /// The same with every variable cut by its last character.
    #[must_use]
    pub fn shortened(&self) -> Self {
        let cut = |piece: &Piece| match piece {
            Piece::Variable(name) => Piece::Shortened(name.clone()),
            other => other.clone(),
        };
        Self(self.0.iter().map(cut).collect())
    }

    /// The variables that the template needs.
    #[must_use]
    pub fn variables(&self) -> BTreeSet<&str> {
        let mut names = BTreeSet::new();
        for piece in &self.0 {
            match piece {
                Piece::Text(_) => {}
                Piece::Variable(name) | Piece::Shortened(name) => {
                    names.insert(name.as_str());
                }
                Piece::Basic(login, password) => {
                    names.extend(login.variables().into_iter().chain(password.variables()));
                }
            }
        }
        names
    }

    /// Whether the template needs any variable.
    #[must_use]
    pub fn has_variables(&self) -> bool {
        self.0.iter().any(|piece| match piece {
            Piece::Text(_) => false,
            Piece::Variable(_) | Piece::Shortened(_) => true,
            Piece::Basic(login, password) => login.has_variables() || password.has_variables(),
        })
    }

    /// The bytes that leave.
    ///
    /// # Errors
    /// The name of the first variable that is not set.
    pub fn resolve(&self, environment: &Environment) -> Result<Vec<u8>, String> {
        let mut bytes = Vec::new();
        let value = |name: &String| environment.get(name).ok_or_else(|| name.clone());
        for piece in &self.0 {
            match piece {
                Piece::Text(text) => bytes.extend_from_slice(text),
                Piece::Variable(name) => bytes.extend_from_slice(value(name)?.as_bytes()),
                Piece::Shortened(name) => {
                    let mut value = value(name)?.to_owned();
                    value.pop();
                    bytes.extend_from_slice(value.as_bytes());
                }
                Piece::Basic(login, password) => {
                    let pair = [login.resolve(environment)?, password.resolve(environment)?].join(&b':');
                    bytes.extend_from_slice(BASE64.encode(pair).as_bytes());
                }
            }
        }
        Ok(bytes)
    }

    /// What stands in reports: variables by name, everything else as it is.
    #[must_use]
    pub fn masked(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for piece in &self.0 {
            match piece {
                Piece::Text(text) => bytes.extend_from_slice(text),
                Piece::Variable(name) => bytes.extend_from_slice(format!("${{{name}}}").as_bytes()),
                Piece::Shortened(name) => bytes.extend_from_slice(format!("${{{name}%?}}").as_bytes()),
                Piece::Basic(login, password) if !self.has_variables() => {
                    bytes.extend_from_slice(BASE64.encode([login.masked(), password.masked()].join(&b':')).as_bytes());
                }
                Piece::Basic(login, password) => {
                    bytes.extend_from_slice(
                        &[b"base64(".to_vec(), login.masked(), b":".to_vec(), password.masked(), b")".to_vec()]
                            .concat(),
                    );
                }
            }
        }
        bytes
    }

    /// The inside of a POSIX shell's double quotes that expands to the template's value.
    ///
    /// Bytes that no shell word holds (NUL, control bytes, bytes that are not ASCII) are the caller's to see to.
    #[must_use]
    pub fn shell(&self) -> String {
        self.0.iter().map(Piece::shell).collect()
    }
}

impl Piece {
    fn shell(&self) -> String {
        match self {
            Self::Text(text) => {
                let escaped =
                    |c: char| if matches!(c, '"' | '\\' | '$' | '`') { format!("\\{c}") } else { c.to_string() };
                String::from_utf8_lossy(text).chars().map(escaped).collect()
            }
            Self::Variable(name) => format!("${{{name}}}"),
            Self::Shortened(name) => format!("${{{name}%?}}"),
            Self::Basic(login, password) => {
                format!("$(printf %s \"{}:{}\" | base64 | tr -d '\\n')", login.shell(), password.shell())
            }
        }
    }
}

/// Replaces secrets by the names of their variables, wherever and however they are written.
#[derive(Clone, Debug, Default)]
pub struct Mask {
    secrets: Vec<(Vec<u8>, String)>,
    /// By byte in lower case: whether a secret begins with it.
    begins: Vec<bool>,
}

/// Shorter values are masked where we put them ourselves, but not searched for: they would be found in any text.
const SHORTEST: usize = 4;

impl Mask {
    /// A mask for the values of the given templates, in clear, in Base64, percent-encoded and cut by one character.
    #[must_use]
    pub fn new<'t>(templates: impl IntoIterator<Item = &'t Template>, environment: &Environment) -> Self {
        let mut secrets: BTreeMap<Vec<u8>, String> = BTreeMap::new();
        let mut add = |value: Vec<u8>, name: &str| {
            if value.len() >= SHORTEST {
                for form in forms(&value) {
                    secrets.entry(form).or_insert_with(|| name.to_owned());
                }
            }
        };
        for template in templates {
            for piece in &template.0 {
                if let Piece::Basic(login, password) = piece
                    && let (Ok(login), Ok(password)) = (login.resolve(environment), password.resolve(environment))
                    && template.has_variables()
                {
                    add([login, password].join(&b':'), &String::from_utf8_lossy(&template.masked()["Basic ".len()..]));
                }
            }
            for name in template.variables() {
                if let Some(value) = environment.get(name) {
                    add(value.as_bytes().to_vec(), &format!("${{{name}}}"));
                    let mut cut = value.to_owned();
                    if cut.pop().is_some() {
                        add(cut.into_bytes(), &format!("${{{name}%?}}"));
                    }
                }
            }
        }
        // The longest first, so that a value is not masked as its own beginning.
        let mut secrets: Vec<_> = secrets.into_iter().collect();
        secrets.sort_by_key(|(value, _)| std::cmp::Reverse(value.len()));
        let mut begins = vec![false; 256];
        for (value, _) in &secrets {
            begins[usize::from(value[0].to_ascii_lowercase())] = true;
        }
        Self { secrets, begins }
    }

    /// The bytes without secrets.
    #[must_use]
    pub fn bytes(&self, bytes: &[u8]) -> Vec<u8> {
        let mut masked = Vec::with_capacity(bytes.len());
        let mut rest = bytes;
        while let Some(first) = rest.first() {
            let may = self.begins.get(usize::from(first.to_ascii_lowercase())).is_some_and(|begins| *begins);
            let here = |(value, name): &'_ (Vec<u8>, String)| Some((begins(rest, value)?, name.clone()));
            if let Some((length, name)) = may.then(|| self.secrets.iter().find_map(here)).flatten() {
                masked.extend_from_slice(name.as_bytes());
                rest = &rest[length..];
            } else {
                masked.push(*first);
                rest = &rest[1..];
            }
        }
        masked
    }

    /// The text without secrets.
    #[must_use]
    pub fn text(&self, text: &str) -> String {
        String::from_utf8_lossy(&self.bytes(text.as_bytes())).into_owned()
    }
}

/// How many bytes of the text are the value, whatever its case and with white space or escaped line breaks in it; `None`
/// where it does not begin so.
fn begins(text: &[u8], value: &[u8]) -> Option<usize> {
    let (mut at, mut taken) = (0, 0);
    while let Some(next) = value.get(taken) {
        match text.get(at..)? {
            [byte, ..] if byte.eq_ignore_ascii_case(next) => (at, taken) = (at + 1, taken + 1),
            _ if taken == 0 => return None,
            [b'\r' | b'\n' | b' ' | b'\t', ..] => at += 1,
            [b'\\', b'r' | b'n', ..] => at += 2,
            _ => return None,
        }
    }
    Some(at)
}

/// The value in Base64 as it stands within a longer text: what its neighbours decide is left out.
fn within_base64(value: &[u8], engine: &GeneralPurpose) -> Vec<Vec<u8>> {
    let at = |offset: usize| {
        let text = engine.encode([&vec![0; offset], value].concat());
        let end = (offset + value.len()) / 3 * 4;
        text.get(offset.div_ceil(3) * 4..end).map(|inner| inner.as_bytes().to_vec())
    };
    (0..3).filter_map(at).filter(|inner| inner.len() >= SHORTEST_WITHIN).collect()
}

/// Shorter pieces of Base64 are found in other texts, too.
const SHORTEST_WITHIN: usize = 12;

/// The ways in which a target writes a value back: as it is, escaped for JSON, HTML or a URL, in Base64.
fn forms(value: &[u8]) -> Vec<Vec<u8>> {
    let mut forms = vec![value.to_vec(), percent_encoded(value)];
    for engine in [STANDARD_NO_PAD, URL_SAFE_NO_PAD] {
        forms.push(engine.encode(value).into_bytes());
        forms.extend(within_base64(value, &engine));
    }
    if let Ok(text) = std::str::from_utf8(value) {
        let quoted = serde_json::Value::from(text).to_string();
        let ascii = |c: char| {
            if c.is_ascii() {
                c.to_string()
            } else {
                c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect()
            }
        };
        let json = quoted.trim_start_matches('"').strip_suffix('"').unwrap_or(&quoted).to_owned();
        let html = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
        let form = String::from_utf8_lossy(&percent_encoded(value)).replace("%20", "+");
        forms.extend(
            [
                json.chars().map(ascii).collect(),
                json,
                html.replace('\'', "&#39;"),
                html.replace('\'', "&#x27;"),
                html,
                form,
            ]
            .map(String::into_bytes),
        );
    }
    forms
}

/// Every byte that is no unreserved character as `%XX` (RFC 3986, section 2.1).
#[must_use]
pub fn percent_encoded(bytes: &[u8]) -> Vec<u8> {
    let mut encoded = Vec::with_capacity(bytes.len());
    for byte in bytes {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(byte) {
            encoded.push(*byte);
        } else {
            encoded.extend_from_slice(format!("%{byte:02X}").as_bytes());
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment() -> Environment {
        let pairs = [("OZ_TOKEN", "abcdef0123456789"), ("LOGIN", "4217"), ("PASSWORD", "open sesame"), ("EMPTY", "")];
        Environment::new(pairs.map(|(name, value)| (name.into(), value.into())))
    }

    #[test]
    fn a_template_resolves_variables_and_keeps_the_rest() {
        let template = Template::parse("Token ${OZ_TOKEN}!").unwrap();
        assert_eq!(template.resolve(&environment()).unwrap(), b"Token abcdef0123456789!");
        assert_eq!(template.shortened().resolve(&environment()).unwrap(), b"Token abcdef012345678!");
        assert_eq!(template.masked(), b"Token ${OZ_TOKEN}!");
    }

    #[test]
    fn an_unset_or_empty_variable_is_named() {
        assert_eq!(Template::parse("${MISSING}").unwrap().resolve(&environment()), Err("MISSING".into()));
        assert_eq!(Template::parse("${EMPTY}").unwrap().resolve(&environment()), Err("EMPTY".into()));
        assert!(Template::parse("${lower}").is_err());
        assert!(Template::parse("${OPEN").is_err());
    }

    #[test]
    fn a_mask_finds_a_secret_in_clear_in_base64_percent_encoded_and_cut() {
        let basic = Template::basic(Template::parse("${LOGIN}").unwrap(), Template::parse("${PASSWORD}").unwrap());
        let token = Template::parse("${OZ_TOKEN}").unwrap();
        let mask = Mask::new([&basic, &token], &environment());
        let sent = String::from_utf8(basic.resolve(&environment()).unwrap()).unwrap();
        let text = format!("{sent} abcdef0123456789 abcdef012345678 open%20sesame {}", BASE64.encode("open sesame"));
        let masked = mask.text(&text);
        for secret in ["4217", "sesame", "abcdef01", "NDIxNzpvcGVuIHNlc2FtZQ", "b3BlbiBzZXNhbWU"] {
            assert!(!masked.contains(secret), "{secret} is in {masked}");
        }
        assert!(masked.contains("base64(${LOGIN}:${PASSWORD})") && masked.contains("${OZ_TOKEN%?}"), "{masked}");
    }

    #[test]
    fn the_debug_form_of_an_environment_has_no_values() {
        assert!(!format!("{:?}", environment()).contains("sesame"));
    }
}
