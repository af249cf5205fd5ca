//! A file as a value, with the line of everything in it.
//!
//! The same door for every document that people write (suites, contracts, waivers): read, parsed, held against its
//! meta-schema and turned into its type. All that is wrong comes back at once, each with its line and what to write
//! instead. It knows no document's meaning.

mod advice;
mod decode;
mod json;
mod lines;
mod parsed;
mod problem;
mod text;
mod toml;

pub use advice::{closest_or_all, nearest};
pub use parsed::{Document, Syntax};
pub use problem::{Problem, Problems};
pub use text::text;
