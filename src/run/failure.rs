//! Why there is no report of a run.

/// Why a run did not begin, or could not be told of.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// What was asked for makes no sense; nothing was sent.
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
