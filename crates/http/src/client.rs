//! The two clients behind one handle.

use std::{fmt, sync::Arc};

use futures::{StreamExt, stream};
use secrecy::SecretString;
use switchboard_core::{Delivery, Error, ErrorKind, PlaceError, ProviderId, Result};

use crate::{
    Answer, ClientConfig, Codes, Credential, Request, StreamAnswer, connect,
    exchange::Exchange,
    request::Prepared,
    retry::{Retries, read_may_retry, write_may_retry},
};

/// Sends requests to one provider. Cheap to clone; clones share connections, retry budget and credential.
#[derive(Clone)]
pub struct HttpClient {
    inner: Arc<Inner>,
}

struct Inner {
    config: ClientConfig,
    credential: Arc<dyn Credential>,
    codes: &'static dyn Codes,
    pooled: reqwest::Client,
    placing: reqwest::Client,
    retries: Retries,
}

impl HttpClient {
    /// Builds both clients; nothing is sent.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`] for a base URL that cannot work, or when TLS cannot be set up.
    pub fn new(config: ClientConfig, credential: Arc<dyn Credential>, codes: &'static dyn Codes) -> Result<Self> {
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
            }),
        })
    }

    /// The provider that is asked.
    pub fn provider(&self) -> &ProviderId {
        &self.inner.config.provider
    }

    /// Sends a harmless request, again where a moment may mend its failure: no connection, a timeout, a broken connection, 5xx, 408, 429.
    ///
    /// # Errors
    ///
    /// Branch on [`Error::kind`].
    pub async fn read(&self, request: Request) -> Result<Answer> {
        let request = self.prepare(request)?;
        let token = self.token(&request).await?;
        self.inner
            .retries
            .run(read_may_retry, || self.once_or_renewed(Lane::Pooled, &request, token.as_ref()))
            .await
            .map_err(PlaceError::into_error)
    }

    /// Sends a request that changes something but places no call. It is sent again only when nothing of it left this machine.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read).
    pub async fn write(&self, request: Request) -> Result<Answer> {
        let request = self.prepare(request)?;
        let token = self.token(&request).await?;
        self.inner
            .retries
            .run(write_may_retry, || self.once_or_renewed(Lane::Pooled, &request, token.as_ref()))
            .await
            .map_err(PlaceError::into_error)
    }

    /// Sends a request that places a call: over a fresh connection, once. The one exception is a 401 that the table counts as a refusal:
    /// then once more, with a renewed token and everything else the same, `Idempotency-Key` included.
    ///
    /// `Ok` means that a call exists, even where the answer is empty; what goes wrong in reading it is [`PlaceError::placed`].
    ///
    /// # Errors
    ///
    /// The error's [`delivery`](PlaceError::delivery) says whether the phone may have rung. A request without a body can prove less:
    /// once connected, its failures are `Unknown`. Dropping the future says nothing: treat it as `Unknown`.
    pub async fn place(&self, request: Request) -> Result<Answer, PlaceError> {
        let request = self.prepare(request).map_err(PlaceError::not_sent)?;
        let token = self.token(&request).await.map_err(PlaceError::not_sent)?;
        self.once_or_renewed(Lane::Placing, &request, token.as_ref()).await
    }

    /// Sends a harmless request whose answer is read while it arrives, as server-sent events. Not retried: whoever listens reconnects.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read), for everything up to the end of the head.
    pub async fn stream(&self, request: Request) -> Result<StreamAnswer> {
        let request = self.prepare(request)?;
        let token = self.token(&request).await?;
        match self.open(&request, token.as_ref()).await {
            Ok(answer) => Ok(answer),
            Err(failed) => match self.renewed(Lane::Pooled, &request, failed, token.as_ref()).await {
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

    async fn once_or_renewed(&self, lane: Lane, request: &Prepared, token: Option<&SecretString>) -> Result<Answer, PlaceError> {
        let exchange = self.exchange(lane);
        match exchange.run(request, token).await {
            Ok(answer) => Ok(answer),
            Err(failed) => match self.renewed(lane, request, failed, token).await {
                Ok(newer) => exchange.run(request, Some(&newer)).await,
                Err(failed) => Err(failed),
            },
        }
    }

    /// A newer token where `failed` is a 401 that one may mend; otherwise `failed` itself.
    async fn renewed(
        &self,
        lane: Lane,
        request: &Prepared,
        failed: PlaceError,
        token: Option<&SecretString>,
    ) -> Result<SecretString, PlaceError> {
        let Some(token) = token else { return Err(failed) };
        let may_repeat = match lane {
            Lane::Pooled => true,
            Lane::Placing => failed.delivery().proves_silence(),
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

    async fn open(&self, request: &Prepared, token: Option<&SecretString>) -> Result<StreamAnswer, PlaceError> {
        let config = &self.inner.config;
        let named = |failed: PlaceError| failed.map(|error| error.with_provider(config.provider.clone()).with_operation(request.operation));
        let head = self.exchange(Lane::Pooled).head(request, token, None);
        let response = match tokio::time::timeout(config.read_timeout, head).await {
            Ok(head) => head.map_err(named)?,
            Err(_) => {
                return Err(named(PlaceError::unknown(Error::new(ErrorKind::Timeout, "no answer in time"))));
            }
        };
        let status = response.status().as_u16();
        let content_type = response
            .headers()
            .get("content-type")
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned);
        let (operation, provider, idle) = (request.operation, config.provider.clone(), config.stream_idle_timeout);
        let pieces = stream::unfold(Some(response.bytes_stream().boxed()), move |open| {
            let provider = provider.clone();
            async move {
                let mut open = open?;
                let broken = match tokio::time::timeout(idle, open.next()).await {
                    Ok(None) => return None,
                    Ok(Some(Ok(piece))) => return Some((Ok(piece), Some(open))),
                    Ok(Some(Err(error))) => Error::new(ErrorKind::Transport, "the stream broke off").with_source(error.without_url()),
                    Err(_) => Error::new(ErrorKind::Timeout, "the stream fell silent"),
                };
                let broken = broken.with_status(status);
                Some((Err(broken.with_provider(provider).with_operation(operation)), None))
            }
        });
        Ok(StreamAnswer {
            status,
            content_type,
            bytes: pieces.boxed(),
        })
    }

    fn exchange(&self, lane: Lane) -> Exchange<'_> {
        let Inner {
            config,
            codes,
            pooled,
            placing,
            ..
        } = &*self.inner;
        let (client, total, unreadable) = match lane {
            Lane::Pooled => (pooled, config.read_timeout, Delivery::Unknown),
            Lane::Placing => (placing, config.place_timeout, Delivery::Placed),
        };
        Exchange {
            client,
            provider: &config.provider,
            codes: *codes,
            total,
            body_cap: config.body_cap,
            unreadable,
        }
    }
}

/// Which of the two clients.
#[derive(Debug, Clone, Copy)]
enum Lane {
    Pooled,
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
