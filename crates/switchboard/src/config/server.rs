//! `[server]`: what `switchboard serve` listens on, and what it allows.

use std::{
    collections::BTreeMap,
    net::{Ipv4Addr, SocketAddr},
    num::NonZeroU32,
};

use ipnet::IpNet;
use secrecy::SecretBox;
use serde::{Deserialize, Deserializer, de::Error as _};
use switchboard_core::Result;
use url::Url;

use crate::config::credential::Inline;
/// `[server]`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ServerConfig {
    /// Where the API listens: `127.0.0.1:8080`. A socket of systemd goes first.
    #[serde(deserialize_with = "address")]
    pub listen: SocketAddr,
    /// Where health and metrics are: `127.0.0.1:9090`. They need no key, so they are not for the
    /// public.
    #[serde(deserialize_with = "address")]
    pub admin_listen: SocketAddr,
    /// Where clients and providers reach the server. Left out: `http://` and `listen`, which works
    /// on this machine only.
    pub public_url: Option<Url>,
    /// The environment variable with the server's secret, 32 bytes as 64 hexadecimal digits. It
    /// seals cursors and the secrets of webhook endpoints.
    pub secret_env: Option<String>,
    /// Variables with secrets that are being replaced: what they sealed is still accepted.
    pub former_secret_envs: Vec<String>,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<Network>,
    /// True: it may be reached from other machines without TLS.
    pub plain_http_outside: bool,
    /// Connections at the same time: 4096.
    pub max_connections: NonZeroU32,
    /// How long a request may take, unless it waits for a call or is a stream, 1 to 300: 30.
    pub request_seconds: u32,
    /// How long a process that ends goes on as before, so that load balancers notice, 0 to 300: 5.
    pub settle_seconds: u32,
    /// How long a process that ends waits for providers' answers, 0 to 900: 30.
    pub drain_seconds: u32,
    /// What a key may use that has no limits of its own.
    pub limits: ServerLimitsConfig,
    /// The feed of events.
    pub events: ServerEventsConfig,
    /// Webhooks to callers.
    pub webhooks: ServerWebhooksConfig,
    /// Tools for agents.
    pub mcp: ServerMcpConfig,
    /// Pages for people.
    pub console: ServerConsoleConfig,
    /// Whose access tokens agents may send instead of a key.
    pub oauth: Option<ServerOauthConfig>,
    /// Surfaces for programs that were written for another API.
    pub compat: CompatConfig,
    /// Refused.
    #[serde(rename = "secret")]
    pub(crate) inline: Inline,
}

impl Default for ServerConfig {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
            admin_listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 9090)),
            public_url: None,
            secret_env: None,
            former_secret_envs: Vec::new(),
            trusted_proxies: Vec::new(),
            plain_http_outside: false,
            max_connections: NonZeroU32::MIN.saturating_add(4095),
            request_seconds: 30,
            settle_seconds: 5,
            drain_seconds: 30,
            limits: ServerLimitsConfig::default(),
            events: ServerEventsConfig::default(),
            webhooks: ServerWebhooksConfig::default(),
            mcp: ServerMcpConfig::default(),
            console: ServerConsoleConfig::default(),
            oauth: None,
            compat: CompatConfig::default(),
            inline: Inline,
        }
    }
}

/// `[server.limits]`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ServerLimitsConfig {
    /// Requests a minute: 600.
    pub requests_per_minute: NonZeroU32,
    /// Requests at the same time: 64.
    pub concurrent_requests: NonZeroU32,
    /// Event streams at the same time: 8.
    pub streams: NonZeroU32,
}

impl Default for ServerLimitsConfig {
    fn default() -> Self {
        let of = |more| NonZeroU32::MIN.saturating_add(more);
        Self { requests_per_minute: of(599), concurrent_requests: of(63), streams: of(7) }
    }
}

/// `[server.events]`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ServerEventsConfig {
    /// How long events can be read, 1 to 365: 7.
    pub retention_days: u32,
}

impl Default for ServerEventsConfig {
    fn default() -> Self {
        Self { retention_days: 7 }
    }
}

/// `[server.webhooks]`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ServerWebhooksConfig {
    /// Networks inside that webhooks may go to. All others that are not public are refused.
    pub allow_networks: Vec<Network>,
    /// The ports that webhooks may go to: 443.
    pub allow_ports: Vec<u16>,
    /// How long a receiver may take, 1 to 50: 15.
    pub timeout_seconds: u32,
}

impl Default for ServerWebhooksConfig {
    fn default() -> Self {
        Self { allow_networks: Vec::new(), allow_ports: vec![443], timeout_seconds: 15 }
    }
}

/// `[server.mcp]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ServerMcpConfig {
    /// True: agents may use the server over the Model Context Protocol, at `/mcp`.
    pub enabled: bool,
}

