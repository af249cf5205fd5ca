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
    /// The target is no http or https URL, or has credentials, a query or a fragment. Nothing was sent.
    #[error("{0}")]
    Target(String),
    /// A suite takes the host for production, and nobody said that it is meant. Nothing was sent.
    #[error("{host} looks like production: the suite {suite} says so of hosts like `{pattern}`; nothing was sent")]
    Production {
        /// The target's host.
        host: String,
        /// The suite's id.
        suite: String,
        /// The suite's pattern that the host matches.
        pattern: String,
    },
    /// A variable is not set where nothing can be sent without it, or its value can be neither sent nor masked. Nothing was
    /// sent.
    #[error("${{{name}}} {why}")]
    Variable {
        /// The variable.
        name: String,
        /// What is wrong with it, and what to set in its place; never its value.
        why: String,
    },
    /// A file that was asked for cannot be written. Nothing was sent.
    #[error("{0}; nothing was sent")]
    Unwritable(String),
    /// What was asked for makes no sense otherwise, such as an operation that no suite has. Nothing was sent.
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
    pub(crate) fn variable(name: &str, why: impl Into<String>) -> Self {
        Self::Variable { name: name.to_owned(), why: why.into() }
    }

    /// The exit code of the command for it.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Documents(_)
            | Self::Target(_)
            | Self::Production { .. }
            | Self::Variable { .. }
            | Self::Unwritable(_)
            | Self::Usage(_) => exit::USAGE,
            Self::NotJudged(_) | Self::Local(_) | Self::Report(_) => exit::NOT_JUDGED,
        }
    }
}
