//! Real gateways in front of the embedded deployment: their own pages are found and attributed to them by name, and nothing
//! of the service is called drift.
//!
//! The gateways are Debian's packages. Where one is not installed, its test says that it was not run.
#![expect(clippy::print_stderr, reason = "a test that was not run says so")]

mod apache;
mod haproxy;
mod nginx;
mod support;
