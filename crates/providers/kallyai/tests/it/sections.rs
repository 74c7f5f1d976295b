//! The sections beyond calls and numbers, against a simulated provider whose state behaves.

use crate::support::{CALLEE, client, fast};
use futures::{StreamExt, TryStreamExt};
use jiff::civil;
use rust_decimal::Decimal;
use switchboard_core::{Delivery, ErrorKind, PhoneNumber, Refusal};
use switchboard_kallyai::wire::*;
use switchboard_testkit::{
    Shape, SimConfig, SimKallyAi,
    fault::{Fault, Rule},
};

const SHAPES: [Shape; 3] = [Shape::February2026, Shape::January2026, Shape::Assistant];

#[tokio::test]
async fn a_goal_from_a_message_to_the_archive_in_every_shape() {
    for shape in SHAPES {
        let sim = SimKallyAi::start(fast().shape(shape)).await.unwrap();
        let client = client(&sim);
        let api = client.coordination();
        let conversation = api.create_conversation().await.unwrap().conversation_id.unwrap();
        let reply = api
            .message(&SendMessage::new("Find a dentist").conversation_id(&conversation))
            .await
            .unwrap();
        assert_eq!(reply.conversation_id.as_deref(), Some(conversation.as_str()), "{shape:?}");
        assert_eq!(reply.message.as_deref(), Some("Understood."), "{shape:?}");
        let sent = sim.requests().pop().unwrap();
        assert_eq!(
            sent.body,
            serde_json::json!({"message": "Find a dentist", "conversation_id": conversation})
        );
        assert_eq!(sent.header("idempotency-key"), None);

        let listed = api.conversations().await.unwrap();
        assert_eq!(listed.items[0].conversation_id.as_deref(), Some(conversation.as_str()));
        assert_eq!(listed.items[0].message_count, Some(2));
        let history = api.history(Some(&conversation), Some(10)).await.unwrap();
        assert_eq!(history.value()["messages"].as_array().unwrap().len(), 2);

        let goals = api.goals(Some(GoalStatus::Active), &Paging::new().limit(5)).await.unwrap();
        let [goal] = &goals.items[..] else { panic!("one goal") };
        let id = goal.goal_id.clone().unwrap();
        assert_eq!(api.goal(&id).await.unwrap().steps.unwrap()[0].step, Some(1));
        assert_eq!(
            api.tree(&id).await.unwrap().get::<String>(&["id"]).as_deref(),
            Some(id.as_str())
        );
        assert_eq!(
            api.budget(&id).await.unwrap().credits_estimated,
            Some(Decimal::new(15, 1)),
            "{shape:?}"
        );
        api.escalate(&id).await.unwrap();
        api.approve_step(&id).await.unwrap();
        api.continue_negotiating(&id).await.unwrap();
        client.budget().approve(&id).await.unwrap();
        client.budget().acknowledge_soft_cap(&id).await.unwrap();
        assert_eq!(
            client.budget().cost_breakdown(&id).await.unwrap().goal_id.as_deref(),
            Some(id.as_str())
        );
        api.accept_outcome(&id).await.unwrap();
        let over = api.approve_step(&id).await.unwrap_err();
        assert_eq!(
            (over.kind(), over.delivery()),
            (ErrorKind::Conflict, Delivery::Unknown),
            "{shape:?}"
        );
        assert_eq!(over.error().code(), Some("goal_already_completed"), "{shape:?}");
        api.archive(&id).await.unwrap();
        assert_eq!(
            api.goals(Some(GoalStatus::Archived), &Paging::new()).await.unwrap().items.len(),
            1
        );
        let missing = api.goal("nothing").await.unwrap_err();
        assert_eq!(
            (missing.kind(), missing.code()),
            (ErrorKind::NotFound, Some("goal_not_found")),
            "{shape:?}"
        );
        assert!(sim.rings().is_empty());
    }
}

