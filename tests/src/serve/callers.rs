//! Clients that place calls and ask again, with the same key, after whatever is no answer.

use std::{sync::Arc, time::Duration};

use futures::{StreamExt, stream};
use serde_json::json;
use tokio::time::{sleep, timeout};

use crate::{
    callee,
    loops::people::{CALL_BACK, PersonCall},
    serve::{
        Replicas,
        http::{Answer, Connection, request},
    },
};

/// How long a client waits before it asks somebody else. Shorter than most pauses.
const PATIENCE: Duration = Duration::from_secs(3);
const AGAIN_AFTER: Duration = Duration::from_millis(60);
/// After this long without an answer a client gives up.
const GIVES_UP_AFTER: Duration = Duration::from_secs(300);

/// A call that a client wants.
#[derive(Debug, Clone)]
pub struct Wish {
    /// Which one, from 0.
    pub number: usize,
    /// The person's number.
    pub to: String,
    /// The tag that selects the route; empty if both providers are allowed.
    pub tag: &'static str,
    /// Which of the keys it is placed with.
    pub tenant: usize,
    /// What it is about.
    pub task: String,
    /// The latest time of the call.
    pub not_after: Option<String>,
}

impl Wish {
    /// The wish with this number. No two are for the same person.
    pub fn new(number: usize, tenants: usize) -> Self {
        Self {
            number,
            to: callee(number),
            tag: ["kallyai", "kaicalls", ""][number % 3],
            tenant: number % tenants,
            task: "Ask whether the shop is open.".to_owned(),
            not_after: None,
        }
    }

    /// A call to somebody whom the calling rules protect, with this number.
    pub fn of_person(number: usize, call: PersonCall, not_after: &str) -> Self {
        Self {
            number,
            to: call.to,
            tag: "",
            tenant: call.tenant,
            task: call.task,
            not_after: Some(not_after.to_owned()),
        }
    }

    fn request(&self, key: &str) -> String {
        let tags: Vec<&str> = Some(self.tag).filter(|tag| !tag.is_empty()).into_iter().collect();
        let body = json!({
            "to": self.to,
            "task": self.task,
            "tags": tags,
            "callback_number": CALL_BACK,
            "not_after": self.not_after,
        });
        let (bearer, key) = (format!("Bearer {key}"), format!("wish-{}", self.number));
        let headers = [
            ("Authorization", bearer.as_str()),
            ("Idempotency-Key", key.as_str()),
            ("Connection", "close"),
        ];
        request("POST", "/v1/calls", &headers, &body)
    }
}

/// What became of a wish at the API.
#[derive(Debug, Default, Clone)]
pub struct Granted {
    /// The number of the wish.
    pub number: usize,
    /// The id of the call.
    pub id: Option<String>,
    /// How often it was asked for.
    pub requests: u32,
    /// How often there was no answer, or one of 500 and above.
    pub failures: u32,
    /// How often it was too many requests of its tenant.
    pub limited: u32,
    /// How often it was answered as a repetition.
    pub replays: u32,
    /// True if the client gave up, because it was not answered.
    pub gave_up: bool,
    /// Why it is wrong, if it is.
    pub wrong: Option<String>,
}

/// Asks for all of these, so many at once.
pub async fn place(
    replicas: &Arc<Replicas>,
    keys: &[String],
    wishes: Vec<Wish>,
    at_once: usize,
    pace: Duration,
) -> Vec<Granted> {
    let mut due = tokio::time::Instant::now();
    let asked = wishes.into_iter().map(|wish| {
        due += pace;
        insist(Arc::clone(replicas), keys[wish.tenant].clone(), wish, due)
    });
    stream::iter(asked).buffer_unordered(at_once).collect().await
}

async fn insist(
    replicas: Arc<Replicas>,
    key: String,
    wish: Wish,
    due: tokio::time::Instant,
) -> Granted {
    tokio::time::sleep_until(due).await;
    let text = wish.request(&key);
    let mut granted = Granted { number: wish.number, ..Granted::default() };
    let asked = async {
        while granted.id.is_none() && granted.wrong.is_none() {
            once(&replicas, &text, &mut granted).await;
        }
        // Every fifth asks once more, wherever, as a client that lost the answer.
        if wish.number.is_multiple_of(5) {
            let before = granted.replays;
            while granted.replays == before && granted.wrong.is_none() {
                once(&replicas, &text, &mut granted).await;
            }
        }
    };
    let answered = tokio::select! {
        biased;
        answered = timeout(GIVES_UP_AFTER, asked) => answered.is_ok(),
        () = replicas.are_gone() => false,
    };
    granted.gave_up = !answered;
    granted
}

async fn once(replicas: &Replicas, text: &str, granted: &mut Granted) {
    granted.requests += 1;
    let asked = async { Connection::open(replicas.next()).await?.exchange(text).await };
    match timeout(PATIENCE, asked).await {
        Ok(Ok(answer)) if answer.status == 201 => take(&answer, granted),
        Ok(Ok(answer)) if answer.status == 429 => {
            granted.limited += 1;
            let wait = answer.header("retry-after").and_then(|wait| wait.parse().ok());
            sleep(wait.map_or(AGAIN_AFTER, Duration::from_secs)).await;
        }
        Ok(Ok(answer)) if answer.status >= 500 => {
            granted.failures += 1;
            sleep(AGAIN_AFTER).await;
        }
        Ok(Ok(answer)) => granted.wrong = Some(format!("{}: {}", answer.status, answer.code())),
        Ok(Err(_)) | Err(_) => {
            granted.failures += 1;
            sleep(AGAIN_AFTER).await;
        }
    }
}

fn take(answer: &Answer, granted: &mut Granted) {
    let id = answer.json()["id"].as_str().unwrap_or_default().to_owned();
    let replayed = answer.header("idempotent-replayed") == Some("true");
    granted.replays += u32::from(replayed);
    match &granted.id {
        None => granted.id = Some(id),
        Some(first) if *first != id || !replayed => {
            granted.wrong = Some(format!("the same key was {first} and then {id}"));
        }
        Some(_) => {}
    }
}
