//! The report of an earlier run, as far as it is read back. It knows no other form of it than JSON.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::error::Category;

use super::SCHEMA_VERSION;
use crate::model::answer::Answer;
use crate::model::verdict::Severity;

/// The report of an earlier run.
#[derive(Debug, Deserialize)]
pub struct Earlier {
    schema_version: u32,
    /// Whether warnings failed.
    pub strict: bool,
    /// Its drifts.
    pub drifts: Vec<EarlierDrift>,
    results: Vec<EarlierResult>,
}

/// What a probe of an earlier run came to.
#[derive(Debug, Deserialize)]
struct EarlierResult {
    probe: String,
    verdict: String,
    #[serde(default)]
    answer: Option<Answer>,
}

/// A drift of an earlier run.
#[derive(Debug, Deserialize)]
pub struct EarlierDrift {
    /// What tells it from other drifts.
    pub signature: String,
    /// The worst severity of its findings.
    pub severity: Severity,
    /// One line for people.
    pub summary: String,
    /// How many probes showed it.
    pub count: usize,
    /// How many of them were waived.
    #[serde(default)]
    pub waived: usize,
    /// How many of the others were old.
    #[serde(default)]
    pub old: usize,
}

impl Earlier {
    /// The answers by probe, `None` in a silence. A probe that could not be judged says nothing of the target.
    #[must_use]
    pub fn answers(&self) -> BTreeMap<String, Option<Answer>> {
        let judged = self.results.iter().filter(|result| !["inconclusive", "error"].contains(&result.verdict.as_str()));
        judged.map(|result| (result.probe.clone(), result.answer.clone())).collect()
    }

    /// Reads a report.
    ///
    /// # Errors
    /// The text is no report, or one of another version.
    pub fn read(text: &mut dyn Read) -> Result<Self, String> {
        read(text, |report: &Self| report.schema_version)
    }
}

/// Reads a report of today's version, as far as its type has it. What is no report is given up at its first byte that says so.
///
/// # Errors
/// The text is no report, one that is cut off, or one of another version.
pub(crate) fn read<T: DeserializeOwned>(text: &mut dyn Read, version: impl Fn(&T) -> u32) -> Result<T, String> {
    let mut text = BufReader::with_capacity(HEAD, text);
    let head = text.fill_buf().map(<[u8]>::to_vec).map_err(|error| format!("cannot be read: {error}"))?;
    if head.is_empty() {
        return Err(format!("is empty; {WRITES}"));
    }
    let read = serde_json::from_reader(text);
    let version = match &read {
        Ok(report) => Some(version(report)),
        // A later version may well have another form.
        Err(_) => written_version(&head),
    };
    if let Some(version) = version.filter(|version| *version != SCHEMA_VERSION) {
        return Err(format!(
            "is a report of version {version}, and this is read by version {SCHEMA_VERSION}; write it anew"
        ));
    }
    read.map_err(|error| match error.classify() {
        Category::Io => format!("cannot be read: {error}"),
        Category::Eof => format!("is cut off: {error}; {WRITES}"),
        Category::Syntax | Category::Data => format!("is no report in JSON: {error}; {WRITES}"),
    })
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

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(text: &[u8]) -> String {
        Earlier::read(&mut &*text).map(|_| ()).unwrap_err()
    }

    #[test]
    fn what_is_no_report_is_told_by_its_place() {
        let whole = br#"{"schema_version": 1, "strict": false, "drifts": [], "results": []}"#;
        Earlier::read(&mut &whole[..]).unwrap();
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
        assert!(wrong(&deep).starts_with("is cut off: "), "{}", wrong(&deep));
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
        let error = Earlier::read(&mut std::io::repeat(b'x')).map(|_| ()).unwrap_err();
        assert!(error.contains("line 1 column 1"), "{error}");
    }
}
