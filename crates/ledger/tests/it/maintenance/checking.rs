//! What is wrong with a ledger is found.

use switchboard_core::{
    CallFailure, CallRequest, Cost, Currency, Delivery, Money, Outcome, ProviderState,
};
use switchboard_journal::{
    Write,
    conformance::{admitted, at, attempt, failed, fault, open, record, report, send},
    state::Fact,
};
use switchboard_ledger::Ledger;
use switchboard_router::{BudgetHold, Budgeted, Reservation};

use super::place::{ANN, BEN, asks, number, places, talk};

#[tokio::test]
async fn what_was_changed_by_hand_is_found() {
    let hands = [
        (
            "UPDATE calls SET status = 'refused', outcome = NULL",
            "is not what its events say (outcome, status)",
        ),
        (
            "UPDATE attempts SET state = 'unknown' WHERE state = 'placed'",
            "is not what its events say (attempts)",
        ),
        (
            "UPDATE calls SET provider_call_id = 'other'",
            "does not own the provider's call that it names",
        ),
        ("DELETE FROM provider_calls", "does not own the provider's call that it names"),
        (
            "UPDATE calls SET to_number = '+442079460022'",
            "stands for another person than its number",
        ),
        ("UPDATE calls SET to_number = '999'", "in the ledger cannot be read"),
        ("UPDATE calls SET content = NULL", "was erased in part"),
        ("UPDATE calls SET body = '{'", "in the ledger cannot be read"),
        (
            "INSERT INTO events (call_id, kind, at) SELECT id, 'claimed', 0 FROM calls",
            "(claimed) cannot have happened to it",
        ),
        (
            "INSERT INTO events (call_id, kind, at) SELECT id, 'erased', 0 FROM calls",
            "do not agree on whether it was erased",
        ),
        (
            "INSERT INTO holds (attempt_id, micros, currency, budgets, held_at) SELECT id, 1, 'USD', '[]', 0 FROM attempts WHERE state = 'not_placed'",
            "holds back money for an attempt that reached no phone",
        ),
        (
            "DROP INDEX one_live_attempt; UPDATE attempts SET state = 'placed'",
            "has two live attempts",
        ),
        ("DROP INDEX one_call_per_key", "one_call_per_key"),
        ("UPDATE feed_head SET forgotten = forgotten - 1", "the feed leaves a position out"),
        ("DELETE FROM feed_head", "the feed leaves a position out"),
        ("UPDATE attempts SET doubt = 2", "is wrong about whether its agent is in doubt"),
    ];
    for (sql, words) in hands {
        for place in places().await {
            talk(&place.journal, asks(ANN, "gryphon"), "gryphon").await;
            place.is_consistent().await;
            place.tamper(sql).await;
            place.says(words).await;
            let problems = place.problems().await.concat();
            assert!(!problems.contains("gryphon") && !problems.contains(ANN), "{problems}");
        }
    }
}

#[tokio::test]
async fn two_calls_to_one_person_are_found_without_the_index_that_forbids_them() {
    for place in places().await {
        for n in 0..2 {
            let call = open(&place.journal, CallRequest::new([ANN, BEN][n], "Ask."), 0).await;
            send(&place.journal, call).await;
        }
        place.is_consistent().await;
        place
            .tamper("DROP INDEX one_call_per_person; UPDATE calls SET to_hash = (SELECT to_hash FROM calls LIMIT 1)")
            .await;
        place.says("is one of several active calls to one person").await;
    }
}

