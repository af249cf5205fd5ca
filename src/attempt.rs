//! One probe on its way: whether it is still to be sent, sent, waited for where the target asks for a pause, and judged.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex as Lock, OnceLock, PoisonError};
use std::time::Duration;

use tokio::sync::Mutex;

use crate::engine::Settings;
use crate::exchange::{Outcome, Request, Silence};
use crate::finding::Finding;
use crate::footing::Unsent;
use crate::judge;
use crate::pace::{self, Pace};
use crate::plan::Probe;
use crate::recording::Recorder;
use crate::repeat;
use crate::report::ProbeResult;
use crate::run::aftermath::Aftermaths;
use crate::run::allow::Allowed;
use crate::run::brake::Brake;
use crate::secret::{Environment, Template};
use crate::wire::sender::Sender;

/// Connection attempts that must fail one after the other before the target counts as gone, and the pauses before them.
const GONE: &[Duration] =
    &[Duration::ZERO, Duration::from_millis(100), Duration::from_millis(300), Duration::from_millis(600)];
/// Probes that got no reply in time before the run stops: each one costs a whole timeout.
const HANGING: usize = 64;

/// What all tasks of a run share.
pub(crate) struct Shared {
    pub(crate) sender: Sender,
    pub(crate) environment: Environment,
    pub(crate) recorder: Recorder,
    pub(crate) settings: Settings,
    pub(crate) pace: Pace,
    /// What the target has said of its paths' methods.
    allowed: Allowed,
    pub(crate) brake: Brake,
    pub(crate) aftermaths: Aftermaths,
    hanging: AtomicUsize,
    /// Set once, when no connection can be made any more.
    gone: OnceLock<()>,
    /// Held while the target is looked for, so that one look serves all who wait.
    looking: Mutex<()>,
    /// Probes whose connection was lost when the target went away.
    suspects: Lock<Vec<String>>,
    /// Set once, when somebody ends the run.
    interrupted: OnceLock<String>,
}

impl Shared {
    pub(crate) fn new(sender: Sender, environment: Environment, recorder: Recorder, settings: Settings) -> Self {
        Self {
            pace: Pace::new(settings.rate),
            allowed: Allowed::default(),
            brake: Brake::new(0),
            aftermaths: Aftermaths::new(settings.jobs),
            sender,
            environment,
            recorder,
            settings,
            hanging: AtomicUsize::new(0),
            gone: OnceLock::new(),
            looking: Mutex::new(()),
            suspects: Lock::default(),
            interrupted: OnceLock::new(),
        }
    }

    /// Ends the run: nothing is sent any more.
    pub(crate) fn interrupt(&self, by: String) {
        self.interrupted.get_or_init(|| by);
    }

    pub(crate) fn interrupted(&self) -> Option<&String> {
        self.interrupted.get()
    }

    /// The header fields with the secrets in them.
    ///
    /// # Errors
    /// The name of a variable that is not set.
    pub(crate) fn resolve(&self, request: &Request) -> Result<Vec<(String, Vec<u8>)>, String> {
        let resolve = |(name, value): &(String, Template)| Ok((name.clone(), value.resolve(&self.environment)?));
        if request.script.is_some()
            && let Some(name) = request.variables().into_iter().find(|name| self.environment.get(name).is_none())
        {
            return Err(name.to_owned());
        }
        request.headers.iter().map(resolve).collect()
    }

    /// What the target says of a path: one harmless request without a credential, by which nothing is judged.
    pub(crate) async fn look(&self, path: &str) -> Outcome {
        let accept = ("accept".to_owned(), Template::literal("application/json"));
        let headers = [(accept.0.clone(), accept.1.masked())];
        let request =
            Request { method: "GET".into(), target: path.to_owned(), headers: vec![accept], ..Request::default() };
        self.sender.send(&request, &headers, &self.environment).await.outcome
    }

    /// Why no more probes are sent.
    pub(crate) fn stopped(&self) -> Option<Unsent> {
        if let Some(by) = self.interrupted() {
            return Some(Unsent::Interrupted(by.clone()));
        }
        if self.gone.get().is_some() {
            return Some(Unsent::Gone);
        }
        (self.hanging.load(Ordering::Relaxed) >= HANGING)
            .then(|| Unsent::Stopped(format!("the target hangs: {HANGING} probes got no reply in time; the rest was not run (--timeout, --operation and --fault narrow a run)")))
    }

