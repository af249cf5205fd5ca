//! What every probe was answered with in an earlier run, to compare with.
//!
//! The file is JSON Lines: a head with the version, then a line a probe, sorted by the probe's id, so that two of them are
//! compared line by line. A finding is old where the same probe showed the same signature; a known deviation of one probe
//! hides nothing at another. Pure: it knows the text of the file, not the file.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::judge::finding::Finding;
use crate::model::answer::Answer;
use crate::model::printable::json;
use crate::model::verdict::{Severity, Verdict};
use crate::report::{ProbeResult, signature};

/// The version of the file's format.
pub const SCHEMA_VERSION: u32 = 2;
/// The version of errdrift 0.1, whose signatures say less.
const EARLIER: u32 = 1;

/// The first line.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Head {
    errdrift_baseline: u32,
}

/// A line: a probe, what came, and the signatures of what was found.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Line {
    probe: String,
    answer: Option<Answer>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    findings: BTreeSet<String>,
}

/// The answers of a run, by probe.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Baseline {
    /// What a client could tell of each reply; `None` in a silence.
    pub answers: BTreeMap<String, Option<Answer>>,
    findings: BTreeMap<String, BTreeSet<String>>,
    /// Whether its signatures are those of errdrift 0.1.
    pub is_earlier: bool,
}

impl Baseline {
    /// Records the result of a probe. One that could not be judged says nothing of the target.
    pub fn take(&mut self, result: &ProbeResult) {
        if matches!(result.verdict, Verdict::Inconclusive | Verdict::Error) {
            return;
        }
        self.answers.insert(result.probe.clone(), result.answer.clone());
        let weighty = result.findings.iter().filter(|finding| finding.severity > Severity::Note);
        let signatures: BTreeSet<_> = weighty.map(|finding| signature::signature(result, finding)).collect();
        if !signatures.is_empty() {
            self.findings.insert(result.probe.clone(), signatures);
        }
    }

    /// Records a finding that only the whole of the results shows.
    pub fn compared(&mut self, result: &ProbeResult, finding: &Finding) {
        if finding.severity > Severity::Note {
            let signatures = self.findings.entry(result.probe.clone()).or_default();
            signatures.insert(signature::signature(result, finding));
        }
    }

    /// Whether the probe showed that finding.
    #[must_use]
    pub fn has(&self, result: &ProbeResult, finding: &Finding) -> bool {
        let of = if self.is_earlier { signature::earlier } else { signature::signature };
        self.findings.get(&result.probe).is_some_and(|signatures| signatures.contains(&of(result, finding)))
    }

    /// Reads the file's text.
    ///
    /// # Errors
    /// The number of the first invalid line, and what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, (usize, String)> {
        let mut lines = (1..).zip(text.lines());
        let wrong = |what: &dyn std::fmt::Display| format!("{what}; write it anew with --save-baseline");
        let head = lines.next().map(|(_, line)| serde_json::from_str::<Head>(line));
        let is_earlier = matches!(head, Some(Ok(Head { errdrift_baseline: EARLIER })));
        match head {
            Some(Ok(Head { errdrift_baseline: SCHEMA_VERSION | EARLIER })) => {}
            Some(Ok(Head { errdrift_baseline: other })) => {
                let what = format!("is of version {other}, and this is read by version {SCHEMA_VERSION}");
                return Err((1, wrong(&what)));
            }
            _ => return Err((1, wrong(&"does not begin a baseline"))),
        }
        let mut baseline = Self { is_earlier, ..Self::default() };
        for (number, line) in lines {
            let Line { probe, answer, findings } =
                serde_json::from_str(line).map_err(|error| (number, wrong(&format!("is no probe's line: {error}"))))?;
            if !findings.is_empty() {
                baseline.findings.insert(probe.clone(), findings);
            }
            if baseline.answers.insert(probe.clone(), answer).is_some() {
                return Err((number, wrong(&format!("the probe {probe} stands here a second time"))));
            }
        }
        Ok(baseline)
    }

    /// The file's text.
    #[must_use]
    pub fn text(&self) -> String {
        let line = |(probe, answer): (&String, &Option<Answer>)| {
            let findings = self.findings.get(probe).cloned().unwrap_or_default();
            json(&Line { probe: probe.clone(), answer: answer.clone(), findings }) + "\n"
        };
        let head = json(&Head { errdrift_baseline: SCHEMA_VERSION });
        format!("{head}\n{}", self.answers.iter().map(line).collect::<String>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = concat!(
        "{\"errdrift_baseline\":2}\n",
        "{\"probe\":\"a/b/c\",\"answer\":{\"status\":400,\"code\":4,\"media_type\":\"application/json\",\"layer\":\"service\",\"shape\":[\" object\"],\"template\":\"no\"},\"findings\":[\"a:b\"]}\n",
        "{\"probe\":\"a/b/d\",\"answer\":null}\n",
    );

    #[test]
    fn the_text_reads_back_the_same() {
        let baseline = Baseline::parse(TEXT).unwrap();
        assert_eq!(baseline.text(), TEXT);
        assert!(
            !baseline.is_earlier && Baseline::parse(&TEXT.replace("baseline\":2", "baseline\":1")).unwrap().is_earlier
        );
    }

    #[test]
    fn a_line_that_is_none_is_named_by_its_number() {
        let twice = format!("{TEXT}{{\"probe\":\"a/b/d\",\"answer\":null}}\n");
        let newer = TEXT.replace("baseline\":2", "baseline\":3");
        let broken = TEXT.replace("\"answer\":null", "\"answr\":null");
        for (text, number, words) in [
            ("", 1, "does not begin a baseline"),
            (&newer, 1, "is of version 3"),
            (&broken, 3, "answr"),
            (&twice, 4, "a second time"),
        ] {
            let (line, message) = Baseline::parse(text).unwrap_err();
            assert!(line == number && message.contains(words), "{line}: {message}");
        }
    }
}
