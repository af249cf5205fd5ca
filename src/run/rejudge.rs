//! The exchanges of an earlier run, judged again with today's suites and contracts. Pure: nothing is sent, nothing is read.
//!
//! What the report does not hold cannot be judged again: there, what was found then stands, and it is named.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use super::opening::opening;
use super::unproven;
use crate::catalog::Api;
use crate::judge::finding::Finding;
use crate::judge::origin::Evidence;
use crate::judge::origin::unrelated_path::Outside;
use crate::judge::{Mark, Rule, UNKNOWN};
use crate::model::exchange::{Exchange, Outcome, Request};
use crate::model::secret::{Mask, Template};
use crate::model::verdict::{Severity, Verdict};
use crate::plan::{Plan, Probe, Selection};
use crate::report::consistency::Consistency;
use crate::report::record::Recorder;
use crate::report::tally::Tally;
use crate::report::{Closing, Inactive, Opening, ProbeResult, Reason, RecordedRequest, Report, stored};
use crate::{fault, judge};

/// Stored exchanges, judged again.
#[derive(Debug)]
pub struct Rejudged {
    /// The opening of that run.
    pub opening: Opening,
    /// The results, in its order.
    pub results: Vec<ProbeResult>,
    /// Their outcome.
    pub closing: Closing,
}

impl Rejudged {
    /// Judges the exchanges again.
    #[must_use]
    pub fn of(report: Report, apis: &[Arc<Api>], strict: bool) -> Self {
        let strict = strict || report.opening.strict;
        let opening =
            opening(apis, &report.opening.target, report.opening.started_at.clone(), report.opening.insecure, strict);
        let plan = plan(&report, apis);
        let settings = judge::Settings { strict, outside: outside(&report), ..judge::Settings::default() };
        let recorder = Recorder {
            target: report.opening.target.clone(),
            insecure: report.opening.insecure,
            // The report holds no secret any more.
            mask: Mask::default(),
            records_all: true,
        };
        let mut tally = Tally::default();
        for api in apis {
            tally.open(&api.contract);
        }
        tally.plan(&plan);
        let probes: BTreeMap<&str, &Probe> = plan.probes.iter().map(|probe| (probe.id.as_str(), probe)).collect();
        let (mut consistency, mut results) = (Consistency::of(&plan.probes), Vec::new());
        let mut standing: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for old in &report.results {
            let Some(probe) = probes.get(old.probe.as_str()) else {
                tally.not_exercised(old.probe.clone(), "today's suite has no such probe".to_owned());
                continue;
            };
            let mut result = match exchange(old, &settings) {
                Ok(exchange) => {
                    let mut judgement = judge::judge(probe, &exchange, &[], &settings);
                    judgement.findings.extend(kept(old, |rule| rule.is(Mark::Unrecorded)));
                    ProbeResult { duration_ms: old.duration_ms, ..recorder.result(probe, &exchange, judgement) }
                }
                Err(why) => {
                    standing.entry(why).or_default().push(&old.probe);
                    stands(old, probe)
                }
            };
            result.request.clone_from(&old.request);
            result.reply.clone_from(&old.reply);
            consistency.examine(probe, &mut result);
            results.push((*probe, Box::new(result)));
        }
        let results = settled(results, &mut tally);
        for result in &results {
            tally.result(result);
        }
        tally.compared(consistency.close());
        for (why, probes) in standing {
            let what = "not judged again; what was found then stands".to_owned();
            tally.inactive(Inactive { what, why: format!("{why}: {} probes: {}", probes.len(), probes.join(", ")) });
        }
        let unrecorded: Vec<_> = judge::rules().filter(|rule| rule.is(Mark::Unrecorded)).map(|rule| rule.id).collect();
        tally.inactive(Inactive {
            what: unrecorded.join(", "),
            why: "a report holds neither credentials nor the message as it came; what was found then stands".to_owned(),
        });
        let closing = closed(tally, report.closing, apis, strict);
        Self { opening, results, closing }
    }
}

/// The results, those of operations whose request is suspected without what blames the target.
fn settled(results: Vec<(&Probe, Box<ProbeResult>)>, tally: &mut Tally) -> Vec<ProbeResult> {
    let mut all = Vec::new();
    let mut rest = results.into_iter().peekable();
    while let Some((probe, result)) = rest.next() {
        let mut together = vec![result];
        while unproven::waits(probe)
            && let Some((_, result)) = rest.next_if(|(next, _)| unproven::are_together(probe, next))
        {
            together.push(result);
        }
        if let Some(reason) = unproven::waits(probe).then(|| unproven::settle(&mut together)).flatten() {
            tally.not_judged(Reason::Control, reason);
        }
        all.extend(together.into_iter().map(|result| *result));
    }
    all
}

