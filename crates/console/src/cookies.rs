//! The cookies: who is signed in, which tenant an operator chose, and whether pages are light or dark.
//!
//! Over https the session's cookie is `__Host-sb`, which browsers send back over https and to this
//! host alone. A server on this machine without https (`serve --simulated`) cannot set it, because
//! not every browser takes `Secure` from `http://127.0.0.1`. There it has no `Secure`, and the port
//! is in its name, because cookies of different ports are not kept apart. Nothing crosses a network
//! then. Elsewhere without https nobody can sign in: the key and the cookie would be readable on the
//! way.

use std::time::Duration;

use http::{HeaderMap, HeaderValue, header};
use switchboard::TenantId;
use switchboard_api::service::SessionSecret;
use url::{Host, Url};

const THEME: &str = "sb-theme";
const TENANT: &str = "sb-tenant";
const YEAR: u64 = 365 * 24 * 60 * 60;

/// How the session's cookie may be set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Door {
    /// Over https.
    Secure,
    /// On this machine, at this port.
    Loopback(u16),
    /// Over plain http from elsewhere: not at all.
    Closed,
}

impl Door {
    /// The door of a server that is reached there.
    pub(crate) fn of(public_url: &Url) -> Self {
        let is_here = match public_url.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        };
        match public_url.scheme() {
            "https" => Self::Secure,
            _ if is_here => Self::Loopback(public_url.port_or_known_default().unwrap_or(80)),
            _ => Self::Closed,
        }
    }

    fn name(&self) -> String {
        match self {
            Self::Secure => "__Host-sb".to_owned(),
            Self::Loopback(port) => format!("sb-{port}"),
            Self::Closed => String::new(),
        }
    }

    /// The session that a browser sent.
    pub(crate) fn session(&self, headers: &HeaderMap) -> Option<SessionSecret> {
        if *self == Self::Closed {
            return None;
        }
        SessionSecret::parse(value(headers, &self.name())?)
    }

    /// `Set-Cookie` for a session that lasts this long.
    pub(crate) fn set(&self, secret: &SessionSecret, lasts: Duration) -> Option<HeaderValue> {
        self.cookie(secret.expose(), lasts.as_secs())
    }

    /// `Set-Cookie` that makes the browser forget its session.
    pub(crate) fn forget(&self) -> Option<HeaderValue> {
        self.cookie("", 0)
    }

    fn cookie(&self, value: &str, seconds: u64) -> Option<HeaderValue> {
        let secure = match self {
            Self::Secure => "; Secure",
            Self::Loopback(_) => "",
            Self::Closed => return None,
        };
        let name = self.name();
        let text =
            format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}");
        HeaderValue::from_str(&text).ok()
    }
}

/// Light, dark, or as the system is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Theme {
    #[default]
    System,
    Light,
    Dark,
}

impl Theme {
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        value(headers, THEME).map(Self::parse).unwrap_or_default()
    }

    pub(crate) fn parse(word: &str) -> Self {
        match word {
            "light" => Self::Light,
            "dark" => Self::Dark,
            _ => Self::System,
        }
    }

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    pub(crate) fn set(self) -> HeaderValue {
        let text =
            format!("{THEME}={}; Path=/console; Max-Age={YEAR}; SameSite=Lax", self.as_str());
        HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(""))
    }
}

/// The tenant that an operator chose to look at.
pub(crate) fn tenant(headers: &HeaderMap) -> Option<TenantId> {
    let sent = value(headers, TENANT)?;
    let (text, _) = url::form_urlencoded::parse(sent.as_bytes()).next()?;
    (!text.is_empty()).then(|| TenantId::from(text.as_ref()))
}

/// `Set-Cookie` for the tenant that is chosen from now on; `None`: every tenant.
pub(crate) fn set_tenant(tenant: Option<&str>) -> Option<HeaderValue> {
    let encoded: String =
        url::form_urlencoded::byte_serialize(tenant.unwrap_or_default().as_bytes()).collect();
    let seconds = if tenant.is_some() { YEAR } else { 0 };
    let text =
        format!("{TENANT}={encoded}; Path=/console; Max-Age={seconds}; HttpOnly; SameSite=Strict");
    HeaderValue::from_str(&text).ok()
}

fn value<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let sent = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut cookies = sent.flat_map(|text| text.split(';')).filter_map(|one| one.split_once('='));
    cookies.find(|(its, _)| its.trim() == name).map(|(_, value)| value.trim())
}
