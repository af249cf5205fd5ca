//! One request and its reply on a connection, and what comes after it. Knows neither what is sent nor what is kept.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, ReadHalf, WriteHalf};
use tokio::time::{Instant, sleep, timeout, timeout_at};

use super::address::Writes;
use super::reply::{End, Reader};
use super::stream::Stream;
use crate::model::exchange::{Defect, Flaw, Outcome, Reply, Script};
use crate::model::quote::Quote;

/// An open connection in its two halves.
pub(super) struct Connection {
    pub(super) read: ReadHalf<Box<dyn Stream>>,
    pub(super) write: WriteHalf<Box<dyn Stream>>,
    /// Room for what is read, kept from one reply to the next.
    pub(super) room: Vec<u8>,
}

/// What may come after a reply.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Behind {
    Nothing,
    /// What the target makes of bytes that it took for another request.
    Anything,
    /// The reply to the good request.
    Good,
}

impl Behind {
    pub(super) fn of(script: &Script) -> Self {
        if script.good_follows { Self::Good } else { Self::Anything }
    }
}

/// One exchange on a connection.
pub(super) struct Roundtrip<'c> {
    pub(super) connection: &'c mut Connection,
    pub(super) deadline: Instant,
    pub(super) timeout: Duration,
    /// The most of a body that is kept, in bytes.
    pub(super) most: usize,
    /// Whether the connection served another request before: what stands before the status line is not this one's.
    pub(super) kept: bool,
}

/// What was read of a connection.
pub(super) struct Received {
    pub(super) outcome: Outcome,
    /// What came after it.
    pub(super) rest: Vec<u8>,
    /// Whether the connection can serve another request.
    pub(super) reusable: bool,
    /// Whether anything came, or could still have come.
    pub(super) began: bool,
    /// Whether something stood before the status line that belongs to the reply before.
    pub(super) stray: bool,
}

impl Roundtrip<'_> {
    /// Writes and reads at once: a target may answer before it has all, and close.
    pub(super) async fn run(self, method: &str, writes: Writes, half_close: bool, behind: Behind) -> Received {
        let Connection { read, write, room } = self.connection;
        let pooled = behind == Behind::Nothing;
        let begun = std::mem::take(room);
        let reader = |method: &str, begun: Vec<u8>| Reader::new(method, begun).keeping(self.most);
        let mut received = {
            let mut writing = std::pin::pin!(write_all(write, writes, half_close));
            let mut reading =
                std::pin::pin!(receive(read, reader(method, begun), self.kept, self.deadline, self.timeout));
            let mut written = false;
            loop {
                tokio::select! {
                    biased;
                    // Where it fails, what the target said before it closed on us is still to be read.
                    _ = &mut writing, if !written => written = true,
                    mut received = &mut reading => {
                        received.reusable &= written && pooled;
                        break received;
                    }
                }
            }
        };
        if let Outcome::Reply(reply) = &mut received.outcome
            && behind == Behind::Good
        {
            let rest = std::mem::take(&mut received.rest);
            let next = receive(read, reader("GET", rest), false, self.deadline, self.timeout).await;
            received.rest = next.rest;
            // To close is what a target may do that cannot tell where the bad request ended.
            reply.next = next.began.then(|| Box::new(next.outcome));
        }
        if behind == Behind::Anything {
            received.rest.clear();
        }
        if received.rest.is_empty() {
            *room = std::mem::take(&mut received.rest);
        }
        received
    }
}

/// Tells of bytes after a reply.
pub(super) fn surplus(reply: &mut Reply, method: &str, rest: &[u8]) {
    let is_body = matches!(reply.status, 204 | 304) || method == "HEAD" && is_content(reply, rest);
    let kind = if is_body { Flaw::Body } else { Flaw::After };
    reply.defects.push(Defect { kind, what: Quote::of(format!("{} bytes: ", rest.len()), rest) });
}

