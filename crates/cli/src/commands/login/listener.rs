//! Who may answer, and how often.

use std::{
    io,
    net::Ipv4Addr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use switchboard::tokens::Granted;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{Mutex as AsyncMutex, Notify, mpsc, oneshot},
    task::JoinHandle,
};

use super::{
    http::{self, Asked},
    state::State,
};

/// How long the browser is given to fetch the page that says what happened.
const GOODBYE: Duration = Duration::from_secs(3);

/// What makes a request to `/` the answer of a login page.
const OF_AN_ANSWER: [&str; 5] = ["state", "access_token", "refresh_token", "code", "error"];

/// Listens on 127.0.0.1 until it is dropped.
pub(super) struct Listener {
    port: u16,
    desk: Arc<Desk>,
    verdicts: AsyncMutex<mpsc::Receiver<Verdict>>,
    serving: JoinHandle<()>,
}

/// What the one answer was.
#[derive(Debug)]
pub(super) enum Verdict {
    /// Tokens, and the browser that waits to hear what became of them.
    Granted(Granted, Reply),
    /// None, and why.
    Refused(&'static str),
}

/// Tells the browser.
#[derive(Debug)]
pub(super) struct Reply(oneshot::Sender<&'static str>);

impl Reply {
    pub(super) fn say(self, text: &'static str) {
        // It has gone: the terminal says it, too.
        let _ = self.0.send(text);
    }
}

struct Desk {
    port: u16,
    state: State,
    phase: Mutex<Phase>,
    verdict: mpsc::Sender<Verdict>,
    told: Notify,
}

#[derive(Clone, Copy)]
enum Phase {
    Waiting,
    Answered,
    Over(&'static str),
}

impl Listener {
    pub(super) async fn start(state: State) -> io::Result<Self> {
        let socket = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let port = socket.local_addr()?.port();
        let (verdict, verdicts) = mpsc::channel(1);
        let desk = Arc::new(Desk {
            port,
            state,
            phase: Mutex::new(Phase::Waiting),
            verdict,
            told: Notify::new(),
        });
        let serving = tokio::spawn(serve(socket, Arc::clone(&desk)));
        Ok(Self { port, desk, verdicts: AsyncMutex::new(verdicts), serving })
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// The one answer.
    pub(super) async fn verdict(&self) -> Verdict {
        let verdict = self.verdicts.lock().await.recv().await;
        verdict.unwrap_or(Verdict::Refused("the listener has stopped"))
    }

    /// Stays until the browser was told what happened, or does not ask.
    pub(super) async fn goodbye(&self) {
        let _ = tokio::time::timeout(GOODBYE, self.desk.told.notified()).await;
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn serve(socket: TcpListener, desk: Arc<Desk>) {
    loop {
        if let Ok((stream, _)) = socket.accept().await {
            let desk = Arc::clone(&desk);
            tokio::spawn(async move { desk.meet(stream).await });
        }
    }
}

impl Desk {
    async fn meet(&self, mut stream: TcpStream) {
        let Some(asked) = http::read(&mut stream).await else {
            return http::answer(&mut stream, "400 Bad Request", None, "This is no request.").await;
        };
        // A page of another name that points here is none of this machine's.
        if asked.host.as_deref() != Some(&*format!("127.0.0.1:{}", self.port)) {
            return http::answer(
                &mut stream,
                "400 Bad Request",
                None,
                "Nothing of that name is here.",
            )
            .await;
        }
        if asked.method != "GET" {
            return http::answer(
                &mut stream,
                "405 Method Not Allowed",
                None,
                "Nothing is taken this way.",
            )
            .await;
        }
        match asked.path.as_str() {
            "/done" => match self.phase() {
                Phase::Over(text) => {
                    http::answer(&mut stream, "200 OK", None, text).await;
                    self.told.notify_one();
                }
                Phase::Waiting | Phase::Answered => {
                    http::answer(&mut stream, "404 Not Found", None, "Nothing is here.").await
                }
            },
            "/" if asked.query.iter().any(|(name, _)| OF_AN_ANSWER.contains(&name.as_str())) => {
                self.answered(stream, asked).await
            }
            _ => http::answer(&mut stream, "404 Not Found", None, "Nothing is here.").await,
        }
    }

    /// The answer of a login page, or what passes itself off as one.
    async fn answered(&self, mut stream: TcpStream, asked: Asked) {
        let first = {
            let mut phase = self.phase.lock().unwrap_or_else(PoisonError::into_inner);
            let first = matches!(*phase, Phase::Waiting);
            if first {
                *phase = Phase::Answered;
            }
            first
        };
        if !first {
            return http::answer(
                &mut stream,
                "400 Bad Request",
                None,
                "This login was answered already.",
            )
            .await;
        }
        let granted = match granted(&self.state, &asked.query) {
            Ok(granted) => granted,
            Err(why) => {
                http::answer(
                    &mut stream,
                    "400 Bad Request",
                    None,
                    "This login was refused. See the terminal.",
                )
                .await;
                let _ = self.verdict.send(Verdict::Refused(why)).await;
                self.told.notify_one();
                return;
            }
        };
        let (reply, heard) = oneshot::channel();
        if self.verdict.send(Verdict::Granted(granted, Reply(reply))).await.is_err() {
            return;
        }
        let Ok(text) = heard.await else { return };
        *self.phase.lock().unwrap_or_else(PoisonError::into_inner) = Phase::Over(text);
        http::answer(&mut stream, "303 See Other", Some("/done"), text).await;
    }

    fn phase(&self) -> Phase {
        *self.phase.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The tokens of an answer that carries the secret word. Nothing else of it is looked at before.
fn granted(state: &State, query: &[(String, String)]) -> Result<Granted, &'static str> {
    let only = |name: &str| {
        let mut found =
            query.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str());
        match (found.next(), found.next()) {
            (value, None) => Ok(value.filter(|value| !value.is_empty())),
            (_, Some(_)) => {
                Err("the login's answer says something twice: nothing was kept, log in again")
            }
        }
    };
    let Some(word) = only("state")? else {
        return Err(
            "the login's answer lacks the secret word: it may be somebody else's, and nothing was kept; log in again",
        );
    };
    if !state.is(word) {
        return Err(
            "the login's answer has another secret word: it is somebody else's, and nothing was kept; log in again",
        );
    }
    if only("error")?.is_some() {
        return Err("the provider refused the login");
    }
    let Some(access) = only("access_token")? else {
        return Err("the login's answer holds no token: nothing was kept, log in again");
    };
    let expires_in = only("expires_in")?.and_then(|seconds| seconds.parse().ok());
    Ok(Granted {
        access: access.into(),
        refresh: only("refresh_token")?.map(Into::into),
        expires_in: expires_in.map(Duration::from_secs),
        scope: only("scope")?.map(str::to_owned),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;

    fn names() -> impl Strategy<Value = String> {
        prop_oneof![
            proptest::sample::select(OF_AN_ANSWER.to_vec()).prop_map(str::to_owned),
            Just("expires_in".to_owned()),
            Just("scope".to_owned()),
            any::<String>(),
        ]
    }

    proptest! {
        #[test]
        fn nothing_is_granted_without_the_word(query in prop::collection::vec((names(), any::<String>()), 0..8)) {
            prop_assert!(granted(&State::random().unwrap(), &query).is_err());
        }

        #[test]
        fn with_the_word_once_one_token_is_granted(
            mut query in prop::collection::vec((names(), "[a-z]{0,3}"), 0..4),
            token in "[!-~]{1,40}",
        ) {
            let state = State::random().unwrap();
            query.push(("state".to_owned(), state.word().to_owned()));
            query.push(("access_token".to_owned(), token));
            let once = |name: &str| query.iter().filter(|(key, _)| key == name).count() == 1;
            let granted = granted(&state, &query);
            if granted.is_ok() {
                prop_assert!(once("state") && once("access_token"), "{granted:?}");
                prop_assert!(query.iter().all(|(key, value)| key != "error" || value.is_empty()));
            }
        }
    }
}