/// `[server.oauth]`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerOauthConfig {
    /// The issuer of the tokens, letter by letter as in their claim `iss`.
    pub issuer: String,
    /// For whom tokens have to be. Left out: `/mcp` below `public_url`.
    pub audience: Option<String>,
    /// The claim of a token that names its tenant.
    pub tenant_claim: String,
    /// What each scope of the issuer allows.
    pub scopes: BTreeMap<String, Vec<TokenScopeName>>,
}

/// A scope that an access token may have: one that a tool for agents needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum TokenScopeName {
    /// Ask which providers would be asked, and what the calling rules say.
    #[serde(rename = "plan:read")]
    PlanRead,
    /// Place and stop calls.
    #[serde(rename = "calls:write")]
    CallsWrite,
    /// Read calls without whole numbers and words.
    #[serde(rename = "calls:read")]
    CallsRead,
    /// Read whole numbers, summaries and transcripts.
    #[serde(rename = "calls:content")]
    CallsContent,
    /// Read agent profiles.
    #[serde(rename = "agents:read")]
    AgentsRead,
}

/// `[server.console]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ServerConsoleConfig {
    /// True: people may use the server in a browser, at `/console`.
    pub enabled: bool,
    /// How people sign in: `key`.
    pub sign_in: Option<SignInName>,
    /// How long somebody stays signed in with a key, in hours, 1 to 168. Left out: 12.
    pub session_hours: Option<u32>,
    /// Whom the proxy lets in, with `sign_in = "proxy"`.
    pub proxy: Option<ConsoleProxyConfig>,
}

/// How people sign in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignInName {
    /// They paste an API key.
    #[default]
    Key,
    /// A proxy in front of the server signs them in, and names them in headers.
    Proxy,
}

/// `[server.console.proxy]`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ConsoleProxyConfig {
    /// The header with the person's name: `X-Forwarded-User`.
    pub user_header: String,
    /// The header with the names of their groups, separated by commas: `X-Forwarded-Groups`.
    pub groups_header: String,
    /// The role of each group. A person has the strongest one of their groups.
    pub roles: BTreeMap<String, ConsoleRoleName>,
    /// The groups that act for one tenant. The others act for every tenant.
    pub tenants: BTreeMap<String, String>,
}

impl Default for ConsoleProxyConfig {
    fn default() -> Self {
        Self {
            user_header: "X-Forwarded-User".to_owned(),
            groups_header: "X-Forwarded-Groups".to_owned(),
            roles: BTreeMap::new(),
            tenants: BTreeMap::new(),
        }
    }
}

/// A role of people who use the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsoleRoleName {
    /// Reads everything but numbers and words.
    Reader,
    /// Everything but keys and the erasure of people.
    Operator,
    /// Everything.
    Admin,
}

impl ServerConsoleConfig {
    /// How long somebody stays signed in, in hours.
    pub fn hours(&self) -> u32 {
        self.session_hours.unwrap_or(12)
    }
}

/// `[server.compat]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CompatConfig {
    /// For KaiCalls' own clients.
    pub kaicalls: CompatKaicallsConfig,
}

/// `[server.compat.kaicalls]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CompatKaicallsConfig {
    /// True: it is served below `/compat/kaicalls`.
    pub enabled: bool,
    /// The task of calls that have no context.
    pub default_task: Option<String>,
}

impl CompatKaicallsConfig {
    /// The task of calls that have no context.
    pub fn task(&self) -> &str {
        self.default_task
            .as_deref()
            .unwrap_or("Carry out your standard instructions for this call.")
    }
}

/// A network, written as `10.0.0.0/8`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network(pub IpNet);

impl<'de> Deserialize<'de> for Network {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let network = text.parse::<IpNet>().map_err(|_| {
            D::Error::custom(format!("{text:?} is not a network: write it as 10.0.0.0/8"))
        })?;
        Ok(Self(network))
    }
}

fn address<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SocketAddr, D::Error> {
    let text = String::deserialize(deserializer)?;
    let fix = "write it as 127.0.0.1:8080, or 0.0.0.0:8080 for every interface";
    text.parse().map_err(|_| D::Error::custom(format!("{text:?} is not an address: {fix}")))
}

/// The secrets of a server, the current one first. Never shown.
pub type ServerSecrets = Vec<SecretBox<[u8; 32]>>;

impl ServerConfig {
    /// Where clients reach a server that listens there.
    ///
    /// # Errors
    /// The address is not part of a valid URL; every address of a socket is.
    pub fn url(&self, listening: SocketAddr) -> Result<Url, url::ParseError> {
        match &self.public_url {
            Some(url) => Ok(url.clone()),
            None => Url::parse(&format!("http://{listening}/")),
        }
    }
}
