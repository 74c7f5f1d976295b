//! The rows of batches are forgotten with their people.

use std::time::Duration;

use switchboard_core::{ErrorKind, PhoneNumber, TenantId};
use switchboard_journal::{
    conformance::at,
    server::{
        BatchId, NewBatch, NewBatchRow, RowOutcome, RowProblem, RowState, RowsQuery, StoredBatch,
    },
};
use switchboard_ledger::Retention;
use uuid::Uuid;

use super::place::{ANN, BEN, DAY, Place, asks, number, places, talk};

fn batch() -> BatchId {
    Uuid::from_u128(0x7 << 76 | 0b10 << 62 | 5)
}

fn row(number: u32, person: &str, canary: &str, is_good: bool) -> NewBatchRow {
    let problem = RowProblem {
        reason: "invalid_request".to_owned(),
        field: Some("urgent".to_owned()),
        problem: format!("is neither true nor false, says {canary}"),
        fix: None,
    };
    let asked = asks(person, canary);
    NewBatchRow {
        number,
        line: u64::from(number) + 1,
        person: Some(person.parse::<PhoneNumber>().unwrap()),
        cells: vec![asked.to.clone(), asked.task.clone()],
        request: if is_good { Ok(Box::new(asked)) } else { Err(problem) },
    }
}

/// A batch that calls Ann twice and Ben once, and has a row about Ann that is wrong.
async fn add(place: &Place) {
    let new = NewBatch {
        id: batch(),
        tenant: TenantId::from("default"),
        name: "february".to_owned(),
        created_by: "abcdefgh0001".to_owned(),
        created_at: at(0),
        request_key: [1; 32],
        request_hash: [2; 32],
        columns: vec!["to".to_owned(), "task".to_owned()],
        rows: vec![
            row(1, ANN, "gryphon", true),
            row(2, BEN, "wyvern", true),
            row(3, ANN, "gryphon again", true),
            row(4, ANN, "gryphon wrong", false),
        ],
    };
    assert_eq!(place.ledger.server().add_batch(new).await.unwrap(), None);
}

async fn stored(place: &Place) -> StoredBatch {
    place.ledger.server().batch(batch(), None).await.unwrap().unwrap()
}

#[tokio::test]
async fn an_erased_persons_rows_are_gone_and_are_not_called() {
    for place in places().await {
        add(&place).await;
        let call = talk(&place.journal, asks(ANN, "gryphon"), "gryphon").await;
        let server = place.ledger.server();
        server.settle_row(batch(), 1, RowOutcome::Submitted(call)).await.unwrap();
        assert!(place.holds("gryphon wrong").await && place.holds("wyvern").await);
        let erased = place.ledger.erase(&number(ANN), at(7_200)).await.unwrap();
        assert_eq!((erased.calls, erased.batch_rows), (1, 2), "one row went with its call");
        for needle in ["gryphon", ANN, &ANN[1..]] {
            assert!(!place.holds(needle).await, "{needle}");
        }
        let rows = server.batch_rows(batch(), RowsQuery { limit: 9, ..RowsQuery::default() });
        let rows: Vec<_> =
            rows.await.unwrap().into_iter().map(|row| (row.state, row.cells)).collect();
        let bens = Some(vec![BEN.to_owned(), "Ask for wyvern.".to_owned()]);
        assert_eq!(
            rows,
            [
                (RowState::Submitted, None),
                (RowState::Waiting, bens),
                (RowState::Erased, None),
                (RowState::Rejected, None),
            ]
        );
        let rows = stored(&place).await.rows;
        assert_eq!((rows[&RowState::Waiting], rows[&RowState::Erased]), (1, 1));
        let results = server.batch_results(batch(), RowsQuery::default()).await.unwrap();
        assert!(results[0].row.call == Some(call) && results[0].call.is_none());
        assert_eq!(place.ledger.erase(&number(ANN), at(7_300)).await.unwrap().batch_rows, 0);
        place.is_consistent().await;
    }
}

#[tokio::test]
async fn who_is_about_to_be_called_by_a_batch_is_not_erased() {
    for place in places().await {
        add(&place).await;
        let server = place.ledger.server();
        let lease = Duration::from_secs(60);
        server.claim_batch(Uuid::from_u128(1), at(10), lease).await.unwrap().unwrap();
        let refused = place.ledger.erase(&number(ANN), at(20)).await.unwrap_err();
        assert_eq!((refused.kind(), refused.code()), (ErrorKind::Conflict, Some("not_settled")));
        assert!(refused.message().contains(&batch().to_string()), "{refused}");
        assert!(place.holds("gryphon").await, "nothing was erased");
        // Ben's row is behind Ann's: nobody has it in hand.
        assert_eq!(place.ledger.erase(&number(BEN), at(20)).await.unwrap().batch_rows, 1);
        assert_eq!(place.ledger.erase(&number(ANN), at(71)).await.unwrap().batch_rows, 3);
        assert_eq!(stored(&place).await.rows[&RowState::Erased], 3);
    }
}

#[tokio::test]
async fn rows_are_kept_as_long_as_people() {
    for place in places().await {
        add(&place).await;
        let server = place.ledger.server();
        server.cancel_batch(batch(), None, at(1)).await.unwrap();
        let kept = Retention { people: Some(DAY), ..Retention::default() };
        let before = place.ledger.sweep(&kept, at(86_399)).await.unwrap();
        assert_eq!(before.batch_rows, 0);
        let after = place.ledger.sweep(&kept, at(86_400)).await.unwrap();
        assert_eq!((after.batch_rows, after.people), (4, 0));
        for needle in ["gryphon", "wyvern", ANN, BEN] {
            assert!(!place.holds(needle).await, "{needle}");
        }
        assert_eq!(stored(&place).await.total(), 4, "that there was a batch is still known");
    }
}
