//! Every answer that documents 000 to 003 show: read by its type, given back without loss, and no
//! field of it left aside.

use std::{collections::BTreeSet, fs, path::Path};

use proptest::prelude::*;
use serde_json::{Map, Value};
use switchboard_core::{Error, ErrorKind};
use switchboard_http::from_value;
use switchboard_kallyai::{api::InboundEvent, wire::*};

/// The answer written back, and the places that no typed field reads.
type Read = fn(&Value) -> Result<(Value, Vec<String>), Error>;

struct Example {
    name: &'static str,
    text: &'static str,
    read: Read,
}

impl Example {
    fn value(&self) -> Value {
        serde_json::from_str(self.text).unwrap()
    }
}

macro_rules! answers {
    ($($name:literal => $type:ty,)*) => {
        const ANSWERS: &[Example] = &[$(Example {
            name: $name,
            text: include_str!(concat!("../fixtures/", $name, "_answer.json")),
            read: |value| {
                let read: $type = from_value(value)?;
                Ok((serde_json::to_value(&read).unwrap(), read.unread()))
            },
        }),*];
    };
}

answers! {
    "000/coordination_create_conversation" => ConversationRecord,
    "000/coordination_message" => CoordinationReply,
    "000/billing_trial_checkout" => CheckoutSession,
    "000/billing_portal" => BillingPortal,
    "002/coordination_message" => CoordinationReply,
    "002/coordination_conversations" => Listing<ConversationRecord>,
    "002/coordination_goals" => Listing<GoalRecord>,
    "002/coordination_goal" => GoalRecord,
    "002/coordination_budget" => GoalBudget,
    "002/calls_create" => CallRecord,
    "002/calls_transcript" => TranscriptRecord,
    "002/calls_recording" => RecordingRecord,
    "002/actions_restaurant_search" => Listing<RestaurantRecord>,
    "002/actions_bill_analyze" => BillAnalysis,
    "002/actions_email_outbox" => Listing<OutboxEmail>,
    "002/actions_log" => Listing<ActionRecord>,
    "002/messages_inbox" => Listing<InboxMessage>,
    "002/search_search" => SearchResults,
    "002/email_accounts" => Listing<EmailAccount>,
    "002/budget_estimate" => CostEstimate,
    "002/budget_cost_breakdown" => CostBreakdown,
    "002/credits_balance" => CreditBalance,
    "002/credits_history" => Listing<CreditEntry>,
    "002/credits_costs" => CreditCosts,
    "002/credits_breakdown" => CreditBreakdown,
    "002/credits_plans" => CreditPlans,
    "002/channels_status" => ChannelStatuses,
    "002/channels_email_add" => ContactEmail,
    "002/channels_email_list" => ContactEmails,
    "002/channels_mailbox" => Mailbox,
    "002/channels_connect" => MessengerOutcome,
    "002/channels_test" => MessengerOutcome,
    "002/channels_disconnect" => MessengerOutcome,
    "002/outreach_list" => Listing<OutreachTask>,
    "002/outreach_get" => OutreachTask,
    "002/subscriptions_change_plan" => PlanChange,
    "002/subscriptions_cancel_pending" => PendingChangeCancelled,
    "002/subscriptions_status" => SubscriptionStatus,
    "002/referrals_code" => ReferralCode,
    "002/referrals_stats" => ReferralStats,
    "002/referrals_history" => Listing<Referral>,
    "002/referrals_validate" => CodeValidity,
    "002/referrals_track" => ReferralTracked,
    "002/notifications_pending" => PendingNotifications,
    "003/calls_list" => Listing<CallRecord>,
    "003/calls_get" => CallRecord,
    "003/calls_create" => CallRecord,
    "003/calls_transcript" => TranscriptRecord,
    "003/users_subscription" => AccountSubscription,
    "003/users_statistics" => Statistics,
    "003/billing_portal" => BillingPortal,
}

/// Tokens and errors have no records: the client reads the ones where it logs in, and `refusals.rs`
/// the others.
const ELSEWHERE: [&str; 5] = [
    "002/auth_exchange_code",
    "002/errors_envelope",
    "003/auth_exchange_code",
    "003/errors_envelope",
    "003/errors_quota_exceeded",
];

#[test]
fn every_example_comes_back_whole_and_no_field_is_left_aside() {
    for example in ANSWERS {
        let value = example.value();
        let (back, unread) = (example.read)(&value).unwrap();
        assert_eq!(back, value, "{}", example.name);
        assert_eq!(unread, Vec::<String>::new(), "{}", example.name);
    }
}

#[test]
fn every_answer_among_the_fixtures_is_read() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut found = BTreeSet::new();
    for document in ["000", "001", "002", "003"] {
        for entry in fs::read_dir(directory.join(document)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            if let Some(name) = name.strip_suffix("_answer.json") {
                found.insert(format!("{document}/{name}"));
            }
        }
    }
    let read =
        ANSWERS.iter().map(|example| example.name).chain(ELSEWHERE).map(str::to_owned).collect();
    assert_eq!(found, read);
}

#[test]
fn what_no_field_reads_is_named_and_kept() {
    for example in ANSWERS {
        let mut value = example.value();
        value["a_new_field"] = Value::from(7);
        let (back, unread) = (example.read)(&value).unwrap();
        assert_eq!(back["a_new_field"], 7, "{}", example.name);
        assert_eq!(unread, ["/a_new_field"], "{}", example.name);
    }
}

