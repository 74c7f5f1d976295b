//! Batches: kept whole with their rows, made once.

#![allow(clippy::unwrap_used)]

use std::{collections::BTreeMap, sync::Arc};

use switchboard_core::{CallId, CallStatus, ErrorKind, Outcome, TenantId};
use uuid::Uuid;

use crate::{
    Journal,
    conformance::{
        at,
        fixtures::{completed, fault, queued, record, request, send, valid},
        open,
    },
    server::{
        BatchCounts, BatchState, Batches, BatchesQuery, NewBatch, NewBatchRow, RowOutcome,
        RowProblem, RowSettled, RowState, RowsQuery,
    },
    state::Fact,
};

/// The id of the `n`th batch.
pub(super) fn id(n: u64) -> Uuid {
    let millis = u128::try_from(at(n).as_millisecond()).unwrap();
    Uuid::from_u128(millis << 80 | 0x7 << 76 | 0b10 << 62 | u128::from(n))
}

fn problem(reason: &str) -> RowProblem {
    RowProblem {
        reason: reason.to_owned(),
        field: Some("to".to_owned()),
        problem: "is \u{0} no \"number\" 🙂".to_owned(),
        fix: Some("write it like +442079460018".to_owned()),
    }
}

/// The `n`th batch, with this many rows. The rows with these numbers are rejected; of the first of
/// them it is not known whom it is about.
pub(super) fn batch(n: u64, rows: u32, rejected: &[u32]) -> NewBatch {
    let row = |number: u32| {
        let asked = request(number);
        NewBatchRow {
            number,
            line: u64::from(number) + 1,
            person: (rejected.first() != Some(&number)).then(|| valid(&asked).to),
            cells: vec![asked.to.clone(), asked.task.clone(), "=\u{0}1\n".to_owned()],
            request: if rejected.contains(&number) {
                Err(problem("number_not_allowed"))
            } else {
                Ok(Box::new(asked))
            },
        }
    };
    NewBatch {
        id: id(n),
        tenant: TenantId::from("acme"),
        name: format!("batch \"{n}\""),
        created_by: "abcdefgh0001".to_owned(),
        created_at: at(n),
        request_key: [u8::try_from(n).unwrap(); 32],
        request_hash: [7; 32],
        columns: vec!["to".to_owned(), "Task".to_owned(), "\u{e4}".to_owned()],
        rows: (1..=rows).map(row).collect(),
    }
}

pub(super) async fn add(store: &impl Batches, batch: NewBatch) {
    assert_eq!(store.add_batch(batch).await.unwrap(), None);
}

pub(super) fn all() -> RowsQuery {
    RowsQuery { limit: RowsQuery::MOST, ..RowsQuery::default() }
}

pub(super) async fn counts(store: &impl Batches, n: u64) -> BTreeMap<RowState, u32> {
    store.batch(id(n), None).await.unwrap().unwrap().rows
}

pub(super) fn call(n: u128) -> CallId {
    CallId::new(Uuid::from_u128(0x7 << 76 | 0b10 << 62 | n))
}

pub(super) async fn a_batch_comes_back_whole(store: &impl Batches) {
    assert_eq!(store.batch(id(1), None).await.unwrap(), None);
    add(store, batch(1, 4, &[2, 3])).await;
    add(store, batch(2, 1, &[])).await;
    let stored = store.batch(id(1), None).await.unwrap().unwrap();
    let new = batch(1, 4, &[2, 3]);
    assert_eq!((stored.id, &stored.tenant, &stored.name), (new.id, &new.tenant, &new.name));
    assert_eq!((&stored.created_by, stored.created_at), (&new.created_by, new.created_at));
    assert_eq!((stored.request_hash, &stored.columns), (new.request_hash, &new.columns));
    assert_eq!(stored.rows, BTreeMap::from([(RowState::Waiting, 2), (RowState::Rejected, 2)]));
    assert_eq!((stored.total(), stored.state()), (4, BatchState::Submitting));
    assert_eq!((stored.cancelled_at, stored.done_at), (None, None));
    for (row, new) in store.batch_rows(id(1), all()).await.unwrap().iter().zip(new.rows) {
        assert_eq!((row.number, row.line, row.call), (new.number, new.line, None));
        // Whom nobody could find is not kept.
        assert_eq!(row.cells, new.person.map(|_| new.cells), "row {}", new.number);
        match new.request {
            Ok(request) => {
                assert_eq!((row.state, row.request.as_ref()), (RowState::Waiting, Some(&request)));
                assert_eq!(row.problem, None);
            }
            Err(problem) => {
                assert_eq!((row.state, &row.request), (RowState::Rejected, &None));
                assert_eq!(row.problem, Some(problem));
            }
        }
    }
}

