//! `switchboard listen`: forwards a server's events to a webhook receiver on this machine.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    sync::Arc,
    time::Duration,
};

use axum::body::Bytes;
use futures::StreamExt;
use ipnet::IpNet;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;
use sse_stream::SseByteStream;
use switchboard::{
    Error, ErrorKind, ProviderId, process_environment, secrecy::SecretString, url::Url,
};
use switchboard_api::webhooks::{secret_text, sign};
use switchboard_http::{
    ClientConfig, GuardRules, GuardedClient, HttpClient, NoCodes, Request, StaticToken,
    StreamAnswer,
};

use crate::{
    cli::ListenArgs,
    exit::Exit,
    failure::{Failure, Outcome},
    interrupt,
    output::Output,
};

/// How long the receiver may take.
const ANSWER_WITHIN: Duration = Duration::from_secs(15);
/// The pause before a stream that broke off is opened again.
const AGAIN_AFTER: Duration = Duration::from_secs(2);

/// What of an event has to be known here.
#[derive(Debug, Deserialize)]
struct Envelope {
    id: String,
    #[serde(rename = "type")]
    kind: String,
}

struct Listener {
    server: HttpClient,
    types: Vec<String>,
    receiver: GuardedClient,
    forward_to: Url,
    secret: [u8; 32],
    output: Output,
    /// The last event that was forwarded.
    seen: Option<String>,
}

pub(crate) async fn run(args: ListenArgs, output: Output) -> Outcome {
    let mut end = interrupt::listen()?;
    let mut listener = Listener::new(args, output)?;
    let secret = secret_text(&listener.secret);
    if output.json {
        output.object_line(&json!({"secret": secret}));
    } else {
        output.line(format!("events are signed with {secret}"));
    }
    tokio::select! {
        failure = listener.follow() => Err(failure),
        _ = end.recv() => Ok(Exit::Done),
    }
}

impl Listener {
    fn new(args: ListenArgs, output: Output) -> Outcome<Self> {
        let ListenArgs { mut forward_to, url, key_env, types } = args;
        let key = process_environment(&key_env).filter(|key| !key.is_empty()).ok_or_else(|| {
            Failure::input("--key-env", format!("{key_env} is not set: set it to an API key"))
        })?;
        if forward_to.host_str() == Some("localhost") {
            // A name could lead anywhere; this one is known.
            let _ = forward_to.set_host(Some("127.0.0.1"));
        }
        let here = [IpAddr::from(Ipv4Addr::LOCALHOST), IpAddr::from(Ipv6Addr::LOCALHOST)];
        let allow_networks = here.into_iter().map(IpNet::from).collect();
        let rules = GuardRules { allow_networks, ..GuardRules::default() };
        let receiver = GuardedClient::new(rules, ANSWER_WITHIN)?;
        receiver
            .check(forward_to.as_str())
            .map_err(|refused| Failure::input("--forward-to", refused.to_string()))?;
        let key = StaticToken::new(SecretString::from(key));
        let config = ClientConfig::new(ProviderId::new("server".to_owned()), url);
        let server = HttpClient::new(config, Arc::new(key), &NoCodes)?;
        let mut secret = [0; 32];
        getrandom::fill(&mut secret).map_err(|error| {
            Failure::local(format!("the system gives no random bytes: {error}"))
        })?;
        Ok(Self { server, types, receiver, forward_to, secret, output, seen: None })
    }

    /// Follows the stream, and opens it again where it breaks off. Returns what cannot pass.
    async fn follow(&mut self) -> Failure {
        let mut opened = false;
        loop {
            match self.server.stream(self.request()).await {
                Ok(answer) => {
                    opened = true;
                    self.forward(answer).await;
                }
                Err(error) if !opened || !passes(&error) => return Failure::from(error),
                Err(error) => self.output.note(format!("the stream cannot be opened: {error}")),
            }
            tokio::time::sleep(AGAIN_AFTER).await;
        }
    }

    fn request(&self) -> Request {
        let mut request = Request::get("events", "/v1/events/stream");
        for kind in &self.types {
            request = request.query("type", kind);
        }
        match &self.seen {
            Some(seen) => request.header("Last-Event-ID", seen),
            None => request,
        }
    }

    /// Posts what comes until the stream ends.
    async fn forward(&mut self, answer: StreamAnswer) {
        let mut events = SseByteStream::new(answer.into_stream());
        while let Some(Ok(event)) = events.next().await {
            if let Some(data) = event.data
                && let Ok(envelope) = serde_json::from_str(&data)
            {
                self.post(&envelope, data).await;
            }
            self.seen = event.id.or_else(|| self.seen.take());
        }
    }

    async fn post(&self, envelope: &Envelope, body: String) {
        let Envelope { id, kind } = envelope;
        let at = Timestamp::now().as_second();
        let headers = [
            ("webhook-id", id.clone()),
            ("webhook-timestamp", at.to_string()),
            ("webhook-signature", sign(&[self.secret], id, at, body.as_bytes())),
        ];
        let answer =
            self.receiver.post(self.forward_to.as_str(), &headers, Bytes::from(body)).await;
        let (status, failure) = match answer {
            Ok(answer) => (Some(answer.status), None),
            Err(failure) => (None, Some(failure.as_str())),
        };
        if self.output.json {
            let line = json!({"id": id, "type": kind, "status": status, "failure": failure});
            self.output.object_line(&line);
        } else {
            let answered = status.map(|status| status.to_string());
            let answered = answered.as_deref().or(failure).unwrap_or_default();
            self.output.line(format!("{kind:<22} {answered:<9} {id}"));
        }
    }
}

/// True if the same request may work later.
fn passes(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::Connect
            | ErrorKind::Transport
            | ErrorKind::Timeout
            | ErrorKind::RateLimited
            | ErrorKind::Provider
    )
}
