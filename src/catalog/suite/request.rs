//! Header fields of every request: what a gateway before a deployment asks for, a tenant, a login of its own.

use super::file::{Credential, Scheme, Suite};
use crate::model::secret::Template;
use crate::model::token;

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

impl Scheme {
    /// Its registered name (RFC 9110, section 16.4.1); what is carried by a field of its own has none.
    #[must_use]
    pub fn registered(self) -> Option<&'static str> {
        match self {
            Self::Basic => Some("Basic"),
            Self::Bearer => Some("Bearer"),
            Self::Token => None,
        }
    }
}

impl Credential {
    /// The name of the header field that carries it, in lower case as it leaves: case does not matter there.
    #[must_use]
    pub fn field(&self) -> String {
        let own = self.header.as_deref().unwrap_or_default().to_ascii_lowercase();
        if self.scheme.registered().is_some() { "authorization".into() } else { own }
    }
}

impl Suite {
    /// The header fields of every request.
    #[must_use]
    pub fn fields(&self) -> Vec<(String, Template)> {
        self.request.headers.iter().map(|(name, text)| (name.clone(), Template::written(text))).collect()
    }

    /// Whether the suite has such a field with a value that is written out: a tenant, not a secret.
    #[must_use]
    pub fn writes_out(&self, name: &str) -> bool {
        self.request.headers.get(name).is_some_and(|value| !value.contains("${"))
    }

    /// The value of such a field.
    ///
    /// # Errors
    /// What is wrong with it; never the value, which may be a secret.
    pub fn common_field(&self, name: &str, value: &str) -> Result<Template, String> {
        if !token::is(name.as_bytes()) {
            return Err(format!("`{name}` is not the name of a header field (RFC 9110, section 5.1)"));
        }
        if OWN.iter().any(|own| name.eq_ignore_ascii_case(own)) {
            return Err(format!("`{name}` is a field that errdrift itself writes and breaks"));
        }
        if let Some((credential, _)) =
            self.credentials.iter().find(|(_, credential)| credential.field().eq_ignore_ascii_case(name))
        {
            return Err(format!("`{name}` carries the credential `{credential}` of {}", self.id));
        }
        if value.chars().any(char::is_control) || value != value.trim() || value.is_empty() {
            return Err(format!("the value of `{name}` is not that of a header field (RFC 9110, section 5.5)"));
        }
        Template::parse(value)
    }
}
