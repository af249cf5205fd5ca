//! Sends the plan, a bounded number of probes at a time, and hands on results one by one in the plan's order.
//!
//! It decides when to stop, and nothing else: judging is [`crate::judge`]'s, remembering is the sinks'.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::unbounded_channel;
use tokio::sync::watch;

use super::brake::catch_all;
use super::confirm::{Suspicions, confirm, suspect};
use super::control::Controls;
use super::credentials::{Credentials, Word};
use super::event::Event;
use super::pacing::board::{Board, Company};
use super::pacing::in_order::InOrder;
use super::pacing::work::{Message, Work};
use super::settings::Settings;
use super::shared::Shared;
use super::unsent::RequiredVariables;
use super::{control, signal, unproven};
use crate::catalog::vocabulary;
use crate::fault::draft::carried;
use crate::model::exchange::Request;
use crate::model::secret::{Environment, Mask, Template};
use crate::plan::{Plan, Probe};
use crate::report::consistency::Consistency;
use crate::report::record::Recorder;
use crate::report::{Load, ProbeResult, Reason};
use crate::wire::sender::Sender;

/// How long results gather before they are handed on together.
const BATCH_INTERVAL: Duration = Duration::from_millis(2);

/// What a run is made of.
pub struct Run {
    /// The probes and controls.
    pub plan: Plan,
    /// How they leave.
    pub sender: Sender,
    /// The target, for the URLs.
    pub target: String,
    /// The variables that the plan's templates name.
    pub environment: Environment,
    /// How the engine sends.
    pub settings: Settings,
}

/// Sends the plan until it is worked off or `stop` says who ends it. `emit` gets every event in the plan's order.
pub async fn run(run: Run, stop: impl Future<Output = String> + Send + 'static, mut emit: impl FnMut(Event)) {
    let Run { plan, sender, target, environment, settings } = run;
    let mut settings = settings;
    settings.judge.mask = mask(&plan, &environment);
    let recorder = Recorder {
        target,
        insecure: settings.insecure,
        mask: settings.judge.mask.clone(),
        records_all: settings.records_all,
    };
    let sender = sender.at_once(settings.jobs);
    let mut shared = Shared::new(sender, environment, recorder, settings);
    // One after the other, they need no more than one connection.
    shared.sender.alone(true);
    let mut stop = Box::pin(stop);
    let before = async {
        let mut controls = Controls::send(&plan, &shared).await;
        catch_all::rule_out(&plan, &mut controls, &shared).await;
        let outside = control::outside(&plan, &controls, &shared).await;
        (controls, outside)
    };
    let ((controls, outside), by) = signal::unless_ended(&mut stop, before).await;
    shared.settings.judge.outside = outside;
    shared.credentials = Credentials::of(plan.controls.iter().filter(|control| controls.succeeded(control)));
    let shared = Arc::new(shared);
    if let Some(by) = &by {
        shared.interrupt(by.clone());
    }
    for (kind, reason) in &controls.reasons {
        emit(Event::NotJudged(*kind, reason.clone()));
    }
    let (stopping, stopped) = watch::channel(false);
    let interrupted = Arc::clone(&shared);
    let stop = tokio::spawn(async move {
        let by = match by {
            Some(by) => by,
            None => stop.await,
        };
        interrupted.interrupt(by);
        // Nobody may be waiting any more.
        let _ = stopping.send(true);
    });
    let required = RequiredVariables::of(&plan);
    let probes: Arc<[Probe]> = plan.probes.into();
    // What comes after a control's reply is no probe's.
    shared.sender.renew();
    shared.aftermaths.collect(true);
    let (suspicions, company) = work_off(&probes, controls, &required, &shared, stopped, &mut emit).await;
    shared.aftermaths.collect(false);
    if shared.interrupted().is_none() && shared.settings.repeat < 2 {
        shared.sender.alone(true);
        confirm(&probes, suspicions, &shared, &mut emit).await;
    }
    stop.abort();
    if let Some(reason) = shared.unreachable_reason() {
        emit(Event::NotJudged(Reason::Unreachable, reason));
    }
    emit(Event::MayHaveChanged { requests: shared.brake.changed(), held_back: shared.brake.held_back() });
    if let Some(event) = shared.limited() {
        emit(event);
    }
    emit(Event::Ended {
        connection_failures: shared.sender.connection_failures(),
        interrupted: shared.interrupted().cloned(),
        load: load(&shared, company),
    });
}

/// What the target could take.
fn load(shared: &Shared, company: Company) -> Load {
    let (rate_limited, waited) = shared.limits.told();
    Load {
        rate_limited,
        waited_ms: u64::try_from(waited.as_millis()).unwrap_or(u64::MAX),
        answered_alone: company.answered_alone,
        given_up: company.given_up,
        jobs: company.jobs,
        is_whole_in_doubt: shared.limits.stopped().is_some() || shared.credentials.is_lost(),
    }
}

