//! Where the deployment is: the origin, with its prefix if it has one.

use reqwest::Url;

/// The origin of the deployment, with its prefix if it has one.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Target {
    text: String,
    host: String,
    port: u16,
}

impl Target {
    /// Reads a target: an http or https URL without credentials, query and fragment.
    ///
    /// # Errors
    /// What is wrong with it, and what to write instead.
    pub fn parse(text: &str) -> Result<Self, String> {
        let shown = without_credentials(text);
        let wrong = |why: &str| {
            format!(
                "`{shown}` is no target: {why}; write an origin, with a prefix if the API has one, as https://staging.example.com"
            )
        };
        let url = Url::parse(text).map_err(|error| wrong(&error.to_string()))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(wrong("only http and https are known"));
        }
        if url.host_str().is_none_or(str::is_empty) {
            return Err(wrong("it has no host"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(wrong("credentials come from the environment, through the suite"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(wrong("it has a query or a fragment"));
        }
        let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
        let port = url.port_or_known_default().unwrap_or_default();
        let target = Self { text: text.trim_end_matches('/').to_owned(), host, port };
        if !target.prefix().bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(wrong("its path has bytes that only stand percent-encoded"));
        }
        Ok(target)
    }

    /// The text, without a slash at its end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The host, without the brackets of an IPv6 address.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port, the scheme's own where none is given.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Whether the host is this machine (RFC 1122, section 3.2.1.3; RFC 4291, section 2.5.3; RFC 6761, section 6.3).
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        let is_loopback = |address: std::net::IpAddr| address.is_loopback();
        self.host.eq_ignore_ascii_case("localhost") || self.host.parse().is_ok_and(is_loopback)
    }

    /// Whether the scheme is https.
    #[must_use]
    pub fn is_tls(&self) -> bool {
        self.text.get(..6).is_some_and(|scheme| scheme.eq_ignore_ascii_case("https:"))
    }

    /// The authority as a Host header field has it: the port only where it is not the scheme's own (RFC 9110, section 7.2).
    #[must_use]
    pub fn authority(&self) -> String {
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        let own = if self.is_tls() { 443 } else { 80 };
        if self.port == own { host } else { format!("{host}:{}", self.port) }
    }

    /// The path that stands before the suites' own; empty where there is none.
    #[must_use]
    pub fn prefix(&self) -> &str {
        let authority = self.text.find("://").map_or(0, |scheme| scheme + "://".len());
        self.text[authority..].find('/').map_or("", |path| &self.text[authority + path..])
    }
}

/// A URL as it may be shown, whatever is wrong with it.
pub(crate) fn without_credentials(text: &str) -> String {
    let start = text.find("://").map_or(0, |scheme| scheme + "://".len());
    match text.rfind('@') {
        Some(end) if end >= start => format!("{}…{}", &text[..start], &text[end..]),
        _ => text.to_owned(),
    }
}
