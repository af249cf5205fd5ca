//! The file of waivers, and what each accepts.

use serde::Deserialize;

use crate::judge::finding::{Finding, Waived};
use crate::model::cause::Cause;
use crate::model::date::Date;
use crate::model::verdict::Severity;
use crate::report::{ProbeResult, signature};

/// The file, as it is read.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WaiverFile {
    /// The waivers, the first that matches a finding takes it.
    #[serde(default)]
    pub waiver: Vec<Waiver>,
}

/// As many probes may match, where a waiver does not say.
pub const MAX: usize = 50;

fn max() -> usize {
    MAX
}

/// An accepted drift.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Waiver {
    /// The signature, as the summary and the report give it.
    #[serde(default)]
    pub signature: Option<String>,
    /// The suite's id.
    #[serde(default)]
    pub suite: Option<String>,
    /// The rule.
    #[serde(default)]
    pub rule: Option<String>,
    /// The operation's id, in which `*` stands for any text.
    #[serde(default)]
    pub operation: Option<String>,
    /// The cause of the probe.
    #[serde(default)]
    pub cause: Option<Cause>,
    /// Who wrote the reply: `service`, `framework`, `gateway`, or `none`.
    #[serde(default)]
    pub layer: Option<String>,
    /// Where in the reply, with `*` for the index of an array.
    #[serde(default)]
    pub at: Option<String>,
    /// The gravest severity that it accepts; any where a file of errdrift 0.1 does not say it. A signature says its own.
    #[serde(default)]
    pub severity: Option<Severity>,
    /// Who answers for it.
    pub owner: String,
    /// Why it is accepted.
    pub reason: String,
    /// Where it is followed up.
    #[serde(default)]
    pub link: Option<String>,
    /// The last day on which it waives.
    pub expires: Date,
    /// As many probes may match.
    #[serde(default = "max")]
    pub max: usize,
}

impl Waiver {
    /// Whether the waiver names nothing, or nothing but a suite.
    #[must_use]
    pub fn is_too_broad(&self) -> bool {
        let Self { signature, rule, operation, cause, layer, at, .. } = self;
        [signature, rule, operation, layer, at].iter().all(|part| part.is_none()) && cause.is_none()
    }

    /// Whether the finding is what the waiver names. A note fails nothing, and needs no waiver.
    #[must_use]
    pub fn matches(&self, result: &ProbeResult, finding: &Finding) -> bool {
        let is = |named: &Option<String>, found: &str| named.as_deref().is_none_or(|named| named == found);
        finding.severity > Severity::Note
            && is(&self.suite, &result.suite)
            && is(&self.rule, finding.rule.id)
            && self.operation.as_deref().is_none_or(|glob| fits(glob, &result.operation))
            && self.cause.is_none_or(|cause| cause == result.cause)
            && is(&self.layer, signature::layer(result, finding))
            && self.at.as_deref().is_none_or(|at| at == finding.at.anywhere())
            && self.severity.is_none_or(|most| finding.severity <= most)
            && self.signature.as_deref().is_none_or(|named| {
                let of = if signature::is_earlier(named) { signature::earlier } else { signature::signature };
                named == of(result, finding)
            })
    }

    /// Whether a probe that was not judged could have shown what the waiver names, and hardly another one: the waiver names
    /// its operation or its cause.
    #[must_use]
    pub fn awaits(&self, suite: &str, operation: &str, cause: Cause) -> bool {
        let by_cause = self.named_cause();
        let named = by_cause.is_some() || self.operation.is_some();
        named
            && self.suite.as_deref().is_none_or(|named| named == suite)
            && self.signature.as_deref().is_none_or(|signature| signature.starts_with(&format!("{suite}:")))
            && by_cause.is_none_or(|named| named == cause.word())
            && self.operation.as_deref().is_none_or(|glob| fits(glob, operation))
    }

    /// Whether it is written as for errdrift 0.1, so that it accepts whatever came, however grave it is.
    #[must_use]
    pub fn is_earlier(&self) -> bool {
        self.severity.is_none() && self.signature.as_deref().is_none_or(signature::is_earlier)
    }

