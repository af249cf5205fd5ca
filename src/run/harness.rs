//! Live lines: one trial a probe. The one door to libtest-mimic.
//!
//! The engine runs ahead; a trial only waits for its own result, which comes in the plan's order, so one thread is enough.

use std::panic;
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex, PoisonError};

use libtest_mimic::{Arguments, Completion, Failed};

use crate::model::printable::printable;

/// What a probe's line says.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Line {
    /// Judged, and no promise of weight was broken.
    Passed,
    /// Judged and failed, or not to be judged; in a line.
    Failed(String),
    /// Not sent, and why.
    Ignored(String),
}

/// A probe as the harness knows it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Trial {
    /// The probe's id.
    pub id: String,
    /// Whether it is left out unless `--ignored` or `--include-ignored` asks for it.
    pub ignored: bool,
}

/// The harness's own command line, as `cargo test` and `cargo nextest` write it.
#[must_use]
pub fn arguments() -> Arguments {
    Arguments::from_args()
}

/// Arguments for lines in the plan's order.
#[must_use]
pub fn in_order(arguments: Arguments) -> Arguments {
    Arguments { test_threads: Some(1), ..arguments }
}

/// Whether the arguments let the trial run.
#[must_use]
pub fn takes(arguments: &Arguments, trial: &Trial) -> bool {
    let trial = libtest_mimic::Trial::test(&trial.id, || Ok(())).with_ignored_flag(trial.ignored);
    !arguments.is_filtered_out(&trial) && !arguments.is_ignored(&trial)
}

/// Prints a line a probe as its result comes. `None` where standard output was closed meanwhile.
///
/// The lines of the trials that the arguments take come in their order; where there is no sender any more, the rest has failed.
#[must_use]
pub fn show(arguments: &Arguments, trials: Vec<Trial>, lines: Receiver<Line>) -> Option<libtest_mimic::Conclusion> {
    let lines = Arc::new(Mutex::new(lines));
    let trial = |trial: Trial| {
        let lines = Arc::clone(&lines);
        let run = move || {
            let next = lines.lock().unwrap_or_else(PoisonError::into_inner).recv();
            match next {
                Ok(Line::Passed) => Ok(Completion::Completed),
                Ok(Line::Failed(why)) => Err(Failed::from(why)),
                Ok(Line::Ignored(why)) => Ok(Completion::ignored_with(why)),
                Err(_) => Err(Failed::from("not run")),
            }
        };
        libtest_mimic::Trial::ignorable_test(printable(&trial.id, usize::MAX), run).with_ignored_flag(trial.ignored)
    };
    let trials = trials.into_iter().map(trial).collect();
    // libtest-mimic unwraps its writes: a closed pipe (`errdrift run … | head`) must not look like a crash.
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let conclusion = panic::catch_unwind(panic::AssertUnwindSafe(|| libtest_mimic::run(arguments, trials)));
    panic::set_hook(hook);
    conclusion.ok()
}
