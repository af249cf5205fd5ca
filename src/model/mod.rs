//! TODO

pub mod answer;
pub mod cause;
pub mod date;
pub mod exchange;
pub mod file;
pub mod finding;
pub mod masked;
pub mod quote;
pub mod secret;
pub mod target;
pub mod verdict;
