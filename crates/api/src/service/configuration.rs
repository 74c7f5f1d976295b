//! The configuration in force, and the erasure of people.

use serde_json::json;
use switchboard::{
    Config, ConfigError, ConfigurationApplied, PhoneNumber,
    router::{AuditEntry, AuditTopic},
};

use crate::{
    CheckConfiguration, Service,
    caller::{Allowed, ConfigurationReload, PeopleErase, ProvidersRead},
    problem::{Code, Problem, Result},
    service::{control, facts},
    wire::{Configuration, ErasePerson, ErasedPerson, ReloadRequested},
};

/// The configuration file beside what runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConfigurationFile {
    /// It says what runs.
    Same,
    /// It says something else: a reload would take it up.
    Changed {
        /// Its version.
        version: Option<String>,
        /// The lines that differ. Empty if only files that it names differ, or if the ledger does
        /// not have the text of what runs.
        lines: Vec<ChangedLine>,
    },
    /// It is wrong, and a reload would refuse it for this reason.
    Refused(String),
}

/// A line that is in one of two texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedLine {
    /// True if it is in the file and not in what runs.
    pub added: bool,
    /// Its number in its text, from 1.
    pub number: usize,
    /// The line.
    pub text: String,
}

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
        let version = read(check)
            .await?
            .map_err(|error| Problem::new(Code::ConfigurationRefused, error.to_string()))?
            .version();
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

    /// How the configuration file differs from what runs.
    ///
    /// # Errors
    /// `unsupported` if this process was not started with a file; `journal_unavailable`.
    pub async fn configuration_file(
        &self,
        _: Allowed<'_, ConfigurationReload>,
    ) -> Result<ConfigurationFile> {
        let Some(check) = self.settings().check_configuration.clone() else {
            let detail = "this process was not started with a configuration file";
            return Err(Problem::new(Code::Unsupported, detail));
        };
        let file = match read(check).await? {
            Ok(file) => file,
            Err(error) => return Ok(ConfigurationFile::Refused(error.to_string())),
        };
        let (version, in_force) = (file.version(), self.switchboard().engine().version());
        if version == in_force {
            return Ok(ConfigurationFile::Same);
        }
        let entries = self.store().audit_entries(AuditTopic::Configuration, 0).await?;
        let former = entries.iter().rev().find_map(|(_, entry)| {
            let one = serde_json::from_value::<ConfigurationApplied>(entry.what.clone()).ok()?;
            one.text.filter(|_| Some(&one.version) == in_force.as_ref())
        });
        let lines = match (former, file.text()) {
            (Some(former), Some(text)) => changed(&former, text),
            (None, _) | (_, None) => Vec::new(),
        };
        Ok(ConfigurationFile::Changed { version, lines })
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

/// Reads the file. A large deck takes a while.
async fn read(check: CheckConfiguration) -> Result<std::result::Result<Config, ConfigError>> {
    let checked = tokio::task::spawn_blocking(move || check()).await;
    checked.map_err(|_| Problem::new(Code::Internal, "the file could not be checked"))
}

/// What is between the lines that both texts begin with and those that both end with: first as it
/// was, then as it is.
fn changed(former: &str, now: &str) -> Vec<ChangedLine> {
    let (former, now): (Vec<&str>, Vec<&str>) = (former.lines().collect(), now.lines().collect());
    let same = |(one, other): &(&&str, &&str)| one == other;
    let begin = former.iter().zip(&now).take_while(same).count();
    let shorter = former.len().min(now.len()) - begin;
    let end = former.iter().rev().zip(now.iter().rev()).take(shorter).take_while(same).count();
    let between = |lines: &[&str], added: bool| -> Vec<ChangedLine> {
        let kept = lines.len() - begin - end;
        let lines = lines.iter().enumerate().skip(begin).take(kept);
        let line = |(at, text): (usize, &&str)| ChangedLine {
            added,
            number: at + 1,
            text: (*text).to_owned(),
        };
        lines.map(line).collect()
    };
    [between(&former, false), between(&now, true)].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(former: &str, now: &str) -> String {
        let line = |one: &ChangedLine| {
            format!("{}{}{} ", if one.added { '+' } else { '-' }, one.number, one.text)
        };
        changed(former, now).iter().map(line).collect::<String>().trim_end().to_owned()
    }

    #[test]
    fn lines_that_both_texts_share_at_their_ends_are_left_out() {
        for (former, now, expected) in [
            ("a\nb\nc", "a\nb\nc", ""),
            ("a\nb\nc", "a\nx\nc", "-2b +2x"),
            ("a\nc", "a\nb\nc", "+2b"),
            ("a\na\na", "a\na", "-3a"),
            ("", "a", "+1a"),
            ("a\nb", "", "-1a -2b"),
            ("a\nb\nc\nd", "x\nb\nc\ny", "-1a -2b -3c -4d +1x +2b +3c +4y"),
        ] {
            assert_eq!(shown(former, now), expected, "{former:?} {now:?}");
        }
    }
}
