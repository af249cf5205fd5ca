//! The codes of each contract, and in how many replies each came.

use super::markup::Html;
use crate::render::codes::{name, written};
use crate::render::count::{count, number};
use crate::report::CodeCoverage;

/// A table a contract.
pub(super) fn catalogue(codes: &[CodeCoverage]) -> Html {
    let mut html = Html::default();
    html.element("section", &[("id", "catalogue"), ("aria-labelledby", "catalogue-title")], |html| {
        html.fixed("<h2 id=\"catalogue-title\">Codes of the catalogue</h2><div class=\"columns\">");
        for contract in codes.chunk_by(|a, b| a.contract == b.contract) {
            let came = contract.iter().filter(|code| code.exercised > 0).count();
            let caption = format!("{}: {came} of {} came", contract[0].contract, count(contract.len(), "code"));
            html.element("table", &[("class", "codes")], |html| {
                html.line("caption", &[], &caption);
                html.fixed(
                    "<thead><tr><th scope=\"col\">Code</th><th scope=\"col\">Name</th><th scope=\"col\">Replies</th></tr>\
                     </thead><tbody>",
                );
                for code in contract {
                    row(html, code);
                }
                html.fixed("</tbody>");
            });
        }
        html.fixed("</div>");
    });
    html
}

fn row(html: &mut Html, code: &CodeCoverage) {
    let written = written(&code.code);
    let class = if code.exercised == 0 { "none" } else { "" };
    html.element("tr", &[("class", class)], |html| {
        html.element("th", &[("scope", "row")], |html| html.line("code", &[], &written));
        html.line("td", &[], &name(code));
        let came = match (code.exercised, code.provoked) {
            (0, true) => "not exercised".to_owned(),
            (0, false) => "not exercised: no client can provoke it".to_owned(),
            (times, _) => number(times),
        };
        html.line("td", &[("class", "number")], &came);
    });
    for message in &code.messages {
        let (class, came) = match message.exercised {
            0 => ("none", "not exercised".to_owned()),
            times => ("", number(times)),
        };
        html.element("tr", &[("class", class)], |html| {
            html.line("th", &[("scope", "row")], "");
            html.line("td", &[], &format!("«{}»", message.message));
            html.line("td", &[("class", "number")], &came);
        });
    }
}