pub(super) async fn the_same_request_makes_one_batch(store: &impl Batches) {
    add(store, batch(1, 2, &[])).await;
    let again = NewBatch { id: id(2), request_hash: [8; 32], ..batch(1, 5, &[]) };
    let first = store.add_batch(again).await.unwrap().unwrap();
    assert_eq!((first.id, first.request_hash, first.total()), (id(1), [7; 32], 2));
    assert_eq!(store.batch(id(2), None).await.unwrap(), None, "nothing was stored");
    let taken = NewBatch { request_key: [9; 32], ..batch(1, 1, &[]) };
    let taken = store.add_batch(taken).await.unwrap_err();
    assert_eq!((taken.kind(), taken.code()), (ErrorKind::Conflict, Some("batch_exists")));
    assert_eq!(store.batch_rows(id(1), all()).await.unwrap().len(), 2);
}

pub(super) async fn batches_are_listed_newest_first(store: &impl Batches) {
    let (acme, other) = (TenantId::from("acme"), TenantId::from("other"));
    for n in [1, 3, 2, 4] {
        let tenant = if n == 3 { other.clone() } else { acme.clone() };
        add(store, NewBatch { tenant, ..batch(n, 1, &[]) }).await;
    }
    let listed = async |tenant: Option<&TenantId>, before, limit| {
        let query = BatchesQuery { tenant: tenant.cloned(), before, limit };
        let found = store.batches(&query).await.unwrap();
        found.into_iter().map(|one| one.id).collect::<Vec<_>>()
    };
    assert_eq!(listed(None, None, 9).await, [4, 3, 2, 1].map(id));
    assert_eq!(listed(Some(&acme), None, 2).await, [4, 2].map(id));
    assert_eq!(listed(Some(&acme), Some(id(2)), 9).await, [id(1)]);
    assert_eq!(listed(None, None, 0).await, [id(4)]);
    assert_eq!(store.batch(id(3), Some(&acme)).await.unwrap(), None);
    assert!(store.batch(id(3), Some(&other)).await.unwrap().is_some());
    assert_eq!(store.cancel_batch(id(3), Some(&acme), at(9)).await.unwrap(), None);
    assert_eq!(counts(store, 3).await[&RowState::Waiting], 1);
}

pub(super) async fn rows_are_read_in_order(store: &impl Batches) {
    add(store, batch(1, 12, &[3, 7])).await;
    let read = async |state, after, limit| {
        let rows = store.batch_rows(id(1), RowsQuery { state, after, limit }).await.unwrap();
        rows.into_iter().map(|row| row.number).collect::<Vec<_>>()
    };
    assert_eq!(read(None, 0, 4).await, [1, 2, 3, 4]);
    assert_eq!(read(None, 10, 4).await, [11, 12]);
    assert_eq!(read(Some(RowState::Rejected), 0, 9).await, [3, 7]);
    assert_eq!(read(Some(RowState::Waiting), 2, 2).await, [4, 5]);
    assert_eq!(read(None, 0, 0).await, [1]);
    assert_eq!(store.batch_rows(id(2), all()).await.unwrap(), []);
}

