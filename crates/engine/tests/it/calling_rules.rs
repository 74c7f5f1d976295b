//! The calling rules: asked when a call is accepted, and again before every ring.

use std::sync::Arc;

use jiff::Timestamp;
use switchboard_core::{
    CallFlagKind, CallRequest, CallStatus, Clock, ErrorKind, Idempotency, Outcome, Purpose, Redial,
    Replay, RuleVerdict, Speaker, Transcript, TranscriptEntry,
};
use switchboard_engine::Engine;
use switchboard_journal::{
    MemoryJournal, OptOut, OptOutSource, People, Person, people::PersonEventKind,
};
use switchboard_testkit::VirtualClock;

use crate::support::{
    process::address,
    seconds, valid, within,
    world::{Act, World, process_with, shared},
};

const LONDON: &str = "+442079460123";

fn at(moment: &str) -> Timestamp {
    moment.parse().unwrap()
}

/// A booking at a restaurant in London.
fn booking() -> CallRequest {
    CallRequest::new(LONDON, "Book a table for two.").with(|call| {
        call.purpose = Some(Purpose::Reservation);
        call.on_behalf_of = Some("Ada Lovelace".to_owned());
    })
}

/// A process with the rules, over one provider, that starts at this time.
struct Scene {
    worlds: Vec<Arc<World>>,
    clock: Arc<dyn Clock>,
    journal: MemoryJournal,
}

impl Scene {
    fn at(moment: &str) -> Self {
        Self::over(moment, World::new("alpha", &[]))
    }

    fn over(moment: &str, world: World) -> Self {
        let clock: Arc<dyn Clock> = Arc::new(VirtualClock::at(at(moment)));
        Self { worlds: shared([world]), clock, journal: MemoryJournal::shared(seconds(30)) }
    }

    fn process(&self) -> Engine {
        self.process_under(None)
    }

    /// With the rules on, or off for a reason.
    fn process_under(&self, off: Option<String>) -> Engine {
        process_with(
            &self.worlds,
            &self.clock,
            Arc::new(self.journal.another()),
            |_| {},
            |builder| builder.webhooks(address()).adjust(|policy| policy.rules.off = off),
        )
    }

    fn rings(&self) -> usize {
        self.worlds[0].rung().len()
    }

