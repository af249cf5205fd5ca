//! What is shown while a run goes on: a line a probe, or a progress bar.

#[cfg(feature = "cli")]
use std::time::{Duration, Instant};

#[cfg(feature = "cli")]
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
#[cfg(feature = "harness")]
use libtest_mimic::Arguments;

#[cfg(feature = "cli")]
use super::event::Event;

/// What is shown while a run goes on.
pub enum Live {
    /// A line a probe, on standard output.
    #[cfg(feature = "harness")]
    Lines(Box<Arguments>),
    /// A progress bar on standard error, if that is a terminal and the run takes longer than a second.
    Bar,
    /// Nothing.
    Nothing,
}

/// A run that takes longer shows a progress bar.
#[cfg(feature = "cli")]
const BAR_AFTER: Duration = Duration::from_secs(1);

/// A bar that is hidden until the run has taken a while.
#[cfg(feature = "cli")]
pub(crate) struct Bar {
    bar: ProgressBar,
    begun: Instant,
}

#[cfg(feature = "cli")]
impl Bar {
    pub(crate) fn new(probes: usize) -> Self {
        let bar = ProgressBar::with_draw_target(Some(probes as u64), ProgressDrawTarget::hidden());
        let style = ProgressStyle::with_template("{bar:40} {pos}/{len} probes, {eta} left");
        if let Ok(style) = style {
            bar.set_style(style);
        }
        Self { bar, begun: Instant::now() }
    }

    pub(crate) fn show(&self, event: &Event) {
        self.bar.inc(u64::from(matches!(event, Event::Result(_) | Event::NotExercised { .. })));
        if self.bar.is_hidden() && self.begun.elapsed() > BAR_AFTER {
            self.bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(5));
        }
        if matches!(event, Event::Ended { .. }) {
            self.bar.finish_and_clear();
        }
    }
}
