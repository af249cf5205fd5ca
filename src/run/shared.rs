//! What all tasks of a run share: how to reach the target, what is known of it, and whether the run goes on.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex as Lock, OnceLock, PoisonError};
use std::time::Duration;

use tokio::sync::Mutex;

use super::brake::Brake;
use super::brake::allow::{Allowed, Ask};
use super::credentials::Credentials;
use super::pacing::aftermath::Aftermaths;
use super::pacing::limits::{Key, Leave, Limits};
use super::retry_after;
use super::settings::Settings;
use super::unsent::Unsent;
use crate::catalog::Api;
use crate::model::exchange::{Exchange, Outcome, Reply, Request};
use crate::model::secret::{Environment, Template};
use crate::report::record::Recorder;
use crate::wire::sender::Sender;

/// Connection attempts that must fail one after the other before the target counts as gone, and the pauses before them.
const RECONNECT_PAUSES: &[Duration] =
    &[Duration::ZERO, Duration::from_millis(100), Duration::from_millis(300), Duration::from_millis(600)];
/// Probes that got no reply in time before the run stops: each one costs a whole timeout.
const MAX_HANGING: usize = 64;
/// What all tasks of a run share.
pub(crate) struct Shared {
    pub(crate) sender: Sender,
    pub(crate) environment: Environment,
    pub(crate) recorder: Recorder,
    pub(crate) settings: Settings,
    /// What the target has said of its paths' methods.
    pub(crate) allowed: Allowed,
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
    pub(crate) suspects: Lock<Vec<String>>,
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

    /// A harmless request without a credential, with its fields as they leave.
    pub(crate) fn question(&self, api: &Api, path: &str) -> (Request, Vec<(String, Vec<u8>)>) {
        let mut fields = vec![("accept".to_owned(), Template::literal("application/json"))];
        fields.extend(api.suite.fields());
        let request = Request { method: "GET".into(), target: path.to_owned(), headers: fields, ..Request::default() };
        // What is not set is named by the controls.
        let headers = self.resolve(&request).unwrap_or_default();
        (request, headers)
    }

    /// What the target says of a path: one harmless request without a credential, by which nothing is judged.
    pub(crate) async fn look(&self, api: &Api, path: &str) -> Outcome {
        let (request, headers) = self.question(api, path);
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

    /// Records what came as far as the target's limits go; where it is one, whether to send again.
    pub(crate) fn limit(&self, key: &Key, leave: Leave, exchange: &Exchange) -> Option<bool> {
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
        (self.hanging.load(Ordering::Relaxed) >= MAX_HANGING)
            .then(|| Unsent::Stopped(format!("the target hangs: {MAX_HANGING} probes got no reply in time; the rest was not run (--timeout, --operation and --fault narrow a run)")))
    }

    /// Whether the target went away, now that a connection was lost or could not be made.
    pub(crate) async fn is_gone(&self) -> bool {
        let _looking = self.looking.lock().await;
        if self.gone.get().is_some() {
            return true;
        }
        for pause in RECONNECT_PAUSES {
            tokio::time::sleep(*pause).await;
            if self.sender.connects().await {
                return false;
            }
        }
        self.gone.get_or_init(|| ());
        true
    }

    /// Why the run stopped: the target became unreachable.
    pub(crate) fn unreachable_reason(&self) -> Option<String> {
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

    /// Counts a probe that got no reply in time, whoever else was under way.
    pub(crate) fn hangs(&self) {
        self.hanging.fetch_add(1, Ordering::Relaxed);
    }
}

impl Ask for Shared {
    async fn ask(&self, request: &Request) -> Option<Reply> {
        let headers = self.resolve(request).ok()?;
        // Not an operation's: it is the path that is asked.
        let key = Key { suite: String::new(), operation: request.target.clone() };
        match Shared::ask(self, &key, request, &headers).await {
            Outcome::Reply(reply) => Some(reply),
            Outcome::Silence(_) => None,
        }
    }
}