#[test]
fn the_values_of_the_examples_are_read_as_they_stand() {
    let decimal = |text: &str| Some(text.parse().unwrap());
    let reply: CoordinationReply =
        serde_json::from_str(include_str!("../fixtures/000/coordination_message_answer.json"))
            .unwrap();
    assert_eq!((reply.credits_used, reply.goal_completed), (decimal("0.5"), Some(false)));
    assert_eq!(reply.suggestions.unwrap(), ["Send outreach emails", "Call top option"]);
    let reply: CoordinationReply =
        serde_json::from_str(include_str!("../fixtures/002/coordination_message_answer.json"))
            .unwrap();
    assert!(reply.message.unwrap().starts_with("I'll book"));
    assert_eq!(reply.actions_taken.unwrap(), ["goal_created", "call_initiated"]);

    let estimate: CostEstimate =
        serde_json::from_str(include_str!("../fixtures/002/budget_estimate_answer.json")).unwrap();
    let lines = estimate.breakdown.unwrap().lines;
    let lines: Vec<_> =
        lines.iter().map(|line| (line.action.as_deref().unwrap(), line.credits)).collect();
    assert_eq!(lines, [("call", decimal("1.0")), ("search", decimal("0.5"))]);
    let budget: GoalBudget =
        serde_json::from_str(include_str!("../fixtures/002/coordination_budget_answer.json"))
            .unwrap();
    let lines = budget.breakdown.unwrap().lines;
    assert_eq!(
        (lines[0].action.as_deref(), lines[0].credits),
        (Some("phone_call"), decimal("1.5"))
    );

    let created: ConversationRecord = serde_json::from_str(include_str!(
        "../fixtures/000/coordination_create_conversation_answer.json"
    ))
    .unwrap();
    assert_eq!(created.conversation_id.as_deref(), Some("c_12345"));
    let portals = [
        include_str!("../fixtures/000/billing_portal_answer.json"),
        include_str!("../fixtures/003/billing_portal_answer.json"),
    ];
    for portal in portals {
        assert!(
            serde_json::from_str::<BillingPortal>(portal)
                .unwrap()
                .url
                .unwrap()
                .starts_with("https://billing.stripe.com/")
        );
    }
    let task: OutreachTask =
        serde_json::from_str(include_str!("../fixtures/002/outreach_get_answer.json")).unwrap();
    assert_eq!(task.attempts.unwrap()[0].channel.as_deref(), Some("call"));
    let statuses: ChannelStatuses =
        serde_json::from_str(include_str!("../fixtures/002/channels_status_answer.json")).unwrap();
    assert_eq!(statuses.channels.unwrap()[1].account_name, None);
    assert!(GoalRecord::FIELDS.contains(&("goal_id", &["id", "goal_id"])));
}

fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,20}".prop_map(Value::from),
        prop_oneof![
            Just("2026-02-13T10:00:00Z"),
            Just("1e400"),
            Just("-0"),
            Just("\u{0}"),
            Just("9999999999999999999999999999999999")
        ]
        .prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec(("[a-z_/~]{0,12}", inner), 0..5)
                .prop_map(|fields| Value::Object(fields.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Object(fields) => {
            for (key, child) in fields {
                places(child, &format!("{at}/{key}"), found);
            }
        }
        Value::Array(entries) => {
            for (index, child) in entries.iter().enumerate() {
                places(child, &format!("{at}/{index}"), found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// What stands in place of any field, the answer is read and kept whole, or the error says
    /// where it failed.
    #[test]
    fn any_value_in_place_of_any_field(example in 0..ANSWERS.len(), place in any::<prop::sample::Index>(), value in json()) {
        let example = &ANSWERS[example];
        let mut answer = example.value();
        let mut found = Vec::new();
        places(&answer, "", &mut found);
        let place = place.get(&found);
        *answer.pointer_mut(place).unwrap() = value;
        match (example.read)(&answer) {
            Ok((back, unread)) => {
                prop_assert_eq!(&back, &answer);
                for place in unread {
                    prop_assert!(answer.pointer(&place).is_some(), "{}", place);
                }
            }
            Err(error) => {
                prop_assert_eq!(error.kind(), ErrorKind::Decode);
                prop_assert!(error.to_string().contains(": expected "), "{}", error);
                // Only the whole, the list that a page is, or an entry of it can be unreadable.
                let entry = place.rsplit('/').next().is_some_and(|last| last.parse::<usize>().is_ok());
                let depth = place.matches('/').count();
                prop_assert!(depth <= 1 || (entry && depth == 2), "{}", place);
            }
        }
    }

    /// The shapes that no document shows are read as leniently.
    #[test]
    fn any_value_at_all(value in json()) {
        for read in [
            from_value::<InboundCall>(&value).map(|record| (serde_json::to_value(&record).unwrap(), record.unread())),
            from_value::<InboundEvent>(&value).map(|record| (serde_json::to_value(&record).unwrap(), record.unread())),
            from_value::<NumberRecord>(&value).map(|record| (serde_json::to_value(&record).unwrap(), record.unread())),
            from_value::<Listing<InboundCall>>(&value).map(|list| (serde_json::to_value(&list).unwrap(), list.unread())),
        ] {
            match read {
                Ok((back, _)) => prop_assert_eq!(&back, &value),
                Err(error) => prop_assert!(error.to_string().contains(": expected "), "{}", error),
            }
        }
    }
}

/// A list without the entry that cannot be read would say that it is not there.
#[test]
fn an_entry_that_cannot_be_read_is_said() {
    for bad in ["null", "7", "true", "[]", "\"text\""] {
        for body in [
            format!(r#"{{"calls":[{{"call_id":"c1"}},{bad}]}}"#),
            format!(r#"[{{"call_id":"c1"}},{bad}]"#),
        ] {
            let value: Value = serde_json::from_str(&body).unwrap();
            let error = from_value::<Listing<CallRecord>>(&value).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Decode);
            assert!(error.to_string().contains("entry 2"), "{error}");
        }
    }
}
