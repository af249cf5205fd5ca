//! Operations whose correct request nobody has seen succeed. Where all that is wrong with it gets one and the same complaint,
//! the suite's request is suspected, not the target: it may lack something that the target asks for first.

use crate::model::answer::Answer;
use crate::model::cause::Cause;
use crate::model::verdict::{Severity, Verdict};
use crate::plan::Probe;
use crate::plan::order::may_lock_out;
use crate::report::ProbeResult;
use crate::report::folding::is_answer;

/// Fewer mistakes with one answer show no custom.
const MIN_CAUSES: usize = 2;
const MIN_PROBES: usize = 3;

/// Whether the probe's operation has a correct request that no control shows to succeed, so that its result waits for the
/// others of its operation.
#[must_use]
pub(crate) fn waits(probe: &Probe) -> bool {
    let unproven =
        |declared: &crate::catalog::suite::Operation| declared.control.is_none() && declared.controlled_by.is_none();
    probe.declared().is_some_and(unproven) && !may_lock_out(probe)
}

/// Whether both are of one operation, and wait for each other.
#[must_use]
pub(crate) fn are_together(one: &Probe, other: &Probe) -> bool {
    waits(other) && one.operation == other.operation && one.api.suite.id == other.api.suite.id
}

/// Makes the results of one operation that blame the target for the suite's own request inconclusive, and says why.
pub(crate) fn settle(results: &mut [Box<ProbeResult>]) -> Option<String> {
    // What is wrong with the content, or with what it names.
    let of_request = |result: &ProbeResult| {
        matches!(
            result.cause,
            Cause::MalformedBody
                | Cause::MissingField
                | Cause::WrongType
                | Cause::InvalidValue
                | Cause::UnknownResource
        )
    };
    let told = |answer: &Answer| (answer.status, answer.code.clone());
    let all = || results.iter().map(Box::as_ref);
    let own: Vec<&ProbeResult> =
        all().filter(|result| of_request(result) && result.verdict != Verdict::Inconclusive).collect();
    let first = told(own.first()?.answer.as_ref()?);
    let same = own.iter().all(|result| result.answer.as_ref().map(told).as_ref() == Some(&first));
    let mut causes: Vec<_> = own.iter().map(|result| result.cause).collect();
    causes.sort();
    causes.dedup();
    // Without credentials the target has something else to say, so that it does tell mistakes apart.
    let credentials: Vec<_> = all().filter(|result| result.cause == Cause::NoCredentials).collect();
    let otherwise = |result: &ProbeResult| result.answer.as_ref().map(told).is_some_and(|other| other != first);
    let blamed = |result: &ProbeResult| {
        result.findings.iter().any(|finding| is_answer(finding.rule) && finding.severity > Severity::Note)
    };
    let is_suspected = first.0 >= 400
        && first.0 < 500
        && same
        && own.len() >= MIN_PROBES
        && causes.len() >= MIN_CAUSES
        && own.iter().any(|result| blamed(result))
        && !credentials.is_empty()
        && credentials.iter().all(|result| otherwise(result));
    if !is_suspected {
        return None;
    }
    let example = own.first()?;
    let (suite, operation) = (example.suite.clone(), example.operation.clone());
    let answer = example.answer.as_ref()?.brief();
    let message = example.answer.as_ref()?.template.as_ref().map_or_else(String::new, |text| format!(", «{text}»"));
    let reason = format!(
        "the suite's request for {suite}/{operation} may be incomplete: every probe of it is answered by {answer}{message}; give the suite what the target asks for, or a `control` that shows the request to be right"
    );
    for result in results.iter_mut().filter(|result| of_request(result) && blamed(result)) {
        result.findings.retain(|finding| !is_answer(finding.rule));
        let failed = result.findings.iter().any(|finding| finding.severity == Severity::Error);
        result.verdict = if failed { Verdict::Fail } else { Verdict::Inconclusive };
        result.reason = Some(reason.clone());
    }
    Some(reason)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::judge::Found;
    use crate::judge::code::CODE_UNEXPECTED;
    use crate::model::layer::Layer;
    use crate::model::place::Place;

    fn result(cause: Cause, code: i32, blamed: bool) -> Box<ProbeResult> {
        let found = Found::new(&CODE_UNEXPECTED, Place::pointer("/error_code")).actual("3");
        Box::new(ProbeResult {
            operation: "media.create".to_owned(),
            cause,
            verdict: if blamed { Verdict::Fail } else { Verdict::Pass },
            findings: blamed.then_some(found).into_iter().collect(),
            answer: Some(Answer {
                status: 400,
                code: Some(json!(code)),
                media_type: None,
                layer: Layer::Service,
                shape: Vec::new(),
                template: Some("required field is missing".to_owned()),
            }),
            ..ProbeResult::default()
        })
    }

    fn complaints(code_of_values: i32, code_without_credentials: i32) -> [Box<ProbeResult>; 4] {
        [
            result(Cause::NoCredentials, code_without_credentials, false),
            result(Cause::MalformedBody, 3, false),
            result(Cause::UnknownResource, 3, true),
            result(Cause::InvalidValue, code_of_values, code_of_values == 3),
        ]
    }

    #[test]
    fn one_complaint_about_all_mistakes_is_laid_to_the_request() {
        let mut results = complaints(3, 6);
        let reason = settle(&mut results).unwrap();
        assert!(reason.contains("media.create may be incomplete") && reason.contains("«required field is missing»"));
        let verdicts: Vec<_> = results.iter().map(|result| result.verdict).collect();
        assert_eq!(verdicts, [Verdict::Pass, Verdict::Pass, Verdict::Inconclusive, Verdict::Inconclusive]);
        assert!(results.iter().all(|result| result.findings.is_empty()));
    }

    #[test]
    fn a_target_that_tells_mistakes_apart_or_says_one_thing_to_everybody_is_to_blame_itself() {
        for (code_of_values, code_without_credentials) in [(4, 6), (3, 3)] {
            let mut results = complaints(code_of_values, code_without_credentials);
            assert_eq!(settle(&mut results), None);
            assert!(results.iter().any(|result| result.verdict == Verdict::Fail));
        }
    }
}
