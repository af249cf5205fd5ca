//! Why a run as a whole could not be judged.

use std::iter::{Chain, Repeat, Zip, repeat};
use std::ops::Deref;
use std::vec;

use serde::{Deserialize, Serialize};

/// The kind of a reason.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// Something ended the run before its plan was worked off.
    Ended,
    /// Not one probe was judged.
    Nothing,
    /// The target did not keep up with what was sent.
    Overloaded,
    /// A suite wants more to be judged than there was.
    Minimum,
    /// The target is another deployment, or no API of the suite.
    Identity,
    /// No correct request with a credential succeeded, or it stopped being accepted.
    Credential,
    /// The target could not be reached, or not any more.
    Unreachable,
    /// The correct requests of some operations were refused.
    Control,
    /// Something else that was seen while probes were sent. So are those of reports that do not say their kind.
    #[serde(other)]
    Seen,
}

impl Reason {
    /// Whether it decides about the run whatever else was found: nothing that was judged is known to be the target's answer
    /// to whoever has the right to ask.
    #[must_use]
    pub fn is_decisive(self) -> bool {
        matches!(self, Self::Identity | Self::Credential | Self::Unreachable)
    }

    /// Whether it follows from how the run ended, so that it is drawn anew where the run is judged again.
    #[must_use]
    pub fn is_conclusion(self) -> bool {
        matches!(self, Self::Ended | Self::Nothing)
    }
}

/// The reasons, each with its kind, in the order in which they were seen.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Reasons {
    #[serde(default)]
    reasons: Vec<String>,
    #[serde(default)]
    reason_kinds: Vec<Reason>,
}

impl Reasons {
    /// Adds a reason, once.
    pub fn push(&mut self, kind: Reason, text: String) {
        if !self.reasons.contains(&text) {
            self.reasons.push(text);
            self.reason_kinds.push(kind);
        }
    }

    /// The one that tells most: one that decides about the run, else the first.
    #[must_use]
    pub fn telling(&self) -> Option<&str> {
        let decisive = self.reason_kinds.iter().position(|kind| kind.is_decisive());
        self.reasons.get(decisive.unwrap_or(0)).map(String::as_str)
    }

    /// Whether one of them decides about the run.
    #[must_use]
    pub fn is_decisive(&self) -> bool {
        self.reason_kinds.iter().any(|kind| kind.is_decisive())
    }

    /// The kinds, as many as there are texts.
    #[must_use]
    pub fn kinds(&self) -> &[Reason] {
        &self.reason_kinds
    }
}

/// Their texts.
impl Deref for Reasons {
    type Target = [String];

    fn deref(&self) -> &[String] {
        &self.reasons
    }
}

/// Each with its kind; those of a report that does not say their kinds were seen.
impl IntoIterator for Reasons {
    type Item = (Reason, String);
    type IntoIter = Zip<Chain<vec::IntoIter<Reason>, Repeat<Reason>>, vec::IntoIter<String>>;

    fn into_iter(self) -> Self::IntoIter {
        self.reason_kinds.into_iter().chain(repeat(Reason::Seen)).zip(self.reasons)
    }
}
