//! `[network]`: what stands between this process and the providers.

use std::path::{Path, PathBuf};

use serde::Deserialize;
#[cfg(feature = "backend")]
use switchboard_http::{Proxy, RootCertificates};

#[cfg(feature = "backend")]
use crate::config::credential;
use crate::config::{
    credential::wrong_variable,
    problem::{KeyPath, Problems},
};

/// `[network]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct NetworkConfig {
    /// The proxy that providers are reached through, as `http://proxy.example:3128`.
    pub proxy: Option<String>,
    /// The environment variable that holds its address instead, with user and password.
    pub proxy_env: Option<String>,
    /// Files with certificates of authorities (PEM) that are trusted beside those of the platform;
    /// relative to the configuration file.
    pub extra_roots: Vec<PathBuf>,
}

fn here() -> KeyPath {
    KeyPath::of("network")
}

/// Finds what is wrong, also in the files.
pub(crate) fn check(network: Option<&NetworkConfig>, directory: &Path, problems: &mut Problems) {
    let Some(network) = network else { return };
    let at = here();
    if cfg!(not(feature = "backend")) {
        problems.push(
            &at,
            "has no effect, because this program was built without a kind of provider that is reached over the network: build it with one, such as the feature kaicalls, or take this out",
        );
        return;
    }
    if network == &NetworkConfig::default() {
        problems.push(&at, "says nothing: set proxy, proxy_env or extra_roots, or take it out");
    }
    if let Some(problem) = network.proxy_env.as_deref().and_then(wrong_variable) {
        problems.push(&at.key("proxy_env"), problem);
    }
    if network.proxy.is_some() && network.proxy_env.is_some() {
        problems.push(
            &at.key("proxy"),
            "stands beside proxy_env, and there is one proxy: take one of the two out",
        );
    }
    #[cfg(feature = "backend")]
    {
        proxy(network, problems);
        extra_roots(network, directory, problems);
    }
    #[cfg(not(feature = "backend"))]
    let _ = directory;
}

/// The proxy that the file names.
#[cfg(feature = "backend")]
pub(super) fn proxy(network: &NetworkConfig, problems: &mut Problems) -> Option<Proxy> {
    let at = here().key("proxy");
    match Proxy::with_login(&network.proxy.as_deref()?.into()) {
        Ok(proxy) if proxy.has_login() => problems.push(
            &at,
            "carries a user or a password, and this file is shown and shared: put the whole address into an environment variable and name that one, \
             as proxy_env = \"SWITCHBOARD_PROXY\". Change the password if others saw this file",
        ),
        Ok(proxy) => return Some(proxy),
        Err(error) => problems.push(&at, error.message()),
    }
    None
}

/// The certificates of the files; relative paths start from the directory.
#[cfg(feature = "backend")]
pub(super) fn extra_roots(
    said: &NetworkConfig,
    directory: &Path,
    problems: &mut Problems,
) -> RootCertificates {
    let mut roots = RootCertificates::default();
    for (index, file) in said.extra_roots.iter().enumerate() {
        let path = directory.join(file);
        let read = std::fs::read(&path)
            .map_err(|error| format!("{} cannot be read: {error}", path.display()))
            .and_then(|pem| {
                RootCertificates::from_pem(&pem)
                    .map_err(|error| format!("{} {}", path.display(), error.message()))
            });
        match read {
            Ok(more) => roots.extend(more),
            Err(problem) => problems.push(&here().key("extra_roots").index(index), problem),
        }
    }
    roots
}

#[cfg(feature = "backend")]
pub(super) fn proxy_of_variable(
    said: &NetworkConfig,
    environment: &dyn Fn(&str) -> Option<String>,
    problems: &mut Problems,
) -> Option<Proxy> {
    let name = said.proxy_env.as_deref()?;
    let at = here().key("proxy_env");
    let Some(address) = credential::from_environment(name, environment) else {
        problems.push(
            &at,
            format!("the environment variable {name} is not set: set it to the proxy's address, as http://user:password@proxy.example:3128, or take this out"),
        );
        return None;
    };
    Proxy::with_login(&address)
        .map_err(|error| problems.push(&at, format!("what {name} holds {}", error.message())))
        .ok()
}
