//! Coordination and what its goals cost; messages, search and mail; channels and outreach.

use std::future::ready;

use futures::TryStreamExt;
use switchboard::kallyai::{KallyAiClient, wire::*};

use super::{
    cover::{Drive, Wanted, look_at, reach},
    kallyai::{CALLEE, phone},
};

pub(crate) async fn coordination(drive: &mut Drive<'_>, client: &KallyAiClient) {
    let conversation = reach!(
        drive,
        "POST /v1/coordination/conversations",
        client.coordination().create_conversation()
    );
    let conversation = conversation.conversation_id.unwrap();
    let wish = SendMessage::new("Find three dentists near me").conversation_id(&conversation);
    reach!(drive, "POST /v1/coordination/message", client.coordination().message(&wish));
    reach!(
        drive,
        "GET /v1/coordination/history",
        client.coordination().history(Some(&conversation), Some(50))
    );
    let listed =
        reach!(drive, "GET /v1/coordination/conversations", client.coordination().conversations());
    assert_eq!(listed.items[0].conversation_id.as_ref(), Some(&conversation));
    let paging = Paging::new().limit(20).offset(0);
    let goals = reach!(
        drive,
        "GET /v1/coordination/goals",
        client.coordination().goals(Some(GoalStatus::Active), &paging)
    );
    reach!(
        drive,
        "GET /v1/coordination/goals",
        client.coordination().all_goals(None, paging).try_for_each(|_| ready(Ok(())))
    );
    let id = goals.items[0].goal_id.clone().unwrap();
    reach!(drive, "GET /v1/coordination/goals/{goal_id}", client.coordination().goal(&id));
    reach!(drive, "GET /v1/coordination/goals/{goal_id}/tree", client.coordination().tree(&id));
    reach!(drive, "GET /v1/coordination/goals/{goal_id}/budget", client.coordination().budget(&id));
    let what = EstimateCost::new("call", "Call restaurant to make reservation");
    reach!(drive, "POST /v1/goals/estimate", client.budget().estimate(&what));
    reach!(drive, "POST /v1/goals/{goal_id}/approve-budget", client.budget().approve(&id));
    reach!(drive, "GET /v1/goals/{goal_id}/cost-breakdown", client.budget().cost_breakdown(&id));
    reach!(
        drive,
        "POST /v1/goals/{goal_id}/acknowledge-soft-cap",
        client.budget().acknowledge_soft_cap(&id)
    );
    reach!(
        drive,
        "POST /v1/coordination/goals/{goal_id}/escalate",
        client.coordination().escalate(&id)
    );
    reach!(
        drive,
        "POST /v1/coordination/goals/{goal_id}/approve-step",
        client.coordination().approve_step(&id)
    );
    reach!(
        drive,
        "POST /v1/coordination/goals/{goal_id}/continue-negotiating",
        client.coordination().continue_negotiating(&id)
    );
    reach!(
        drive,
        "POST /v1/coordination/goals/{goal_id}/accept-outcome",
        client.coordination().accept_outcome(&id)
    );
    reach!(
        drive,
        "POST /v1/coordination/goals/{goal_id}/archive",
        client.coordination().archive(&id)
    );
    let archived = client.coordination().goal(&id).await.unwrap();
    assert_eq!(archived.status.as_deref(), Some("archived"));
    for wish in ["Book a table", "Find a plumber"] {
        client.coordination().message(&SendMessage::new(wish)).await.unwrap();
    }
    let open = client.coordination().goals(Some(GoalStatus::Active), &Paging::new()).await.unwrap();
    let ids: Vec<_> = open.items.into_iter().filter_map(|goal| goal.goal_id).collect();
    reach!(
        drive,
        "POST /v1/coordination/goals/{goal_id}/cancel",
        client.coordination().cancel(&ids[0])
    );
    reach!(
        drive,
        "POST /v1/coordination/goals/{goal_id}/cascade-cancel",
        client.coordination().cascade_cancel(&ids[1])
    );
    reach!(
        drive,
        "POST /v1/coordination/goals/batch-archive",
        client.coordination().batch_archive(&ids)
    );
}

