//! One API as deployed, and what it has seen.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::api::Api;
use super::drift::Drift;
use super::{escrow_box, oz_api};

/// The environment variables, with the values, by which a caller authenticates at this deployment.
#[must_use]
pub const fn environment(api: Api) -> &'static [(&'static str, &'static str)] {
    match api {
        Api::OzApi => oz_api::ENVIRONMENT,
        Api::EscrowBox => escrow_box::ENVIRONMENT,
    }
}

/// The variables, with the values, by which a caller names what exists at this deployment and the page that calls it. A run can
/// do without them, and they are no secrets.
#[must_use]
pub const fn existing(api: Api) -> &'static [(&'static str, &'static str)] {
    match api {
        Api::OzApi => oz_api::EXISTING,
        Api::EscrowBox => escrow_box::EXISTING,
    }
}

/// What a deployment has seen since it was made.
#[derive(Debug, Default)]
pub struct Witness {
    requests: AtomicU64,
    state_changes: AtomicU64,
}

impl Witness {
    /// How many requests arrived whole enough to be answered, malformed ones included.
    #[must_use]
    pub fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    /// How many requests other than GET, HEAD and OPTIONS were accepted: each would have created, changed or started something.
    #[must_use]
    pub fn state_changes(&self) -> u64 {
        self.state_changes.load(Ordering::Relaxed)
    }

    pub(super) fn count(&self, changed: bool) {
        self.requests.fetch_add(1, Ordering::Relaxed);
        if changed {
            self.state_changes.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// One API as deployed. Clones are the same deployment and share its witness.
#[derive(Clone, Debug)]
pub struct Deployment {
    pub(super) api: Api,
    pub(super) drift: Option<&'static Drift>,
    pub(super) patience: Duration,
    pub(super) witness: Arc<Witness>,
    /// Counts the replies in a drift's scope, for a drift that deviates only now and then.
    pub(super) turn: Arc<AtomicU64>,
}

impl Deployment {
    /// A deployment that conforms, or that deviates in one way. A drift of the other API changes nothing.
    #[must_use]
    pub fn new(api: Api, drift: Option<&'static Drift>) -> Self {
        Self {
            api,
            drift: drift.filter(|drift| drift.api == api),
            patience: Duration::from_secs(1),
            witness: Arc::default(),
            turn: Arc::default(),
        }
    }

    /// How long a request that has begun may stay silent before it is refused as unfinished; one second unless told.
    #[must_use]
    pub fn patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// What it has seen so far; may be kept and read at any time.
    #[must_use]
    pub fn witness(&self) -> Arc<Witness> {
        Arc::clone(&self.witness)
    }
}
