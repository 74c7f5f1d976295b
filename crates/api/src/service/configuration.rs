//! The configuration in force, and the erasure of people.

use serde_json::json;
use switchboard::{
    ConfigurationApplied, PhoneNumber,
    router::{AuditEntry, AuditTopic},
};

use crate::{
    Service,
    caller::{Allowed, ConfigurationReload, PeopleErase, ProvidersRead},
    problem::{Code, Problem, Result},
    service::{control, facts},
    wire::{Configuration, ErasePerson, ErasedPerson, ReloadRequested},
};

impl Service {
    /// The configuration in force in this process.
    ///
    /// # Errors
    /// `journal_unavailable`.
    pub async fn configuration(&self, _: Allowed<'_, ProvidersRead>) -> Result<Configuration> {
        let version = self.switchboard().engine().version();
        let entries = self.store().audit_entries(AuditTopic::Configuration, 0).await?;
        let taken = entries.iter().rev().map(|(_, entry)| entry).find(|entry| {
            serde_json::from_value::<ConfigurationApplied>(entry.what.clone())
                .is_ok_and(|one| one.applied && Some(&one.version) == version.as_ref())
        });
        Ok(Configuration {
            since: taken.map(|entry| entry.at.into()),
            by: taken.map(|entry| entry.by.clone()),
            version,
        })
    }

    /// Asks every process to read its configuration again. The file is checked first.
    ///
    /// # Errors
    /// `unsupported` if this process was not started with a file; `configuration_refused`.
    pub async fn reload(&self, by: Allowed<'_, ConfigurationReload>) -> Result<ReloadRequested> {
        let Some(check) = self.settings().check_configuration.clone() else {
            let detail = "this process was not started with a configuration file";
            return Err(Problem::new(Code::Unsupported, detail));
        };
        // A large deck takes a while to read.
        let checked = tokio::task::spawn_blocking(move || check()).await;
        let version = checked
            .map_err(|_| Problem::new(Code::Internal, "the file could not be checked"))?
            .map_err(|error| Problem::new(Code::ConfigurationRefused, error.to_string()))?;
        let request = AuditEntry {
            topic: AuditTopic::Reload,
            subject: "configuration".to_owned(),
            what: json!({"version": version}),
            by: Self::who(by.caller()),
            at: self.clock().now(),
        };
        let number = self.store().append_audit(&request).await?;
        Ok(ReloadRequested { version, number })
    }

    /// Destroys what is known of a person, in all tenants.
    ///
    /// # Errors
    /// `number_not_allowed`; `not_settled` if one of their calls may still change; `unsupported` if
    /// calls are kept in memory.
    pub async fn erase(
        &self,
        by: Allowed<'_, PeopleErase>,
        new: &ErasePerson,
    ) -> Result<ErasedPerson> {
        let note = control::note(&new.note)?;
        let person = PhoneNumber::parse(&new.to)
            .map_err(|error| Problem::new(Code::NumberNotAllowed, error.to_string()).field("to"))?;
        let tag = self.switchboard().engine().tag(&person).unwrap_or_default();
        let now = self.clock().now();
        let erased = facts::erase(self.switchboard(), &person, now).await?;
        let what = json!({"erase": erased, "note": note});
        self.note(by.caller(), AuditTopic::Person, &tag, what).await?;
        Ok(erased)
    }
}