    /// Whether the target went away, now that a connection was lost or could not be made.
    async fn is_gone(&self) -> bool {
        let _looking = self.looking.lock().await;
        if self.gone.get().is_some() {
            return true;
        }
        for pause in GONE {
            tokio::time::sleep(*pause).await;
            if self.sender.connects().await {
                return false;
            }
        }
        self.gone.get_or_init(|| ());
        true
    }

    /// What is said of a target that went away.
    pub(crate) fn obituary(&self) -> Option<String> {
        self.gone.get()?;
        let mut suspects = self.suspects.lock().unwrap_or_else(PoisonError::into_inner).clone();
        suspects.sort();
        let under_way = match suspects.as_slice() {
            [] => {
                return Some(
                    "the target went away during the run, or was never there: check --target, and whether the deployment is up"
                        .to_owned(),
                );
            }
            [one] => format!("it lost the connection of {one}, which may have killed it"),
            many => format!(
                "it lost the connections of {} probes, one of which may have killed it: {}; with --jobs 1 and --filter they can be sent one by one",
                many.len(),
                many.join(", ")
            ),
        };
        Some(format!("the target went away during the run: {under_way}"))
    }

    /// Sends a probe as often as the user asks for it, and judges what comes.
    pub(crate) async fn probe(&self, probe: &Probe) -> Result<ProbeResult, Unsent> {
        let first = self.once(probe).await?;
        if self.settings.repeat < 2 || !repeat::may_repeat(probe, &first) {
            return Ok(first);
        }
        let mut results = vec![first];
        while results.len() < self.settings.repeat {
            let Ok(next) = self.once(probe).await else { break };
            let more = repeat::may_repeat(probe, &next);
            results.push(next);
            if !more {
                break;
            }
        }
        repeat::merged(probe, results).ok_or(Unsent::Gone)
    }

    /// Sends a probe once, and again where the target asks for a pause.
    pub(crate) async fn once(&self, probe: &Probe) -> Result<ProbeResult, Unsent> {
        if let Some(unsent) = self.stopped() {
            return Err(unsent);
        }
        if let Some(why) = self.sender.unfit(&probe.request).await {
            return Err(Unsent::Unfit(why));
        }
        let headers = self.resolve(&probe.request).map_err(Unsent::NotSet)?;
        if let Some(unsent) = self.allowed.against(probe, self).await {
            return Err(unsent);
        }
        let mut refused: Vec<Finding> = Vec::new();
        let mut waits = 0;
        loop {
            let mut pass = self.brake.pass(probe, &self.recorder).await.map_err(Unsent::Braked)?;
            // It may have waited for its turn.
            if let Some(unsent) = self.stopped() {
                return Err(unsent);
            }
            self.pace.turn().await;
            let fresh = pass.leaves();
            let request = fresh.as_ref().unwrap_or(&probe.request);
            let exchange = self.sent(probe, request, &headers, &mut pass).await;
            pass.settle(&exchange.outcome);
            let asked = match &exchange.outcome {
                Outcome::Reply(reply) => pace::asked(reply),
                Outcome::Silence(silence) => {
                    match silence {
                        Silence::TimedOut(_) | Silence::Stalled(..) => {
                            self.hanging.fetch_add(1, Ordering::Relaxed);
                        }
                        Silence::Unreachable(_) if self.is_gone().await => return Err(Unsent::Gone),
                        Silence::Closed(_) if self.is_gone().await => return Ok(self.last_words(probe)),
                        _ => {}
                    }
                    None
                }
            };
            let mut judgement = judge::judge(probe, &exchange, &headers, &self.settings.judge);
            if let Some(pause) = asked
                && waits < pace::WAITS
                && self.pace.hold(pause)
            {
                waits += 1;
                refused = judgement.findings;
                continue;
            }
            if waits > 0 {
                self.pace.waited(asked.is_some());
                let known = |finding: &Finding| judgement.findings.iter().any(|other| other.rule == finding.rule);
                let refused: Vec<_> = refused.into_iter().filter(|finding| !known(finding)).collect();
                judgement.findings.extend(refused);
            }
            return Ok(self.recorder.result(probe, &exchange, judgement));
        }
    }

    /// A probe whose connection was lost because the target went away, by its doing or another's.
    fn last_words(&self, probe: &Probe) -> ProbeResult {
        self.suspects.lock().unwrap_or_else(PoisonError::into_inner).push(probe.id.clone());
        self.recorder.unjudged(probe, "the target went away while it was under way", "the connection was lost")
    }
}
