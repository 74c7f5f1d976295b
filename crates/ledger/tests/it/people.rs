//! What is remembered about people outlives processes, versions and erasures.

use std::sync::Arc;

use switchboard_core::{CallRequest, Consent, ConsentKind, RingCap, TenantId, jiff::Timestamp};
use switchboard_journal::{
    Journal, NewConsent, OptOut, OptOutSource, PersonEvent, PersonEventKind, Withdrawal,
    conformance::{self, admitted, at, attempt, fault, open, record, write_intent},
    state::Fact,
};
use switchboard_ledger::{Ledger, Retention};
use switchboard_router::{CalleeLimits, Reservation};

use crate::maintenance::place::{ANN, BEN, CEM, Place, asks, number, places, talk};

/// Whether a call of this request may be sent to a person whose phone rang fewer times than this.
async fn may_ring(journal: &Arc<dyn Journal>, request: CallRequest, fewer_than: u32) -> String {
    let call = open(journal, request.with(|call| call.allow_duplicate = true), 0).await;
    record(journal, call, admitted()).await;
    let caps = vec![RingCap { rule: "P-CAP".to_owned(), since: at(0), fewer_than }];
    let needs = Reservation { callee: Some(CalleeLimits { caps }), ..Reservation::default() };
    let sent = write_intent(journal, call, attempt("alpha"), needs).await;
    let Err(denied) = sent else { return "it rings".to_owned() };
    record(journal, call, Fact::Refused(fault())).await;
    denied.code().unwrap().to_owned()
}

fn of(tenant: &str, to: &str) -> CallRequest {
    CallRequest::new(to, format!("Ask for {tenant}."))
        .with(|call| call.tenant = Some(tenant.into()))
}

fn agreed(tenant: &str, canary: &str, after: u64) -> NewConsent {
    let consent = Consent::new(ConsentKind::Express).with(|consent| {
        consent.words = Some(format!("{canary} said yes"));
        consent.channel = Some(format!("https://example.com/{canary}"));
    });
    NewConsent::new(TenantId::from(tenant), consent, "an operator", at(after))
        .with(|new| new.source = Some(format!("{canary} list")))
}

