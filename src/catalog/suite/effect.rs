//! What an operation does to the target's state: by that it is decided what may be sent to it.

use serde::Deserialize;

/// What an operation does to the target's state.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// It only reads: its correct request may be sent.
    None,
    /// It opens or renews a session.
    Session,
    /// It creates something.
    Creates,
    /// It replaces what it names, or creates it where it does not exist.
    Upserts,
    /// It changes something.
    Changes,
    /// It deletes something.
    Deletes,
    /// It moves money.
    MovesMoney,
}

impl Effect {
    /// The word that suites use.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Session => "session",
            Self::Creates => "creates",
            Self::Upserts => "upserts",
            Self::Changes => "changes",
            Self::Deletes => "deletes",
            Self::MovesMoney => "moves-money",
        }
    }
}
