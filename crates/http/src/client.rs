//! The two clients behind one handle.

use std::{
    fmt,
    sync::{Arc, PoisonError, RwLock},
};

use futures::{StreamExt, stream};
use secrecy::SecretString;
use switchboard_core::{Delivery, Error, ErrorKind, PlaceError, ProviderId, ReadTurns, Result};

use crate::{
    Answer, ClientConfig, Codes, Credential, Redactor, Request, StreamAnswer, Walk, connect,
    exchange::Exchange,
    request::Prepared,
    retry::{Retries, read_may_retry, write_may_retry},
};

/// Sends requests to one provider. Cheap to clone; clones share connections, retry budget and
/// credential.
#[derive(Clone)]
pub struct HttpClient {
    inner: Arc<Inner>,
    walk: Option<Walk>,
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
            walk: None,
        })
    }

    /// The provider that is asked.
    pub fn provider(&self) -> &ProviderId {
        &self.inner.config.provider
    }

    /// The same client for one walk over a list: its reads count to the walk, whose bounds end
    /// them.
    #[must_use]
    pub fn within(&self, walk: &Walk) -> Self {
        Self { inner: Arc::clone(&self.inner), walk: Some(walk.clone()) }
    }

    /// From now on each request that reads takes a turn before it is sent, one that is sent again
    /// included. All clones do.
    pub fn take_turns(&self, turns: Arc<dyn ReadTurns>) {
        *self.inner.turns.write().unwrap_or_else(PoisonError::into_inner) = Some(turns);
    }

    /// Sends a harmless request, again where a moment may mend its failure: no connection, a
    /// timeout, a broken connection, 5xx, 408, 429.
    ///
    /// # Errors
    ///
    /// Branch on [`Error::kind`].
    pub async fn read(&self, request: Request) -> Result<Answer> {
        let request = self.prepare(request)?;
        let token = self.token(&request).await?;
        self.inner
            .retries
            .run(read_may_retry, || self.once_or_renewed(Lane::Read, &request, token.as_ref()))
            .await
            .map_err(PlaceError::into_error)
    }

    /// Sends a request that changes something but places no call. It is sent again only when
    /// nothing of it left this machine.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read).
    pub async fn write(&self, request: Request) -> Result<Answer> {
        let request = self.prepare(request)?;
        let token = self.token(&request).await?;
        self.inner
            .retries
            .run(write_may_retry, || self.once_or_renewed(Lane::Write, &request, token.as_ref()))
            .await
            .map_err(PlaceError::into_error)
    }

    /// Sends a request that places a call: over a fresh connection, once. The one exception is a
    /// 401 that the table counts as a refusal: then once more, with a renewed token and everything
    /// else the same, `Idempotency-Key` included.
    ///
    /// `Ok` means that a call exists, even where the answer is empty; what goes wrong in reading it
    /// is [`PlaceError::placed`].
    ///
    /// # Errors
    ///
    /// The error's [`delivery`](PlaceError::delivery) says whether the phone may have rung. A
    /// request without a body can prove less: once connected, its failures are `Unknown`. Dropping
    /// the future says nothing: treat it as `Unknown`.
    pub async fn place(&self, request: Request) -> Result<Answer, PlaceError> {
        let request = self.prepare(request).map_err(PlaceError::not_sent)?;
        let token = self.token(&request).await.map_err(PlaceError::not_sent)?;
        self.once_or_renewed(Lane::Placing, &request, token.as_ref()).await
    }

    /// Sends a harmless request whose answer is read while it arrives, as server-sent events. Not
    /// retried: whoever listens reconnects.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read), for everything up to the end of the head.
    pub async fn stream(&self, request: Request) -> Result<StreamAnswer> {
        let request = self.prepare(request)?;
        let token = self.token(&request).await?;
        match self.open(&request, token.as_ref()).await {
            Ok(answer) => Ok(answer),
            Err(failed) => match self.renewed(Lane::Read, &request, failed, token.as_ref()).await {
                Ok(newer) => self.open(&request, Some(&newer)).await,
                Err(failed) => Err(failed),
            },
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
        lane: Lane,
        request: &Prepared,
        token: Option<&SecretString>,
    ) -> Result<Answer, PlaceError> {
        match self.once(lane, request, token).await {
            Ok(answer) => Ok(answer),
            Err(failed) => match self.renewed(lane, request, failed, token).await {
                Ok(newer) => self.once(lane, request, Some(&newer)).await,
                Err(failed) => Err(failed),
            },
        }
    }

    async fn once(
        &self,
        lane: Lane,
        request: &Prepared,
        token: Option<&SecretString>,
    ) -> Result<Answer, PlaceError> {
        self.admit(lane, request).await.map_err(PlaceError::not_sent)?;
        self.exchange(lane, &self.redactor(request, token)).run(request, token).await
    }

    /// Waits until one more request may be sent, where it reads.
    async fn admit(&self, lane: Lane, request: &Prepared) -> Result<()> {
        match lane {
            Lane::Read => {}
            Lane::Write | Lane::Placing => return Ok(()),
        }
        if let Some(walk) = &self.walk {
            walk.request().map_err(|error| error.with_operation(request.operation))?;
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

    /// What takes out of an answer all that this client, its credential and this request keep
    /// secret.
    fn redactor(&self, request: &Prepared, token: Option<&SecretString>) -> Redactor {
        let known = self.inner.credential.secrets();
        let secrets =
            self.inner.config.secrets.iter().chain(&request.secrets).chain(&known).chain(token);
        Redactor::new(secrets)
    }

    /// A newer token where `failed` is a 401 that one may mend; otherwise `failed` itself.
    async fn renewed(
        &self,
        lane: Lane,
        request: &Prepared,
        failed: PlaceError,
        token: Option<&SecretString>,
    ) -> Result<SecretString, PlaceError> {
        let Some(token) = token else {
            return Err(failed);
        };
        let may_repeat = match lane {
            Lane::Read | Lane::Write => true,
            Lane::Placing => failed.delivery().proves_no_ring(),
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
        self.admit(Lane::Read, request).await.map_err(PlaceError::not_sent)?;
        let redactor = self.redactor(request, token);
        let config = &self.inner.config;
        let named = |failed: PlaceError| {
            failed.map(|error| {
                error.with_provider(config.provider.clone()).with_operation(request.operation)
            })
        };
        let exchange = self.exchange(Lane::Read, &redactor);
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
                    Err(_) => Error::new(ErrorKind::Timeout, "the stream fell silent"),
                };
                let broken = broken.with_status(status);
                Some((Err(broken.with_provider(provider).with_operation(operation)), None))
            }
        });
        Ok(StreamAnswer { status, content_type, redactor, bytes: pieces.boxed() })
    }

    fn exchange<'a>(&'a self, lane: Lane, redactor: &'a Redactor) -> Exchange<'a> {
        let Inner { config, codes, pooled, placing, .. } = &*self.inner;
        let (client, total, unreadable) = match lane {
            Lane::Read | Lane::Write => (pooled, config.read_timeout, Delivery::Unknown),
            Lane::Placing => (placing, config.place_timeout, Delivery::Placed),
        };
        Exchange {
            client,
            provider: &config.provider,
            codes: *codes,
            total,
            body_cap: config.body_cap,
            unreadable,
            walk: self.walk.as_ref().filter(|_| matches!(lane, Lane::Read)),
            redactor,
        }
    }
}

/// What kind of request: the first two share a client, the third has its own.
#[derive(Debug, Clone, Copy)]
enum Lane {
    Read,
    Write,
    Placing,
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
