//! What was kept for long enough goes.

use switchboard_core::{CallRequest, CallStatus, Outcome, ProviderState};
use switchboard_journal::{
    JournalExt, StoredWebhook,
    conformance::{admitted, at, attempt, fault, open, record, report, send},
    state::Fact,
};
use switchboard_ledger::Retention;

use super::place::{ANN, DAY, asks, get, number, places, said, talk};

#[tokio::test]
async fn each_kind_of_data_goes_in_its_own_time() {
    for place in places().await {
        let journal = &place.journal;
        let call = talk(journal, asks(ANN, "gryphon"), "gryphon").await;
        let retention = Retention {
            raw_answers: Some(DAY),
            transcripts: Some(7 * DAY),
            recordings: Some(14 * DAY),
            people: Some(28 * DAY),
            events: Some(3 * DAY),
            consents: None,
        };
        let day = |n: u64| at(n * 86_400 + 2);
        let sweep = async |n| {
            let swept = place.ledger.sweep(&retention, day(n)).await.unwrap();
            place.is_consistent().await;
            [swept.raw_answers, swept.transcripts, swept.recordings, swept.people]
        };
        assert_eq!(sweep(0).await, [0, 0, 0, 0]);
        assert_eq!(sweep(1).await, [1, 0, 0, 0]);
        let bare = get(&place, call).await;
        assert_eq!(bare.raw, None);
        assert!(bare.transcript.is_some() && bare.recording.is_some());
        assert!(
            !place.holds("\"said\"").await && !place.holds("\"words\"").await,
            "no answer is left"
        );
        assert!(place.holds("I am gryphon").await && place.holds(ANN).await);
        let told = place.number("SELECT count(*) FROM feed").await;
        assert_eq!(sweep(2).await, [0, 0, 0, 0], "once is enough");
        let swept = place.ledger.sweep(&retention, day(4)).await.unwrap();
        assert_eq!((swept.events, told), (6, 6));
        assert_eq!(sweep(8).await, [0, 1, 0, 0]);
        assert!(!place.holds("I am gryphon").await && place.holds("gryphon.mp3").await);
        assert_eq!(sweep(15).await, [0, 0, 1, 0]);
        assert!(!place.holds("gryphon.mp3").await && place.holds("summary gryphon").await);

        // What comes late goes in its turn.
        journal.record(call, said("gryphon"), day(16)).await.unwrap();
        assert_eq!(sweep(17).await, [1, 0, 0, 0]);
        assert_eq!(sweep(24).await, [0, 1, 0, 0]);
        assert_eq!(sweep(43).await, [0, 0, 0, 0], "its age is counted from its last change");
        assert_eq!(sweep(44).await, [0, 0, 0, 1]);
        assert!(!place.holds("gryphon").await && !place.holds(ANN).await);
        assert_eq!(journal.get(call).await.unwrap(), None);
        let kinds = place.kinds(call).await;
        let audit: Vec<&str> = kinds
            .iter()
            .map(String::as_str)
            .filter(|kind| kind.ends_with("swept") || *kind == "erased")
            .collect();
        let expected = [
            "answers_swept",
            "transcript_swept",
            "recording_swept",
            "answers_swept",
            "transcript_swept",
            "erased",
        ];
        assert_eq!(audit, expected);
    }
}

#[tokio::test]
async fn webhooks_are_forgotten_with_their_call_and_in_their_time() {
    for place in places().await {
        let journal = &place.journal;
        let call = talk(journal, asks(ANN, "gryphon"), "gryphon").await;
        let attempt = get(&place, call).await.attempts[1].id;
        let webhook = |body: &str, after| StoredWebhook {
            attempt,
            body: body.as_bytes().to_vec(),
            calls: vec!["b-1".into()],
            at: at(after),
        };
        assert!(journal.store_webhook(&webhook("early", 10)).await.unwrap());
        journal.mark_handled(&webhook("early", 10), at(11)).await.unwrap();
        assert!(journal.store_webhook(&webhook("waits", 20)).await.unwrap());
        let bodies = "SELECT count(*) FROM inbox WHERE body IS NOT NULL";
        assert_eq!(place.number(bodies).await, 2);
        let month = Retention { people: Some(28 * DAY), ..Retention::default() };
        place.ledger.sweep(&month, at(27 * 86_400)).await.unwrap();
        assert_eq!(place.number(bodies).await, 2);

        place.ledger.erase(&number(ANN), at(7_200)).await.unwrap();
        assert_eq!(place.number(bodies).await, 0);
        assert!(
            journal.pending_webhooks().await.unwrap().is_empty(),
            "nobody waits for what is gone"
        );
        assert!(
            !journal.store_webhook(&webhook("waits", 30)).await.unwrap(),
            "the same delivery is still known"
        );
        // One that comes after the erasure brings its content back, until the next erasure or the
        // next sweep.
        assert!(journal.store_webhook(&webhook("late", 7_300)).await.unwrap());
        place.ledger.erase(&number(ANN), at(7_400)).await.unwrap();
        assert_eq!(place.number(bodies).await, 0);
        assert!(journal.store_webhook(&webhook("later", 7_500)).await.unwrap());
        journal.mark_handled(&webhook("later", 7_500), at(7_501)).await.unwrap();
        place.ledger.sweep(&month, at(28 * 86_400 + 7_499)).await.unwrap();
        assert_eq!(place.number(bodies).await, 1);
        place.ledger.sweep(&month, at(28 * 86_400 + 7_500)).await.unwrap();
        assert_eq!(place.number(bodies).await, 0);
        place.is_consistent().await;
    }
}

