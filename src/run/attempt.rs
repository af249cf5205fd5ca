//! One probe on its way: whether it is still to be sent, sent once, and judged. When it leaves is decided elsewhere.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex as Lock, OnceLock, PoisonError};
use std::time::Duration;

use tokio::sync::Mutex;

use super::brake::Brake;
use super::brake::allow::Allowed;
use super::credentials::{Checked, Credentials, Name};
use super::engine::Settings;
use super::pacing::aftermath::Aftermaths;
use super::pacing::board::Company;
use super::pacing::limits::{Key, Leave, Limits};
use super::unsent::Unsent;
use super::{control, repeat, retry_after};
use crate::judge;
use crate::model::exchange::{Ending, Exchange, Outcome, Request, Silence};
use crate::model::finding::Finding;
use crate::model::secret::{Environment, Template};
use crate::plan::Probe;
use crate::report::record::Recorder;
use crate::report::{Load, ProbeResult};
use crate::wire::sender::Sender;

/// Connection attempts that must fail one after the other before the target counts as gone, and the pauses before them.
const GONE: &[Duration] =
    &[Duration::ZERO, Duration::from_millis(100), Duration::from_millis(300), Duration::from_millis(600)];
/// Probes that got no reply in time before the run stops: each one costs a whole timeout.
const HANGING: usize = 64;
/// The share of the deadline after which a connection that is not made was not refused, but not let in.
const PATIENCE: f64 = 0.5;

