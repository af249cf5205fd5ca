//! The table of faults: every way in which errdrift breaks a correct request.
//!
//! One file a family, one table of all. A fault knows its cause, its tier and what it sends; whether an operation can bear
//! it without harm is decided once, in [`crate::plan`], from each variant's [`Acceptance`].

mod acceptance;
pub mod anchor;
pub mod body;
pub mod circumstance;
pub mod credentials;
pub mod draft;
pub mod existence;
pub mod form;
mod header_parameter;
pub mod http_framing;
pub mod http_head;
pub mod http_message;
pub mod json_syntax;
pub mod limit;
pub mod media_type;
pub mod member_text;
pub mod method;
pub mod multipart;
mod own;
pub mod pair;
pub mod path;
mod plain;
pub mod query;
pub mod relation;
mod row;
mod table;
pub mod value;

pub use acceptance::Acceptance;
pub use row::{Fault, Tier};
pub use table::{faults, find};
