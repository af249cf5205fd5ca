//! The report as workflow commands, which GitHub shows as annotations: one a drift, at its operation in the suite's file.
//!
//! A text stands after `::` only as GitHub's own toolkit encodes it, so that none ends its line or its property. It does
//! not know the results, only what the tally remembers.

use std::collections::BTreeMap;

use super::count::count;
use super::style::Style;
use super::{headline, human};
use crate::model::layer::Layer;
use crate::model::printable::printable;
use crate::model::verdict::{Severity, exit};
use crate::report::{Closing, Drift, Opening, changed};

/// The most annotations of a kind that are shown by GitHub, of a step.
pub const MAX_ANNOTATIONS: usize = 10;
/// A longer value or command is not for reading.
const MAX_VALUE: usize = 500;
const MAX_COMMAND: usize = 2_000;

/// The lines. Why a run could not be judged comes first: it weighs more than what was found.
pub(super) fn document(opening: &Opening, closing: &Closing) -> String {
    let reasons = closing.reasons.iter().map(|reason| not_judged(reason)).chain(verdict(opening, closing));
    let reasons = may_have_changed(closing).into_iter().chain(reasons);
    let reasons = reasons.map(|line| (Severity::Error, line));
    let drifts = closing.drifts.iter().map(|drift| (drift.severity, annotation(opening, drift)));
    let mut lines = Vec::new();
    let mut kinds: BTreeMap<Severity, usize> = BTreeMap::new();
    for (severity, line) in reasons.chain(drifts) {
        let seen = kinds.entry(severity).or_default();
        *seen += 1;
        if *seen <= MAX_ANNOTATIONS {
            lines.push(line);
        }
    }
    let left: Vec<_> = kinds
        .iter()
        .rev()
        .filter(|(_, seen)| **seen > MAX_ANNOTATIONS)
        .map(|(severity, seen)| count(seen - MAX_ANNOTATIONS, &format!("more {}", severity.word())))
        .collect();
    if !left.is_empty() {
        lines.push(format!(
            "errdrift: {} without an annotation: GitHub shows {MAX_ANNOTATIONS} of a kind",
            left.join(", ")
        ));
    }
    lines.iter().map(|line| format!("{line}\n")).collect()
}

/// What may have changed the target, in one annotation.
fn may_have_changed(closing: &Closing) -> Option<String> {
    let requests = &closing.may_have_changed;
    let lines = [changed::headline(requests)].into_iter().chain(changed::lines(requests));
    let text = lines.map(|line| printable(&line, MAX_VALUE)).collect::<Vec<_>>().join("\n");
    let title = property("errdrift: may have changed the target");
    (!requests.is_empty()).then(|| format!("::{} title={title}::{}", command(Severity::Error), data(&text)))
}

fn not_judged(reason: &str) -> String {
    let title = property("errdrift: not judged");
    format!("::{} title={title}::{}", command(Severity::Error), data(&printable(reason, MAX_VALUE)))
}

/// The verdict, where the run is red and nothing else says so: warnings under `--strict`, probes that could not be judged.
fn verdict(opening: &Opening, closing: &Closing) -> Option<String> {
    let told = !closing.reasons.is_empty() || closing.drifts.iter().any(|drift| drift.severity == Severity::Error);
    (closing.exit_code != exit::CONFORMS && !told).then(|| {
        let line = human::verdict(opening, closing, &Style::default());
        format!("::{} title=errdrift::{}", command(Severity::Error), data(line.trim_end()))
    })
}

/// The most drifts that are named of those that follow.
const MAX_CONSEQUENCES: usize = 5;

fn annotation(opening: &Opening, drift: &Drift) -> String {
    let value = |text: &str| printable(text, MAX_VALUE);
    let finding = &drift.finding;
    let example = &drift.example;
    let extent = if drift.count == 1 {
        "1 probe shows it:".to_owned()
    } else {
        format!("{} of {} show it, as", count(drift.count, "probe"), count(drift.operations, "operation"))
    };
    let mut lines = vec![
        format!("{}: expected {}, got {}", value(&finding.at), value(&finding.expected), value(&finding.actual)),
        format!("{extent} {}", value(&example.probe)),
        format!("answered by: {}", drift.layer.map_or("nobody", Layer::word)),
        format!("source: {}", value(&finding.source)),
    ];
    lines.extend(headline::consequences(drift, MAX_CONSEQUENCES).iter().map(|line| format!("follows: {line}")));
    lines.extend(example.request.as_ref().map(|request| printable(&request.command, MAX_COMMAND)));
    let place = opening.place(&example.suite, &example.operation);
    let place = place.map_or_else(String::new, |(file, line)| {
        format!("file={},line={line},", property(&value(file.strip_prefix("./").unwrap_or(file))))
    });
    let title = property(&format!("errdrift: {}", drift.rule));
    format!("::{} {place}title={title}::{}", command(drift.severity), data(&lines.join("\n")))
}

/// GitHub's word for the severity.
fn command(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    }
}

/// The text after the last `::`.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The text after a `=`.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_encoded_as_by_the_toolkit() {
        assert_eq!(data("100%\r\n::error::x,%0A"), "100%25%0D%0A::error::x,%250A");
        assert_eq!(property("a:b,c%\n"), "a%3Ab%2Cc%25%0A");
    }
}
