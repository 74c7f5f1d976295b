//! The same person with the same task again, and rows of batches that come again.

use std::{sync::Arc, time::Duration};

use switchboard_core::{CallId, CallRequest, CallStatus, Delivery, ErrorKind, Refusal};

use super::fixtures::{
    admitted, at, attempt, completed, failed, fault, new_call, open, queued, record,
    refusal_to_open, request, send, task,
};
use crate::{DuplicateOf, Journal, JournalExt, NewCall, Opened, state::Fact};

const MINUTES: u64 = 60;
const HOURS: u64 = 60 * MINUTES;

/// A row of a batch, under the key that was made of it.
fn row(n: u32, batch: &str, key: &str) -> CallRequest {
    request(n).with(|call| {
        call.batch = Some(batch.to_owned());
        call.row_key = Some(key.to_owned());
    })
}

/// The same, under the caller's own key.
fn keyed_row(n: u32, batch: &str, key: &str) -> CallRequest {
    row(n, batch, key).with(|call| {
        call.row_key = None;
        call.idempotency_key = Some(key.to_owned());
    })
}

fn allowed(request: CallRequest) -> CallRequest {
    request.with(|call| call.allow_duplicate = true)
}

/// It rings at this moment, and is over.
async fn ring(journal: &Arc<dyn Journal>, call: CallId, after: u64) {
    let attempt = attempt("alpha");
    let tried = attempt.id;
    let theirs = format!("a-{call}");
    for fact in [
        admitted(),
        Fact::Intended(Box::new(attempt)),
        Fact::Claimed(tried),
        Fact::Sent(tried),
        Fact::Answered(tried, Box::new(queued("alpha", &theirs))),
        Fact::Reported(Box::new(completed("alpha", &theirs))),
    ] {
        journal.record(call, fact, at(after)).await.unwrap();
    }
}

async fn is_held_back(
    journal: &Arc<dyn Journal>,
    request: CallRequest,
    after: u64,
    first: CallId,
    since: u64,
) {
    let error = refusal_to_open(journal, request, after).await;
    assert_eq!(
        (error.kind(), error.code()),
        (ErrorKind::PossibleDuplicate, Some("possible_duplicate"))
    );
    assert!(error.message().contains(&first.to_string()), "{error}");
    let of = DuplicateOf::in_error(&error).expect("it says of which call");
    assert_eq!((of.call, of.since), (first, at(since)));
}

pub(super) async fn a_possible_duplicate_is_refused_within_its_window(journal: Arc<dyn Journal>) {
    let first = open(&journal, request(1), 0).await;
    ring(&journal, first, 0).await;
    for after in [0, 1, 599] {
        is_held_back(&journal, request(1), after, first, 0).await;
    }
    open(&journal, task(1, "something else"), 1).await;
    open(&journal, request(2), 1).await;
    let theirs = request(1).with(|call| call.tenant = Some("another".to_owned()));
    open(&journal, theirs, 1).await;
    let meant = open(&journal, allowed(request(1)), 2).await;
    ring(&journal, meant, 2).await;
    let keyed =
        request(1).with(|call| call.idempotency_key = Some("a key is a word on it too".to_owned()));
    let keyed = open(&journal, keyed, 3).await;
    ring(&journal, keyed, 3).await;
    open(&journal, request(1), 3 + 600).await;

    // How long it is comes with the call.
    let first = open(&journal, request(3), 0).await;
    ring(&journal, first, 0).await;
    for (within, after, held) in [(60, 59, true), (3_600, 3_599, true), (60, 60, false)] {
        let new =
            NewCall { duplicates: Duration::from_secs(within), ..new_call(&request(3), at(after)) };
        assert_eq!(journal.open(new).await.is_err(), held, "{after} of {within} seconds");
    }
}

pub(super) async fn a_refused_call_is_no_duplicate(journal: Arc<dyn Journal>) {
    let first = open(&journal, request(1), 0).await;
    record(&journal, first, Fact::Refused(fault())).await;
    let second = open(&journal, request(1), 1).await;
    let tried = send(&journal, second).await;
    let waits =
        record(&journal, second, failed(tried, Delivery::Refused(Refusal::NeedsApproval))).await;
    assert_eq!(waits.status, CallStatus::NeedsApproval);
    open(&journal, request(1), 2).await;
}

pub(super) async fn a_duplicate_that_was_meant_does_not_hide_the_first(journal: Arc<dyn Journal>) {
    let first = open(&journal, request(1), 0).await;
    ring(&journal, first, 0).await;
    let second = open(&journal, allowed(request(1)), 60).await;
    record(&journal, second, Fact::Refused(fault())).await;
    // The first may have rung two minutes ago.
    is_held_back(&journal, request(1), 120, first, 0).await;
    open(&journal, request(1), 600).await;
}

