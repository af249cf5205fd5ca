//! Files as a run meets them: what may be read, where may be written, and whether two names are one file.
//!
//! Every file that errdrift reads or writes goes through here, before anything is sent: it is a regular file (or a stream where
//! that makes sense), it is not too large, and no output overwrites an input or another output. It knows nothing of what a
//! file says.

mod atomic;
mod input;
mod named;
mod output;
mod place;

pub use atomic::AtomicFile;
pub use input::{read, report};
pub use named::{Named, Role, distinct, is_standard_output};
pub use output::Output;
