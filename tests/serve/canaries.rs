//! Numbers, tasks, keys and tokens appear in no log, metric, event, address or problem, over the API
//! and over the surface for KaiCalls' clients.

use serde_json::{Value, json};
use switchboard_tests::{
    kill::Books,
    serve::{
        Process, Setting, Stage, free_address,
        http::{Answer, Connection, request},
    },
};

use crate::support::{get, settled};

const TASK: &str = "Quillfeather asks for the verandah.";
const CALLEE: &str = "+12015550142";
const CALLBACK: &str = "+16465550199";
const COMPAT: &str = "/compat/kaicalls/api/v1";

/// What must not be shown, and everything that was shown.
struct Watch {
    canaries: Vec<(&'static str, String)>,
    shown: Vec<(String, String)>,
}

impl Watch {
    fn add(&mut self, place: impl Into<String>, text: impl Into<String>) {
        self.shown.push((place.into(), text.into()));
    }

    fn found(&self) -> Vec<String> {
        let mut found = Vec::new();
        for (place, text) in &self.shown {
            // A number that somebody laid out is a number all the same.
            let digits: String = text.chars().filter(char::is_ascii_alphanumeric).collect();
            for (what, canary) in &self.canaries {
                if text.contains(canary) || canary.len() == 10 && digits.contains(canary) {
                    let line = text.lines().find(|line| line.contains(canary)).unwrap_or_default();
                    found.push(format!("{place} shows {what}: {line}"));
                }
            }
        }
        found
    }
}

struct Client {
    address: String,
    key: String,
}

impl Client {
    async fn send(&self, method: &str, path: &str, idempotency_key: &str, body: &Value) -> Answer {
        let bearer = format!("Bearer {}", self.key);
        let headers = [
            ("Authorization", bearer.as_str()),
            ("Idempotency-Key", idempotency_key),
            ("Connection", "close"),
        ];
        let text = request(method, path, &headers, body);
        Connection::open(&self.address).await.unwrap().exchange(&text).await.unwrap()
    }
}

/// Bodies that are wrong in one way each, with something secret where it is wrong.
fn wrong(key: &str) -> Vec<Value> {
    let with = |name: &str, value: Value| {
        let mut body = json!({"to": CALLEE, "task": TASK});
        body[name] = value;
        body
    };
    vec![
        with("agent", json!({"a": TASK})),
        with("urgent", json!(TASK)),
        with("language", json!(TASK)),
        with("max_duration_seconds", json!(CALLEE)),
        with("not_before", json!(CALLEE)),
        with("timezone", json!(key)),
        with("to", json!(format!("{CALLEE}99"))),
        with("to", json!([CALLEE])),
        with("callback_number", json!(format!("x{CALLBACK}"))),
        with("redial", json!({"on": [TASK], "times": 1, "gap_seconds": 60})),
        with("tags", json!([TASK.repeat(20)])),
        with("metadata", json!({TASK: {"a": key}})),
        with("max_cost", json!({"amount": CALLEE, "currency": TASK})),
        with(CALLEE, json!(1)),
        with(TASK, json!(key)),
        with(key, json!(1)),
        json!(TASK),
        json!([CALLEE]),
    ]
}

async fn over_the_api(client: &Client, watch: &mut Watch) -> String {
    for body in wrong(&client.key) {
        for path in ["/v1/calls", "/v1/plan"] {
            let answer = client.send("POST", path, "wrong", &body).await;
            assert!(matches!(answer.status, 400..500), "{body} {answer:?}");
            watch.add(format!("a problem of {path}"), answer.head + &answer.body);
        }
        let batch = json!({"calls": [body]});
        let answer = client.send("POST", "/v1/calls/batch", "wrong", &batch).await;
        watch.add("a problem of a batch", answer.head + &answer.body);
    }
    for path in [
        format!("/v1/calls?cursor={CALLEE}"),
        format!("/v1/calls?to={}", &CALLEE[1..]),
        format!("/v1/calls/{CALLEE}"),
        format!("/v1/{CALLEE}/calls"),
        format!("/v1/me?key={}", client.key),
        format!("/v1/events?after={}", client.key),
        format!("/v1/webhook-endpoints/{}", client.key),
        format!("/console/{}", client.key),
    ] {
        let answer = client.send("GET", &path, "", &Value::Null).await;
        watch.add("a problem", answer.head + &answer.body);
    }
    let url = format!("https://{}@example.com/{CALLEE}", client.key);
    let hook = json!({"url": url, "description": TASK});
    let answer = client.send("POST", "/v1/webhook-endpoints", "hook", &hook).await;
    assert_eq!(answer.status, 422, "{answer:?}");
    watch.add("a problem of an endpoint", answer.head + &answer.body);

    let body = json!({"to": CALLEE, "task": TASK, "callback_number": CALLBACK, "metadata": {"order": "8812"}});
    let placed = client.send("POST", "/v1/calls", TASK, &body).await;
    assert_eq!(placed.status, 201, "{placed:?}");
    watch.add("the head of a call", placed.head.clone());
    let id = placed.json()["id"].as_str().unwrap().to_owned();
    let reused =
        client.send("POST", "/v1/calls", TASK, &json!({"to": CALLEE, "task": "Ask."})).await;
    assert_eq!(reused.code(), "idempotency_key_reused");
    watch.add("a key that was used before", reused.head + &reused.body);
    settled(&client.address, &client.key, &id).await;
    let transcript = get(&client.address, &client.key, &format!("/v1/calls/{id}/transcript")).await;
    watch.add("the head of a transcript", transcript.head);
    id
}

async fn over_the_compatible_surface(client: &Client, watch: &mut Watch) {
    let agents = client.send("GET", &format!("{COMPAT}/agents"), "", &Value::Null).await.json();
    let agent = agents["agents"][0]["id"].as_str().or(agents["data"][0]["id"].as_str());
    let agent = agent.unwrap_or_else(|| panic!("{agents}")).to_owned();
    let with = |name: &str, value: Value| {
        let mut body =
            json!({"agent_id": agent, "to": CALLEE, "context": TASK, "name": "Quillfeather"});
        body[name] = value;
        body
    };
    for body in [
        with("agent_id", json!(TASK)),
        with("to", json!(format!("{CALLEE}99"))),
        with("max_duration", json!(CALLEE)),
        with("webhook_url", json!(format!("https://{}@example.com", client.key))),
        with("first_message", json!([TASK])),
        json!([CALLEE]),
    ] {
        let answer = client.send("POST", &format!("{COMPAT}/calls"), "wrong", &body).await;
        assert!(matches!(answer.status, 400..500), "{body} {answer:?}");
        watch.add("a problem for KaiCalls' clients", answer.head + &answer.body);
    }
    let placed = client
        .send("POST", &format!("{COMPAT}/calls"), "compat", &with("lead_id", Value::Null))
        .await;
    assert_eq!(placed.status, 201, "{placed:?}");
    watch.add("the head of a call for KaiCalls' clients", placed.head.clone());
    let id = placed.json()["id"].as_str().unwrap().to_owned();
    // Without a key of its own the same again is held back.
    let bearer = format!("Bearer {}", client.key);
    let headers = [("Authorization", bearer.as_str()), ("Connection", "close")];
    let text = request("POST", &format!("{COMPAT}/calls"), &headers, &with("lead_id", Value::Null));
    let again = Connection::open(&client.address).await.unwrap().exchange(&text).await.unwrap();
    assert_eq!(again.status, 409, "{again:?}");
    watch.add("a possible duplicate", again.head + &again.body);
    for path in [
        format!("{COMPAT}/calls?id={CALLEE}"),
        format!("{COMPAT}/calls?after={}", client.key),
        format!("{COMPAT}/transcripts?call_id={CALLEE}"),
        format!("{COMPAT}/{CALLEE}"),
        format!("{COMPAT}/leads?phone={}", &CALLEE[1..]),
    ] {
        let answer = client.send("GET", &path, "", &Value::Null).await;
        watch.add("a problem for KaiCalls' clients", answer.head + &answer.body);
    }
    settled(&client.address, &client.key, &id).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_is_shown_tells_whom_why_or_by_which_key() {
    let address = free_address();
    let mut setting = Setting::new(Books::Sqlite);
    setting.server.push_str(&format!("public_url = \"http://{address}\"\n"));
    setting.sections.push_str(
        "[webhooks]\nsecret_env = \"PROOF_HOOKS_SECRET\"\n[server.compat.kaicalls]\nenabled = true\n",
    );
    let parent = std::env::temp_dir();
    let stage = Stage::set(&parent, switchboard_tests::binary::switchboard(), &setting).await;
    let mut command = stage.serve_command(0, &address);
    command.args(["--log", "trace"]);
    let server = Process::start(command).await.unwrap();
    let key = stage.key(&["--role", "caller", "--tenant", "acme"]).await;
    let client = Client { address: address.clone(), key: key.clone() };
    let mut watch = Watch {
        canaries: vec![
            ("the callee", CALLEE[2..].to_owned()),
            ("the number to ring back", CALLBACK[2..].to_owned()),
            ("the task", "Quillfeather".to_owned()),
            ("the key", key[16..].to_owned()),
            ("KallyAI's token", stage.sims.kallyai.credential().to_owned()),
            ("KaiCalls' key", stage.sims.kaicalls.credential().to_owned()),
            ("the server's secret", "000102030405060708090a0b0c0d0e0f".to_owned()),
        ],
        shown: Vec::new(),
    };
    let id = over_the_api(&client, &mut watch).await;
    over_the_compatible_surface(&client, &mut watch).await;
    // Webhooks come to addresses that are secret, too.
    for attempt in stage.sims.kaicalls.webhook_attempts() {
        let token = attempt.url.rsplit('.').next().unwrap().to_owned();
        watch.canaries.push(("the address of webhooks", token));
    }
    assert!(watch.canaries.len() > 7, "webhooks came");
    let reader = stage.key(&["--role", "reader"]).await;
    for path in [
        "/v1/events?limit=100".to_owned(),
        "/v1/calls".to_owned(),
        format!("/v1/calls/{id}"),
        format!("/v1/calls/{id}/history"),
        "/v1/providers".to_owned(),
        "/v1/keys".to_owned(),
    ] {
        let answer = get(&address, &reader, &path).await;
        watch.add(format!("{path} for a reader"), answer.head + &answer.body);
    }
    let events = get(&address, &key, "/v1/events?limit=100").await;
    assert!(events.body.contains("call.ended"), "{events:?}");
    watch.add("the events", events.body);
    let metrics = get(&server.admin_address(), "", "/metrics").await;
    assert!(metrics.body.contains("switchboard_http_requests_total"), "{metrics:?}");
    watch.add("the metrics", metrics.body);
    let status = server.terminate(std::time::Duration::from_secs(30)).await.unwrap();
    assert!(status.success(), "{status}");
    let log = std::fs::read_to_string(stage.log_file(0)).unwrap();
    assert!(log.matches("\"served\"").count() > 60, "each request is logged");
    watch.add("the log", log);
    let found = watch.found();
    assert!(found.is_empty(), "{}", found.join("\n"));
}
