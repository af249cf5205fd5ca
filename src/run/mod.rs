//! The parts of a run that decide when something may leave: the rate, the target's own limits, who is under way, and whether
//! the credentials are still right; and the workers that do as they say.

pub(crate) mod board;
pub(crate) mod credentials;
pub(crate) mod in_order;
pub(crate) mod limits;
pub(crate) mod rate;
pub(crate) mod work;
