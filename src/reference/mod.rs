//! An embedded deployment of both documented APIs on a socket: conforming, or with one named drift.
//!
//! It is what the tester is tested against, so it must not know the tester: no parser, no schema and no judgement is
//! shared, and nothing outside this directory is used. What both got wrong together, no test would see.

mod answer;
mod body;
mod decision;
mod drift;
mod escrow_answer_drifts;
mod escrow_body_drifts;
mod escrow_box;
mod escrow_operations;
mod escrow_reply_drifts;
mod multipart;
mod operation;
mod oz_answer_drifts;
mod oz_api;
mod oz_body_drifts;
mod oz_operations;
mod oz_reply_drifts;
mod pages;
mod reply;
mod request;
mod server;
mod validate;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

pub use drift::{Drift, drift, drifts};

/// Which of the two documented APIs is deployed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Api {
    /// The API whose errors carry `error_code`, `error_message` and `details`.
    OzApi,
    /// The API whose errors carry one object `error`, always with status 400.
    EscrowBox,
}

impl Api {
    /// Both, in the order of the documents.
    pub const ALL: [Self; 2] = [Self::OzApi, Self::EscrowBox];

    /// The name that the command line uses.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::OzApi => "oz-api",
            Self::EscrowBox => "escrow-box",
        }
    }

    /// The API of that name, if there is one.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|api| api.id() == id)
    }
}

/// The environment variables, with the values, by which a caller authenticates at this deployment.
#[must_use]
pub const fn environment(api: Api) -> &'static [(&'static str, &'static str)] {
    match api {
        Api::OzApi => oz_api::ENVIRONMENT,
        Api::EscrowBox => escrow_box::ENVIRONMENT,
    }
}

/// The variables, with the values, by which a caller names what exists at this deployment. They are no secrets.
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

    fn count(&self, changed: bool) {
        self.requests.fetch_add(1, Ordering::Relaxed);
        if changed {
            self.state_changes.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// One API as deployed. Clones are the same deployment and share its witness.
#[derive(Clone, Debug)]
pub struct Deployment {
    api: Api,
    drift: Option<&'static Drift>,
    patience: Duration,
    witness: Arc<Witness>,
    /// Counts the replies in a drift's scope, for a drift that deviates only now and then.
    turn: Arc<AtomicU64>,
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

    /// Answers every connection of `listener` until `shutdown` completes; by then every connection has ended.
    pub async fn serve(&self, listener: tokio::net::TcpListener, shutdown: impl Future<Output = ()> + Send) {
        server::serve(self, listener, shutdown).await;
    }
}

/// Answers every connection of `listener` until `shutdown` completes, when nobody asks what was seen.
pub async fn serve(
    listener: tokio::net::TcpListener,
    api: Api,
    drift: Option<&'static Drift>,
    shutdown: impl Future<Output = ()> + Send,
) {
    Deployment::new(api, drift).serve(listener, shutdown).await;
}
