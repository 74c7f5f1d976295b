//! Every row of the table has a typed method.

use std::collections::BTreeSet;

use crate::support::{CALLEE, answered_with_anything, page, phone, telegram, whatsapp};
use futures::TryStreamExt;
use jiff::civil::{self, Date, DateTime};
use serde_json::json;
use switchboard_core::Country;
use switchboard_kallyai::{KallyAiClient, api::OAuthClient, wire::*};
use switchboard_testkit::SimKallyAi;
use uuid::Uuid;

/// The table, as the simulator serves it.
const ROWS: &str = include_str!("../../../../testkit/tests/kallyai_endpoints.txt");

fn day() -> Date {
    civil::date(2026, 2, 14)
}

fn at(hour: i8) -> DateTime {
    day().at(hour, 0, 0, 0)
}

#[tokio::test]
async fn every_row_of_the_table_is_reached_by_a_typed_method() {
    let (sim, client) = answered_with_anything().await;
    coordination(&client).await;
    calls_and_inbound(&client).await;
    numbers(&client).await;
    actions(&client).await;
    messages_search_and_email(&client).await;
    channels_and_outreach(&client).await;
    account(&client).await;
    logging_in(&client, &sim).await;

    let arrived: BTreeSet<(String, String)> =
        sim.requests().into_iter().map(|request| (request.method, request.path)).collect();
    let rows: Vec<(&str, &str)> = ROWS.lines().filter_map(|line| line.split_once(' ')).collect();
    assert_eq!(rows.len(), 146);
    // The two pages that a browser opens are addresses, and no requests.
    let pages = ["/v1/auth/authorize", "/v1/auth/cli"];
    let missing: Vec<_> = rows
        .iter()
        .filter(|(_, path)| !pages.contains(path))
        .filter(|row| !arrived.iter().any(|request| best(&rows, request) == Some(**row)))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
    let strange: Vec<_> = arrived.iter().filter(|request| best(&rows, request).is_none()).collect();
    assert!(strange.is_empty(), "{strange:?}");
}

/// The row of a request: where several fit, the one with the fewest placeholders.
fn best<'a>(
    rows: &[(&'a str, &'a str)],
    (method, path): &(String, String),
) -> Option<(&'a str, &'a str)> {
    let fits = |template: &str| {
        let (wanted, found): (Vec<_>, Vec<_>) =
            (template.split('/').collect(), path.split('/').collect());
        wanted.len() == found.len()
            && wanted
                .iter()
                .zip(&found)
                .all(|(wanted, found)| wanted.starts_with('{') || wanted == found)
    };
    let fitting = rows.iter().filter(|(verb, template)| verb == method && fits(template));
    fitting.min_by_key(|(_, template)| template.matches('{').count()).copied()
}

async fn coordination(client: &KallyAiClient) {
    let api = client.coordination();
    api.message(&SendMessage::new("Book")).await.unwrap();
    api.history(None, None).await.unwrap();
    api.conversations().await.unwrap();
    api.create_conversation().await.unwrap();
    assert!(api.all_goals(None, Paging::new()).try_collect::<Vec<_>>().await.unwrap().is_empty());
    api.goal("g1").await.unwrap();
    api.tree("g1").await.unwrap();
    api.cancel("g1").await.unwrap();
    api.cascade_cancel("g1").await.unwrap();
    api.escalate("g1").await.unwrap();
    api.approve_step("g1").await.unwrap();
    api.accept_outcome("g1").await.unwrap();
    api.continue_negotiating("g1").await.unwrap();
    api.archive("g1").await.unwrap();
    api.batch_archive(["g1"]).await.unwrap();
    api.budget("g1").await.unwrap();
    let budget = client.budget();
    budget.estimate(&EstimateCost::new("call", "Call")).await.unwrap();
    budget.approve("g1").await.unwrap();
    budget.cost_breakdown("g1").await.unwrap();
    budget.acknowledge_soft_cap("g1").await.unwrap();
}

