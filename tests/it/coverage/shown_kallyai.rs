//! KallyAI's documented answers.

use std::fs;

use secrecy::ExposeSecret;
use serde_json::Value;
use switchboard::{
    core::ProviderCallId,
    kallyai::{KallyAiClient, api::OAuthClient, wire::*},
};
use switchboard_testkit::{SimConfig, SimKallyAi};
use url::Url;
use uuid::Uuid;

use super::{
    kallyai::{client, phone},
    shown::Shown,
};

fn example(name: &str) -> String {
    let fixtures =
        concat!(env!("CARGO_MANIFEST_DIR"), "/../crates/providers/kallyai/tests/fixtures");
    fs::read_to_string(format!("{fixtures}/{name}_answer.json")).unwrap()
}

/// The id that an example has: whoever asks for another is told that it is not that one.
fn id_in(name: &str) -> String {
    let example: Value = serde_json::from_str(&example(name)).unwrap();
    let mut names = ["goal_id", "task_id", "call_id", "id"].iter();
    names.find_map(|id| example[*id].as_str()).unwrap_or("c1").to_owned()
}

fn page() -> Url {
    "https://kallyai.com/app".parse().unwrap()
}

fn order() -> CreateCall {
    CreateCall::new(TaskCategory::General, "Ask", phone(), "UTC")
}

fn task() -> NewOutreachTask {
    NewOutreachTask::new("Contact", Recipient::parse("a@b.c").unwrap())
}

fn telegram() -> MessengerCredentials {
    MessengerCredentials::Telegram { bot_token: "123456:ABC-DEF...".into() }
}

macro_rules! shown {
    ($shown:ident: $(($name:literal, $row:literal, $call:expr);)*) => {
        $({
            let example = $shown.answer(&example($name));
            let read = $call.await.unwrap_or_else(|error| panic!("{}: {error}", $name));
            $shown.holds($name, $row, &example, &serde_json::to_value(&read).unwrap(), &read.unread());
        })*
    };
}

