//! The summary that a person reads at the end of a run: drifts first, one verdict line last.
//!
//! It is text and nothing is printed here. It does not know the results, only what the tally remembers of them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::count::{count, number};
use super::headline::{self, headline};
use super::style::Ink;
pub use super::style::Style;
use super::{codes, drift, load};
use crate::model::cause::Cause;
use crate::model::printable::{printable, wrapped};
use crate::model::verdict::{Severity, Verdict};
use crate::report::{Closing, CodeCoverage, Drift, MayHaveChanged, NotExercised, Opening, Precedence, changed};

/// A longer text of ours or of a suite is cut.
const MAX_TEXT: usize = 1_000;
/// As many examples of a reason are named.
const MAX_EXAMPLES: usize = 3;
/// The most drifts that are reported whole, and the most that are reported in a line each after them.
const MAX_BLOCKS: usize = 30;
const MAX_LINES: usize = 200;
/// The most reasons of one kind that are reported.
const MAX_REASONS: usize = 50;
/// The room for a code's name in the catalogue.
const MAX_NAME: usize = 40;
/// The room for one of a code's messages.
const MAX_MESSAGE: usize = 80;

/// The summary of a run.
#[must_use]
pub fn summary(opening: &Opening, closing: &Closing, style: &Style) -> String {
    let (notes, drifts): (Vec<_>, Vec<_>) = closing.drifts.iter().partition(|drift| drift.severity == Severity::Note);
    let (accepted, drifts): (Vec<_>, Vec<_>) =
        drifts.into_iter().partition(|drift| drift.is_accepted() && !style.verbose);
    let first = headline(closing).map(|text| hanging("", &text, style));
    let mut sections = vec![run(opening, style)];
    if closing.may_have_changed.is_empty() {
        sections.splice(0..0, first);
    } else {
        // Nothing matters more to whoever owns the target.
        sections.push(changed(&closing.may_have_changed, style));
        sections.extend(first);
    }
    sections.extend(drifts.iter().take(MAX_BLOCKS).map(|drift| drift::block(drift, style)));
    if let Some(rest) = drifts.get(MAX_BLOCKS..).filter(|rest| !rest.is_empty()) {
        let mut lines: String =
            rest.iter().take(MAX_LINES).map(|drift| hanging("  • ", &headline::line(drift), style)).collect();
        if rest.len() > MAX_LINES {
            lines +=
                &hanging("  • ", &format!("{} in the JSON report", count(rest.len() - MAX_LINES, "more drift")), style);
        }
        sections.push(title("More drifts", &count(rest.len(), "drift"), style) + &lines);
    }
    if !accepted.is_empty() {
        let lines: String = accepted.iter().map(|drift| hanging("  • ", &accepted_line(drift), style)).collect();
        sections.push(title("Accepted", "nothing fails; --verbose tells all of it", style) + &lines);
    }
    if !notes.is_empty() {
        sections.push(title("Notes", "the document is silent, nothing fails", style) + &by_rule(&notes, style));
    }
    let Closing { not_exercised, withheld, .. } = closing;
    if !not_exercised.is_empty() {
        let subject = count(not_exercised.len(), "probe");
        sections.push(title("Not exercised", &subject, style) + &by_reason(not_exercised, style));
    }
    if !withheld.is_empty() {
        let subject = format!("{}, for the target's safety", count(withheld.len(), "fault"));
        sections.push(title("Withheld", &subject, style) + &by_reason(withheld, style));
    }
    if !closing.precedence.is_empty() {
        sections.push(precedence(&closing.precedence, style));
    }
    if !closing.inactive.is_empty() {
        let lines: String = closing
            .inactive
            .iter()
            .map(|inactive| hanging("  • ", &format!("{}: {}", inactive.what, inactive.why), style))
            .collect();
        let subject = count(closing.inactive.len(), "promise");
        sections.push(title("Not put to the test", &subject, style) + &lines);
    }
    let load = load::lines(&closing.load);
    if !load.is_empty() {
        let lines: String = load.iter().map(|line| hanging("  • ", line, style)).collect();
        sections.push(title("Load", "what the target could take", style) + &lines);
    }
    if !closing.catalogue.is_empty() {
        sections.push(catalogue(&closing.catalogue, style));
    }
    if !closing.reasons.is_empty() {
        let mut lines: String =
            closing.reasons.iter().take(MAX_REASONS).map(|reason| hanging("  • ", reason, style)).collect();
        if closing.reasons.len() > MAX_REASONS {
            let more = count(closing.reasons.len() - MAX_REASONS, "more reason");
            lines += &hanging("  • ", &format!("{more} in the JSON report"), style);
        }
        sections.push(title("Not judged", "", style) + &lines);
    }
    for gates in closing.gates.chunk_by(|a, b| a.gate == b.gate) {
        let lines: String = gates.iter().map(|gate| hanging("  • ", &gate.message, style)).collect();
        let name: String = gates[0]
            .gate
            .word()
            .chars()
            .take(1)
            .flat_map(char::to_uppercase)
            .chain(gates[0].gate.word().chars().skip(1))
            .collect();
        sections.push(title(&name, "", style) + &lines);
    }
    sections.push(verdict(opening, closing, style));
    sections.join("\n")
}

