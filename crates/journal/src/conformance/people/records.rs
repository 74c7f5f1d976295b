//! What is known of a person comes back whole, and consents count for their tenant.

#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use switchboard_core::{
    CallId, CallRequest, CalleeHistory, Consent, ConsentKind, ErrorKind, Purpose, TenantId,
};
use uuid::Uuid;

use super::{end, limits, of, person, ring, said_no};
use crate::{
    Journal, NewConsent, Opened, PersonEvent, PersonEventKind, TakeBack, Withdrawal,
    conformance::fixtures::{at, epoch, new_call},
};

fn full() -> Consent {
    Consent::new(ConsentKind::ExpressWritten).with(|consent| {
        consent.at = Some(at(1));
        consent.words = Some("You may call me about my order.".to_owned());
        consent.channel = Some("https://example.com/form".to_owned());
        consent.seller = Some("Example Ltd".to_owned());
        consent.purpose = Some(Purpose::Marketing);
        consent.hours = Some("mon-fri 08:00-22:00".to_owned());
        consent.expires_at = Some(at(9_000));
    })
}

fn given(tenant: &str, consent: Consent) -> NewConsent {
    NewConsent::new(TenantId::from(tenant), consent, "an operator", at(2))
        .with(|new| new.source = Some("an import".to_owned()))
}

async fn consents_of(journal: &Arc<dyn Journal>, tenant: &str, n: u32) -> Vec<Consent> {
    journal.history(&TenantId::from(tenant), &person(n), epoch()).await.unwrap().consents
}

pub(in crate::conformance) async fn consents_count_for_their_tenant_until_withdrawn(
    journal: Arc<dyn Journal>,
) {
    let plain = Consent::new(ConsentKind::Express);
    let (one, two, theirs) =
        (given("a", full()), given("a", plain.clone()), given("b", plain.clone()));
    for consent in [&one, &two, &theirs] {
        assert!(journal.add_consent(&person(1), consent).await.unwrap());
    }
    assert!(!journal.add_consent(&person(1), &one).await.unwrap(), "it is there");
    assert!(!journal.add_consent(&person(2), &one).await.unwrap(), "an id is one consent's");
    assert_eq!(consents_of(&journal, "a", 1).await, [full(), plain.clone()]);
    assert_eq!(consents_of(&journal, "b", 1).await, std::slice::from_ref(&plain));
    assert_eq!(consents_of(&journal, "c", 1).await, []);
    assert_eq!(consents_of(&journal, "a", 2).await, []);

    let withdrawal = Withdrawal::new("an operator", at(50));
    let withdraw = |n, id| {
        let (journal, withdrawal) = (Arc::clone(&journal), withdrawal.clone());
        async move { journal.withdraw_consent(&person(n), id, &withdrawal).await.unwrap() }
    };
    assert!(!withdraw(2, one.id).await, "it is another person's");
    assert!(!withdraw(1, Uuid::now_v7()).await);
    assert!(withdraw(1, one.id).await);
    assert!(!withdraw(1, one.id).await, "it was withdrawn");
    assert_eq!(consents_of(&journal, "a", 1).await, [plain]);
    let known = journal.person(&person(1)).await.unwrap().consents;
    let expected = [one, two, theirs].map(NewConsent::into_record);
    assert_eq!(known[1..], expected[1..]);
    assert_eq!(known[0].withdrawn, Some(withdrawal.clone()));
    assert_eq!((&known[0].consent, &known[0].source), (&expected[0].consent, &expected[0].source));

    // An opt-out withdraws all of them, and taking it back gives none of them back.
    journal.opt_out(&person(1), &said_no(60)).await.unwrap();
    assert_eq!(consents_of(&journal, "a", 1).await, []);
    assert_eq!(consents_of(&journal, "b", 1).await, []);
    let request = TakeBack::new("call me", "an operator", at(70));
    journal.take_back_opt_out(&person(1), &request).await.unwrap();
    assert_eq!(consents_of(&journal, "a", 1).await, []);
    let known = journal.person(&person(1)).await.unwrap().consents;
    let by: Vec<_> = known.iter().map(|one| one.withdrawn.clone().unwrap()).collect();
    let all = Withdrawal::new(Withdrawal::BY_OPT_OUT, at(60));
    assert_eq!(by, [withdrawal, all.clone(), all]);
}

