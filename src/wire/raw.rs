//! The raw sender: bytes as they are meant, replies as they come.
//!
//! A scripted request gets a connection of its own; a request that any HTTP library would write may use one that is open.
//! Nothing is followed, decoded or judged. What comes after a finished reply is told of that reply alone: how,
//! [`super::sequence`] says.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::io::split;
use tokio::time::{Instant, timeout_at};

use super::connection::{Connector, patience};
use super::pool::Pool;
use super::roundtrip::{Behind, Connection, Received, Roundtrip, Writes, surplus};
use super::settings::Settings;
use super::tap::Tap;
use crate::model::exchange::{Outcome, Part, Request, Script, Silence, Transport};
use crate::model::secret::Environment;
use crate::model::target::Target;

/// Sends bytes and reads what comes.
pub(crate) struct Raw {
    connector: Connector,
    pub(super) target: Target,
    pub(super) authority: String,
    pub(super) timeout: Duration,
    pub(super) pool: Arc<Pool>,
    /// Whether there is one connection at a time.
    alone: AtomicBool,
    /// Whoever wants to see what is received.
    tap: Option<Tap>,
}

impl Raw {
    /// A sender to a target.
    pub(crate) fn new(connector: Connector, settings: &Settings) -> Self {
        Self {
            connector,
            target: settings.target.clone(),
            authority: settings.target.authority(),
            timeout: settings.timeout,
            pool: Arc::default(),
            alone: AtomicBool::new(false),
            tap: None,
        }
    }

    /// The same, with whoever wants to see what is received.
    pub(crate) fn tapped(self, tap: Tap) -> Self {
        Self { tap: Some(tap), ..self }
    }

    /// Whether there is to be one connection at a time. Those that are idle are closed where it begins.
    pub(crate) fn one_at_a_time(&self, alone: bool) {
        if !self.alone.swap(alone, Ordering::Relaxed) && alone {
            self.close_idle();
        }
    }

    /// Closes the connections that nobody uses, once it is known that nothing comes on them any more.
    pub(crate) fn close_idle(&self) {
        self.pool.give_up();
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

    /// Sends bytes that no library sends, on a connection of their own.
    pub(super) async fn scripted(
        &self,
        request: &Request,
        script: &Script,
        environment: &Environment,
        deadline: Instant,
    ) -> Outcome {
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
        let (behind, kept) = (Behind::of(script), false);
        let roundtrip = Roundtrip { connection: &mut connection, deadline, timeout: self.timeout, kept };
        let Received { mut outcome, rest, .. } =
            roundtrip.run(&request.method, writes, script.half_close, behind).await;
        if let Outcome::Reply(reply) = &mut outcome
            && !rest.is_empty()
        {
            surplus(reply, &request.method, &rest);
        }
        outcome
    }

    pub(super) async fn connect(&self, clear: bool, deadline: Instant) -> Result<Connection, Silence> {
        if self.alone.load(Ordering::Relaxed) {
            self.close_idle();
        }
        let by = deadline.min(Instant::now() + patience(self.timeout));
        let stream = match timeout_at(by, self.connector.connect(clear)).await {
            Ok(stream) => stream?,
            Err(_) => return Err(Silence::Unreachable("no connection in time".to_owned())),
        };
        let stream = self.tap.iter().fold(stream, |stream, tap| tap.on(stream));
        let (read, write) = split(stream);
        Ok(Connection { read, write, room: Vec::new() })
    }

    /// Gives up every kept connection that nobody uses.
    pub(super) fn renew(&self) {
        self.pool.give_up();
    }

    /// Closes every kept connection that nobody uses.
    pub(super) fn make_room(&self) {
        self.pool.close();
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
