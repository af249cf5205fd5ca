//! One drift for people: what was promised, what came, the request that shows it and the reply to that.
//!
//! Everything from the target is made printable, and every line of a reply stands after a bar, so that none begins a
//! line of the output: CI systems take `::error::` at its beginning for a command.

use super::count::{count, number};
use super::headline;
use super::style::{Ink, Style};
use crate::model::layer::Layer;
use crate::model::place::Place;
use crate::model::printable::{printable, wrapped};
use crate::report::{Drift, ProbeResult};

/// Where values begin, after their labels.
const INDENT: usize = 13;
/// As many probes are named.
const MAX_PROBES: usize = 3;
/// The most drifts that are named of those that follow.
const MAX_CONSEQUENCES: usize = 5;
/// The most lines of a body that are shown.
const MAX_LINES: usize = 8;
/// A longer value or command is not for reading.
const MAX_VALUE: usize = 1_000;
const MAX_COMMAND: usize = 4_000;

/// The header fields that say who answered, or what a rule is about.
const TELLING: [&str; 9] = [
    "content-type",
    "content-encoding",
    "allow",
    "location",
    "www-authenticate",
    "retry-after",
    "server",
    "via",
    "x-powered-by",
];

/// The drift on several lines, each with its line feed.
pub fn block(drift: &Drift, style: &Style) -> String {
    let finding = &drift.finding;
    let severity = style.paint(Ink::of(drift.severity), drift.severity.word());
    let rule = style.paint(Ink::Bold, drift.rule.id);
    let mut text = format!("{severity} {rule} · {} · {} · {}\n", extent(drift), layer(drift), cause(drift));
    let mut field = |label: &str, value: &str| text.push_str(&labelled(label, value, style));
    field("expected", &finding.expected);
    field("actual", &finding.actual);
    field("at", &finding.at);
    if drift.places > 1 {
        field("places", &format!("{} such places", number(drift.places)));
    }
    if drift.statuses.len() > 1 {
        let statuses: Vec<_> = drift.statuses.iter().map(u16::to_string).collect();
        field("statuses", &statuses.join(", "));
    }
    field("source", &finding.source);
    if let Some(remedy) = &drift.remedy {
        field("remedy", remedy);
    }
    if let Some(waived) = &finding.waived {
        field("waived", &waived.to_string());
    } else if drift.waived > 0 {
        field("waived", &format!("{} of these probes", number(drift.waived)));
    }
    if drift.old > 0 {
        field("old", &format!("{} of these probes showed it in the baseline", number(drift.old)));
    }
    let named = drift.probes.iter().take(MAX_PROBES).map(|probe| printable(probe, MAX_VALUE));
    let more = drift.probes.len().saturating_sub(MAX_PROBES);
    let more = (more > 0).then(|| format!("… and {} more", number(more)));
    for (index, probe) in named.chain(more).enumerate() {
        text.push_str(&line(if index == 0 { "probes" } else { "" }, &probe, style));
    }
    for (index, follows) in headline::consequences(drift, MAX_CONSEQUENCES).iter().enumerate() {
        text.push_str(&line(if index == 0 { "follows" } else { "" }, follows, style));
    }
    // On one line, however long: it is for copying into a waiver.
    text.push_str(&line("signature", &printable(&drift.signature, MAX_VALUE), style));
    let command = drift.example.request.as_ref().map_or("", |request| &request.command);
    // Made printable it would be another command; but ours hold nothing that hides.
    if command.chars().count() <= MAX_COMMAND && !command.contains(crate::model::printable::hides) {
        text.push_str(&line("request", command, style));
    } else {
        let length = count(command.chars().count(), "character");
        text.push_str(&labelled("request", &format!("its command has {length}: see the JSON report"), style));
    }
    text + &reply(&drift.example, &finding.at, style)
}

