//! The raw sender: bytes as they are meant, replies as they come.
//!
//! A request that any HTTP library would write ([`super::well_formed`]) may use a connection that is open, any other
//! ([`super::scripted`]) gets one of its own. Nothing is followed, decoded or judged. What comes after a finished reply is told
//! of that reply alone: how, [`super::sequence`] says.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::io::split;
use tokio::time::{Instant, timeout_at};

use super::address::Address;
use super::connection::{Connector, Way, patience};
use super::pool::Pool;
use super::roundtrip::Connection;
use super::settings::Settings;
use super::tap::Tap;
use crate::model::exchange::{BODY_LIMIT, Request, Silence, Transport};

/// Sends bytes and reads what comes.
pub(crate) struct Raw {
    connector: Connector,
    pub(super) address: Address,
    is_tls: bool,
    pub(super) timeout: Duration,
    /// The most of a body that is kept, in bytes.
    pub(super) most: usize,
    pub(super) pool: Arc<Pool>,
    /// Whether there is one connection at a time.
    alone: AtomicBool,
    /// Whoever wants to see what is received.
    tap: Option<Tap>,
}

impl Raw {
    /// A sender to a target.
    ///
    /// # Errors
    /// The proxy's URL is invalid.
    pub(crate) fn new(connector: Connector, settings: &Settings) -> Result<Self, String> {
        Ok(Self {
            connector,
            address: Address::of(settings)?,
            is_tls: settings.target.is_tls(),
            timeout: settings.timeout,
            most: BODY_LIMIT,
            pool: Arc::default(),
            alone: AtomicBool::new(false),
            tap: None,
        })
    }

    /// The same, of whose bodies so much is kept.
    pub(super) fn keeping(self, most: usize) -> Self {
        Self { most, ..self }
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

    /// Why the request cannot be sent to this target.
    pub(crate) fn unfit(&self, request: &Request) -> Option<&'static str> {
        match request.script.as_ref()?.transport {
            Transport::HttpOnly if self.is_tls => Some("it is for http targets"),
            Transport::ClearToTls if !self.is_tls => Some("it is for https targets"),
            _ => None,
        }
    }

    /// Closes what is idle, where there is one connection at a time, before another one is made.
    pub(super) fn make_way(&self) {
        if self.alone.load(Ordering::Relaxed) {
            self.close_idle();
        }
    }

    pub(super) async fn connect(&self, way: Way, deadline: Instant) -> Result<Connection, Silence> {
        self.make_way();
        let by = deadline.min(Instant::now() + patience(self.timeout));
        let stream = match timeout_at(by, self.connector.connect(way)).await {
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
