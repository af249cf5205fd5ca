//! Requests as they arrive: the head through `httparse`, the framing by hand. Knows no API and writes no reply.

use std::io;
use std::time::Duration;

use httparse::{EMPTY_HEADER, Error, Header, Status};
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

const HEAD_LIMIT: usize = 48 * 1024;
const BODY_LIMIT: usize = 52 * 1024 * 1024;
const HEADER_LIMIT: usize = 512;
const CHUNK_LINE_LIMIT: usize = 1024;

/// Why a request never got as far as a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Malformed {
    Line,
    Version,
    Header,
    Host,
    Length,
    Coding,
    Chunk,
    Unfinished,
    Expectation,
    TargetTooLong,
    HeadTooLarge,
    BodyTooLarge,
}

/// A whole request, borrowed from the connection's buffer.
#[derive(Debug)]
pub(super) struct Request<'a> {
    pub(super) method: &'a str,
    pub(super) path: &'a str,
    pub(super) query: Option<&'a str>,
    pub(super) headers: Vec<Header<'a>>,
    pub(super) body: &'a [u8],
}

impl<'a> Request<'a> {
    /// Every value of a header, in order.
    pub(super) fn all(&self, name: &str) -> impl Iterator<Item = &'a [u8]> {
        self.headers.iter().filter(move |header| header.name.eq_ignore_ascii_case(name)).map(|header| header.value)
    }

    /// The first value of a header.
    pub(super) fn header(&self, name: &str) -> Option<&'a [u8]> {
        self.all(name).next()
    }
}

/// How a connection goes on.
pub(super) enum Next<T> {
    Whole(T),
    Malformed(Malformed),
    Gone,
}

/// Where a request lies in the buffer, and how its connection goes on after it.
pub(super) struct Extent {
    head: usize,
    body: Option<Vec<u8>>,
    pub(super) end: usize,
    pub(super) keep_alive: bool,
}

enum Length {
    Fixed(usize),
    Chunked,
}

/// Reads one request into `buffer`, which may already hold it.
pub(super) async fn read(stream: &mut TcpStream, buffer: &mut Vec<u8>, patience: Duration) -> Next<Extent> {
    let mut scanned = 0;
    let head = loop {
        while buffer.starts_with(b"\r\n") {
            buffer.drain(..2);
        }
        match head_end(buffer, &mut scanned) {
            Ok(Some(end)) => break end,
            Ok(None) => {}
            Err(malformed) => return Next::Malformed(malformed),
        }
        let begun = (!buffer.is_empty()).then_some(patience);
        match more(stream, buffer, begun).await {
            Ok(true) => {}
            Ok(false) if buffer.is_empty() => return Next::Gone,
            Ok(false) => return Next::Malformed(if scanned == 0 { Malformed::Line } else { Malformed::Header }),
            Err(error) if error.kind() == io::ErrorKind::TimedOut => return Next::Malformed(Malformed::Unfinished),
            Err(_) => return Next::Gone,
        }
    };
    let framing = match framing(&buffer[..head]) {
        Ok(framing) => framing,
        Err(malformed) => return Next::Malformed(malformed),
    };
    let mut chunks = Chunks { at: head, state: Chunk::Size, body: Vec::new() };
    let mut invited = !framing.invite;
    loop {
        let (end, body) = match framing.length {
            Length::Fixed(length) => ((buffer.len() - head >= length).then_some(head + length), None),
            Length::Chunked => match chunks.advance(buffer) {
                Ok(end) => (end, end.map(|_| std::mem::take(&mut chunks.body))),
                Err(malformed) => return Next::Malformed(malformed),
            },
        };
        if let Some(end) = end {
            return Next::Whole(Extent { head, body, end, keep_alive: framing.keep_alive });
        }
        if !invited {
            invited = true;
            if tokio::io::AsyncWriteExt::write_all(stream, b"HTTP/1.1 100 Continue\r\n\r\n").await.is_err() {
                return Next::Gone;
            }
        }
        match more(stream, buffer, Some(patience)).await {
            Ok(true) => {}
            Ok(false) => return Next::Malformed(Malformed::Length),
            Err(error) if error.kind() == io::ErrorKind::TimedOut => return Next::Malformed(Malformed::Unfinished),
            Err(_) => return Next::Gone,
        }
    }
}

