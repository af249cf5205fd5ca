//! The threads of a run.

use super::error::Error;
use crate::model::exchange::LocalLimit;

/// More threads than these judge no faster than a target answers, and each may have a large reply in memory.
const WORKERS: usize = 4;

/// A runtime for the engine, or for the embedded deployment.
///
/// # Errors
/// The system gives no threads.
pub fn runtime() -> Result<tokio::runtime::Runtime, Error> {
    let processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let workers = processors.min(WORKERS);
    let narrow = |limit: LocalLimit| Error::Local(format!("nothing was judged, and nothing sent: {limit}"));
    // Where there is too little room, the runtime panics here or later.
    crate::wire::has_room().map_err(narrow)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(workers).enable_all().build();
    runtime.map_err(|error| match crate::wire::limit(&error) {
        Some(limit) => narrow(limit),
        None => Error::Usage(format!("cannot start: {error}")),
    })
}
