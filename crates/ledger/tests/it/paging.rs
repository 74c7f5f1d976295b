//! Pages of calls in a ledger that is large, and in one from which people were erased.

use std::sync::Arc;

use switchboard_core::{CallId, CallStatus};
use switchboard_journal::{
    Selection,
    conformance::{at, open, record, request},
    server::{CallSearch, CallsFilter},
    state::Fact,
};
use switchboard_ledger::Ledger;

use crate::maintenance::place::{ANN, BEN, Place, asks, number, places, talk};

fn search(place: &Place) -> Arc<dyn CallSearch> {
    match &place.ledger {
        Ledger::Sqlite(ledger) => Arc::clone(ledger) as Arc<dyn CallSearch>,
        Ledger::Postgres(ledger) => Arc::clone(ledger) as Arc<dyn CallSearch>,
    }
}

#[tokio::test]
async fn pages_pass_over_people_who_were_erased() {
    for place in places().await {
        let store = search(&place);
        let mut calls = Vec::new();
        for (nth, whom) in [BEN, ANN, ANN, BEN, ANN, BEN].into_iter().enumerate() {
            calls
                .push(talk(&place.journal, asks(whom, &format!("gryphon {nth}")), "gryphon").await);
        }
        let [first, second, _, fourth, fifth, sixth] = calls[..] else { unreachable!() };
        let mut filter = CallsFilter { limit: 2, ..CallsFilter::default() };
        let ids = |page: &switchboard_journal::server::CallsPage| {
            page.calls.iter().map(|(call, _)| call.id).collect::<Vec<CallId>>()
        };
        let page = store.find(&filter).await.unwrap();
        assert_eq!(ids(&page), [sixth, fifth]);
        // The page ended at a call that is gone when the next one is read.
        place.ledger.erase(&number(ANN), at(7_200)).await.unwrap();
        filter.before = page.next;
        let page = store.find(&filter).await.unwrap();
        assert_eq!(ids(&page), [fourth, first]);
        let to = |whom| CallsFilter {
            to: Some(number(whom)),
            before: Some(fifth),
            limit: 9,
            ..CallsFilter::default()
        };
        assert_eq!(ids(&store.find(&to(BEN)).await.unwrap()), [fourth, first]);
        assert_eq!(ids(&store.find(&to(ANN)).await.unwrap()), []);
        assert!(store.find_one(second, None).await.unwrap().is_none());
        assert!(store.find_one(first, None).await.unwrap().is_some());
    }
}

#[tokio::test]
async fn a_page_reads_a_bounded_number_of_rows() {
    const ROWS: u32 = CallsFilter::READ_AT_MOST + 50;
    for place in places().await {
        let (journal, store) = (&place.journal, search(&place));
        let kept = open(journal, request(1), 0).await;
        record(journal, kept, Fact::Scheduled).await;
        let (id, numbers) = if place.file.is_some() {
            (
                "CAST(unhex(printf('%032x', n)) AS BLOB)",
                format!(
                    "WITH RECURSIVE many(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM many WHERE n < {ROWS}) "
                ),
            )
        } else {
            (
                "lpad(to_hex(n), 32, '0')::uuid",
                format!("WITH many(n) AS (SELECT generate_series(1, {ROWS})) "),
            )
        };
        // Ids from the year 1970: they are older than the call that was opened.
        let columns = "tenant, to_number, to_hash, task_hash, country, status, request_hash, request, body, content, epoch, created_at, updated_at";
        place
            .tamper(&format!(
                "INSERT INTO calls (id, {columns}) {numbers} SELECT {id}, {} FROM many, calls",
                columns
                    .replace("status", "CASE WHEN n = 1 THEN 'admitted' ELSE 'received' END")
                    .replace("to_hash", "CASE WHEN n < 100 THEN request_hash ELSE to_hash END"),
            ))
            .await;
        let all = || CallsFilter { limit: 50, ..CallsFilter::default() };
        let page = store.find(&all()).await.unwrap();
        assert_eq!((page.calls.len(), page.calls[0].0.id), (50, kept));
        assert_eq!(page.next, Some(page.calls[49].0.id));

        let person = Some(page.calls[0].0.to);
        for filter in [
            CallsFilter { statuses: vec![CallStatus::Refused], ..all() },
            CallsFilter { agent: Some("nobody".into()), ..all() },
            CallsFilter { tags: ["none".to_owned()].into(), ..all() },
        ] {
            let first = store.find(&filter).await.unwrap();
            assert_eq!(first.calls.len(), 0);
            assert!(first.next.is_some(), "more is behind the rows that were read");
            let second = store.find(&CallsFilter { before: first.next, ..filter }).await.unwrap();
            assert_eq!((second.calls.len(), second.next), (0, None));
        }
        // Calls that are not over are found by their status, however many are newer.
        let statuses = vec![CallStatus::Scheduled, CallStatus::Admitted];
        let open = store.find(&CallsFilter { statuses, ..all() }).await.unwrap();
        assert_eq!((open.calls.len(), open.next), (2, None));
        // By the person, it reads the person's calls alone.
        let theirs = CallsFilter { to: person, statuses: vec![CallStatus::Scheduled], ..all() };
        let page = store.find(&theirs).await.unwrap();
        assert_eq!((page.calls.len(), page.next), (1, None));
    }
}

#[tokio::test]
async fn a_page_of_a_selection_is_full_whoever_was_erased() {
    for place in places().await {
        let mut kept = Vec::new();
        for nth in 0..7 {
            let whom = if nth % 2 == 0 { BEN } else { ANN };
            let call = talk(&place.journal, asks(whom, &format!("gryphon {nth}")), "gryphon").await;
            kept.extend((whom == BEN).then_some(call));
        }
        place.ledger.erase(&number(ANN), at(7_200)).await.unwrap();
        for statuses in [Vec::new(), vec![CallStatus::Closed, CallStatus::Refused]] {
            let mut selection = Selection { limit: Some(2), statuses, ..Selection::default() };
            let mut found = Vec::new();
            loop {
                let page = place.journal.select(&selection).await.unwrap();
                found.extend(page.iter().map(|call| call.id));
                if page.len() < 2 {
                    break;
                }
                selection.after = found.last().copied();
            }
            assert_eq!(found, kept, "a page that is not full is the last one");
        }
    }
}
