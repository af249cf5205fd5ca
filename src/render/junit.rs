//! The report as `JUnit` XML, for the test views of CI systems: a suite a suite, a case a probe.
//!
//! This is the one door to quick-junit. It leaves some characters in that XML forbids, so all text is made printable
//! first. It knows no file.

use std::io::{self, Write};
use std::time::Duration;

use quick_junit::{NonSuccessKind, Property, Report, TestCase, TestCaseStatus, TestSuite};

use super::count::count;
use super::renderer::Renderer;
use crate::judge::finding::Finding;
use crate::model::printable::printable;
use crate::model::verdict::{Verdict, exit};
use crate::plan::ProbeId;
use crate::report::{Closing, Opening, ProbeResult, changed};

/// The suite of what is true of the run and of no probe.
const RUN: &str = "errdrift";
/// The case of what may have changed the target.
const CHANGED: &str = "may have changed the target";
/// A longer value is not for reading.
const MAX_TEXT: usize = 4_000;

/// The document under way; what it keeps of a passed result is small.
#[derive(Debug, Default)]
pub(super) struct Junit {
    suites: Vec<TestSuite>,
    is_red: bool,
}

impl Renderer for Junit {
    fn result(&mut self, result: &ProbeResult, _to: &mut dyn Write) -> io::Result<()> {
        let status = match result.verdict {
            Verdict::Pass | Verdict::Waived => TestCaseStatus::success(),
            Verdict::Fail => red(NonSuccessKind::Failure, &broken(&result.findings), &findings(result)),
            Verdict::Inconclusive | Verdict::Error => {
                let why =
                    result.reason.as_deref().or(result.silence.as_deref()).unwrap_or("the reply could not be judged");
                red(NonSuccessKind::Error, why, &findings(result))
            }
        };
        self.is_red |= !matches!(status, TestCaseStatus::Success { .. });
        let quiet = matches!(status, TestCaseStatus::Success { .. }) && !result.findings.is_empty();
        let mut case = TestCase::new(printable(&result.probe, MAX_TEXT), status);
        case.set_classname(printable(&format!("{}.{}", result.suite, result.operation), MAX_TEXT));
        // JUnit has no word for a warning or a waived failure.
        if quiet {
            case.set_system_out(format!("{}\n{}", result.verdict.word(), findings(result)));
        }
        let time = Duration::try_from_secs_f64(result.duration_ms / 1000.0).unwrap_or_default();
        case.set_time(time);
        let suite = self.suite(&result.suite);
        suite.time = Some(suite.time.unwrap_or_default().saturating_add(time));
        suite.add_test_case(case);
        Ok(())
    }

    /// Adds what was not exercised as skipped cases. The document is red whenever the exit code is.
    fn end(mut self: Box<Self>, opening: &Opening, closing: &Closing, to: &mut dyn Write) -> io::Result<()> {
        for entry in &closing.not_exercised {
            let mut status = TestCaseStatus::skipped();
            status.set_message(printable(&entry.reason, MAX_TEXT));
            let mut case = TestCase::new(printable(&entry.probe, MAX_TEXT), status);
            let (suite, operation) = ProbeId::parse(&entry.probe).map_or((RUN, ""), |id| (id.suite, id.operation));
            case.set_classname(printable(&format!("{suite}.{operation}"), MAX_TEXT));
            self.suite(suite).add_test_case(case);
        }
        if !closing.may_have_changed.is_empty() {
            // Before everything else.
            self.suites.insert(0, TestSuite::new(RUN));
            self.changed(closing);
        }
        for reason in closing.reasons.iter() {
            self.run_case("not judged", red(NonSuccessKind::Error, reason, ""));
        }
        for gate in closing.gates.iter().filter(|gate| gate.fails) {
            self.run_case(gate.gate.word(), red(NonSuccessKind::Failure, &gate.message, ""));
        }
        // A red run of green cases: what fails is the sum of them, as warnings do under `--strict`.
        if closing.exit_code != exit::CONFORMS && !self.is_red {
            let warnings = count(closing.summary.warnings, "warning");
            let status = match closing.verdict {
                Verdict::Fail => red(NonSuccessKind::Failure, &format!("{warnings} under --strict"), ""),
                _ => red(NonSuccessKind::Error, "the run could not be judged", ""),
            };
            self.run_case("verdict", status);
        }
        let mut report = Report::new(RUN);
        report.set_time(Duration::from_millis(closing.duration_ms));
        for mut suite in self.suites {
            for (name, value) in [("target", &opening.target), ("started_at", &opening.started_at)] {
                suite.add_property(Property::new(name, printable(value, MAX_TEXT)));
            }
            report.add_test_suite(suite);
        }
        // Jenkins's schema has no such count at the root, though quick-junit has.
        let skipped = format!(" skipped=\"{}\"", report.skipped);
        let text = report.to_string().map_err(io::Error::other)?;
        to.write_all(text.replacen(&skipped, "", 1).as_bytes())
    }
}

