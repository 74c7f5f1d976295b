//! A read by id is about that id, and an id changes no route.

use crate::support::{phone, rude::Rude};
use jiff::civil;
use serde_json::{Value, json};
use switchboard_core::{ErrorKind, Provider};
use switchboard_kallyai::{
    KallyAiClient,
    wire::{ContactDraft, ContactEmailUpdate, EmailResponse, RescheduleCall, RoutingRule},
};

/// What every typed method that takes an id into its path says, by name, when it is given this one.
async fn by_id(client: &KallyAiClient, id: &str) -> Vec<(&'static str, Option<ErrorKind>)> {
    let (call, number) = (id.into(), id.into());
    let mut said = Vec::new();
    macro_rules! each {
        ($($section:ident $($inner:ident)? => $method:ident($($argument:expr),*);)*) => {
            $(said.push((
                concat!(stringify!($section), $(".", stringify!($inner),)? ".", stringify!($method)),
                client.$section()$(.$inner())?.$method($($argument),*).await.err().map(|error| error.kind()),
            ));)*
        };
    }
    each! {
        calls => get(&call);
        calls => transcript(&call);
        calls => recording(&call);
        calls => calendar(&call);
        calls => cancel(&call);
        calls => reschedule(&call, &RescheduleCall::new(civil::date(2036, 2, 14).at(20, 0, 0, 0)));
        calls => stop(&call);
        inbound => get(&call);
        inbound => transcript(&call);
        inbound => recording(&call);
        inbound => update_action_item(&call, 0, "completed");
        inbound => transfer(&call, &phone());
        inbound => take_over(&call);
        inbound => reject(&call, "user_rejected");
        inbound rules => update(id, &RoutingRule::new("VIPs", 1, json!({}), "transfer"));
        inbound rules => delete(id);
        inbound voicemails => get(id);
        inbound voicemails => playback(id);
        inbound contacts => update(id, &ContactDraft::new("Jane", crate::support::CALLEE));
        inbound contacts => delete(id);
        phone_numbers => get(&number);
        phone_numbers => details(&number);
        phone_numbers => set_forwarding(&number, &phone());
        phone_numbers => remove_forwarding(&number);
        phone_numbers => verify_ownership(&number);
        phone_numbers => set_caller_id(&number, "Jane");
        phone_numbers => release(&number);
        coordination => goal(id);
        coordination => tree(id);
        coordination => budget(id);
        coordination => cancel(id);
        coordination => cascade_cancel(id);
        coordination => escalate(id);
        coordination => approve_step(id);
        coordination => accept_outcome(id);
        coordination => continue_negotiating(id);
        coordination => archive(id);
        budget => approve(id);
        budget => cost_breakdown(id);
        budget => acknowledge_soft_cap(id);
        outreach => get(id);
        outreach => retry(id);
        outreach => cancel(id);
        actions => undo(id);
        actions calendar => delete_event(id);
        actions bookings => cancel(id);
        actions email => approve(id);
        actions email => cancel(id);
        actions email => replies(id);
        messages => get(id);
        messages => conversation(id);
        email => disconnect(id);
        email => message(id);
        email => respond(id, &EmailResponse::new("Accept"));
        channels => update_email(id, &ContactEmailUpdate::new());
        channels => delete_email(id);
        referrals => validate(id);
    }
    said
}

#[tokio::test]
async fn no_method_takes_an_id_that_would_change_its_path() {
    let server = Rude::answering(200, "{}").await;
    let provider = server.provider();
    for id in ["", ".", "..", "c1\t", "c\r\n1", "..\t", "\u{7f}", "c\u{85}1", "\0"] {
        for (method, error) in by_id(provider.client(), id).await {
            assert_eq!(error, Some(ErrorKind::InvalidRequest), "{method} {id:?}");
        }
    }
    assert_eq!(server.asked().len(), 0);
}

/// The reads that are answered with one thing, and the names under which that may say which.
const READS: [(&str, &[&str]); 18] = [
    ("calls.get", &["call_id", "id"]),
    ("calls.transcript", &["call_id"]),
    ("calls.recording", &["call_id"]),
    ("inbound.get", &["call_id", "id"]),
    ("inbound.transcript", &["call_id"]),
    ("inbound.recording", &["call_id"]),
    ("inbound.voicemails.get", &["voicemail_id", "id"]),
    ("inbound.voicemails.playback", &["voicemail_id"]),
    ("phone_numbers.get", &["phone_number_id", "id"]),
    ("phone_numbers.details", &["phone_number_id", "id"]),
    ("coordination.goal", &["goal_id", "id"]),
    ("coordination.tree", &["goal_id"]),
    ("coordination.budget", &["goal_id"]),
    ("budget.cost_breakdown", &["goal_id"]),
    ("outreach.get", &["task_id", "id"]),
    ("messages.get", &["message_id", "id"]),
    ("messages.conversation", &["conversation_id"]),
    ("email.message", &["message_id", "id"]),
];

#[tokio::test]
async fn an_answer_about_something_else_is_no_answer() {
    for (read, names) in READS {
        for name in names {
            for (its, is_read) in [
                (json!("ours"), true),
                (json!(null), true),
                (json!(" "), true),
                (json!("another"), false),
                (json!(7), false),
            ] {
                let server =
                    Rude::answering(200, json!({*name: its, "status": "failed"}).to_string()).await;
                let said = by_id(server.provider().client(), "ours").await;
                let (_, error) = said.into_iter().find(|(method, _)| *method == read).unwrap();
                assert_eq!(error, (!is_read).then_some(ErrorKind::Decode), "{read} {name} {its}");
            }
        }
    }
}

#[tokio::test]
async fn the_record_of_another_call_never_becomes_ours() {
    let get = |record: Value| async move {
        let server = Rude::answering(200, record.to_string()).await;
        server.provider().calls().get(&"ours".into()).await
    };
    for record in [
        json!({"call_id": "another", "status": "failed"}),
        json!({"call_id": "another", "id": "ours", "status": "failed"}),
        json!({"id": "another", "status": "failed"}),
        // No record of a call at all.
        json!({"success": false}),
        json!({}),
    ] {
        assert_eq!(get(record.clone()).await.unwrap_err().kind(), ErrorKind::Decode, "{record}");
    }
    for record in [json!({"call_id": "ours", "status": "failed"}), json!({"status": "failed"})] {
        assert_eq!(get(record.clone()).await.unwrap().id.as_str(), "ours", "{record}");
    }
}