#[tokio::test]
async fn goals_are_cancelled_and_put_away_together() {
    let sim = SimKallyAi::start(fast()).await.unwrap();
    let api = client(&sim).coordination();
    let mut ids = Vec::new();
    for wish in ["One", "Two", "Three"] {
        ids.push(api.message(&SendMessage::new(wish)).await.unwrap().goal_id.unwrap());
    }
    let all: Vec<_> = api.all_goals(None, Paging::new().limit(2)).try_collect().await.unwrap();
    let mut found: Vec<_> = all.into_iter().map(|goal| goal.goal_id.unwrap()).collect();
    found.reverse();
    assert_eq!(found, ids);
    api.cancel(&ids[0]).await.unwrap();
    assert_eq!(api.cancel(&ids[0]).await.unwrap_err().code(), Some("goal_already_cancelled"));
    api.cascade_cancel(&ids[1]).await.unwrap();
    api.batch_archive(&ids).await.unwrap();
    assert_eq!(api.goals(Some(GoalStatus::Archived), &Paging::new()).await.unwrap().items.len(), 3);
    let estimate =
        client(&sim).budget().estimate(&EstimateCost::new("call", "Call")).await.unwrap();
    assert_eq!(estimate.breakdown.unwrap().lines.len(), 2);
}

#[tokio::test]
async fn a_stream_of_all_reads_page_after_page_and_ends_where_a_page_fails() {
    let sim = SimKallyAi::start(fast()).await.unwrap();
    let page = |from: usize, more: bool| {
        let tasks: Vec<_> =
            (from..from + 2).map(|id| serde_json::json!({"id": format!("t{id}")})).collect();
        Fault::raw(
            200,
            serde_json::json!({"tasks": tasks, "total": 4, "has_more": more}).to_string(),
        )
    };
    sim.faults().add(Rule::on("GET", "/v1/outreach/tasks", page(0, true)).nth(1));
    sim.faults().add(Rule::on("GET", "/v1/outreach/tasks", page(2, false)).nth(1));
    sim.faults().add(Rule::on("GET", "/v1/outreach/tasks", Fault::answer(403, "forbidden")).nth(1));
    let outreach = client(&sim).outreach();
    let all = || {
        outreach.all(&[OutreachStatus::Completed, OutreachStatus::Failed], Paging::new().limit(2))
    };
    let found: Vec<_> = all().map_ok(|task| task.id.unwrap()).try_collect().await.unwrap();
    assert_eq!(found, ["t0", "t1", "t2", "t3"]);
    let sent: Vec<_> = sim.requests().into_iter().map(|request| request.query).collect();
    assert_eq!(
        sent,
        [
            "status=completed%2Cfailed&limit=2&offset=0",
            "status=completed%2Cfailed&limit=2&offset=2"
        ]
    );
    let failed: Vec<_> = all().collect().await;
    assert_eq!(failed.len(), 1);
    assert_eq!(failed[0].as_ref().unwrap_err().kind(), ErrorKind::Forbidden);
}

#[tokio::test]
async fn outreach_rings_once_and_is_refused_as_a_call_is() {
    let sim =
        SimKallyAi::start(fast().refuse("+15125550143", "suppression_violation")).await.unwrap();
    let outreach = client(&sim).outreach();
    let task = NewOutreachTask::new("Contact Dr. Smith", PhoneNumber::parse(CALLEE).unwrap())
        .recipient_name("Dr. Smith")
        .urgency("high")
        .auto_execute(true);
    let created = outreach.create(&task).await.unwrap();
    let id = created.id.unwrap();
    assert_eq!(created.selected_channel.as_deref(), Some("call"));
    assert_eq!(created.attempts.unwrap().len(), 1);
    assert_eq!(outreach.get(&id).await.unwrap().goal.as_deref(), Some("Contact Dr. Smith"));
    sim.rings().wait_for_rings(1).await;
    assert_eq!(sim.rings().count(CALLEE), 1);

    let blocked = NewOutreachTask::new("Contact", PhoneNumber::parse("+15125550143").unwrap())
        .auto_execute(true);
    let error = outreach.create(&blocked).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.delivery()),
        (ErrorKind::Blocked, Delivery::Refused(Refusal::Everyone))
    );
    let waiting = NewOutreachTask::new("Write", Recipient::parse("dr@clinic.com").unwrap());
    let waiting = outreach.create(&waiting).await.unwrap().id.unwrap();
    outreach.retry(&waiting).await.unwrap();
    outreach.cancel(&waiting).await.unwrap();
    let cancelled =
        outreach.list(&[OutreachStatus::Cancelled], &Paging::new().limit(100)).await.unwrap();
    assert_eq!(
        (cancelled.items.len(), cancelled.total, cancelled.has_more),
        (1, Some(1), Some(false))
    );
}

