//! How a run sends.

use std::time::Duration;

use crate::judge;

/// How the engine sends.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Probes under way at once; at least one.
    pub jobs: usize,
    /// Requests a second at most.
    pub rate: Option<u32>,
    /// The longest that is waited for an operation that the target limits, in all.
    pub max_wait: Duration,
    /// The longest that is waited, before anything else is sent, until the target answers.
    pub wait: Duration,
    /// How often each probe is sent; at least once.
    pub repeat: usize,
    /// Whether certificates are not verified; printed commands say so, too.
    pub insecure: bool,
    /// Whether every exchange is recorded; else only those that a reader needs.
    pub records_all: bool,
    /// How replies are judged.
    pub judge: judge::Settings,
}

/// Probes under way at once, unless told.
pub const DEFAULT_JOBS: usize = 16;
/// The deadline of a probe, unless told.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(5);
/// The longest that is waited for an operation that the target limits, in all, unless told.
pub const DEFAULT_MAX_WAIT: Duration = Duration::from_secs(30);
