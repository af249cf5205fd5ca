//! How the target is reached, as the user says it.

use std::path::PathBuf;
use std::time::Duration;

use crate::model::target::Target;

/// How the target is reached.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The origin, with its prefix if it has one.
    pub target: Target,
    /// The deadline of one exchange, retries of its connection included.
    pub timeout: Duration,
    /// Whether certificates are not verified.
    pub insecure: bool,
    /// A file of certificates in PEM that are trusted instead of the system's.
    pub ca: Option<PathBuf>,
    /// A proxy, as a URL.
    pub proxy: Option<String>,
}
