//! How a request goes, and what came of it, as the senders say it to each other.

use super::aftermath::Aftermath;
use super::sequence::Hold;
use crate::model::exchange::Outcome;

/// How a request shares connections with others.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Conduct<'a> {
    /// On a kept connection if there is one.
    Pooled {
        /// Whose it is.
        place: &'a str,
        /// Whether it can change nothing, so that it may be sent again whatever came.
        harmless: bool,
    },
    /// On one of its own, which lingers after the finished reply.
    Alone {
        /// Whose it is: what is late once is late again.
        place: &'a str,
    },
}

/// What came of a request.
#[derive(Debug)]
pub(crate) struct Sent {
    pub(crate) outcome: Outcome,
    /// What is to be waited for before it is believed.
    pub(crate) aftermath: Option<Aftermath>,
    /// How many replies came after its own.
    pub(crate) shift: usize,
    /// The sequence whose connection was lost in it: what is lost again on a connection of its own owes that to nothing before.
    pub(super) doubt: Option<Hold>,
}

impl From<Outcome> for Sent {
    fn from(outcome: Outcome) -> Self {
        Self { outcome, aftermath: None, shift: 0, doubt: None }
    }
}