pub(in crate::conformance) async fn a_consent_without_its_evidence_is_refused(
    journal: Arc<dyn Journal>,
) {
    let number = person(1);
    let endless = "x".repeat(2_001);
    for (new, field) in [
        (given("a", full()).with(|new| new.by = " ".to_owned()), "by"),
        (given("a", full().with(|one| one.words = Some(endless.clone()))), "words"),
        (given("a", full().with(|one| one.channel = Some(endless.clone()))), "channel"),
        (given("a", full().with(|one| one.seller = Some(String::new()))), "seller"),
        (given("a", full()).with(|new| new.source = Some(endless.clone())), "source"),
    ] {
        let refused = journal.add_consent(&number, &new).await.unwrap_err();
        assert_eq!((refused.kind(), refused.field()), (ErrorKind::InvalidRequest, Some(field)));
    }
    let words = format!("call me at {}", number.e164());
    let new = given("a", full().with(|one| one.words = Some(words)));
    journal.add_consent(&number, &new).await.unwrap();
    let known = journal.person(&number).await.unwrap();
    assert_eq!(known.consents.len(), 1);
    let json = serde_json::to_string(&known).unwrap();
    assert!(json.contains("call me at") && !json.contains(number.national_digits()), "{json}");
    assert!(!format!("{known:?}").contains("call me at"));
}

pub(in crate::conformance) async fn the_last_call_of_each_kind_is_known(journal: Arc<dyn Journal>) {
    let nothing = journal.history(&TenantId::default(), &person(1), epoch()).await.unwrap();
    assert_eq!(nothing, CalleeHistory::default());
    let call = CallId::new(Uuid::now_v7());
    let event = |kind, after, call| PersonEvent { kind, at: at(after), call };
    for (kind, after) in [
        (PersonEventKind::Refused, 5),
        (PersonEventKind::Refused, 9),
        (PersonEventKind::Refused, 7),
        (PersonEventKind::Conversation, 3),
        (PersonEventKind::Abandoned, 4),
        (PersonEventKind::Abandoned, 8),
    ] {
        let its = (after > 5).then_some(call);
        journal.note(&person(1), &event(kind, after, its)).await.unwrap();
    }
    ring(&journal, of("a", 1), limits(vec![]), 6).await.unwrap();
    ring(&journal, of("b", 1), limits(vec![]), 2).await.unwrap();
    let history = journal.history(&TenantId::from("c"), &person(1), at(1)).await.unwrap();
    let expected = CalleeHistory::default().with(|history| {
        history.rings = vec![at(2), at(6)];
        history.refused = Some(at(9));
        history.conversation = Some(at(3));
        history.abandoned = Some(at(8));
    });
    assert_eq!(history, expected);
    let since = journal.history(&TenantId::default(), &person(1), at(2)).await.unwrap();
    assert_eq!(since.rings, [at(6)], "later than that");
    let known = journal.person(&person(1)).await.unwrap();
    assert_eq!(
        known.events,
        [
            event(PersonEventKind::Refused, 9, Some(call)),
            event(PersonEventKind::Conversation, 3, None),
            event(PersonEventKind::Abandoned, 8, Some(call)),
        ]
    );
    assert_eq!(known.rings, [at(2), at(6)]);
    let other = journal.history(&TenantId::default(), &person(2), epoch()).await.unwrap();
    assert_eq!(other, CalleeHistory::default());
}

pub(in crate::conformance) async fn what_is_known_comes_with_a_new_call(journal: Arc<dyn Journal>) {
    let tried = ring(&journal, of("b", 1), limits(vec![]), 6).await.unwrap();
    end(&journal, tried).await;
    journal.opt_out(&person(2), &said_no(7)).await.unwrap();
    let talked = PersonEvent { kind: PersonEventKind::Conversation, at: at(3), call: None };
    journal.note(&person(3), &talked).await.unwrap();
    journal.add_consent(&person(4), &given("a", full())).await.unwrap();
    journal.add_consent(&person(5), &given("b", full())).await.unwrap();
    let open = |request: CallRequest, since| {
        let journal = Arc::clone(&journal);
        async move { journal.open_with_history(new_call(&request, at(20)), since).await }
    };
    let tenant = TenantId::from("a");
    for (n, is_known) in [(1, true), (2, true), (3, true), (4, true), (5, false), (6, false)] {
        for (task, meant) in [("Ask once.", false), ("Ask again.", true)] {
            for since in [epoch(), at(6)] {
                let known = journal.history(&tenant, &person(n), since).await.unwrap();
                assert_eq!(known != CalleeHistory::default(), is_known && (n, since) != (1, at(6)));
                let request = of("a", n).with(|call| {
                    call.task = format!("{task} {since}");
                    call.allow_duplicate = meant;
                });
                let (opened, history) = open(request, since).await.unwrap();
                assert!(matches!(opened, Opened::New(_)), "{n}");
                assert_eq!(history, known, "{n}");
            }
        }
    }

    let keyed = of("a", 2).with(|call| call.idempotency_key = Some("order-18".to_owned()));
    let (first, history) = open(keyed.clone(), epoch()).await.unwrap();
    assert!(matches!(first, Opened::New(_)) && history.opted_out.is_some());
    let (again, history) = open(keyed, epoch()).await.unwrap();
    assert!(matches!(again, Opened::Replayed(_)));
    assert_eq!(history, CalleeHistory::default(), "of a call that is there already");

    let twice = of("a", 4).with(|call| call.allow_duplicate = false);
    open(twice.clone(), epoch()).await.unwrap();
    let refused = open(twice, epoch()).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::PossibleDuplicate);
}