/// The request that `read` found.
pub(super) fn view<'a>(buffer: &'a [u8], extent: &'a Extent) -> Result<Request<'a>, Malformed> {
    let (method, target, _, headers) = parse(&buffer[..extent.head])?;
    let target = match target.find("://") {
        // The absolute form: what counts is after the authority.
        Some(at) if !target.starts_with('/') => {
            let rest = &target[at + 3..];
            rest.find(['/', '?']).map_or("/", |at| &rest[at..])
        }
        _ => target,
    };
    let origin = target.starts_with('/') || target == "*" && method == "OPTIONS" || method == "CONNECT";
    if !origin {
        return Err(Malformed::Line);
    }
    let target = target.split_once('#').map_or(target, |(target, _)| target);
    let (path, query) = target.split_once('?').map_or((target, None), |(path, query)| (path, Some(query)));
    let body = extent.body.as_deref().unwrap_or(&buffer[extent.head.min(extent.end)..extent.end]);
    Ok(Request { method, path, query, headers, body })
}

async fn more(stream: &mut TcpStream, buffer: &mut Vec<u8>, patience: Option<Duration>) -> io::Result<bool> {
    if buffer.capacity() - buffer.len() < 2048 {
        buffer.reserve(buffer.len().clamp(8 * 1024, 1024 * 1024));
    }
    let read = stream.read_buf(buffer);
    let count = match patience {
        None => read.await?,
        Some(patience) => match tokio::time::timeout(patience, read).await {
            Ok(count) => count?,
            Err(_) => return Err(io::ErrorKind::TimedOut.into()),
        },
    };
    Ok(count > 0)
}

/// Where the head ends. Judges the request line as soon as it is whole, since a caller that speaks no HTTP waits for ever.
fn head_end(buffer: &[u8], scanned: &mut usize) -> Result<Option<usize>, Malformed> {
    if buffer.first().is_some_and(|first| !first.is_ascii_graphic()) {
        return Err(Malformed::Line);
    }
    let mut at = *scanned;
    while let Some(step) = buffer[at..].iter().position(|byte| matches!(byte, b'\r' | b'\n')) {
        let end = at + step;
        if buffer[end] == b'\n' {
            return Err(if at == 0 { Malformed::Line } else { Malformed::Header });
        }
        match buffer.get(end + 1) {
            None => return Ok(None),
            Some(b'\n') => {}
            Some(_) => return Err(if at == 0 { Malformed::Line } else { Malformed::Header }),
        }
        if at == 0 {
            request_line(&buffer[..end])?;
        }
        if end == at && at > 0 {
            return if end > HEAD_LIMIT { Err(Malformed::HeadTooLarge) } else { Ok(Some(end + 2)) };
        }
        at = end + 2;
        *scanned = at;
    }
    match buffer.len() > HEAD_LIMIT {
        true if at == 0 => Err(Malformed::TargetTooLong),
        true => Err(Malformed::HeadTooLarge),
        false => Ok(None),
    }
}

fn request_line(line: &[u8]) -> Result<(), Malformed> {
    let mut parts = line.split(|byte| *byte == b' ');
    let (Some(method), Some(target), Some(version), None) = (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(Malformed::Line);
    };
    if method.is_empty() || target.is_empty() {
        return Err(Malformed::Line);
    }
    match version {
        b"HTTP/1.1" | b"HTTP/1.0" => Ok(()),
        [b'H', b'T', b'T', b'P', b'/', major, b'.', minor] if major.is_ascii_digit() && minor.is_ascii_digit() => {
            Err(Malformed::Version)
        }
        _ => Err(Malformed::Line),
    }
}

type Parsed<'a> = (&'a str, &'a str, u8, Vec<Header<'a>>);

fn parse(head: &[u8]) -> Result<Parsed<'_>, Malformed> {
    let mut room = 32;
    loop {
        let mut headers = vec![EMPTY_HEADER; room];
        let mut request = httparse::Request::new(&mut headers);
        match request.parse(head) {
            Ok(Status::Complete(_)) => {
                let (Some(method), Some(target), Some(version)) = (request.method, request.path, request.version)
                else {
                    return Err(Malformed::Line);
                };
                let count = request.headers.len();
                headers.truncate(count);
                return Ok((method, target, version, headers));
            }
            Err(Error::TooManyHeaders) if room < HEADER_LIMIT => room *= 4,
            Err(Error::TooManyHeaders) => return Err(Malformed::HeadTooLarge),
            Err(Error::HeaderName | Error::HeaderValue | Error::NewLine) => return Err(Malformed::Header),
            Ok(Status::Partial) | Err(_) => return Err(Malformed::Line),
        }
    }
}

struct Framing {
    length: Length,
    keep_alive: bool,
    invite: bool,
}