#[tokio::test]
async fn money_that_was_held_and_billed_adds_up() {
    for place in places().await {
        let journal = &place.journal;
        let held = |name: &str, micros| BudgetHold {
            amount: Money::from_micros(micros, Currency::USD),
            budgets: vec![Budgeted {
                name: name.to_owned(),
                period: at(0),
                limit: Money::from_micros(1_000_000, Currency::USD),
            }],
        };
        for (n, to) in [ANN, BEN, "+442079460034"].into_iter().enumerate() {
            let call = open(journal, CallRequest::new(to, "Ask."), 0).await;
            record(journal, call, admitted()).await;
            let tried = attempt("alpha");
            let id = tried.id;
            let write = Write {
                facts: vec![Fact::Intended(Box::new(tried)), Fact::Claimed(id), Fact::Sent(id)],
                reservation: Reservation {
                    hold: Some(held("month", 100_001)),
                    ..Reservation::default()
                },
            };
            journal.write(call, write, at(1)).await.unwrap();
            let ended =
                report("alpha", &format!("a-{n}"), ProviderState::Ended(Outcome::Completed));
            let fact = match n {
                0 => continue,
                1 => Fact::Answered(id, Box::new(ended)),
                _ => failed(id, Delivery::NotSent),
            };
            record(journal, call, fact).await;
            if n == 1 {
                let bill = Money::from_micros(70_000, Currency::USD);
                record(journal, call, Fact::Billed(id, Cost::Money(bill), Some(bill))).await;
            }
        }
        assert_eq!(place.number("SELECT CAST(sum(micros) AS BIGINT) FROM budgets").await, 170_001);
        place.is_consistent().await;
        place.ledger.erase(&number(BEN), at(7_200)).await.unwrap();
        place.is_consistent().await;
        place.tamper("UPDATE budgets SET micros = micros - 1").await;
        place.says("a budget is not the sum of what was held and billed").await;
    }
}

#[tokio::test]
async fn a_state_that_kinds_alone_cannot_explain_is_found_in_an_erased_call() {
    for place in places().await {
        talk(&place.journal, asks(ANN, "gryphon"), "gryphon").await;
        place.ledger.erase(&number(ANN), at(7_200)).await.unwrap();
        place.is_consistent().await;
        place.tamper("UPDATE calls SET status = 'indeterminate', outcome = NULL").await;
        place.says("is indeterminate, and its events do not lead there").await;
        place
            .tamper("UPDATE calls SET status = 'closed', outcome = 'completed', request = '{}'")
            .await;
        place.says("was erased in part").await;
        place
            .tamper(
                "UPDATE calls SET request = NULL; INSERT INTO events (call_id, kind, content, at) SELECT id, 'overdue', '1', 0 FROM calls",
            )
            .await;
        place.says("was erased, and an event of it was not").await;
    }
}

#[tokio::test]
async fn an_erased_call_that_was_given_up_is_checked_too() {
    type End = fn(CallFailure) -> Fact;
    for (end, kind) in [
        (Fact::Refused as End, "refused"),
        (Fact::Expired as End, "expired"),
        (Fact::Withdrawn as End, "withdrawn"),
    ] {
        for place in places().await {
            let call = open(&place.journal, CallRequest::new(ANN, "Ask."), 0).await;
            record(&place.journal, call, end(fault())).await;
            place.ledger.erase(&number(ANN), at(7_200)).await.unwrap();
            assert!(place.kinds(call).await.contains(&kind.to_owned()));
            place.is_consistent().await;
            place.tamper("UPDATE calls SET status = 'received'").await;
            place.says("is received, and its events do not lead there").await;
        }
    }
}

#[tokio::test]
async fn an_erased_call_with_an_implausible_bill_is_checked_too() {
    for place in places().await {
        let call = talk(&place.journal, asks(ANN, "gryphon"), "gryphon").await;
        let attempt = place.journal.get(call).await.unwrap().unwrap().attempts[0].id;
        let bill = Cost::Money(Money::from_micros(-1, Currency::USD));
        record(&place.journal, call, Fact::Disbelieved(attempt, bill)).await;
        place.ledger.erase(&number(ANN), at(7_200)).await.unwrap();
        place.is_consistent().await;
        place.tamper("UPDATE calls SET status = 'stalled', outcome = NULL").await;
        place.says("is stalled, and its events do not lead there").await;
    }
}

#[tokio::test]
async fn a_damaged_file_is_found() {
    let place = places().await.remove(0);
    for n in 0..40 {
        talk(&place.journal, CallRequest::new(ANN, format!("Ask {n}.")), "gryphon").await;
    }
    let (path, _directory) = place.file.as_ref().unwrap();
    rusqlite::Connection::open(path)
        .unwrap()
        .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
        .unwrap();
    let mut bytes = std::fs::read(path).unwrap();
    // Behind the pages that are read when it is opened.
    let behind = bytes.len() / 4 * 3;
    bytes[behind..behind + 8_192].fill(0xff);
    std::fs::write(path, bytes).unwrap();
    let ledger = Ledger::file(path, None).await.unwrap();
    let check = ledger.check().await.unwrap();
    assert!(
        check.problems.iter().any(|problem| problem.what.contains("the file is damaged")),
        "{:?}",
        check.problems
    );
}
