//! Reads a reply as it comes: leniently, so that something can be said of whatever came, and with every departure from
//! RFC 9112 told. No socket and no clock: bytes go in, and what bounds memory is bounded here.

mod chunks;
mod kept;
pub(in crate::wire) mod several;

use std::time::Duration;

use super::head::{Framing, Length, field, is_beginning, status_line, tokens};
use crate::model::exchange::{BODY_LIMIT, Defect, Ending, Flaw, Outcome, Reply, Silence};
use crate::model::quote::{MAX_QUOTED, Quote};

/// The most of a head that is read, in bytes.
pub const HEAD_LIMIT: usize = 256 * 1024;
/// The most lines of a head that are read.
pub const LINE_LIMIT: usize = 1_000;
/// Interim replies that are passed over.
const INTERIM_LIMIT: usize = 20;
/// The longest line with the size of a chunk, and the most of a trailer section, in bytes.
const CHUNK_LINE_LIMIT: usize = 16 * 1024;
/// How long a connection must be quiet for a body of unknown length to count as whole.
const QUIET_TIMEOUT: Duration = Duration::from_millis(250);

/// How a connection ended before the reply did.
#[derive(Clone, Debug)]
pub enum End {
    /// The target closed it.
    Closed,
    /// It broke, and how.
    Broken(String),
    /// The deadline passed.
    TimedOut(Duration),
    /// Nothing came for [`Reader::quiet`].
    Quiet,
}

/// What a reader waits for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum State {
    Head,
    /// What is no reply, of which a finding tells the beginning.
    Foreign,
    /// So many bytes of body.
    Fixed(u64),
    ChunkSize,
    ChunkData(u64),
    ChunkEnd,
    Trailers,
    UntilClose,
    Done,
}

/// One reply under way.
#[derive(Debug)]
pub struct Reader {
    buffer: Vec<u8>,
    /// What was taken from the buffer.
    at: usize,
    /// How far lines of the head, or of a chunk, were looked for.
    scanned: usize,
    lines: usize,
    /// The length of the head or of the trailers so far, in bytes.
    length: usize,
    /// How the head began, as far as it was taken from the buffer and a finding tells it.
    begun: Vec<u8>,
    interim: usize,
    /// What is wrong with interim replies: it is reported with the reply that they precede.
    defects: Vec<Defect>,
    /// Whether the request was one whose reply has no body.
    to_head: bool,
    /// Whether the reply is one of HTTP/1.0.
    old: bool,
    state: State,
    reply: Option<Reply>,
    not_http: Option<Quote>,
    quiet: Option<Duration>,
    keeps_alive: bool,
    /// The most of a body that is kept, in bytes.
    most: usize,
}

impl Reader {
    /// A reader of the reply to a request of that method. `begun` is what came of it already.
    #[must_use]
    pub fn new(method: &str, begun: Vec<u8>) -> Self {
        Self {
            buffer: begun,
            at: 0,
            scanned: 0,
            lines: 0,
            length: 0,
            begun: Vec::new(),
            interim: 0,
            defects: Vec::new(),
            to_head: method == "HEAD",
            old: false,
            state: State::Head,
            reply: None,
            not_http: None,
            quiet: None,
            keeps_alive: false,
            most: BODY_LIMIT,
        }
    }

    /// The same, of a body that may be as long as that.
    #[must_use]
    pub fn keeping(self, most: usize) -> Self {
        Self { most, ..self }
    }

    /// Where the next bytes go.
    pub fn buffer(&mut self) -> &mut Vec<u8> {
        // What was taken goes as soon as less than that is left to move, so that endless framing needs no endless room.
        if self.at * 2 >= self.buffer.len() {
            self.scanned = self.scanned.saturating_sub(self.at);
            self.buffer.drain(..self.at);
            self.at = 0;
        }
        self.buffer.reserve(8 * 1024);
        &mut self.buffer
    }

    /// How long a silence ends the reply, where its length is not known, or what is no reply.
    #[must_use]
    pub fn quiet(&self) -> Option<Duration> {
        self.quiet
    }