async fn submitted<Store: Batches>(store: &Store, n: u64, number: u32, call: CallId) {
    let outcome = RowOutcome::Submitted(call);
    assert_eq!(store.settle_row(id(n), number, outcome).await.unwrap(), RowSettled::Recorded);
}

pub(super) async fn results_have_the_calls<Store>(store: Arc<Store>)
where
    Store: Batches + Journal + 'static,
{
    let journal: Arc<dyn Journal> = Arc::clone(&store) as Arc<dyn Journal>;
    add(&*store, batch(1, 4, &[4])).await;
    let one = open(&journal, request(1), 0).await;
    let two = open(&journal, request(2), 0).await;
    record(&journal, two, Fact::Refused(fault())).await;
    submitted(&*store, 1, 1, one).await;
    submitted(&*store, 1, 2, two).await;
    // Two rows may be one call.
    submitted(&*store, 1, 3, two).await;
    let results = store.batch_results(id(1), all()).await.unwrap();
    let found = results.iter().map(|result| {
        let call = result.call.as_ref();
        (result.row.number, result.row.state, call.map(|(call, _)| (call.id, call.status)))
    });
    let refused = Some((two, CallStatus::Refused));
    assert_eq!(
        found.collect::<Vec<_>>(),
        [
            (1, RowState::Submitted, Some((one, CallStatus::Received))),
            (2, RowState::Submitted, refused),
            (3, RowState::Submitted, refused),
            (4, RowState::Rejected, None),
        ]
    );
    let asked = results[0].call.as_ref().unwrap().1.as_ref().unwrap();
    assert_eq!(asked.to, valid(&request(1)).to);
    assert!(results[0].row.request.is_none(), "what was submitted is the call's");
    let page = RowsQuery { after: 2, limit: 1, state: None };
    assert_eq!(store.batch_results(id(1), page).await.unwrap()[0].row.number, 3);
    assert_eq!(
        store.batch_counts(id(1)).await.unwrap(),
        BatchCounts {
            statuses: [(CallStatus::Received, 1), (CallStatus::Refused, 2)].into(),
            outcomes: [].into(),
        }
    );
}

pub(super) async fn a_batch_is_over_when_its_calls_are<Store>(store: Arc<Store>)
where
    Store: Batches + Journal + 'static,
{
    let journal: Arc<dyn Journal> = Arc::clone(&store) as Arc<dyn Journal>;
    let done = async |n| store.batch(id(n), None).await.unwrap().unwrap().done_at;
    add(&*store, batch(1, 1, &[])).await;
    add(&*store, batch(2, 1, &[1])).await;
    assert_eq!(store.end_batches(at(10)).await.unwrap(), 1, "nothing of the second one waits");
    assert_eq!((done(1).await, done(2).await), (None, Some(at(10))));
    let call = open(&journal, request(1), 0).await;
    submitted(&*store, 1, 1, call).await;
    assert_eq!(store.end_batches(at(11)).await.unwrap(), 0);
    let state = store.batch(id(1), None).await.unwrap().unwrap().state();
    assert_eq!(state, BatchState::Running);
    let tried = send(&journal, call).await;
    record(&journal, call, Fact::Answered(tried, Box::new(queued("alpha", "a-1")))).await;
    record(&journal, call, Fact::Reported(Box::new(completed("alpha", "a-1")))).await;
    assert_eq!(store.end_batches(at(12)).await.unwrap(), 1);
    assert_eq!(store.end_batches(at(13)).await.unwrap(), 0);
    assert_eq!((done(1).await, done(2).await), (Some(at(12)), Some(at(10))));
    let state = store.batch(id(1), None).await.unwrap().unwrap().state();
    assert_eq!(state, BatchState::Done);
    let counts = store.batch_counts(id(1)).await.unwrap();
    assert_eq!(counts.outcomes, [(Outcome::Completed, 1)].into());
}
