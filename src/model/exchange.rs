//! What was sent, and what came back or did not.

use std::time::Duration;

use super::quote::Quote;
use super::secret::Template;
use super::token;

/// The most of a body that is read, in bytes.
pub const BODY_LIMIT: usize = 2 << 20;

/// A request as it is to leave, byte for byte; secrets are still variables.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Request {
    /// The method, in the case in which it leaves.
    pub method: String,
    /// Path and query as they stand in the request line, after the target's own prefix.
    pub target: String,
    /// The header fields in order, beside Host and Content-Length, which the sender adds.
    pub headers: Vec<(String, Template)>,
    /// The content, if there is any. `Some` and empty sends `Content-Length: 0`.
    pub body: Option<Vec<u8>>,
    /// What leaves in the place of all this, where it is no request that an HTTP library would write: the other members then
    /// say what it is made from.
    pub script: Option<Script>,
    /// Which connection it uses.
    pub connection: ConnectionUse,
}

/// Which connection a request uses, and who writes it.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum ConnectionUse {
    /// HTTP/1.1, on a connection that is open if there is one.
    #[default]
    Any,
    /// HTTP/1.1, on a connection of its own.
    Fresh,
    /// HTTP/1.1, as an ordinary HTTP library sends it: on a connection of its own.
    Ordinary,
    /// HTTP/2 over TLS, where the target offers it (RFC 9113, section 3.2): as the library sends it.
    Http2,
}

impl ConnectionUse {
    /// Whether an ordinary HTTP library sends it.
    #[must_use]
    pub fn is_ordinary(self) -> bool {
        matches!(self, Self::Ordinary | Self::Http2)
    }
}

/// How an HTTP library names itself (RFC 9110, section 10.1.5).
const USER_AGENT: &str = concat!("errdrift/", env!("CARGO_PKG_VERSION"));

impl Request {
    /// The same as an ordinary HTTP library sends it: it names itself, and says nothing of codings that it does not know.
    #[must_use]
    pub fn ordinary(mut self) -> Self {
        self.connection = ConnectionUse::Ordinary;
        self.headers.retain(|(name, value)| name != "accept-encoding" || value.masked() != b"identity");
        if self.header("user-agent").is_none() {
            self.headers.push(("user-agent".to_owned(), Template::literal(USER_AGENT)));
        }
        self
    }

    /// Why it is no request that HTTP/1.1 has (RFC 9112, sections 3 and 5), where no script says that it is not to be one.
    #[must_use]
    pub fn breach(&self) -> Option<String> {
        let is_token = |text: &str| token::is(text.as_bytes());
        if !is_token(&self.method) {
            return Some(format!("`{}` is no method", self.method.escape_debug()));
        }
        let visible = |byte: u8| byte.is_ascii_graphic() && byte != b'#';
        if !self.target.starts_with('/') || !self.target.bytes().all(visible) {
            return Some(format!("`{}` is no path with a query", self.target.escape_debug()));
        }
        let framing = ["host", "connection", "content-length", "transfer-encoding"];
        let wrong = |(name, value): &&(String, Template)| {
            let control = |byte: &u8| byte.is_ascii_control() && *byte != b'\t';
            !is_token(name)
                || framing.contains(&name.to_ascii_lowercase().as_str())
                || value.masked().iter().any(control)
        };
        let (name, _) = self.headers.iter().find(wrong)?;
        Some(format!("`{}` is no header field of its own, or has a value that none has", name.escape_debug()))
    }

    /// The first field of that name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&Template> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// Everything of the request that may hold a secret.
    pub fn templates(&self) -> impl Iterator<Item = &Template> {
        let scripted = self.script.iter().flat_map(|script| &script.parts).filter_map(|part| match part {
            Part::Bytes(bytes) => Some(bytes),
            Part::Authority | Part::Prefix | Part::Pause(_) => None,
        });
        self.headers.iter().map(|(_, value)| value).chain(scripted)
    }

    /// The variables that must be set for the request to leave.
    #[must_use]
    pub fn variables(&self) -> std::collections::BTreeSet<&str> {
        self.templates().flat_map(Template::variables).collect()
    }
}

/// The bytes of a connection's first half, in order, for the raw sender.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Script {
    /// What is written.
    pub parts: Vec<Part>,
    /// Whether the sender's half of the connection is closed after them, so that the target need not wait for more.
    pub half_close: bool,
    /// Which targets it is for.
    pub transport: Transport,
    /// Whether a good request stands at its end, whose reply must be a success or no reply at all.
    pub good_follows: bool,
    /// Whether the request never ends, so that a target may close without a reply (RFC 9112, section 8).
    pub unfinished: bool,
}

impl Script {
    /// Whether its first line is one of HTTP/0.9, so that a body without a head answers it.
    #[must_use]
    pub fn is_simple(&self) -> bool {
        let bytes = |part: &Part| match part {
            Part::Bytes(bytes) => bytes.masked(),
            Part::Authority | Part::Prefix | Part::Pause(_) => Vec::new(),
        };
        let line: Vec<u8> =
            self.parts.iter().flat_map(bytes).take_while(|byte| !matches!(byte, b'\r' | b'\n')).collect();
        let version = line.rsplit(|byte| *byte == b' ').next().unwrap_or_default();
        line.starts_with(b"GET ") && (version == b"HTTP/0.9" || !version.starts_with(b"HTTP/"))
    }
}

