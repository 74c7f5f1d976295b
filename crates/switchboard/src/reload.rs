//! Another configuration for a router that runs: taken up whole, or not at all.
//!
//! The new file is read, checked and given its credentials before anything changes; then the router
//! swaps it in one step. Calls under way keep the configuration that they were planned in. Which
//! one held when, and which was refused and why, stands in the ledger.

use serde::{Deserialize, Serialize};
use switchboard_core::{Error, ErrorKind, Result};
use switchboard_journal::Journal;
use switchboard_router::{AuditEntry, AuditTopic};

use crate::{Config, Switchboard};

/// What became of a configuration, as the ledger keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfigurationApplied {
    /// What it is called beside the plans that are made by it.
    pub version: String,
    /// False: it was refused, and the one before holds.
    #[serde(alias = "taken")]
    pub applied: bool,
    /// Why it was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// Why the calling rules are off, if they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rules_off: Option<String>,
    /// The file, where the ledger does not have it yet. No secret stands in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

impl Switchboard {
    /// Takes up another configuration: providers, prices, routes, experiments, limits and budgets.
    /// Says its version.
    ///
    /// # Errors
    /// `Configuration` that names what is wrong, or what only a new start can change: `[ledger]`,
    /// `[server]`, `[telemetry]` and `[webhooks]`. Nothing changed then.
    pub async fn reload(
        &self,
        config: &Config,
        environment: impl Fn(&str) -> Option<String>,
    ) -> Result<String> {
        let version = config.version().unwrap_or_else(|| "unnamed".to_owned());
        let done = self
            .stays(config)
            .and_then(|()| config.engine_builder(environment, self.clock()))
            .and_then(|builder| self.engine().reload(builder));
        let why = done.as_ref().err().map(ToString::to_string);
        self.note(config, &version, why, true).await?;
        done.map(|()| version)
    }

    /// Writes down that a file could not even be read.
    ///
    /// # Errors
    /// `Journal`.
    pub async fn refused(&self, why: &str) -> Result<()> {
        self.append_audit(&ConfigurationApplied {
            version: "unread".to_owned(),
            applied: false,
            why: Some(why.to_owned()),
            rules_off: None,
            text: None,
        })
        .await
    }

    /// What only a new start can change.
    fn stays(&self, config: &Config) -> Result<()> {
        let Some(former) = self.configuration() else {
            return Ok(());
        };
        let fault = |field: &'static str| {
            Err(Error::new(
                ErrorKind::Configuration,
                "cannot change while the process runs: restart it, or restore the former value",
            )
            .with_field(field))
        };
        if former.webhooks != config.webhooks {
            return fault("webhooks");
        }
        if former.server != config.server {
            return fault("server");
        }
        if former.telemetry != config.telemetry {
            return fault("telemetry");
        }
        // For how long things are kept is read where they are swept.
        let place = |config: &Config| {
            let mut ledger = config.ledger.clone();
            if let Some(ledger) = &mut ledger {
                ledger.retention = crate::config::RetentionConfig::default();
            }
            ledger
        };
        if place(former) != place(config) {
            return fault("ledger");
        }
        Ok(())
    }

    /// Writes down which configuration holds from now on; unless `always`, only where the ledger
    /// does not say so already.
    pub(crate) async fn note(
        &self,
        config: &Config,
        version: &str,
        why: Option<String>,
        always: bool,
    ) -> Result<()> {
        let Some(journal) = self.durable() else {
            return Ok(());
        };
        let known = journal.audit_entries(AuditTopic::Configuration, 0).await?;
        let mut known = known.iter().rev().filter_map(|(_, decision)| {
            serde_json::from_value::<ConfigurationApplied>(decision.what.clone()).ok()
        });
        let applied = why.is_none();
        if applied
            && !always
            && known.clone().find(|one| one.applied).is_some_and(|last| last.version == version)
        {
            return Ok(());
        }
        let kept = known.any(|one| one.version == version && one.text.is_some());
        self.append_audit(&ConfigurationApplied {
            version: version.to_owned(),
            applied,
            why,
            rules_off: config.rules.as_ref().and_then(|rules| rules.off.clone()),
            text: config.text().filter(|_| applied && !kept).map(str::to_owned),
        })
        .await
    }

    async fn append_audit(&self, what: &ConfigurationApplied) -> Result<()> {
        let Some(journal) = self.durable() else {
            return Ok(());
        };
        let what = serde_json::to_value(what)
            .map_err(|error| Error::new(ErrorKind::Journal, error.to_string()))?;
        let decision = AuditEntry {
            topic: AuditTopic::Configuration,
            subject: "configuration".to_owned(),
            what,
            by: format!("process {}", std::process::id()),
            at: self.clock().now(),
        };
        journal.append_audit(&decision).await.map(|_| ())
    }

    #[cfg(feature = "ledger")]
    fn durable(&self) -> Option<std::sync::Arc<dyn Journal>> {
        self.ledger().map(switchboard_ledger::Ledger::journal)
    }

    #[cfg(not(feature = "ledger"))]
    fn durable(&self) -> Option<std::sync::Arc<dyn Journal>> {
        None
    }
}
