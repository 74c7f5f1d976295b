//! The proxy that requests go through.

use std::fmt;

use percent_encoding::percent_decode_str;
use secrecy::{ExposeSecret, SecretString};
use switchboard_core::{Error, ErrorKind, Result};
use url::Url;

/// A proxy that is spoken to over HTTP or HTTPS. Requests to an `https://` address go through a
/// tunnel (`CONNECT`), so that the proxy sees nothing but the name of the host.
#[derive(Clone)]
pub struct Proxy {
    /// Without user and password.
    address: Url,
    login: Option<Login>,
}

#[derive(Clone)]
struct Login {
    /// The address with user and password.
    url: SecretString,
    /// The password, or the user where that is all there is; decoded, as an answer might repeat it.
    secret: SecretString,
}

impl Proxy {
    /// The proxy at this address, as `http://proxy.example:3128`.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] for what is no address of a proxy, and for one with a user or a
    /// password: [`with_login`](Self::with_login) takes those.
    pub fn new(address: &str) -> Result<Self> {
        let url = parsed(address)?;
        if names_a_login(&url) {
            return Err(refused(
                "carries a user or a password, and addresses are shown: give it as a secret",
            ));
        }
        Ok(Self { address: url, login: None })
    }

    /// The proxy at an address with user and password, as `http://user:password@proxy.example:3128`.
    /// Characters with a meaning in URLs are percent-encoded. An address without them is as good.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] for what is no address of a proxy. It does not show the address.
    pub fn with_login(address: &SecretString) -> Result<Self> {
        let url = parsed(address.expose_secret())?;
        let login = names_a_login(&url).then(|| Login {
            url: url.as_str().into(),
            secret: percent_decode_str(url.password().unwrap_or(url.username()))
                .decode_utf8_lossy()
                .as_ref()
                .into(),
        });
        let mut address = url;
        // They fail for addresses without a host only, which are refused above.
        let _ = (address.set_username(""), address.set_password(None));
        Ok(Self { address, login })
    }

    /// The address, without user and password.
    pub fn address(&self) -> &Url {
        &self.address
    }

    /// True if the proxy is given a user or a password.
    pub const fn has_login(&self) -> bool {
        self.login.is_some()
    }

    /// The host and port.
    pub(crate) fn place(&self) -> String {
        let port = self.address.port_or_known_default().unwrap_or_default();
        format!("{}:{port}", self.address.host_str().unwrap_or_default())
    }

    /// What has to be removed from answers.
    pub(crate) fn secret(&self) -> Option<&SecretString> {
        self.login.as_ref().map(|login| &login.secret)
    }

    /// For the HTTP library.
    pub(crate) fn built(&self) -> reqwest::Result<reqwest::Proxy> {
        match &self.login {
            Some(login) => reqwest::Proxy::all(login.url.expose_secret()),
            None => reqwest::Proxy::all(self.address.clone()),
        }
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Proxy")
            .field("address", &self.address.as_str())
            .field("has_login", &self.has_login())
            .finish()
    }
}

fn parsed(address: &str) -> Result<Url> {
    let form = "is no address of a proxy: write it as http://proxy.example:3128";
    let url = Url::parse(address.trim()).map_err(|_| refused(form))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(refused(
            "does not begin with http:// or https://, and no other kind of proxy is used: write it as http://proxy.example:3128",
        ));
    }
    if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
        return Err(refused("has something behind the port: take it out"));
    }
    // The HTTP library reads it again, in stricter ways, and would go without a proxy in silence.
    if url.host_str().is_none() || url.as_str().parse::<http::Uri>().is_err() {
        return Err(refused(form));
    }
    Ok(url)
}

fn names_a_login(url: &Url) -> bool {
    !url.username().is_empty() || url.password().is_some()
}

fn refused(message: &'static str) -> Error {
    Error::new(ErrorKind::Configuration, message).with_field("proxy")
}