    /// Reads what came, and tells whether the reply is whole.
    pub fn advance(&mut self) -> bool {
        loop {
            let before = (self.state, self.at);
            match self.state {
                State::Head => self.head(),
                State::Foreign => self.foreign(),
                State::Fixed(left) => {
                    let left = self.body(left);
                    self.state = if left == 0 { State::Done } else { State::Fixed(left) };
                }
                State::UntilClose => {
                    self.body(u64::MAX);
                }
                State::ChunkSize => self.chunk_size(),
                State::ChunkData(left) => {
                    let left = self.body(left);
                    self.state = if left == 0 { State::ChunkEnd } else { State::ChunkData(left) };
                }
                State::ChunkEnd => self.chunk_end(),
                State::Trailers => self.trailer(),
                State::Done => return true,
            }
            if self.reply.as_ref().is_some_and(|reply| reply.ending != Ending::Complete) || self.not_http.is_some() {
                self.state = State::Done;
            }
            if before == (self.state, self.at) {
                return false;
            }
        }
    }

    /// What came, once it is whole; with what came after it, and whether the connection can serve another request.
    #[must_use]
    pub fn finish(self) -> (Outcome, Vec<u8>, bool) {
        if let Some(what) = self.not_http {
            return (Outcome::Silence(Silence::NotHttp(what)), Vec::new(), false);
        }
        let mut rest = self.buffer;
        rest.drain(..self.at);
        match self.reply {
            Some(reply) => {
                let reusable = self.keeps_alive && reply.ending == Ending::Complete && rest.is_empty();
                (Outcome::Reply(reply), rest, reusable)
            }
            None => (Outcome::Silence(Silence::Closed("nothing came".into())), rest, false),
        }
    }

    /// What came, when the connection ended before it was whole.
    #[must_use]
    pub fn end(mut self, end: End) -> Outcome {
        self.advance();
        let Some(mut reply) = self.reply.take().filter(|_| self.state != State::Head) else {
            let seen = [&self.begun, &self.buffer[self.at..]].concat();
            let seen = (!seen.is_empty()).then(|| Quote::of("", &seen));
            if self.state == State::Foreign {
                self.not_http.clone_from(&seen);
            }
            return Outcome::Silence(match (end, self.not_http, seen) {
                (_, Some(what), _) => Silence::NotHttp(what),
                (End::TimedOut(after), None, None) => Silence::TimedOut(after),
                (End::TimedOut(after), None, Some(seen)) => Silence::Stalled(after, seen),
                (End::Broken(why), None, None) => Silence::Closed(why.into()),
                (End::Broken(why), None, Some(seen)) => Silence::Closed(seen.after(format!("{why}, after "))),
                (End::Closed | End::Quiet, None, None) if self.interim > 0 => {
                    Silence::Closed("the connection was closed after an interim reply".into())
                }
                (End::Closed | End::Quiet, None, None) => {
                    Silence::Closed("the connection was closed without a byte".into())
                }
                (End::Closed | End::Quiet, None, Some(seen)) => {
                    Silence::Closed(seen.after("the connection was closed within the head, after "))
                }
            });
        };
        if reply.ending == Ending::Complete {
            reply.ending = match (self.state, end) {
                (State::Done, _) | (State::UntilClose, End::Closed | End::Quiet) | (_, End::Quiet) => Ending::Complete,
                (_, End::TimedOut(_)) => Ending::TimedOut,
                (_, End::Broken(why)) => Ending::Truncated(why.into()),
                (State::Fixed(left), End::Closed) => {
                    Ending::Truncated(format!("the connection was closed, {left} bytes early").into())
                }
                (_, End::Closed) => Ending::Truncated("the connection was closed before the last chunk".into()),
            };
        }
        Outcome::Reply(reply)
    }

    /// The next line without its end, once it is whole.
    fn line(&mut self) -> Option<(usize, usize)> {
        let from = self.scanned.max(self.at);
        let Some(found) = self.buffer[from..].iter().position(|byte| *byte == b'\n') else {
            self.scanned = self.buffer.len();
            return None;
        };
        let (start, end) = (self.at, from + found);
        self.at = end + 1;
        self.scanned = self.at;
        Some((start, end))
    }

