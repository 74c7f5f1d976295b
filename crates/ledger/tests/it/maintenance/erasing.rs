//! People are forgotten, and what the law needs stays.

use std::{sync::Arc, time::Duration};

use rusqlite::types::ValueRef;
use switchboard_core::{AttemptError, CallRequest, CallStatus, Delivery, ErrorKind};
use switchboard_journal::{
    JournalExt, NewCall, Opened,
    conformance::{admitted, at, fault, new_call, open, record, send},
    state::Fact,
};
use switchboard_ledger::{Ledger, Retention};

use super::place::{ANN, BEN, asks, get, number, places, said, talk};

#[tokio::test]
async fn an_erased_person_is_nowhere_and_the_rules_still_know_them() {
    for place in places().await {
        let journal = &place.journal;
        let first = talk(journal, asks(ANN, "gryphon"), "gryphon").await;
        let elsewhere = asks(ANN, "gryphon").with(|call| call.tenant = Some("other".to_owned()));
        let second = talk(journal, elsewhere, "gryphon").await;
        let refused = open(journal, asks(ANN, "gryphon, refused"), 0).await;
        let mut because = fault();
        because.message = format!("gryphon at {ANN}");
        record(journal, refused, Fact::Refused(because)).await;
        let bens = talk(journal, asks(BEN, "wyvern"), "wyvern").await;
        let before = get(&place, bens).await;
        let told = if place.file.is_some() { "feed" } else { "outbox" };
        let told = format!("SELECT count(*) FROM {told}");
        let events = place.number(&told).await;
        assert!(events > 10, "{events}");
        for needle in ["gryphon", ANN, "wyvern", BEN] {
            assert!(place.holds(needle).await, "{needle} is looked for where it would be");
        }

        let erased = place.ledger.erase(&number(ANN), at(7_200)).await.unwrap();
        assert_eq!(erased.calls, 3);
        assert!(erased.events > 20, "{erased:?}");
        for needle in ["gryphon", ANN, &ANN[1..]] {
            assert!(!place.holds(needle).await, "{needle}");
        }
        for call in [first, second, refused] {
            assert_eq!(journal.get(call).await.unwrap(), None);
            assert!(journal.request(call).await.unwrap().is_none());
            assert_eq!(
                journal.record(call, said("late"), at(7_201)).await.unwrap_err().kind(),
                ErrorKind::NotFound
            );
            assert_eq!(place.kinds(call).await.iter().filter(|kind| *kind == "erased").count(), 1);
        }
        let history = place.ledger.history(first).await.unwrap();
        assert_eq!(history.last().unwrap().at, at(7_200));
        assert!(
            history.iter().all(|entry| entry.fact.is_none()),
            "nothing of it says more than its kind"
        );
        assert_eq!(get(&place, bens).await, before);
        assert_eq!(place.number(&told).await, events, "what was told named nobody, and stays");
        place.is_consistent().await;

        // The same number is the same person, and the caller's key still names the call that was
        // made.
        let replayed = journal.open(new_call(&asks(ANN, "gryphon"), at(7_300))).await.unwrap_err();
        assert_eq!(replayed.kind(), ErrorKind::NotFound, "{replayed}");
        let reused = asks(ANN, "gryphon").with(|call| call.task = "Something else.".to_owned());
        let reused = journal.open(new_call(&reused, at(7_300))).await.unwrap_err();
        assert_eq!(reused.code(), Some("idempotency_key_reused"));
        let again = open(journal, CallRequest::new(ANN, "Ask again."), 7_400).await;
        record(journal, again, admitted()).await;
        let rival = open(journal, CallRequest::new(ANN, "Ask at the same time."), 7_400).await;
        let busy = journal.record(rival, admitted(), at(7_401)).await.unwrap_err();
        assert_eq!(busy.code(), Some("callee_busy"));
        let people = "SELECT count(DISTINCT to_hash) FROM calls";
        assert_eq!(place.number(people).await, 2, "erased or not, Ann has one hash");

        // They may be called again, and be forgotten again, without touching what was forgotten
        // before.
        record(journal, again, Fact::Refused(fault())).await;
        record(journal, rival, Fact::Refused(fault())).await;
        assert_eq!(place.ledger.erase(&number(ANN), at(7_500)).await.unwrap().calls, 2);
        let nothing = place.ledger.erase(&number(ANN), at(7_600)).await.unwrap();
        assert_eq!((nothing.calls, nothing.events), (0, 0));
        place.is_consistent().await;
    }
}

#[tokio::test]
async fn an_erasure_opens_no_way_to_ring_twice_within_ten_minutes() {
    for place in places().await {
        let journal = &place.journal;
        let request = CallRequest::new(ANN, "Ask whether they are open.");
        let first = talk(journal, request.clone(), "gryphon").await;
        place.ledger.erase(&number(ANN), at(60)).await.unwrap();
        let twice = journal.open(new_call(&request, at(120))).await.unwrap_err();
        assert_eq!(twice.code(), Some("possible_duplicate"));
        assert!(twice.message().contains(&first.to_string()));
        open(journal, request, 700).await;
    }
}

