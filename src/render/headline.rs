//! The first line of a report: one sentence that a person can send to the team.

use super::count::{count, number};
use crate::judge::{body, code, comparison, cors, delivery, fields};
use crate::model::printable::printable;
use crate::model::verdict::{Severity, Verdict};
use crate::report::{Closing, Drift};

/// The most drifts that the sentence says in words.
const MAX_SAID: usize = 2;
/// The longest text of one of them, in characters.
const MAX_LENGTH: usize = 200;
/// The longest reason, in characters.
const MAX_REASON: usize = 1_000;

/// What matters most about a run, in a sentence; `None` where nothing does.
#[must_use]
pub fn headline(closing: &Closing) -> Option<String> {
    if matches!(closing.verdict, Verdict::Inconclusive | Verdict::Error) {
        let reason = closing.reasons.telling()?;
        return Some(format!("Not judged: {}", printable(reason, MAX_REASON)));
    }
    let standing = |drift: &&Drift| !drift.is_accepted() && drift.severity > Severity::Note;
    let drifts: Vec<_> = closing.drifts.iter().filter(standing).collect();
    let said: Vec<_> = drifts.iter().take(MAX_SAID).map(|drift| phrase(drift)).collect();
    let more = drifts.len().saturating_sub(MAX_SAID);
    let more = (more > 0).then(|| format!("{} more", count(more, "drift")));
    let parts: Vec<_> = said.into_iter().chain(more).collect();
    (!parts.is_empty()).then(|| parts.join("; "))
}

/// The drift in a part of a sentence.
fn phrase(drift: &Drift) -> String {
    let name = drift.finding.at.rsplit('/').next().unwrap_or_default();
    let probes = extent(drift);
    let are = if drift.count == 1 { "is" } else { "are" };
    let rule = drift.rule;
    let class = &drift.finding.class;
    let text = if *rule == comparison::MEMBER_RENAMED {
        format!("`{name}` is called {}", drift.finding.actual)
    } else if *rule == body::FORMAT_FOREIGN {
        format!("{probes} {are} answered in another format, {}", drift.finding.actual)
    } else if *rule == body::BODY_NOT_JSON {
        let kind = match class.as_str() {
            "HTML" => "an HTML page",
            "XML" => "XML",
            "text" | "" => "text that is not JSON",
            product => &format!("a page of {product}"),
        };
        format!("{probes} {are} answered by {kind}")
    } else if *rule == delivery::PAGE_OF_ANOTHER_LAYER {
        format!("{probes} {are} answered by a page of {}", drift.finding.facet)
    } else if let Some(undocumented) = drift.undocumented() {
        format!("{undocumented} in {probes}")
    } else if *rule == code::CREDENTIALS_CHECKED_LATE {
        format!("credentials are looked at after other mistakes in {probes}")
    } else if *rule == fields::FIELDS_MIRROR_NOTHING && !class.is_empty() {
        format!("the mirrored fields are {class}, as {}, in {probes}", drift.finding.actual)
    } else if *rule == cors::PREFLIGHT_REFUSED {
        format!("what a browser asks first (a preflight) is refused in {probes}: {}", drift.finding.actual)
    } else if *rule == delivery::REQUEST_ACCEPTED {
        format!("{probes} that must be refused ({}) {are} accepted with {class}", drift.example.cause)
    } else {
        format!("{}: expected {}, got {} in {probes}", place(drift), drift.finding.expected, drift.finding.actual)
    };
    printable(&text, MAX_LENGTH)
}

/// A drift that follows from another one, or is accepted, on a line.
#[must_use]
pub fn line(drift: &Drift) -> String {
    let (severity, rule) = (drift.severity.word(), drift.rule);
    printable(
        &format!("{severity} {rule} · {} · {}: {}", extent(drift), place(drift), drift.finding.actual),
        MAX_LENGTH,
    )
}

/// The first of a drift's consequences, each on a line, and how many more there are.
#[must_use]
pub fn consequences(drift: &Drift, most: usize) -> Vec<String> {
    let mut lines: Vec<_> = drift.consequences.iter().take(most).map(line).collect();
    let more = drift.consequences.len().saturating_sub(most);
    lines.extend((more > 0).then(|| format!("… and {} more", number(more))));
    lines
}

fn place(drift: &Drift) -> &str {
    match &*drift.finding.at {
        "" => "the body",
        at => drift.finding.at.field().unwrap_or(at),
    }
}

/// How many probes show it, and of how many operations.
pub(super) fn extent(drift: &Drift) -> String {
    let probes = count(drift.count, "probe");
    if drift.count == 1 { probes } else { format!("{probes} of {}", count(drift.operations, "operation")) }
}
