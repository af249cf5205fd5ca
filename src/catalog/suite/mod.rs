//! One API as deployed: its operations, their parameters, its credentials, and the contract that governs it.
//!
//! A suite is a TOML file (`suites/*.toml`); this module is its typed form. It knows nothing of faults.

mod body;
mod effect;
mod expects;
mod file;
mod known;
mod own;
mod paths;
mod request;

pub use body::{Anchor, Body, Field, FieldType};
pub use effect::Effect;
pub use expects::{Expects, is_json};
pub use file::{
    Browser, Credential, Identity, Minimum, Operation, OwedBy, Refusal, RequestDefaults, Scheme, Secret, Skip, Suite,
};
pub use own::{OwnProbe, Part};
pub use paths::same_path;
