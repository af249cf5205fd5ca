//! Hostile targets do no harm: every run ends in time, in bounded memory, without a panic, with valid and harmless reports,
//! and is never green.
#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

#[path = "hostile/amounts.rs"]
mod amounts;
#[path = "hostile/bodies.rs"]
mod bodies;
#[path = "hostile/death.rs"]
mod death;
#[path = "hostile/heads.rs"]
mod heads;
#[path = "hostile/injection.rs"]
mod injection;
#[path = "targets/received.rs"]
mod received;
#[path = "hostile/reports.rs"]
mod reports;
#[path = "hostile/running.rs"]
mod running;
#[path = "hostile/secrets.rs"]
mod secrets;
#[path = "hostile/target.rs"]
mod target;
#[path = "hostile/transport.rs"]
mod transport;
#[path = "hostile/whole.rs"]
mod whole;
