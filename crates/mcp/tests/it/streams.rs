//! The protocol over a pair of streams, in both versions.

use rmcp::model::ProtocolVersion;
use serde_json::json;
use switchboard::{Clock, SystemClock, TenantId};
use switchboard_api::caller::{Caller, Role};
use tokio::task::JoinHandle;

use crate::support::{Client, Person, Server, answer, call, lifecycle, problem};

const BOTH: [ProtocolVersion; 2] = [ProtocolVersion::V_2025_11_25, ProtocolVersion::V_2026_07_28];

async fn client(
    server: &Server,
    person: Person,
    confirm: bool,
    version: ProtocolVersion,
) -> (Client, JoinHandle<std::io::Result<()>>) {
    let (ours, theirs) = tokio::io::duplex(64 * 1024);
    let service = server.service.clone();
    let tenant = TenantId::from("acme");
    let caller = Caller::of_this_machine("Ada", tenant, Role::Caller, confirm, SystemClock.now());
    let serving = tokio::spawn(async move {
        let streams = tokio::io::split(ours);
        switchboard_mcp::serve(&service, caller, streams, std::future::pending()).await
    });
    (Client::new(theirs, person, lifecycle(version)).await, serving)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_confirms_in_both_versions() {
    for version in BOTH {
        let server = Server::start().await;
        let (mut client, serving) = client(&server, Person::Confirms, true, version.clone()).await;
        let placed = answer(&client.call("place_call", call()).await);
        assert!(client.question().is_some() && client.question().is_none(), "{version}");
        let again = answer(&client.call("place_call", call()).await);
        assert_eq!(again["call"]["id"], placed["call"]["id"]);
        assert_eq!((client.question(), &again["replayed"]), (None, &json!(true)));
        let id = placed["call"]["id"].clone();
        let over = client.call("wait_for_call", json!({"call": id, "timeout_seconds": 50})).await;
        assert_eq!(answer(&over)["call"]["outcome"], "completed");
        assert_eq!((server.written().await, server.rings.len()), (1, 1), "{version}");
        // It ends when its client does.
        drop(client);
        serving.await.unwrap().unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_yes_nothing_is_written_in_both_versions() {
    for version in BOTH {
        let server = Server::start().await;
        for person in [Person::SendsTheFormUnticked, Person::Declines, Person::Closes] {
            let (client, _serving) = client(&server, person, true, version.clone()).await;
            let refused = problem(&client.call("place_call", call()).await);
            assert_eq!(refused["code"], "not_confirmed", "{version} {person:?}");
        }
        let (client, _serving) = client(&server, Person::Absent, true, version.clone()).await;
        let refused = problem(&client.call("place_call", call()).await);
        assert_eq!(refused["code"], "confirmation_needed", "{version}");
        assert_eq!((server.written().await, server.rings.len()), (0, 0), "{version}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_may_do_what_it_was_started_with() {
    let server = Server::start().await;
    let (client, _serving) =
        client(&server, Person::Absent, false, ProtocolVersion::V_2025_11_25).await;
    let placed = answer(&client.call("place_call", call()).await);
    assert_eq!(placed["call"]["tenant"], "acme");
    let other = client.call("list_calls", json!({"tenant": "other"})).await;
    assert_eq!(problem(&other)["code"], "tenant_not_allowed");
}
