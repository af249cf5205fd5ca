//! The report in the forms that people and machines read: one file a form, each a pure function of the report.
//!
//! Every form has its own encoder, since what a target sends is hostile to each in another way. This one is the
//! terminal's. Nothing here knows a socket, a file or a secret.

mod codes;
pub mod compare;
pub mod count;
pub mod drift;
pub mod explain;
pub mod format;
pub mod github;
pub mod har;
pub mod headline;
pub mod html;
pub mod human;
pub mod json;
pub mod junit;
pub mod load;
pub mod markdown;
pub mod mutation;
pub mod renderer;
pub mod replay;
pub mod requests;
pub mod retest;
pub mod safety;
pub mod sarif;
pub mod style;
pub mod waivers;
