//! What the run has judged, operation by operation and cause by cause, as a table to look at.
//!
//! Every operation has a row and every cause a column, so that a gap is as easy to see as a drift. No cell tells by its
//! colour alone: it has a mark and numbers, and a sentence for who hears the page.

use std::collections::BTreeMap;

use super::exchange::operation;
use super::markup::{Anchor, Html};
use crate::model::cause::{CAUSES, Cause};
use crate::model::verdict::Severity;
use crate::render::count::number;
use crate::report::{Closing, Coverage, Opening};

/// The first exchange that is shown of a suite's operation and a cause.
pub(super) type Firsts = BTreeMap<(String, Cause), usize>;

/// The outcome of a cell.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum State {
    NotPlanned,
    NotExercised,
    NotJudged,
    Otherwise,
    Error,
    Waived,
    Warning,
    Note,
    Passed,
}

impl State {
    /// All, with a class, a mark and words.
    const ALL: &'static [(Self, &'static str, &'static str, &'static str)] = &[
        (Self::Error, "error", "✕", "error"),
        (Self::Warning, "warning", "▲", "warning"),
        (Self::Note, "note", "•", "note"),
        (Self::Passed, "pass", "✓", "passed"),
        (Self::Waived, "waived", "≈", "waived"),
        (Self::Otherwise, "otherwise", "→", "another mistake was answered"),
        (Self::NotJudged, "inconclusive", "?", "not judged"),
        (Self::NotExercised, "unsent", "–", "not exercised"),
        (Self::NotPlanned, "unplanned", "·", "not planned"),
    ];

    fn of(coverage: &Coverage) -> Self {
        match coverage.worst {
            _ if planned(coverage) == 0 => Self::NotPlanned,
            _ if coverage.sent == 0 => Self::NotExercised,
            _ if coverage.failed > 0 => Self::Error,
            _ if coverage.decided == 0 => Self::NotJudged,
            Some(Severity::Error) => Self::Waived,
            Some(Severity::Warning) => Self::Warning,
            Some(Severity::Note) => Self::Note,
            None if coverage.otherwise == coverage.decided => Self::Otherwise,
            None => Self::Passed,
        }
    }

    fn told(self) -> (&'static str, &'static str, &'static str) {
        let found = Self::ALL.iter().find(|(state, ..)| *state == self);
        found.map_or(("", "", ""), |(_, class, mark, words)| (class, mark, words))
    }
}

/// What is sent was planned, whoever made the plan.
fn planned(coverage: &Coverage) -> usize {
    coverage.planned.max(coverage.sent)
}

/// A table a suite.
pub(super) fn heat_map(opening: &Opening, closing: &Closing, firsts: &Firsts) -> Html {
    let mut html = Html::default();
    html.element("section", &[("id", "matrix"), ("aria-labelledby", "matrix-title")], |html| {
        html.fixed("<h2 id=\"matrix-title\">Operations × causes</h2>");
        html.fixed("<ul class=\"legend\" aria-label=\"What the cells say\">");
        for (_, class, mark, words) in State::ALL {
            html.element("li", &[], |html| {
                html.line("span", &[("class", &format!("cell {class}")), ("aria-hidden", "true")], mark);
                html.fixed(" ");
                html.text(words);
            });
        }
        html.fixed(
            "</ul><p class=\"remark\">A number is of probes; <b>2/9</b> beside ✕ is two that failed of nine, beside another \
             mark two that were judged of nine. A cell leads to its exchanges; arrow keys move between cells.</p>",
        );
        for suite in suites(opening, closing) {
            table(html, suite, opening, closing, firsts);
        }
    });
    html
}

/// The suites of the run, and any that only the coverage knows.
fn suites<'r>(opening: &'r Opening, closing: &'r Closing) -> Vec<&'r str> {
    let mut suites: Vec<&str> = Vec::new();
    for suite in opening.suites.iter().chain(closing.coverage.iter().map(|coverage| &coverage.suite)) {
        if !suites.contains(&suite.as_str()) {
            suites.push(suite);
        }
    }
    suites
}

