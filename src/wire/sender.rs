//! Sends probes: by the raw sender, which shows a reply as it came, or by an ordinary client, where it is asked whether the
//! target answers that one otherwise. Whatever leaves has its lane, its turn and its deadline from here.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::aftermath::Aftermath;
use super::conduct::{Conduct, Sent};
use super::connection::Connector;
use super::lanes::{Lane, Lanes};
use super::ordinary_client::OrdinaryClient;
use super::rate::Rate;
use super::raw::Raw;
use super::settings::Settings;
use super::tap::Tap;
use super::trust::trust;
use crate::model::exchange::{
    BODY_LIMIT, ConnectionUse, Ending, Exchange, LocalLimit, Outcome, Reply, Request, Silence,
};
use crate::model::secret::Environment;

/// What all bodies that are being read may take together, in bytes: each exchange has its share, between the two limits.
const MAX_BODIES: usize = 64 << 20;
/// The least share, in bytes: no error that a person reads is longer.
const LEAST_LIMIT: usize = 1 << 18;
/// How often a connection that cannot be made is tried again, and after which pauses.
const RECONNECT_PAUSES: &[Duration] = &[Duration::from_millis(100), Duration::from_millis(400)];
/// How often a request is sent again whose connection was lost before its reply was whole, and after which pauses. The first
/// may have been an idle connection that was closed under us.
const RESEND_PAUSES: &[Duration] = &[Duration::ZERO, Duration::from_millis(50), Duration::from_millis(200)];
/// Requests that were sent again in vain, and more often so than not, after which one more time is enough: such a target
/// closes on purpose.
const MAX_LOST_IN_VAIN: usize = 8;
/// How often a connection for which this machine has no room is tried again where nothing else is under way, and after which
/// pause.
const ROOM_ATTEMPTS: (usize, Duration) = (20, Duration::from_millis(50));

/// Whether a request whose connection was lost before its reply was whole may leave once more.
pub(crate) trait Resend {
    /// Whether it may, after this came of it.
    fn again(&mut self, lost: &Outcome) -> impl Future<Output = bool> + Send;
}

/// It may, always.
struct Always;

impl Resend for Always {
    async fn again(&mut self, _: &Outcome) -> bool {
        true
    }
}

/// Sends requests and hands back what came.
pub struct Sender {
    raw: Raw,
    ordinary: OrdinaryClient,
    timeout: Duration,
    /// How many exchanges may be under way at once.
    lanes: Lanes,
    /// The limit of this machine that was met.
    limit: Mutex<Option<LocalLimit>>,
    /// Whether fewer exchanges at once did not help.
    stuck: AtomicBool,
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
    /// The certificate file cannot be read, or the proxy's URL is invalid.
    pub fn new(settings: &Settings) -> Result<Self, String> {
        let trusted = trust(settings)?;
        let connector = Connector::new(settings, &trusted)?;
        Ok(Self {
            raw: Raw::new(connector.clone(), settings)?,
            ordinary: OrdinaryClient::new(connector, settings, &trusted)?,
            timeout: settings.timeout,
            lanes: Lanes::new(usize::MAX),
            limit: Mutex::default(),
            stuck: AtomicBool::default(),
            rate: None,
            failures: AtomicUsize::default(),
            recovered: AtomicUsize::default(),
            lost: AtomicUsize::default(),
        })
    }

    /// The same, with whoever wants to see what is received. What the ordinary client receives is not seen.
    pub(crate) fn tapped(self, tap: Tap) -> Self {
        Self { raw: self.raw.tapped(tap), ..self }
    }

    /// The same, with so many exchanges under way at once at most, which share the memory for bodies.
    pub(crate) fn at_once(self, exchanges: usize) -> Self {
        let most = (MAX_BODIES / exchanges.max(1)).clamp(LEAST_LIMIT, BODY_LIMIT);
        let (raw, ordinary) = (self.raw.keeping(most), self.ordinary.keeping(most));
        Self { lanes: Lanes::new(exchanges), raw, ordinary, ..self }
    }

    /// Sends what comes now on other connections than what came before.
    pub(crate) fn renew(&self) {
        self.raw.renew();
    }

    /// The limit of this machine that was met, with the number of exchanges that could be under way at once all the same; 0
    /// where it kept a request from leaving.
    pub(crate) fn limited(&self) -> Option<(LocalLimit, usize)> {
        let limit = *self.limit.lock().unwrap_or_else(PoisonError::into_inner);
        Some((limit?, if self.stuck.load(Ordering::Relaxed) { 0 } else { self.lanes.size() }))
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
        self.raw.one_at_a_time(alone);
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
        if lost > MAX_LOST_IN_VAIN && lost > recovered { &RESEND_PAUSES[..1] } else { RESEND_PAUSES }
    }

