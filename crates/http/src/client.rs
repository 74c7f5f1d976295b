//! The two HTTP clients behind one handle.

use std::{
    fmt,
    sync::{Arc, PoisonError, RwLock},
};

use futures::{StreamExt, stream};
use secrecy::SecretString;
use switchboard_core::{Delivery, Error, ErrorKind, PlaceError, ProviderId, ReadTurns, Result};

use crate::{
    Answer, ClientConfig, Codes, Credential, Proxy, ReadBudget, Redactor, Request, StreamAnswer,
    connect,
    exchange::Exchange,
    request::Prepared,
    retry::{Retries, read_may_retry, write_may_retry},
};

/// Sends requests to one provider. Cheap to clone; clones share connections, retry budget and
/// credential.
#[derive(Clone)]
pub struct HttpClient {
    inner: Arc<Inner>,
    budget: Option<ReadBudget>,
}

struct Inner {
    config: ClientConfig,
    credential: Arc<dyn Credential>,
    codes: &'static dyn Codes,
    pooled: reqwest::Client,
    placing: reqwest::Client,
    retries: Retries,
    turns: RwLock<Option<Arc<dyn ReadTurns>>>,
}

impl HttpClient {
    /// Builds both clients; nothing is sent.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`] for a base URL that cannot work, or when TLS cannot be set up.
    pub fn new(
        config: ClientConfig,
        credential: Arc<dyn Credential>,
        codes: &'static dyn Codes,
    ) -> Result<Self> {
        config.check()?;
        let pooled = connect::pooled(&config)?;
        let placing = connect::placing(&config)?;
        let retries = Retries::new(config.retry.clone());
        Ok(Self {
            inner: Arc::new(Inner {
                config,
                credential,
                codes,
                pooled,
                placing,
                retries,
                turns: RwLock::new(None),
            }),
            budget: None,
        })
    }

    /// The provider that this client talks to.
    pub fn provider(&self) -> &ProviderId {
        &self.inner.config.provider
    }

    /// The same client for reading one list: its reads count against the budget, which ends them
    /// when it is used up.
    #[must_use]
    pub fn within(&self, budget: &ReadBudget) -> Self {
        Self { inner: Arc::clone(&self.inner), budget: Some(budget.clone()) }
    }

    /// From now on, each read waits for its turn before it is sent; so does each retry of a read.
    /// This applies to all clones.
    pub fn take_turns(&self, turns: Arc<dyn ReadTurns>) {
        *self.inner.turns.write().unwrap_or_else(PoisonError::into_inner) = Some(turns);
    }

    /// Sends a read. It is retried after failures that may be temporary: no connection, a timeout,
    /// a broken connection, 5xx, 408, 429.
    ///
    /// # Errors
    ///
    /// Branch on [`Error::kind`].
    pub async fn read(&self, request: Request) -> Result<Answer> {
        let request = self.prepare(request)?;
        let token = self.token(&request).await?;
        self.inner
            .retries
            .run(read_may_retry, || {
                self.once_or_renewed(RequestKind::Read, &request, token.as_ref())
            })
            .await
            .map_err(PlaceError::into_error)
    }

    /// Sends a request that changes something but places no call. It is retried only if no byte of
    /// it was sent.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read).
    pub async fn write(&self, request: Request) -> Result<Answer> {
        let request = self.prepare(request)?;
        let token = self.token(&request).await?;
        self.inner
            .retries
            .run(write_may_retry, || {
                self.once_or_renewed(RequestKind::Write, &request, token.as_ref())
            })
            .await
            .map_err(PlaceError::into_error)
    }

