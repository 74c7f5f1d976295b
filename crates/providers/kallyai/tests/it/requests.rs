//! Every request that a document shows goes out as it stands there, and so does every query that
//! one names.

use crate::support::{CALLEE, answered_with_anything, page, phone, telegram, whatsapp};
use jiff::civil::{self, Date, DateTime, Time};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use switchboard_core::{Country, Language};
use switchboard_kallyai::wire::*;

fn day() -> Date {
    civil::date(2026, 2, 14)
}

fn at(hour: i8) -> DateTime {
    day().at(hour, 0, 0, 0)
}

fn evening() -> Time {
    civil::time(20, 0, 0, 0)
}

fn amount(text: &str) -> Amount {
    text.parse::<Decimal>().unwrap().into()
}

/// The document's example, with a number that may be called: its own are not valid.
fn example(text: &str) -> Value {
    let text = text.replace("+15551234567", CALLEE).replace("+15559876543", CALLEE);
    serde_json::from_str(&text).unwrap()
}

macro_rules! bodies {
    ($($name:literal => $request:expr,)*) => {
        [$(($name, example(include_str!(concat!("../fixtures/", $name, "_request.json"))), serde_json::to_value($request).unwrap())),*]
    };
}

#[test]
fn every_body_that_a_document_shows_can_be_said() {
    let call = CreateCall::new(
        TaskCategory::Restaurant,
        "Reserve table for 4 at 8pm",
        phone(),
        "America/New_York",
    )
    .business_name("Nobu")
    .user_name("John Smith")
    .party_size(4)
    .appointment_date(day())
    .appointment_time(evening())
    .language(&"en".parse::<Language>().unwrap());
    let bodies = bodies! {
        "000/coordination_message" => SendMessage::new("Find three dentists near me and prepare outreach.").conversation_id("c_12345"),
        "000/billing_trial_checkout" => TrialCheckout::new(page(), page()),
        "001/coordination_message_first" => SendMessage::new(
            "Find three coworking spaces near downtown Malaga and draft outreach emails asking for monthly pricing."),
        "001/coordination_message_next" => SendMessage::new("Use email first. Include my availability next week.").conversation_id("c_12345"),
        "002/coordination_message" => SendMessage::new("Book a table at Nobu for 4 tonight at 8pm").conversation_id("uuid (optional)"),
        "002/coordination_batch_archive" => BatchArchive::new(vec!["uuid1".to_owned(), "uuid2".to_owned()]),
        "002/calls_create" => call,
        "002/calls_reschedule" => RescheduleCall::new(civil::date(2026, 2, 15).at(19, 0, 0, 0)),
        "002/inbound_rule" => RoutingRule::new("VIP callers", 10, json!({"caller_vip": true}), "transfer").action_config(json!({"target": CALLEE})),
        "002/inbound_contact" => ContactDraft::new("John Smith", CALLEE).vip(true).notes("Key client"),
        "002/phone_numbers_provision" => ProvisionNumber::new(Country::US).area_code("415"),
        "002/actions_calendar_event" => NewEvent::new("Dinner at Nobu", at(20), at(22)).location("Nobu Restaurant").description("Table for 4, confirmation #12345"),
        "002/actions_restaurant_search" => RestaurantSearch::new("Italian restaurant downtown").location("New York, NY").party_size(4_u32).date(day()).time(evening()),
        "002/actions_booking" => NewBooking::new("restaurant").restaurant_id("rest_uuid").date(day()).time(evening()).party_size(4_u32)
            .name("John Smith").notes("Window table preferred"),
        "002/actions_bill_analyze" => AnalyzeBill::new("Comcast internet bill $89.99/month").amount(amount("89.99")).provider("Comcast"),
        "002/actions_bill_dispute" => DisputeBill::new("Unexpected $35 fee on cable bill").amount(amount("35.00")).provider("Comcast").reason("Unauthorized charge"),
        "002/actions_ride" => RideRequest::new("123 Main St", "JFK Airport").pickup_time(at(16)),
        "002/actions_food" => FoodOrder::new("2 pepperoni pizzas from Joe's Pizza").delivery_address("456 Oak Ave"),
        "002/actions_errand" => Errand::new("Pick up dry cleaning from ABC Cleaners on 5th Ave"),
        "002/actions_email_send" => OutgoingEmail::new("doctor@clinic.com", "Reschedule appointment",
            "I need to reschedule my Thursday appointment. Is Friday available?").cc("spouse@email.com"),
        "002/messages_mark_read" => MarkRead::new(vec!["uuid1".to_owned(), "uuid2".to_owned()]),
        "002/search_search" => SearchRequest::new("best plumber near me").location("San Francisco, CA"),
        "002/search_quick" => QuickSearch::new("Nobu phone number"),
        "002/email_respond" => EmailResponse::new("Accept the meeting but suggest 3pm instead of 2pm"),
        "002/budget_estimate" => EstimateCost::new("call", "Call restaurant to make reservation"),
        "002/channels_email_add" => NewContactEmail::new("user@example.com").label("Work").is_primary(true),
        "002/channels_email_update" => ContactEmailUpdate::new().label("Personal").is_primary(false).receives_copies(true).receives_notifications(false),
        "002/channels_connect_telegram" => telegram(),
        "002/channels_connect_whatsapp" => whatsapp(),
        "002/outreach_create" => NewOutreachTask::new("Contact Dr. Smith about rescheduling Thursday appointment", phone()).recipient_name("Dr. Smith")
            .urgency("high").coordination_message_id("optional-msg-id").auto_execute(true),
        "002/subscriptions_change_plan" => ChangePlan::new("pro").annual(false),
        "002/referrals_track" => TrackReferral::new("ABC123").email("newuser@example.com"),
    };
    for (name, shown, said) in bodies {
        assert_eq!(said, shown, "{name}");
    }
    assert_eq!(
        serde_json::to_string(&DisputeBill::new("Fee").amount(amount("35.00"))).unwrap(),
        r#"{"description":"Fee","amount":35.00}"#
    );
    assert!(!format!("{:?} {:?}", telegram(), whatsapp()).contains("ABC-DEF"));
}