async fn calls_and_inbound(client: &KallyAiClient) {
    let (calls, id) = (client.calls(), "c1".into());
    calls
        .create(&CreateCall::new(TaskCategory::General, "Ask", phone(), "UTC"), Uuid::from_u128(1))
        .await
        .unwrap();
    assert!(calls.all(Paging::new()).try_collect::<Vec<_>>().await.unwrap().is_empty());
    calls.get(&id).await.unwrap();
    calls.transcript(&id).await.unwrap();
    calls.recording(&id).await.unwrap();
    calls.calendar(&id).await.unwrap_err();
    calls.cancel(&id).await.unwrap();
    calls.reschedule(&id, &RescheduleCall::new(at(20))).await.unwrap();
    calls.stop(&id).await.unwrap();

    let inbound = client.inbound();
    assert!(
        inbound
            .all(InboundFilter::new(), Paging::new())
            .try_collect::<Vec<_>>()
            .await
            .unwrap()
            .is_empty()
    );
    inbound.delete_all(DeleteAllInboundCalls::Confirmed).await.unwrap();
    inbound.summary().await.unwrap();
    inbound.analytics(None, None).await.unwrap();
    inbound.get(&id).await.unwrap();
    inbound.transcript(&id).await.unwrap();
    inbound.recording(&id).await.unwrap();
    inbound.update_action_item(&id, 0, "completed").await.unwrap();
    inbound.transfer(&id, &phone()).await.unwrap();
    inbound.take_over(&id).await.unwrap();
    inbound.reject(&id, "user_rejected").await.unwrap();
    inbound.recent_events().await.unwrap();
    inbound.stream_info().await.unwrap();
    let rule = RoutingRule::new("VIP", 1, json!({}), "transfer");
    inbound.rules().list().await.unwrap();
    inbound.rules().create(&rule).await.unwrap();
    inbound.rules().update("r1", &rule).await.unwrap();
    inbound.rules().delete("r1").await.unwrap();
    inbound.voicemails().list().await.unwrap();
    inbound.voicemails().get("v1").await.unwrap();
    inbound.voicemails().playback("v1").await.unwrap();
    let contact = ContactDraft::new("John", CALLEE);
    inbound.contacts().list().await.unwrap();
    inbound.contacts().create(&contact).await.unwrap();
    inbound.contacts().update("k1", &contact).await.unwrap();
    inbound.contacts().delete("k1").await.unwrap();
    inbound.contacts().import("google").await.unwrap();
}

async fn numbers(client: &KallyAiClient) {
    let (numbers, id) = (client.phone_numbers(), "n1".into());
    numbers.supported_countries().await.unwrap();
    numbers.forwarding_targets().await.unwrap();
    numbers.available(None, None).await.unwrap();
    numbers.provision(&ProvisionNumber::new(Country::US)).await.unwrap();
    numbers.set_up_forwarding(&json!({})).await.unwrap();
    numbers.start_verification(&phone()).await.unwrap();
    numbers.check_verification(&phone(), "1").await.unwrap();
    numbers.configure_verified(&json!({})).await.unwrap();
    numbers.list().await.unwrap();
    numbers.get(&id).await.unwrap();
    numbers.set_forwarding(&id, &phone()).await.unwrap();
    numbers.remove_forwarding(&id).await.unwrap();
    numbers.verify_ownership(&id).await.unwrap();
    numbers.details(&id).await.unwrap();
    numbers.set_caller_id(&id, "Office").await.unwrap();
    numbers.release(&id).await.unwrap();
}

async fn actions(client: &KallyAiClient) {
    let actions = client.actions();
    actions.calendar().create_event(&NewEvent::new("Dinner", at(20), at(22))).await.unwrap();
    actions.calendar().slots(day(), None).await.unwrap();
    actions.calendar().sync().await.unwrap();
    actions.calendar().delete_event("e1").await.unwrap();
    actions.bookings().search_restaurants(&RestaurantSearch::new("Italian")).await.unwrap();
    actions.bookings().create(&NewBooking::new("restaurant")).await.unwrap();
    actions.bookings().cancel("b1").await.unwrap();
    actions.bills().analyze(&AnalyzeBill::new("Bill")).await.unwrap();
    actions.bills().dispute(&DisputeBill::new("Bill")).await.unwrap();
    actions.ride(&RideRequest::new("a", "b")).await.unwrap();
    actions.food(&FoodOrder::new("Pizza")).await.unwrap();
    actions.errand(&Errand::new("Post")).await.unwrap();
    actions.email().send(&OutgoingEmail::new("a@b.c", "Hi", "Hi")).await.unwrap();
    actions.email().approve("m1").await.unwrap();
    actions.email().cancel("m1").await.unwrap();
    actions.email().outbox().await.unwrap();
    actions.email().replies("m1").await.unwrap();
    actions.log(None, None).await.unwrap();
    actions.undo("a1").await.unwrap();
}