#[tokio::test]
async fn actions_are_done_logged_and_undone() {
    let sim = SimKallyAi::start(fast()).await.unwrap();
    let actions = client(&sim).actions();
    let day = civil::date(2036, 2, 14);
    let event = NewEvent::new("Dinner", day.at(20, 0, 0, 0), day.at(22, 0, 0, 0)).location("Nobu");
    let event = actions.calendar().create_event(&event).await.unwrap();
    assert!(actions.calendar().slots(day, Some(60)).await.unwrap().value()["slots"].is_array());
    actions.calendar().sync().await.unwrap();
    let found = actions
        .bookings()
        .search_restaurants(&RestaurantSearch::new("Italian").party_size(4_u32).date(day))
        .await
        .unwrap();
    assert_eq!(found.items[0].rating, Some(Decimal::new(47, 1)));
    let restaurant = found.items[0].id.clone().unwrap();
    let booking = NewBooking::new("restaurant").restaurant_id(restaurant).party_size(4_u32);
    let first = actions.bookings().create(&booking).await.unwrap().get::<String>(&["id"]).unwrap();
    actions.bookings().cancel(&first).await.unwrap();
    actions.bookings().create(&booking).await.unwrap();
    let amount: Amount = Decimal::new(8999, 2).into();
    let analysis =
        actions.bills().analyze(&AnalyzeBill::new("Internet").amount(amount)).await.unwrap();
    assert_eq!(analysis.overcharge_detected, Some(true));
    actions.bills().dispute(&DisputeBill::new("Fee").amount(amount)).await.unwrap();
    actions.ride(&RideRequest::new("123 Main St", "JFK Airport")).await.unwrap();
    actions.food(&FoodOrder::new("Pizza")).await.unwrap();
    actions.errand(&Errand::new("Dry cleaning")).await.unwrap();
    actions.calendar().delete_event(&event.get::<String>(&["id"]).unwrap()).await.unwrap();

    let log = actions.log(None, None).await.unwrap();
    assert_eq!(log.items.len(), 7);
    assert!(log.unread().is_empty());
    let booked = actions.log(Some(ActionType::Booking), Some(1)).await.unwrap();
    let action = booked.items[0].id.clone().unwrap();
    actions.undo(&action).await.unwrap();
    let again = actions.undo(&action).await.unwrap_err();
    assert_eq!(
        (again.kind(), again.error().code()),
        (ErrorKind::Conflict, Some("action_not_undoable"))
    );
}

