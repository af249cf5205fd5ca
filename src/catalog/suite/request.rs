//! Header fields of every request: what a gateway before a deployment asks for, a tenant, a login of its own.

use super::file::{Scheme, Suite};
use crate::model::secret::Template;

/// Fields that faults break, or that frame a message: what every request carries would be in their way.
const OWN: &[&str] = &[
    "accept",
    "accept-encoding",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "expect",
    "host",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

impl Suite {
    /// The header fields of every request.
    #[must_use]
    pub fn fields(&self) -> Vec<(String, Template)> {
        let template = |text: &String| Template::parse(text).unwrap_or_else(|_| Template::literal(text.as_str()));
        self.request.headers.iter().map(|(name, text)| (name.clone(), template(text))).collect()
    }

    /// What is wrong with such a field; `None` where it may be sent.
    #[must_use]
    pub fn refuses(&self, name: &str, value: &str) -> Option<String> {
        let is_token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
        if name.is_empty() || !name.chars().all(is_token) {
            return Some(format!("`{name}` is not the name of a header field (RFC 9110, section 5.1)"));
        }
        if OWN.iter().any(|own| name.eq_ignore_ascii_case(own)) {
            return Some(format!("`{name}` is a field that errdrift itself writes and breaks"));
        }
        let carries = |scheme, header: &Option<String>| match scheme {
            Scheme::Basic | Scheme::Bearer => name.eq_ignore_ascii_case("authorization"),
            Scheme::Token => header.as_ref().is_some_and(|header| name.eq_ignore_ascii_case(header)),
        };
        if let Some((credential, _)) =
            self.credentials.iter().find(|(_, credential)| carries(credential.scheme, &credential.header))
        {
            return Some(format!("`{name}` carries the credential `{credential}` of {}", self.id));
        }
        if value.chars().any(char::is_control) || value != value.trim() || value.is_empty() {
            return Some(format!("the value of `{name}` is not that of a header field (RFC 9110, section 5.5)"));
        }
        Template::parse(value).err()
    }
}