/// A mask for every secret that a request of the plan's suites may carry.
pub(crate) fn mask(plan: &Plan, environment: &Environment) -> Mask {
    let probes = plan.probes.iter().map(|probe| &probe.request);
    let requests = probes.chain(plan.controls.iter().map(|control| &control.request));
    let values = requests.flat_map(Request::templates);
    // The same few templates stand in every probe.
    let distinct: BTreeMap<_, _> =
        values.filter(|value| value.has_variables()).map(|value| (value.masked(), value)).collect();
    let apis = plan.probes.iter().map(|probe| &probe.api).chain(plan.controls.iter().map(|control| &control.api));
    let apis: BTreeMap<_, _> = apis.map(|api| (api.suite.id.as_str(), api.as_ref())).collect();
    // A target may know a credential that no request of this plan carries.
    let credentials = apis.values().flat_map(|api| api.suite.credentials.values());
    let others: Vec<_> = credentials
        .flat_map(|credential| {
            let secrets = [Some(&credential.valid), credential.expired.as_ref(), credential.forbidden.as_ref()];
            secrets.into_iter().flatten().flat_map(|secret| carried(credential, secret)).map(|(_, value)| value)
        })
        .collect();
    // Nor is what a suite's own probe takes from the environment anybody's business.
    let own = apis.values().flat_map(|api| &api.suite.probe).flat_map(|own| &own.variables);
    let own: Vec<_> = own.map(|name| Template::written(&format!("${{{name}}}"))).collect();
    Mask::new(distinct.into_values().chain(&others).chain(&own), environment)
        .knowing(vocabulary::of(apis.into_values()))
}

/// Sends all probes once, hands their results on, and gives what is to be looked at again.
async fn work_off(
    probes: &Arc<[Probe]>,
    controls: Controls,
    required: &RequiredVariables,
    shared: &Arc<Shared>,
    stopped: watch::Receiver<bool>,
    emit: &mut impl FnMut(Event),
) -> (Suspicions, Company) {
    let jobs = shared.settings.jobs.max(1);
    let (messages, mut received) = unbounded_channel();
    let board = Arc::new(Board::new(probes, jobs));
    let work = Arc::new(Work {
        shared: Arc::clone(shared),
        controls,
        probes: Arc::clone(probes),
        board: Arc::clone(&board),
        stopped,
        messages,
    });
    for _ in 0..jobs.min(probes.len()) {
        tokio::spawn(Arc::clone(&work).run());
    }
    drop(work);
    let mut results = InOrder::default();
    let (mut batch, mut held, mut is_open) = (Vec::new(), Vec::new(), true);
    let (mut consistency, mut suspicions) = (Consistency::of(probes), Suspicions::new());
    while is_open {
        // The channel closes when the last worker has ended.
        is_open = received.recv_many(&mut batch, MAX_BATCH).await > 0;
        for message in batch.drain(..) {
            if let Message::Settled(place, settled, mark) = message {
                results.push(place, settled, mark);
            }
        }
        for reason in shared.credentials.reasons() {
            emit(Event::NotJudged(Reason::Credential, reason));
        }
        let before = results.next;
        while let Some((settled, mark)) = results.pop(probes, shared, !is_open) {
            let (place, probe) = (results.next - 1, &probes[results.next - 1]);
            match settled {
                Ok(mut result) => {
                    consistency.examine(probe, &mut result);
                    // So does what a comparison finds of it.
                    if let Word::Doubtful(reason) = shared.credentials.word(probe, &result, mark) {
                        Credentials::amend(&mut result, reason);
                    }
                    held.push((place, result));
                }
                Err(unsent) => emit(Event::NotExercised {
                    probe: probe.id.clone(),
                    reason: unsent.to_string(),
                    weighs: required.weighs(&probe.api.suite.id, &unsent),
                }),
            }
            let waits =
                unproven::waits(probe) && probes.get(place + 1).is_some_and(|next| unproven::are_together(probe, next));
            if !waits {
                let (places, mut results): (Vec<_>, Vec<_>) = held.drain(..).unzip();
                if let Some(reason) = unproven::waits(probe).then(|| unproven::settle(&mut results)).flatten() {
                    emit(Event::NotJudged(Reason::Control, reason));
                }
                hand_on(places.into_iter().zip(results), probes, &consistency, &mut suspicions, emit);
            }
        }
        board.handed_on(results.next - before);
        // To be woken for every result costs a fast target more than the judging.
        tokio::time::sleep(BATCH_INTERVAL).await;
    }
    hand_on(held, probes, &consistency, &mut suspicions, emit);
    emit(Event::Compared(Box::new(consistency.close())));
    (suspicions, board.company())
}

/// Hands results on, and remembers what of them is to be looked at again.
fn hand_on(
    results: impl IntoIterator<Item = (usize, Box<ProbeResult>)>,
    probes: &[Probe],
    consistency: &Consistency,
    suspicions: &mut Suspicions,
    emit: &mut impl FnMut(Event),
) {
    for (place, result) in results {
        suspect(suspicions, place, &probes[place], &result, consistency);
        emit(Event::Result(result));
    }
}

/// Messages that are taken in together.
const MAX_BATCH: usize = 1_024;