/// A piece of a [`Script`].
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Part {
    /// Bytes, in which secrets are still variables.
    Bytes(Template),
    /// The target's authority, as a Host header field has it.
    Authority,
    /// The path that stands before the suite's own; often nothing.
    Prefix,
    /// Nothing is written for so long.
    Pause(Duration),
}

/// Which targets a [`Script`] is for, and how it reaches them.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Transport {
    /// Over TLS to an https target, else in clear.
    #[default]
    AsTarget,
    /// In clear, to http targets alone.
    HttpOnly,
    /// In clear, to https targets alone.
    ClearToTls,
}

/// How a reply's body ended.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub enum Ending {
    /// As its framing announced.
    #[default]
    Complete,
    /// Before that, with what the client library said.
    Truncated(Quote),
    /// We stopped reading at this many bytes.
    Oversized(usize),
    /// The head was so large that we stopped reading, at this many bytes or lines.
    OversizedHead(String),
    /// The probe's deadline passed while the body came.
    TimedOut,
}

/// A reply as it came.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Reply {
    /// The status code, whatever three digits it was.
    pub status: u16,
    /// The header fields in order, duplicates kept, in the case in which they came where the sender saw it.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The body's bytes, undecoded; partial unless [`Ending::Complete`].
    pub body: Vec<u8>,
    /// How the body ended.
    pub ending: Ending,
    /// What is wrong with the message itself; only the raw sender sees it.
    pub defects: Vec<Defect>,
    /// What came for the good request after the probe's own; `None` where there was none, or the connection was closed.
    pub next: Option<Box<Outcome>>,
}

impl Reply {
    /// The first field of that name, as text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<String> {
        self.all(name).next().map(|value| String::from_utf8_lossy(value).trim().to_owned())
    }

    /// The values of every field of that name, in order.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &[u8]> {
        let named = move |(n, _): &&(String, Vec<u8>)| n.eq_ignore_ascii_case(name);
        self.headers.iter().filter(named).map(|(_, value)| value.as_slice())
    }
}

/// What is wrong with a reply as an HTTP/1.1 message (RFC 9112), whatever it says.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Defect {
    /// The kind.
    pub kind: Flaw,
    /// What came.
    pub what: Quote,
}

/// The kinds of [`Defect`].
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Flaw {
    /// The status line is not of the grammar, and can be read all the same.
    StatusLine,
    /// The space after the status code is missing, which no client minds.
    ReasonPhrase,
    /// A line that is not a header field.
    Field,
    /// A line that ends without its carriage return.
    BareLineFeed,
    /// The length of the body is said in no way, or in two.
    Framing,
    /// The size of a chunk is followed by something other than its extensions.
    Chunk,
    /// A body where none is allowed.
    Body,
    /// Bytes after the end.
    After,
}

/// A limit of the machine that errdrift runs on, by which a request did not leave.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum LocalLimit {
    /// This process may open no more files, and how many it may where that is known.
    OpenFiles(Option<u64>),
    /// No process may.
    SystemFiles,
    /// No memory is left for a connection.
    Memory,
    /// No port, or no address, is left for our end of a connection.
    Ports,
    /// Connections to the target are forbidden.
    Forbidden,
}

impl std::fmt::Display for LocalLimit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::OpenFiles(Some(most)) => write!(
                f,
                "this machine allows no more open files (ulimit -n is {most}): raise the limit, or lower --jobs"
            ),
            Self::OpenFiles(None) => {
                f.write_str("this machine allows no more open files: raise the limit (ulimit -n), or lower --jobs")
            }
            Self::SystemFiles => f.write_str(
                "this machine has too many files open (fs.file-max): close other programs, raise the limit, or lower --jobs",
            ),
            Self::Memory => {
                f.write_str("this machine has no memory for another connection: free some, or lower --jobs")
            }
            Self::Ports => f.write_str(
                "this machine has no free port, or no address, for another connection: wait a minute, or set --rate or lower --jobs",
            ),
            Self::Forbidden => f.write_str(
                "this machine forbids the connection (EPERM or EACCES): look at its firewall, its sandbox and its policies",
            ),
        }
    }
}

/// Why there was no reply.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Silence {
    /// No connection: refused, unroutable, or the name does not resolve. Says what the system said.
    Unreachable(String),
    /// No connection, by a limit of the machine that errdrift runs on: it says nothing of the target.
    Local(LocalLimit),
    /// The TLS handshake failed, and why.
    Tls(String),
    /// The connection was closed or reset before a reply, and what was seen of it.
    Closed(Quote),
    /// Something came that is not HTTP/1.1.
    NotHttp(Quote),
    /// Nothing complete came before the probe's deadline.
    TimedOut(Duration),
    /// A part of a head came before the deadline, and what.
    Stalled(Duration, Quote),
}

impl std::fmt::Display for Silence {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unreachable(why) => write!(f, "unreachable: {why}"),
            Self::Local(limit) => write!(f, "not sent: {limit}"),
            Self::Tls(why) => write!(f, "no TLS connection: {why}"),
            Self::Closed(why) => write!(f, "closed without a reply: {why}"),
            Self::NotHttp(why) => write!(f, "not HTTP: {why}"),
            Self::TimedOut(after) => write!(f, "no reply within {after:?}"),
            Self::Stalled(after, seen) => write!(f, "no whole head within {after:?}, only {seen}"),
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
