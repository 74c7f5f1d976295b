//! Tokens that renew themselves: one refresh for all, nothing lost, no stampede.
//! One file, because every test is about the same refresh and uses the same few servers.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use crate::support::*;
use async_trait::async_trait;
use futures::future::{BoxFuture, join_all};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use switchboard_core::{Clock, Delivery, Error, ErrorKind, Result};
use switchboard_http::{
    Codes, Credential, HttpClient, NoCodes, RefreshingToken, Request, StoreLock, TokenSet,
    TokenSource, TokenStore, Verdict,
};
use tokio::sync::Semaphore;

#[derive(Debug)]
struct HandClock(Mutex<Timestamp>);

impl HandClock {
    fn new() -> Arc<Self> {
        Arc::new(Self(Mutex::new("2026-11-22T12:00:00Z".parse().unwrap())))
    }

    fn forward(&self, seconds: u64) {
        *self.0.lock().unwrap() += Duration::from_secs(seconds);
    }
}

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }

    fn uptime(&self) -> Duration {
        Duration::try_from(self.now().duration_since(Timestamp::UNIX_EPOCH)).unwrap()
    }

    fn sleep(&self, _duration: Duration) -> BoxFuture<'static, ()> {
        Box::pin(std::future::ready(()))
    }
}

/// Answers `access-1`, `access-2`, …, each when a permit is there; refuses while `failing`.
#[derive(Debug)]
struct Source {
    asked: AtomicUsize,
    used: Mutex<Vec<String>>,
    permits: Semaphore,
    failing: AtomicUsize,
    life: Option<Timestamp>,
}

