//! The raw sender: bytes as they are meant, replies as they come.
//!
//! A scripted request gets a connection of its own; a request that any HTTP library would write may use one that is open.
//! Nothing is followed, decoded or judged.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, ReadHalf, WriteHalf, split};
use tokio::time::{Instant, sleep, timeout_at};

use super::connection::{Connector, Stream, patience};
use super::reply::{End, Reader};
use super::sender::Settings;
use super::tap::Tap;
use super::target::Target;
use crate::exchange::{Defect, Flaw, Outcome, Over, Part, Reply, Request, Script, Silence, Transport};
use crate::quote::Quote;
use crate::secret::Environment;

/// Sends bytes and reads what comes.
pub(crate) struct Raw {
    connector: Connector,
    target: Target,
    authority: String,
    timeout: Duration,
    idle: Mutex<Vec<Connection>>,
    /// Whoever wants to see what is received.
    tap: Option<Tap>,
}

/// An open connection in its two halves.
struct Connection {
    read: ReadHalf<Box<dyn Stream>>,
    write: WriteHalf<Box<dyn Stream>>,
    /// Room for what is read, kept from one reply to the next.
    room: Vec<u8>,
}

/// What is written, with the pauses before it.
type Writes = Vec<(Duration, Vec<u8>)>;

impl Raw {
    /// A sender to a target.
    pub(crate) fn new(connector: Connector, settings: &Settings) -> Self {
        Self {
            connector,
            target: settings.target.clone(),
            authority: settings.target.authority(),
            timeout: settings.timeout,
            idle: Mutex::default(),
            tap: None,
        }
    }

    /// The same, with whoever wants to see what is received.
    pub(crate) fn tapped(self, tap: Tap) -> Self {
        Self { tap: Some(tap), ..self }
    }

    /// Whether a connection can be made.
    pub(crate) async fn connects(&self) -> bool {
        timeout_at(Instant::now() + patience(self.timeout), self.connector.connects()).await.unwrap_or(false)
    }

    /// Why the request is none for this target.
    pub(crate) fn unfit(&self, request: &Request) -> Option<&'static str> {
        match request.script.as_ref()?.transport {
            Transport::HttpOnly if self.target.is_tls() => Some("it is for http targets"),
            Transport::ClearToTls if !self.target.is_tls() => Some("it is for https targets"),
            _ => None,
        }
    }

    /// Sends a request with its header fields resolved.
    pub(crate) async fn send(
        &self,
        request: &Request,
        headers: &[(String, Vec<u8>)],
        environment: &Environment,
        deadline: Instant,
    ) -> Outcome {
        let Some(script) = &request.script else {
            return self.well_formed(request, headers, deadline).await;
        };
        let mut writes: Writes = vec![(Duration::ZERO, Vec::new())];
        for part in &script.parts {
            let resolved;
            let bytes: &[u8] = match part {
                Part::Pause(pause) => {
                    writes.push((*pause, Vec::new()));
                    continue;
                }
                Part::Authority => self.authority.as_bytes(),
                Part::Prefix => self.target.prefix().as_bytes(),
                Part::Bytes(template) => match template.resolve(environment) {
                    Ok(bytes) => {
                        resolved = bytes;
                        &resolved
                    }
                    Err(name) => return Outcome::Silence(Silence::Unreachable(format!("${{{name}}} is not set"))),
                },
            };
            if let Some((_, last)) = writes.last_mut() {
                last.extend_from_slice(bytes);
            }
        }
        let mut connection = match self.connect(script.transport == Transport::ClearToTls, deadline).await {
            Ok(connection) => connection,
            Err(silence) => return Outcome::Silence(silence),
        };
        let read = Exchange { connection: &mut connection, deadline, timeout: self.timeout };
        read.run(&request.method, writes, script.half_close, Behind::of(script)).await.0
    }

    async fn connect(&self, clear: bool, deadline: Instant) -> Result<Connection, Silence> {
        let by = deadline.min(Instant::now() + patience(self.timeout));
        let stream = match timeout_at(by, self.connector.connect(clear)).await {
            Ok(stream) => stream?,
            Err(_) => return Err(Silence::Unreachable("no connection in time".to_owned())),
        };
        let stream = self.tap.iter().fold(stream, |stream, tap| tap.on(stream));
        let (read, write) = split(stream);
        Ok(Connection { read, write, room: Vec::new() })
    }

    /// Sends a request that a library would write the same way, over a connection that is open if there is one.
    async fn well_formed(&self, request: &Request, headers: &[(String, Vec<u8>)], deadline: Instant) -> Outcome {
        let bytes = written(self.target.prefix(), &self.authority, request, headers);
        let idle = (request.over == Over::Any).then(|| self.idle()).flatten();
        let reused = idle.is_some();
        let mut connection = match idle {
            Some(connection) => connection,
            None => match self.connect(false, deadline).await {
                Ok(connection) => connection,
                Err(silence) => return Outcome::Silence(silence),
            },
        };
        let exchange = Exchange { connection: &mut connection, deadline, timeout: self.timeout };
        let (outcome, reusable) =
            exchange.run(&request.method, vec![(Duration::ZERO, bytes)], false, Behind::Nothing).await;
        if reusable && request.over == Over::Any {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        } else if reused && matches!(outcome, Outcome::Silence(Silence::Closed(_))) {
            // It may have been closed under us: the others that were idle, too.
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
        }
        outcome
    }

    /// An open connection on which nothing waits: what came late belongs to no request, and an end is an end.
    fn idle(&self) -> Option<Connection> {
        loop {
            let mut connection = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()?;
            let mut late = [0; 1];
            if connection.read.read(&mut late).now_or_never().is_none() {
                return Some(connection);
            }
        }
    }
}

