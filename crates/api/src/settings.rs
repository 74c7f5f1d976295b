//! The settings of the API.

use std::{fmt, sync::Arc, time::Duration};

use ipnet::IpNet;
use switchboard::{
    Clock, Config, ConfigError, Network, ProviderId, SystemClock, journal::server::ServerStore,
};
use url::Url;

use crate::{Observer, Secrets, oauth::OAuth};

/// What a key may use if it has no limits of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct RequestLimits {
    /// Requests a minute: 600.
    pub requests_per_minute: u32,
    /// Requests at the same time: 64.
    pub concurrent_requests: u32,
    /// Event streams at the same time: 8.
    pub streams: u32,
}

impl Default for RequestLimits {
    fn default() -> Self {
        Self { requests_per_minute: 600, concurrent_requests: 64, streams: 8 }
    }
}

/// How events are kept and followed.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct EventSettings {
    /// How long events are kept: 7 days.
    pub retention: Duration,
    /// Streams at the same time, in this process: 2,000.
    pub streams: u32,
    /// How long a stream may last: 30 minutes. Its client connects again.
    pub stream_lifetime: Duration,
}

impl Default for EventSettings {
    fn default() -> Self {
        Self {
            retention: Duration::from_secs(7 * 24 * 60 * 60),
            streams: 2_000,
            stream_lifetime: Duration::from_secs(30 * 60),
        }
    }
}

/// How webhooks are sent.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct WebhookSettings {
    /// Networks that may receive webhooks although they are not public: none. With a loopback
    /// network, receivers in it may use plain http and any port, for tests and simulations.
    pub allow_networks: Vec<IpNet>,
    /// Ports that receivers may use: 443.
    pub allow_ports: Vec<u16>,
    /// How long a receiver may take to answer: 15 seconds. At most 50.
    pub timeout: Duration,
    /// The certificates and the cryptography of TLS: none of our own. Its proxy is not used.
    pub network: Network,
}

impl Default for WebhookSettings {
    fn default() -> Self {
        Self {
            allow_networks: Vec::new(),
            allow_ports: vec![443],
            timeout: Duration::from_secs(15),
            network: Network::default(),
        }
    }
}

/// The surface for KaiCalls' own clients, below `/compat/kaicalls`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct KaiCallsSurface {
    /// The task of calls that come without a `context`.
    pub default_task: String,
    /// The accounts at KaiCalls: what their agents are called is what clients may ask for. Empty:
    /// every provider whose name begins with `kaicalls`.
    pub accounts: Vec<ProviderId>,
}

impl KaiCallsSurface {
    /// A surface with this task for calls that come without one.
    pub fn new(default_task: impl Into<String>) -> Self {
        Self { default_task: default_task.into(), accounts: Vec::new() }
    }
}

/// Reads and checks the configuration file, or says what is wrong with it.
pub type CheckConfiguration = Arc<dyn Fn() -> Result<Config, ConfigError> + Send + Sync>;

/// The settings of the API.
#[derive(Clone)]
#[non_exhaustive]
pub struct Api {
    /// Where clients reach the server. The pages of problems are below it.
    pub public_url: Url,
    /// The server's secrets: they seal cursors and the secrets of endpoints.
    pub secrets: Secrets,
    /// Where keys, endpoints and events are stored. It has to be the store of the calls.
    pub store: Arc<dyn ServerStore>,
    /// The source of time. It has to be the engine's.
    pub clock: Arc<dyn Clock>,
    /// What a key may use if it has no limits of its own.
    pub limits: RequestLimits,
    /// How events are kept and followed.
    pub events: EventSettings,
    /// How webhooks are sent.
    pub webhooks: WebhookSettings,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Reads and checks the configuration file. It may block. `None`: the
    /// configuration cannot be reloaded over the API.
    pub check_configuration: Option<CheckConfiguration>,
    /// The surface for KaiCalls' own clients. `None`: it is not served.
    pub kaicalls: Option<KaiCallsSurface>,
    /// Whose access tokens MCP clients may send instead of a key. `None`: nobody's.
    pub oauth: Option<OAuth>,
    /// Is told what happens, for metrics. `None`: nobody is.
    pub observer: Option<Arc<dyn Observer>>,
    /// How long a request may take, unless it waits for a call or is a stream: 30 seconds.
    pub request_timeout: Duration,
}

impl Api {
    /// The default settings, with the system's clock.
    pub fn new(public_url: Url, secrets: Secrets, store: Arc<dyn ServerStore>) -> Self {
        Self {
            public_url,
            secrets,
            store,
            clock: Arc::new(SystemClock),
            limits: RequestLimits::default(),
            events: EventSettings::default(),
            webhooks: WebhookSettings::default(),
            trusted_proxies: Vec::new(),
            check_configuration: None,
            kaicalls: None,
            oauth: None,
            observer: None,
            request_timeout: Duration::from_secs(30),
        }
    }
}

impl fmt::Debug for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Api")
            .field("public_url", &self.public_url.as_str())
            .field("limits", &self.limits)
            .field("events", &self.events)
            .field("webhooks", &self.webhooks)
            .field("trusted_proxies", &self.trusted_proxies)
            .field("kaicalls", &self.kaicalls)
            .field("oauth", &self.oauth)
            .finish_non_exhaustive()
    }
}
