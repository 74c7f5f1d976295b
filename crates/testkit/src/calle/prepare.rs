//! What happens before there is a call: the key is looked up, and the task is prepared.

use std::sync::Arc;

use serde_json::{Value, json};
use tokio::sync::watch;

use super::body;
use super::codes::Refused;
use super::state::{Calls, SimState, Wanted};
use super::words::end;
use crate::KeyRepeat;
use crate::host::{Known, RequestContext};

/// What to do with a request.
enum Next {
    Answer(Result<Value, Refused>),
    /// An earlier request with the same key is being prepared.
    Wait(watch::Receiver<bool>),
    Prepare,
}

impl SimState {
    /// Returns the answer to a request that places a call with a key.
    pub(crate) async fn place_with_key(
        self: &Arc<Self>,
        wanted: impl FnOnce() -> Result<Wanted, Refused> + Send,
        sent: Value,
        key: String,
        context: &RequestContext,
    ) -> Result<Value, Refused> {
        loop {
            let next = self.next(&key, &sent);
            match next {
                Next::Answer(answer) => return answer,
                // An error means that the sender is gone, so the request is over.
                Next::Wait(mut done) => drop(done.wait_for(|done| *done).await),
                Next::Prepare => break,
            }
        }
        let result = match wanted() {
            Ok(wanted) => self.prepare(wanted, context).await,
            Err(refused) => Err(refused),
        };
        let mut calls = self.calls.lock();
        if let Ok(answer) = &result {
            let id = answer["id"].as_str().unwrap_or_default().to_owned();
            calls.keys.keep(key.clone(), sent, id, answer.clone());
        }
        if let Some(done) = calls.preparing.remove(&key) {
            done.send_replace(true);
        }
        result
    }

    fn next(&self, key: &str, sent: &Value) -> Next {
        let settings = &self.config.platform;
        let mut calls = self.calls.lock();
        if settings.key_repeat != KeyRepeat::RingsAgain {
            let first = match calls.keys.look(key, sent, settings.key_life) {
                Known::No => None,
                Known::Other(_) => return Next::Answer(Err(conflict())),
                Known::Same(first) => Some((first.call_id, first.answer)),
            };
            if let Some((id, answer)) = first {
                return Next::Answer(self.repeat(&calls, &id, answer));
            }
            if let Some(done) = calls.preparing.get(key) {
                return match settings.key_repeat {
                    KeyRepeat::Refused => Next::Answer(Err(conflict())),
                    KeyRepeat::FirstAnswer
                    | KeyRepeat::CurrentCall
                    | KeyRepeat::Silent
                    | KeyRepeat::RingsAgain => Next::Wait(done.subscribe()),
                };
            }
        }
        calls.preparing.insert(key.to_owned(), Arc::new(watch::channel(false).0));
        Next::Prepare
    }

    fn repeat(&self, calls: &Calls, id: &str, answer: Value) -> Result<Value, Refused> {
        let line = self.host.timeline;
        let record = calls.find(id);
        let failed = record.is_some_and(|record| {
            record.course.is_over(line) && end(&record.course.word).status == "failed"
        });
        if failed && self.config.platform.failed_key_refused {
            return Err(Refused::new("key_of_failed_call", "the call of this key has failed"));
        }
        match self.config.platform.key_repeat {
            KeyRepeat::FirstAnswer | KeyRepeat::RingsAgain => Ok(answer),
            KeyRepeat::CurrentCall => record
                .map(|record| body::of(record, line))
                .ok_or_else(|| Refused::not_found("the call")),
            KeyRepeat::Silent => Ok(json!({})),
            KeyRepeat::Refused => Err(conflict()),
        }
    }

    /// Prepares the task, which takes its time, and places the call. The caller may be gone by then.
    pub(crate) async fn prepare(
        self: &Arc<Self>,
        wanted: Wanted,
        context: &RequestContext,
    ) -> Result<Value, Refused> {
        let preparation = self.config.platform.preparation;
        if !preparation.is_zero() {
            tokio::time::sleep(self.host.timeline.real(preparation)).await;
        }
        if let Some(code) = self.config.refusals.get(&wanted.phone) {
            return Err(Refused::configured(code));
        }
        let forbidden = |phrase: &String| wanted.task.contains(phrase);
        if self.config.unsafe_phrases.iter().any(forbidden) {
            return Err(Refused::new("policy_violation", "the task is not allowed"));
        }
        let countries = &self.config.countries;
        let region = wanted.region.as_deref().unwrap_or_default();
        if !(countries.is_empty() || countries.contains(region)) {
            return Err(Refused::new("unsupported_region", "this region is not supported"));
        }
        if self.config.credits == 0 {
            return Err(Refused::new("insufficient_balance", "the balance is empty"));
        }
        self.place(wanted, context)
    }
}

fn conflict() -> Refused {
    Refused::new("idempotency_conflict", "the Idempotency-Key was used before")
}
