//! Listens on 127.0.0.1 for the redirect of the login page, and accepts one.

use std::{
    io,
    net::Ipv4Addr,
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::Duration,
};

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use switchboard::tokens::Granted;
use tokio::{
    net::TcpListener,
    sync::{Notify, oneshot},
    task::JoinHandle,
};
use url::form_urlencoded;

use super::state::LoginState;

/// How long the browser may take to fetch the final page.
const GOODBYE: Duration = Duration::from_secs(3);

/// A request to `/` with one of these parameters is the redirect of a login page.
const REDIRECT_PARAMETERS: [&str; 5] = ["state", "access_token", "refresh_token", "code", "error"];

/// The tokens and a way to answer the browser, or why the login was refused.
pub(super) type LoginResult = Result<(Granted, Reply), &'static str>;

/// Answers the browser, which waits until the tokens are stored.
#[derive(Debug)]
pub(super) struct Reply(oneshot::Sender<&'static str>);

impl Reply {
    pub(super) fn send(self, text: &'static str) {
        // If the browser is gone, the terminal still shows the result.
        let _ = self.0.send(text);
    }
}

/// Listens until it is closed or dropped.
pub(super) struct Listener {
    port: u16,
    shared: Arc<Shared>,
    result: oneshot::Receiver<LoginResult>,
    /// Ends the server gracefully when it is dropped.
    stop: oneshot::Sender<()>,
    server: JoinHandle<io::Result<()>>,
}

struct Shared {
    /// The only `Host` that is accepted.
    host: String,
    state: LoginState,
    /// Taken by the first redirect, whether it is right or wrong.
    result: Mutex<Option<oneshot::Sender<LoginResult>>>,
    /// The text of the final page, once the tokens are stored.
    done: OnceLock<&'static str>,
    /// The browser gets its final response.
    answered: Notify,
}

impl Listener {
    pub(super) async fn start(state: LoginState) -> io::Result<Self> {
        let socket = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let port = socket.local_addr()?.port();
        let (sender, result) = oneshot::channel();
        let shared = Arc::new(Shared {
            host: format!("127.0.0.1:{port}"),
            state,
            result: Mutex::new(Some(sender)),
            done: OnceLock::new(),
            answered: Notify::new(),
        });
        let (stop, stopped) = oneshot::channel();
        let app = Router::new().fallback(respond).with_state(Arc::clone(&shared));
        let server = axum::serve(socket, app).with_graceful_shutdown(async move {
            let _ = stopped.await;
        });
        let server = tokio::spawn(server.into_future());
        Ok(Self { port, shared, result, stop, server })
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// Waits for the one redirect.
    pub(super) async fn result(&mut self) -> LoginResult {
        let result = (&mut self.result).await;
        result.unwrap_or(Err("the listener has stopped"))
    }

    /// Waits until the browser has its final page, or does not ask for it, and stops.
    pub(super) async fn close(self) {
        let _ = tokio::time::timeout(GOODBYE, self.shared.answered.notified()).await;
        drop(self.stop);
        let _ = tokio::time::timeout(GOODBYE, self.server).await;
    }
}

async fn respond(
    State(shared): State<Arc<Shared>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    // Another name may point to this address (DNS rebinding); its pages must not get through.
    let mut hosts = headers.get_all(header::HOST).iter();
    let is_ours = hosts.next().is_some_and(|host| host == shared.host.as_str());
    if !is_ours || hosts.next().is_some() || uri.authority().is_some() {
        return page(StatusCode::BAD_REQUEST, "Bad request.");
    }
    if method != Method::GET {
        return page(StatusCode::METHOD_NOT_ALLOWED, "Method not allowed.");
    }
    let query = uri.query().unwrap_or_default();
    let query: Vec<(String, String)> =
        form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let is_redirect = query.iter().any(|(name, _)| REDIRECT_PARAMETERS.contains(&name.as_str()));
    match (uri.path(), shared.done.get()) {
        ("/done", Some(text)) => {
            shared.answered.notify_one();
            page(StatusCode::OK, text)
        }
        ("/", _) if is_redirect => accept(&shared, &query).await,
        _ => page(StatusCode::NOT_FOUND, "Not found."),
    }
}

/// Handles a redirect. Only the first one counts.
async fn accept(shared: &Shared, query: &[(String, String)]) -> Response {
    let first = shared.result.lock().unwrap_or_else(PoisonError::into_inner).take();
    let Some(result) = first else {
        return page(StatusCode::BAD_REQUEST, "This login was already answered.");
    };
    let granted = match granted(&shared.state, query) {
        Ok(granted) => granted,
        Err(reason) => {
            let _ = result.send(Err(reason));
            shared.answered.notify_one();
            return page(StatusCode::BAD_REQUEST, "The login was refused. See the terminal.");
        }
    };
    let (reply, text) = oneshot::channel();
    let _ = result.send(Ok((granted, Reply(reply))));
    let Ok(text) = text.await else {
        return page(StatusCode::SERVICE_UNAVAILABLE, "This login has ended.");
    };
    let _ = shared.done.set(text);
    let mut response = page(StatusCode::SEE_OTHER, text);
    response.headers_mut().insert(header::LOCATION, HeaderValue::from_static("/done"));
    response
}

/// A page that is not cached, sends no referrer, and runs no scripts.
fn page(status: StatusCode, text: &str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONNECTION, "close"),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    ];
    let body = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Switchboard</title><p>{text}</p></html>\n"
    );
    (status, headers, body).into_response()
}

/// The tokens of a redirect. Its state is checked before anything else.
fn granted(state: &LoginState, query: &[(String, String)]) -> Result<Granted, &'static str> {
    let only = |name: &str| {
        let mut found =
            query.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str());
        match (found.next(), found.next()) {
            (value, None) => Ok(value.filter(|value| !value.is_empty())),
            (_, Some(_)) => {
                Err("the login response has a parameter twice: nothing was stored, log in again")
            }
        }
    };
    let Some(given) = only("state")? else {
        return Err(
            "the login response has no state: it may belong to another login, and nothing was stored; log in again",
        );
    };
    if !state.matches(given) {
        return Err(
            "the login response has the state of another login: nothing was stored, log in again",
        );
    }
    if only("error")?.is_some() {
        return Err("the provider refused the login");
    }
    let Some(access) = only("access_token")? else {
        return Err("the login response has no token: nothing was stored, log in again");
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
            proptest::sample::select(REDIRECT_PARAMETERS.to_vec()).prop_map(str::to_owned),
            Just("expires_in".to_owned()),
            Just("scope".to_owned()),
            any::<String>(),
        ]
    }

    proptest! {
        #[test]
        fn nothing_is_granted_without_the_state(query in prop::collection::vec((names(), any::<String>()), 0..8)) {
            prop_assert!(granted(&LoginState::random().unwrap(), &query).is_err());
        }

        #[test]
        fn with_the_state_once_one_token_is_granted(
            mut query in prop::collection::vec((names(), "[a-z]{0,3}"), 0..4),
            token in "[!-~]{1,40}",
        ) {
            let state = LoginState::random().unwrap();
            query.push(("state".to_owned(), state.value().to_owned()));
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