#[tokio::test]
async fn a_call_that_was_redialled_can_be_forgotten_and_checked() {
    for place in places().await {
        let journal = &place.journal;
        let call = open(journal, asks(ANN, "gryphon"), 0).await;
        let tried = send(journal, call).await;
        let unanswered = report("alpha", "a-1", ProviderState::Ended(Outcome::NoAnswer));
        record(journal, call, Fact::Answered(tried, Box::new(unanswered))).await;
        record(journal, call, Fact::Redialled(tried, at(60))).await;
        place.is_consistent().await;
        let waits = place.ledger.erase(&number(ANN), at(30)).await.unwrap_err();
        assert_eq!(waits.code(), Some("not_settled"), "it will ring again");
        record(journal, call, admitted()).await;
        let mut second = attempt("alpha");
        second.ring = 1;
        let tried = second.id;
        record(journal, call, Fact::Intended(Box::new(second))).await;
        record(journal, call, Fact::Claimed(tried)).await;
        record(journal, call, Fact::Sent(tried)).await;
        let ended = report("alpha", "a-2", ProviderState::Ended(Outcome::Completed));
        record(journal, call, Fact::Answered(tried, Box::new(ended))).await;
        place.is_consistent().await;
        assert_eq!(place.ledger.erase(&number(ANN), at(7_200)).await.unwrap().calls, 1);
        place.is_consistent().await;
        assert_eq!(
            place.number("SELECT count(*) FROM provider_calls").await,
            2,
            "both rings keep their owner"
        );
        place.tamper("UPDATE calls SET status = 'refused', outcome = NULL").await;
        place.says("is refused, and its events do not lead there").await;
    }
}

#[tokio::test]
async fn answers_do_not_outlive_the_transcript_that_they_repeat() {
    for place in places().await {
        let call = talk(&place.journal, asks(ANN, "gryphon"), "gryphon").await;
        let retention = Retention { transcripts: Some(DAY), ..Retention::default() };
        let swept = place.ledger.sweep(&retention, at(90_000)).await.unwrap();
        assert_eq!(
            (swept.transcripts, swept.raw_answers, swept.recordings, swept.people),
            (1, 1, 0, 0)
        );
        let left = get(&place, call).await;
        assert_eq!((left.transcript, left.raw), (None, None));
        assert!(left.recording.is_some() && left.summary.is_some());
        place.is_consistent().await;
        let forever = place.ledger.sweep(&Retention::default(), at(900_000)).await.unwrap();
        assert_eq!(forever, switchboard_ledger::Swept::default());
    }
}

#[tokio::test]
async fn a_ledger_of_many_pages_is_swept_and_checked_to_its_end() {
    for place in places().await {
        let journal = &place.journal;
        let mut last = None;
        for n in 0..300 {
            let call =
                open(journal, CallRequest::new(ANN, format!("Ask {n} for gryphon.")), 0).await;
            record(journal, call, Fact::Refused(fault())).await;
            last = Some(call);
        }
        let check = place.ledger.check().await.unwrap();
        assert_eq!((check.calls, check.attempts, check.events), (300, 0, 600));
        assert_eq!(check.by_status, [(CallStatus::Refused, 300)]);
        assert_eq!(check.problems, []);
        place
            .tamper("UPDATE calls SET country = 'FR' WHERE id = (SELECT id FROM calls ORDER BY id DESC LIMIT 1)")
            .await;
        let check = place.ledger.check().await.unwrap();
        assert_eq!(check.problems.len(), 1, "{:?}", check.problems);
        assert_eq!(check.problems[0].call, last);
        assert_eq!(check.problems[0].what, "is not what its events say (country)");
        let retention = Retention { people: Some(DAY), ..Retention::default() };
        assert_eq!(place.ledger.sweep(&retention, at(90_000)).await.unwrap().people, 300);
        assert!(!place.holds("gryphon").await);
        place.is_consistent().await;
        assert_eq!(place.ledger.sweep(&retention, at(90_001)).await.unwrap().people, 0);
    }
}
