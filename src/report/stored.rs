//! An earlier run, read back from its report: to compare with it, to send its probes again, or to judge its exchanges again.
//!
//! It knows no other form of the report than JSON. What the report does not hold (how a body ended, what was wrong with the
//! message, credentials) is not made up here.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader, Read};
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::error::Category;

use super::{ProbeResult, RecordedReply, Report, SCHEMA_VERSION};
use crate::model::answer::Answer;
use crate::model::exchange::Reply;
use crate::model::verdict::Verdict;

impl Report {
    /// Reads a report of today's version. What is not a report is given up at its first byte that says so.
    ///
    /// # Errors
    /// The text is not a report, is one that is cut off, or one of another version.
    pub fn read(text: &mut dyn Read) -> Result<Self, String> {
        let mut text = BufReader::with_capacity(HEAD, text);
        let head = text.fill_buf().map(<[u8]>::to_vec).map_err(|error| format!("cannot be read: {error}"))?;
        if head.is_empty() {
            return Err(format!("is empty; {WRITES}"));
        }
        let read = serde_json::from_reader(text);
        let version = match &read {
            Ok(Self { schema_version, .. }) => Some(*schema_version),
            // A later version may well have another form.
            Err(_) => written_version(&head),
        };
        if let Some(version) = version.filter(|version| *version != SCHEMA_VERSION) {
            return Err(format!(
                "is a report of version {version}, and this is read by version {SCHEMA_VERSION}; write it anew"
            ));
        }
        let report: Self = read.map_err(|error| match error.classify() {
            Category::Io => format!("cannot be read: {error}"),
            Category::Eof => format!("is cut off: {error}; {WRITES}"),
            Category::Syntax | Category::Data => format!("is no report in JSON: {error}; {WRITES}"),
        })?;
        Ok(report.with_examples())
    }

    /// What is not written twice: the first probe of each drift, and the status of each reply.
    fn with_examples(mut self) -> Self {
        for result in &mut self.results {
            result.status = result.reply.as_ref().map(|reply| reply.status);
        }
        let results = by_probe(&self.results);
        for drift in &mut self.closing.drifts {
            if let Some(result) = drift.probes.first().and_then(|probe| results.get(probe.as_str())) {
                drift.example = Arc::new((*result).clone());
            }
        }
        self
    }

    /// The answers by probe, `None` in a silence. A probe that could not be judged says nothing of the target.
    #[must_use]
    pub fn answers(&self) -> BTreeMap<String, Option<Answer>> {
        let is_judged = |verdict| !matches!(verdict, Verdict::Inconclusive | Verdict::Error);
        let judged = self.results.iter().filter(|result| is_judged(result.verdict));
        judged.map(|result| (result.probe.clone(), result.answer.clone())).collect()
    }

    /// The signatures of what was found of a probe.
    #[must_use]
    pub fn signatures(&self, probe: &str) -> BTreeSet<&str> {
        let shown = self.closing.all().filter(|drift| drift.probes.iter().any(|other| other == probe));
        shown.map(|drift| drift.signature.as_str()).collect()
    }
}

/// The results by their probes.
#[must_use]
pub fn by_probe(results: &[ProbeResult]) -> BTreeMap<&str, &ProbeResult> {
    results.iter().map(|result| (result.probe.as_str(), result)).collect()
}

/// What writes a report.
const WRITES: &str = "`errdrift run … --report json=FILE` writes one";

/// As much of a report is looked at for its version where the rest cannot be read.
const HEAD: usize = 64 * 1024;

/// The version that the beginning of a report names.
fn written_version(head: &[u8]) -> Option<u32> {
    let head = String::from_utf8_lossy(head);
    let (_, rest) = head.split_once("\"schema_version\"")?;
    let digits = rest.trim_start().strip_prefix(':')?.trim_start();
    digits.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

/// As much of a reply's header fields is surely whole, in all and each.
const WHOLE: (usize, usize) = (12 * 1024, 4_000);

/// The reply as it came, as far as the report has it.
///
/// # Errors
/// Why it is not whole.
pub fn reply(recorded: &RecordedReply) -> Result<Reply, &'static str> {
    let body = match &recorded.body_base64 {
        Some(encoded) => BASE64.decode(encoded).map_err(|_| "its body in Base64 cannot be read")?,
        None => recorded.body.clone().into_bytes(),
    };
    if recorded.masked || body.len() != recorded.body_bytes {
        return Err("the report has its body cut, or with a masked credential in it");
    }
    let length = |(name, value): &(String, String)| name.len() + value.len();
    let (all, each) = WHOLE;
    if recorded.headers.iter().map(length).sum::<usize>() > all || recorded.headers.iter().any(|f| f.1.len() > each) {
        return Err("the report has its header fields cut");
    }
    let headers = recorded.headers.iter().map(|(name, value)| (name.clone(), value.clone().into_bytes())).collect();
    Ok(Reply { status: recorded.status, headers, body, ..Reply::default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(text: &[u8]) -> String {
        Report::read(&mut &*text).map(|_| ()).unwrap_err()
    }

    #[test]
    fn what_is_no_report_is_told_by_its_place() {
        let whole = br#"{"schema_version": 1, "target": "http://t", "drifts": [], "results": [], "verdict": "pass"}"#;
        Report::read(&mut &whole[..]).unwrap();
        for end in 1..whole.len() {
            assert!(wrong(&whole[..end]).starts_with("is cut off: "), "{end}");
        }
        assert!(wrong(b"").starts_with("is empty"));
        for (text, words) in [
            (&b"\0\0\0"[..], "line 1 column 1"),
            (b"{\"schema_version\": 1,\n\"strict\": \xff", "line 2 column"),
            (b"{\"drifts\": [{\"signature\": \"\xff\"", "invalid unicode"),
            (b"[]", "line 1 column"),
            (b"{\"schema_version\": 1}", "missing field"),
        ] {
            let error = wrong(text);
            assert!(error.starts_with("is no report in JSON: ") && error.contains(words), "{error}");
        }
        let deep = [b"{\"x\":".to_vec(), b"[".repeat(1_000_000)].concat();
        assert!(wrong(&deep).contains("recursion limit"), "{}", wrong(&deep));
    }

    #[test]
    fn another_version_is_told_whatever_its_form() {
        for text in [&br#"{"schema_version": 2, "drift": {}}"#[..], br#"{"tool": {}, "schema_version":2"#] {
            assert!(
                wrong(text).starts_with("is a report of version 2, and this is read by version 1"),
                "{}",
                wrong(text)
            );
        }
    }

    #[test]
    fn garbage_without_end_is_given_up_at_once() {
        let error = Report::read(&mut std::io::repeat(b'x')).map(|_| ()).unwrap_err();
        assert!(error.contains("line 1 column 1"), "{error}");
    }
}
