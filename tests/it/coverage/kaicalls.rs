//! KaiCalls' eleven operations, keys by the dashboard's session.

use switchboard::kaicalls::{
    KaiCallsClient, KaiCallsConfig, SessionCredential,
    api::{CallQuery, CreateCall, CreateKey, UsageQuery},
};
use switchboard_testkit::{SimConfig, SimKaiCalls};

use super::cover::{Cover, Drive, reach};

const CALLEE: &str = "+15125550142";

pub(crate) fn client(sim: &SimKaiCalls) -> KaiCallsClient {
    let mut config = KaiCallsConfig::new(sim.credential());
    config.base_url = sim.url().parse().unwrap();
    config.session = Some(SessionCredential::Bearer(sim.session_credential().to_owned().into()));
    KaiCallsClient::new(&config).unwrap()
}

pub(crate) async fn drive() -> Cover {
    let mut cover = Cover::new();
    let sim = SimKaiCalls::start(SimConfig::default().seed(7).speed(600.0)).await.unwrap();
    let client = client(&sim);
    let mut drive = Drive { provider: "kaicalls", cover: &mut cover, sim: &sim };
    let drive = &mut drive;
    let agents = reach!(drive, "GET /api/v1/agents", client.agents().list());
    let agent = agents.items[0].id.clone().unwrap();
    reach!(drive, "GET /api/v1/agents?id={agent_id}", client.agents().get(&agent));
    reach!(drive, "GET /api/v1/numbers", client.numbers().list());

    let call = CreateCall::new(&agent, CALLEE)
        .name("John Smith")
        .context("Confirm appointment for tomorrow at 2pm")
        .first_message("Hey John, do you have a minute?")
        .lead_id("uuid-lead123")
        .webhook_url("https://example.com/hook")
        .max_duration(300_u64);
    let placed = reach!(drive, "POST /api/v1/calls", client.calls().create(&call));
    let id = placed.id.unwrap();
    let query = CallQuery::new()
        .limit(50_u32)
        .agent_id(&agent)
        .status(placed.status.unwrap())
        .after("2999-01-01T00:00:00Z");
    reach!(drive, "GET /api/v1/calls", client.calls().list(&query));
    let read = reach!(drive, "GET /api/v1/calls?id={call_id}", client.calls().get(&id));
    assert_eq!(read.id.as_ref(), Some(&id));

    let key = CreateKey::new()
        .name("My Integration Key")
        .business_id(sim.business_id())
        .scopes(vec!["calls:read".to_owned()]);
    let made = reach!(drive, "POST /api/v1/keys", client.keys().unwrap().create(&key));
    assert!(made.key.is_some());
    let keys = reach!(drive, "GET /api/v1/keys", client.keys().unwrap().list());
    assert!(keys.items.iter().all(|key| key.key.is_none()));
    let id = made.id.unwrap();
    reach!(drive, "DELETE /api/v1/keys?id={key_id}", client.keys().unwrap().revoke(&id));

    reach!(drive, "GET /api/v1/balance", client.account().balance());
    let slice =
        UsageQuery::new().start("2020-01-01T00:00:00Z").end("2099-01-01T00:00:00Z").limit(500_u32);
    let usage = reach!(drive, "GET /api/v1/usage", client.account().usage(&slice));
    assert!(!usage.items.is_empty());
    assert_eq!(sim.rings().count(CALLEE), 1);
    cover
}
