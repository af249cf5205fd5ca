//! The form that narrows the list of exchanges. It is hidden until the page's script, which it needs, shows it.

use std::collections::BTreeSet;

use super::markup::Html;
use crate::model::cause::{CAUSES, Cause};

/// What can be chosen: words that exchanges of the page have.
#[derive(Debug, Default)]
pub(super) struct Choices {
    /// The verdicts.
    pub(super) verdicts: BTreeSet<&'static str>,
    /// The operations with their suites.
    pub(super) operations: BTreeSet<String>,
    /// The causes.
    pub(super) causes: BTreeSet<Cause>,
}

/// The form, each control with its label.
pub(super) fn form(choices: &Choices) -> Html {
    let mut html = Html::default();
    html.fixed(
        "<noscript><p class=\"remark\">Search and filters need JavaScript; everything else works without.</p></noscript>\
         <form id=\"filters\" role=\"search\" aria-label=\"Exchanges\" hidden>\
         <label for=\"search\">Search<input id=\"search\" type=\"search\" autocomplete=\"off\" spellcheck=\"false\" \
         placeholder=\"probe, rule, URL, reply …\"></label>",
    );
    let verdicts: Vec<_> = choices.verdicts.iter().map(|word| (*word, *word)).collect();
    select(&mut html, "Verdict", "verdict", &verdicts);
    let severities = [("error", "error"), ("warning", "warning"), ("note", "note"), ("none", "no finding")];
    select(&mut html, "Worst finding", "severity", &severities);
    let operations: Vec<_> = choices.operations.iter().map(|name| (name.as_str(), name.as_str())).collect();
    select(&mut html, "Operation", "operation", &operations);
    let causes = CAUSES.iter().filter(|(cause, ..)| choices.causes.contains(cause));
    let causes: Vec<_> = causes.map(|(_, word, _)| (*word, *word)).collect();
    select(&mut html, "Cause", "cause", &causes);
    html.fixed("<button type=\"reset\">Clear</button><output id=\"count\" aria-live=\"polite\"></output></form>");
    html
}

fn select(html: &mut Html, label: &'static str, name: &'static str, options: &[(&str, &str)]) {
    let id = format!("by-{name}");
    html.element("label", &[("for", &id)], |html| {
        html.fixed(label);
        html.element("select", &[("id", &id), ("data-by", name)], |html| {
            html.fixed("<option value=\"\">any</option>");
            for (value, text) in options {
                html.line("option", &[("value", value)], text);
            }
        });
    });
}
