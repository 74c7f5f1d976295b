//! KallyAI, whole: every section in one run against one simulator, and the calls that need a
//! simulator of another mood.

use std::{sync::Arc, time::Duration};

use futures::TryStreamExt;
use jiff::civil::{self, Date};
use switchboard::{
    Language, PhoneNumber, SystemClock,
    core::ProviderCallId,
    kallyai::{KallyAiClient, KallyAiConfig, api::OAuthClient, wire::*},
};
use switchboard_testkit::{
    Shape, SimConfig, SimKallyAi,
    calls::{CallScript, Outcome},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use url::Url;
use uuid::Uuid;

use super::{
    cover::{Cover, Drive, Wanted, reach},
    kallyai_account, kallyai_deeds, kallyai_phone, kallyai_talk,
};

pub(crate) const CALLEE: &str = "+15125550142";

pub(crate) fn phone() -> PhoneNumber {
    PhoneNumber::parse(CALLEE).unwrap()
}

/// Far enough ahead to be bookable, for some years.
pub(crate) fn day() -> Date {
    civil::date(2036, 2, 14)
}

fn setup(shape: Shape) -> SimConfig {
    let script = CallScript::new(Outcome::Completed)
        .ringing_for(Duration::from_secs(3))
        .talking_for(Duration::from_secs(60));
    SimConfig::default().seed(7).speed(600.0).shape(shape).outcome(CALLEE, script)
}

pub(crate) fn client(sim: &SimKallyAi) -> KallyAiClient {
    let mut config = KallyAiConfig::new(sim.credential().to_owned());
    config.base_url = sim.url().parse().unwrap();
    config.refresh_token = Some(sim.refresh_token().to_owned().into());
    config.timezone = "America/New_York".to_owned();
    config.place_timeout = Duration::from_secs(60);
    KallyAiClient::new(&config, Arc::new(SystemClock)).unwrap()
}

/// Everything, against a simulator that answers in this shape.
pub(crate) async fn drive(shape: Shape) -> Cover {
    let mut cover = Cover::new();
    let sim = SimKallyAi::start(setup(shape)).await.unwrap();
    let client = client(&sim);
    let mut drive = Drive { provider: "kallyai", cover: &mut cover, sim: &sim };
    signing_in(&mut drive, &client).await;
    calls(&mut drive, &client).await;
    kallyai_talk::coordination(&mut drive, &client).await;
    kallyai_talk::messages_search_and_email(&mut drive, &client).await;
    kallyai_talk::channels(&mut drive, &client).await;
    kallyai_talk::outreach(&mut drive, &client).await;
    kallyai_phone::numbers(&mut drive, &client).await;
    kallyai_phone::inbound(&mut drive, &client, &sim).await;
    kallyai_deeds::actions(&mut drive, &client).await;
    kallyai_account::account(&mut drive, &client).await;
    queued(&mut cover, shape).await;
    talking(&mut cover, shape).await;
    cover
}

async fn signing_in(drive: &mut Drive<'_>, client: &KallyAiClient) {
    let base: Url = drive.sim.url().parse().unwrap();
    let local: Url = "http://127.0.0.1:8976/callback".parse().unwrap();
    let opened = client.auth().cli_url(&base, &local, Some("a-state")).unwrap();
    let back = drive
        .take("GET /v1/auth/cli", "client.auth().cli_url()", Wanted::Redirect, follow(&opened))
        .await;
    assert_eq!((back.path(), query(&back, "state").as_str()), ("/callback", "a-state"));
    let refresh = query(&back, "refresh_token").into();

    let page: Url = "https://example.com/back".parse().unwrap();
    let scopes = ["calls:read", "calls:write"];
    let opened = client.auth().authorize_url(&base, "an-id", &page, &scopes, "a-state").unwrap();
    let allowed = follow(&opened);
    let back = drive
        .take("GET /v1/auth/authorize", "client.auth().authorize_url()", Wanted::Redirect, allowed)
        .await;
    assert_eq!(query(&back, "state"), "a-state");
    let app = OAuthClient { id: "an-id".to_owned(), secret: "a-secret".into() };
    let code = query(&back, "code");
    let tokens =
        reach!(drive, "POST /v1/auth/gpt/token", client.auth().exchange_code(&app, &code, &page));
    assert_eq!(tokens.scope.as_deref(), Some("calls:read calls:write"));
    let renewed = tokens.refresh.unwrap();
    reach!(drive, "POST /v1/auth/gpt/token", client.auth().refresh_as(&app, &renewed));
    reach!(drive, "POST /v1/auth/refresh", client.auth().refresh(&refresh));
    reach!(drive, "POST /v1/auth/google/validate", client.auth().google(&"an id token".into()));
    reach!(
        drive,
        "POST /v1/auth/apple/token",
        client.auth().apple(&"an identity token".into(), &"a code".into(), Some("John Smith"))
    );
}

/// Opens an address as a browser does, and returns where it is sent on to.
async fn follow(address: &Url) -> Url {
    let mut stream = TcpStream::connect(address.socket_addrs(|| None).unwrap()[0]).await.unwrap();
    let (path, query) = (address.path(), address.query().unwrap_or_default());
    let request = format!(
        "GET {path}?{query} HTTP/1.1\r\nhost: simulated.invalid\r\nconnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let location = answer.lines().find_map(|line| {
        line.strip_prefix("location: ").or_else(|| line.strip_prefix("Location: "))
    });
    location.unwrap_or_else(|| panic!("no redirect: {answer}")).parse().unwrap()
}

