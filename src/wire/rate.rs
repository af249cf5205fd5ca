//! The rate that the user set: one place where every request gets its turn, in the order in which they ask.
//!
//! It knows neither probes nor replies. The sender asks it before each writing of a request, so that nothing leaves without
//! a turn.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::{Instant, sleep_until};

/// What a second is stretched to: requests that leave evenly may reach the target closer together.
const STRETCHED: f64 = 1.01;

/// So many requests a second at most.
pub(crate) struct Rate {
    /// Between two requests.
    gap: Duration,
    /// In which no more than the rate's number leave.
    window: Duration,
    number: usize,
    turns: Mutex<Turns>,
}

#[derive(Default)]
struct Turns {
    /// When the next one is due, where there is work all the time.
    due: Option<Instant>,
    /// When the last ones left, as many as a window takes.
    left: VecDeque<Instant>,
}

impl Rate {
    pub(crate) fn new(number: u32) -> Self {
        let number = number.max(1);
        let window = Duration::from_secs(1).mul_f64(STRETCHED);
        let (gap, number) = (window / number, usize::try_from(number).unwrap_or(usize::MAX));
        Self { gap, window, number, turns: Mutex::default() }
    }

    /// Waits until one request may leave.
    pub(crate) async fn turn(&self) {
        let asked = Instant::now();
        // The lock is fair: first come, first served.
        let mut turns = self.turns.lock().await;
        // Who waited for others is due when the rate says so, even where we wake up late; who comes to an idle rate has no
        // claim to what was not used.
        let due = turns.due.map_or(asked, |due| due.max(asked));
        let full = turns.left.len() >= self.number;
        let free = turns.left.front().filter(|_| full).map(|first| *first + self.window);
        let at = free.map_or(due, |free| free.max(due));
        if at > Instant::now() {
            sleep_until(at).await;
        }
        if full {
            turns.left.pop_front();
        }
        turns.left.push_back(Instant::now());
        turns.due = Some(due + self.gap);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    /// When the requests leave that so many tasks send without a pause, from the first on.
    async fn departures(number: u32, tasks: usize, each: usize) -> Vec<Duration> {
        let rate = Arc::new(Rate::new(number));
        let start = Instant::now();
        let task = |_| {
            let rate = Arc::clone(&rate);
            tokio::spawn(async move {
                let mut left = Vec::new();
                for _ in 0..each {
                    rate.turn().await;
                    left.push(start.elapsed());
                }
                left
            })
        };
        let tasks: Vec<_> = (0..tasks).map(task).collect();
        let mut all = Vec::new();
        for task in tasks {
            all.extend(task.await.unwrap());
        }
        all.sort();
        all
    }

    #[tokio::test(start_paused = true)]
    async fn no_second_has_more_than_the_rate_and_a_long_time_hardly_less() {
        for (number, tasks, each) in
            [(1, 1, 5), (2, 16, 2), (7, 3, 40), (50, 16, 30), (997, 16, 400), (5_000, 16, 1_500)]
        {
            let left = departures(number, tasks, each).await;
            let most = usize::try_from(number).unwrap();
            for window in left.windows(most + 1) {
                let within = window[most].checked_sub(window[0]).unwrap();
                assert!(within > Duration::from_secs(1), "{number}/s: {} in {within:?}", most + 1);
            }
            let whole = left[left.len() - 1].as_secs_f64();
            let sent = f64::from(u32::try_from(left.len()).unwrap() - 1);
            // Timers tick in milliseconds: the last one may be one late.
            assert!(sent / f64::from(number) >= 0.98 * (whole - 0.001), "{number}/s: {sent} in {whole} s");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_first_burst_is_one_request_and_so_is_the_one_after_a_pause() {
        let rate = Rate::new(10);
        let start = Instant::now();
        rate.turn().await;
        assert_eq!(start.elapsed(), Duration::ZERO);
        rate.turn().await;
        assert!(start.elapsed() >= Duration::from_millis(100));
        tokio::time::sleep(Duration::from_secs(60)).await;
        let again = Instant::now();
        rate.turn().await;
        assert_eq!(again.elapsed(), Duration::ZERO);
        rate.turn().await;
        assert!(again.elapsed() >= Duration::from_millis(100));
    }
}
