//! The calling rules, asked about calls that nobody places; and policy rules that an operator lifts.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use switchboard_core::{
    CallRequest, Clock, Currency, ErrorKind, Purpose, RuleOverride, RuleVerdict, ValidCall,
};
use switchboard_engine::{Engine, RulesCheck, Submitted};
use switchboard_journal::{AuditLog, CallLog, MemoryJournal, OptOut, OptOutSource, People};
use switchboard_router::{AuditTopic, Policy, RuleSettings};
use switchboard_rules::Tables;
use switchboard_testkit::VirtualClock;

use crate::support::{
    process::address,
    seconds, valid,
    world::{World, process_with, shared},
};

const LONDON: &str = "+442079460123";
const NOON: &str = "2026-03-02T12:00:00Z";
const NIGHT: &str = "2026-03-02T23:10:00Z";

fn at(moment: &str) -> Timestamp {
    moment.parse().unwrap()
}

fn booking() -> CallRequest {
    CallRequest::new(LONDON, "Book a table for two.").with(|call| {
        call.purpose = Some(Purpose::Reservation);
        call.on_behalf_of = Some("Ada Lovelace".to_owned());
    })
}

fn lifting(rule: &str, now: &str) -> RuleOverride {
    RuleOverride {
        rule: rule.to_owned(),
        by: "ann".to_owned(),
        reason: "The place asked for it.".to_owned(),
        until: at(now) + SignedDuration::from_hours(48),
    }
}

struct Scene {
    engine: Engine,
    journal: MemoryJournal,
    worlds: Vec<Arc<World>>,
}

fn scene(now: &str, off: Option<&str>) -> Scene {
    let clock: Arc<dyn Clock> = Arc::new(VirtualClock::at(at(now)));
    let journal = MemoryJournal::shared(seconds(30));
    let worlds = shared([World::new("alpha", &[])]);
    let off = off.map(str::to_owned);
    let engine = process_with(
        &worlds,
        &clock,
        Arc::new(journal.another()),
        |_| {},
        |builder| builder.webhooks(address()).adjust(|policy| policy.rules.off = off),
    );
    Scene { engine, journal, worlds }
}

#[tokio::test(start_paused = true)]
async fn a_check_decides_as_a_call_would_and_leaves_no_trace() {
    let scene = scene(NIGHT, None);
    let call = valid(booking());
    let checked = scene.engine.check_rules(&call, at(NIGHT)).await.unwrap();
    assert_eq!(checked.decision.verdict, RuleVerdict::Wait);
    assert_eq!(checked.decision.wait_until, Some(at("2026-03-03T08:00:00Z")));
    let open = scene.engine.check_rules(&call, at("2026-03-03T08:00:00Z")).await.unwrap();
    assert_eq!(open.decision.verdict, RuleVerdict::Allow);
    assert_eq!((&open.off, open.decision.tables.as_str()), (&None, Tables::builtin().version()));

    // What the journal knows counts.
    let to = LONDON.parse().unwrap();
    let wish = OptOut::new(OptOutSource::Operator, "ann", at(NIGHT));
    scene.journal.opt_out(&to, &wish).await.unwrap();
    let refused = scene.engine.check_rules(&call, at("2026-03-03T08:00:00Z")).await.unwrap();
    assert_eq!(refused.decision.verdict, RuleVerdict::Refuse);
    assert!(refused.decision.stops().any(|stop| stop.rule == "P-OPT-OUT"));

    let calls = scene.journal.select(&Default::default()).await.unwrap();
    assert!(calls.is_empty() && scene.worlds[0].rung().is_empty());
}

#[tokio::test(start_paused = true)]
async fn rules_that_are_off_are_asked_all_the_same() {
    let scene = scene(NIGHT, Some("a test of the office's own phones"));
    let checked = scene.engine.check_rules(&valid(booking()), at(NIGHT)).await.unwrap();
    assert_eq!(checked.off.as_deref(), Some("a test of the office's own phones"));
    assert_eq!(checked.decision.verdict, RuleVerdict::Wait);
}

