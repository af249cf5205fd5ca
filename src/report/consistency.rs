//! Answers held against each other: the same mistake must be answered the same way, whoever asks and over what; of two
//! mistakes it is told which is answered; and a message says one thing.
//!
//! Pure. Results pass by in the plan's order, in which what is compared comes after what it is compared with; only what
//! something is compared with is kept.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use super::change::{Change, changes};
use super::members::Members;
use super::{Inactive, Precedence, ProbeResult};
use crate::catalog::contract::{CodeSet, Contract};
use crate::fault::relation::{Like, Plain};
use crate::judge::finding::Finding;
use crate::judge::{Found, comparison};
use crate::model::answer::Answer;
use crate::model::cause::Cause;
use crate::model::place::Place;
use crate::model::verdict::{Severity, Verdict};
use crate::plan::{Probe, Success};

/// The most wordings of one kind that are kept: a target may word each reply anew.
const MAX_WORDINGS: usize = 2_000;

/// A plain probe: suite, operation, fault and variant.
type PlainProbe = (String, String, &'static str, String);

/// What is known of the answers so far.
#[derive(Debug, Default)]
pub struct Consistency {
    /// The answers of plain probes with which another one is compared; those that did not pass by yet are empty.
    answers: BTreeMap<PlainProbe, Option<Answer>>,
    /// Probes without anything to be compared with, by fault.
    alone: BTreeMap<&'static str, usize>,
    pairs: Vec<(Precedence, Arc<ProbeResult>)>,
    /// The codes under which a wording came, by suite and wording.
    codes: BTreeMap<(String, String), BTreeMap<String, Arc<ProbeResult>>>,
    /// The wordings in which a mistake was answered, by suite, fault with its place, and code.
    wordings: BTreeMap<(String, String, String), BTreeMap<String, Arc<ProbeResult>>>,
    members: Members,
}

/// What is known when all results have passed by.
#[derive(Debug, Default)]
pub struct Compared {
    /// Findings that no single result shows, each with the result that tells it best.
    pub findings: Vec<(Arc<ProbeResult>, Finding)>,
    /// Which of two mistakes was answered.
    pub precedence: Vec<Precedence>,
    /// What could not be compared.
    pub inactive: Vec<Inactive>,
}

impl Consistency {
    /// Nothing is known yet; what the likes of these probes name will be kept.
    #[must_use]
    pub fn of(probes: &[Probe]) -> Self {
        let named = |probe: &Probe| match &probe.like {
            None => Vec::new(),
            Some(Like::Same(plain) | Like::Unseen(plain)) => vec![plain_probe(probe, plain)],
            Some(Like::Either(plain)) => plain.iter().map(|plain| plain_probe(probe, plain)).collect(),
        };
        let answers = probes.iter().flat_map(named).map(|place| (place, None)).collect();
        Self { answers, ..Self::default() }
    }

    /// Records a result, and adds to it what a comparison finds.
    pub fn examine(&mut self, probe: &Probe, result: &mut ProbeResult) {
        if result.verdict == Verdict::Inconclusive {
            return;
        }
        let Some(answer) = result.answer.clone() else { return };
        self.members.take(probe, result, &answer);
        match &probe.like {
            None => {
                self.worded(probe, result, &answer);
                let place =
                    (result.suite.clone(), result.operation.clone(), probe.fault.id, probe.variant().to_owned());
                if let Some(kept) = self.answers.get_mut(&place) {
                    *kept = Some(answer);
                }
            }
            Some(like) => {
                let finding = match like {
                    Like::Same(plain) => self.plain(probe, plain).and_then(|plain| same(probe, plain, &answer)),
                    Like::Unseen(plain) => self.plain(probe, plain).and_then(|plain| unseen(probe, plain, &answer)),
                    Like::Either(plain) => self.either(probe, plain, result, &answer),
                };
                // What a router may answer as it likes, it may answer in two ways.
                let open = |finding: Finding| match like {
                    Like::Same(_) if result.left_open => Finding { severity: Severity::Note, ..finding },
                    _ => finding,
                };
                result.findings.extend(finding.map(open));
            }
        }
        if result.findings.iter().any(|finding| finding.severity == Severity::Error) {
            result.verdict = Verdict::Fail;
        }
    }

    /// The answer to hold another against.
    #[must_use]
    pub fn plain_answer(&self, probe: &Probe, plain: &Plain) -> Option<&Answer> {
        self.answers.get(&plain_probe(probe, plain))?.as_ref()
    }

    fn plain(&mut self, probe: &Probe, plain: &Plain) -> Option<&Answer> {
        if self.plain_answer(probe, plain).is_none() {
            *self.alone.entry(probe.fault.id).or_default() += 1;
        }
        self.plain_answer(probe, plain)
    }

    /// Which of two mistakes the reply answers; a finding where the suite says that it is the other one.
    fn either(&mut self, probe: &Probe, plain: &[Plain; 2], result: &ProbeResult, answer: &Answer) -> Option<Finding> {
        let causes = [plain[0].cause, plain[1].cause];
        let fits: Vec<Cause> = causes.into_iter().filter(|cause| result.fits.contains(cause)).collect();
        let told = |answer: &Answer| (answer.status, answer.code.clone(), answer.template.clone());
        let is_like = |plain: &&Plain| self.plain_answer(probe, plain).is_some_and(|other| told(other) == told(answer));
        let like: Vec<Cause> = plain.iter().filter(is_like).map(|plain| plain.cause).collect();
        let answered = match (fits.as_slice(), like.as_slice()) {
            ([one], _) | ([_, _], [one]) => Some(*one),
            _ => None,
        };
        let precedence = Precedence {
            suite: result.suite.clone(),
            operation: result.operation.clone(),
            probe: result.probe.clone(),
            causes,
            answered,
            fits_both: fits.len() == 2 && answered.is_none(),
        };
        self.pairs.push((precedence, Arc::new(result.clone())));
        let order = &probe.api.suite.precedence;
        let rank = |cause: Cause| order.iter().position(|other| *other == cause);
        let (first, second) = (rank(causes[0])?, rank(causes[1])?);
        let expected = if first < second { causes[0] } else { causes[1] };
        let answered = answered.filter(|answered| *answered != expected)?;
        let found = Found::new(&comparison::PRECEDENCE_VIOLATED, Place::STATUS).by_cause().facet(answered.word());
        Some(
            found
                .expected(format!("the answer to {expected}, which comes before {answered}"))
                .source("the suite's precedence")
                .actual(format!("the answer to {answered}: {}", answer.brief())),
        )
    }

    /// Remembers how a code was worded.
    fn worded(&mut self, probe: &Probe, result: &ProbeResult, answer: &Answer) {
        let (Some(code), Some(template)) = (&answer.code, &answer.template) else { return };
        // What the document itself words in several ways is its own affair.
        let contract = &probe.api.contract;
        let documented = contract.entries(code).any(|entry| entry.message.is_some());
        if template.is_empty() || documented {
            return;
        }
        let code = written(code);
        let example = Arc::new(bare(result));
        let key = (result.suite.clone(), template.clone());
        // Where the catalogue is open, codes may be finer than words: AD_NOT_FOUND and CART_NOT_FOUND share some.
        let closed = contract.file.code.as_ref().is_some_and(|place| place.set == CodeSet::Closed);
        if closed && (self.codes.len() < MAX_WORDINGS || self.codes.contains_key(&key)) {
            self.codes.entry(key).or_default().entry(code.clone()).or_insert_with(|| Arc::clone(&example));
        }
        let variant = probe.variant();
        let mistake =
            if variant.is_empty() { probe.fault.id.to_owned() } else { format!("{}/{variant}", probe.fault.id) };
        let key = (result.suite.clone(), mistake, code);
        if self.wordings.len() < MAX_WORDINGS || self.wordings.contains_key(&key) {
            let wordings = self.wordings.entry(key).or_default();
            if wordings.len() < MAX_WORDINGS {
                wordings.entry(template.clone()).or_insert(example);
            }
        }
    }

    /// What only the whole of the results shows.
    #[must_use]
    pub fn close(self) -> Compared {
        let mut findings = siblings(&self.pairs);
        findings.extend(self.members.renamed());
        findings.extend(self.codes.iter().filter_map(|((_, template), codes)| shared(template, codes)));
        findings.extend(self.wordings.iter().filter_map(|((_, fault, code), wordings)| varies(fault, code, wordings)));
        let inactive = self.alone.into_iter().map(|(fault, count)| Inactive {
            what: fault.to_owned(),
            why: format!(
                "{count} answers had nothing to be compared with: the plain probes are not in this run, or had no answer"
            ),
        });
        Compared {
            findings,
            precedence: self.pairs.into_iter().map(|(precedence, _)| precedence).collect(),
            inactive: inactive.collect(),
        }
    }
}

/// Where the plain probe of the same operation stands.
fn plain_probe(probe: &Probe, plain: &Plain) -> PlainProbe {
    (probe.api.suite.id.clone(), probe.operation.clone(), plain.fault, plain.variant.clone())
}

/// A result without what a note does not show.
fn bare(result: &ProbeResult) -> ProbeResult {
    ProbeResult { findings: Vec::new(), ..result.clone() }
}

fn written(code: &Value) -> String {
    code.as_str().map_or_else(|| code.to_string(), str::to_owned)
}

/// Where two answers to the same mistake differ, and how much that weighs: what the contract does not name (`details` that may
/// be anything) may differ from reply to reply, and so may who wrote it and how a message is worded.
#[must_use]
pub fn difference(contract: &Contract, plain: &Answer, other: &Answer) -> Option<(Place, Severity)> {
    let file = &contract.file;
    let places = [file.code.as_ref().map(|place| &place.at), file.message.as_ref().map(|place| &place.at)];
    let fields = file.fields.as_ref().map(|place| &place.at);
    let is_named = |at: &String| {
        at.is_empty() || places.into_iter().chain([fields, Some(&file.envelope)]).flatten().any(|named| named == at)
    };
    let weighed = |change| match change {
        Change::Reply { .. } => Some((Place::REPLY, Severity::Error)),
        Change::Status { .. } => Some((Place::STATUS, Severity::Error)),
        Change::Code { .. } => Some((Place::CODE, Severity::Error)),
        Change::MediaType { .. } => Some((Place::CONTENT_TYPE, Severity::Error)),
        Change::Gone(at) | Change::New(at) | Change::Type { at, .. } if is_named(&at) => {
            Some((Place::BODY, Severity::Error))
        }
        Change::Gone(_) | Change::New(_) | Change::Type { .. } => Some((Place::BODY, Severity::Note)),
        Change::Layer { .. } | Change::Message { .. } => None,
    };
    let weighed = changes(Some(plain), Some(other)).into_iter().filter_map(weighed);
    weighed.min_by_key(|(_, severity)| Reverse(*severity))
}

/// The same mistake in other circumstances.
pub(crate) fn same(probe: &Probe, plain: &Answer, answer: &Answer) -> Option<Finding> {
    let is_head = probe.request.method == "HEAD";
    let (at, severity) = if is_head {
        (plain.status != answer.status).then_some((Place::STATUS, Severity::Error))
    } else {
        difference(&probe.api.contract, plain, answer)
    }?;
    let found = Found::new(&comparison::ANSWER_VARIES, at.clone()).facet(probe.fault.id).severity(severity);
    // A server without HEAD is poor (RFC 9110, section 9.1), and no document of an API speaks of it.
    let without_head = is_head && matches!(answer.status, 404 | 405 | 501);
    let found = match answer.status {
        _ if without_head => found.severity(Severity::Note),
        300.. if is_head => found.severity(Severity::Warning),
        _ => found,
    };
    Some(
        found
            .expected(format!("as without it: {}{}", plain.brief(), shaped(&at, plain)))
            .source(probe.fault.source)
            .actual(format!("{}{}", answer.brief(), shaped(&at, answer))),
    )
}

/// The same mistake at a resource that exists.
pub(crate) fn unseen(probe: &Probe, plain: &Answer, answer: &Answer) -> Option<Finding> {
    // The account has the right after all: what it sees proves nothing.
    if probe.expectation.success == Success::Right && answer.status / 100 == 2 {
        return None;
    }
    let worded = || (plain.template != answer.template).then_some(Place::MESSAGE);
    let at = difference(&probe.api.contract, plain, answer).map(|(at, _)| at).or_else(worded)?;
    let message = |answer: &Answer| {
        answer.template.as_ref().filter(|_| at == Place::MESSAGE).map_or_else(String::new, |text| format!(", «{text}»"))
    };
    let found = Found::new(&comparison::EXISTENCE_DISCLOSED, at.clone()).by_cause().for_all(true);
    Some(
        found
            .expected(format!("as for what does not exist: {}{}{}", plain.brief(), shaped(&at, plain), message(plain)))
            .actual(format!("{}{}{}", answer.brief(), shaped(&at, answer), message(answer))),
    )
}

/// What tells the answers apart, where their status and code do not.
fn shaped(at: &str, answer: &Answer) -> String {
    match at {
        "header:content-type" => format!(", {}", answer.media_type.as_deref().unwrap_or("no Content-Type")),
        "body" if answer.shape.is_empty() => ", no JSON".to_owned(),
        "body" => format!(", {}", answer.shape.join("; ").trim()),
        _ => String::new(),
    }
}

/// Operations that answer the other one of two mistakes than most.
fn siblings(pairs: &[(Precedence, Arc<ProbeResult>)]) -> Vec<(Arc<ProbeResult>, Finding)> {
    type Answered<'p> = Vec<(Cause, &'p Arc<ProbeResult>)>;
    let mut groups: BTreeMap<(&str, [Cause; 2]), Answered<'_>> = BTreeMap::new();
    for (precedence, result) in pairs {
        if let Some(answered) = precedence.answered {
            groups.entry((&precedence.suite, precedence.causes)).or_default().push((answered, result));
        }
    }
    let mut findings = Vec::new();
    for group in groups.into_values() {
        let mut counts: BTreeMap<Cause, usize> = BTreeMap::new();
        for (answered, _) in &group {
            *counts.entry(*answered).or_default() += 1;
        }
        let Some((usual, most)) = counts.into_iter().max_by_key(|(_, count)| *count) else { continue };
        for (answered, result) in group.iter().filter(|(answered, _)| *answered != usual) {
            let found =
                Found::new(&comparison::PRECEDENCE_DIFFERS, Place::STATUS).by_cause().facet(result.fault.as_str());
            let found = found.expected(format!("the answer to {usual}, as of {most} of {} operations", group.len()));
            findings.push((Arc::clone(result), found.actual(format!("the answer to {answered}"))));
        }
    }
    findings
}

