//! The whole matrix against the embedded deployment: silent where it conforms, each drift reported by its rule, and every
//! rule fired and every fault failed by some drift. What each drift is reported as is kept in `tests/golden/matrix.txt`;
//! `BLESS=1` writes it anew.
#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex};
use std::thread;

use errdrift::judge::rules;
use errdrift::model::exchange::{ConnectionUse, Transport};
use errdrift::model::verdict::Severity;
use errdrift::plan::{Probe, ProbeId};
use errdrift::reference::{Api, Drift};
use errdrift::report::Closing;
use errdrift::report::Report;
use errdrift::run::embedded::Running;
use errdrift::run::rejudge::Rejudged;
use errdrift::run::self_test;
use errdrift::run::self_test::{Row, TIERS};
use errdrift::{catalog, fault, reference};

/// The deployments of the matrix, in the order of the golden file: each API as documented, then its drifts.
fn deployments() -> Vec<(Api, Option<&'static Drift>)> {
    let drifts = |api| reference::drifts().filter(move |drift| drift.api == api);
    let of = |api| std::iter::once((api, None)).chain(drifts(api).map(move |drift| (api, Some(drift))));
    Api::ALL.into_iter().flat_map(of).collect()
}

/// Some deployments leave their callers waiting: with a worker a core, the cores are idle.
const WORKERS: usize = 6;

/// `work` on every element, a few at a time, in the elements' order; those that take `long` begin first.
fn in_parallel<T: Sync, R: Send>(elements: &[T], long: impl Fn(&T) -> bool, work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let mut order: Vec<_> = elements.iter().enumerate().collect();
    order.sort_by_key(|(_, element)| !long(element));
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                while let Some((index, element)) = order.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let result = work(element);
                    done.lock().unwrap().push((*index, result));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap();
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, result)| result).collect()
}

/// Run once for all tests of this file: what each deployment was reported as, and whether its report says the same when it is
/// judged again.
static ROWS: LazyLock<Vec<(Row, Result<(), String>)>> = LazyLock::new(|| {
    in_parallel(&deployments(), |(_, drift)| drift.is_some_and(Drift::hangs), |(api, drift)| row(*api, *drift))
});

fn row(api: Api, drift: Option<&'static Drift>) -> (Row, Result<(), String>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.json");
    let running = Running::start(api, drift).unwrap();
    let mut session = self_test::session(&running, drift).unwrap();
    session.reports = vec![format!("json={}", path.display()).parse().unwrap()];
    let (_, closing) = session.run().unwrap();
    let stored = Report::read(&mut std::fs::File::open(&path).unwrap()).unwrap();
    let mut suite = catalog::load(api.id()).unwrap();
    suite.suite.pretend();
    let again = Rejudged::of(stored, &[Arc::new(suite)], false).closing;
    let (then, now) = (drifts(&closing), drifts(&again));
    let same = if then == now { Ok(()) } else { Err(format!("then {then:?}, now {now:?}")) };
    (Row::of(api, drift, &closing), same)
}

/// The drifts with what tells each from the others, as far as it can be judged again.
fn drifts(closing: &Closing) -> BTreeMap<String, usize> {
    closing.all().map(|drift| (drift.signature.clone(), drift.count)).collect()
}

fn name(row: &Row) -> String {
    format!("{}/{}", row.api.id(), row.drift.map_or("as-documented", |drift| drift.name))
}

#[test]
fn every_deployment_is_judged_rightly() {
    let wrong: Vec<_> = ROWS.iter().filter(|(row, _)| !row.right).map(|(row, _)| (name(row), &row.rules)).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn nothing_at_all_is_said_of_a_deployment_that_conforms() {
    let conforming: Vec<_> = ROWS.iter().map(|(row, _)| row).filter(|row| row.drift.is_none()).collect();
    assert_eq!(conforming.len(), Api::ALL.len());
    for row in conforming {
        assert!(row.rules.is_empty(), "{}: {:?}", name(row), row.rules);
    }
}

#[test]
fn the_matrix_is_the_golden_one() {
    let mut matrix = String::new();
    for (row, _) in ROWS.iter() {
        let rules: Vec<_> = row.rules.iter().map(|(rule, severity)| format!("{rule} ({severity})")).collect();
        let rules = if rules.is_empty() { "silent".to_owned() } else { rules.join(", ") };
        writeln!(matrix, "{}: {rules}", name(row)).unwrap();
    }
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/matrix.txt");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&file, &matrix).unwrap();
    }
    let golden = std::fs::read_to_string(&file).unwrap_or_default();
    let changed: Vec<_> = matrix.lines().filter(|line| !golden.lines().any(|other| other == *line)).collect();
    assert!(matrix == golden, "not as in {} (BLESS=1 writes it):\n{}", file.display(), changed.join("\n"));
}

