//! The nouns of every room: causes, verdicts, exchanges, findings, secrets and what hides them, files, the places and the text
//! of what is reported. It imports nothing of the other rooms.

pub mod answer;
pub mod cause;
pub mod content;
pub mod date;
pub mod exchange;
pub mod file;
pub mod layer;
pub mod masked;
pub mod place;
pub mod pointer;
pub mod printable;
pub mod quote;
pub mod retry_after;
pub mod secret;
pub mod target;
pub mod token;
pub mod verdict;
