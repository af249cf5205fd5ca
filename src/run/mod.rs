//! The parts of a run that decide when something may leave, before the target is harmed: the brake, the rate, the target's own
//! limits, who is under way, whether the credentials are still right; the workers that do as they say, and what comes after a
//! reply.

pub(crate) mod aftermath;
pub(crate) mod allow;
pub(crate) mod board;
pub(crate) mod brake;
pub(crate) mod came;
pub(crate) mod catch_all;
pub(crate) mod credentials;
pub(crate) mod form;
pub(crate) mod in_order;
mod limit;
pub(crate) mod limits;
mod look_for;
pub(crate) mod rate;
pub(crate) mod work;