/// The most drifts that fail or warn and follow from no other.
const MAX_TOLD: usize = 3;

/// Rows in which more is told, or something else first, with the reason.
const TOLD_OTHERWISE: &[(&str, &str)] = &[
    ("oz-api/django-debug-page", "a debug page is a leak as well, and that is told first"),
    ("oz-api/accepts-wrong-method", "a method that is taken for another one is more often answered by another mistake"),
    ("oz-api/bad-uuid-with-500", "that the code contradicts the status is true of more replies than one cause has"),
    ("escrow-box/path-in-message", "a file with a line is a frame of a trace"),
];

#[test]
fn what_was_planted_is_told_first_and_among_few() {
    let wrong: Vec<_> = ROWS
        .iter()
        .map(|(row, _)| row)
        .filter(|row| !TOLD_OTHERWISE.iter().any(|(other, _)| *other == name(row)))
        .filter(|row| {
            let planted = row.drift.filter(|drift| drift.severity != "note").map(|drift| drift.rule);
            row.told.len() > MAX_TOLD || planted.is_some_and(|rule| row.told.first() != Some(&rule))
        })
        .map(|row| format!("{}: {:?}", name(row), row.told))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Rules that are not in the rows, with the reason.
const BEYOND_THE_MATRIX: &[(&str, &str)] = &[
    ("request-tolerated", "every deployment takes some odd request, rightly"),
    ("header-field-unexpected", "neither document promises a field: src/judge/promised_field.rs"),
    ("status-undocumented", "neither document lists statuses by operation: src/judge/status.rs"),
    ("status-contradicted", "neither document repeats the status in the body: tests/trust/standards.rs"),
    ("answer-intermittent", "only --repeat sends the same request twice: tests/trust"),
    ("precedence-violated", "the built-in suites declare no order: tests/trust"),
];

#[test]
fn every_rule_is_fired_by_some_drift() {
    let fired: BTreeSet<&str> = ROWS.iter().flat_map(|(row, _)| &row.rules).map(|(rule, _)| rule.as_str()).collect();
    let missing: Vec<_> = rules().map(|rule| rule.id).filter(|rule| !fired.contains(rule)).collect();
    let excused: Vec<_> = BEYOND_THE_MATRIX.iter().map(|(rule, _)| *rule).collect();
    assert_eq!(missing, excused);
}

/// The faults that the deployment's drift makes fail.
fn failed(api: Api, drift: &'static Drift) -> BTreeSet<&'static str> {
    let (_, closing) = Running::start(api, Some(drift)).unwrap().run(TIERS).unwrap();
    let errors = closing.all().filter(|found| found.severity >= Severity::Warning);
    let ids = errors.flat_map(|found| &found.probes);
    ids.filter_map(|id| fault::find(ProbeId::parse(id)?.fault)).map(|fault| fault.id).collect()
}

#[test]
fn every_fault_that_the_suites_send_is_failed_by_some_drift() {
    let everywhere: Vec<_> = EVERYWHERE.iter().map(|(api, name)| reference::drift(*api, name).unwrap()).collect();
    let failed: BTreeSet<_> =
        in_parallel(&everywhere, |_| false, |drift| failed(drift.api, drift)).into_iter().flatten().collect();
    let mut sent = BTreeSet::new();
    for id in catalog::built_in_suites() {
        let api = std::sync::Arc::new(catalog::load(id).unwrap());
        let selection = errdrift::plan::Selection { tiers: TIERS.to_vec(), ..Default::default() };
        let plan = errdrift::plan::Plan::new(&[api], &selection);
        // The deployment speaks no TLS.
        let in_clear = |probe: &&Probe| {
            let script = probe.request.script.as_ref();
            probe.request.connection != ConnectionUse::Http2
                && script.is_none_or(|script| script.transport != Transport::ClearToTls)
        };
        sent.extend(plan.probes.iter().filter(in_clear).map(|probe| probe.fault.id));
    }
    let missed: Vec<_> = sent.difference(&failed).collect();
    assert!(missed.is_empty(), "{missed:?}");
}

/// Drifts that show on every error: a row of the matrix does not say which probes failed.
const EVERYWHERE: &[(Api, &str)] = &[
    (Api::OzApi, "code-as-string"),
    (Api::EscrowBox, "code-as-number"),
    // What has no body shows nothing of that.
    (Api::OzApi, "head-with-500"),
];

#[test]
fn a_report_that_is_judged_again_has_the_drifts_of_its_run() {
    let wrong: Vec<_> =
        ROWS.iter().filter_map(|(row, again)| again.as_ref().err().map(|why| (name(row), why))).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}
