//! How bad a thing is, and the outcome of a probe or a run.
//!
//! Three kinds of bad news are kept apart: the target broke a promise (`Fail`), the target could not be judged
//! (`Inconclusive`), and we or our files are wrong (`Error`).

use serde::{Deserialize, Serialize};

/// How much a broken promise weighs. Ordered: a note is the least.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// The document is silent: reported, never fails.
    Note,
    /// The document says "usually", or leaves it to convention: reported, fails under `--strict`.
    Warning,
    /// The document says so: fails.
    Error,
}

impl Severity {
    /// The word that reports use.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// What a probe, a suite or a run comes to. Ordered from good to bad, and only ever raised (ISO 9646).
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Every promise was kept.
    Pass,
    /// A promise was broken, and the breach is accepted for now.
    Waived,
    /// The target could not be judged.
    Inconclusive,
    /// The target broke a promise.
    Fail,
    /// Nothing was judged, or errdrift or its files are wrong.
    Error,
}

impl Verdict {
    /// The word that reports use.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Waived => "waived",
            Self::Inconclusive => "inconclusive",
            Self::Fail => "fail",
            Self::Error => "error",
        }
    }

    /// The worst of many. The fold of nothing is [`Verdict::Error`]: what was never set is no pass.
    pub fn fold(verdicts: impl IntoIterator<Item = Self>) -> Self {
        verdicts.into_iter().max().unwrap_or(Self::Error)
    }

    /// The exit code of a run that comes to this.
    #[must_use]
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Pass | Self::Waived => exit::CONFORMS,
            Self::Fail => exit::DRIFT,
            Self::Inconclusive | Self::Error => exit::NOT_JUDGED,
        }
    }
}

/// The exit codes of the command. They are part of the outside and do not change.
pub mod exit {
    /// The target conforms.
    pub const CONFORMS: u8 = 0;
    /// The target drifts.
    pub const DRIFT: u8 = 1;
    /// Usage, or an invalid file. Nothing was sent.
    pub const USAGE: u8 = 2;
    /// The target could not be judged: unreachable, a control failed, nothing selected, or too little decided.
    pub const NOT_JUDGED: u8 = 3;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fold_of_nothing_is_an_error() {
        assert_eq!(Verdict::fold([]), Verdict::Error);
        assert_eq!(Verdict::fold([]).exit_code(), exit::NOT_JUDGED);
    }

    #[test]
    fn a_failure_outweighs_what_could_not_be_judged() {
        let verdict = Verdict::fold([Verdict::Pass, Verdict::Fail, Verdict::Inconclusive]);
        assert_eq!(verdict, Verdict::Fail);
        assert_eq!(verdict.exit_code(), exit::DRIFT);
    }

    #[test]
    fn one_inconclusive_probe_keeps_a_run_from_green() {
        let verdict = Verdict::fold([Verdict::Pass, Verdict::Inconclusive]);
        assert_eq!(verdict.exit_code(), exit::NOT_JUDGED);
    }
}
