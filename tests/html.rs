//! The report as a page: what stands in it, and what a browser makes of it.
//!
//! The browser is Debian's Chromium. Where it is not installed, its tests say that they were not run.
#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]
#![expect(clippy::print_stderr, reason = "a test that was not run says so")]

#[path = "html/browser.rs"]
mod browser;
#[path = "html/chromium.rs"]
mod chromium;
#[path = "render/fixture.rs"]
#[expect(dead_code, reason = "shared with the tests of the other reports")]
mod fixture;
#[path = "html/page.rs"]
mod page;
#[path = "html/reader.rs"]
mod reader;
#[path = "html/websocket.rs"]
mod websocket;