/// The drift on one line.
pub(super) fn note(drift: &Drift, style: &Style) -> String {
    let severity = drift.severity.word();
    let (at, actual) = (&drift.finding.at, &drift.finding.actual);
    let text = format!("{} · {} · {} · {at}: {actual}", drift.rule, extent(drift), layer(drift));
    let text = printable(&text, style.room(2 + severity.len() + 1));
    format!("  {} {text}\n", style.paint(Ink::of(drift.severity), severity))
}

fn extent(drift: &Drift) -> String {
    let extent = headline::extent(drift);
    match drift.repeats {
        Some(repeats) if repeats.is_intermittent() => {
            format!("{extent} · intermittent: {} of {} identical requests", number(repeats.shown), number(repeats.sent))
        }
        Some(repeats) => format!("{extent} · confirmed by {}", count(repeats.sent, "repeat")),
        None => extent,
    }
}

/// Who probably wrote the replies.
fn layer(drift: &Drift) -> String {
    let layer = drift.layer.map_or("no reply", Layer::word);
    drift.answered_by.as_ref().map_or_else(|| layer.to_owned(), |product| format!("{layer} ({product})"))
}

fn cause(drift: &Drift) -> &str {
    if drift.cause == "*" { "whatever the cause" } else { &drift.cause }
}

fn line(label: &str, value: &str, style: &Style) -> String {
    let gap = " ".repeat((INDENT - 2).saturating_sub(label.chars().count()));
    format!("  {}{gap}{value}\n", style.paint(Ink::Dim, label))
}

/// A value that may need several lines.
fn labelled(label: &str, value: &str, style: &Style) -> String {
    let value = printable(value, MAX_VALUE);
    let lines = wrapped(if value.is_empty() { "(nothing)" } else { &value }, style.room(INDENT));
    lines.iter().enumerate().map(|(index, part)| line(if index == 0 { label } else { "" }, part, style)).collect()
}

/// What came back, or that nothing did.
fn reply(example: &ProbeResult, at: &Place, style: &Style) -> String {
    let Some(reply) = &example.reply else {
        let silence = example.silence.as_deref().unwrap_or("nothing came");
        return labelled("reply", &format!("none, {silence}"), style);
    };
    let length = if reply.body_bytes == 0 { "no body".to_owned() } else { count(reply.body_bytes, "byte") };
    let mut text = line("reply", &format!("{}, {length}, {:.1} ms", reply.status, example.duration_ms), style);
    let room = style.room(INDENT + 2);
    let subject = at.field().unwrap_or_default();
    let telling = |name: &str| TELLING.iter().chain([&subject]).any(|telling| name.eq_ignore_ascii_case(telling));
    for (name, value) in reply.headers.iter().filter(|(name, _)| telling(name)) {
        text.push_str(&barred(&printable(&format!("{name}: {value}"), room)));
    }
    let (rows, complete) = rows(&reply.body, room);
    if !rows.is_empty() && reply.headers.iter().any(|(name, _)| telling(name)) {
        text.push_str(&barred(""));
    }
    text.extend(rows.iter().map(|row| barred(row)));
    if !complete {
        text.push_str(&line("", "… more in the JSON report", style));
    }
    text
}

/// A line from the target.
fn barred(row: &str) -> String {
    format!("{:INDENT$}{}\n", "", format!("│ {row}").trim_end())
}

/// The first lines of a body, broken to the width, and whether that is all of it.
fn rows(body: &str, width: usize) -> (Vec<String>, bool) {
    let mut rows = Vec::new();
    for line in body.lines() {
        let room = width * MAX_LINES.saturating_sub(rows.len());
        if room == 0 {
            return (rows, false);
        }
        let line: Vec<char> = printable(line, room).chars().collect();
        rows.extend(line.chunks(width).map(|row| row.iter().collect::<String>()));
        if line.is_empty() {
            rows.push(String::new());
        }
        if line.len() == room && line.last() == Some(&'…') {
            return (rows, false);
        }
    }
    (rows, true)
}
