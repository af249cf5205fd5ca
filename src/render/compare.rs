//! Two targets held against each other, for people: differences first, one verdict line last. Text, and nothing is printed.

use std::cmp::Reverse;

use super::count::{count, number};
use crate::model::printable::printable;
use crate::model::verdict::exit;
use crate::report::change::{Change, listed};
use crate::report::changed;
use crate::report::compared::Compared;

/// A longer line is cut.
const MAX_LINE: usize = 4_000;

/// The outcome of the comparison, a line each.
#[must_use]
pub fn text(compared: &Compared) -> String {
    let mut lines = Vec::new();
    for (name, opening, closing) in &compared.sides {
        let numbers = closing.summary;
        let mut parts = vec![count(numbers.probes, "probe")];
        let rest = [(numbers.inconclusive, "inconclusive"), (numbers.not_exercised, "not exercised")];
        parts.extend(rest.iter().filter(|(n, _)| *n > 0).map(|(n, word)| format!("{} {word}", number(*n))));
        lines.push(format!("{name:<5}  {} · {}", opening.target, parts.join(", ")));
    }
    for (name, _, closing) in compared.sides.iter().filter(|(.., closing)| !closing.may_have_changed.is_empty()) {
        lines.push(format!("{name}: {}", changed::headline(&closing.may_have_changed)));
        lines.extend(changed::lines(&closing.may_have_changed).into_iter().map(|line| format!("{name}: {line}")));
    }
    let mut steady = compared.comparison.clone();
    let (added, gone) = (std::mem::take(&mut steady.added), std::mem::take(&mut steady.gone));
    lines.extend(steady.lines().into_iter().map(|(_, line)| line));
    for (change, found) in &compared.intermittent {
        lines.push(format!(
            "intermittent: {change} ({}; there in {} of {} repeats; {} if it were steady)",
            listed(&found.probes),
            number(found.repeats.shown),
            number(found.repeats.sent),
            change.weight().word()
        ));
    }
    for (name, probes) in [("left", &gone), ("right", &added)].iter().filter(|(_, probes)| !probes.is_empty()) {
        lines.push(format!("judged on the {name} alone: {}", listed(probes)));
    }
    for (name, _, closing) in &compared.sides {
        for unsent in closing.not_exercised.chunk_by(|a, b| a.reason == b.reason) {
            let probes: Vec<String> = unsent.iter().map(|unsent| unsent.probe.clone()).collect();
            lines.push(format!("not exercised on the {name}: {} ({})", unsent[0].reason, listed(&probes)));
        }
    }
    if !compared.left_out.is_empty() {
        let all = compared.left_out.values().sum();
        let named: Vec<_> = compared.left_out.iter().map(|(place, n)| format!("{place} {}", number(*n))).collect();
        lines.push(format!(
            "left out, since a side is only to be read: {} that may change something: {}",
            count(all, "probe"),
            named.join(", ")
        ));
    }
    for (name, _, closing) in &compared.sides {
        lines.extend(closing.reasons.iter().map(|reason| format!("not judged: {name}: {reason}")));
        if closing.summary.inconclusive > 0 && closing.reasons.is_empty() {
            lines.push(format!("not judged: {name}: {} inconclusive", count(closing.summary.inconclusive, "probe")));
        }
    }
    if compared.both == 0 {
        lines.push("not judged: no probe was judged on both sides".to_owned());
    }
    lines.push(verdict(compared));
    lines.iter().map(|line| printable(line, MAX_LINE) + "\n").collect()
}

/// The last line.
fn verdict(compared: &Compared) -> String {
    let code = compared.exit_code();
    let word = match code {
        exit::CONFORMS if compared.comparison.changes.is_empty() => "SAME",
        exit::CONFORMS => "COMPATIBLE",
        exit::DRIFT => "BREAKING",
        _ => "NOT JUDGED",
    };
    let mut parts = vec![format!("{} in {}", differences(compared), count(compared.both, "probe"))];
    if !compared.intermittent.is_empty() {
        parts.push(format!("{} intermittent", number(compared.intermittent.len())));
    }
    format!("errdrift: {word}: {}; exit {code}", parts.join("; "))
}

/// The kinds of difference by what they mean, those that break a client first.
fn differences(compared: &Compared) -> String {
    let changes = &compared.comparison.changes;
    if changes.is_empty() {
        return "no difference".to_owned();
    }
    let mut weights: Vec<_> = changes.keys().map(Change::weight).collect();
    weights.sort_by_key(|weight| Reverse(*weight));
    weights.dedup();
    let kind = |weight| changes.keys().filter(|change| change.weight() == weight).count();
    let kinds: Vec<_> =
        weights.into_iter().map(|weight| format!("{} {}", number(kind(weight)), weight.word())).collect();
    format!("{} ({})", count(changes.len(), "difference"), kinds.join(", "))
}
