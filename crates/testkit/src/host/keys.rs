//! Idempotency keys and the answers to the requests that used them first.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;
use tokio::time::Instant;

/// The first request with a key.
#[derive(Debug, Clone)]
pub(crate) struct First {
    at: Instant,
    body: Value,
    pub(crate) call_id: String,
    pub(crate) answer: Value,
}

/// What is known of a key.
#[derive(Debug)]
pub(crate) enum Known {
    /// Nothing, or its life is over.
    No,
    /// It was used with the same body.
    Same(First),
    /// It was used with another body.
    Other(First),
}

/// The keys of an account.
#[derive(Debug, Default)]
pub(crate) struct Keys(BTreeMap<String, First>);

impl Keys {
    /// Looks a key up. A key without an end of its life has `None` as its life.
    pub(crate) fn look(&self, key: &str, body: &Value, life: Option<Duration>) -> Known {
        match self.0.get(key) {
            Some(first) if life.is_some_and(|life| first.at.elapsed() >= life) => Known::No,
            Some(first) if first.body == *body => Known::Same(first.clone()),
            Some(first) => Known::Other(first.clone()),
            None => Known::No,
        }
    }

    /// Remembers the first request with a key. Its life begins now.
    pub(crate) fn keep(&mut self, key: String, body: Value, call_id: String, answer: Value) {
        self.0.insert(key, First { at: Instant::now(), body, call_id, answer });
    }
}