pub(super) async fn who_is_still_to_be_called_or_just_was_is_held_back(journal: Arc<dyn Journal>) {
    let first = open(&journal, request(1), 0).await;
    journal.record(first, Fact::Scheduled, at(0)).await.unwrap();
    let later = 20 * HOURS;
    is_held_back(&journal, request(1), later, first, 0).await;
    is_held_back(&journal, row(1, "later", "r"), later, first, 0).await;
    // It rings at last: what counts is when.
    ring(&journal, first, later).await;
    is_held_back(&journal, request(1), later + 599, first, 0).await;
    is_held_back(&journal, row(1, "later", "r"), later + 12 * HOURS - 1, first, 0).await;
    open(&journal, row(1, "later", "r"), later + 12 * HOURS).await;

    // A ring that provably was none is none.
    let first = open(&journal, request(2), 0).await;
    let tried = send(&journal, first).await;
    record(&journal, first, failed(tried, Delivery::NotSent)).await;
    record(&journal, first, Fact::Refused(fault())).await;
    open(&journal, request(2), 1).await;
}

pub(super) async fn a_key_that_was_made_is_no_leave(journal: Arc<dyn Journal>) {
    let first = open(&journal, row(1, "monday", "r-1"), 0).await;
    ring(&journal, first, 0).await;
    for after in [1, 599, 600, 11 * HOURS, 12 * HOURS - 1] {
        is_held_back(&journal, row(1, "tuesday", "r-2"), after, first, 0).await;
    }
    is_held_back(&journal, request(1), 599, first, 0).await;
    // What only looks like a row's key is the caller's own.
    let keyed = open(&journal, keyed_row(1, "tuesday", "r-1"), 600).await;
    ring(&journal, keyed, 600).await;
    let meant = open(&journal, allowed(row(1, "tuesday", "r-2")), 700).await;
    assert!(![first, keyed].contains(&meant));
    ring(&journal, meant, 700).await;
    open(&journal, row(1, "wednesday", "r-3"), 700 + 12 * HOURS).await;
    // Earlier versions kept a row's key as one of the caller's, and named no batch.
    let earlier = request(3).with(|call| {
        call.idempotency_key =
            Some("batch:0123456789abcdef:0123456789abcdef0123456789abcdef".to_owned())
    });
    let earlier = open(&journal, earlier, 0).await;
    ring(&journal, earlier, 0).await;
    is_held_back(&journal, row(3, "monday", "r-8"), 12 * HOURS - 1, earlier, 0).await;
    open(&journal, row(3, "monday", "r-8"), 12 * HOURS).await;
    // Everybody is held back by what was called one by one, too.
    let alone = open(&journal, request(2), 0).await;
    ring(&journal, alone, 0).await;
    is_held_back(&journal, row(2, "monday", "r-9"), 11 * HOURS, alone, 0).await;
    open(&journal, request(2), 11 * HOURS).await;
}

pub(super) async fn a_row_is_one_call_whatever_else_it_says(journal: Arc<dyn Journal>) {
    let urgent = |request: CallRequest| request.with(|call| call.urgent = true);
    let came =
        async |request: CallRequest, after| journal.open(new_call(&request, at(after))).await;
    for (n, kind) in (1..).zip([row as fn(u32, &str, &str) -> CallRequest, keyed_row]) {
        let asked = kind(n, "monday", "r-1");
        let first = open(&journal, asked.clone(), 0).await;
        ring(&journal, first, 0).await;
        // How the batch is run is no part of the row.
        let asked_so = allowed(asked.clone()).with(|call| call.failover_on_quota = true);
        for (same, after) in [(asked.clone(), 1), (asked.clone(), 100 * HOURS), (asked_so, 2)] {
            match came(same, after).await.unwrap() {
                Opened::Replayed(call) => {
                    assert_eq!((call.id, call.status), (first, CallStatus::Closed))
                }
                other => panic!("{other:?}"),
            }
        }
        for (changed, after) in [
            (urgent(asked.clone()), 3),
            (allowed(urgent(asked.clone())), 4),
            (urgent(asked.clone()), 100 * HOURS),
        ] {
            match came(changed, after).await.unwrap() {
                Opened::Changed(call) => {
                    assert_eq!((call.id, call.status), (first, CallStatus::Closed))
                }
                other => panic!("{other:?}"),
            }
        }
        // The same key for somebody or something else is another matter.
        let somebody = asked.clone().with(|call| call.to = request(50 + n).to);
        let something = asked.clone().with(|call| call.task = "Ask something else.".to_owned());
        for other in [somebody, something] {
            let reused = refusal_to_open(&journal, other, 5).await;
            assert_eq!(reused.code(), Some("idempotency_key_reused"));
        }
    }
    // A caller's key in another batch, or in none, is the same call still; a row's is not, for it
    // is made of its batch.
    match came(keyed_row(2, "tuesday", "r-1"), 6).await.unwrap() {
        Opened::Replayed(call) => {
            assert_eq!(call.batch.as_ref().map(|batch| batch.as_str()), Some("monday"))
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(journal.list().await.unwrap().len(), 2);
}