impl Source {
    fn new(permits: usize) -> Arc<Self> {
        let (asked, failing) = (AtomicUsize::new(0), AtomicUsize::new(0));
        Arc::new(Self {
            asked,
            used: Mutex::default(),
            permits: Semaphore::new(permits),
            failing,
            life: None,
        })
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl TokenSource for Source {
    async fn refresh(&self, refresh_token: &SecretString) -> Result<TokenSet> {
        let turn = self.asked.fetch_add(1, Ordering::SeqCst) + 1;
        self.used.lock().unwrap().push(refresh_token.expose_secret().to_owned());
        self.permits.acquire().await.unwrap().forget();
        if self.failing.load(Ordering::SeqCst) > 0 {
            return Err(Error::new(ErrorKind::Provider, "no tokens today"));
        }
        Ok(TokenSet {
            access: format!("access-{turn}").into(),
            refresh: Some(format!("refresh-{turn}").into()),
            expires_at: self.life,
        })
    }
}

fn tokens(expires_at: Option<&str>) -> TokenSet {
    TokenSet {
        access: "access-0".into(),
        refresh: Some("refresh-0".into()),
        expires_at: expires_at.map(|at| at.parse().unwrap()),
    }
}

const PAST: Option<&str> = Some("2026-11-22T11:59:00Z");
const SOON: Option<&str> = Some("2026-11-22T12:00:30Z");
const LATER: Option<&str> = Some("2026-11-22T13:00:00Z");

async fn bearer(token: &RefreshingToken) -> String {
    token.bearer().await.unwrap().expose_secret().to_owned()
}

#[tokio::test]
async fn a_token_that_lives_is_left_alone() {
    for expires_at in [None, LATER] {
        let source = Source::new(9);
        let token = RefreshingToken::new(tokens(expires_at), source.clone(), HandClock::new());
        assert_eq!(bearer(&token).await, "access-0");
        assert_eq!(source.asked(), 0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixty_four_callers_one_refresh() {
    let source = Source::new(0);
    let token = RefreshingToken::new(tokens(PAST), source.clone(), HandClock::new());
    let callers: Vec<_> = (0..64)
        .map(|turn| {
            let token = token.clone();
            tokio::spawn(async move {
                if turn % 2 == 0 {
                    token.bearer().await.unwrap()
                } else {
                    token.renew(&"access-0".into()).await.unwrap().unwrap()
                }
            })
        })
        .collect();
    while source.asked() == 0 {
        tokio::task::yield_now().await;
    }
    source.permits.add_permits(64);
    for got in join_all(callers).await {
        assert_eq!(got.unwrap().expose_secret(), "access-1");
    }
    assert_eq!(source.asked(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_failed_refresh_is_shared_by_those_who_waited() {
    let source = Source::new(0);
    source.failing.store(1, Ordering::SeqCst);
    let clock = HandClock::new();
    let token = RefreshingToken::new(tokens(PAST), source.clone(), clock.clone());
    let callers: Vec<_> = (0..64)
        .map(|_| {
            let token = token.clone();
            tokio::spawn(async move { token.bearer().await.unwrap_err() })
        })
        .collect();
    while source.asked() == 0 {
        tokio::task::yield_now().await;
    }
    source.permits.add_permits(64);
    for error in join_all(callers).await {
        let error = error.unwrap();
        assert_eq!((error.kind(), error.message()), (ErrorKind::Provider, "no tokens today"));
    }
    assert_eq!(source.asked(), 1);

    source.failing.store(0, Ordering::SeqCst);
    token.bearer().await.unwrap_err();
    assert_eq!(source.asked(), 1, "still cooling down");
    clock.forward(11);
    assert_eq!(bearer(&token).await, "access-2");
}

#[tokio::test]
async fn an_early_refresh_that_fails_leaves_the_old_token_in_use() {
    let source = Source::new(9);
    source.failing.store(1, Ordering::SeqCst);
    let clock = HandClock::new();
    let token = RefreshingToken::new(tokens(SOON), source.clone(), clock.clone());
    assert_eq!(bearer(&token).await, "access-0");
    clock.forward(31);
    assert_eq!(token.bearer().await.unwrap_err().kind(), ErrorKind::Provider);
}

#[tokio::test]
async fn a_caller_that_goes_away_does_not_lose_the_new_token() {
    let source = Source::new(0);
    let token = RefreshingToken::new(tokens(PAST), source.clone(), HandClock::new());
    let caller = tokio::spawn({
        let token = token.clone();
        async move { token.bearer().await }
    });
    while source.asked() == 0 {
        tokio::task::yield_now().await;
    }
    caller.abort();
    assert!(caller.await.unwrap_err().is_cancelled());
    source.permits.add_permits(1);
    assert_eq!(bearer(&token).await, "access-1");
    assert_eq!(source.asked(), 1);
}

#[tokio::test]
async fn each_refresh_uses_the_newest_refresh_token_once() {
    let source = Source::new(9);
    let token = RefreshingToken::new(tokens(None), source.clone(), HandClock::new());
    for turn in 0..3 {
        let rejected = format!("access-{turn}");
        token.renew(&rejected.into()).await.unwrap().unwrap();
    }
    assert_eq!(*source.used.lock().unwrap(), ["refresh-0", "refresh-1", "refresh-2"]);
}

/// A provider that keeps the refresh token as it was.
#[derive(Debug, Default)]
struct Keeps(Mutex<Vec<String>>);

#[async_trait]
impl TokenSource for Keeps {
    async fn refresh(&self, refresh_token: &SecretString) -> Result<TokenSet> {
        let mut used = self.0.lock().unwrap();
        used.push(refresh_token.expose_secret().to_owned());
        Ok(TokenSet {
            access: format!("access-{}", used.len()).into(),
            refresh: None,
            expires_at: None,
        })
    }
}

#[tokio::test]
async fn an_answer_without_a_refresh_token_keeps_the_old_one() {
    let source = Arc::new(Keeps::default());
    let token = RefreshingToken::new(tokens(None), source.clone(), HandClock::new());
    token.renew(&"access-0".into()).await.unwrap().unwrap();
    token.renew(&"access-1".into()).await.unwrap().unwrap();
    assert_eq!(*source.0.lock().unwrap(), ["refresh-0", "refresh-0"]);
}

#[tokio::test]
async fn a_token_without_a_refresh_token_cannot_be_renewed() {
    let source = Source::new(9);
    let token = RefreshingToken::new(
        TokenSet { refresh: None, ..tokens(PAST) },
        source.clone(),
        HandClock::new(),
    );
    assert!(token.renew(&"access-0".into()).await.unwrap().is_none());
    assert_eq!(bearer(&token).await, "access-0");
    assert_eq!(source.asked(), 0);
}

#[derive(Debug, Default)]
struct Store(Mutex<Option<TokenSet>>);

#[async_trait]
impl TokenStore for Store {
    async fn load(&self) -> Result<Option<TokenSet>> {
        Ok(self.0.lock().unwrap().clone())
    }

    async fn save(&self, tokens: &TokenSet) -> Result<()> {
        *self.0.lock().unwrap() = Some(tokens.clone());
        Ok(())
    }
}

#[tokio::test]
async fn tokens_outlive_the_process_and_another_process_is_heard() {
    let (store, source, clock) = (Arc::new(Store::default()), Source::new(9), HandClock::new());
    let none = RefreshingToken::open(store.clone(), None, source.clone(), clock.clone())
        .await
        .unwrap_err();
    assert_eq!(none.kind(), ErrorKind::Unauthorized);

    let first =
        RefreshingToken::open(store.clone(), Some(tokens(PAST)), source.clone(), clock.clone())
            .await
            .unwrap();
    let second =
        RefreshingToken::open(store.clone(), Some(tokens(PAST)), source.clone(), clock.clone())
            .await
            .unwrap();
    assert_eq!(bearer(&first).await, "access-1");
    assert_eq!(store.load().await.unwrap().unwrap().access.expose_secret(), "access-1");
    assert_eq!(bearer(&second).await, "access-1", "what the first saved is taken over");
    assert_eq!(source.asked(), 1);

    let third = RefreshingToken::open(store, None, source.clone(), clock).await.unwrap();
    assert_eq!(bearer(&third).await, "access-1");
    assert!(!format!("{third:?}").contains("access-1"));
}

/// A store that two processes share: whoever has the lock is alone.
#[derive(Debug, Default)]
struct Shared {
    store: Store,
    lock: Arc<tokio::sync::Mutex<()>>,
    broken: bool,
}

#[async_trait]
impl TokenStore for Shared {
    async fn load(&self) -> Result<Option<TokenSet>> {
        self.store.load().await
    }

    async fn save(&self, tokens: &TokenSet) -> Result<()> {
        assert!(self.lock.try_lock().is_err(), "saved by somebody who does not hold the lock");
        self.store.save(tokens).await
    }

    async fn lock(&self) -> Result<StoreLock> {
        if self.broken {
            return Err(Error::new(ErrorKind::Configuration, "no lock today"));
        }
        Ok(StoreLock::holding(Arc::clone(&self.lock).lock_owned().await))
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn processes_that_share_a_store_renew_once() {
    let (store, source, clock) = (Arc::new(Shared::default()), Source::new(9), HandClock::new());
    let processes = (0..4).map(|_| {
        RefreshingToken::open(store.clone(), Some(tokens(PAST)), source.clone(), clock.clone())
    });
    let processes: Vec<_> = join_all(processes).await.into_iter().map(Result::unwrap).collect();
    let callers = processes.iter().flat_map(|process| (0..16).map(|_| process.clone()));
    let callers: Vec<_> =
        callers.map(|token| tokio::spawn(async move { bearer(&token).await })).collect();
    for got in join_all(callers).await {
        assert_eq!(got.unwrap(), "access-1");
    }
    assert_eq!(source.asked(), 1);
}

#[tokio::test]
async fn without_the_lock_nothing_is_renewed() {
    let store = Arc::new(Shared { broken: true, ..Shared::default() });
    let source = Source::new(9);
    let token = RefreshingToken::open(store, Some(tokens(PAST)), source.clone(), HandClock::new())
        .await
        .unwrap();
    assert_eq!(token.bearer().await.unwrap_err().message(), "no lock today");
    assert_eq!(source.asked(), 0);
}

#[tokio::test]
async fn a_newer_set_that_has_ended_too_is_what_the_renewal_begins_with() {
    let (store, source, clock) = (Arc::new(Store::default()), Source::new(9), HandClock::new());
    let token = RefreshingToken::open(store.clone(), Some(tokens(PAST)), source.clone(), clock)
        .await
        .unwrap();
    let newer = TokenSet {
        access: "access-newer".into(),
        refresh: Some("refresh-newer".into()),
        ..tokens(PAST)
    };
    store.save(&newer).await.unwrap();
    assert_eq!(bearer(&token).await, "access-1");
    assert_eq!(*source.used.lock().unwrap(), ["refresh-newer"]);
}

#[tokio::test]
async fn tokens_of_a_new_login_are_taken_where_nothing_could_be_renewed() {
    let (store, source) = (Arc::new(Store::default()), Source::new(9));
    let ended = TokenSet { refresh: None, ..tokens(PAST) };
    let token = RefreshingToken::open(store.clone(), Some(ended), source.clone(), HandClock::new())
        .await
        .unwrap();
    assert_eq!(bearer(&token).await, "access-0");
    let login = TokenSet { access: "access-login".into(), ..tokens(LATER) };
    store.save(&login).await.unwrap();
    assert_eq!(bearer(&token).await, "access-login");
    assert_eq!(source.asked(), 0);
}

/// As KallyAI's row: a 401 is a refusal.
#[derive(Debug)]
struct Refuses401;

impl Codes for Refuses401 {
    fn verdict(&self, status: u16, _code: Option<&str>) -> Option<Verdict> {
        (status == 401).then(|| Verdict::refused(ErrorKind::Unauthorized))
    }
}

fn renewing(url: &str, codes: &'static dyn Codes) -> (HttpClient, Arc<Source>) {
    let source = Source::new(99);
    let token = RefreshingToken::new(tokens(None), source.clone(), HandClock::new());
    (HttpClient::new(config(url), Arc::new(token), codes).unwrap(), source)
}

#[tokio::test]
async fn after_a_401_the_call_is_placed_once_more_with_the_same_key() {
    let server =
        Server::new([Act::Answer(answer(401, "{}")), Act::Answer(answer(201, r#"{"id":"c_1"}"#))])
            .await;
    let (client, source) = renewing(&server.url(), &Refuses401);
    client.place(placing()).await.unwrap();
    let requests = server.requests();
    assert_eq!((requests.len(), source.asked()), (2, 1));
    assert_eq!(header(&requests[0], "authorization"), Some("Bearer access-0"));
    assert_eq!(header(&requests[1], "authorization"), Some("Bearer access-1"));
    assert_eq!(header(&requests[0], "idempotency-key"), header(&requests[1], "idempotency-key"));
    assert_eq!(requests[0].split("\r\n\r\n").last(), requests[1].split("\r\n\r\n").last());
}

#[tokio::test]
async fn a_second_401_is_final() {
    let server = Server::answering(answer(401, "{}")).await;
    let (client, source) = renewing(&server.url(), &Refuses401);
    assert_error(&client.place(placing()).await.unwrap_err(), ErrorKind::Unauthorized, refused());
    assert_eq!((server.posts(), source.asked()), (2, 1));
}

#[tokio::test]
async fn a_401_that_nobody_calls_a_refusal_is_not_sent_again() {
    let server = Server::answering(answer(401, "{}")).await;
    let (client, source) = renewing(&server.url(), &NoCodes);
    assert_error(
        &client.place(placing()).await.unwrap_err(),
        ErrorKind::Unauthorized,
        Delivery::Unknown,
    );
    assert_eq!((server.posts(), source.asked()), (1, 0));
}

#[tokio::test]
async fn after_a_401_the_second_try_speaks_for_itself() {
    let server = Server::new([Act::Answer(answer(401, "{}")), Act::Close]).await;
    let (client, _) = renewing(&server.url(), &Refuses401);
    assert_error(
        &client.place(placing()).await.unwrap_err(),
        ErrorKind::Transport,
        Delivery::Unknown,
    );
    assert_eq!(server.posts(), 2);
}

#[tokio::test]
async fn a_failed_refresh_keeps_the_refusal_and_names_its_cause() {
    let server = Server::answering(answer(401, "{}")).await;
    let (client, source) = renewing(&server.url(), &Refuses401);
    source.failing.store(1, Ordering::SeqCst);
    let error = client.place(placing()).await.unwrap_err();
    assert_error(&error, ErrorKind::Unauthorized, refused());
    assert!(std::error::Error::source(&error).unwrap().to_string().contains("no tokens today"));
    assert_eq!(server.posts(), 1);
}

#[tokio::test]
async fn a_token_that_cannot_be_had_means_nothing_was_sent() {
    let server = Server::answering(answer(201, "{}")).await;
    let source = Source::new(9);
    source.failing.store(1, Ordering::SeqCst);
    let token = RefreshingToken::new(tokens(PAST), source, HandClock::new());
    let client = HttpClient::new(config(&server.url()), Arc::new(token), &Refuses401).unwrap();
    assert_error(
        &client.place(placing()).await.unwrap_err(),
        ErrorKind::Provider,
        Delivery::NotSent,
    );
    assert_eq!(server.posts(), 0);
}

#[tokio::test]
async fn reads_writes_and_streams_renew_as_well() {
    let server =
        Server::new([401, 200, 401, 200, 401, 200].map(|status| Act::Answer(answer(status, "{}"))))
            .await;
    let (client, source) = renewing(&server.url(), &NoCodes);
    client.read(Request::get("calls.list", "/v1/calls")).await.unwrap();
    client.write(Request::delete("calls.delete", "/v1/calls/1")).await.unwrap();
    client.stream(Request::get("events.stream", "/v1/events")).await.unwrap();
    assert_eq!((server.requests().len(), source.asked()), (6, 3));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixty_four_rejected_calls_share_one_refresh() {
    let server = Server::new([Act::Token("access-1")]).await;
    let (client, source) = renewing(&server.url(), &Refuses401);
    let calls = (0..64).map(|_| client.place(placing()));
    for outcome in join_all(calls).await {
        assert_eq!(outcome.unwrap().status(), 200);
    }
    // Who began late had the new token from the start.
    assert!((65..=128).contains(&server.posts()), "{}", server.posts());
    assert_eq!(source.asked(), 1);
}
