//! Sends probes: by the raw sender, which shows a reply as it came, or by reqwest where a proxy takes the request in a form
//! of its own. Both give the same exchange.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::client::Client;
use super::raw::Raw;
use super::target::Target;
use crate::exchange::{Exchange, Outcome, Request, Silence};
use crate::secret::Environment;

/// How often a connection that cannot be made is tried again, and after which pauses.
const RECONNECT: &[Duration] = &[Duration::from_millis(100), Duration::from_millis(400)];

/// How the target is reached.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The origin, with its prefix if it has one.
    pub target: Target,
    /// The deadline of one exchange, retries of its connection included.
    pub timeout: Duration,
    /// Whether certificates are not verified.
    pub insecure: bool,
    /// A file of certificates in PEM that are trusted instead of the system's.
    pub ca: Option<PathBuf>,
    /// A proxy, as a URL.
    pub proxy: Option<String>,
}

/// Sends requests and hands back what came.
pub struct Sender {
    raw: Raw,
    /// For well-formed requests through a proxy to a target without TLS: the proxy wants them in absolute form.
    client: Option<Client>,
    timeout: Duration,
}

impl Sender {
    /// A sender to a target.
    ///
    /// # Errors
    /// A file of certificates that cannot be read, or a proxy that is none.
    pub fn new(settings: &Settings) -> Result<Self, String> {
        let forwarded = settings.proxy.is_some() && !settings.target.is_tls();
        let client = forwarded.then(|| Client::new(settings)).transpose()?;
        Ok(Self { raw: Raw::new(settings)?, client, timeout: settings.timeout })
    }

    /// Whether a connection to the target, or to the proxy before it, can be made.
    pub async fn connects(&self) -> bool {
        self.raw.connects().await
    }

    /// Why the request is none for this target; `None` where it is one.
    #[must_use]
    pub fn unfit(&self, request: &Request) -> Option<&'static str> {
        self.raw.unfit(request)
    }

    /// Sends a request with its header fields resolved; a script's secrets come from the environment. A connection that fails
    /// is tried again; what the target answers never is.
    pub async fn send(&self, request: &Request, headers: &[(String, Vec<u8>)], environment: &Environment) -> Exchange {
        let start = Instant::now();
        let deadline = tokio::time::Instant::now() + self.timeout;
        let mut pauses = RECONNECT.iter();
        let mut closed = None;
        loop {
            let outcome = match &self.client {
                Some(client) if request.script.is_none() => client.send(request, headers, deadline).await,
                _ => self.raw.send(request, headers, environment, deadline).await,
            };
            match &outcome {
                Outcome::Silence(Silence::Unreachable(_)) => {
                    if let Some(pause) = pauses.next().filter(|pause| tokio::time::Instant::now() + **pause < deadline)
                    {
                        tokio::time::sleep(*pause).await;
                        continue;
                    }
                }
                // A connection that was open may have been closed under us; once more tells. What no library sends had a
                // connection of its own.
                Outcome::Silence(Silence::Closed(_)) if closed.is_none() && request.script.is_none() => {
                    closed = Some(outcome);
                    continue;
                }
                _ => {}
            }
            // Where no connection can be made any more, what was seen of the last one tells more.
            let unreachable = matches!(outcome, Outcome::Silence(Silence::Unreachable(_)));
            let outcome = closed.filter(|_| unreachable).unwrap_or(outcome);
            return Exchange { outcome, duration: start.elapsed() };
        }
    }
}