    /// Whether a connection to the target, or to the proxy before it, can be made.
    pub async fn connects(&self) -> bool {
        self.turn().await;
        self.raw.connects().await
    }

    /// Why the request cannot be sent to this target; `None` where it can.
    pub async fn unfit(&self, request: &Request) -> Option<&'static str> {
        if request.connection.is_ordinary() { self.ordinary.unfit(request).await } else { self.raw.unfit(request) }
    }

    /// Sends a request with its header fields resolved; a script's secrets come from the environment. A connection that fails
    /// is tried again; what the target answers never is.
    pub async fn send(&self, request: &Request, headers: &[(String, Vec<u8>)], environment: &Environment) -> Exchange {
        let conduct = Conduct::Pooled { place: "", harmless: true };
        self.conducted(request, headers, environment, conduct, &mut Always).await.0
    }

    /// The same, with what is to be waited for before the reply is believed, how many replies came after it, and where
    /// somebody else has a say in whether it leaves again.
    pub(crate) async fn conducted(
        &self,
        request: &Request,
        headers: &[(String, Vec<u8>)],
        environment: &Environment,
        conduct: Conduct<'_>,
        may: &mut (impl Resend + Send),
    ) -> (Exchange, Option<Aftermath>, usize) {
        let mut lane = Lane::of(&self.lanes);
        lane.enter().await;
        self.turn().await;
        let mut start = Instant::now();
        let mut deadline = tokio::time::Instant::now() + self.timeout;
        let (mut reconnect, mut resend) = (RECONNECT_PAUSES.iter(), self.resends().iter());
        let (mut closed, mut tries) = (None, 0);
        let mut doubted = None;
        let mut fresh = None;
        loop {
            let request = fresh.as_ref().unwrap_or(request);
            let Sent { outcome, aftermath, shift, doubt } = match &request.script {
                _ if request.connection.is_ordinary() => {
                    self.raw.make_way();
                    self.ordinary.send(request, headers, deadline).await.into()
                }
                Some(script) => self.raw.scripted(request, script, environment, deadline).await.into(),
                None => self.raw.well_formed(request, headers, conduct, (deadline, &mut lane)).await,
            };
            doubted = doubt.map(|hold| (hold, lost(&outcome))).or(doubted);
            let pause = match &outcome {
                Outcome::Silence(Silence::Local(limit)) if self.makes_room(*limit, &mut lane, &mut tries).await => {
                    // Nothing has left yet.
                    (start, deadline) = (Instant::now(), tokio::time::Instant::now() + self.timeout);
                    continue;
                }
                Outcome::Silence(Silence::Unreachable(_)) => reconnect.next(),
                // A request that never ends may well be answered by closing.
                _ if request.script.as_ref().is_some_and(|script| script.unfinished) => None,
                lost if self::lost(lost).is_some() => resend.next(),
                _ => None,
            };
            let mut pause = pause.filter(|pause| tokio::time::Instant::now() + **pause < deadline);
            // Nothing was written where there was no connection.
            if pause.is_some() && !matches!(outcome, Outcome::Silence(Silence::Unreachable(_))) {
                let again = tokio::time::timeout_at(deadline, may.again(&outcome)).await;
                pause = pause.filter(|_| again.unwrap_or(false));
            }
            if let Some(pause) = pause {
                self.failures.fetch_add(1, Ordering::Relaxed);
                if !matches!(outcome, Outcome::Silence(Silence::Unreachable(_))) {
                    closed = Some(outcome);
                    // Another one that is open may be as near to its end.
                    fresh = (request.connection == ConnectionUse::Any)
                        .then(|| Request { connection: ConnectionUse::Fresh, ..request.clone() })
                        .or(fresh);
                }
                tokio::time::sleep(*pause).await;
                // To wait for a turn takes nothing from the target's time.
                let asked = tokio::time::Instant::now();
                self.turn().await;
                deadline += asked.elapsed();
                continue;
            }
            if closed.is_some() {
                if let Some((hold, before)) = doubted
                    && before == lost(&outcome)
                {
                    hold.quiet();
                }
                let broken =
                    matches!(outcome, Outcome::Silence(_) | Outcome::Reply(Reply { ending: Ending::Truncated(_), .. }));
                let count = if broken { &self.lost } else { &self.recovered };
                count.fetch_add(1, Ordering::Relaxed);
            }
            // Where no connection can be made any more, what was seen of the last one tells more.
            let unreachable = matches!(outcome, Outcome::Silence(Silence::Unreachable(_) | Silence::Local(_)));
            let outcome = closed.filter(|_| unreachable).unwrap_or(outcome);
            return (Exchange { outcome, duration: lane.left().duration_since(start) }, aftermath, shift);
        }
    }

    /// Makes room for a connection where this machine has none for another, and tells whether to try again: fewer exchanges are
    /// under way from now on, and what nobody uses is closed.
    async fn makes_room(&self, limit: LocalLimit, lane: &mut Lane<'_>, tries: &mut usize) -> bool {
        self.limit.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(limit);
        if limit == LocalLimit::Forbidden {
            self.stuck.store(true, Ordering::Relaxed);
            return false;
        }
        self.raw.make_room();
        if lane.retire() {
            lane.enter().await;
            return true;
        }
        *tries += 1;
        if *tries > ROOM_ATTEMPTS.0 || self.stuck.load(Ordering::Relaxed) && *tries > 1 {
            self.stuck.store(true, Ordering::Relaxed);
            return false;
        }
        tokio::time::sleep(ROOM_ATTEMPTS.1).await;
        true
    }
}