/// How many examples were read, of every row that has one.
pub(crate) async fn all() -> usize {
    let sim = SimKallyAi::start(SimConfig::default().seed(0)).await.unwrap();
    let client = client(&sim);
    let mut shown = Shown::new("kallyai", &sim);
    let id: ProviderCallId = "c1".into();
    let call = ProviderCallId::from(id_in("003/calls_get"));
    shown! { shown:
        ("000/coordination_create_conversation", "POST /v1/coordination/conversations", client.coordination().create_conversation());
        ("000/coordination_message", "POST /v1/coordination/message", client.coordination().message(&SendMessage::new("Find")));
        ("000/billing_trial_checkout", "POST /v1/stripe/trial-checkout", client.billing().trial_checkout(&TrialCheckout::new(page(), page())));
        ("000/billing_portal", "GET /v1/stripe/billing-portal", client.billing().portal());
        ("002/coordination_message", "POST /v1/coordination/message", client.coordination().message(&SendMessage::new("Book")));
        ("002/coordination_conversations", "GET /v1/coordination/conversations", client.coordination().conversations());
        ("002/coordination_goals", "GET /v1/coordination/goals", client.coordination().goals(None, &Paging::new()));
        ("002/coordination_goal", "GET /v1/coordination/goals/{goal_id}", client.coordination().goal(&id_in("002/coordination_goal")));
        ("002/coordination_budget", "GET /v1/coordination/goals/{goal_id}/budget", client.coordination().budget(&id_in("002/coordination_budget")));
        ("002/calls_create", "POST /v1/calls", client.calls().create(&order(), Uuid::from_u128(1)));
        ("002/calls_transcript", "GET /v1/calls/{call_id}/transcript", client.calls().transcript(&id));
        ("002/calls_recording", "GET /v1/calls/{call_id}/recording", client.calls().recording(&id));
        ("002/actions_restaurant_search", "POST /v1/actions/bookings/restaurants/search", client.actions().bookings().search_restaurants(&RestaurantSearch::new("Italian")));
        ("002/actions_bill_analyze", "POST /v1/actions/bills/analyze", client.actions().bills().analyze(&AnalyzeBill::new("Bill")));
        ("002/actions_email_outbox", "GET /v1/actions/email/outbox", client.actions().email().outbox());
        ("002/actions_log", "GET /v1/actions/log", client.actions().log(None, None));
        ("002/messages_inbox", "GET /v1/messages/inbox", client.messages().inbox(&InboxFilter::new(), None));
        ("002/search_search", "POST /v1/search", client.search().search(&SearchRequest::new("plumber")));
        ("002/email_accounts", "GET /v1/email/accounts", client.email().accounts());
        ("002/budget_estimate", "POST /v1/goals/estimate", client.budget().estimate(&EstimateCost::new("call", "Call")));
        ("002/budget_cost_breakdown", "GET /v1/goals/{goal_id}/cost-breakdown", client.budget().cost_breakdown(&id_in("002/budget_cost_breakdown")));
        ("002/credits_balance", "GET /v1/credits/balance", client.credits().balance());
        ("002/credits_history", "GET /v1/credits/history", client.credits().history(None));
        ("002/credits_costs", "GET /v1/credits/costs", client.credits().costs());
        ("002/credits_breakdown", "GET /v1/credits/breakdown", client.credits().breakdown());
        ("002/credits_plans", "GET /v1/credits/plans", client.credits().plans());
        ("002/channels_status", "GET /v1/channels/status", client.channels().status());
        ("002/channels_email_add", "POST /v1/channels/email/add", client.channels().add_email(&NewContactEmail::new("a@b.c")));
        ("002/channels_email_list", "GET /v1/channels/email/list", client.channels().emails());
        ("002/channels_mailbox", "GET /v1/channels/mailbox", client.channels().mailbox());
        ("002/channels_connect", "POST /v1/channels/webhook/{channel}/connect", client.channels().connect(&telegram()));
        ("002/channels_test", "POST /v1/channels/webhook/{channel}/test", client.channels().test(&telegram()));
        ("002/channels_disconnect", "POST /v1/channels/disconnect/{channel}", client.channels().disconnect(Messenger::Telegram));
        ("002/outreach_list", "GET /v1/outreach/tasks", client.outreach().list(&[], &Paging::new()));
        ("002/outreach_get", "GET /v1/outreach/tasks/{task_id}", client.outreach().get(&id_in("002/outreach_get")));
        ("002/outreach_get", "POST /v1/outreach/tasks", client.outreach().create(&task()));
        ("002/subscriptions_change_plan", "POST /v1/subscriptions/change-plan", client.subscriptions().change_plan(&ChangePlan::new("pro")));
        ("002/subscriptions_cancel_pending", "DELETE /v1/subscriptions/pending-change", client.subscriptions().cancel_pending());
        ("002/subscriptions_status", "GET /v1/subscriptions/status", client.subscriptions().status());
        ("002/referrals_code", "GET /v1/referrals/code", client.referrals().code());
        ("002/referrals_stats", "GET /v1/referrals/stats", client.referrals().stats());
        ("002/referrals_history", "GET /v1/referrals/history", client.referrals().history());
        ("002/referrals_validate", "GET /v1/referrals/validate/{code}", client.referrals().validate("ABC123"));
        ("002/referrals_track", "POST /v1/referrals/track", client.referrals().track(&TrackReferral::new("ABC123")));
        ("002/notifications_pending", "GET /v1/notifications/pending", client.notifications().pending());
        ("003/calls_list", "GET /v1/calls", client.calls().list(&Paging::new()));
        ("003/calls_get", "GET /v1/calls/{call_id}", client.calls().get(&call));
        ("003/calls_create", "POST /v1/calls", client.calls().create(&order(), Uuid::from_u128(1)));
        ("003/calls_transcript", "GET /v1/calls/{call_id}/transcript", client.calls().transcript(&id));
        ("003/users_subscription", "GET /v1/users/me/subscription", client.users().subscription());
        ("003/users_statistics", "GET /v1/users/me/statistics", client.users().statistics());
        ("003/billing_portal", "GET /v1/stripe/billing-portal", client.billing().portal());
    }
    tokens(&mut shown, &client).await;
    assert_eq!(shown.missing(|row| row.notes.contains("resp:doc")), Vec::<String>::new());
    shown.count
}

/// Tokens have no record: their parts are secrets.
async fn tokens(shown: &mut Shown<'_>, client: &KallyAiClient) {
    let app = OAuthClient { id: "an-id".to_owned(), secret: "a-secret".into() };
    for name in ["002/auth_exchange_code", "003/auth_exchange_code"] {
        let example = shown.answer(&example(name));
        let tokens = client.auth().exchange_code(&app, "a-code", &page()).await.unwrap();
        let mut read = serde_json::json!({"access_token": tokens.access.expose_secret(), "scope": tokens.scope});
        read["refresh_token"] = tokens.refresh.as_ref().unwrap().expose_secret().into();
        read["expires_in"] = tokens.expires_in.unwrap().as_secs().into();
        shown.holds(name, "POST /v1/auth/gpt/token", &example, &read, &[]);
    }
}
