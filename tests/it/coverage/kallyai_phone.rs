//! Numbers of the account, and the reception that answers them.

use std::future::ready;

use futures::TryStreamExt;
use serde_json::json;
use switchboard::{
    Country,
    core::NumberId,
    kallyai::{KallyAiClient, wire::*},
};
use switchboard_testkit::SimKallyAi;

use super::{
    cover::{Drive, reach},
    kallyai::{CALLEE, day, phone},
};

pub(crate) async fn numbers(drive: &mut Drive<'_>, client: &KallyAiClient) {
    reach!(
        drive,
        "GET /v1/phone-numbers/supported-countries",
        client.phone_numbers().supported_countries()
    );
    let offered = reach!(
        drive,
        "GET /v1/phone-numbers/available",
        client.phone_numbers().available(Some(Country::US), Some("415"))
    );
    assert!(!offered.is_empty());
    let wanted = ProvisionNumber::new(Country::US).area_code("415");
    let rented = reach!(
        drive,
        "POST /v1/phone-numbers/provision",
        client.phone_numbers().provision(&wanted)
    );
    let id: NumberId = rented.get::<String>(&["id"]).unwrap().into();
    let body = json!({"phone_number": CALLEE});
    reach!(
        drive,
        "POST /v1/phone-numbers/forwarding",
        client.phone_numbers().set_up_forwarding(&body)
    );
    reach!(
        drive,
        "GET /v1/phone-numbers/forwarding-targets",
        client.phone_numbers().forwarding_targets()
    );
    reach!(
        drive,
        "POST /v1/phone-numbers/verify/start",
        client.phone_numbers().start_verification(&phone())
    );
    // The simulator's code.
    reach!(
        drive,
        "POST /v1/phone-numbers/verify/check",
        client.phone_numbers().check_verification(&phone(), "123456")
    );
    reach!(
        drive,
        "POST /v1/phone-numbers/verify/configure",
        client.phone_numbers().configure_verified(&body)
    );
    reach!(drive, "GET /v1/phone-numbers", client.phone_numbers().list());
    reach!(drive, "GET /v1/phone-numbers/{phone_number_id}", client.phone_numbers().get(&id));
    reach!(
        drive,
        "PUT /v1/phone-numbers/{phone_number_id}/forwarding",
        client.phone_numbers().set_forwarding(&id, &phone())
    );
    let forwarded = client.phone_numbers().details(&id).await.unwrap();
    assert_eq!(forwarded.get::<String>(&["forwarding_number"]).as_deref(), Some(CALLEE));
    reach!(
        drive,
        "DELETE /v1/phone-numbers/{phone_number_id}/forwarding",
        client.phone_numbers().remove_forwarding(&id)
    );
    reach!(
        drive,
        "POST /v1/phone-numbers/{phone_number_id}/verify",
        client.phone_numbers().verify_ownership(&id)
    );
    reach!(
        drive,
        "PUT /v1/phone-numbers/{phone_number_id}/caller-id",
        client.phone_numbers().set_caller_id(&id, "John's Office")
    );
    reach!(
        drive,
        "GET /v1/phone-numbers/{phone_number_id}/details",
        client.phone_numbers().details(&id)
    );
    reach!(
        drive,
        "DELETE /v1/phone-numbers/{phone_number_id}",
        client.phone_numbers().release(&id)
    );
    let left = client.phone_numbers().list().await.unwrap();
    assert!(left.iter().all(|number| number.id.as_deref() != Some(id.as_str())));
}