/// A wording under several codes.
fn shared(template: &str, codes: &BTreeMap<String, Arc<ProbeResult>>) -> Option<(Arc<ProbeResult>, Finding)> {
    let result = codes.values().nth(1)?;
    let all = codes.keys().cloned().collect::<Vec<_>>().join(", ");
    let found =
        Found::new(&comparison::MESSAGE_SHARED_BY_CODES, Place::MESSAGE).facet(template).expected("one code a message");
    Some((Arc::clone(result), found.actual(format!("«{template}» with the codes {all}"))))
}

/// A mistake that is worded in several ways under one code.
fn varies(
    fault: &str,
    code: &str,
    wordings: &BTreeMap<String, Arc<ProbeResult>>,
) -> Option<(Arc<ProbeResult>, Finding)> {
    let result = wordings.values().nth(1)?;
    let some: Vec<_> = wordings.keys().take(3).map(|wording| format!("«{wording}»")).collect();
    let found = Found::new(&comparison::MESSAGE_VARIES, Place::MESSAGE).facet(format!("{fault}#{code}"));
    let found = found.expected(format!("one wording for {fault} with code {code}"));
    let more = wordings.len().checked_sub(3).filter(|more| *more > 0).map(|more| format!(" and {more} more"));
    Some((Arc::clone(result), found.actual(format!("{}{}", some.join(", "), more.unwrap_or_default()))))
}