/// What all tasks of a run share.
pub(crate) struct Shared {
    pub(crate) sender: Sender,
    pub(crate) environment: Environment,
    pub(crate) recorder: Recorder,
    pub(crate) settings: Settings,
    /// What the target has said of its paths' methods.
    allowed: Allowed,
    pub(crate) brake: Brake,
    pub(crate) aftermaths: Aftermaths,
    /// The limits that the target sets.
    pub(crate) limits: Limits,
    /// Whether right credentials are still right.
    pub(crate) credentials: Credentials,
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
            allowed: Allowed::default(),
            brake: Brake::new(0),
            aftermaths: Aftermaths::new(settings.jobs),
            limits: Limits::new(settings.max_wait),
            credentials: Credentials::default(),
            sender: sender.paced(settings.rate),
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
        self.ask(&Key { suite: String::new(), operation: path.to_owned() }, &request, &headers).await
    }

    /// What the target answers to a request of our own, by which no probe is judged: a limit is waited for.
    pub(crate) async fn ask(&self, key: &Key, request: &Request, headers: &[(String, Vec<u8>)]) -> Outcome {
        loop {
            let leave = self.limits.turn(key).await;
            let exchange = self.sender.send(request, headers, &self.environment).await;
            let again = self.limit(key, leave, &exchange);
            self.limits.returned(key);
            if again != Some(true) || self.stopped().is_some() {
                return exchange.outcome;
            }
        }
    }

    /// Takes in what came as far as the target's limits go; where it is one, whether to send again.
    fn limit(&self, key: &Key, leave: Leave, exchange: &Exchange) -> Option<bool> {
        let Outcome::Reply(reply) = &exchange.outcome else { return None };
        let Some(limit) = retry_after::limit(reply) else {
            self.limits.answered(key, leave);
            return None;
        };
        Some(self.limits.limited(key, leave, limit.0))
    }

    /// Why no more probes are sent.
    pub(crate) fn stopped(&self) -> Option<Unsent> {
        if let Some(by) = self.interrupted() {
            return Some(Unsent::Interrupted(by.clone()));
        }
        if self.gone.get().is_some() {
            return Some(Unsent::Gone);
        }
        if let Some(limited) = self.limits.stopped() {
            return Some(limited);
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

    /// Sends a probe once more, as often as the user asks for it in all.
    /// `alone` where nothing else is under way.
    pub(crate) async fn step(
        &self,
        probe: &Probe,
        mut trying: Trying,
        leave: Leave,
        alone: bool,
    ) -> Result<Step, Unsent> {
        let sent = match self.send(probe, &mut trying.refused, leave, alone).await {
            Ok(sent) => sent,
            // What came before the end is told.
            Err(unsent) if trying.results.is_empty() => return Err(unsent),
            Err(_) => return Ok(Step::Done(merged(probe, trying.results)?)),
        };
        let result = match sent {
            Sent::Judged(result) => *result,
            Sent::Limited => return Ok(Step::Again(trying)),
            Sent::Silent(result) => return Ok(Step::Silent(trying, *result)),
        };
        self.took(probe, trying, result)
    }

    /// Takes in what one sending came to.
    pub(crate) fn took(&self, probe: &Probe, mut trying: Trying, result: ProbeResult) -> Result<Step, Unsent> {
        let more = self.settings.repeat > 1 && repeat::may_repeat(probe, &result);
        trying.results.push(result);
        if more && trying.results.len() < self.settings.repeat {
            return Ok(Step::Again(trying));
        }
        Ok(Step::Done(merged(probe, trying.results)?))
    }

    /// Sends a probe once, when the target's limits let it, and again where it asks for a pause.
    pub(crate) async fn once(&self, probe: &Probe) -> Result<ProbeResult, Unsent> {
        let key = key(probe);
        let mut refused = Vec::new();
        loop {
            let leave = self.limits.turn(&key).await;
            let sent = self.send(probe, &mut refused, leave, true).await;
            self.limits.returned(&key);
            match sent? {
                Sent::Judged(result) => return Ok(*result),
                Sent::Silent(result) => {
                    self.hangs();
                    return Ok(*result);
                }
                Sent::Limited => {}
            }
        }
    }

    /// Sends the control of a credential again.
    pub(crate) async fn check(&self, name: &Name) -> Checked {
        match self.credentials.control(name) {
            Some(control) => control::again(control, self).await,
            None => Checked::Unknown,
        }
    }

    /// What the target could take.
    pub(crate) fn load(&self, company: Company) -> Load {
        let (rate_limited, waited) = self.limits.told();
        Load {
            rate_limited,
            waited_ms: u64::try_from(waited.as_millis()).unwrap_or(u64::MAX),
            answered_alone: company.answered_alone,
            given_up: company.given_up,
            jobs: company.jobs,
            is_whole_in_doubt: self.limits.stopped().is_some() || self.credentials.is_lost(),
        }
    }

    /// Counts a probe that got no reply in time, whoever else was under way.
    pub(crate) fn hangs(&self) {
        self.hanging.fetch_add(1, Ordering::Relaxed);
    }

    async fn send(&self, probe: &Probe, refused: &mut Vec<Finding>, leave: Leave, alone: bool) -> Result<Sent, Unsent> {
        let key = key(probe);
        if let Some(unsent) = self.stopped().or_else(|| self.limits.against(&key)) {
            return Err(unsent);
        }
        if let Some(why) = self.sender.unfit(&probe.request).await {
            return Err(Unsent::Unfit(why));
        }
        let headers = self.resolve(&probe.request).map_err(Unsent::NotSet)?;
        if let Some(unsent) = self.allowed.against(probe, self).await {
            return Err(unsent);
        }
        let mut pass = self.brake.pass(probe, &self.recorder).await.map_err(Unsent::Braked)?;
        // It may have waited for its turn.
        if let Some(unsent) = self.stopped().or_else(|| self.limits.against(&key)) {
            return Err(unsent);
        }
        let fresh = pass.leaves();
        let request = fresh.as_ref().unwrap_or(&probe.request);
        let exchange = self.sent(probe, request, &headers, &mut pass).await;
        pass.settle(&exchange.outcome);
        let again = self.limit(&key, leave, &exchange);
        let in_time = self.is_in_time(probe, &exchange, alone);
        if let Outcome::Silence(silence) = &exchange.outcome
            && in_time
        {
            match silence {
                Silence::Unreachable(_) if self.is_gone().await => return Err(Unsent::Gone),
                Silence::Closed(_) if self.is_gone().await => {
                    return Ok(Sent::Judged(Box::new(self.last_words(probe))));
                }
                _ => {}
            }
        }
        let mut judgement = judge::judge(probe, &exchange, &headers, &self.settings.judge);
        if again == Some(true) {
            // A limit that is not in the contract's form is counted, not found, unless the document says that it is.
            let status = if let Outcome::Reply(reply) = &exchange.outcome { reply.status } else { 0 };
            let foreign = judgement.findings.iter().any(|finding| finding.rule == "service-unavailable");
            if foreign && (probe.request.method == "HEAD" || !probe.api.contract.names(status)) {
                judgement.findings.retain(|finding| finding.rule.ends_with("-disclosed"));
            }
            *refused = judgement.findings;
            return Ok(Sent::Limited);
        }
        let known = |finding: &Finding| judgement.findings.iter().any(|other| other.rule == finding.rule);
        let refused: Vec<_> = std::mem::take(refused).into_iter().filter(|finding| !known(finding)).collect();
        judgement.findings.extend(refused);
        let result = Box::new(self.recorder.result(probe, &exchange, judgement));
        Ok(if in_time { Sent::Judged(result) } else { Sent::Silent(result) })
    }

    /// Whether the target kept the deadline, or nobody expects it to: a request that never ends may wait for its end.
    fn is_in_time(&self, probe: &Probe, exchange: &Exchange, alone: bool) -> bool {
        let unfinished = probe.request.script.as_ref().is_some_and(|script| script.unfinished);
        match &exchange.outcome {
            Outcome::Silence(Silence::TimedOut(_) | Silence::Stalled(..)) => unfinished,
            // Refused is refused at once; what took so long was not let in, where others were.
            Outcome::Silence(Silence::Unreachable(_)) => {
                alone || exchange.duration < self.sender.timeout().mul_f64(PATIENCE)
            }
            Outcome::Reply(reply) => reply.ending != Ending::TimedOut,
            Outcome::Silence(_) => true,
        }
    }

    /// A probe whose connection was lost because the target went away, by its doing or another's.
    fn last_words(&self, probe: &Probe) -> ProbeResult {
        self.suspects.lock().unwrap_or_else(PoisonError::into_inner).push(probe.id.clone());
        self.recorder.unjudged(probe, "the target went away while it was under way", "the connection was lost")
    }
}

/// What is known of a probe that is not done yet.
#[derive(Debug, Default)]
pub(crate) struct Trying {
    /// What it came to so far, where it is sent several times.
    results: Vec<ProbeResult>,
    /// What is wrong with the limit that it met.
    refused: Vec<Finding>,
}

/// What one sending of a probe came to.
pub(crate) enum Step {
    /// It is done.
    Done(ProbeResult),
    /// It is to be sent again.
    Again(Trying),
    /// It got no reply in time, and what that is if it is the target's doing.
    Silent(Trying, ProbeResult),
}

enum Sent {
    Judged(Box<ProbeResult>),
    Limited,
    Silent(Box<ProbeResult>),
}

/// The operation that a probe counts for where the target sets limits.
pub(crate) fn key(probe: &Probe) -> Key {
    Key { suite: probe.api.suite.id.clone(), operation: probe.operation.clone() }
}

fn merged(probe: &Probe, mut results: Vec<ProbeResult>) -> Result<ProbeResult, Unsent> {
    if results.len() == 1 {
        return results.pop().ok_or(Unsent::Gone);
    }
    repeat::merged(probe, results).ok_or(Unsent::Gone)
}
