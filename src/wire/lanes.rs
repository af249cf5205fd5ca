//! How many exchanges are under way at once: as many as the user allows, and fewer where this machine has no room for more.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

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
    left: Option<Instant>,
}

impl<'l> Lane<'l> {
    pub(super) fn of(lanes: &'l Lanes) -> Self {
        Self { lanes, permit: None, left: None }
    }

    /// Waits for a lane, unless it has one.
    pub(super) async fn enter(&mut self) {
        if self.permit.is_none() {
            // The semaphore is never closed.
            self.permit = self.lanes.semaphore.acquire().await.ok();
            self.left = None;
        }
    }

    /// Gives the lane to others.
    pub(super) fn leave(&mut self) {
        self.permit = None;
        self.left = Some(Instant::now());
    }

    /// When the exchange ended.
    pub(super) fn left(&self) -> Instant {
        self.left.unwrap_or_else(Instant::now)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_lane_that_is_given_up_is_gone_and_the_last_one_stays() {
        let lanes = Lanes::new(2);
        let (mut one, mut other) = (Lane::of(&lanes), Lane::of(&lanes));
        one.enter().await;
        other.enter().await;
        assert!(one.retire());
        assert_eq!((lanes.size(), lanes.semaphore.available_permits()), (1, 0));
        assert!(!other.retire());
        other.leave();
        one.enter().await;
        assert_eq!((lanes.size(), lanes.semaphore.available_permits()), (1, 0));
    }
}
