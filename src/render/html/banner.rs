//! The outcome of a run, at a glance: the verdict, the numbers, and why it could not be judged.

use super::markup::Html;
use crate::model::verdict::Verdict;
use crate::render::count::{count, number};
use crate::render::headline::headline;
use crate::render::load;
use crate::report::{Closing, MayHaveChanged, Opening, Summary, changed};

/// The verdict in a word, and its class.
pub(super) fn word(verdict: Verdict) -> (&'static str, &'static str) {
    match verdict {
        Verdict::Pass => ("PASS", "pass"),
        Verdict::Waived => ("WAIVED", "waived"),
        Verdict::Fail => ("FAIL", "fail"),
        Verdict::Inconclusive | Verdict::Error => ("NOT JUDGED", "inconclusive"),
    }
}

/// The first thing of the page.
pub(super) fn banner(opening: &Opening, closing: &Closing) -> Html {
    let mut html = Html::default();
    let (word, class) = word(closing.verdict);
    let attributes = [("id", "verdict"), ("class", &*format!("verdict {class}")), ("aria-labelledby", "verdict-title")];
    html.element("section", &attributes, |html| {
        html.element("h1", &[("id", "verdict-title")], |html| {
            html.line("strong", &[], word);
            html.fixed(" ");
            html.line("span", &[], &said(closing));
        });
        if !closing.may_have_changed.is_empty() {
            may_have_changed(html, &closing.may_have_changed);
        }
        if let Some(first) = headline(closing).filter(|_| closing.reasons.is_empty()) {
            html.line("p", &[("class", "headline")], &first);
        }
        html.element("dl", &[("class", "facts")], |html| facts(html, opening, closing));
        for reason in closing.reasons.iter() {
            html.line("p", &[("class", "reason")], &format!("Not judged: {reason}"));
        }
        if let Some(interrupted) = &closing.interrupted {
            html.line("p", &[("class", "reason")], &format!("Interrupted: {interrupted}"));
        }
        bar(html, &closing.summary);
        html.element("dl", &[("class", "numbers")], |html| numbers(html, &closing.summary));
    });
    html
}

/// What may have changed the target, before anything else that was found.
fn may_have_changed(html: &mut Html, requests: &[MayHaveChanged]) {
    html.line("p", &[("class", "reason")], &changed::headline(requests));
    html.element("ul", &[("class", "reason")], |html| {
        for line in changed::lines(requests) {
            html.line("li", &[], &line);
        }
    });
}

fn said(closing: &Closing) -> String {
    let Summary { probes, not_exercised, drifts, .. } = closing.summary;
    let sent = count(probes.saturating_sub(not_exercised), "probe");
    let drifts = if drifts == 0 { "no drift".to_owned() } else { count(drifts, "drift") };
    format!("{drifts} in {sent}")
}

fn facts(html: &mut Html, opening: &Opening, closing: &Closing) {
    let mut fact = |name: &str, value: &str| {
        html.element("div", &[], |html| {
            html.line("dt", &[], name);
            html.line("dd", &[], value);
        });
    };
    fact("Target", &opening.target);
    fact(if opening.suites.len() == 1 { "Suite" } else { "Suites" }, &opening.suites.join(", "));
    fact("Start", &opening.started_at);
    fact("Duration", &duration(closing.duration_ms));
    fact("Exit code", &closing.exit_code.to_string());
    if opening.strict {
        fact("Strict", "warnings fail");
    }
    if opening.insecure {
        fact("Insecure", "the certificate was not verified");
    }
    if closing.connection_failures > 0 {
        fact("Connections made again", &number(closing.connection_failures));
    }
    for line in load::lines(&closing.load) {
        fact("Load", &line);
    }
}

fn duration(milliseconds: u64) -> String {
    match milliseconds {
        0..1_000 => format!("{milliseconds} ms"),
        1_000..60_000 => format!("{}.{} s", milliseconds / 1_000, milliseconds % 1_000 / 100),
        _ => format!("{} min {} s", milliseconds / 60_000, milliseconds % 60_000 / 1_000),
    }
}

/// The verdicts, in the order in which they are shown.
fn verdicts(summary: &Summary) -> [(&'static str, &'static str, usize); 5] {
    [
        ("failed", "fail", summary.failed),
        ("passed", "pass", summary.passed),
        ("waived", "waived", summary.waived),
        ("inconclusive", "inconclusive", summary.inconclusive),
        ("not exercised", "unsent", summary.not_exercised),
    ]
}

/// The verdicts' shares as a picture of the numbers below it.
fn bar(html: &mut Html, summary: &Summary) {
    const BAR_WIDTH: usize = 1_000;
    if summary.probes == 0 {
        return;
    }
    let size = [("viewBox", "0 0 1000 10"), ("preserveAspectRatio", "none")];
    html.element("svg", &[size[0], size[1], ("class", "bar"), ("aria-hidden", "true")], |html| {
        let mut before = 0;
        for (_, class, share) in verdicts(summary) {
            let (from, to) = (before * BAR_WIDTH / summary.probes, (before + share) * BAR_WIDTH / summary.probes);
            before += share;
            if share > 0 {
                // A single failure of thousands is to be seen, too.
                let (x, width) = (from.to_string(), (to - from).max(2).to_string());
                html.element("rect", &[("class", class), ("x", &x), ("width", &width), ("height", "10")], |_| {});
            }
        }
    });
}

fn numbers(html: &mut Html, summary: &Summary) {
    let others = [
        ("errors", "error", summary.errors),
        ("warnings", "warning", summary.warnings),
        ("notes", "note", summary.notes),
    ];
    let all = [("probes", "", summary.probes)].into_iter().chain(verdicts(summary)).chain(others);
    for (name, class, value) in all {
        let class = if value == 0 { "none" } else { class };
        html.element("div", &[("class", class)], |html| {
            html.line("dt", &[], name);
            html.line("dd", &[], &number(value));
        });
    }
}
