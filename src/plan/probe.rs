//! One probe, and what is expected of its reply.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::guard::{Guard, RuledOut};
use super::probe_id::ProbeId;
use crate::catalog::Api;
use crate::catalog::contract::CausePromise;
use crate::catalog::suite::{Operation, OwnProbe};
use crate::fault::Fault;
use crate::fault::relation::Like;
use crate::model::cause::Cause;
use crate::model::exchange::Request;

/// What stands for the operation of a probe that belongs to no operation, such as an unknown path.
pub const NO_OPERATION: &str = "no-operation";

/// An operation with one fault: the exact request, and what its reply is held against.
#[derive(Clone, Debug)]
pub struct Probe {
    /// The stable id, a [`ProbeId`].
    pub id: String,
    /// The suite and its contract.
    pub api: Arc<Api>,
    /// The operation's id.
    pub operation: String,
    /// The fault.
    pub fault: &'static Fault,
    /// The cause that the reply is held against first.
    pub cause: Cause,
    /// What leaves.
    pub request: Request,
    /// What is expected of the reply.
    pub expectation: Expectation,
    /// What its answer is compared with.
    pub like: Option<Like>,
    /// Why it may be sent.
    pub guard: Guard,
    /// What the target must have said before it is sent.
    pub ruled_out: Option<Box<RuledOut>>,
}

impl Probe {
    /// The causes of a probe with two mistakes that a reply may be held against; none of any other probe.
    #[must_use]
    pub fn causes(&self) -> BTreeSet<Cause> {
        match &self.like {
            Some(Like::Either(plain)) => plain.iter().map(|plain| plain.cause).collect(),
            _ => BTreeSet::new(),
        }
    }

    /// What the suite says of its operation; `None` where it belongs to none.
    #[must_use]
    pub fn declared(&self) -> Option<&Operation> {
        self.api.suite.operation.iter().find(|operation| operation.id == self.operation)
    }

    /// The suite's own wrong request that it sends; `None` of any other probe.
    #[must_use]
    pub fn own(&self) -> Option<&OwnProbe> {
        if self.guard != Guard::Declared {
            return None;
        }
        self.api.suite.probe.iter().find(|own| own.operation == self.operation && own.id == self.variant())
    }

    /// What answers the cause: as this very request promises it, its operation, or the contract for all.
    #[must_use]
    pub fn promise(&self, cause: Cause) -> Option<&CausePromise> {
        self.single_promise(cause).or_else(|| self.api.contract.promise(cause))
    }

    /// What answers the cause here and not everywhere.
    #[must_use]
    pub fn single_promise(&self, cause: Cause) -> Option<&CausePromise> {
        let own = self.own().filter(|own| own.cause == cause).and_then(|own| own.expect.as_ref());
        own.or_else(|| self.declared()?.cause.get(&cause))
    }

    /// What tells it from the other probes of its fault and operation; often nothing.
    #[must_use]
    pub fn variant(&self) -> &str {
        ProbeId::parse(&self.id).map_or("", |id| id.variant)
    }
}

/// What is expected of a reply.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Expectation {
    /// Causes that describe the request as well as the probe's own: a reply that fits one of them fits.
    pub also: Vec<Cause>,
    /// What a success says of the target.
    pub success: Success,
    /// Whether only an error's form and status are judged, not its code.
    pub form_only: bool,
    /// Whether the path is one that the contract governs.
    pub governed: bool,
}

/// What a success says of the target.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Success {
    /// It took what it must refuse.
    Wrong,
    /// It is lenient.
    Tolerated,
    /// Nothing: it is as right as an error.
    Right,
}

/// An operation's correct request, which must not be answered by an error.
#[derive(Clone, Debug)]
pub struct Control {
    /// The suite and its contract.
    pub api: Arc<Api>,
    /// The operation's id.
    pub operation: String,
    /// What leaves.
    pub request: Request,
}
