//! What the run did not do, by reason: probes that were not sent, faults that were withheld, promises that were not tested.

use std::collections::BTreeMap;

use super::markup::Html;
use crate::render::count::{count, number};
use crate::report::{Closing, NotExercised};

/// As many examples of a reason are named.
const MAX_EXAMPLES: usize = 200;

/// The section, unless there is nothing to tell.
pub(super) fn omitted(closing: &Closing) -> Option<Html> {
    let Closing { not_exercised, withheld, inactive, .. } = closing;
    if not_exercised.is_empty() && withheld.is_empty() && inactive.is_empty() {
        return None;
    }
    let mut html = Html::default();
    html.element("section", &[("id", "omitted"), ("aria-labelledby", "omitted-title")], |html| {
        html.fixed("<h2 id=\"omitted-title\">Not tested</h2>");
        if !not_exercised.is_empty() {
            html.line("h3", &[], &format!("Not exercised: {}", count(not_exercised.len(), "probe")));
            by_reason(html, not_exercised);
        }
        if !withheld.is_empty() {
            html.line("h3", &[], &format!("Withheld for the target's safety: {}", count(withheld.len(), "fault")));
            by_reason(html, withheld);
        }
        if !inactive.is_empty() {
            html.line("h3", &[], &format!("Inactive in this run: {}", count(inactive.len(), "promise")));
            html.element("dl", &[("class", "inactive")], |html| {
                for entry in inactive {
                    html.line("dt", &[], &entry.what);
                    html.line("dd", &[], &entry.why);
                }
            });
        }
    });
    Some(html)
}

/// The reasons, the most frequent first, each followed by its probes.
fn by_reason(html: &mut Html, entries: &[NotExercised]) {
    let mut reasons: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for entry in entries {
        reasons.entry(&entry.reason).or_default().push(&entry.probe);
    }
    let mut reasons: Vec<_> = reasons.into_iter().collect();
    reasons.sort_by_key(|(_, probes)| std::cmp::Reverse(probes.len()));
    for (reason, probes) in reasons {
        html.element("details", &[], |html| {
            html.element("summary", &[], |html| {
                html.line("b", &[], &number(probes.len()));
                html.fixed(" ");
                html.text(reason);
            });
            html.element("ul", &[("class", "inside probes")], |html| {
                for probe in probes.iter().take(MAX_EXAMPLES) {
                    html.line("li", &[], probe);
                }
                if probes.len() > MAX_EXAMPLES {
                    let more = number(probes.len() - MAX_EXAMPLES);
                    html.line("li", &[], &format!("… and {more} more: see the JSON report"));
                }
            });
        });
    }
}
