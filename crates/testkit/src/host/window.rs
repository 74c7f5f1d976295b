//! The documented rate limits as exact sliding windows: never more requests than the limit in any
//! period of the window's length.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

/// The requests of one key within the current window.
#[derive(Debug, Default)]
pub(crate) struct Window(VecDeque<Instant>);

impl Window {
    /// Admits a request and records it, or returns how long to wait for the next one. A rejected
    /// request does not count.
    pub(crate) fn admit(&mut self, limit: usize, length: Duration) -> Result<(), Duration> {
        let now = Instant::now();
        while self.0.front().is_some_and(|first| now.duration_since(*first) >= length) {
            self.0.pop_front();
        }
        if self.0.len() >= limit {
            let first = self.0.front().copied().unwrap_or(now);
            return Err((first + length).duration_since(now));
        }
        self.0.push_back(now);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    #[tokio::test(start_paused = true)]
    async fn no_window_holds_more_than_the_limit() {
        let mut window = Window::default();
        let mut admitted = Vec::new();
        // 50 ms apart for ten minutes: twenty times what 60 a minute allows.
        for _ in 0..12_000 {
            if window.admit(60, MINUTE).is_ok() {
                admitted.push(Instant::now());
            }
            tokio::time::advance(Duration::from_millis(50)).await;
        }
        assert_eq!(admitted.len(), 600);
        for first in &admitted {
            let within = admitted.iter().filter(|at| *at >= first && **at < *first + MINUTE);
            assert!(within.count() <= 60);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_refusal_tells_when_the_next_may_pass_and_does_not_count() {
        let mut window = Window::default();
        assert_eq!(window.admit(1, MINUTE), Ok(()));
        tokio::time::advance(Duration::from_secs(20)).await;
        assert_eq!(window.admit(1, MINUTE), Err(Duration::from_secs(40)));
        tokio::time::advance(Duration::from_secs(40)).await;
        assert_eq!(window.admit(1, MINUTE), Ok(()));
    }
}
