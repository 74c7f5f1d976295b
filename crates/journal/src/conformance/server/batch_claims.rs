//! Who submits the rows of a batch, and what cancels them.

#![allow(clippy::unwrap_used)]

use std::{collections::BTreeMap, time::Duration};

use futures::future::join_all;
use uuid::Uuid;

use super::batches::{add, all, batch, call, counts, id};
use crate::{
    conformance::at,
    server::{BatchId, BatchState, Batches, RowOutcome, RowProblem, RowSettled, RowState},
};

const LEASE: Duration = Duration::from_secs(60);

fn claimer(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

async fn claim(store: &impl Batches, by: u128, now: u64) -> Option<BatchId> {
    store.claim_batch(claimer(by), at(now), LEASE).await.unwrap().map(|batch| batch.id)
}

async fn renew(store: &impl Batches, n: u64, by: u128, now: u64) -> bool {
    store.renew_batch(id(n), claimer(by), at(now), LEASE).await.unwrap()
}

async fn settle(store: &impl Batches, number: u32, outcome: RowOutcome) -> RowSettled {
    store.settle_row(id(1), number, outcome).await.unwrap()
}

fn rejected() -> RowOutcome {
    RowOutcome::Rejected(RowProblem {
        reason: "possible_duplicate".to_owned(),
        field: None,
        problem: "was called a moment ago".to_owned(),
        fix: None,
    })
}

pub(super) async fn a_batch_is_one_processs_until_its_lease_ends(store: &impl Batches) {
    assert_eq!(claim(store, 1, 0).await, None);
    add(store, batch(1, 2, &[])).await;
    add(store, batch(2, 1, &[])).await;
    add(store, batch(3, 1, &[1])).await;
    assert_eq!(claim(store, 1, 10).await, Some(id(1)), "the oldest");
    assert_eq!(claim(store, 2, 10).await, Some(id(2)));
    assert_eq!(claim(store, 3, 69).await, None, "nothing of the third one waits");
    assert!(renew(store, 1, 1, 60).await);
    assert!(!renew(store, 1, 2, 60).await, "it is another's");
    assert_eq!(claim(store, 3, 70).await, Some(id(2)), "its lease is over");
    assert!(!renew(store, 2, 2, 71).await);
    store.release_batch(id(2), claimer(2)).await.unwrap();
    assert_eq!(claim(store, 4, 71).await, None, "only its own claim is given back");
    store.release_batch(id(1), claimer(1)).await.unwrap();
    assert_eq!(claim(store, 4, 71).await, Some(id(1)));
    assert!(!renew(store, 1, 4, 200).await, "too late");
}

pub(super) async fn a_row_is_settled_once(store: &impl Batches) {
    add(store, batch(1, 3, &[3])).await;
    assert_eq!(settle(store, 1, RowOutcome::Submitted(call(1))).await, RowSettled::Recorded);
    assert_eq!(settle(store, 1, RowOutcome::Submitted(call(2))).await, RowSettled::Before);
    assert_eq!(settle(store, 2, rejected()).await, RowSettled::Recorded);
    for (number, outcome) in [(2, RowOutcome::Submitted(call(2))), (3, rejected()), (9, rejected())]
    {
        assert_eq!(settle(store, number, outcome).await, RowSettled::Before, "row {number}");
    }
    let rows = store.batch_rows(id(1), all()).await.unwrap();
    assert_eq!((rows[0].state, rows[0].call), (RowState::Submitted, Some(call(1))));
    assert_eq!((rows[1].state, rows[1].call), (RowState::Rejected, None));
    assert_eq!(rows[1].problem.as_ref().unwrap().reason, "possible_duplicate");
    assert!(rows.iter().all(|row| row.request.is_none()), "it is not submitted again");
    assert_eq!(rows[0].cells, Some(batch(1, 3, &[3]).rows.swap_remove(0).cells));
    let expected = BTreeMap::from([(RowState::Submitted, 1), (RowState::Rejected, 2)]);
    assert_eq!(counts(store, 1).await, expected);
    assert_eq!(claim(store, 1, 10).await, None);
}

pub(super) async fn a_cancelled_batch_submits_nothing(store: &impl Batches) {
    add(store, batch(1, 4, &[4])).await;
    assert_eq!(settle(store, 1, RowOutcome::Submitted(call(1))).await, RowSettled::Recorded);
    let cancelled = store.cancel_batch(id(1), None, at(20)).await.unwrap().unwrap();
    assert_eq!((cancelled.state(), cancelled.cancelled_at), (BatchState::Cancelled, Some(at(20))));
    let expected = BTreeMap::from([
        (RowState::Submitted, 1),
        (RowState::Cancelled, 2),
        (RowState::Rejected, 1),
    ]);
    assert_eq!(cancelled.rows, expected);
    assert_eq!(claim(store, 1, 21).await, None);
    let again = store.cancel_batch(id(1), None, at(30)).await.unwrap().unwrap();
    assert_eq!(again, cancelled);
    assert_eq!(store.cancel_batch(id(2), None, at(30)).await.unwrap(), None);
}

pub(super) async fn what_was_cancelled_in_the_middle_is_looked_after(store: &impl Batches) {
    add(store, batch(1, 3, &[])).await;
    assert_eq!(claim(store, 1, 10).await, Some(id(1)));
    store.cancel_batch(id(1), None, at(20)).await.unwrap();
    assert_eq!(claim(store, 2, 30).await, None, "somebody has it");
    // A row was being submitted: its call is known, and whoever placed it takes it back.
    assert_eq!(settle(store, 1, RowOutcome::Submitted(call(1))).await, RowSettled::TooLate);
    assert_eq!(settle(store, 2, rejected()).await, RowSettled::TooLate);
    let expected = BTreeMap::from([(RowState::Submitted, 1), (RowState::Cancelled, 2)]);
    assert_eq!(counts(store, 1).await, expected);
    assert_eq!(store.batch_rows(id(1), all()).await.unwrap()[0].call, Some(call(1)));
    // Or they are gone, and somebody else has to look.
    assert_eq!(claim(store, 2, 70).await, Some(id(1)));
    store.release_batch(id(1), claimer(2)).await.unwrap();
    assert_eq!(claim(store, 3, 500).await, None);
}

pub(super) async fn one_of_many_claims_a_batch(one: &impl Batches, other: &impl Batches) {
    for n in 1..=5 {
        add(one, batch(n, 1, &[])).await;
    }
    let ours = join_all((1..=8).map(|by| claim(one, by, 10)));
    let theirs = join_all((11..=18).map(|by| claim(other, by, 10)));
    let (ours, theirs) = futures::join!(ours, theirs);
    let mut claimed: Vec<BatchId> = ours.into_iter().chain(theirs).flatten().collect();
    // Whoever meets another in the act may come away empty.
    for by in 21..=25 {
        claimed.extend(claim(other, by, 10).await);
    }
    claimed.sort_unstable();
    assert_eq!(claimed, [1, 2, 3, 4, 5].map(id));
}

pub(super) async fn one_of_many_requests_makes_it(one: &impl Batches, other: &impl Batches) {
    let made = |n: u64| crate::server::NewBatch { id: id(n), ..batch(9, 2, &[]) };
    let ours = join_all((1..=4).map(|n| one.add_batch(made(n))));
    let theirs = join_all((11..=14).map(|n| other.add_batch(made(n))));
    let (ours, theirs) = futures::join!(ours, theirs);
    let answers: Vec<_> = ours.into_iter().chain(theirs).map(Result::unwrap).collect();
    assert_eq!(answers.iter().filter(|one| one.is_none()).count(), 1);
    let mut first: Vec<BatchId> = answers.into_iter().flatten().map(|one| one.id).collect();
    first.dedup();
    assert_eq!(first.len(), 1, "the others see the one that was made");
}