/// The probes of today's suites that were sent then.
fn plan(report: &Report, apis: &[Arc<Api>]) -> Plan {
    // With the faults of that run alone: of two that come to the same bytes, the first in the table stands for both.
    let faults: BTreeSet<&str> =
        report.results.iter().filter_map(|old| fault::find(&old.fault)).map(|fault| fault.id).collect();
    if faults.is_empty() {
        return Plan::default();
    }
    let faults = faults.into_iter().map(str::to_owned).collect();
    let mut plan = Plan::new(apis, &Selection { faults, ..Selection::default() });
    let sent: BTreeSet<&str> = report.results.iter().map(|old| old.probe.as_str()).collect();
    plan.probes.retain(|probe| sent.contains(probe.id.as_str()));
    let results = stored::by_probe(&report.results);
    for probe in &mut plan.probes {
        if let Some(old) = results.get(probe.id.as_str()).and_then(|old| old.request.as_ref()) {
            asked_from(&mut probe.request, old);
        }
    }
    plan
}

/// The page that asked then, where the suite names it by a variable: a reply may allow that page alone.
fn asked_from(request: &mut Request, old: &RecordedRequest) {
    let Some((_, origin)) = old.headers.iter().find(|(name, _)| name == "origin") else { return };
    for (_, value) in request.headers.iter_mut().filter(|(name, _)| name == "origin") {
        *value = Template::literal(origin.clone());
    }
}

/// What the target said of a path outside the API, as far as some reply has the same form.
fn outside(report: &Report) -> Option<Outside> {
    let same = |old: &&ProbeResult| old.evidence_kind == Some(Evidence::SameForm);
    let replies = report.results.iter().filter(same).filter_map(|old| stored::reply(old.reply.as_ref()?).ok());
    replies.into_iter().find_map(|reply| Outside::of(&reply))
}

/// The exchange as it was.
///
/// # Errors
/// Why it cannot be judged again.
fn exchange(old: &ProbeResult, settings: &judge::Settings) -> Result<Exchange, &'static str> {
    let recorded = old.reply.as_ref().ok_or("nothing came, or nothing was sent")?;
    if old.findings.iter().any(|finding| finding.rule.is(Mark::Partial)) {
        return Err("its reply did not come whole");
    }
    if old.findings.iter().any(|finding| finding.repeats.is_some()) {
        return Err("it was sent several times, and the report has one of its replies");
    }
    if old.evidence_kind == Some(Evidence::SameForm) && settings.outside.is_none() {
        return Err("the report does not hold by what its writer was known");
    }
    let reply = stored::reply(recorded)?;
    let duration = Duration::try_from_secs_f64(old.duration_ms / 1e3).unwrap_or_default();
    Ok(Exchange { outcome: Outcome::Reply(reply), duration })
}

/// What was found then by the rules that are asked for.
fn kept(old: &ProbeResult, is_kept: impl Fn(&Rule) -> bool) -> Vec<Finding> {
    let found = old.findings.iter().filter(|finding| *finding.rule != UNKNOWN && is_kept(finding.rule));
    found.map(|finding| Finding { waived: None, old: false, ..finding.clone() }).collect()
}

/// The result as it was then.
fn stands(old: &ProbeResult, probe: &Probe) -> ProbeResult {
    let findings = kept(old, |rule| !rule.is(Mark::Compares));
    let verdict = if findings.iter().any(|finding| finding.severity == Severity::Error) {
        Verdict::Fail
    } else if old.reason.is_some() {
        Verdict::Inconclusive
    } else {
        Verdict::Pass
    };
    ProbeResult {
        code: old.answer.as_ref().and_then(|answer| Some((probe.api.contract.file.id.clone(), answer.code.clone()?))),
        findings,
        verdict,
        ..old.clone()
    }
}

/// The outcome of the run. What could not be judged then is no better known now.
fn closed(mut tally: Tally, closing: Closing, apis: &[Arc<Api>], strict: bool) -> Closing {
    for (kind, reason) in closing.reasons.into_iter().filter(|(kind, _)| !kind.is_conclusion()) {
        tally.not_judged(kind, reason);
    }
    tally.may_have_changed(closing.may_have_changed, false);
    for unsent in closing.not_exercised {
        tally.not_exercised(unsent.probe, unsent.reason);
    }
    for unsent in closing.withheld {
        tally.withheld(unsent.probe, unsent.reason);
    }
    tally.ended(closing.connection_failures, closing.interrupted);
    // Whether all of the suites was chosen then is not known; what was missing is among the reasons.
    tally.covers(apis, false);
    tally.close(closing.duration_ms, strict)
}
