//! Which of two mistakes in one request was answered: an operation a row, a pair of causes a column.
//!
//! No document says which must be; but a client is helped where one deployment decides it in one way, so a cell that is
//! not as most of its column says so.

use std::collections::{BTreeMap, BTreeSet};

use super::drift::{Shown, link};
use super::markup::Html;
use crate::model::cause::Cause;
use crate::report::Precedence;

/// A table a suite.
pub(super) fn precedence(entries: &[Precedence], shown: &Shown) -> Html {
    let mut html = Html::default();
    html.element("section", &[("id", "precedence"), ("aria-labelledby", "precedence-title")], |html| {
        html.fixed(
            "<h2 id=\"precedence-title\">Which of two mistakes is answered</h2><p class=\"remark\">Of requests that are wrong \
             in two ways: the cause that the reply is for. A cell that is not as most of its column is marked ≠.</p>",
        );
        let suites: BTreeSet<&str> = entries.iter().map(|entry| entry.suite.as_str()).collect();
        for suite in suites {
            let entries: Vec<_> = entries.iter().filter(|entry| entry.suite == suite).collect();
            table(html, suite, &entries);
            html.element("details", &[], |html| {
                html.fixed("<summary>The probes, one by one</summary>");
                html.element("ul", &[("class", "inside probes")], |html| {
                    for entry in &entries {
                        html.element("li", &[], |html| {
                            link(html, &entry.probe, shown);
                            html.text(&format!(": {}", answered(entry)));
                        });
                    }
                });
            });
        }
    });
    html
}

/// The pair, whichever way round it was sent.
fn pair(entry: &Precedence) -> [Cause; 2] {
    let mut causes = entry.causes;
    causes.sort_unstable();
    causes
}

fn answered(entry: &Precedence) -> &'static str {
    match entry.answered {
        Some(cause) => cause.word(),
        None if entry.fits_both => "fits both",
        None => "neither",
    }
}

fn table(html: &mut Html, suite: &str, entries: &[&Precedence]) {
    let mut rows: BTreeMap<&str, BTreeMap<[Cause; 2], BTreeSet<&str>>> = BTreeMap::new();
    let mut columns: BTreeMap<[Cause; 2], BTreeMap<&str, usize>> = BTreeMap::new();
    for entry in entries {
        rows.entry(&entry.operation).or_default().entry(pair(entry)).or_default().insert(answered(entry));
        *columns.entry(pair(entry)).or_default().entry(answered(entry)).or_default() += 1;
    }
    let label = format!("Precedence of causes of {suite}");
    let attributes = [("class", "wide"), ("role", "region"), ("aria-label", &*label), ("tabindex", "0")];
    html.element("div", &attributes, |html| {
        html.element("table", &[("class", "precedence")], |html| {
            html.line("caption", &[], suite);
            html.fixed("<thead><tr><th scope=\"col\">Operation</th>");
            for [first, second] in columns.keys() {
                html.element("th", &[("scope", "col")], |html| {
                    html.text(first.word());
                    html.fixed("<br>and ");
                    html.text(second.word());
                });
            }
            html.fixed("</tr></thead><tbody>");
            for (operation, cells) in &rows {
                html.element("tr", &[], |html| {
                    html.line("th", &[("scope", "row")], operation);
                    for (pair, answers) in &columns {
                        cell(html, cells.get(pair), most(answers));
                    }
                });
            }
            html.fixed("</tbody>");
        });
    });
}

/// What most requests of a column were answered by; of as many, the first by name.
fn most<'r>(answers: &BTreeMap<&'r str, usize>) -> &'r str {
    answers.iter().rev().max_by_key(|(_, times)| **times).map_or("", |(answer, _)| answer)
}

fn cell(html: &mut Html, answers: Option<&BTreeSet<&str>>, most: &str) {
    let Some(answers) = answers else {
        html.fixed(
            "<td class=\"unplanned\"><span aria-hidden=\"true\">·</span><span class=\"said\">not sent</span></td>",
        );
        return;
    };
    // What fits both, or neither, tells of no other order.
    let differs = answers.iter().any(|answer| *answer != most && !matches!(*answer, "fits both" | "neither"));
    html.element("td", &[("class", if differs { "differs" } else { "" })], |html| {
        if differs {
            html.fixed("<span aria-hidden=\"true\">≠ </span><span class=\"said\">unlike most: </span>");
        }
        html.text(&answers.iter().copied().collect::<Vec<_>>().join(", "));
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn most_of_a_column_is_what_came_most_often_and_else_the_first_by_name() {
        assert_eq!(most(&[("a", 1), ("b", 2)].into()), "b");
        assert_eq!(most(&[("a", 2), ("b", 2)].into()), "a");
    }
}
