//! From text to a configuration that was checked, and its policy.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use switchboard_core::{Error, ErrorKind};
use switchboard_router::Policy;
use switchboard_rules::Tables;

use crate::{
    config::{
        account, compile,
        file::{Compiled, Config},
        problem::{ConfigError, Problems},
        read::Document,
    },
    registry::Registry,
};

impl Config {
    /// Reads a configuration and checks all of it but the credentials.
    ///
    /// # Errors
    /// Every problem of the text, each with its key, its place and the fix.
    pub fn from_toml(text: &str) -> Result<Self, ConfigError> {
        Self::with_registry(text, Registry::default())
    }

    /// The same with kinds of providers of your own.
    ///
    /// # Errors
    /// As [`Config::from_toml`].
    pub fn with_registry(text: &str, registry: Registry) -> Result<Self, ConfigError> {
        Self::read(text, registry, PathBuf::new())
    }

    fn read(text: &str, registry: Registry, directory: PathBuf) -> Result<Self, ConfigError> {
        let document = Document::parse(text)?;
        let mut problems = Problems::default();
        let read = document.read::<Self>(&mut problems).map(|config| Self {
            registry,
            directory,
            ..config
        });
        let policy = read.as_ref().and_then(|config| {
            if problems.is_empty() {
                return compile::policy(config, &mut problems);
            }
            account::check_settings(config, &mut problems);
            None
        });
        match (read, policy) {
            (Some(config), Some(policy)) if problems.is_empty() => {
                let tables = tables(&policy)
                    .map_err(|error| ConfigError::one("rules.files", error.message()))?;
                Ok(Self {
                    text: Some(Arc::from(text)),
                    compiled: Some(Arc::new(Compiled {
                        from: config.clone(),
                        policy: Arc::new(policy),
                        tables,
                    })),
                    ..config
                })
            }
            (_, _) => Err(problems.into_error(|place| document.position(place))),
        }
    }

    /// Reads a file. Relative paths in it start from its own directory.
    ///
    /// # Errors
    /// As [`Config::from_toml`]; also where the file cannot be read.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, ConfigError> {
        Self::from_file_with_registry(path, Registry::default())
    }

    /// The same with kinds of providers of your own.
    ///
    /// # Errors
    /// As [`Config::from_file`].
    pub fn from_file_with_registry(
        path: impl AsRef<Path>,
        registry: Registry,
    ) -> Result<Self, ConfigError> {
        let path = path.as_ref();
        let text = std::fs::read_to_string(path).map_err(|error| {
            ConfigError::one("", format!("cannot be read: {error}")).in_file(path)
        })?;
        let directory = path.parent().map(Path::to_owned).unwrap_or_default();
        Self::read(&text, registry, directory).map_err(|error| error.in_file(path))
    }

    /// What planning rests on. It needs no credential and sends nothing.
    ///
    /// # Errors
    /// A configuration that was changed after it was read, and does not fit any more.
    pub fn policy(&self) -> Result<Policy, ConfigError> {
        self.shared_policy().map(|policy| Policy::clone(&policy))
    }

    /// The tables of calling rules: those that are built in, with the files of `[rules]`.
    ///
    /// # Errors
    /// What is wrong with a file, or that it cannot be read.
    pub fn rule_tables(&self) -> Result<Tables, Error> {
        match self.unchanged() {
            Some(compiled) => Ok(compiled.tables.clone()),
            None => tables(&*self.shared_policy()?),
        }
    }

    /// What was made of the configuration, unless it was changed in code since.
    fn unchanged(&self) -> Option<&Compiled> {
        self.compiled.as_deref().filter(|compiled| self.says_the_same(&compiled.from))
    }

    pub(crate) fn shared_policy(&self) -> Result<Arc<Policy>, ConfigError> {
        if let Some(compiled) = self.unchanged() {
            return Ok(Arc::clone(&compiled.policy));
        }
        let mut problems = Problems::default();
        compile::policy(self, &mut problems)
            .map(Arc::new)
            .ok_or_else(|| problems.into_error(|_| None))
    }
}

fn tables(policy: &Policy) -> Result<Tables, Error> {
    compile::tables(&policy.rules).map_err(|wrong| {
        Error::new(ErrorKind::Configuration, wrong.join("; ")).with_field("rules.files")
    })
}
