//! The outcome of a comparison of two targets.

use std::collections::BTreeMap;

use super::change::{Change, Comparison};
use super::{Closing, Opening};
use crate::judge::finding::Repeats;
use crate::model::verdict::{Verdict, exit};

/// A difference that was not there each time.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Intermittence {
    /// The probes that showed it once.
    pub probes: Vec<String>,
    /// How often it was there when they were sent again.
    pub repeats: Repeats,
}

/// The outcome of the two.
#[derive(Debug)]
pub struct Compared {
    /// Each side's name and ends; the second is missing where somebody ended the first.
    pub sides: Vec<(&'static str, Opening, Closing)>,
    /// The differences that stay.
    pub comparison: Comparison,
    /// Differences that come and go.
    pub intermittent: BTreeMap<Change, Intermittence>,
    /// Probes that were judged on both sides.
    pub both: usize,
    /// Probes that were left out since they may change something, by suite and operation.
    pub left_out: BTreeMap<String, usize>,
}

impl Compared {
    /// Whether the sides could be judged: what was not sent is named, what could not be judged is not compared.
    #[must_use]
    pub fn is_judged(&self) -> bool {
        let judged = |closing: &Closing| {
            closing.reasons.is_empty() && closing.summary.inconclusive == 0 && closing.verdict != Verdict::Error
        };
        self.both > 0 && self.sides.len() == 2 && self.sides.iter().all(|(_, _, closing)| judged(closing))
    }

    /// The exit code: what breaks a client weighs more than what could not be judged.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        if self.comparison.breaks() {
            exit::DRIFT
        } else if self.is_judged() {
            exit::CONFORMS
        } else {
            exit::NOT_JUDGED
        }
    }
}
