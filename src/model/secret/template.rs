//! What a suite writes where a secret stands: bytes in which `${NAME}` stands for a variable.
//!
//! It is resolved against the [`Environment`] only when a request leaves; everything else sees the names.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::environment::Environment;

/// A part of a [`Template`].
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Piece {
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
pub struct Template(pub(super) Vec<Piece>);

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

    /// The same, or the text as it stands where it is refused, which the check of its suite has said.
    #[must_use]
    pub fn written(text: &str) -> Self {
        Self::parse(text).unwrap_or_else(|_| Self::literal(text))
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
    fn the_debug_form_of_an_environment_has_no_values() {
        assert!(!format!("{:?}", environment()).contains("sesame"));
    }
}
