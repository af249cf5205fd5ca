//! In which order the probes of a suite leave: first what is wrong with the requests, then what is wrong with credentials. A
//! service may refuse everybody after a few wrong credentials, and then the rest proves nothing.

use super::probe::Probe;
use crate::fault::relation::Like;
use crate::model::cause::Cause;

/// Whether the probe carries a wrong credential, of which a service may take no more than a few.
#[must_use]
pub fn may_lock_out(probe: &Probe) -> bool {
    let wrong = |cause: Cause| cause.is_about_credentials() && cause != Cause::NoCredentials;
    let pair = match &probe.like {
        Some(Like::Either(plain)) => plain.iter().any(|plain| wrong(plain.cause)),
        _ => false,
    };
    // An invented credential in the query does not count where the service reads the header field alone.
    wrong(probe.cause) || wrong(probe.fault.cause) || pair || probe.fault.id == "credentials-in-query"
}

/// Puts what may lock an account after the rest, each in its own order.
pub(super) fn risky_last(probes: &mut [Probe]) {
    probes.sort_by_cached_key(may_lock_out);
}
