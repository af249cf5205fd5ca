//! What happens in a run.

use crate::judge::finding::Repeats;
use crate::report::consistency::Compared;
use crate::report::{Inactive, Load, MayHaveChanged, ProbeResult, Reason};

/// What happens in a run, in the plan's order.
#[derive(Debug)]
pub enum Event {
    /// A probe was sent, or tried, and judged.
    Result(Box<ProbeResult>),
    /// A planned probe was not sent.
    NotExercised {
        /// The probe.
        probe: String,
        /// Why.
        reason: String,
        /// Whether the run as a whole is the less for it.
        weighs: bool,
    },
    /// The run as a whole cannot be judged.
    NotJudged(Reason, String),
    /// What the brake saw.
    MayHaveChanged {
        /// Requests that may have changed the target, in the order in which they left.
        requests: Vec<MayHaveChanged>,
        /// Whether probes were held back for that.
        held_back: bool,
    },
    /// Probes that show this drift were sent again.
    Repeated {
        /// The drift's signature.
        signature: String,
        /// What came of it.
        repeats: Repeats,
    },
    /// What only the whole of the results shows.
    Compared(Box<Compared>),
    /// What could not be put to the test, or not as it was asked for.
    Inactive(Inactive),
    /// The run is over.
    Ended {
        /// Connections that failed and were made again.
        connection_failures: usize,
        /// Who ended it before its plan was worked off.
        interrupted: Option<String>,
        /// What the target could take.
        load: Load,
    },
}