    /// Sends a request that places a call: over a fresh connection, once. The only exception is a
    /// 401 that counts as a refusal: the request is then sent once more with a renewed token and
    /// everything else unchanged, `Idempotency-Key` included.
    ///
    /// `Ok` means that a call exists, even if the answer is empty; a failure to read the answer is
    /// then [`PlaceError::placed`].
    ///
    /// # Errors
    ///
    /// The error's [`delivery`](PlaceError::delivery) says whether the phone may have rung. A
    /// request without a body can prove less: once connected, its failures are `Unknown`. If this
    /// future is dropped, treat the request as `Unknown`.
    pub async fn place(&self, request: Request) -> Result<Answer, PlaceError> {
        let request = self.prepare(request).map_err(PlaceError::not_sent)?;
        let token = self.token(&request).await.map_err(PlaceError::not_sent)?;
        self.once_or_renewed(RequestKind::Place, &request, token.as_ref()).await
    }

    /// Sends a read whose answer is read as it arrives, such as server-sent events. It is not
    /// retried: listeners reconnect.
    ///
    /// # Errors
    ///
    /// As for [`read`](Self::read), up to the end of the response head.
    pub async fn stream(&self, request: Request) -> Result<StreamAnswer> {
        let request = self.prepare(request)?;
        let token = self.token(&request).await?;
        match self.open(&request, token.as_ref()).await {
            Ok(answer) => Ok(answer),
            Err(failed) => {
                match self.renewed(RequestKind::Read, &request, failed, token.as_ref()).await {
                    Ok(newer) => self.open(&request, Some(&newer)).await,
                    Err(failed) => Err(failed),
                }
            }
        }
        .map_err(PlaceError::into_error)
    }

    fn prepare(&self, request: Request) -> Result<Prepared> {
        let operation = request.operation();
        request
            .prepare(&self.inner.config.base_url)
            .map_err(|error| self.before_sending(operation, error))
    }

    async fn token(&self, request: &Prepared) -> Result<Option<SecretString>> {
        if request.public {
            return Ok(None);
        }
        match self.inner.credential.bearer().await {
            Ok(token) => Ok(Some(token)),
            Err(error) => Err(self.before_sending(request.operation, error)),
        }
    }

    fn before_sending(&self, operation: &'static str, error: Error) -> Error {
        error.with_provider(self.provider().clone()).with_operation(operation)
    }

    async fn once_or_renewed(
        &self,
        kind: RequestKind,
        request: &Prepared,
        token: Option<&SecretString>,
    ) -> Result<Answer, PlaceError> {
        match self.once(kind, request, token).await {
            Ok(answer) => Ok(answer),
            Err(failed) => match self.renewed(kind, request, failed, token).await {
                Ok(newer) => self.once(kind, request, Some(&newer)).await,
                Err(failed) => Err(failed),
            },
        }
    }

    async fn once(
        &self,
        kind: RequestKind,
        request: &Prepared,
        token: Option<&SecretString>,
    ) -> Result<Answer, PlaceError> {
        self.admit(kind, request).await.map_err(PlaceError::not_sent)?;
        self.exchange(kind, &self.redactor(request, token)).run(request, token).await
    }

    /// For a read, waits until another one may be sent.
    async fn admit(&self, kind: RequestKind, request: &Prepared) -> Result<()> {
        match kind {
            RequestKind::Read => {}
            RequestKind::Write | RequestKind::Place => return Ok(()),
        }
        if let Some(budget) = &self.budget {
            budget.request().map_err(|error| error.with_operation(request.operation))?;
        }
        let turn = self
            .inner
            .turns
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .as_ref()
            .map(|turns| turns.turn());
        if let Some(turn) = turn {
            turn.await;
        }
        Ok(())
    }

    /// Removes the secrets of this client, its credential and this request from an answer.
    fn redactor(&self, request: &Prepared, token: Option<&SecretString>) -> Redactor {
        let known = self.inner.credential.secrets();
        let ClientConfig { secrets, network, .. } = &self.inner.config;
        let of_proxy = network.proxy.as_ref().and_then(Proxy::secret);
        let secrets = secrets.iter().chain(&request.secrets).chain(&known);
        Redactor::new(secrets.chain(token).chain(of_proxy))
    }

