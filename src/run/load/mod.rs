//! TODO

pub(crate) mod aftermath;
pub(crate) mod board;
pub(crate) mod in_order;
pub(crate) mod limits;
pub(crate) mod local_limit;
pub(crate) mod work;
