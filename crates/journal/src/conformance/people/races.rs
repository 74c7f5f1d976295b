//! Many attempts at one person at the same time: no cap is passed, and nothing is sent after an
//! opt-out was recorded.

#![allow(clippy::unwrap_used)]

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use futures::future::{BoxFuture, join_all};
use switchboard_core::{AttemptState, CallId, Delivery, TenantId};

use super::{cap, limits, of, person, said_no, send};
use crate::{
    Journal, Selection,
    conformance::fixtures::{admitted, at, failed, open, record},
    state::Fact,
};

/// The most rings that are allowed.
const MOST: u32 = 3;
/// How many calls there are.
const CALLS: u32 = 24;

/// Calls to one person, of a tenant each, spread over these journals.
async fn calls(journals: &[Arc<dyn Journal>], n: u32) -> Vec<(Arc<dyn Journal>, CallId)> {
    let opened = (0..CALLS).map(|tenant| {
        let journal = Arc::clone(&journals[tenant as usize % journals.len()]);
        async move {
            let call = open(&journal, of(&format!("t{tenant}"), n), 0).await;
            record(&journal, call, admitted()).await;
            (journal, call)
        }
    });
    join_all(opened).await
}

/// Many attempts at one person through all of these journals at the same time: never more than the
/// cap allows are sent, and none after the person has opted out.
///
/// # Panics
/// Where the journals let too many through, or too few.
pub async fn one_person(journals: &[Arc<dyn Journal>]) {
    // All want the last rings. Some are proven not placed later, and others get these.
    for (n, keeps) in [(1, true), (2, false)] {
        let attempts = calls(journals, n).await.into_iter().map(|(journal, call)| async move {
            let needs = limits(vec![cap("P-CAP-DAY", at(0), MOST)]);
            let sent = send(&journal, call, needs, 5).await;
            match sent {
                Ok(tried) if !keeps => {
                    record(&journal, call, failed(tried, Delivery::NotSent)).await;
                    true
                }
                Ok(_) => true,
                Err(error) => {
                    assert_eq!(error.code(), Some("cap_reached"), "{error:?}");
                    false
                }
            }
        });
        let sent = join_all(attempts).await.into_iter().filter(|sent| *sent).count();
        let rings = journals[0].history(&TenantId::default(), &person(n), at(0)).await.unwrap();
        let expected = if keeps { MOST as usize } else { 0 };
        assert_eq!(rings.rings.len(), expected);
        assert!(if keeps { sent == MOST as usize } else { sent >= MOST as usize }, "{sent}");
    }

    // An opt-out in the middle of it.
    for n in 3..9 {
        let calls = calls(journals, n).await;
        let opted_out = AtomicBool::new(false);
        let opted_out = &opted_out;
        let mut steps: Vec<BoxFuture<'_, ()>> = Vec::new();
        for (place, (journal, call)) in calls.into_iter().enumerate() {
            if place == CALLS as usize / 3 {
                let other = Arc::clone(&journals[journals.len() - 1]);
                steps.push(Box::pin(async move {
                    assert!(other.opt_out(&person(n), &said_no(4)).await.unwrap());
                    opted_out.store(true, Ordering::SeqCst);
                }));
            }
            steps.push(Box::pin(async move {
                let too_late = opted_out.load(Ordering::SeqCst);
                match send(&journal, call, limits(vec![]), 5).await {
                    Ok(_) => assert!(!too_late, "it was sent after the opt-out"),
                    Err(error) => assert_eq!(error.code(), Some("opted_out"), "{error:?}"),
                }
            }));
        }
        join_all(steps).await;
        let journal = &journals[0];
        assert!(opted_out.load(Ordering::SeqCst));
        let last = open(journal, of("last", n), 0).await;
        record(journal, last, admitted()).await;
        let denied = send(journal, last, limits(vec![]), 6).await.unwrap_err();
        assert_eq!(denied.code(), Some("opted_out"));
        record(journal, last, Fact::Refused(crate::conformance::fault())).await;
    }

    // What was denied left no trace.
    for call in journals[0].select(&Selection::default()).await.unwrap() {
        let denied = call.attempts.is_empty();
        let known = call
            .attempts
            .iter()
            .all(|attempt| matches!(attempt.state, AttemptState::Sent | AttemptState::NotPlaced));
        assert!(denied || known, "{call:?}");
    }
}
