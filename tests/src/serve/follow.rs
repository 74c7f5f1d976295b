//! Programs that follow the events: by a stream that they resume, and by polling.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use serde_json::Value;
use tokio::{
    sync::Mutex,
    task::JoinHandle,
    time::{sleep, timeout},
};

use crate::serve::{
    Replicas,
    http::{Connection, request},
};

/// A stream is taken for dead after this long without an event or a comment.
const SILENCE: Duration = Duration::from_secs(20);
const AGAIN_AFTER: Duration = Duration::from_millis(100);

/// What a follower has seen.
#[derive(Debug, Default)]
pub struct Seen {
    /// The ids of the events, in order.
    pub events: Mutex<Vec<String>>,
    /// How often it connected again.
    pub resumed: AtomicU64,
}

/// A running follower.
#[derive(Debug)]
pub struct Follower {
    /// What it has seen.
    pub seen: Arc<Seen>,
    task: JoinHandle<()>,
}

impl Drop for Follower {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Follower {
    /// Follows the stream from this cursor on, behind the events before it. Every connection resumes
    /// where the one before broke.
    pub fn stream(
        replicas: &Arc<Replicas>,
        key: &str,
        (after, before): (String, Vec<String>),
    ) -> Self {
        let seen = Arc::new(Seen { events: Mutex::new(before), ..Seen::default() });
        let (replicas, key, theirs) = (Arc::clone(replicas), key.to_owned(), Arc::clone(&seen));
        let task = tokio::spawn(async move {
            let mut after = after;
            loop {
                let _ = follow(&replicas, &key, &mut after, &theirs).await;
                theirs.resumed.fetch_add(1, Ordering::Relaxed);
                sleep(AGAIN_AFTER).await;
            }
        });
        Self { seen, task }
    }

    /// Reads page after page from this cursor on, behind the events before it.
    pub fn poll(
        replicas: &Arc<Replicas>,
        key: &str,
        (after, before): (String, Vec<String>),
    ) -> Self {
        let seen = Arc::new(Seen { events: Mutex::new(before), ..Seen::default() });
        let (replicas, key, theirs) = (Arc::clone(replicas), key.to_owned(), Arc::clone(&seen));
        let task = tokio::spawn(async move {
            let mut after = after;
            loop {
                let path = format!("/v1/events?limit=100&after={after}");
                let page = replicas.insist(&key, "GET", &path, &Value::Null).await;
                assert_eq!(page.status, 200, "{page:?}");
                let page = page.json();
                let events = page["data"].as_array().unwrap();
                let ids = events.iter().map(|event| event["id"].as_str().unwrap().to_owned());
                theirs.events.lock().await.extend(ids);
                after = page["next_cursor"].as_str().unwrap().to_owned();
                if page["has_more"] == false {
                    sleep(AGAIN_AFTER).await;
                }
            }
        });
        Self { seen, task }
    }

    /// How many events it has seen.
    pub async fn count(&self) -> usize {
        self.seen.events.lock().await.len()
    }

    /// True if it ended, which it does by a fault only.
    pub fn is_broken(&self) -> bool {
        self.task.is_finished()
    }
}

/// One connection, until it breaks.
async fn follow(
    replicas: &Replicas,
    key: &str,
    after: &mut String,
    seen: &Seen,
) -> std::io::Result<()> {
    let mut connection = Connection::open(replicas.next()).await?;
    let bearer = format!("Bearer {key}");
    let headers = [("Authorization", bearer.as_str()), ("Last-Event-ID", after.as_str())];
    let text = request("GET", "/v1/events/stream", &headers, &Value::Null);
    connection.send(text.as_bytes()).await?;
    let (status, _) = timeout(SILENCE, connection.head()).await??;
    if status != 200 {
        return Err(std::io::Error::other(format!("the stream was answered with {status}")));
    }
    let mut text = String::new();
    while let Some(piece) = timeout(SILENCE, connection.piece()).await?? {
        text.push_str(&String::from_utf8_lossy(&piece));
        while let Some((block, rest)) = text.split_once("\n\n") {
            let field = |name: &str| block.lines().find_map(|line| line.strip_prefix(name));
            if let (Some(id), Some(data)) = (field("id: "), field("data: ")) {
                let event: Value = serde_json::from_str(data)?;
                seen.events.lock().await.push(event["id"].as_str().unwrap().to_owned());
                *after = id.to_owned();
            }
            text = rest.to_owned();
        }
    }
    Ok(())
}