    /// A renewed token if `failed` is a 401 that a new token may fix; otherwise `failed` itself.
    async fn renewed(
        &self,
        kind: RequestKind,
        request: &Prepared,
        failed: PlaceError,
        token: Option<&SecretString>,
    ) -> Result<SecretString, PlaceError> {
        let Some(token) = token else {
            return Err(failed);
        };
        let may_repeat = match kind {
            RequestKind::Read | RequestKind::Write => true,
            RequestKind::Place => failed.delivery().proves_no_ring(),
        };
        if failed.error().status() != Some(401) || !may_repeat {
            return Err(failed);
        }
        match self.inner.credential.renew(token).await {
            Ok(Some(newer)) => {
                tracing::debug!(provider = %self.provider(), operation = request.operation, "sending again with a renewed token");
                Ok(newer)
            }
            Ok(None) => Err(failed),
            Err(why) => Err(failed.map(|error| error.with_source(why))),
        }
    }

    async fn open(
        &self,
        request: &Prepared,
        token: Option<&SecretString>,
    ) -> Result<StreamAnswer, PlaceError> {
        self.admit(RequestKind::Read, request).await.map_err(PlaceError::not_sent)?;
        let redactor = self.redactor(request, token);
        let config = &self.inner.config;
        let named = |failed: PlaceError| {
            failed.map(|error| {
                error.with_provider(config.provider.clone()).with_operation(request.operation)
            })
        };
        let exchange = self.exchange(RequestKind::Read, &redactor);
        let head = exchange.head(request, token, None);
        let response = match tokio::time::timeout(config.read_timeout, head).await {
            Ok(head) => head.map_err(named)?,
            Err(_) => {
                return Err(named(PlaceError::unknown(Error::new(
                    ErrorKind::Timeout,
                    "no answer in time",
                ))));
            }
        };
        let status = response.status().as_u16();
        let content_type = response
            .headers()
            .get("content-type")
            .and_then(|value| value.to_str().ok())
            .map(|value| redactor.text(value).into_owned());
        let (operation, provider, idle) =
            (request.operation, config.provider.clone(), config.stream_idle_timeout);
        let pieces = stream::unfold(Some(response.bytes_stream().boxed()), move |open| {
            let provider = provider.clone();
            async move {
                let mut open = open?;
                let broken = match tokio::time::timeout(idle, open.next()).await {
                    Ok(None) => return None,
                    Ok(Some(Ok(piece))) => return Some((Ok(piece), Some(open))),
                    Ok(Some(Err(error))) => {
                        Error::new(ErrorKind::Transport, "the stream broke off")
                            .with_source(error.without_url())
                    }
                    Err(_) => Error::new(ErrorKind::Timeout, "no data on the stream in time"),
                };
                let broken = broken.with_status(status);
                Some((Err(broken.with_provider(provider).with_operation(operation)), None))
            }
        });
        Ok(StreamAnswer { status, content_type, redactor, bytes: pieces.boxed() })
    }

    fn exchange<'a>(&'a self, kind: RequestKind, redactor: &'a Redactor) -> Exchange<'a> {
        let Inner { config, codes, pooled, placing, .. } = &*self.inner;
        let (client, total, unreadable) = match kind {
            RequestKind::Read | RequestKind::Write => {
                (pooled, config.read_timeout, Delivery::Unknown)
            }
            RequestKind::Place => (placing, config.place_timeout, Delivery::Placed),
        };
        Exchange {
            client,
            provider: &config.provider,
            proxy: config.network.proxy_to(&config.base_url),
            codes: *codes,
            total,
            body_cap: config.body_cap,
            unreadable,
            budget: self.budget.as_ref().filter(|_| matches!(kind, RequestKind::Read)),
            redactor,
        }
    }
}

/// The kind of a request. Reads and writes share a client; placing requests have their own.
#[derive(Debug, Clone, Copy)]
enum RequestKind {
    Read,
    Write,
    Place,
}

impl fmt::Debug for HttpClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpClient")
            .field("config", &self.inner.config)
            .field("credential", &self.inner.credential)
            .field("codes", &self.inner.codes)
            .finish_non_exhaustive()
    }
}