/// A drift that is waived or old, on a line.
fn accepted_line(drift: &Drift) -> String {
    let waived = drift.finding.waived.as_ref();
    let by = waived.map_or_else(|| "old: the baseline has it".to_owned(), |waived| format!("waived {waived}"));
    format!("{} · {by}", headline::line(drift))
}

/// Notes, a line a rule where there are many of it.
fn by_rule(notes: &[&Drift], style: &Style) -> String {
    let mut rules: BTreeMap<&str, Vec<&Drift>> = BTreeMap::new();
    for note in notes {
        rules.entry(note.rule.id).or_default().push(note);
    }
    let told = |notes: Vec<&Drift>| match notes.as_slice() {
        [first, rest @ ..] if rest.len() >= MAX_NOTES && !style.verbose => {
            let rest = format!("  and {} of this rule: --verbose tells them\n", count(rest.len(), "more note"));
            drift::note(first, style) + &rest
        }
        notes => notes.iter().map(|note| drift::note(note, style)).collect(),
    };
    rules.into_values().map(told).collect()
}

/// The most notes of one rule that are reported each.
const MAX_NOTES: usize = 3;

/// What may have changed the target: nothing matters more to whoever owns it.
fn changed(requests: &[MayHaveChanged], style: &Style) -> String {
    let head = changed::headline(requests);
    let lines: String = changed::lines(requests).iter().map(|line| hanging("  • ", line, style)).collect();
    format!("{}\n{lines}", style.paint(Ink::Red, &printable(&head, MAX_TEXT)))
}

fn title(name: &str, remark: &str, style: &Style) -> String {
    let separator = if remark.is_empty() { "" } else { " · " };
    format!("{}{separator}{remark}\n", style.paint(Ink::Bold, name))
}

/// Which run it was.
fn run(opening: &Opening, style: &Style) -> String {
    let mut parts = vec![opening.target.clone(), opening.suites.join(", "), opening.started_at.clone()];
    if opening.strict {
        parts.push("strict: warnings fail".to_owned());
    }
    if opening.insecure {
        parts.push("insecure: the certificate was not verified".to_owned());
    }
    parts.retain(|part| !part.is_empty());
    format!("{}\n", style.paint(Ink::Dim, &format!("Target {}", printable(&parts.join(" · "), MAX_TEXT))))
}

/// Text after an indent that its further lines keep.
fn hanging(indent: &str, text: &str, style: &Style) -> String {
    let (lead, width) = (" ".repeat(indent.chars().count()), indent.chars().count());
    let lines = wrapped(&printable(text, MAX_TEXT), style.room(width));
    let line = |(index, part): (usize, &String)| format!("{}{part}\n", if index == 0 { indent } else { &lead });
    lines.iter().enumerate().map(line).collect()
}

