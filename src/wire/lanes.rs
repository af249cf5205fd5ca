//! How many exchanges are under way at once: as many as the user allows, and fewer where this machine has no room for more.

use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::{Semaphore, SemaphorePermit};

/// The lanes on which exchanges are under way.
#[derive(Debug)]
pub(super) struct Lanes {
    semaphore: Semaphore,
    size: AtomicUsize,
}

impl Lanes {
    /// So many lanes; at least one.
    pub(super) fn new(size: usize) -> Self {
        let size = size.clamp(1, Semaphore::MAX_PERMITS);
        Self { semaphore: Semaphore::new(size), size: AtomicUsize::new(size) }
    }

    /// How many there are now.
    pub(super) fn size(&self) -> usize {
        self.size.load(Ordering::Relaxed)
    }
}

/// A lane for one request. It is in use from the first byte sent to the last one received.
#[derive(Debug)]
pub(super) struct Lane<'l> {
    lanes: &'l Lanes,
    permit: Option<SemaphorePermit<'l>>,
}

impl<'l> Lane<'l> {
    pub(super) fn of(lanes: &'l Lanes) -> Self {
        Self { lanes, permit: None }
    }

    /// Waits for a lane, unless it has one.
    pub(super) async fn enter(&mut self) {
        if self.permit.is_none() {
            // The semaphore is never closed.
            self.permit = self.lanes.semaphore.acquire().await.ok();
        }
    }

    /// Gives the lane to others.
    pub(super) fn leave(&mut self) {
        self.permit = None;
    }

    /// Gives the lane up for good, so that fewer exchanges are under way from now on; `false` where it is the last one.
    pub(super) fn retire(&mut self) -> bool {
        let fewer = |size: usize| (size > 1).then(|| size - 1);
        if self.lanes.size.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fewer).is_err() {
            return false;
        }
        if let Some(permit) = self.permit.take() {
            permit.forget();
        }
        true
    }
}