impl Junit {
    /// What may have changed the target; red where the run is.
    fn changed(&mut self, closing: &Closing) {
        let head = changed::headline(&closing.may_have_changed);
        let lines = changed::lines(&closing.may_have_changed);
        let lines = lines.iter().map(|line| printable(line, MAX_TEXT)).collect::<Vec<_>>().join("\n");
        if closing.exit_code == exit::CONFORMS {
            let mut case = TestCase::new(CHANGED, TestCaseStatus::success());
            case.set_classname(RUN);
            case.set_system_out(format!("{head}\n{lines}"));
            self.suite(RUN).add_test_case(case);
        } else {
            self.run_case(CHANGED, red(NonSuccessKind::Failure, &head, &lines));
        }
    }

    fn run_case(&mut self, name: &str, status: TestCaseStatus) {
        self.is_red = true;
        let mut case = TestCase::new(name, status);
        case.set_classname(RUN);
        self.suite(RUN).add_test_case(case);
    }

    /// The suite of that name, which is the last one while a plan is worked off.
    fn suite(&mut self, name: &str) -> &mut TestSuite {
        let name = printable(name, MAX_TEXT);
        let at = self.suites.iter().rposition(|suite| suite.name.as_str() == name).unwrap_or_else(|| {
            self.suites.push(TestSuite::new(name));
            self.suites.len() - 1
        });
        &mut self.suites[at]
    }
}

fn red(kind: NonSuccessKind, message: &str, description: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(kind);
    status.set_message(printable(message, MAX_TEXT));
    if !description.is_empty() {
        status.set_description(description);
    }
    status
}

/// The worst finding on one line.
fn broken(findings: &[Finding]) -> String {
    let weight = |finding: &&Finding| (!finding.is_accepted(), finding.severity);
    let Some(worst) = findings.iter().rev().max_by_key(weight) else { return "failed".to_owned() };
    let others = match findings.len() {
        1 => String::new(),
        more => format!(" (and {} more)", more - 1),
    };
    format!("{}: {}: expected {}, got {}{others}", worst.rule, worst.at, worst.expected, worst.actual)
}

/// The findings with the request and the reply. A label begins every line, so that none is the target's.
fn findings(result: &ProbeResult) -> String {
    let mut lines = Vec::new();
    for Finding { rule, severity, at, expected, actual, source, waived, old, .. } in &result.findings {
        lines.push(format!("{} {rule} at {}", severity.word(), printable(at, MAX_TEXT)));
        if let Some(waived) = waived {
            lines.push(format!("  waived: {}", printable(&waived.to_string(), MAX_TEXT)));
        }
        if *old {
            lines.push("  old: this probe showed it in the baseline".to_owned());
        }
        for (label, value) in [("expected", expected), ("actual", actual), ("source", source)] {
            lines.push(format!("  {label}: {}", printable(value, MAX_TEXT)));
        }
    }
    if let Some(request) = &result.request {
        lines.push(format!("request: {}", printable(&request.command, MAX_TEXT)));
    }
    lines.push(match (&result.reply, &result.silence) {
        (Some(reply), _) => format!("reply: {} {}", reply.status, printable(&reply.body, MAX_TEXT)),
        (None, silence) => {
            format!("reply: none, {}", printable(silence.as_deref().unwrap_or("nothing came"), MAX_TEXT))
        }
    });
    lines.join("\n")
}