    async fn opt_out(&self) {
        let wish = OptOut::new(OptOutSource::Operator, "ann", self.clock.now());
        let to = LONDON.parse().unwrap();
        assert!(self.journal.opt_out(&to, &wish).await.unwrap());
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_outside_hours_waits_and_rings_at_the_first_open_instant() {
    let scene = Scene::at("2026-03-02T23:10:00Z");
    let router = scene.process();
    let accepted = router.submit(valid(booking())).await.unwrap();
    let told = accepted.decision.clone().expect("the caller hears at once");
    assert_eq!((accepted.status, told.verdict), (CallStatus::Scheduled, RuleVerdict::Wait));
    assert_eq!(told.wait_until, Some(at("2026-03-03T08:00:00Z")));
    assert!(told.stops().all(|one| one.rule == "P-HOURS-RESERVATION"));

    let call = router.wait(accepted.id).await.unwrap();
    assert_eq!((call.status, call.outcome), (CallStatus::Closed, Some(Outcome::Completed)));
    let sent = call.attempts[0].sent_at.unwrap();
    assert!(sent >= at("2026-03-03T08:00:00Z") && sent < at("2026-03-03T08:01:00Z"), "{sent}");
    let kept = call.decision.expect("the decision about the ring is kept");
    assert_eq!((kept.verdict, kept.at <= sent), (RuleVerdict::Allow, true));
}

#[tokio::test(start_paused = true)]
async fn a_call_that_waits_is_continued_by_the_next_process() {
    let scene = Scene::at("2026-03-02T23:10:00Z");
    let first = scene.process();
    first.recover().await.unwrap();
    let id = first.submit(valid(booking())).await.unwrap().id;
    first.stop_now();
    let second = scene.process();
    second.recover().await.unwrap();
    let call = second.wait(id).await.unwrap();
    assert_eq!(scene.rings(), 1);
    assert!(call.attempts[0].sent_at.unwrap() >= at("2026-03-03T08:00:00Z"));
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_told_at_once_recorded_and_binds_every_provider() {
    let scene = Scene::at("2026-03-02T12:00:00Z");
    let router = scene.process();
    let selling = booking().with(|call| call.purpose = Some(Purpose::Marketing));
    let call = router.submit(valid(selling)).await.unwrap();
    assert_eq!(call.status, CallStatus::Refused);
    let fault = call.fault.unwrap();
    assert_eq!(fault.kind, ErrorKind::Blocked);
    let decision = call.decision.unwrap();
    for one in decision.stops() {
        assert!(fault.message.contains(&one.rule), "{}", fault.message);
    }
    assert!(decision.stops().any(|one| one.needs.as_deref() == Some("consent")));
    assert_eq!((scene.rings(), call.attempts.len()), (0, 0));
    let kept = router.get(call.id).await.unwrap();
    assert_eq!(kept.decision.unwrap(), decision);
}

#[tokio::test(start_paused = true)]
async fn a_request_without_a_purpose_is_an_error_that_explains_all_purposes() {
    let scene = Scene::at("2026-03-02T12:00:00Z");
    let router = scene.process();
    let error = router.submit(valid(booking().with(|call| call.purpose = None))).await.unwrap_err();
    assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidRequest, Some("purpose")));
    let message = error.to_string();
    for purpose in Purpose::ALL {
        assert!(message.contains(purpose.as_str()), "{message}");
    }
    assert!(router.calls().await.unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_window_that_closes_before_the_hours_open_is_refused_at_once() {
    let scene = Scene::at("2026-03-02T23:10:00Z");
    let router = scene.process();
    let tonight = booking().with(|call| call.not_after = Some("2026-03-03T06:00:00Z".to_owned()));
    let call = router.submit(valid(tonight)).await.unwrap();
    assert_eq!(call.status, CallStatus::Refused);
    let message = call.fault.unwrap().message;
    assert!(
        message.contains("P-HOURS-RESERVATION") && message.contains("2026-03-03T08:00:00Z"),
        "{message}"
    );
}

#[tokio::test(start_paused = true)]
async fn an_opt_out_while_a_call_waits_stops_it() {
    for off in [None, Some("a test".to_owned())] {
        let scene = Scene::at("2026-03-02T12:00:00Z");
        let router = scene.process_under(off.clone());
        let later =
            booking().with(|call| call.not_before = Some("2026-03-02T15:00:00Z".to_owned()));
        let call = router.submit(valid(later)).await.unwrap();
        scene.opt_out().await;
        let call = within(router.wait(call.id)).await.unwrap();
        assert_eq!(call.status, CallStatus::Refused, "{off:?}");
        assert_eq!(call.fault.unwrap().kind, ErrorKind::Blocked);
        assert_eq!(scene.rings(), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn a_redial_asks_the_rules_again() {
    let world = World::new("alpha", &[]).ending(&[Outcome::NoAnswer]);
    let scene = Scene::over("2026-03-02T21:50:00Z", world);
    let router = scene.process();
    let asked = booking().with(|call| {
        call.redial =
            Some(Redial { on: [Outcome::NoAnswer].into(), times: 1, gap_seconds: 900, per_day: 3 });
    });
    let id = router.submit(valid(asked)).await.unwrap().id;
    let call = router.wait(id).await.unwrap();
    let rung: Vec<_> = call.attempts.iter().map(|attempt| attempt.sent_at.unwrap()).collect();
    assert_eq!(rung.len(), 2);
    assert!(rung[0] < at("2026-03-02T22:00:00Z") && rung[1] >= at("2026-03-03T08:00:00Z"));
}

#[tokio::test(start_paused = true)]
async fn a_person_who_was_rung_often_enough_is_left_alone_for_the_day() {
    let scene = Scene::at("2026-03-02T09:00:00Z");
    let router = scene.process();
    let mut rung = Vec::new();
    for nth in 0..4 {
        let tenant = if nth % 2 == 0 { "a" } else { "b" };
        let again = booking().with(|call| {
            call.allow_duplicate = true;
            call.tenant = Some(tenant.to_owned());
        });
        let id = router.submit(valid(again)).await.unwrap().id;
        let call = router.wait(id).await.unwrap();
        rung.push(call.attempts[0].sent_at.unwrap());
    }
    assert_eq!(scene.rings(), 4);
    for pair in rung.windows(2) {
        assert!(pair[1].duration_since(pair[0]).as_secs() >= 600, "{rung:?}");
    }
    assert!(rung[3].duration_since(rung[0]).as_hours() >= 24, "{rung:?}");
}

/// What the journal remembers about the person in London.
async fn remembered(scene: &Scene) -> Person {
    scene.journal.person(&LONDON.parse().unwrap()).await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_providers_code_for_a_wish_binds_all_tenants_and_providers() {
    for (code, is_wish) in [
        ("number_opted_out", true),
        ("number_on_dnc", true),
        ("suppression_violation", true),
        ("blocked_number", false),
        ("consent_denied", false),
    ] {
        // By its refusal, and by its report of a call that it had accepted.
        let mut reporting = World::new("alpha", &[]).ending(&[Outcome::Failed, Outcome::Completed]);
        reporting.fails_because = Some(code);
        for world in [World::new("alpha", &[Act::RefuseBecause(code)]), reporting] {
            let scene = Scene::over("2026-03-02T12:00:00Z", world);
            let router = scene.process();
            let first = router.submit(valid(booking())).await.unwrap().id;
            let first = within(router.wait(first)).await.unwrap();
            assert_eq!(remembered(&scene).await.opted_out.is_some(), is_wish, "{code}");
            assert!(first.outcome != Some(Outcome::Completed), "{code}");

            let again = booking().with(|call| {
                call.task = "Ask for the opening hours.".to_owned();
                call.tenant = Some("another".to_owned());
                call.not_before = Some("2026-03-02T13:00:00Z".to_owned());
            });
            let again = router.submit(valid(again)).await.unwrap().id;
            let again = within(router.wait(again)).await.unwrap();
            let refused = again.status == CallStatus::Refused;
            assert_eq!(refused, is_wish, "{code}: {:?}", again.fault);
            if is_wish {
                let decision = again.decision.unwrap();
                assert!(decision.stops().any(|one| one.rule == "P-OPT-OUT"), "{decision:?}");
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_conversation_counts_for_the_purposes_whose_rules_count_it() {
    for (purpose, counts) in [(Purpose::DebtCollection, true), (Purpose::Transactional, false)] {
        let scene = Scene::at("2026-03-02T12:00:00Z");
        let router = scene.process();
        let about_a_contract = booking().with(|call| {
            call.purpose = Some(purpose);
            call.relationship = Some("contract 8812".to_owned());
        });
        let id = router.submit(valid(about_a_contract)).await.unwrap().id;
        let call = within(router.wait(id)).await.unwrap();
        assert_eq!(call.outcome, Some(Outcome::Completed), "{:?}", call.fault);
        let events = remembered(&scene).await.events;
        let spoke = events.iter().any(|event| event.kind == PersonEventKind::Conversation);
        assert_eq!(spoke, counts, "{purpose}");
        assert!(events.iter().all(|event| event.call == Some(id)));
    }
}

fn said(agent: &str, callee: &str) -> Transcript {
    let entry =
        |speaker, text: &str| TranscriptEntry { speaker, text: text.to_owned(), offset: None };
    Transcript {
        entries: vec![entry(Speaker::Agent, agent), entry(Speaker::Callee, callee)],
        ..Transcript::default()
    }
}

#[tokio::test(start_paused = true)]
async fn the_transcript_is_looked_at_once_it_is_there() {
    const GOOD: &str =
        "Hello, this is an AI assistant calling on behalf of Ada Lovelace, about a reservation.";
    let missing = Some(CallFlagKind::FirstWordsMissing);
    let wish = Some(CallFlagKind::MayHaveOptedOut);
    let rows = [
        (Some(said(GOOD, "Sure.")), 0, None, 1),
        (Some(said("Hi there.", "Sure.")), 0, missing, 1),
        (Some(said("Hi there.", "Sure.")), 2, missing, 3),
        (Some(said(GOOD, "Never call me again.")), 1, wish, 2),
        // It is never there.
        (Some(said("Hi there.", "Sure.")), 9, None, 4),
        // The provider keeps none.
        (None, 0, None, 1),
    ];
    for (transcript, after, expected, reads) in rows {
        let mut world = World::new("alpha", &[]);
        (world.said, world.transcript_after) = (transcript, after);
        let scene = Scene::over("2026-03-02T12:00:00Z", world);
        let router = scene.process();
        let id = router.submit(valid(booking())).await.unwrap().id;
        within(router.wait(id)).await.unwrap();
        scene.clock.sleep(seconds(3600)).await;
        let call = router.get(id).await.unwrap();
        let flags: Vec<_> = call.flags.iter().map(|flag| flag.kind).collect();
        assert_eq!(flags, expected.into_iter().collect::<Vec<_>>());
        assert_eq!(scene.worlds[0].transcripts_read(), reads);
        assert!(call.transcript.is_none(), "it is looked at, and not kept");
        assert_eq!(remembered(&scene).await.opted_out, None, "a person decides that");
    }
}

#[tokio::test(start_paused = true)]
async fn without_rules_nobody_looks_at_transcripts() {
    let mut world = World::new("alpha", &[]);
    world.said = Some(said("Hi there.", "Never call me again."));
    let scene = Scene::over("2026-03-02T12:00:00Z", world);
    let router = scene.process_under(Some("a test".to_owned()));
    let id = router.submit(valid(booking())).await.unwrap().id;
    within(router.wait(id)).await.unwrap();
    scene.clock.sleep(seconds(3600)).await;
    assert_eq!(scene.worlds[0].transcripts_read(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_transcript_that_is_fetched_is_looked_at_and_flagged_once() {
    let mut world = World::new("alpha", &[]);
    world.said = Some(said("Hi there.", "Never call me again."));
    let scene = Scene::over("2026-03-02T12:00:00Z", world);
    let router = scene.process();
    let id = router.submit(valid(booking())).await.unwrap().id;
    within(router.wait(id)).await.unwrap();
    router.transcript(id).await.unwrap();
    let flagged = router.get(id).await.unwrap();
    assert_eq!(flagged.flags.len(), 2);
    router.transcript(id).await.unwrap();
    assert_eq!(router.get(id).await.unwrap().flags, flagged.flags);
}

/// The first request rings and its answer is lost; lists show nothing. The provider documents what its keys
/// do.
fn keeps_keys(acts: &[Act]) -> World {
    let mut world = World::new("alpha", acts);
    world.info.idempotency =
        Idempotency::Documented { lives: seconds(3600), replay: Replay::FirstAnswer };
    world.shows = false;
    world
}

#[tokio::test(start_paused = true)]
async fn the_ring_in_doubt_does_not_count_against_the_repeat_of_its_own_request() {
    // The default rules want ten minutes between two rings of a person.
    let scene = Scene::over("2026-03-02T10:00:00Z", keeps_keys(&[Act::Lose]));
    let router = scene.process();
    let placed = router.submit(valid(booking())).await.unwrap();
    let call = within(router.wait(placed.id)).await.unwrap();
    assert_eq!((call.status, scene.rings()), (CallStatus::Closed, 1));
    assert!(call.attempts[0].repeated_at.is_some());
    assert_eq!(scene.worlds[0].orders().len(), 2);
}
