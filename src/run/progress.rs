//! What is shown while a run goes on: a line a probe, or a progress bar.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use libtest_mimic::Arguments;

use super::event::Event;
use super::harness::Line;
use crate::model::printable::printable;
use crate::model::verdict::{Severity, Verdict};
use crate::report::ProbeResult;

/// What is shown while a run goes on.
pub enum Live {
    /// A line a probe, on standard output.
    Lines(Box<Arguments>),
    /// A progress bar on standard error, if that is a terminal and the run takes longer than a second.
    Bar,
    /// Nothing.
    Nothing,
}

/// A bar that is hidden until the run has taken a while.
pub(crate) fn bar(probes: usize) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(probes as u64), ProgressDrawTarget::hidden());
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} probes, {eta} left");
    if let Ok(style) = style {
        bar.set_style(style);
    }
    bar
}

/// The line of what happened, where it has one.
pub(crate) fn line(event: &Event) -> Option<Line> {
    Some(match event {
        Event::NotJudged(_)
        | Event::MayHaveChanged { .. }
        | Event::Repeated { .. }
        | Event::Compared(_)
        | Event::Inactive(_)
        | Event::Ended { .. } => return None,
        Event::NotExercised { reason, .. } => Line::Ignored(printable(reason, 200)),
        Event::Result(result) => match result.verdict {
            Verdict::Pass | Verdict::Waived => Line::Passed,
            Verdict::Fail => Line::Failed(worst(result)),
            Verdict::Inconclusive | Verdict::Error => {
                let why = result.reason.as_deref().or(result.silence.as_deref()).unwrap_or("no reason");
                Line::Failed(format!("could not be judged: {}", printable(why, 300)))
            }
        },
    })
}

/// The findings of a failed probe in a line each.
fn worst(result: &ProbeResult) -> String {
    let fails =
        |finding: &&crate::model::finding::Finding| finding.severity == Severity::Error && !finding.is_accepted();
    let errors = result.findings.iter().filter(fails);
    let lines = errors.map(|finding| {
        let text = format!("{} at {}: expected {}, got {}", finding.rule, finding.at, finding.expected, finding.actual);
        printable(&text, 300)
    });
    lines.collect::<Vec<_>>().join("\n")
}