/// The reasons, the most frequent first, each with its number and some examples.
fn by_reason(entries: &[NotExercised], style: &Style) -> String {
    let mut reasons: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for entry in entries {
        reasons.entry(&entry.reason).or_default().push(&entry.probe);
    }
    let mut reasons: Vec<_> = reasons.into_iter().collect();
    reasons.sort_by_key(|(_, probes)| std::cmp::Reverse(probes.len()));
    let width = reasons.first().map_or(0, |(_, probes)| number(probes.len()).len());
    let mut text = String::new();
    for (reason, probes) in reasons {
        text.push_str(&hanging(&format!("  {:>width$}  ", number(probes.len())), reason, style));
        let indent = format!("  {:width$}  ", "");
        let shown: Vec<_> = probes.iter().take(MAX_EXAMPLES).copied().collect();
        let rest = if probes.len() > MAX_EXAMPLES { ", …" } else { "" };
        let shown = printable(&format!("{}{rest}", shown.join(", ")), style.room(indent.len()));
        let _ = writeln!(text, "{indent}{}", style.paint(Ink::Dim, &shown));
    }
    text
}

/// Which of two mistakes was answered, by suite and pair, with the operations that answered another one.
fn precedence(pairs: &[Precedence], style: &Style) -> String {
    type Operations<'p> = BTreeMap<&'p str, Vec<&'p str>>;
    let mut groups: BTreeMap<(&str, [Cause; 2]), Operations<'_>> = BTreeMap::new();
    for pair in pairs {
        let answered = pair.answered.map_or(if pair.fits_both { "either" } else { "neither" }, Cause::word);
        let group = groups.entry((&pair.suite, pair.causes)).or_default();
        group.entry(answered).or_default().push(&pair.operation);
    }
    let mut text = title("Precedence", "of two mistakes at once, which is answered", style);
    for ((suite, [first, second]), answers) in groups {
        let mut answers: Vec<_> = answers.into_iter().collect();
        answers.sort_by_key(|(_, operations)| std::cmp::Reverse(operations.len()));
        let told = answers.iter().enumerate().map(|(index, (answered, operations))| {
            // Most operations agree; the others are named.
            let some = operations.iter().take(MAX_EXAMPLES).copied().collect::<Vec<_>>().join(", ");
            let rest = if operations.len() > MAX_EXAMPLES { ", …" } else { "" };
            let named = if index == 0 { String::new() } else { format!(" ({some}{rest})") };
            format!("{answered} at {}{named}", count(operations.len(), "operation"))
        });
        let told = told.collect::<Vec<_>>().join("; ");
        text.push_str(&hanging("  • ", &format!("{suite}: {first} and {second}: {told}"), style));
    }
    text
}

/// The codes of each contract, and how often they came.
fn catalogue(all: &[CodeCoverage], style: &Style) -> String {
    let mut text = String::new();
    let written = |code: &CodeCoverage| printable(&codes::written(&code.code), MAX_NAME);
    let name = |code: &CodeCoverage| printable(&codes::name(code), MAX_NAME);
    for contract in all.chunk_by(|a, b| a.contract == b.contract) {
        let came = contract.iter().filter(|code| code.exercised > 0).count();
        let remark = format!("{}: {came} of {} came", contract[0].contract, count(contract.len(), "code"));
        text.push_str(&title("Catalogue", &printable(&remark, MAX_TEXT), style));
        let longest = |length: &dyn Fn(&CodeCoverage) -> usize| contract.iter().map(length).max().unwrap_or(0);
        let code_width = longest(&|code| written(code).chars().count());
        let name_width = longest(&|code| name(code).chars().count());
        let count_width = longest(&|code| number(code.exercised).len());
        for code in contract {
            let (written, name) = (written(code), name(code));
            let written = if code.code.is_string() {
                format!("{written:<code_width$}")
            } else {
                format!("{written:>code_width$}")
            };
            let came = match (code.exercised, code.provoked) {
                (0, true) => format!("{:>count_width$}  not exercised", "–"),
                (0, false) => format!("{:>count_width$}  not exercised (no client can provoke it)", "–"),
                (times, _) => format!("{:>count_width$}", number(times)),
            };
            let row = format!("  {written}  {name:<name_width$}  {came}");
            let row = if code.exercised == 0 { style.paint(Ink::Dim, &row) } else { row };
            let _ = writeln!(text, "{row}");
            for message in &code.messages {
                let name = printable(&message.message, MAX_MESSAGE);
                let came = if message.exercised == 0 { "not exercised".to_owned() } else { number(message.exercised) };
                let row = format!("  {:code_width$}    «{name}»  {came}", "");
                let row = if message.exercised == 0 { style.paint(Ink::Dim, &row) } else { row };
                let _ = writeln!(text, "{row}");
            }
        }
    }
    text
}

