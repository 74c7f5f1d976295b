//! Reads the secrets of the server.

use secrecy::{ExposeSecret, SecretBox};
use switchboard_core::Result;

use crate::config::{
    Config, credential,
    problem::{KeyPath, Problems},
    server::ServerSecrets,
};

impl Config {
    /// Reads the secrets that `[server]` names. Empty without `[server]`.
    ///
    /// # Errors
    /// `Configuration` that names the variable, never what is in it.
    pub fn server_secrets(
        &self,
        environment: impl Fn(&str) -> Option<String>,
    ) -> Result<ServerSecrets> {
        let Some(server) = &self.server else {
            return Ok(Vec::new());
        };
        let at = KeyPath::of("server");
        let mut problems = Problems::default();
        let current = server.secret_env.iter().map(|name| (at.key("secret_env"), name));
        let former = server.former_secret_envs.iter().enumerate();
        let former = former.map(|(index, name)| (at.key("former_secret_envs").index(index), name));
        let mut secrets = Vec::new();
        for (at, name) in current.chain(former) {
            let Some(text) = credential::from_environment(name, &environment) else {
                let fix = "set it to 64 hexadecimal digits, as from openssl rand -hex 32";
                let problem = format!("the environment variable {name} is not set: {fix}");
                problems.push(&at, problem);
                continue;
            };
            match credential::from_hex(text.expose_secret()) {
                Some(bytes) => secrets.push(SecretBox::new(Box::new(bytes))),
                None => problems.push(
                    &at,
                    format!("what {name} holds is not 64 hexadecimal digits: make it with openssl rand -hex 32"),
                ),
            }
        }
        if problems.is_empty() {
            return Ok(secrets);
        }
        Err(problems.into_error(|_| None).into())
    }
}
