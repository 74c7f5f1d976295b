//! The network of a configuration: what `[network]` says, over what the program says.

use switchboard_core::Result;
use switchboard_http::Network;

use crate::config::{
    file::Config,
    network::{extra_roots, proxy, proxy_of_variable},
    problem::Problems,
};

impl Config {
    /// Adds what the program itself knows of its network, such as the cryptography that it must use.
    /// `[network]` goes before it: its proxy replaces the program's, and its certificates are added.
    /// A configuration that is read anew, to reload it, has to be given it again.
    #[must_use]
    pub fn with_network(mut self, network: Network) -> Self {
        self.own_network = network;
        self
    }

    /// The network that providers are reached over, as `[network]` and the program say. The files
    /// and the variable that it names are read.
    ///
    /// # Errors
    /// `Configuration` that names the key and the fix, and never shows the address of a variable.
    pub fn network(&self, environment: impl Fn(&str) -> Option<String>) -> Result<Network> {
        let mut problems = Problems::default();
        let network = self.read_network(&environment, &mut problems);
        if problems.is_empty() { Ok(network) } else { Err(problems.into_error(|_| None).into()) }
    }

    pub(crate) fn read_network(
        &self,
        environment: &dyn Fn(&str) -> Option<String>,
        problems: &mut Problems,
    ) -> Network {
        let mut network = self.own_network.clone();
        if let Some(said) = &self.network {
            let proxy = proxy(said, problems);
            let proxy = proxy.or_else(|| proxy_of_variable(said, environment, problems));
            network.proxy = proxy.or(network.proxy);
            network.extra_roots.extend(extra_roots(said, self.directory(), problems));
        }
        network
    }
}
