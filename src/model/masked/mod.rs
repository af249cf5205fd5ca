//! What came from a target as it may be shown, kept and signed: without secrets, which are looked for in the whole of it before
//! any part is taken out.
//!
//! It judges nothing; what is judged is what came.

pub mod message;
mod reply;

pub use reply::{outcome, reply, silence};