/// In the reply with which status a connection was lost; 0 is before one.
fn lost(outcome: &Outcome) -> Option<u16> {
    match outcome {
        Outcome::Silence(Silence::Closed(_)) => Some(0),
        Outcome::Reply(Reply { status, ending: Ending::Truncated(_), .. }) => Some(*status),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;
    use std::sync::Arc;

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::{TcpListener, TcpStream};
    use tokio::sync::{mpsc, oneshot};
    use tokio::task::JoinHandle;

    use super::*;
    use crate::model::target::Target;

    /// A request that arrived: the number of its connection, and whether it is to be answered, else closed on.
    type Arrived = (usize, oneshot::Sender<bool>);

    async fn serve(mut stream: TcpStream, number: usize, arrived: mpsc::UnboundedSender<Arrived>) {
        let mut head = Vec::new();
        while stream.read_buf(&mut head).await.is_ok_and(|count| count > 0) {
            if head.ends_with(b"\r\n\r\n") {
                head.clear();
                let (answer, wanted) = oneshot::channel();
                arrived.send((number, answer)).unwrap();
                if !wanted.await.unwrap() {
                    return;
                }
                stream.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n").await.unwrap();
            }
        }
    }

    /// Lets another request have its answer, and so its connection idle, before the lost one leaves again.
    struct AfterAnother(Option<(oneshot::Sender<bool>, JoinHandle<Exchange>)>);

    impl Resend for AfterAnother {
        async fn again(&mut self, _: &Outcome) -> bool {
            if let Some((answer, other)) = self.0.take() {
                answer.send(true).unwrap();
                other.await.unwrap();
            }
            true
        }
    }

    #[tokio::test]
    async fn a_request_whose_connection_was_lost_leaves_again_on_one_of_its_own_whatever_is_idle() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let target = Target::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let (arrived, mut arrivals) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            for number in 1.. {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(serve(stream, number, arrived.clone()));
            }
        });
        let timeout = Duration::from_secs(60);
        let settings = Settings { target, timeout, insecure: false, ca: None, proxy: None };
        let sender = Arc::new(Sender::new(&settings).unwrap());
        let request = Request { method: "GET".into(), target: "/".into(), ..Request::default() };
        let send = || {
            let (sender, request) = (Arc::clone(&sender), request.clone());
            tokio::spawn(async move { sender.send(&request, &[], &Environment::default()).await })
        };
        let one = send();
        let (first, answer_one) = arrivals.recv().await.unwrap();
        let other = send();
        let (second, answer_other) = arrivals.recv().await.unwrap();
        answer_one.send(true).unwrap();
        one.await.unwrap();
        let lost = tokio::spawn(async move {
            let conduct = Conduct::Pooled { place: "", harmless: true };
            let mut may = AfterAnother(Some((answer_other, other)));
            sender.conducted(&request, &[], &Environment::default(), conduct, &mut may).await.0
        });
        let (kept, close) = arrivals.recv().await.unwrap();
        close.send(false).unwrap();
        let (again, answer) = arrivals.recv().await.unwrap();
        answer.send(true).unwrap();
        assert!(matches!(lost.await.unwrap().outcome, Outcome::Reply(reply) if reply.status == 400));
        assert_eq!((first, second, kept, again), (1, 2, 1, 3));
    }
}
