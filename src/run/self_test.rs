//! The tester against the embedded deployment: silent where it conforms, and each drift reported by the rule that names it.

use std::time::Duration;

use super::embedded::Running;
use super::error::Error;
use super::session::Session;
use crate::fault::Tier;
use crate::judge::delivery::REQUEST_TOLERATED;
use crate::model::verdict::{Severity, exit};
use crate::reference;
use crate::reference::{Api, Drift};
use crate::report::Closing;

/// What a drift was reported as.
#[derive(Debug)]
pub struct Row {
    /// The drift; `None` for the conforming deployment.
    pub drift: Option<&'static Drift>,
    /// The API.
    pub api: Api,
    /// The rules that fired, each with its severity's word, sorted.
    pub rules: Vec<(String, &'static str)>,
    /// Whether that is what had to be reported.
    pub right: bool,
    /// The rules of the drifts that fail or warn and follow from no other, in the order of the report.
    pub told: Vec<&'static str>,
}

/// Every tier that is sent without naming its faults.
pub const TIERS: &[Tier] = &[Tier::Core, Tier::Wire, Tier::Heavy, Tier::Pairs];

/// The tiers that a drift is looked for with: two mistakes at once say nothing of most of them, and take their time.
fn tiers(drift: Option<&Drift>) -> &'static [Tier] {
    if drift.is_none_or(|drift| drift.rule.starts_with("precedence-")) { TIERS } else { &TIERS[..3] }
}

/// The deadline of a probe where it is known that some are never answered.
const HANGING_TIMEOUT: Duration = Duration::from_secs(1);

/// Runs one deployment. Where the order of requests decides what is answered, they leave one after the other, so that the
/// result is the same each time.
///
/// # Errors
/// The deployment cannot be started.
pub fn row(api: Api, drift: Option<&'static Drift>) -> Result<Row, Error> {
    let running = Running::start(api, drift)?;
    let (_, closing) = session(&running, drift)?.run()?;
    Ok(Row::of(api, drift, &closing))
}

impl Row {
    /// What a run of the deployment is, if this is its outcome.
    #[must_use]
    pub fn of(api: Api, drift: Option<&'static Drift>, closing: &Closing) -> Self {
        // A good request in odd clothes is answered by a success everywhere.
        let told = closing.all().filter(|found| *found.rule != REQUEST_TOLERATED);
        let mut rules: Vec<_> = told.map(|found| (found.rule.id.to_owned(), found.severity.word())).collect();
        rules.sort();
        rules.dedup();
        let weighty = closing.drifts.iter().filter(|found| found.severity > Severity::Note);
        let told = weighty.map(|found| found.rule.id).collect();
        Self { drift, api, right: right(closing, drift), rules, told }
    }
}

/// What the run of such a row is made of.
///
/// # Errors
/// As [`row`].
pub fn session(running: &Running, drift: Option<&Drift>) -> Result<Session, Error> {
    let mut session = running.session(tiers(drift))?;
    if drift.is_some_and(Drift::depends_on_order) {
        session.engine.jobs = 1;
    }
    if drift.is_some_and(Drift::hangs) {
        session.wire.timeout = HANGING_TIMEOUT;
    }
    Ok(session)
}

/// Whether a run said what is true: nothing of weight where nothing drifts; else the rule that names the drift, with its
/// severity, and an exit code that tells.
fn right(closing: &Closing, drift: Option<&Drift>) -> bool {
    let Some(drift) = drift else {
        return closing.exit_code == exit::CONFORMS && closing.summary.errors == 0 && closing.summary.warnings == 0;
    };
    let named = closing.all().any(|found| found.rule.id == drift.rule && found.severity.word() == drift.severity);
    named && (drift.severity != "error" || closing.exit_code == exit::DRIFT)
}

/// Runs the whole matrix and prints it with its score. Gives the exit code: 0 when every row is right.
///
/// # Errors
/// The deployment cannot be started.
pub fn run(say: impl Fn(&str)) -> Result<u8, Error> {
    let mut all_right = true;
    for api in Api::ALL {
        let (mut right, mut count) = (0, 0);
        let drifts = reference::drifts().filter(|drift| drift.api == api);
        for drift in std::iter::once(None).chain(drifts.map(Some)) {
            let row = row(api, drift)?;
            count += 1;
            right += usize::from(row.right);
            let rules: Vec<_> = row.rules.iter().map(|(rule, severity)| format!("{rule} ({severity})")).collect();
            let mark = if row.right { "ok  " } else { "FAIL" };
            let name = drift.map_or("as documented", |drift| drift.name);
            say(&format!(
                "{mark} {:<11} {name:<36} {}",
                api.id(),
                if rules.is_empty() { "silent".to_owned() } else { rules.join(", ") }
            ));
        }
        all_right &= right == count;
        say(&format!("{}: {right} of {count} deployments judged rightly ({}%)\n", api.id(), right * 100 / count));
    }
    Ok(if all_right { exit::CONFORMS } else { exit::DRIFT })
}
