//! Who leaves when: the order of the probes, who is under way, what the target's limits allow, and what comes after a reply.

pub(crate) mod aftermath;
pub(crate) mod board;
pub(crate) mod in_order;
pub(crate) mod limits;
pub(crate) mod local_limit;
pub(crate) mod tail;
pub(crate) mod work;