fn query(address: &Url, name: &str) -> String {
    let mut pairs = address.query_pairs();
    pairs.find_map(|(found, value)| (found == name).then(|| value.into_owned())).unwrap()
}

/// An order with every field that documents 002 and 003 have.
pub(crate) fn order() -> CreateCall {
    CreateCall::new(
        TaskCategory::Restaurant,
        "Reserve table for 4 at 8pm",
        phone(),
        "America/New_York",
    )
    .business_name("Nobu")
    .user_name("John Smith")
    .user_phone(PhoneNumber::parse("+442079460018").unwrap())
    .appointment_date(day())
    .appointment_time(civil::time(20, 0, 0, 0))
    .time_preference("after 5pm")
    .party_size(4)
    .language(&"en".parse::<Language>().unwrap())
    .urgent(false)
    .instruction("Ask for a window table")
    .session_id("a-session")
}

async fn calls(drive: &mut Drive<'_>, client: &KallyAiClient) {
    let (order, key) = (order(), Uuid::from_u128(0x5eed));
    let call = reach!(drive, "POST /v1/calls", client.calls().create(&order, key));
    let id: ProviderCallId = call.call_id.unwrap().into();
    let paging = Paging::new().limit(200).offset(0);
    let listed = reach!(drive, "GET /v1/calls", client.calls().list(&paging));
    assert_eq!(listed.items[0].call_id.as_deref(), Some(id.as_str()));
    let all: Vec<_> = reach!(drive, "GET /v1/calls", client.calls().all(paging).try_collect());
    assert_eq!(all.len(), 1);
    reach!(drive, "GET /v1/calls/{call_id}", client.calls().get(&id));
    reach!(drive, "GET /v1/calls/{call_id}/transcript", client.calls().transcript(&id));
    reach!(drive, "GET /v1/calls/{call_id}/recording", client.calls().recording(&id));
    let calendar =
        reach!(drive, "GET /v1/calls/{call_id}/calendar.ics", client.calls().calendar(&id));
    assert_eq!(calendar.events.len(), 1);
    assert!(calendar.text.contains("BEGIN:VEVENT"));
    assert_eq!(drive.sim.rings().count(CALLEE), 1);
}

/// A call that waits can be moved and taken back.
async fn queued(cover: &mut Cover, shape: Shape) {
    let config = setup(shape).speed(1.0).queue(Duration::from_secs(3600));
    let sim = SimKallyAi::start(config).await.unwrap();
    let client = client(&sim);
    let (order, placing) = (order(), Uuid::from_u128(2));
    let mut drive = Drive { provider: "kallyai", cover, sim: &sim };
    let changes = async {
        let id = underway(&sim, &client).await;
        let later = RescheduleCall::new(civil::date(2036, 2, 15).at(19, 0, 0, 0));
        reach!(
            drive,
            "POST /v1/calls/{call_id}/reschedule",
            client.calls().reschedule(&id, &later)
        );
        reach!(drive, "POST /v1/calls/{call_id}/cancel", client.calls().cancel(&id));
    };
    let calls = client.calls();
    let (placed, ()) = tokio::join!(calls.create(&order, placing), changes);
    assert_eq!(placed.unwrap().status.as_deref(), Some("cancelled"));
    assert!(sim.rings().is_empty());
}

/// A call in which somebody talks can be stopped.
async fn talking(cover: &mut Cover, shape: Shape) {
    let endless = CallScript::new(Outcome::Completed)
        .ringing_for(Duration::ZERO)
        .talking_for(Duration::from_secs(3600));
    let sim = SimKallyAi::start(setup(shape).speed(1.0).outcome(CALLEE, endless)).await.unwrap();
    let client = client(&sim);
    let (order, placing) = (order(), Uuid::from_u128(3));
    let mut drive = Drive { provider: "kallyai", cover, sim: &sim };
    let stop = async {
        sim.rings().wait_for_rings(1).await;
        let id = underway(&sim, &client).await;
        reach!(drive, "POST /v1/calls/{call_id}/stop", client.calls().stop(&id));
    };
    let calls = client.calls();
    let (placed, ()) = tokio::join!(calls.create(&order, placing), stop);
    placed.unwrap();
}

/// The call whose request is still open, as the list already shows it.
async fn underway(sim: &SimKallyAi, client: &KallyAiClient) -> ProviderCallId {
    sim.wait_for_requests("POST", "/v1/calls", 1).await;
    loop {
        let listed = client.calls().list(&Paging::new()).await.unwrap();
        if let Some(id) = listed.items.into_iter().find_map(|call| call.call_id) {
            return id.into();
        }
        tokio::task::yield_now().await;
    }
}