#[tokio::test]
async fn email_waits_for_an_approval() {
    let sim = SimKallyAi::start(fast()).await.unwrap();
    let client = client(&sim);
    let email = client.actions().email();
    let draft = OutgoingEmail::new("doctor@clinic.com", "Appointment", "Is Friday free?")
        .cc("spouse@email.com");
    let first = email.send(&draft).await.unwrap().get::<String>(&["id"]).unwrap();
    let second = email.send(&draft).await.unwrap().get::<String>(&["id"]).unwrap();
    email.approve(&first).await.unwrap();
    email.cancel(&second).await.unwrap();
    let outbox = email.outbox().await.unwrap();
    let words: Vec<_> = outbox.items.iter().filter_map(|email| email.status.as_deref()).collect();
    assert_eq!(words, ["cancelled", "sent"]);
    assert!(email.replies(&first).await.unwrap().value()["replies"].is_array());

    let mailboxes = client.email();
    let account = mailboxes.accounts().await.unwrap().items.remove(0);
    assert_eq!(account.provider.as_deref(), Some("gmail"));
    for provider in EmailProvider::ALL {
        assert!(
            mailboxes
                .connect_url(*provider)
                .await
                .unwrap()
                .get::<String>(&["url"])
                .unwrap()
                .contains(provider.as_str())
        );
    }
    let messages = mailboxes.messages(Some(EmailClass::Important), Some(5)).await.unwrap();
    let message = messages.get::<String>(&["/messages/0/id"]).unwrap();
    mailboxes.message(&message).await.unwrap();
    mailboxes.respond(&message, &EmailResponse::new("Accept")).await.unwrap();
    mailboxes.voice_profile().await.unwrap();
    mailboxes.train_voice_profile().await.unwrap();
    mailboxes.disconnect(&account.id.unwrap()).await.unwrap();
    let error = mailboxes.respond(&message, &EmailResponse::new("Accept")).await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Forbidden, Some("email_not_connected")));
}

#[tokio::test]
async fn messages_are_read_and_searches_remembered() {
    let sim = SimKallyAi::start(fast()).await.unwrap();
    let client = client(&sim);
    let messages = client.messages();
    let unread = InboxFilter::new().channel(MessageChannel::Email).unread(true);
    let inbox = messages.inbox(&unread, Some(5)).await.unwrap();
    let id = inbox.items[0].id.clone().unwrap();
    assert!(messages.get(&id).await.unwrap().get::<String>(&["body"]).is_some());
    messages.conversation("c_sim_1").await.unwrap();
    messages.mark_read([&id]).await.unwrap();
    assert!(messages.inbox(&unread, None).await.unwrap().items.is_empty());

    let search = client.search();
    let found = search.search(&SearchRequest::new("plumber").location("Boston")).await.unwrap();
    assert_eq!((found.results.unwrap().len(), found.credits_used), (1, Some(Decimal::new(5, 1))));
    search.quick(&QuickSearch::new("Nobu phone number")).await.unwrap();
    assert_eq!(search.history().await.unwrap().value()["searches"].as_array().unwrap().len(), 2);
    assert!(search.sources().await.unwrap().value()["sources"].is_array());
}

#[tokio::test]
async fn addresses_are_added_proven_and_removed_and_messengers_connected() {
    let sim = SimKallyAi::start(fast()).await.unwrap();
    let channels = client(&sim).channels();
    let email = NewContactEmail::new("user@example.com").label("Work").is_primary(true);
    let id = channels.add_email(&email).await.unwrap().id.unwrap();
    assert_eq!(channels.add_email(&email).await.unwrap_err().kind(), ErrorKind::Conflict);
    assert_eq!(channels.emails().await.unwrap().emails.unwrap()[0].verified, Some(false));
    channels.verify_email(&id.clone().into()).await.unwrap();
    let change = ContactEmailUpdate::new().label("Home").receives_notifications(false);
    channels.update_email(&id, &change).await.unwrap();
    let listed = channels.emails().await.unwrap();
    let address = &listed.emails.as_ref().unwrap()[0];
    assert_eq!((address.verified, address.label.as_deref()), (Some(true), Some("Home")));
    assert!(address.receives_copies == Some(true) && address.receives_notifications == Some(false));
    assert!(
        listed.kally_mailbox.is_some()
            && channels.mailbox().await.unwrap().mailbox == listed.kally_mailbox
    );

    let telegram = MessengerCredentials::Telegram { bot_token: "123456:ABC-DEF".into() };
    assert_eq!(channels.test(&telegram).await.unwrap().success, Some(true));
    assert_eq!(channels.connect(&telegram).await.unwrap().channel.as_deref(), Some("telegram"));
    let status = channels.status().await.unwrap();
    assert_eq!(status.email.unwrap().contact_count, Some(1));
    let connected: Vec<_> =
        status.channels.unwrap().into_iter().filter(|one| one.connected == Some(true)).collect();
    assert_eq!(connected[0].channel.as_deref(), Some("telegram"));
    channels.disconnect(Messenger::Telegram).await.unwrap();
    assert_eq!(
        channels.disconnect(Messenger::WhatsApp).await.unwrap_err().kind(),
        ErrorKind::NotFound
    );
    assert!(channels.delete_email(&id).await.unwrap().value().is_null());
    assert_eq!(channels.emails().await.unwrap().total, Some(0));
}