async fn messages_search_and_email(client: &KallyAiClient) {
    let messages = client.messages();
    messages.inbox(&InboxFilter::new(), None).await.unwrap();
    messages.get("m1").await.unwrap();
    messages.conversation("c1").await.unwrap();
    messages.mark_read(["m1"]).await.unwrap();
    let search = client.search();
    search.search(&SearchRequest::new("plumber")).await.unwrap();
    search.quick(&QuickSearch::new("plumber")).await.unwrap();
    search.history().await.unwrap();
    search.sources().await.unwrap();
    let email = client.email();
    email.accounts().await.unwrap();
    email.connect_url(EmailProvider::Gmail).await.unwrap();
    email.connect_url(EmailProvider::Outlook).await.unwrap();
    email.disconnect("a1").await.unwrap();
    email.messages(None, None).await.unwrap();
    email.message("m1").await.unwrap();
    email.respond("m1", &EmailResponse::new("Accept")).await.unwrap();
    email.voice_profile().await.unwrap();
    email.train_voice_profile().await.unwrap();
}

async fn channels_and_outreach(client: &KallyAiClient) {
    let channels = client.channels();
    channels.status().await.unwrap();
    channels.add_email(&NewContactEmail::new("a@b.c")).await.unwrap();
    channels.emails().await.unwrap();
    channels.update_email("e1", &ContactEmailUpdate::new().label("Work")).await.unwrap();
    channels.delete_email("e1").await.unwrap();
    channels.verify_email(&"token".into()).await.unwrap();
    channels.mailbox().await.unwrap();
    channels.connect(&telegram()).await.unwrap();
    channels.test(&whatsapp()).await.unwrap();
    channels.disconnect(Messenger::Telegram).await.unwrap();
    let outreach = client.outreach();
    assert!(
        outreach
            .all(&[OutreachStatus::Failed], Paging::new())
            .try_collect::<Vec<_>>()
            .await
            .unwrap()
            .is_empty()
    );
    outreach.get("t1").await.unwrap();
    outreach
        .create(&NewOutreachTask::new("Contact", Recipient::parse("a@b.c").unwrap()))
        .await
        .unwrap();
    outreach.retry("t1").await.unwrap();
    outreach.cancel("t1").await.unwrap();
}

async fn account(client: &KallyAiClient) {
    let credits = client.credits();
    credits.balance().await.unwrap();
    credits.history(None).await.unwrap();
    credits.costs().await.unwrap();
    credits.breakdown().await.unwrap();
    credits.plans().await.unwrap();
    let subscriptions = client.subscriptions();
    subscriptions.change_plan(&ChangePlan::new("pro")).await.unwrap();
    subscriptions.cancel_pending().await.unwrap();
    subscriptions.status().await.unwrap();
    let billing = client.billing();
    billing.plans().await.unwrap();
    billing.trial_checkout(&TrialCheckout::new(page(), page())).await.unwrap();
    billing.portal().await.unwrap();
    client.users().subscription().await.unwrap();
    client.users().statistics().await.unwrap();
    let referrals = client.referrals();
    referrals.code().await.unwrap();
    referrals.stats().await.unwrap();
    referrals.history().await.unwrap();
    referrals.validate("ABC123").await.unwrap();
    referrals.track(&TrackReferral::new("ABC123")).await.unwrap();
    client.notifications().pending().await.unwrap();
}

async fn logging_in(client: &KallyAiClient, sim: &SimKallyAi) {
    let auth = client.auth();
    let oauth = OAuthClient { id: "id".to_owned(), secret: "secret".into() };
    let base = sim.url().parse().unwrap();
    let local = "http://127.0.0.1:8976/callback".parse().unwrap();
    assert_eq!(auth.cli_url(&base, &local, Some("s")).unwrap().path(), "/v1/auth/cli");
    assert_eq!(
        auth.authorize_url(&base, "id", &page(), &["calls:read"], "s").unwrap().path(),
        "/v1/auth/authorize"
    );
    auth.exchange_code(&oauth, "code", &page()).await.unwrap();
    auth.refresh(&"r".into()).await.unwrap();
    auth.refresh_as(&oauth, &"r".into()).await.unwrap();
    auth.google(&"g".into()).await.unwrap();
    auth.apple(&"i".into(), &"c".into(), Some("John Smith")).await.unwrap();
}