#[tokio::test]
async fn who_is_on_a_call_or_may_be_is_not_erased() {
    for place in places().await {
        let journal = &place.journal;
        let over = talk(journal, asks(ANN, "gryphon"), "gryphon").await;
        let ringing = open(journal, CallRequest::new(ANN, "Ask again."), 0).await;
        let tried = send(journal, ringing).await;
        let before = get(&place, over).await;
        let refused = place.ledger.erase(&number(ANN), at(7_200)).await.unwrap_err();
        assert_eq!((refused.kind(), refused.code()), (ErrorKind::Conflict, Some("not_settled")));
        assert!(
            refused.message().contains(&ringing.to_string())
                && !refused.message().contains(&over.to_string())
        );
        assert_eq!(get(&place, over).await, before);

        for fact in [
            Fact::Failed {
                attempt: tried,
                delivery: Delivery::Unknown,
                error: AttemptError {
                    kind: ErrorKind::Timeout,
                    message: String::new(),
                    status: None,
                    code: None,
                },
            },
            Fact::Reconciling(tried),
            Fact::GaveUp(fault()),
        ] {
            record(journal, ringing, fact).await;
        }
        assert_eq!(get(&place, ringing).await.status, CallStatus::Indeterminate);
        let refused = place.ledger.erase(&number(ANN), at(7_200)).await.unwrap_err();
        assert_eq!(
            refused.code(),
            Some("not_settled"),
            "somebody has to find out first, and to free the person"
        );
        let everything = Retention {
            transcripts: Some(Duration::ZERO),
            recordings: Some(Duration::ZERO),
            raw_answers: Some(Duration::ZERO),
            people: Some(Duration::ZERO),
            events: None,
            consents: None,
        };
        let swept = place.ledger.sweep(&everything, at(7_200)).await.unwrap();
        assert_eq!(swept.people, 1);
        assert_eq!(get(&place, ringing).await.to, number(ANN));
        place.is_consistent().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn calls_go_on_while_people_are_erased() {
    for place in places().await {
        talk(&place.journal, asks(ANN, "gryphon"), "gryphon").await;
        let writing: Vec<_> = (0..8)
            .map(|n| {
                let journal = Arc::clone(&place.journal);
                tokio::spawn(async move {
                    for round in 0..8 {
                        let number = format!("+4420794600{:02}", 30 + n);
                        talk(
                            &journal,
                            CallRequest::new(number, format!("Ask {n} {round}.")),
                            "wyvern",
                        )
                        .await;
                    }
                })
            })
            .collect();
        let mut erased = 0;
        for n in 0..5 {
            match place.ledger.erase(&number(ANN), at(7_200 + n)).await {
                Ok(gone) => erased += gone.calls,
                // Its content is gone; a writer's pages were in the way of the file's.
                Err(error) => assert_eq!(error.code(), Some("still_in_file"), "{error}"),
            }
        }
        for writing in writing {
            writing.await.unwrap();
        }
        assert!(erased <= 1);
        place.ledger.erase(&number(ANN), at(9_000)).await.unwrap();
        assert!(!place.holds("gryphon").await);
        assert_eq!(place.ledger.check().await.unwrap().calls, 65);
        place.is_consistent().await;
    }
}

#[tokio::test]
async fn a_reader_that_keeps_old_pages_is_named() {
    let place = places().await.remove(0);
    let (path, _directory) = place.file.as_ref().unwrap();
    talk(&place.journal, asks(ANN, "gryphon"), "gryphon").await;
    let reader = rusqlite::Connection::open(path).unwrap();
    reader.execute_batch("BEGIN; SELECT count(*) FROM calls").unwrap();
    let held = place.ledger.erase(&number(ANN), at(7_200)).await.unwrap_err();
    assert_eq!(held.code(), Some("still_in_file"));
    assert!(place.journal.list().await.unwrap().is_empty(), "it is erased all the same");
    assert!(place.holds("gryphon").await);
    reader.execute_batch("COMMIT").unwrap();
    place.ledger.erase(&number(ANN), at(7_300)).await.unwrap();
    assert!(!place.holds("gryphon").await);
}

#[tokio::test]
async fn a_tag_is_short_and_the_same_in_every_process() {
    for place in places().await {
        let tag = place.ledger.tag(&number(ANN));
        assert_eq!((tag.len(), tag.chars().all(|c| c.is_ascii_hexdigit())), (8, true));
        assert_ne!(tag, place.ledger.tag(&number(BEN)));
        let again = match (&place.file, &place.url) {
            (Some((path, _)), _) => Ledger::file(path, None).await.unwrap(),
            (None, url) => Ledger::postgres(url.as_ref().unwrap(), None).await.unwrap(),
        };
        assert_eq!(again.tag(&number(ANN)), tag);
    }
}

#[tokio::test]
async fn the_callers_key_stands_nowhere_but_in_the_request() {
    let place = places().await.remove(0);
    let (path, _directory) = place.file.as_ref().unwrap();
    let first = match place.journal.open(new_call(&asks(ANN, "gryphon"), at(0))).await.unwrap() {
        Opened::New(call) => call.id,
        Opened::Replayed(_) | Opened::Changed(_) => panic!("it is the first"),
    };
    record(&place.journal, first, Fact::Refused(fault())).await;
    let again: NewCall = new_call(&asks(ANN, "gryphon"), at(1));
    assert!(
        matches!(place.journal.open(again).await.unwrap(), Opened::Replayed(call) if call.id == first)
    );
    let raw = rusqlite::Connection::open(path).unwrap();
    let mut rows = raw.prepare("SELECT * FROM calls").unwrap();
    let names: Vec<String> = rows.column_names().into_iter().map(str::to_owned).collect();
    let mut rows = rows.query([]).unwrap();
    let row = rows.next().unwrap().unwrap();
    let with_key = names.iter().enumerate().filter(|(n, _)| match row.get_ref(*n).unwrap() {
        ValueRef::Text(text) => String::from_utf8_lossy(text).contains("key of gryphon"),
        ValueRef::Null | ValueRef::Integer(_) | ValueRef::Real(_) | ValueRef::Blob(_) => false,
    });
    assert_eq!(with_key.map(|(_, name)| name.as_str()).collect::<Vec<_>>(), ["request"]);
}
