//! What was sent, and what came back or did not.

use std::time::Duration;

use crate::secret::Template;

/// A request as it is to leave, byte for byte; secrets are still variables.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Request {
    /// The method, in the case in which it leaves.
    pub method: String,
    /// Path and query as they stand in the request line, behind the target's own prefix.
    pub target: String,
    /// The header fields in order, beside Host and Content-Length, which the sender adds.
    pub headers: Vec<(String, Template)>,
    /// The content, if there is any. `Some` and empty sends `Content-Length: 0`.
    pub body: Option<Vec<u8>>,
}

impl Request {
    /// The first field of that name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&Template> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// Everything of the request that may hold a secret.
    pub fn templates(&self) -> impl Iterator<Item = &Template> {
        self.headers.iter().map(|(_, value)| value)
    }

    /// The variables that must be set for the request to leave.
    #[must_use]
    pub fn variables(&self) -> std::collections::BTreeSet<&str> {
        self.templates().flat_map(Template::variables).collect()
    }
}

/// How a reply's body ended.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Ending {
    /// As its framing announced.
    Complete,
    /// Before that, with what the client library said.
    Truncated(String),
    /// We stopped reading at this many bytes.
    Oversized(usize),
    /// The probe's deadline passed while the body came.
    TimedOut,
}

/// A reply as it came.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Reply {
    /// The status code, whatever three digits it was.
    pub status: u16,
    /// The header fields in order, duplicates kept, names in lower case.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The body's bytes, undecoded; partial unless [`Ending::Complete`].
    pub body: Vec<u8>,
    /// How the body ended.
    pub ending: Ending,
}

impl Reply {
    /// The first field of that name, as text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<String> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| String::from_utf8_lossy(value).trim().to_owned())
    }
}

/// Why there was no reply.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Silence {
    /// No connection: refused, unroutable, or the name does not resolve. Says what the system said.
    Unreachable(String),
    /// The TLS handshake failed, and why.
    Tls(String),
    /// The connection was closed or reset before a reply, twice, and what the client library said.
    Closed(String),
    /// Something came that is not HTTP/1.1.
    NotHttp(String),
    /// Nothing complete came before the probe's deadline.
    TimedOut(Duration),
}

impl std::fmt::Display for Silence {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unreachable(why) => write!(f, "unreachable: {why}"),
            Self::Tls(why) => write!(f, "no TLS connection: {why}"),
            Self::Closed(why) => write!(f, "closed without a reply: {why}"),
            Self::NotHttp(why) => write!(f, "not HTTP: {why}"),
            Self::TimedOut(after) => write!(f, "no reply within {after:?}"),
        }
    }
}

/// A reply, or the lack of one.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Outcome {
    /// A reply came, whole or in part.
    Reply(Reply),
    /// None came.
    Silence(Silence),
}

/// What came back, and how long it took.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Exchange {
    /// The reply or the silence.
    pub outcome: Outcome,
    /// From the first byte sent to the last one received.
    pub duration: Duration,
}
