//! The report as Markdown, for the summary of a CI job or a comment on a pull request: the verdict, a table of the drifts,
//! the first few in full, and what was not exercised.
//!
//! Whatever is not our own word stands in a code span or a fence. Nothing in these is markup, a link or a mention, and each
//! has a longer delimiter than any run of backticks inside. It does not know the results, only what the tally remembers.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::count::{count, number};
use super::headline;
use super::human::verdict;
use super::style::Style;
use crate::model::layer::Layer;
use crate::model::printable::{hides, printable};
use crate::report::{Closing, Drift, MayHaveChanged, NotExercised, Opening, changed};

/// GitHub refuses a comment of more than 65,536 characters; this is in bytes, of which a character has at least one.
pub const MAX_LENGTH: usize = 60_000;
/// The room up to the end of the table, and up to the end of what is reported in full; the rest is for what was not exercised.
const MAX_TABLE: usize = 30_000;
const MAX_DETAILS: usize = 50_000;
/// The most drifts that are reported in full.
const MAX_DRIFTS: usize = 10;
/// For the lines that say what was left out.
const RESERVED: usize = 200;
/// The most reasons that are reported.
const MAX_REASONS: usize = 10;
/// The room of a table's cell, of a value and of a command.
const MAX_CELL: usize = 80;
const MAX_VALUE: usize = 300;
const MAX_COMMAND: usize = 2_000;

/// The document.
pub(super) fn document(opening: &Opening, closing: &Closing) -> String {
    let mut text = head(opening, closing);
    text.push_str(&may_have_changed(&closing.may_have_changed));
    if let Some(first) = headline::headline(closing).filter(|_| closing.reasons.is_empty()) {
        let _ = writeln!(text, "\n{}", code(&first, MAX_VALUE * 2));
    }
    text.push_str(&reasons(&closing.reasons));
    text.push_str(&table(closing, MAX_TABLE.saturating_sub(text.len())));
    let drifts = &closing.drifts;
    let told = drifts.iter().take(MAX_DRIFTS).take_while(|drift| push(&mut text, &details(drift), MAX_DETAILS)).count();
    if told > 0 && told < drifts.len() {
        let rest = count(drifts.len() - told, "more drift");
        let _ = writeln!(text, "\nThe first {} in full; {rest} in the JSON report.", number(told));
    }
    let rest = [
        ("Not exercised", "probe", &closing.not_exercised),
        ("Withheld for the target's safety", "fault", &closing.withheld),
    ];
    for (title, noun, entries) in rest.into_iter().filter(|(.., entries)| !entries.is_empty()) {
        let title = format!("\n{title}: {}", count(entries.len(), noun));
        if !push(&mut text, &format!("{title}\n\n{}", by_reason(noun, entries)), MAX_LENGTH - RESERVED) {
            let _ = writeln!(text, "{title}; see the JSON report.");
        }
    }
    text
}

/// Adds the section if the text has no more than so many bytes with it; says whether it has.
fn push(text: &mut String, section: &str, limit: usize) -> bool {
    let fits = text.len() + section.len() <= limit;
    if fits {
        text.push_str(section);
    }
    fits
}

/// The text on one line in a code span, in which nothing is markup. A table takes it, too.
#[must_use]
pub fn code(text: &str, limit: usize) -> String {
    if text.is_empty() {
        return "(nothing)".to_owned();
    }
    // A table ends its cells before it looks for code, and its parsers disagree on `\\|`.
    let text = printable(text, limit).replace('|', "\\u{7c}");
    let delimiter = "`".repeat(longest_run(&text) + 1);
    let touches = |c: Option<char>| c.is_none_or(|c| c == '`' || c == ' ');
    let gap = if touches(text.chars().next()) || touches(text.chars().last()) { " " } else { "" };
    format!("{delimiter}{gap}{text}{gap}{delimiter}")
}

/// The length of the longest run of backticks.
fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

/// The verdict, in the words of the summary's last line.
fn head(opening: &Opening, closing: &Closing) -> String {
    let line = verdict(opening, closing, &Style::default());
    let line = line.trim_end().strip_prefix("errdrift: ").unwrap_or(&line);
    let (word, numbers) = line.split_once(": ").unwrap_or((line, ""));
    let mut about = vec![code(&opening.target, MAX_VALUE), code(&opening.suites.join(", "), MAX_VALUE)];
    about.push(code(&opening.started_at, MAX_VALUE));
    if opening.strict {
        about.push("strict: warnings fail".to_owned());
    }
    if opening.insecure {
        about.push("insecure: the certificate was not verified".to_owned());
    }
    format!("**errdrift: {word}**: {}\n\nTarget {}\n", code(numbers, MAX_VALUE * 2), about.join(" · "))
}