fn framing(head: &[u8]) -> Result<Framing, Malformed> {
    let (_, _, version, headers) = parse(head)?;
    let modern = version == 1;
    let (mut length, mut coding, mut host) = (None, None, None);
    let (mut keep_alive, mut invite) = (modern, false);
    for header in &headers {
        let (name, value) = (header.name, header.value);
        if name.eq_ignore_ascii_case("content-length") {
            if length.replace(fixed(value)?).is_some() {
                return Err(Malformed::Length);
            }
        } else if name.eq_ignore_ascii_case("transfer-encoding") {
            if coding.replace(value).is_some() {
                return Err(Malformed::Coding);
            }
        } else if name.eq_ignore_ascii_case("host") {
            if host.replace(value).is_some() {
                return Err(Malformed::Host);
            }
        } else if name.eq_ignore_ascii_case("connection") {
            for token in value.split(|byte| *byte == b',') {
                let token = token.trim_ascii();
                keep_alive &= !token.eq_ignore_ascii_case(b"close");
                keep_alive |= !modern && token.eq_ignore_ascii_case(b"keep-alive");
            }
        } else if name.eq_ignore_ascii_case("expect") {
            if !value.eq_ignore_ascii_case(b"100-continue") {
                return Err(Malformed::Expectation);
            }
            invite = modern;
        }
    }
    match host {
        Some(host) if !host.is_empty() && host.iter().all(|byte| is_host(*byte)) => {}
        None if !modern => {}
        _ => return Err(Malformed::Host),
    }
    let length = match (coding, length) {
        (None, None) => Length::Fixed(0),
        (None, Some(length)) if length > BODY_LIMIT => return Err(Malformed::BodyTooLarge),
        (None, Some(length)) => Length::Fixed(length),
        (Some(_), Some(_)) => return Err(Malformed::Length),
        (Some(coding), None) if modern && coding.eq_ignore_ascii_case(b"chunked") => Length::Chunked,
        (Some(_), None) => return Err(Malformed::Coding),
    };
    Ok(Framing { length, keep_alive, invite })
}

fn is_host(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~:[]%".contains(&byte)
}

fn fixed(value: &[u8]) -> Result<usize, Malformed> {
    if value.is_empty() || !value.iter().all(u8::is_ascii_digit) {
        return Err(Malformed::Length);
    }
    std::str::from_utf8(value).ok().and_then(|digits| digits.parse().ok()).ok_or(Malformed::Length)
}

enum Chunk {
    Size,
    Data(usize),
    AfterData,
    Trailer,
}

/// Takes chunks off the wire as they come; `at` never goes back, so a long upload is read once.
struct Chunks {
    at: usize,
    state: Chunk,
    body: Vec<u8>,
}

impl Chunks {
    fn advance(&mut self, buffer: &[u8]) -> Result<Option<usize>, Malformed> {
        loop {
            let rest = &buffer[self.at..];
            match self.state {
                Chunk::Size => {
                    let Some((line, length)) = line(rest)? else { return Ok(None) };
                    let size = chunk_size(line)?;
                    if self.body.len().saturating_add(size) > BODY_LIMIT {
                        return Err(Malformed::BodyTooLarge);
                    }
                    self.at += length;
                    self.state = if size == 0 { Chunk::Trailer } else { Chunk::Data(size) };
                }
                Chunk::Data(left) => {
                    let take = left.min(rest.len());
                    self.body.extend_from_slice(&rest[..take]);
                    self.at += take;
                    if take < left {
                        self.state = Chunk::Data(left - take);
                        return Ok(None);
                    }
                    self.state = Chunk::AfterData;
                }
                Chunk::AfterData => match rest {
                    [b'\r', b'\n', ..] => {
                        self.at += 2;
                        self.state = Chunk::Size;
                    }
                    [] | [b'\r'] => return Ok(None),
                    _ => return Err(Malformed::Chunk),
                },
                Chunk::Trailer => {
                    let Some((line, length)) = line(rest)? else { return Ok(None) };
                    self.at += length;
                    if line.is_empty() {
                        return Ok(Some(self.at));
                    }
                }
            }
        }
    }
}

fn line(rest: &[u8]) -> Result<Option<(&[u8], usize)>, Malformed> {
    match rest.iter().position(|byte| *byte == b'\n') {
        Some(0) => Err(Malformed::Chunk),
        Some(end) if rest[end - 1] == b'\r' => Ok(Some((&rest[..end - 1], end + 1))),
        None if rest.len() <= CHUNK_LINE_LIMIT => Ok(None),
        _ => Err(Malformed::Chunk),
    }
}

fn chunk_size(line: &[u8]) -> Result<usize, Malformed> {
    let digits = line.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii_end();
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_hexdigit) {
        return Err(Malformed::Chunk);
    }
    let digits = std::str::from_utf8(digits).map_err(|_| Malformed::Chunk)?;
    usize::from_str_radix(digits, 16).map_err(|_| Malformed::BodyTooLarge)
}
