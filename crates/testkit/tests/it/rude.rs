//! Each kind of rudeness does what it documents, and nothing else changes.

use serde_json::{Value, json};
use switchboard_testkit::{
    SimConfig, SimHandle, SimKaiCalls, SimKallyAi,
    calls::Outcome,
    rude::{FORGED, NO, OWNED, Rudeness},
};

use crate::common::{Reply, call, get, submission};

const CALLEE: &str = "+12025550143";

/// One of the two simulators, with its way to place and read calls.
enum Sim {
    KallyAi(SimKallyAi),
    KaiCalls(SimKaiCalls),
}

impl Sim {
    async fn both(rudeness: Rudeness) -> [Self; 2] {
        let config = || {
            SimConfig::default()
                .seed(5)
                .speed(100_000.0)
                .limits(1000, 10_000)
                .outcome(CALLEE, Outcome::Completed)
                .rude(rudeness)
        };
        let kallyai = SimKallyAi::start(config()).await.unwrap();
        [Self::KallyAi(kallyai), Self::KaiCalls(SimKaiCalls::start(config()).await.unwrap())]
    }

    fn handle(&self) -> &SimHandle {
        match self {
            Self::KallyAi(sim) => sim,
            Self::KaiCalls(sim) => sim,
        }
    }

    async fn place(&self) -> Reply {
        match self {
            Self::KallyAi(sim) => call(sim, "POST", "/v1/calls", submission(CALLEE)).await,
            Self::KaiCalls(sim) => {
                call(
                    sim,
                    "POST",
                    "/api/v1/calls",
                    json!({"agent_id": sim.agent_id(), "to": CALLEE}),
                )
                .await
            }
        }
    }

    /// The record of a call, by the id in the response.
    async fn read(&self, placed: &Value) -> Reply {
        let id: String = ["id", "call_id"]
            .iter()
            .find_map(|name| placed[*name].as_str())
            .unwrap()
            .bytes()
            .fold(String::new(), |encoded, byte| encoded + &format!("%{byte:02X}"));
        match self {
            Self::KallyAi(sim) => get(sim, &format!("/v1/calls/{id}")).await,
            Self::KaiCalls(sim) => loop {
                let reply = get(sim, &format!("/api/v1/calls?id={id}")).await;
                if String::from_utf8_lossy(&reply.body).contains("summary\":\"")
                    || reply.status != 200
                {
                    return reply;
                }
                tokio::task::yield_now().await;
            },
        }
    }

    async fn list(&self, query: &str) -> Value {
        match self {
            Self::KallyAi(sim) => get(sim, &format!("/v1/calls?{query}")).await.json(),
            Self::KaiCalls(sim) => get(sim, &format!("/api/v1/calls?{query}")).await.json(),
        }
    }
}

fn text(reply: &Reply) -> String {
    String::from_utf8_lossy(&reply.body).into_owned()
}

#[tokio::test]
async fn too_many_without_a_pause() {
    for (rudeness, pause) in [
        (Rudeness::ComeAgainAtOnce, Some("0")),
        (Rudeness::ComeAgainLongAgo, Some("Sun, 06 Nov 1994 08:49:37 GMT")),
        (Rudeness::ComeAgainLongAgoRfc850, Some("Sunday, 06-Nov-94 08:49:37 GMT")),
        (Rudeness::ComeAgainLongAgoAsctime, Some("Sun Nov  6 08:49:37 1994")),
        (Rudeness::ComeAgainSometime, None),
    ] {
        for sim in Sim::both(rudeness).await {
            for _ in 0..3 {
                let reply = sim.place().await;
                assert_eq!(
                    (reply.status, reply.header("retry-after")),
                    (429, pause),
                    "{rudeness:?}"
                );
            }
            assert_eq!((sim.handle().rings().posts(), sim.handle().rings().len()), (3, 0));
        }
    }
}

#[tokio::test]
async fn implausible_bills() {
    for (rudeness, least, most) in [
        (Rudeness::PaysBack, -10_000.0, -10_000.0),
        (Rudeness::ChargesAMillionfold, 1_000_000.0, 1e9),
    ] {
        for sim in Sim::both(rudeness).await {
            let placed = sim.place().await.json();
            let read = sim.read(&placed).await.json();
            let bill = ["credits_used", "cost_cents"]
                .iter()
                .find_map(|name| read[*name].as_f64())
                .unwrap();
            assert!((least..=most).contains(&bill), "{rudeness:?}: {read}");
        }
    }
}

#[tokio::test]
async fn records_of_other_calls_and_invalid_ids() {
    for sim in Sim::both(Rudeness::TellsOfAnother).await {
        let placed = sim.place().await.json();
        let read = match &sim {
            Sim::KallyAi(own) => {
                get(own, &format!("/v1/calls/{}", placed["call_id"].as_str().unwrap())).await
            }
            Sim::KaiCalls(own) => {
                get(own, &format!("/api/v1/calls?id={}", placed["id"].as_str().unwrap())).await
            }
        };
        let read = read.json();
        assert_eq!(read["status"], "failed");
        assert!(read["id"] != placed["id"] || read["call_id"] != placed["call_id"], "{read}");
        assert_eq!(sim.list("limit=5").await["calls"], json!([]));
    }
    let digits = |id: &str| id.chars().filter(char::is_ascii_digit).collect::<String>();
    for rudeness in [Rudeness::NamesWithControls, Rudeness::KeyAsId, Rudeness::NumberAsId] {
        for sim in Sim::both(rudeness).await {
            let placed = sim.place().await.json();
            let id = ["id", "call_id"]
                .iter()
                .find_map(|name| placed[*name].as_str())
                .unwrap()
                .to_owned();
            let held = match rudeness {
                Rudeness::KeyAsId => id.contains(sim.handle().credential()),
                Rudeness::NumberAsId => digits(&id).contains("2025550143"),
                _ => ['\t', '\r', '\n', '\u{1b}'].iter().all(|control| id.contains(*control)),
            };
            assert!(held, "{rudeness:?}: {id:?}");
            let read = sim.read(&placed).await.json();
            assert!(
                read["id"] == id.as_str() || read["call_id"] == id.as_str(),
                "it is known by that id: {read}"
            );
        }
    }
}

