//! Sends probes: by the raw sender, which shows a reply as it came, or by reqwest where a proxy takes the request in a form
//! of its own. Both give the same exchange.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::client::Client;
use super::connection::Connector;
use super::http2::Http2;
use super::raw::Raw;
use super::tap::Tap;
use super::target::Target;
use crate::exchange::{Ending, Exchange, Outcome, Over, Reply, Request, Silence};
use crate::run::rate::Rate;
use crate::secret::Environment;

/// How often a connection that cannot be made is tried again, and after which pauses.
const RECONNECT: &[Duration] = &[Duration::from_millis(100), Duration::from_millis(400)];
/// How often a request is sent again whose connection was lost before its reply was whole, and after which pauses. The first
/// may have been an idle connection that was closed under us.
const RESEND: &[Duration] = &[Duration::ZERO, Duration::from_millis(50), Duration::from_millis(200)];
/// Requests that were sent again in vain, and more often so than not, after which one more time is enough: such a target
/// closes on purpose.
const ON_PURPOSE: usize = 8;

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
    http2: Http2,
    timeout: Duration,
    /// Where every writing of a request gets its turn.
    rate: Option<Rate>,
    failures: AtomicUsize,
    /// Requests whose connection was lost and that were answered when they were sent again, or were not.
    recovered: AtomicUsize,
    lost: AtomicUsize,
}

impl Sender {
    /// A sender to a target.
    ///
    /// # Errors
    /// A file of certificates that cannot be read, or a proxy that is none.
    pub fn new(settings: &Settings) -> Result<Self, String> {
        let forwarded = settings.proxy.is_some() && !settings.target.is_tls();
        let client = forwarded.then(|| Client::new(settings)).transpose()?;
        let connector = Connector::new(settings)?;
        Ok(Self {
            raw: Raw::new(connector.clone(), settings),
            client,
            http2: Http2::new(connector, settings),
            timeout: settings.timeout,
            rate: None,
            failures: AtomicUsize::default(),
            recovered: AtomicUsize::default(),
            lost: AtomicUsize::default(),
        })
    }

    /// The same, with whoever wants to see what is received. What a proxy takes in a form of its own, and HTTP/2, is not seen.
    pub(crate) fn tapped(self, tap: Tap) -> Self {
        Self { raw: self.raw.tapped(tap), ..self }
    }

    /// The same, at so many requests a second at most.
    pub(crate) fn paced(self, rate: Option<u32>) -> Self {
        Self { rate: rate.map(Rate::new), ..self }
    }

    /// The deadline of one exchange.
    pub(crate) fn timeout(&self) -> Duration {
        self.timeout
    }

    /// Waits for the turn of one request.
    async fn turn(&self) {
        if let Some(rate) = &self.rate {
            rate.turn().await;
        }
    }

    /// Whether nothing else is under way: then there is one connection at a time, since an idle one may be all that the
    /// target serves.
    pub(crate) fn alone(&self, alone: bool) {
        self.raw.alone(alone);
    }

    /// Closes the connections that nobody uses.
    pub(crate) fn close_idle(&self) {
        self.raw.close_idle();
    }

    /// Connections that failed so far and were made again.
    #[must_use]
    pub fn connection_failures(&self) -> usize {
        self.failures.load(Ordering::Relaxed)
    }

    /// The pauses before a request is sent again.
    fn resends(&self) -> &'static [Duration] {
        let (lost, recovered) = (self.lost.load(Ordering::Relaxed), self.recovered.load(Ordering::Relaxed));
        if lost > ON_PURPOSE && lost > recovered { &RESEND[..1] } else { RESEND }
    }

    /// Whether a connection to the target, or to the proxy before it, can be made.
    pub async fn connects(&self) -> bool {
        self.turn().await;
        self.raw.connects().await
    }

    /// Why the request is none for this target; `None` where it is one.
    pub async fn unfit(&self, request: &Request) -> Option<&'static str> {
        if request.over == Over::Http2 && !self.http2.is_offered().await {
            return Some("the target offers no HTTP/2 over TLS");
        }
        self.raw.unfit(request)
    }

    /// Sends a request with its header fields resolved; a script's secrets come from the environment. A connection that fails
    /// is tried again; what the target answers never is.
    pub async fn send(&self, request: &Request, headers: &[(String, Vec<u8>)], environment: &Environment) -> Exchange {
        self.turn().await;
        let start = Instant::now();
        let mut deadline = tokio::time::Instant::now() + self.timeout;
        let (mut reconnect, mut resend) = (RECONNECT.iter(), self.resends().iter());
        let mut closed = None;
        loop {
            let outcome = match &self.client {
                _ if request.over == Over::Http2 => self.http2.send(request, headers, deadline).await,
                Some(client) if request.script.is_none() => client.send(request, headers, deadline).await,
                _ => self.raw.send(request, headers, environment, deadline).await,
            };
            let pause = match &outcome {
                Outcome::Silence(Silence::Unreachable(_)) => reconnect.next(),
                // A request that never ends may well be answered by closing.
                _ if request.script.as_ref().is_some_and(|script| script.unfinished) => None,
                Outcome::Silence(Silence::Closed(_)) | Outcome::Reply(Reply { ending: Ending::Truncated(_), .. }) => {
                    resend.next()
                }
                _ => None,
            };
            if let Some(pause) = pause.filter(|pause| tokio::time::Instant::now() + **pause < deadline) {
                self.failures.fetch_add(1, Ordering::Relaxed);
                if !matches!(outcome, Outcome::Silence(Silence::Unreachable(_))) {
                    closed = Some(outcome);
                }
                tokio::time::sleep(*pause).await;
                // To wait for a turn takes nothing from the target's time.
                let asked = tokio::time::Instant::now();
                self.turn().await;
                deadline += asked.elapsed();
                continue;
            }
            if closed.is_some() {
                let broken =
                    matches!(outcome, Outcome::Silence(_) | Outcome::Reply(Reply { ending: Ending::Truncated(_), .. }));
                let count = if broken { &self.lost } else { &self.recovered };
                count.fetch_add(1, Ordering::Relaxed);
            }
            // Where no connection can be made any more, what was seen of the last one tells more.
            let unreachable = matches!(outcome, Outcome::Silence(Silence::Unreachable(_)));
            let outcome = closed.filter(|_| unreachable).unwrap_or(outcome);
            return Exchange { outcome, duration: start.elapsed() };
        }
    }
}