#[tokio::test(start_paused = true)]
async fn a_check_needs_no_engine() {
    let mut policy = Policy::new(Vec::new(), Currency::USD);
    policy.rules = RuleSettings::default();
    let journal = Arc::new(MemoryJournal::new());
    let rules = RulesCheck::new(Arc::new(policy), Tables::builtin(), journal).await.unwrap();
    let ask = async |request: CallRequest, now: &str| {
        let call: Arc<ValidCall> = Arc::new(valid(request));
        rules.check(&call, at(now), at(now)).await
    };
    let open = ask(booking(), NOON).await.unwrap();
    assert_eq!(open.decision.verdict, RuleVerdict::Allow);
    let error = ask(booking().with(|call| call.purpose = None), NOON).await.unwrap_err();
    assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidRequest, Some("purpose")));
}

#[tokio::test(start_paused = true)]
async fn what_may_not_be_lifted_is_an_error_before_anything_is_written() {
    let scene = scene(NIGHT, None);
    for (rule, told) in [
        ("P-HOURS-RESERVATIN", "there is no rule"),
        ("US-HOURS", "is no policy of this product"),
        ("P-OPT-OUT", "may not be lifted by anybody"),
        ("P-SUPPRESSION", "may not be lifted by anybody"),
        ("P-ZONE", "may not be lifted by anybody"),
        ("P-AI", "may not be lifted by anybody"),
        ("P-RECORDING", "may not be lifted by anybody"),
    ] {
        let call = valid(booking().with(|call| call.overrides = vec![lifting(rule, NIGHT)]));
        let engine = &scene.engine;
        let errors = [
            engine.check_overrides(&call).unwrap_err(),
            engine.submit(call.clone()).await.unwrap_err(),
            engine.accept(call.clone()).await.unwrap_err(),
            engine.place(call.clone()).await.unwrap_err(),
            engine.check_rules(&call, at(NIGHT)).await.unwrap_err(),
        ];
        for error in errors {
            assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{rule}: {error}");
            assert_eq!(error.field(), Some("overrides"), "{rule}: {error}");
            assert!(error.message().contains(told), "{rule}: {error}");
            assert!(error.message().contains(": "), "{rule} has no fix: {error}");
        }
    }
    assert!(scene.journal.select(&Default::default()).await.unwrap().is_empty());
    assert!(scene.journal.audit_entries(AuditTopic::Call, 0).await.unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn who_lifted_a_rule_is_in_the_audit_log_once() {
    let scene = scene(NIGHT, None);
    let rule = "P-HOURS-RESERVATION";
    let call = valid(booking().with(|call| {
        call.overrides = vec![lifting(rule, NIGHT)];
        call.idempotency_key = Some("one".to_owned());
    }));
    let checked = scene.engine.check_rules(&call, at(NIGHT)).await.unwrap();
    assert_eq!(checked.decision.verdict, RuleVerdict::Allow, "{:?}", checked.decision.findings);

    let first = scene.engine.place(call.clone()).await.unwrap();
    let again = scene.engine.accept(call).await.unwrap();
    assert!(matches!(again, Submitted::Before(_)));
    assert_eq!(scene.worlds[0].rung().len(), 1);
    let entries = scene.journal.audit_entries(AuditTopic::Call, 0).await.unwrap();
    let [(_, entry)] = entries.as_slice() else { panic!("{entries:?}") };
    assert_eq!((&entry.subject, entry.by.as_str()), (&first.id.to_string(), "ann"));
    assert_eq!(entry.what["overrides"][0]["rule"], rule);
    assert_eq!(entry.what["overrides"][0]["reason"], "The place asked for it.");

    // A call that lifts nothing leaves no entry.
    scene.engine.submit(valid(booking().with(|call| call.allow_duplicate = true))).await.unwrap();
    assert_eq!(scene.journal.audit_entries(AuditTopic::Call, 0).await.unwrap().len(), 1);
}