/// The last line.
#[must_use]
pub fn verdict(opening: &Opening, closing: &Closing, style: &Style) -> String {
    let numbers = &closing.summary;
    let sent = count(numbers.probes.saturating_sub(numbers.not_exercised), "probe");
    let drifts = drifts(&closing.drifts);
    let (word, ink) = match closing.verdict {
        Verdict::Pass => ("PASS", Ink::Green),
        Verdict::Waived => ("WAIVED", Ink::Green),
        Verdict::Fail => ("FAIL", Ink::Red),
        Verdict::Inconclusive | Verdict::Error => ("NOT JUDGED", Ink::Yellow),
    };
    let mut parts = match closing.verdict {
        Verdict::Pass | Verdict::Waived => vec![format!("{sent}, {drifts}")],
        Verdict::Fail => {
            let unjudged =
                closing.reasons.telling().map(|reason| format!("not all was judged: {}", printable(reason, MAX_TEXT)));
            [format!("{drifts} in {sent}")].into_iter().chain(unjudged).collect()
        }
        Verdict::Inconclusive | Verdict::Error => {
            let others = closing.reasons.len().saturating_sub(1);
            let others = (others > 0).then(|| format!(" (and {})", count(others, "more reason")));
            let why = closing.reasons.telling().map_or_else(
                || "not every probe could be judged".to_owned(),
                |reason| printable(reason, MAX_TEXT) + &others.unwrap_or_default(),
            );
            let seen = if closing.drifts.is_empty() { "" } else { " seen all the same" };
            vec![why, format!("{sent}, {drifts}{seen}")]
        }
    };
    let rest =
        [(numbers.waived, "waived"), (numbers.inconclusive, "inconclusive"), (numbers.not_exercised, "not exercised")];
    parts.extend(rest.iter().filter(|(value, _)| *value > 0).map(|(value, word)| format!("{} {word}", number(*value))));
    if closing.connection_failures > 0 {
        parts.push(format!("{} made again", count(closing.connection_failures, "lost connection")));
    }
    match closing.load.rate_limited {
        0 => {}
        1 => parts.push("1 rate-limited reply".to_owned()),
        replies => parts.push(format!("{} rate-limited replies", number(replies))),
    }
    let mut failing: Vec<_> = closing.gates.iter().filter(|gate| gate.fails).map(|gate| gate.gate.word()).collect();
    failing.dedup();
    parts.extend(
        failing.iter().map(|gate| format!("the {gate} {}", if gate.ends_with('s') { "fail" } else { "fails" })),
    );
    if opening.strict && closing.verdict == Verdict::Fail && numbers.errors == 0 && failing.is_empty() {
        parts.push("warnings fail under --strict".to_owned());
    }
    parts.push(format!("exit {}", closing.exit_code));
    format!("errdrift: {}: {}\n", style.paint(ink, word), parts.join("; "))
}

/// The number of drifts, and how many of them are of which severity.
fn drifts(drifts: &[Drift]) -> String {
    if drifts.is_empty() {
        return "no drift".to_owned();
    }
    let (accepted, standing): (Vec<_>, Vec<_>) = drifts.iter().partition(|drift| drift.is_accepted());
    let of = |severity: Severity| match standing.iter().filter(|drift| drift.gravest() == severity).count() {
        0 => None,
        found => Some(count(found, severity.word())),
    };
    let severities = [Severity::Error, Severity::Warning, Severity::Note].into_iter().filter_map(of);
    let (waived, old): (Vec<_>, Vec<_>) = accepted.into_iter().partition(|drift| drift.waived > 0);
    let accepted = [(waived.len(), "waived"), (old.len(), "old")].into_iter().filter(|(found, _)| *found > 0);
    let accepted = accepted.map(|(found, word)| format!("{} {word}", number(found)));
    let severities: Vec<_> = severities.chain(accepted).collect();
    format!("{} ({})", count(drifts.len(), "drift"), severities.join(", "))
}