fn table(html: &mut Html, suite: &str, opening: &Opening, closing: &Closing, firsts: &Firsts) {
    let mut rows: BTreeMap<&str, BTreeMap<Cause, &Coverage>> = BTreeMap::new();
    let mut operations: Vec<&str> = opening.operations.get(suite).into_iter().flatten().map(String::as_str).collect();
    for coverage in closing.coverage.iter().filter(|coverage| coverage.suite == suite) {
        rows.entry(&coverage.operation).or_default().insert(coverage.cause, coverage);
        if !operations.contains(&coverage.operation.as_str()) {
            operations.push(&coverage.operation);
        }
    }
    let label = format!("Operations and causes of {suite}");
    let attributes = [("class", "wide"), ("role", "region"), ("aria-label", &*label), ("tabindex", "0")];
    html.element("div", &attributes, |html| {
        html.element("table", &[("class", "heat"), ("data-suite", suite)], |html| {
            html.line("caption", &[], suite);
            html.fixed("<thead><tr><th scope=\"col\">Operation</th>");
            for (_, word, meaning) in CAUSES {
                html.element("th", &[("scope", "col"), ("title", meaning)], |html| html.line("span", &[], word));
            }
            html.fixed("</tr></thead><tbody>");
            for name in operations {
                html.element("tr", &[], |html| {
                    html.line("th", &[("scope", "row")], name);
                    for (cause, ..) in CAUSES {
                        let coverage = rows.get(name).and_then(|row| row.get(cause)).copied();
                        let key = (operation(suite, name), *cause);
                        let first = firsts.get(&key).copied();
                        cell(html, &key, name, coverage, first);
                    }
                });
            }
            html.fixed("</tbody>");
        });
    });
}

fn cell(html: &mut Html, key: &(String, Cause), name: &str, coverage: Option<&Coverage>, first: Option<usize>) {
    let (class, mark, words) = coverage.map_or(State::NotPlanned, State::of).told();
    let (numbers, said) = coverage.map_or_else(
        || (String::new(), format!("{name}, {}: {words}", key.1)),
        |coverage| {
            let Coverage { sent, decided, failed, .. } = *coverage;
            let planned = planned(coverage);
            let part = if failed > 0 { failed } else { decided };
            let numbers = if part == planned && failed == 0 {
                number(planned)
            } else {
                format!("{}/{}", number(part), number(planned))
            };
            let counts = format!("{planned} planned, {sent} sent, {decided} judged, {failed} failed");
            (numbers, format!("{name}, {}: {words}; {counts}", key.1))
        },
    );
    let shown = |html: &mut Html| {
        html.line("span", &[("aria-hidden", "true")], mark);
        html.text(&numbers);
    };
    html.element("td", &[("class", &format!("cell {class}"))], |html| {
        if let Some(first) = first {
            let (operation, cause) = (("data-operation", &*key.0), ("data-cause", key.1.word()));
            let attributes = [operation, cause, ("aria-label", &*said), ("title", &*said)];
            html.link(Anchor::Exchange(first), &attributes, shown);
        } else {
            html.element("span", &[("title", &said), ("aria-hidden", "true")], shown);
            html.line("span", &[("class", "said")], &said);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_says_the_worst_that_is_known_of_it() {
        let cell = |planned, sent, decided, failed, worst| {
            let (suite, operation, cause) = ("s".to_owned(), "o".to_owned(), Cause::WrongType);
            // Of five, all are.
            let otherwise = if decided == 5 { 5 } else { 0 };
            State::of(&Coverage { suite, operation, cause, planned, sent, decided, otherwise, failed, worst })
        };
        assert_eq!(cell(5, 5, 5, 0, None), State::Otherwise);
        assert_eq!(cell(3, 0, 0, 0, None), State::NotExercised);
        assert_eq!(cell(3, 3, 0, 0, None), State::NotJudged);
        assert_eq!(cell(3, 3, 3, 0, None), State::Passed);
        assert_eq!(cell(3, 3, 3, 0, Some(Severity::Note)), State::Note);
        assert_eq!(cell(3, 3, 3, 0, Some(Severity::Warning)), State::Warning);
        assert_eq!(cell(3, 3, 3, 0, Some(Severity::Error)), State::Waived);
        assert_eq!(cell(3, 3, 3, 1, Some(Severity::Error)), State::Error);
        assert_eq!(cell(0, 0, 0, 0, None), State::NotPlanned);
    }
}