    /// The word of the cause that the waiver or its signature names.
    pub(super) fn named_cause(&self) -> Option<&str> {
        self.cause.map(Cause::word).or_else(|| signature::named_cause(self.signature.as_deref()?))
    }

    pub(super) fn mark(&self) -> Waived {
        Waived { owner: self.owner.clone(), reason: self.reason.clone(), expires: self.expires }
    }
}

/// Whether the text is of the pattern, in which `*` stands for any text.
#[must_use]
pub fn fits(glob: &str, text: &str) -> bool {
    let Some((first, rest)) = glob.split_once('*') else { return glob == text };
    let Some(mut text) = text.strip_prefix(first) else { return false };
    let mut pieces: Vec<_> = rest.split('*').collect();
    let last = pieces.pop().unwrap_or_default();
    for piece in pieces {
        let Some(at) = text.find(piece) else { return false };
        text = &text[at + piece.len()..];
    }
    text.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge;
    use crate::model::layer::Layer;
    use crate::model::place::Place;

    #[test]
    fn a_star_stands_for_any_text() {
        for (glob, text, expected) in [
            ("folders.list", "folders.list", true),
            ("folders.list", "folders.lis", false),
            ("folders.*", "folders.list", true),
            ("*.list", "folders.list", true),
            ("*", "", true),
            ("f*s.*t", "folders.list", true),
            ("f*x*t", "folders.list", false),
            ("a*a", "a", false),
        ] {
            assert_eq!(fits(glob, text), expected, "{glob} {text}");
        }
    }

    /// Findings of which each differs from the others in one thing at least.
    fn different() -> Vec<(ProbeResult, Finding)> {
        let mut all = Vec::new();
        for bits in 0..1_u32 << 8 {
            let of = |bit: u32| bits >> bit & 1 == 1;
            let result = ProbeResult {
                suite: if of(0) { "a" } else { "b" }.to_owned(),
                cause: if of(1) { Cause::Forbidden } else { Cause::UnknownPath },
                layer: Some(if of(2) { Layer::Service } else { Layer::Gateway }),
                ..ProbeResult::default()
            };
            let finding = Finding {
                rule: judge::find(if of(3) { "code-unexpected" } else { "schema-violation" }).unwrap(),
                severity: if of(4) { Severity::Error } else { Severity::Warning },
                at: Place::pointer(if of(5) { "/code" } else { "/error" }),
                facet: if of(6) { "type" } else { "" }.to_owned(),
                class: if of(7) { "7" } else { "12" }.to_owned(),
                promised_at: None,
                expected: String::new(),
                actual: String::new(),
                source: String::new(),
                by_cause: true,
                for_all: false,
                repeats: None,
                waived: None,
                old: false,
                author: None,
            };
            all.push((result, finding));
        }
        all
    }

    #[test]
    fn a_waiver_for_one_finding_never_accepts_another() {
        let all = different();
        for (index, (result, finding)) in all.iter().enumerate() {
            let signed = signature::signature(result, finding);
            let waiver = serde_json::json!({"signature": signed, "owner": "o", "reason": "r", "expires": "2999-12-31"});
            let waiver: Waiver = serde_json::from_value(waiver).unwrap();
            let taken: Vec<_> = (0..all.len()).filter(|other| waiver.matches(&all[*other].0, &all[*other].1)).collect();
            assert_eq!(taken, [index], "{signed}");
        }
    }

    #[test]
    fn a_waiver_by_parts_accepts_nothing_graver_than_it_says() {
        for (severity, accepted) in [("warning", 128), ("error", 256)] {
            let waiver = serde_json::json!({"at": "/error", "severity": severity, "owner": "o", "reason": "r", "expires": "2999-12-31"});
            let waiver: Waiver = serde_json::from_value(waiver).unwrap();
            let taken = different().iter().filter(|(result, finding)| waiver.matches(result, finding)).count();
            assert_eq!(taken, accepted / 2, "{severity}");
        }
    }
}