    /// Takes the head line by line.
    fn head(&mut self) {
        if self.lines == 0 {
            let seen = &self.buffer[self.at..];
            if !is_beginning(seen) {
                self.state = State::Foreign;
                self.quiet = Some(QUIET_TIMEOUT);
                return;
            }
        }
        while let Some((start, end)) = self.line() {
            let bare = end == start || self.buffer[end - 1] != b'\r';
            let line = self.buffer[start..if bare { end } else { end - 1 }].to_vec();
            self.lines += 1;
            self.length += end + 1 - start;
            if self.length > HEAD_LIMIT {
                break;
            }
            let told = (MAX_QUOTED + 1).saturating_sub(self.begun.len()).min(end + 1 - start);
            self.begun.extend_from_slice(&self.buffer[start..start + told]);
            if self.lines == 1 {
                match status_line(&line) {
                    Ok(reply) => {
                        self.old = line.starts_with(b"HTTP/1.0");
                        self.reply = Some(reply);
                    }
                    Err(what) => {
                        self.not_http = Some(what);
                        return;
                    }
                }
            }
            let Some(reply) = &mut self.reply else { return };
            if bare && !reply.defects.iter().any(|defect| defect.kind == Flaw::BareLineFeed) {
                let what = format!("line {} of the head ends in a bare line feed", self.lines);
                reply.defects.push(Defect { kind: Flaw::BareLineFeed, what: what.into() });
            }
            if self.lines > 1 {
                if line.is_empty() {
                    return self.headed();
                }
                field(&line, reply);
            }
            if self.lines > LINE_LIMIT {
                reply.ending = Ending::OversizedHead(format!("{LINE_LIMIT} lines"));
                return;
            }
        }
        if self.length + (self.buffer.len() - self.at) > HEAD_LIMIT {
            match &mut self.reply {
                Some(reply) => reply.ending = Ending::OversizedHead(format!("{HEAD_LIMIT} bytes")),
                None => self.not_http = Some(format!("a status line of more than {HEAD_LIMIT} bytes").into()),
            }
        }
    }

    /// Waits for as much of what is no reply as a finding tells.
    fn foreign(&mut self) {
        let seen = &self.buffer[self.at..];
        if seen.len() > MAX_QUOTED {
            self.not_http = Some(Quote::of("", seen));
        }
    }

    /// The head is whole: finds out how the body is framed (RFC 9112, section 6.3).
    fn headed(&mut self) {
        let Some(reply) = &mut self.reply else { return };
        if (100..200).contains(&reply.status) && reply.status != 101 {
            self.interim += 1;
            if self.interim > INTERIM_LIMIT {
                self.not_http =
                    Some(format!("more than {INTERIM_LIMIT} interim replies, the last one {}", reply.status).into());
            }
            self.defects.append(&mut reply.defects);
            self.reply = None;
            self.begun.clear();
            (self.lines, self.length) = (0, 0);
            return;
        }
        reply.defects.append(&mut self.defects);
        let old = self.old;
        let said = |name: &str, token: &str| tokens(reply, name).iter().any(|value| value.eq_ignore_ascii_case(token));
        // After a 101 another protocol is spoken.
        self.keeps_alive =
            reply.status != 101 && !said("connection", "close") && (!old || said("connection", "keep-alive"));
        let framing = Framing::of(reply, old);
        let mut flaw = |what: Quote| reply.defects.push(Defect { kind: Flaw::Framing, what });
        framing.flaws.into_iter().for_each(&mut flaw);
        let bodiless = self.to_head || matches!(reply.status, 101 | 204 | 304);
        if bodiless {
            let announces = matches!(framing.length, Length::Chunked | Length::Fixed(1..));
            if announces && reply.status == 204 {
                flaw("a 204 that announces a body".into());
            }
            self.state = State::Done;
            return;
        }
        self.state = match framing.length {
            Length::Fixed(length) => State::Fixed(length),
            Length::Chunked => State::ChunkSize,
            Length::UntilClose => State::UntilClose,
            Length::Unknown => {
                self.quiet = Some(QUIET_TIMEOUT);
                State::UntilClose
            }
        };
        self.keeps_alive &= !matches!(framing.length, Length::UntilClose | Length::Unknown);
    }

    /// Takes at most so many bytes of body, and says how many are left.
    fn body(&mut self, left: u64) -> u64 {
        let Some(reply) = &mut self.reply else { return left };
        let there = &self.buffer[self.at..];
        let take = there.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        let room = self.most - reply.body.len();
        reply.body.extend_from_slice(&there[..take.min(room)]);
        if take > room {
            reply.ending = Ending::Oversized(self.most);
        }
        self.at += take;
        left - take as u64
    }

    /// Passes over trailers: they never become header fields (RFC 9112, section 7.1.2).
    fn trailer(&mut self) {
        let line = self.line();
        let length = line.map_or(self.buffer.len() - self.at, |(start, end)| end + 1 - start);
        if self.length + length > CHUNK_LINE_LIMIT {
            return self.truncate("trailers without an end".into());
        }
        let Some((start, end)) = line else { return };
        self.length += length;
        if self.buffer[start..end].trim_ascii_end().is_empty() {
            self.state = State::Done;
        }
    }

    fn truncate(&mut self, why: Quote) {
        if let Some(reply) = &mut self.reply {
            reply.ending = Ending::Truncated(why);
        }
    }
}