#[tokio::test]
async fn the_bodies_of_one_field_go_out_as_they_are_shown() {
    let (sim, client) = answered_with_anything().await;
    let (inbound, numbers) = (client.inbound(), client.phone_numbers());
    let id = "c1".into();
    inbound.update_action_item(&id, 0, "completed").await.unwrap();
    inbound.transfer(&id, &phone()).await.unwrap();
    inbound.reject(&id, "user_rejected").await.unwrap();
    inbound.contacts().import("google").await.unwrap();
    numbers.start_verification(&phone()).await.unwrap();
    numbers.check_verification(&phone(), "123456").await.unwrap();
    numbers.set_forwarding(&"n1".into(), &phone()).await.unwrap();
    numbers.set_caller_id(&"n1".into(), "John's Office").await.unwrap();
    let sent: Vec<Value> = sim.requests().into_iter().map(|request| request.body).collect();
    let shown = [
        include_str!("../fixtures/002/inbound_action_item_request.json"),
        include_str!("../fixtures/002/inbound_transfer_request.json"),
        include_str!("../fixtures/002/inbound_reject_request.json"),
        include_str!("../fixtures/002/inbound_contacts_import_request.json"),
        include_str!("../fixtures/002/phone_numbers_verify_start_request.json"),
        include_str!("../fixtures/002/phone_numbers_verify_check_request.json"),
        include_str!("../fixtures/002/phone_numbers_forwarding_request.json"),
        include_str!("../fixtures/002/phone_numbers_caller_id_request.json"),
    ];
    assert_eq!(sent, shown.map(example));
}

/// What is asked for in a query, as the documents' tables name it.
#[tokio::test]
async fn the_documented_queries_go_out() {
    let (sim, client) = answered_with_anything().await;
    let paging = Paging::new().limit(20).offset(40);
    client.coordination().history(Some("c_12345"), Some(50)).await.unwrap();
    client.coordination().goals(None, &paging).await.unwrap();
    client.coordination().goals(Some(GoalStatus::Archived), &Paging::new().limit(5)).await.unwrap();
    client.calls().list(&paging).await.unwrap();
    client.actions().calendar().slots(day(), Some(30)).await.unwrap();
    client.actions().log(Some(ActionType::Booking), Some(3)).await.unwrap();
    client
        .messages()
        .inbox(&InboxFilter::new().channel(MessageChannel::Sms).unread(true), Some(9))
        .await
        .unwrap();
    client.email().messages(Some(EmailClass::Actionable), Some(2)).await.unwrap();
    client
        .outreach()
        .list(&[OutreachStatus::Pending, OutreachStatus::InProgress], &paging)
        .await
        .unwrap();
    client.outreach().list(&[], &Paging::new()).await.unwrap();
    client.credits().history(Some(8)).await.unwrap();
    client.phone_numbers().available(Some(Country::US), Some("415")).await.unwrap();
    let sent: Vec<String> = sim.requests().into_iter().map(|request| request.query).collect();
    assert_eq!(
        sent,
        [
            "conversation_id=c_12345&limit=50",
            "limit=20&offset=40",
            "status=archived&limit=5",
            "limit=20&offset=40",
            "date=2026-02-14&duration_minutes=30",
            "type=booking&limit=3",
            "channel=sms&limit=9&unread=true",
            "classification=actionable&limit=2",
            "status=pending%2Cin_progress&limit=20&offset=40",
            "",
            "limit=8",
            "country=US&area_code=415",
        ]
    );
}

#[tokio::test]
async fn an_empty_selection_is_not_sent() {
    let (sim, client) = answered_with_anything().await;
    assert_eq!(
        client.coordination().batch_archive::<String>([]).await.unwrap_err().field(),
        Some("goal_ids")
    );
    assert_eq!(
        client.messages().mark_read::<String>([]).await.unwrap_err().field(),
        Some("message_ids")
    );
    assert!(sim.requests().is_empty());
}
