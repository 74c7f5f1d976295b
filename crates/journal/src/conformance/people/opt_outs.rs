//! Nobody is rung after an opt-out that was recorded before, in no call of anybody.

#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use switchboard_core::{CallId, ErrorKind, TenantId};
use uuid::Uuid;

use super::{cap, limits, of, person, ring, said_no};
use crate::{
    Denied, Journal, OptOut, OptOutEvent, OptOutSource, TakeBack,
    conformance::fixtures::{at, request},
};

pub(in crate::conformance) async fn it_forbids_every_call_to_the_person(journal: Arc<dyn Journal>) {
    assert!(journal.opt_out(&person(1), &said_no(5)).await.unwrap());
    for request in [request(1), of("another", 1), of("third", 1)] {
        // The opt-out is named first, whatever else stands against the call.
        for caps in [vec![], vec![cap("P-CAP-NONE", at(0), 0)]] {
            let denied = ring(
                &journal,
                request.clone().with(|call| call.allow_duplicate = true),
                limits(caps),
                9,
            );
            let denied = denied.await.unwrap_err();
            assert_eq!(Denied::in_error(&denied), Some(&Denied::OptedOut));
            assert_eq!(
                (denied.kind(), denied.code(), denied.field()),
                (ErrorKind::Blocked, Some("opted_out"), Some("to"))
            );
        }
    }
    ring(&journal, request(2), limits(vec![]), 9).await.unwrap();
    let history = journal.history(&TenantId::default(), &person(1), at(0)).await.unwrap();
    assert_eq!((history.opted_out, history.rings), (Some(at(5)), vec![]));
}

pub(in crate::conformance) async fn further_evidence_is_kept_and_repetition_is_not(
    journal: Arc<dyn Journal>,
) {
    let call = CallId::new(Uuid::now_v7());
    let refused = |after| {
        OptOut::new(OptOutSource::Provider("number_on_dnc".to_owned()), "engine", at(after))
            .with(|opt_out| opt_out.call = Some(call))
    };
    let written = OptOut::new(OptOutSource::Written, "an operator", at(3))
        .with(|opt_out| opt_out.recorded_at = at(90));
    let mut is_new = Vec::new();
    for opt_out in [&refused(7), &refused(7), &written, &refused(8), &written] {
        is_new.push(journal.opt_out(&person(1), opt_out).await.unwrap());
    }
    assert_eq!(is_new, [true, false, false, false, false]);
    let known = journal.person(&person(1)).await.unwrap();
    let kept = [refused(7), written, refused(8)].map(OptOutEvent::OptedOut);
    assert_eq!(known.opt_outs, kept);
    assert_eq!(known.opted_out, Some(at(3)), "since they first asked for it");
    let history = journal.history(&TenantId::default(), &person(1), at(0)).await.unwrap();
    assert_eq!(history.opted_out, Some(at(3)));
}

pub(in crate::conformance) async fn a_later_request_alone_takes_it_back(journal: Arc<dyn Journal>) {
    let request = |words: &str, after| TakeBack::new(words, "an operator", at(after));
    let early = journal.take_back_opt_out(&person(1), &request("call me", 1)).await.unwrap_err();
    assert_eq!((early.kind(), early.code()), (ErrorKind::NotFound, Some("not_opted_out")));
    journal.opt_out(&person(1), &said_no(10)).await.unwrap();
    journal
        .opt_out(&person(1), &OptOut::new(OptOutSource::Written, "an operator", at(20)))
        .await
        .unwrap();
    for (words, after, field) in
        [("call me", 10, "at"), ("call me", 20, "at"), ("", 30, "words"), ("  ", 30, "words")]
    {
        let refused = journal.take_back_opt_out(&person(1), &request(words, after)).await;
        let refused = refused.unwrap_err();
        assert_eq!((refused.kind(), refused.field()), (ErrorKind::InvalidRequest, Some(field)));
    }
    assert!(ring(&journal, of("a", 1), limits(vec![]), 25).await.is_err());

    journal.take_back_opt_out(&person(1), &request("call me again", 21)).await.unwrap();
    let history = journal.history(&TenantId::default(), &person(1), at(0)).await.unwrap();
    assert_eq!(history.opted_out, None);
    ring(&journal, of("b", 1), limits(vec![]), 25).await.unwrap();
    let known = journal.person(&person(1)).await.unwrap();
    assert_eq!((known.opted_out, known.opt_outs.len()), (None, 3), "nothing of it is forgotten");
    assert_eq!(known.opt_outs[2], OptOutEvent::TakenBack(request("call me again", 21)));

    // A second opt-out is as good as the first, although it says the same.
    assert!(journal.opt_out(&person(1), &said_no(10)).await.unwrap());
    assert!(ring(&journal, of("c", 1), limits(vec![]), 30).await.is_err());
}

pub(in crate::conformance) async fn what_was_written_about_it_names_no_number(
    journal: Arc<dyn Journal>,
) {
    let number = person(1);
    let endless = format!("\u{0} {} {}", number.e164(), "never again. ".repeat(500));
    let opt_out = OptOut::new(OptOutSource::Provider(endless.clone()), &*endless, at(1))
        .with(|opt_out| opt_out.note = Some(endless.clone()));
    assert!(journal.opt_out(&number, &opt_out).await.unwrap(), "it is never refused");
    let words = format!("{} is mine: call it", number.e164());
    journal.take_back_opt_out(&number, &TakeBack::new(words, "an operator", at(2))).await.unwrap();
    let known = journal.person(&number).await.unwrap();
    assert_eq!(known.opt_outs.len(), 2);
    let json = serde_json::to_string(&known).unwrap();
    assert!(json.contains("never again") && json.contains("is mine"), "{json}");
    assert!(!json.contains(number.national_digits()), "{json}");
    assert!(!format!("{known:?}").contains("never again"));
}