/// Another process with the same ledger.
async fn another(place: &Place) -> Ledger {
    match (&place.file, &place.url) {
        (Some((path, _)), _) => Ledger::file(path, None).await.unwrap(),
        (None, url) => Ledger::postgres(url.as_ref().unwrap(), None).await.unwrap(),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_cap_is_passed_and_nothing_is_sent_after_an_opt_out() {
    for place in places().await {
        let others = [another(&place).await, another(&place).await];
        let mut journals = vec![Arc::clone(&place.journal)];
        journals.extend(others.iter().map(Ledger::journal));
        conformance::one_person(&journals).await;
        place.is_consistent().await;
    }
}

#[tokio::test]
async fn an_erased_person_stays_protected() {
    for place in places().await {
        let journal = &place.journal;
        talk(journal, asks(ANN, "gryphon"), "gryphon").await;
        talk(journal, asks(BEN, "wyvern"), "wyvern").await;
        for to in [ANN, BEN] {
            assert!(journal.add_consent(&number(to), &agreed("a", "hydra", 1)).await.unwrap());
        }
        let asked = OptOut::new(OptOutSource::CalleeSaid, "engine", at(5))
            .with(|opt_out| opt_out.note = Some("sphinx".to_owned()));
        journal.opt_out(&number(ANN), &asked).await.unwrap();
        let declined = PersonEvent { kind: PersonEventKind::Refused, at: at(6), call: None };
        journal.note(&number(BEN), &declined).await.unwrap();

        for to in [ANN, BEN] {
            let erased = place.ledger.erase(&number(to), at(7_200)).await.unwrap();
            assert_eq!((erased.calls, erased.consents), (1, 1));
            assert_eq!(place.ledger.erase(&number(to), at(7_200)).await.unwrap().consents, 0);
        }
        assert!(!place.holds("hydra").await, "what a person agreed to is gone");
        assert!(place.holds("sphinx").await, "what proves an opt-out is not");
        place.is_consistent().await;

        let later = another(&place).await;
        for journal in [journal, &later.journal()] {
            for tenant in ["a", "b"] {
                assert_eq!(may_ring(journal, of(tenant, ANN), 9).await, "opted_out");
            }
        }
        assert_eq!(may_ring(journal, of("c", BEN), 1).await, "cap_reached");
        assert_eq!(may_ring(journal, of("d", BEN), 2).await, "it rings");
        let ann = journal.person(&number(ANN)).await.unwrap();
        assert_eq!((ann.opted_out, ann.opt_outs.len(), ann.rings.len()), (Some(at(5)), 1, 1));
        assert_eq!(ann.consents[0].withdrawn.as_ref().unwrap().by, Withdrawal::BY_OPT_OUT);
        let ben = journal.person(&number(BEN)).await.unwrap();
        assert_eq!(ben.events, [declined]);
        let consent = &ben.consents[0];
        assert!(consent.evidence_erased && consent.consent.words.is_none());
        assert_eq!(
            consent.withdrawn,
            Some(Withdrawal::new(Withdrawal::BY_ERASURE, at(7_200))),
            "what cannot be proven allows nothing"
        );
        let history = journal.history(&TenantId::from("a"), &number(BEN), at(0)).await.unwrap();
        assert_eq!((history.refused, history.consents), (Some(at(6)), vec![]));
    }
}

#[tokio::test]
async fn a_copy_knows_who_opted_out() {
    for place in places().await {
        let Some((_, directory)) = &place.file else { continue };
        let asked = OptOut::new(OptOutSource::Written, "an operator", at(5));
        place.journal.opt_out(&number(ANN), &asked).await.unwrap();
        let copy = directory.path().join("copy.db");
        place.ledger.backup(&copy).await.unwrap();
        let copy = Ledger::file(&copy, None).await.unwrap();
        assert_eq!(may_ring(&copy.journal(), of("a", ANN), 1).await, "opted_out");
    }
}

#[tokio::test]
async fn consents_are_kept_for_five_years_after_their_last_use() {
    for place in places().await {
        let journal = &place.journal;
        let years = Retention::CONSENTS.as_secs();
        for (to, after) in [(ANN, 0), (BEN, 0), (CEM, 100)] {
            journal.add_consent(&number(to), &agreed("a", "hydra", after)).await.unwrap();
        }
        // Their phone rang at the first second of these tests.
        assert_eq!(may_ring(journal, of("a", BEN), 1).await, "it rings");
        let asked = OptOut::new(OptOutSource::Written, "an operator", at(0));
        journal.opt_out(&number(ANN), &asked).await.unwrap();
        let kept = Retention { consents: Some(Retention::CONSENTS), ..Retention::default() };
        let left = async || {
            let mut left = Vec::new();
            for to in [ANN, BEN, CEM] {
                left.push(journal.person(&number(to)).await.unwrap().consents.len());
            }
            left
        };
        for (after, forgotten, expected) in [
            (years - 1, 0, [1, 1, 1]),
            (years, 1, [0, 1, 1]),
            (years + 1, 1, [0, 0, 1]),
            (years + 99, 0, [0, 0, 1]),
            (years + 100, 1, [0, 0, 0]),
        ] {
            let swept = place.ledger.sweep(&kept, at(after)).await.unwrap();
            assert_eq!(swept.consents, forgotten, "{after}");
            assert_eq!(left().await, expected, "{after}");
        }
        assert!(!place.holds("hydra").await);
        // Whatever else is destroyed, opt-outs never are.
        let nothing = std::time::Duration::ZERO;
        let kept =
            Retention { consents: Some(nothing), people: Some(nothing), ..Retention::default() };
        place.ledger.sweep(&kept, at(20 * years)).await.unwrap();
        let ann = journal.history(&TenantId::default(), &number(ANN), Timestamp::MIN).await;
        assert_eq!(ann.unwrap().opted_out, Some(at(0)));
    }
}

#[tokio::test]
async fn an_attempt_that_counts_for_somebody_else_is_found() {
    for place in places().await {
        talk(&place.journal, asks(ANN, "gryphon"), "gryphon").await;
        place.is_consistent().await;
        let nobody =
            if place.file.is_some() { "zeroblob(32)" } else { "decode(repeat('00', 32), 'hex')" };
        place.tamper(&format!("UPDATE attempts SET to_hash = {nobody}")).await;
        place.says("has an attempt that counts as another person's ring").await;
    }
}