/// The request as RFC 9112 writes it: the probe's fields, then Host, then Content-Length where there is content.
pub(crate) fn written(prefix: &str, authority: &str, request: &Request, headers: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(512 + request.body.as_ref().map_or(0, Vec::len));
    for piece in [request.method.as_str(), " ", prefix, request.target.as_str(), " HTTP/1.1\r\n"] {
        bytes.extend_from_slice(piece.as_bytes());
    }
    for (name, value) in headers {
        for piece in [name.as_bytes(), b": ", value, b"\r\n"] {
            bytes.extend_from_slice(piece);
        }
    }
    bytes.extend_from_slice(b"host: ");
    bytes.extend_from_slice(authority.as_bytes());
    if let Some(body) = &request.body {
        bytes.extend_from_slice(format!("\r\ncontent-length: {}", body.len()).as_bytes());
    }
    bytes.extend_from_slice(b"\r\n\r\n");
    bytes.extend_from_slice(request.body.as_deref().unwrap_or_default());
    bytes
}

/// What may come behind a reply.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Behind {
    Nothing,
    /// What the target makes of bytes that it took for another request.
    Anything,
    /// The reply to the good request.
    Good,
}

impl Behind {
    fn of(script: &Script) -> Self {
        if script.good_follows { Self::Good } else { Self::Anything }
    }
}

/// One exchange on a connection.
struct Exchange<'c> {
    connection: &'c mut Connection,
    deadline: Instant,
    timeout: Duration,
}

impl Exchange<'_> {
    /// Writes and reads at once: a target may answer before it has all, and close. Gives what came, and whether the
    /// connection can serve another request.
    async fn run(self, method: &str, writes: Writes, half_close: bool, behind: Behind) -> (Outcome, bool) {
        let Connection { read, write, room } = self.connection;
        let pooled = behind == Behind::Nothing;
        let mut received = {
            let mut writing = std::pin::pin!(write_all(write, writes, half_close));
            let mut reading = std::pin::pin!(receive(read, method, std::mem::take(room), self.deadline, self.timeout));
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
        let mut rest = std::mem::take(&mut received.rest);
        if let Outcome::Reply(reply) = &mut received.outcome {
            if behind == Behind::Good {
                let next = receive(read, "GET", rest, self.deadline, self.timeout).await;
                rest = next.rest;
                // To close is what a target may do that cannot tell where the bad request ended.
                reply.next = next.began.then(|| Box::new(next.outcome));
            }
            if !rest.is_empty() && behind != Behind::Anything {
                surplus(reply, method, &rest);
            }
        }
        rest.clear();
        *room = rest;
        (received.outcome, received.reusable)
    }
}

/// Bytes behind a reply.
fn surplus(reply: &mut Reply, method: &str, rest: &[u8]) {
    let bodiless = method == "HEAD" || matches!(reply.status, 204 | 304);
    let kind = if bodiless { Flaw::Body } else { Flaw::After };
    reply.defects.push(Defect { kind, what: Quote::of(format!("{} bytes: ", rest.len()), rest) });
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

/// What was read of a connection.
struct Received {
    outcome: Outcome,
    /// What came behind it.
    rest: Vec<u8>,
    /// Whether the connection can serve another request.
    reusable: bool,
    /// Whether anything came, or could still have come.
    began: bool,
}

/// Reads one reply, of which some may have come already.
async fn receive(
    read: &mut ReadHalf<Box<dyn Stream>>,
    method: &str,
    begun: Vec<u8>,
    deadline: Instant,
    timeout: Duration,
) -> Received {
    let mut began = !begun.is_empty();
    let mut reader = Reader::new(method, begun);
    loop {
        if reader.advance() {
            let (outcome, rest, reusable) = reader.finish();
            return Received { outcome, rest, reusable, began };
        }
        let quiet = reader.quiet();
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
        return Received { outcome: reader.end(end), rest: Vec::new(), reusable: false, began };
    }
}