pub(crate) async fn messages_search_and_email(drive: &mut Drive<'_>, client: &KallyAiClient) {
    let unread = InboxFilter::new().channel(MessageChannel::Email).unread(true);
    let inbox = reach!(drive, "GET /v1/messages/inbox", client.messages().inbox(&unread, Some(5)));
    let id = inbox.items[0].id.clone().unwrap();
    reach!(drive, "GET /v1/messages/inbox/{message_id}", client.messages().get(&id));
    reach!(
        drive,
        "GET /v1/messages/conversation/{conversation_id}",
        client.messages().conversation("c_sim_1")
    );
    reach!(drive, "POST /v1/messages/mark-read", client.messages().mark_read([&id]));
    assert!(client.messages().inbox(&unread, None).await.unwrap().items.is_empty());

    let search = SearchRequest::new("best plumber near me").location("San Francisco, CA");
    reach!(drive, "POST /v1/search", client.search().search(&search));
    reach!(
        drive,
        "POST /v1/search/quick",
        client.search().quick(&QuickSearch::new("Nobu phone number"))
    );
    reach!(drive, "GET /v1/search/history", client.search().history());
    reach!(drive, "GET /v1/search/sources", client.search().sources());

    let accounts = reach!(drive, "GET /v1/email/accounts", client.email().accounts());
    reach!(
        drive,
        "GET /v1/email/oauth/gmail/url",
        client.email().connect_url(EmailProvider::Gmail)
    );
    reach!(
        drive,
        "GET /v1/email/oauth/outlook/url",
        client.email().connect_url(EmailProvider::Outlook)
    );
    let mail = reach!(
        drive,
        "GET /v1/email/messages",
        client.email().messages(Some(EmailClass::Important), Some(5))
    );
    let id: String = mail.get(&["/messages/0/id"]).unwrap();
    reach!(drive, "GET /v1/email/messages/{message_id}", client.email().message(&id));
    let response = EmailResponse::new("Accept the meeting but suggest 3pm instead of 2pm");
    reach!(
        drive,
        "POST /v1/email/messages/{message_id}/respond",
        client.email().respond(&id, &response)
    );
    reach!(drive, "GET /v1/email/voice-profile", client.email().voice_profile());
    reach!(drive, "POST /v1/email/voice-profile/train", client.email().train_voice_profile());
    let account = accounts.items[0].id.clone().unwrap();
    reach!(drive, "DELETE /v1/email/accounts/{account_id}", client.email().disconnect(&account));
}

pub(crate) async fn channels(drive: &mut Drive<'_>, client: &KallyAiClient) {
    let email = NewContactEmail::new("user@example.com").label("Work").is_primary(true);
    let id = reach!(drive, "POST /v1/channels/email/add", client.channels().add_email(&email));
    let id = id.id.unwrap();
    // The simulator's token is the id of the address. The documented answer is a redirect to a page
    // of the app, and is not followed.
    let token = id.clone().into();
    look_at!(
        drive,
        Wanted::Redirect,
        "GET /v1/channels/email/verify",
        client.channels().verify_email(&token)
    )
    .unwrap();
    let change = ContactEmailUpdate::new()
        .label("Personal")
        .is_primary(false)
        .receives_copies(true)
        .receives_notifications(false);
    reach!(
        drive,
        "PUT /v1/channels/email/{email_id}",
        client.channels().update_email(&id, &change)
    );
    let emails = reach!(drive, "GET /v1/channels/email/list", client.channels().emails());
    assert_eq!(emails.emails.unwrap()[0].verified, Some(true));
    reach!(drive, "GET /v1/channels/status", client.channels().status());
    reach!(drive, "GET /v1/channels/mailbox", client.channels().mailbox());
    let telegram = MessengerCredentials::Telegram { bot_token: "123456:ABC-DEF...".into() };
    let whatsapp = MessengerCredentials::WhatsApp {
        phone_number_id: "1234567890".to_owned(),
        access_token: "EAAx...".into(),
        business_account_id: "9876543210".to_owned(),
    };
    for credentials in [&telegram, &whatsapp] {
        reach!(
            drive,
            "POST /v1/channels/webhook/{channel}/test",
            client.channels().test(credentials)
        );
        reach!(
            drive,
            "POST /v1/channels/webhook/{channel}/connect",
            client.channels().connect(credentials)
        );
    }
    reach!(
        drive,
        "POST /v1/channels/disconnect/{channel}",
        client.channels().disconnect(Messenger::Telegram)
    );
    reach!(drive, "DELETE /v1/channels/email/{email_id}", client.channels().delete_email(&id));
}

pub(crate) async fn outreach(drive: &mut Drive<'_>, client: &KallyAiClient) {
    let task = NewOutreachTask::new("Contact Dr. Smith about rescheduling", phone())
        .recipient_name("Dr. Smith")
        .urgency("high")
        .coordination_message_id("optional-msg-id")
        .auto_execute(true);
    let task = reach!(drive, "POST /v1/outreach/tasks", client.outreach().create(&task));
    assert_eq!(task.recipient_identifier.as_deref(), Some(CALLEE));
    let id = task.id.unwrap();
    reach!(drive, "GET /v1/outreach/tasks/{task_id}", client.outreach().get(&id));
    reach!(drive, "POST /v1/outreach/tasks/{task_id}/cancel", client.outreach().cancel(&id));
    let paging = Paging::new().limit(100).offset(0);
    let cancelled = reach!(
        drive,
        "GET /v1/outreach/tasks",
        client.outreach().list(&[OutreachStatus::Cancelled, OutreachStatus::Failed], &paging)
    );
    assert_eq!(cancelled.items.len(), 1);
    reach!(
        drive,
        "GET /v1/outreach/tasks",
        client.outreach().all(&[], paging).try_for_each(|_| ready(Ok(())))
    );
    let letter = NewOutreachTask::new("Write", Recipient::parse("dr@clinic.com").unwrap());
    let letter = client.outreach().create(&letter).await.unwrap().id.unwrap();
    reach!(drive, "POST /v1/outreach/tasks/{task_id}/retry", client.outreach().retry(&letter));
}
