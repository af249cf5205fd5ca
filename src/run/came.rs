//! Which requests may change something, and what came of one, as the brake sees it. Pure: it knows no other request.

use crate::exchange::{Ending, Outcome, Reply, Silence};
use crate::judge;
use crate::plan::Probe;

/// The methods by which nothing is asked but an answer (RFC 9110, section 9.2.1).
const SAFE: [&str; 4] = ["GET", "HEAD", "OPTIONS", "TRACE"];

/// Whether the probe may change something, so that the brake has to let it pass: by the effect of its operation, or by its
/// method. Where an operation has another method than a safe one, a safe one is not the operation: who answers it by a
/// success has another operation at that path, which only reads.
pub(crate) fn may_change(probe: &Probe) -> bool {
    if probe.is_harmless() {
        return false;
    }
    // TRACE is answered by the request itself, with the credential in it.
    let traces = probe.request.method == "TRACE" && probe.request.variables().is_empty();
    let is_safe = probe.asks_only() || traces && probe.request.script.is_none();
    let has_safe_method = probe.declared().is_some_and(|operation| SAFE.contains(&operation.method.as_str()));
    !is_safe || has_safe_method && !probe.reads()
}

/// What came of a request that may change something and must be refused.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Came {
    /// A success that is no error of the contract: the target may have done it.
    Accepted(u16),
    /// An error: the target did not do it.
    Refused,
    /// Nothing that tells whether its operation refuses such requests, and nothing that was done: no connection, a
    /// redirect elsewhere, a rate limit, a gateway that could not ask the service.
    Nothing,
    /// The request was written, and no answer came: the target may have done it.
    Unanswered,
}

impl Came {
    /// What came of the probe.
    pub(crate) fn of(probe: &Probe, outcome: &Outcome) -> Self {
        match outcome {
            Outcome::Reply(reply) => Self::of_reply(probe, reply),
            Outcome::Silence(Silence::Unreachable(_) | Silence::Tls(_)) => Self::Nothing,
            // What never ends cannot be carried out.
            Outcome::Silence(_) if probe.request.script.as_ref().is_some_and(|script| script.unfinished) => {
                Self::Nothing
            }
            Outcome::Silence(_) => Self::Unanswered,
        }
    }

    fn of_reply(probe: &Probe, reply: &Reply) -> Self {
        match reply.status {
            200..=299 | 303 if !is_error(probe, reply) => Self::Accepted(reply.status),
            429 | 502..=504 => Self::Nothing,
            200..=299 | 303 | 400.. => Self::Refused,
            _ => Self::Nothing,
        }
    }
}

/// Whether a success has the contract's error as its body. What did not come whole shows none.
fn is_error(probe: &Probe, reply: &Reply) -> bool {
    let json = (reply.ending == Ending::Complete).then(|| judge::body::read(reply).json).flatten();
    json.is_some_and(|json| judge::is_envelope(&probe.api.contract, &json))
}
