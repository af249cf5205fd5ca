//! One trial a probe, for `cargo test --test conformance` and for `cargo nextest run --test conformance`.
//!
//! The target is the deployment at `ERRDRIFT_TARGET`, held against the suites of `ERRDRIFT_SUITE` (a list with commas,
//! oz-api unless given) with the credentials of the environment; without it, the embedded deployment of both APIs.

use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Arc;

use errdrift::catalog::Api;
use errdrift::model::secret::Environment;
use errdrift::model::target::Target;
use errdrift::plan::{NO_OPERATION, ProbeId, Selection};
use errdrift::render::headline::headline;
use errdrift::report::Closing;
use errdrift::run::embedded::Running;
use errdrift::run::session::Session;
use errdrift::run::{conformance, harness, session};
use errdrift::{catalog, fault, reference};

/// What `libtest` exits with when a test has failed.
const FAILED: u8 = 101;

fn main() -> ExitCode {
    let arguments = harness::arguments();
    let named = arguments.filter.as_deref().filter(|_| arguments.exact).and_then(Named::parse);
    let outcome = sessions(named.as_ref()).and_then(|(sessions, _running)| {
        // The deployments are up until the last reply.
        conformance::conform(&arguments, sessions).map_err(|failure| failure.to_string())
    });
    let reasons = match outcome {
        Ok(closings) if closings.iter().all(|closing| closing.exit_code == 0) => return ExitCode::SUCCESS,
        // What only the whole of the results shows fails no trial.
        Ok(closings) => closings.iter().filter(|closing| closing.exit_code != 0).flat_map(told).collect(),
        Err(why) => vec![why],
    };
    for reason in reasons {
        let _ = writeln!(std::io::stderr(), "errdrift: {reason}");
    }
    ExitCode::from(FAILED)
}

/// Why a run is not green: what could not be judged, else what matters most of what was found.
fn told(closing: &Closing) -> Vec<String> {
    if closing.reasons.is_empty() { headline(closing).into_iter().collect() } else { closing.reasons.to_vec() }
}

/// The one probe that `--exact` names. nextest starts a process for each, so what the id does not name is not read.
struct Named {
    suite: String,
    selection: Selection,
}

impl Named {
    fn parse(id: &str) -> Option<Self> {
        let ProbeId { suite, operation, fault, .. } = ProbeId::parse(id)?;
        let fault = fault::find(fault)?;
        let selection = Selection {
            operations: vec![operation.to_owned()],
            faults: vec![fault.id.to_owned()],
            ..Selection::default()
        };
        Some(Self { suite: suite.to_owned(), selection })
    }

    /// What is planned of a suite: all of it, where the id names nothing of it.
    fn selection(named: Option<&Self>, api: &Api) -> Selection {
        let operation = |named: &&Self| {
            let known = |id: &String| id == NO_OPERATION || api.suite.operation.iter().any(|other| other.id == *id);
            named.suite == api.suite.id && named.selection.operations.iter().all(known)
        };
        named.filter(operation).map_or_else(Selection::default, |named| named.selection.clone())
    }
}

type Sessions = (Vec<Session>, Vec<Running>);

/// The sessions, and the deployments that they need.
fn sessions(named: Option<&Named>) -> Result<Sessions, String> {
    match variable("ERRDRIFT_TARGET") {
        Some(target) => deployed(&Target::parse(&target)?, named),
        None => embedded(named),
    }
}

/// A variable that is set and not empty.
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn load(suite: &str, environment: &Environment) -> Result<Arc<Api>, String> {
    let mut api = catalog::load(suite).map_err(|problems| problems.to_string())?;
    api.suite.know(environment);
    Ok(Arc::new(api))
}

fn deployed(target: &Target, named: Option<&Named>) -> Result<Sessions, String> {
    let suites = variable("ERRDRIFT_SUITE").unwrap_or_else(|| "oz-api".to_owned());
    let suites: Vec<_> = suites.split(',').map(str::trim).filter(|suite| !suite.is_empty()).collect();
    let session = |suite: &&str| {
        let environment = Environment::new(
            std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?))),
        );
        let api = load(suite, &environment)?;
        let selection = Named::selection(named, &api);
        Ok(Session { selection, ..session::quick(vec![api], target.clone(), environment) })
    };
    Ok((suites.iter().map(session).collect::<Result<_, String>>()?, Vec::new()))
}

fn embedded(named: Option<&Named>) -> Result<Sessions, String> {
    let of_name = |api: &reference::Api| named.is_some_and(|named| named.suite == api.id());
    let any = reference::Api::ALL.iter().any(of_name);
    let mut sessions = (Vec::new(), Vec::new());
    for api in reference::Api::ALL.into_iter().filter(|api| !any || of_name(api)) {
        let running = Running::start(api, None).map_err(|failure| failure.to_string())?;
        let loaded = load(api.id(), &running.environment())?;
        let selection = Named::selection(named, &loaded);
        let session = session::quick(vec![loaded], running.target.clone(), running.environment());
        sessions.0.push(Session { selection, ..session });
        sessions.1.push(running);
    }
    Ok(sessions)
}
