//! Why there is no report of a run.

use crate::catalog::document::Problems;
use crate::model::verdict::exit;

/// Why a run did not begin, or could not be told of. What a run found is no error: [`super::library::Run::run`] gives a report
/// of it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A suite or its contract is wrong: each mistake with its file, its line and what to write instead. Nothing was sent.
    #[error("{0}")]
    Documents(Problems),
    /// What was asked for makes no sense: a target that is no URL, a variable that no header field can carry, a production
    /// host. Nothing was sent.
    #[error("{0}")]
    Usage(String),
    /// The target could not be judged; nothing that may change something was sent.
    #[error("{0}")]
    NotJudged(String),
    /// This machine has no room for a run.
    #[error("{0}")]
    Local(String),
    /// A report could not be written to its end.
    #[error("{0}")]
    Report(String),
}

impl Error {
    /// The exit code of the command for it.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Documents(_) | Self::Usage(_) => exit::USAGE,
            Self::NotJudged(_) | Self::Local(_) | Self::Report(_) => exit::NOT_JUDGED,
        }
    }
}
