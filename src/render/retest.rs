//! What has become of the drifts of an earlier run, for people. Text, and nothing is printed.

use std::fmt::Write as _;

use super::count::{count, number};
use super::headline::line;
use crate::model::printable::printable;
use crate::model::verdict::exit;
use crate::report::retest::{Became, Now, Retest};

/// A longer line is cut.
const MAX_LINE: usize = 2_000;
/// The most probes of a drift that are listed.
const MAX_PROBES: usize = 3;

/// A block a drift, and the verdict.
#[must_use]
pub fn text(retest: &Retest) -> String {
    let mut text = String::new();
    if let Some(reason) = retest.closing.as_ref().and_then(|closing| closing.reasons.telling()) {
        let _ = writeln!(text, "not judged: {}\n", printable(reason, MAX_LINE));
    }
    for became in &retest.became {
        block(&mut text, became);
    }
    for drift in retest.fresh() {
        let _ = writeln!(text, "{:<12} {}\n", "new", line(drift));
    }
    text + &verdict(retest) + "\n"
}

fn block(text: &mut String, became: &Became) {
    let mut more = |label: &str, value: &str| {
        let _ = writeln!(text, "{label:<12} {}", printable(value, MAX_LINE));
    };
    let accepted = if became.drift.is_accepted() { " (accepted)" } else { "" };
    more(word(&became.now), &format!("{}{accepted}", line(&became.drift)));
    match &became.now {
        Now::Mended | Now::Still => {}
        Now::NotSent(why) | Now::NotJudged(why) => more("", why),
        Now::Otherwise(what) => more("", &format!("now {what}")),
        Now::Intermittent { shown, sent } => more("", &format!("in {} of {} answers", number(*shown), number(*sent))),
    }
    for probe in became.probes.iter().take(MAX_PROBES) {
        more("", probe);
    }
    text.push('\n');
}

/// What has become of a drift, in the words of `README.md`.
fn word(now: &Now) -> &'static str {
    match now {
        Now::Mended => "mended",
        Now::NotSent(_) => "not sent",
        Now::NotJudged(_) => "not judged",
        Now::Otherwise(_) => "otherwise",
        Now::Still => "still there",
        Now::Intermittent { .. } => "intermittent",
    }
}

/// The last line.
fn verdict(retest: &Retest) -> String {
    let code = retest.exit_code();
    let outcome = match code {
        exit::CONFORMS => "PASS",
        exit::DRIFT => "FAIL",
        _ => "NOT JUDGED",
    };
    let words = ["still there", "intermittent", "otherwise", "mended", "not judged", "not sent"];
    let of = |name: &&str| retest.became.iter().filter(|became| word(&became.now) == *name).count();
    let mut parts: Vec<_> = words
        .iter()
        .map(|name| (of(name), name))
        .filter(|(many, _)| *many > 0)
        .map(|(many, name)| format!("{} {name}", number(many)))
        .collect();
    let fresh = retest.fresh().count();
    parts.extend((fresh > 0).then(|| format!("{} new", number(fresh))));
    let drifts = count(retest.became.len(), "drift");
    format!("errdrift: {outcome}: {drifts} of the report: {}; exit {code}", parts.join(", "))
}