/// Whether bytes after the head of a reply to HEAD are the content that it announces, and not the rest of something else.
fn is_content(reply: &Reply, rest: &[u8]) -> bool {
    let is_json = reply.header("content-type").is_some_and(|value| value.to_ascii_lowercase().contains("json"));
    let length = reply.header("content-length").and_then(|length| length.parse::<usize>().ok());
    let begins = matches!(rest.trim_ascii_start(), [b'{' | b'[' | b'<', ..]);
    !rest.starts_with(b"HTTP/") && (!is_json || length.is_none_or(|length| length == rest.len()) || begins)
}

/// The most of what comes after a reply that is read.
const MAX_COLLECTED: usize = 64 * 1024;
/// As long as something comes, it is waited for as many times longer.
const MAX_LINGERS: u32 = 4;
/// How long nothing more must have come for what came to be all.
const TAIL_TIMEOUT: Duration = Duration::from_millis(150);

/// A reply is waited for so long where something else came in its place.
const OVERDUE_TIMEOUT: Duration = Duration::from_secs(1);

/// What came after a finished reply.
pub(super) struct Tail {
    pub(super) bytes: Vec<u8>,
    /// How late the first of it was.
    pub(super) after: Duration,
}

/// Waits for what comes after a finished reply until nothing came for so long, or the connection is closed.
pub(super) async fn collect(connection: &mut Connection, begun: Vec<u8>, linger: Duration) -> Tail {
    let start = Instant::now();
    let mut tail = Tail { bytes: begun, after: Duration::ZERO };
    while tail.bytes.len() < MAX_COLLECTED && start.elapsed() < linger * MAX_LINGERS {
        tail.bytes.reserve(4 * 1024);
        let before = tail.bytes.len();
        let quiet = if before == 0 { linger } else { linger.min(TAIL_TIMEOUT) };
        match timeout(quiet, connection.read.read_buf(&mut tail.bytes)).await {
            Ok(Ok(1..)) if before == 0 => tail.after = start.elapsed(),
            Ok(Ok(1..)) => {}
            Ok(Ok(0) | Err(_)) | Err(_) => break,
        }
    }
    tail.bytes.truncate(MAX_COLLECTED);
    tail
}

async fn write_all(write: &mut WriteHalf<Box<dyn Stream>>, writes: Writes, half_close: bool) -> std::io::Result<()> {
    for (pause, bytes) in writes {
        if !pause.is_zero() {
            sleep(pause).await;
        }
        write.write_all(&bytes).await?;
        write.flush().await?;
    }
    if half_close { write.shutdown().await } else { Ok(()) }
}

/// Reads one reply, of which some may have come already.
async fn receive(
    read: &mut ReadHalf<Box<dyn Stream>>,
    mut reader: Reader,
    kept: bool,
    deadline: Instant,
    timeout: Duration,
) -> Received {
    let (mut began, mut stray) = (!reader.buffer().is_empty(), false);
    loop {
        stray |= kept && reader.pass_over();
        if reader.advance() {
            let (outcome, rest, reusable) = reader.finish();
            return Received { outcome, rest, reusable, began, stray };
        }
        let quiet = reader.quiet();
        let quiet = quiet.or(stray.then_some(OVERDUE_TIMEOUT).filter(|_| !reader.has_begun()));
        let by = quiet.map_or(deadline, |quiet| deadline.min(Instant::now() + quiet));
        let end = match timeout_at(by, read.read_buf(reader.buffer())).await {
            Ok(Ok(1..)) => {
                began = true;
                continue;
            }
            Ok(Ok(0)) => End::Closed,
            Ok(Err(error)) => End::Broken(error.to_string()),
            Err(_) if by < deadline => End::Quiet,
            Err(_) => {
                began = true;
                End::TimedOut(timeout)
            }
        };
        return Received { outcome: reader.end(end), rest: Vec::new(), reusable: false, began, stray };
    }
}
