//! The network between this process and the providers.
//!
//! | file | purpose |
//! |---|---|
//! | `proxy.rs` | the proxy, and who we are to it |
//! | `roots.rs` | certificates of authorities that the platform does not know |
//! | `tls.rs` | TLS with them |

mod proxy;
mod roots;
mod tls;

use std::{fmt, sync::Arc};

use rustls::crypto::CryptoProvider;
use switchboard_core::is_loopback;
use url::Url;

pub use self::{proxy::Proxy, roots::RootCertificates};
pub(crate) use tls::tls;

/// What the network asks of a client. The default is a network that asks nothing: no proxy, the
/// certificates of the platform, and ring.
///
/// Variables such as `HTTPS_PROXY` are never read.
///
/// ```
/// use switchboard_http::{Network, Proxy};
///
/// let mut network = Network::default();
/// network.proxy = Some(Proxy::new("http://proxy.example:3128")?);
/// # Ok::<(), switchboard_core::Error>(())
/// ```
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct Network {
    /// The proxy that requests go through. A loopback address is always asked directly: a proxy
    /// would look for it on its own machine.
    pub proxy: Option<Proxy>,
    /// Certificates that are trusted beside those of the platform.
    pub extra_roots: RootCertificates,
    /// The cryptography of TLS, for a program that must use another one than ring, such as one with
    /// a FIPS certificate.
    pub crypto_provider: Option<Arc<CryptoProvider>>,
}

impl Network {
    /// The proxy for requests to this address.
    pub(crate) fn proxy_to(&self, url: &Url) -> Option<&Proxy> {
        self.proxy.as_ref().filter(|_| !is_loopback(url))
    }
}

impl fmt::Debug for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let crypto = if self.crypto_provider.is_some() { "the program's own" } else { "ring" };
        f.debug_struct("Network")
            .field("proxy", &self.proxy)
            .field("extra_roots", &self.extra_roots)
            .field("crypto_provider", &crypto)
            .finish()
    }
}
