//! Hostile targets do no harm: every run ends in time, in bounded memory, without a panic, with valid and harmless reports,
//! and is never green.

mod amounts;
mod bodies;
mod death;
mod heads;
mod injection;
mod reports;
mod running;
mod secrets;
mod target;
mod transport;
mod whole;
