//! An operator who looks up calls in doubt at the provider, and decides what became of them: over
//! HTTP, while servers are killed.
//!
//! Some calls can only be decided by a person: their process died between the claim and the first
//! byte. Their agent gets no further call until then.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use serde_json::{Value, json};
use switchboard_testkit::RingLedger;
use tokio::{task::JoinHandle, time::sleep};

use crate::{kill::faults, serve::Replicas};

const LOOKS_EVERY: Duration = Duration::from_secs(2);

/// A running operator.
#[derive(Debug)]
pub struct Operator {
    decided: Arc<AtomicU32>,
    task: JoinHandle<()>,
}

impl Drop for Operator {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Operator {
    /// Works with this key, which is an operator's.
    pub fn start(replicas: &Arc<Replicas>, key: &str, rings: &RingLedger) -> Self {
        let decided = Arc::<AtomicU32>::default();
        let (replicas, key) = (Arc::clone(replicas), key.to_owned());
        let (rings, count) = (rings.clone(), Arc::clone(&decided));
        let task = tokio::spawn(async move {
            loop {
                sleep(LOOKS_EVERY).await;
                decide(&replicas, &key, &rings, &count).await;
            }
        });
        Self { decided, task }
    }

    /// How many calls were decided.
    pub fn decided(&self) -> u32 {
        self.decided.load(Ordering::SeqCst)
    }
}

async fn decide(replicas: &Replicas, key: &str, rings: &RingLedger, decided: &AtomicU32) {
    let path = "/v1/calls?status=indeterminate&limit=100";
    let found = replicas.insist(key, "GET", path, &Value::Null).await.json();
    let found = found["data"].as_array().cloned().unwrap_or_default();
    if found.is_empty() {
        return;
    }
    // Nobody is paused, and what had left by now has arrived.
    let _quiet = replicas.quiet.write().await;
    sleep(faults::quiet_after()).await;
    let rang = rings.rings();
    for call in found {
        let (id, to) = (call["id"].as_str().unwrap(), call["to"].as_str().unwrap());
        let note = "looked up at the provider";
        let path = format!("/v1/calls/{id}");
        let whole = replicas.insist(key, "GET", &path, &Value::Null).await.json();
        let asked = whole["attempts"].as_array().and_then(|attempts| attempts.last()).cloned();
        let provider = asked.unwrap_or_default()["provider"].clone();
        // The person may have other calls at that provider: one that another call has is refused.
        let theirs = rang.iter().rev().filter(|ring| ring.to == to && provider == *ring.provider);
        let placed = theirs.map(
            |ring| json!({"verdict": "placed", "provider_call_id": ring.call_id, "note": note}),
        );
        let path = format!("/v1/calls/{id}/resolve");
        for verdict in placed.chain([json!({"verdict": "not_placed", "note": note})]) {
            // Evidence may have been found first; then it is no longer in doubt.
            let answer = replicas.insist(key, "POST", &path, &verdict).await;
            if answer.status == 200 {
                decided.fetch_add(1, Ordering::SeqCst);
                break;
            }
        }
    }
}
