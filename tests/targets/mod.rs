//! Targets that misbehave: the run ends, says what is the matter, writes its reports, and does not call it drift unless it is.

mod input;
mod probed;
mod support;
mod unusable;
