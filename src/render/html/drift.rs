//! The drifts: of each what was promised, what came, how often, and the request that shows it.

use std::collections::BTreeMap;

use super::exchange::{author, both, chip, promise};
use super::markup::{Anchor, Html};
use crate::judge::finding::Repeats;
use crate::model::verdict::Severity;
use crate::render::count::{count, number};
use crate::render::headline;
use crate::report::Drift;

/// The most bytes of drifts that are shown.
const MAX_BYTES: usize = 512 * 1024;
/// The most drifts that are named of those that follow.
const MAX_CONSEQUENCES: usize = 60;
/// As many probes of a drift are named.
const MAX_PROBES: usize = 500;

/// The exchanges that are shown, by probe.
pub(super) type Shown = BTreeMap<String, usize>;

/// All drifts, in the order of the report.
pub(super) fn drifts(drifts: &[Drift], shown: &Shown) -> Html {
    let mut html = Html::default();
    html.element("section", &[("id", "drifts"), ("aria-labelledby", "drifts-title")], |html| {
        html.fixed("<h2 id=\"drifts-title\">Drifts</h2>");
        if drifts.is_empty() {
            html.fixed("<p>No promise was broken by what was judged.</p>");
        }
        for (index, drift) in drifts.iter().enumerate() {
            if html.len() > MAX_BYTES {
                let more = count(drifts.len() - index, "more drift");
                html.line("p", &[("class", "reason")], &format!("Too long for one page: {more}, in the JSON report."));
                break;
            }
            card(html, drift, shown);
        }
    });
    html
}

fn card(html: &mut Html, drift: &Drift, shown: &Shown) {
    let head = |html: &mut Html| {
        html.element("h3", &[], |html| {
            chip(html, drift.severity.word());
            html.text(drift.rule.id);
        });
        html.element("p", &[("class", "facts")], |html| facts(html, drift));
    };
    let class = format!("drift {}", drift.severity.word());
    html.element("article", &[("class", &class)], |html| {
        if drift.severity == Severity::Note {
            // What the document does not promise is there for who looks for it.
            html.element("details", &[], |html| {
                html.element("summary", &[], head);
                body(html, drift, shown);
            });
        } else {
            head(html);
            body(html, drift, shown);
        }
    });
}

fn body(html: &mut Html, drift: &Drift, shown: &Shown) {
    promise(html, &drift.finding);
    if let Some(remedy) = &drift.remedy {
        html.line("p", &[("class", "remedy")], &format!("Remedy: {remedy}"));
    }
    if let Some(repeats) = drift.repeats {
        repeated(html, repeats);
    }
    if !drift.consequences.is_empty() {
        html.element("details", &[], |html| {
            let follow = if drift.consequences.len() == 1 { "drift follows" } else { "drifts follow" };
            html.line("summary", &[], &format!("{} {follow} from it", number(drift.consequences.len())));
            html.element("ul", &[("class", "inside")], |html| {
                for line in headline::consequences(drift, MAX_CONSEQUENCES) {
                    html.line("li", &[], &line);
                }
            });
        });
    }
    html.element("p", &[("class", "signature")], |html| {
        html.fixed("Signature ");
        html.line("code", &[], &drift.signature);
    });
    html.element("details", &[("open", "")], |html| {
        html.element("summary", &[], |html| {
            html.fixed("Example: ");
            html.line("code", &[], &drift.example.probe);
        });
        html.element("div", &[("class", "inside")], |html| both(html, &drift.example));
    });
    html.element("details", &[], |html| {
        html.line("summary", &[], &count(drift.probes.len(), "probe"));
        html.element("ul", &[("class", "inside probes")], |html| {
            for probe in drift.probes.iter().take(MAX_PROBES) {
                html.element("li", &[], |html| link(html, probe, shown));
            }
            if drift.probes.len() > MAX_PROBES {
                let more = number(drift.probes.len() - MAX_PROBES);
                html.line("li", &[], &format!("… and {more} more: see the JSON report"));
            }
        });
    });
}

fn facts(html: &mut Html, drift: &Drift) {
    let cause = if drift.cause == "*" { "whatever the cause".to_owned() } else { format!("cause {}", drift.cause) };
    let mut facts = vec![
        format!("{} of {}", count(drift.count, "probe"), count(drift.operations, "operation")),
        author(drift.layer, drift.answered_by.as_deref()),
        cause,
    ];
    if !drift.statuses.is_empty() {
        let statuses: Vec<_> = drift.statuses.iter().map(u16::to_string).collect();
        facts.push(format!("status {}", statuses.join(", ")));
    }
    html.text(&facts.join(" · "));
    html.fixed(" · at ");
    let at = &drift.finding.at;
    html.line("code", &[], if at.is_empty() { "the whole body" } else { at });
}

fn repeated(html: &mut Html, repeats: Repeats) {
    let Repeats { sent, shown } = repeats;
    html.element("p", &[("class", "repeats")], |html| {
        if repeats.is_intermittent() {
            html.fixed("<strong>Intermittent:</strong> ");
        }
        html.text(&format!("sent again {}, it showed in {}.", count(sent, "time"), number(shown)));
    });
}

/// A probe, as a link where its exchange is in the page.
pub(super) fn link(html: &mut Html, probe: &str, shown: &Shown) {
    match shown.get(probe) {
        Some(number) => html.link(Anchor::Exchange(*number), &[], |html| html.text(probe)),
        None => html.text(probe),
    }
}