pub(crate) async fn inbound(drive: &mut Drive<'_>, client: &KallyAiClient, sim: &SimKallyAi) {
    let [first, second, third] = ["John", "Ada", "Max"].map(|name| received(sim, name));
    let filter = InboundFilter::new()
        .status(InboundStatus::Active)
        .vip_only(true)
        .from(jiff::civil::date(2020, 1, 1))
        .to(day());
    let paging = Paging::new().limit(100).offset(0);
    let active = reach!(drive, "GET /v1/inbound/calls", client.inbound().list(&filter, &paging));
    assert_eq!(active.items.len(), 3);
    reach!(
        drive,
        "GET /v1/inbound/calls",
        client.inbound().all(InboundFilter::new(), paging).try_for_each(|_| ready(Ok(())))
    );
    reach!(drive, "POST /v1/inbound/calls/{call_id}/takeover", client.inbound().take_over(&first));
    reach!(
        drive,
        "POST /v1/inbound/calls/{call_id}/transfer",
        client.inbound().transfer(&second, &phone())
    );
    reach!(
        drive,
        "POST /v1/inbound/calls/{call_id}/reject",
        client.inbound().reject(&third, "user_rejected")
    );
    sim.end_inbound_call(first.as_str());
    reach!(drive, "GET /v1/inbound/calls/{call_id}", client.inbound().get(&third));
    reach!(
        drive,
        "GET /v1/inbound/calls/{call_id}/transcript",
        client.inbound().transcript(&third)
    );
    reach!(drive, "GET /v1/inbound/calls/{call_id}/recording", client.inbound().recording(&third));
    reach!(
        drive,
        "PATCH /v1/inbound/calls/{call_id}/action-items/{index}",
        client.inbound().update_action_item(&third, 0, "completed")
    );
    reach!(drive, "GET /v1/inbound/calls/summary", client.inbound().summary());
    reach!(
        drive,
        "GET /v1/inbound/calls/analytics",
        client.inbound().analytics(Some(jiff::civil::date(2020, 1, 1)), Some(day()))
    );
    let events = reach!(drive, "GET /v1/inbound/events", client.inbound().recent_events());
    assert!(!events.is_empty());
    reach!(drive, "GET /v1/inbound/events", client.inbound().events());
    reach!(drive, "GET /v1/inbound/events", client.inbound().follow().try_next());
    reach!(drive, "GET /v1/inbound/stream/info", client.inbound().stream_info());
    reception(drive, client).await;
    reach!(
        drive,
        "DELETE /v1/inbound/calls",
        client.inbound().delete_all(DeleteAllInboundCalls::Confirmed)
    );
}

fn received(sim: &SimKallyAi, name: &str) -> switchboard::core::ProviderCallId {
    sim.receive_call(CALLEE, name, true).into()
}

async fn reception(drive: &mut Drive<'_>, client: &KallyAiClient) {
    let rule = RoutingRule::new("VIP callers", 10, json!({"caller_vip": true}), "transfer")
        .action_config(json!({"target": CALLEE}))
        .active(true);
    let made = reach!(drive, "POST /v1/inbound/rules", client.inbound().rules().create(&rule));
    let id: String = made.get(&["id"]).unwrap();
    let rules = reach!(drive, "GET /v1/inbound/rules", client.inbound().rules().list());
    assert_eq!(rules.get::<String>(&["/rules/0/id"]).as_ref(), Some(&id));
    reach!(drive, "PUT /v1/inbound/rules/{rule_id}", client.inbound().rules().update(&id, &rule));
    reach!(drive, "DELETE /v1/inbound/rules/{rule_id}", client.inbound().rules().delete(&id));

    let left = reach!(drive, "GET /v1/inbound/voicemails", client.inbound().voicemails().list());
    let voicemail: String = left.get(&["/voicemails/0/id"]).unwrap();
    let one = reach!(
        drive,
        "GET /v1/inbound/voicemails/{voicemail_id}",
        client.inbound().voicemails().get(&voicemail)
    );
    assert_eq!(one.get::<String>(&["id"]).as_ref(), Some(&voicemail));
    reach!(
        drive,
        "GET /v1/inbound/voicemails/{voicemail_id}/playback",
        client.inbound().voicemails().playback(&voicemail)
    );

    let contact = ContactDraft::new("John Smith", CALLEE).vip(true).notes("Key client");
    let made =
        reach!(drive, "POST /v1/inbound/contacts", client.inbound().contacts().create(&contact));
    let id: String = made.get(&["id"]).unwrap();
    let contacts = reach!(drive, "GET /v1/inbound/contacts", client.inbound().contacts().list());
    assert_eq!(contacts.get::<String>(&["/contacts/0/id"]).as_ref(), Some(&id));
    reach!(
        drive,
        "PUT /v1/inbound/contacts/{contact_id}",
        client.inbound().contacts().update(&id, &contact)
    );
    reach!(
        drive,
        "DELETE /v1/inbound/contacts/{contact_id}",
        client.inbound().contacts().delete(&id)
    );
    reach!(drive, "POST /v1/inbound/contacts/import", client.inbound().contacts().import("google"));
}