#[tokio::test]
async fn lists_that_are_too_long() {
    for sim in Sim::both(Rudeness::EndlessList).await {
        assert_eq!(sim.place().await.status, 500);
        assert_eq!(sim.handle().rings().len(), 1, "it rang all the same");
        let pages = [sim.list("limit=100").await, sim.list("limit=100&offset=100").await];
        let rows: Vec<&Value> =
            pages.iter().flat_map(|page| page["calls"].as_array().unwrap()).collect();
        let ids: std::collections::BTreeSet<String> = rows
            .iter()
            .map(|row| row.get("id").or_else(|| row.get("call_id")).unwrap().to_string())
            .collect();
        assert_eq!((rows.len(), ids.len()), (200, 200));
    }
    for (rudeness, limit, first) in
        [(Rudeness::SixtyThousandRows, 100, 100), (Rudeness::OnePageOfEverything, 100, 60_000)]
    {
        for sim in Sim::both(rudeness).await {
            let page = sim.list(&format!("limit={limit}")).await;
            assert_eq!(page["calls"].as_array().unwrap().len(), first, "{rudeness:?}");
        }
    }
    let [kallyai, kaicalls] = Sim::both(Rudeness::SixtyThousandRows).await;
    let last = kallyai.list("limit=100&offset=59950").await;
    assert_eq!((last["calls"].as_array().unwrap().len(), &last["total"]), (50, &json!(60_000)));
    let page = kaicalls.list("limit=100").await;
    let after = page["calls"][99]["created_at"].as_str().unwrap();
    let next = kaicalls.list(&format!("limit=100&after={after}")).await;
    assert_eq!(next["calls"][0]["id"], "rude-100", "the cursor is honest");
}

#[tokio::test]
async fn refusals_with_a_success_status() {
    for rudeness in [Rudeness::SaysNoInSuccess, Rudeness::ErrsInSuccess, Rudeness::HtmlInSuccess] {
        for sim in Sim::both(rudeness).await {
            let reply = sim.place().await;
            assert!(
                (200..300).contains(&reply.status) && text(&reply).contains(NO),
                "{rudeness:?}"
            );
            assert!(sim.handle().rings().is_empty());
        }
    }
}

#[tokio::test]
async fn keys_come_back() {
    for rudeness in [
        Rudeness::EchoesKey,
        Rudeness::EscapesKey,
        Rudeness::KeyNotInUtf8,
        Rudeness::EchoesKeyInRefusal,
        Rudeness::EscapesKeyInRefusal,
        Rudeness::KeyNotInUtf8InRefusal,
    ] {
        for sim in Sim::both(rudeness).await {
            let reply = sim.place().await;
            let key = sim.handle().credential();
            match rudeness {
                Rudeness::EscapesKey | Rudeness::EscapesKeyInRefusal => {
                    assert!(
                        !text(&reply).contains(key) && reply.json().to_string().contains(key),
                        "{rudeness:?}"
                    );
                }
                Rudeness::KeyNotInUtf8 | Rudeness::KeyNotInUtf8InRefusal => {
                    assert!(
                        text(&reply).contains(key) && std::str::from_utf8(&reply.body).is_err(),
                        "{rudeness:?}"
                    );
                }
                _ => assert!(text(&reply).contains(key), "{rudeness:?}"),
            }
            let refused = matches!(reply.status, 400);
            assert_eq!(sim.handle().rings().is_empty(), refused, "{rudeness:?}");
        }
    }
}

#[tokio::test]
async fn numbers_and_controls_come_back() {
    for rudeness in [
        Rudeness::SpellsNumber,
        Rudeness::SpellsNumberInRefusal,
        Rudeness::PaintsTerminal,
        Rudeness::PaintsInRefusal,
    ] {
        for sim in Sim::both(rudeness).await {
            let reply = sim.place().await.json();
            let said = match rudeness {
                Rudeness::SpellsNumber | Rudeness::PaintsTerminal => sim.read(&reply).await.json(),
                _ => reply.clone(),
            };
            let words: String = match rudeness {
                Rudeness::SpellsNumber | Rudeness::PaintsTerminal => ["summary", "highlights"]
                    .iter()
                    .find_map(|name| said[*name].as_str())
                    .unwrap()
                    .to_owned(),
                _ => said["error"]["message"]
                    .as_str()
                    .or_else(|| said["error"]["details"]["message"].as_str())
                    .unwrap()
                    .to_owned(),
            };
            match rudeness {
                Rudeness::SpellsNumber | Rudeness::SpellsNumberInRefusal => {
                    assert!(
                        words.contains("202·555·0143") && words.contains("202</b><b>555"),
                        "{words}"
                    );
                }
                _ => {
                    let title = format!("\u{1b}]0;{OWNED}");
                    let row = format!("\n{FORGED}");
                    assert!(
                        [title.as_str(), &row, "\u{9b}", "\u{202e}", "\r"]
                            .iter()
                            .all(|one| words.contains(one)),
                        "{words:?}"
                    );
                }
            }
        }
    }
}
