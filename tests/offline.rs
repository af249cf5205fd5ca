//! What needs no target: documents, plans, what the reader makes of bytes, the reports and their pages, and the house itself.
#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

mod architecture;
mod documents;
mod html;
mod plan;
mod readme;
mod render;
mod replies;
mod schemas;
