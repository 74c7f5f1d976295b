//! Compares the calls of the ledger with the phones that rang. The simulators' record is the truth.

use std::collections::{BTreeSet, HashMap};

use switchboard::{Call, CallStatus};
use switchboard_testkit::RingLedger;

/// The result of the comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Proof {
    /// Phones that rang.
    pub(super) rings: usize,
    /// Phones that rang more often than the calls account for. Each call accounts for one ring,
    /// unless every attempt provably never rang.
    pub(super) rung_too_often: usize,
    /// Closed calls whose phone did not ring.
    pub(super) calls_without_ring: usize,
    /// Rings without a call.
    pub(super) rings_without_call: usize,
}

impl Proof {
    pub(super) fn of(calls: &[Call], ledger: &RingLedger) -> Self {
        let rings = ledger.rings();
        let mut accounted: HashMap<&str, usize> = HashMap::new();
        for call in calls {
            let rings = usize::from(call.attempts.iter().any(|attempt| attempt.state.is_live()));
            *accounted.entry(call.to.e164()).or_default() += rings;
        }
        let mut rung: HashMap<&str, usize> = HashMap::new();
        for ring in &rings {
            *rung.entry(&ring.to).or_default() += 1;
        }
        let too_often =
            |to: &str, count: usize| count > accounted.get(to).copied().unwrap_or_default();
        // The phones that rang, by the provider's call id and the number.
        let rang: BTreeSet<(&str, &str)> =
            rings.iter().map(|ring| (ring.call_id.as_str(), ring.to.as_str())).collect();
        let closed = calls.iter().filter(|call| call.status == CallStatus::Closed);
        let known: BTreeSet<(&str, &str)> = calls
            .iter()
            .filter_map(|call| Some((call.provider_call_id.as_ref()?.as_str(), call.to.e164())))
            .collect();
        Self {
            rings: rings.len(),
            rung_too_often: rung.iter().filter(|(to, count)| too_often(to, **count)).count(),
            calls_without_ring: closed
                .filter(|call| {
                    let theirs = call.provider_call_id.as_ref();
                    theirs.is_none_or(|theirs| !rang.contains(&(theirs.as_str(), call.to.e164())))
                })
                .count(),
            rings_without_call: rang.difference(&known).count(),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::json;

    use super::*;

    const LONDON: &str = "+442079460018";

    fn call(state: &str, theirs: &str) -> Call {
        let (id, at) = ("018f3b1e-0000-7000-8000-000000000001", "2026-02-14T20:00:00Z");
        let attempt = json!({
            "id": id, "provider": "kallyai", "ring": 0, "idempotency_key": id, "state": state, "created_at": at, "evidence": [],
        });
        let call = json!({
            "id": id, "tenant": "default", "to": LONDON, "country": "GB", "status": "closed", "attempts": [attempt],
            "provider_call_id": theirs, "metadata": {}, "created_at": at, "updated_at": at,
        });
        serde_json::from_value(call).unwrap()
    }

    fn ledger(calls: &[&str]) -> RingLedger {
        let file = tempfile::NamedTempFile::new().unwrap();
        let line = |id: &&str| {
            json!({"at": "2026-02-14T20:00:00Z", "to": LONDON, "call_id": id}).to_string() + "\n"
        };
        std::fs::write(file.path(), calls.iter().map(line).collect::<String>()).unwrap();
        RingLedger::with_file(file.path()).unwrap()
    }

    /// Returns `rung_too_often`, `calls_without_ring` and `rings_without_call`.
    fn proof(calls: &[Call], rings: &[&str]) -> (usize, usize, usize) {
        let proof = Proof::of(calls, &ledger(rings));
        assert_eq!(proof.rings, rings.len());
        (proof.rung_too_often, proof.calls_without_ring, proof.rings_without_call)
    }

    #[test]
    fn what_the_calls_do_not_account_for_is_found() {
        let (one, two, not_placed) =
            (call("placed", "one"), call("placed", "two"), call("not_placed", "one"));
        assert_eq!(proof(std::slice::from_ref(&one), &["one"]), (0, 0, 0));
        assert_eq!(
            proof(std::slice::from_ref(&one), &["one", "one"]),
            (1, 0, 0),
            "one call rang twice"
        );
        assert_eq!(
            proof(&[one.clone(), two], &["one", "two"]),
            (0, 0, 0),
            "two calls rang once each"
        );
        assert_eq!(
            proof(&[not_placed], &["one"]),
            (1, 0, 0),
            "a call that provably never rang did ring"
        );
        assert_eq!(proof(&[], &["one"]), (1, 0, 1), "no call asked for it");
        assert_eq!(
            proof(std::slice::from_ref(&one), &[]),
            (0, 1, 0),
            "the ledger says that it rang"
        );
        assert_eq!(proof(&[one], &["two"]), (0, 1, 1), "another call rang");
    }
}
