//! The report as a page: what stands in it, and what a browser makes of it.
//!
//! The browser is Debian's Chromium. Where it is not installed, its tests say that they were not run.
#![expect(clippy::print_stderr, reason = "a test that was not run says so")]

mod browser;
mod chromium;
mod page;
mod reader;
mod websocket;
