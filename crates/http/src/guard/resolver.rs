//! Resolves names and refuses those that lead inside.

use std::{
    fmt,
    io::{Error, ErrorKind},
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use async_trait::async_trait;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::GuardRules;

/// Finds the addresses of a name.
#[async_trait]
pub trait NameResolver: fmt::Debug + Send + Sync {
    /// All addresses of this name.
    async fn resolve(&self, name: &str) -> std::io::Result<Vec<IpAddr>>;
}

/// Asks the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemResolver;

#[async_trait]
impl NameResolver for SystemResolver {
    async fn resolve(&self, name: &str) -> std::io::Result<Vec<IpAddr>> {
        Ok(tokio::net::lookup_host((name, 0)).await?.map(|address| address.ip()).collect())
    }
}

/// Hands only addresses to the client that the rules allow. One that they do not allow refuses the
/// whole name: its owner has no reason to mix them.
#[derive(Debug)]
pub(super) struct Guarded {
    pub(super) rules: Arc<GuardRules>,
    pub(super) names: Arc<dyn NameResolver>,
}

/// A name leads to an address that is not allowed.
#[derive(Debug)]
pub(super) struct LeadsInside;

impl fmt::Display for LeadsInside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name leads to an address that is not public")
    }
}

impl std::error::Error for LeadsInside {}

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let (rules, names) = (Arc::clone(&self.rules), Arc::clone(&self.names));
        Box::pin(async move {
            let found = names.resolve(name.as_str()).await?;
            if found.is_empty() {
                return Err(Error::new(ErrorKind::NotFound, "the name has no address").into());
            }
            if !found.iter().all(|address| rules.allows(*address)) {
                return Err(LeadsInside.into());
            }
            // Port 0 stands for the URL's own.
            let found = found.into_iter().map(|address| SocketAddr::new(address, 0));
            let found: Addrs = Box::new(found);
            Ok(found)
        })
    }
}