fn table(closing: &Closing, room: usize) -> String {
    if closing.drifts.is_empty() {
        return String::new();
    }
    let mut text = "\n| severity | rule | where | probes | example |\n|---|---|---|---:|---|\n".to_owned();
    for (index, drift) in closing.drifts.iter().enumerate() {
        let row = format!(
            "| {} | {} | {}, {} | {} | {} |\n",
            drift.severity.word(),
            code(drift.rule.id, MAX_CELL),
            code(&drift.finding.at, MAX_CELL),
            layer(drift),
            number(drift.count),
            code(&drift.example.probe, MAX_CELL),
        );
        if text.len() + row.len() > room {
            let rest = count(closing.drifts.len() - index, "more drift");
            let _ = writeln!(text, "\n… and {rest} in the JSON report.");
            break;
        }
        text.push_str(&row);
    }
    text
}

/// Who probably wrote the replies.
fn layer(drift: &Drift) -> String {
    let layer = drift.layer.map_or("no reply", Layer::word);
    drift.answered_by.as_ref().map_or_else(|| layer.to_owned(), |product| format!("{layer} ({product})"))
}

/// The most drifts that are named of those that follow.
const MAX_CONSEQUENCES: usize = 10;

fn details(drift: &Drift) -> String {
    let probes = count(drift.count, "probe");
    let operations = count(drift.operations, "operation");
    let mut text = format!(
        "\n<details><summary>{} <code>{}</code>: {probes} of {operations}</summary>\n\n",
        drift.severity.word(),
        drift.rule,
    );
    let mut item = |label: &str, value: &str| {
        let _ = writeln!(text, "* {label}: {value}");
    };
    item("at", &code(&drift.finding.at, MAX_VALUE));
    item("expected", &code(&drift.finding.expected, MAX_VALUE));
    item("actual", &code(&drift.finding.actual, MAX_VALUE));
    item("source", &code(&drift.finding.source, MAX_VALUE));
    if let Some(remedy) = &drift.remedy {
        item("remedy", &code(remedy, MAX_VALUE));
    }
    for line in headline::consequences(drift, MAX_CONSEQUENCES) {
        item("follows", &code(&line, MAX_VALUE));
    }
    item("signature", &code(&drift.signature, MAX_VALUE));
    let example = &drift.example;
    match (&example.reply, &example.silence) {
        (Some(reply), _) => item("reply", &format!("{}, {}", reply.status, code(&reply.body, MAX_VALUE))),
        (None, silence) => {
            item("reply", &format!("none, {}", code(silence.as_deref().unwrap_or("nothing came"), MAX_VALUE)));
        }
    }
    let command = example.request.as_ref().map_or("", |request| &request.command);
    // Made printable it would be another command; but ours hold nothing that hides.
    if command.chars().count() <= MAX_COMMAND && !command.contains(hides) {
        let fence = "`".repeat(longest_run(command).max(2) + 1);
        let _ = write!(text, "\n{fence}sh\n{command}\n{fence}\n");
    } else {
        let length = count(command.chars().count(), "character");
        let _ = writeln!(text, "* request: its command has {length}: see the JSON report");
    }
    text + "\n</details>\n"
}

/// The reasons, the most frequent first, each with its number and an example.
fn by_reason(noun: &str, entries: &[NotExercised]) -> String {
    let mut reasons: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for entry in entries {
        reasons.entry(&entry.reason).or_default().push(&entry.probe);
    }
    let mut reasons: Vec<_> = reasons.into_iter().collect();
    reasons.sort_by_key(|(_, probes)| std::cmp::Reverse(probes.len()));
    let mut text = format!("| {noun}s | reason | example |\n|---:|---|---|\n");
    for (reason, probes) in reasons.iter().take(MAX_REASONS) {
        let _ = writeln!(
            text,
            "| {} | {} | {} |",
            number(probes.len()),
            code(reason, MAX_CELL * 2),
            code(probes[0], MAX_CELL)
        );
    }
    if reasons.len() > MAX_REASONS {
        let _ = writeln!(text, "\n… and {} in the JSON report.", count(reasons.len() - MAX_REASONS, "more reason"));
    }
    text
}

/// Why the run could not be judged.
/// What may have changed the target.
fn may_have_changed(requests: &[MayHaveChanged]) -> String {
    if requests.is_empty() {
        return String::new();
    }
    let lines: String =
        changed::lines(requests).iter().map(|line| format!("* {}\n", code(line, MAX_VALUE * 2))).collect();
    format!("\n**{}**:\n\n{lines}", changed::headline(requests))
}

fn reasons(reasons: &[String]) -> String {
    if reasons.is_empty() {
        return String::new();
    }
    let mut text = "\nNot judged:\n\n".to_owned();
    for reason in reasons.iter().take(MAX_REASONS) {
        let _ = writeln!(text, "* {}", code(reason, MAX_VALUE));
    }
    if reasons.len() > MAX_REASONS {
        let _ = writeln!(text, "* and {} in the JSON report", count(reasons.len() - MAX_REASONS, "more reason"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_span_is_longer_than_what_it_holds() {
        assert_eq!(code("plain", 100), "`plain`");
        assert_eq!(code("a`b", 100), "``a`b``");
        assert_eq!(code("```", 100), "```` ``` ````");
        assert_eq!(code(" a", 100), "`  a `");
        assert_eq!(code("a|b\\|c", 100), "`a\\u{7c}b\\\\u{7c}c`");
        assert_eq!(code("", 100), "(nothing)");
    }
}