#[tokio::test]
async fn plans_are_changed_within_their_limit_in_every_shape() {
    for shape in SHAPES {
        let sim = SimKallyAi::start(fast().shape(shape)).await.unwrap();
        let client = client(&sim);
        let subscriptions = client.subscriptions();
        let upgrade =
            subscriptions.change_plan(&ChangePlan::new("power").annual(true)).await.unwrap();
        assert_eq!(
            (upgrade.success, upgrade.change_type.as_deref()),
            (Some(true), Some("upgrade"))
        );
        let downgrade = subscriptions.change_plan(&ChangePlan::new("starter")).await.unwrap();
        assert_eq!(downgrade.change_type.as_deref(), Some("downgrade_scheduled"));
        let status = subscriptions.status().await.unwrap();
        assert_eq!(
            status.pending_change.unwrap().new_plan.as_deref(),
            Some("starter"),
            "{shape:?}"
        );
        let error = subscriptions.change_plan(&ChangePlan::new("pro")).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.code()),
            (ErrorKind::Conflict, Some("pending_change_exists")),
            "{shape:?}"
        );
        assert_eq!(subscriptions.cancel_pending().await.unwrap().success, Some(true));
        let error = subscriptions.change_plan(&ChangePlan::new("pro")).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.code()),
            (ErrorKind::RateLimited, Some("rate_limited")),
            "{shape:?}"
        );
        assert!(client.billing().portal().await.unwrap().url.is_some(), "{shape:?}");
    }
}

#[tokio::test]
async fn billing_and_referrals() {
    let sim = SimKallyAi::start(fast()).await.unwrap();
    let client = client(&sim);
    let app: url::Url = "https://kallyai.com/app".parse().unwrap();
    let checkout =
        client.billing().trial_checkout(&TrialCheckout::new(app.clone(), app)).await.unwrap();
    assert!(checkout.checkout_url.is_some() && checkout.session_id.is_some());
    assert!(client.billing().plans().await.unwrap().value()["plans"].is_array());
    let referrals = client.referrals();
    let code = referrals.code().await.unwrap().code.unwrap();
    assert_eq!(referrals.validate(&code).await.unwrap().valid, Some(true));
    let tracked =
        referrals.track(&TrackReferral::new(&code).email("new@example.com")).await.unwrap();
    assert_eq!(tracked.tracked, Some(true));
    assert_eq!(referrals.stats().await.unwrap().pending, Some(1));
    let history = referrals.history().await.unwrap();
    assert_eq!(history.items[0].referred_email.as_deref(), Some("new@example.com"));
}

#[tokio::test]
async fn a_scope_that_is_missing_is_forbidden() {
    let sim = SimKallyAi::start(SimConfig::default().seed(7).scopes(["coordination:read"]))
        .await
        .unwrap();
    let api = client(&sim).coordination();
    api.goals(None, &Paging::new()).await.unwrap();
    let error = api.message(&SendMessage::new("Book")).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.delivery()),
        (ErrorKind::Forbidden, Delivery::Refused(Refusal::ThisProvider))
    );
}
