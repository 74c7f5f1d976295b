//! The settings of the calling rules, and what is wrong with them.

use std::{fs, path::Path};

use switchboard_core::Region;
use switchboard_router::RuleSettings;
use switchboard_rules::Tables;

use crate::config::{
    file::Config,
    problem::{KeyPath, Problems},
};

/// The longest reason for turning the rules off, in characters.
const LONGEST_REASON: usize = 200;

pub(crate) fn compile(config: &Config, problems: &mut Problems) -> RuleSettings {
    let at = KeyPath::of("rules");
    let Some(rules) = &config.rules else {
        return RuleSettings::default();
    };
    if let Some(problem) = rules.off.as_deref().and_then(wrong_reason) {
        problems.push(&at.key("off"), problem);
    }
    let mut tables = Tables::builtin();
    let mut files = Vec::with_capacity(rules.files.len());
    for (index, file) in rules.files.iter().enumerate() {
        let key = at.key("files").index(index);
        let path = config.directory().join(file);
        if file.as_os_str().is_empty() {
            problems.push(&key, "is empty: name a file, as \"my-rules.tsv\"");
        } else if rules.files.iter().take(index).any(|earlier| earlier == file) {
            problems.push(&key, "is listed twice: keep the first");
        } else if !path.is_file() {
            problems.push(
                &key,
                format!("there is no file {}: correct the path, or take it out", path.display()),
            );
        } else {
            match with_file(&tables, &path) {
                Ok(more) => tables = more,
                Err(wrong) => wrong.into_iter().for_each(|one| problems.push(&key, one)),
            }
        }
        files.push(path);
    }
    let mut emergencies: Vec<Region> = Vec::with_capacity(rules.emergencies.len());
    for (index, text) in rules.emergencies.iter().enumerate() {
        let key = at.key("emergencies").index(index);
        match text.parse::<Region>() {
            Ok(region) if emergencies.contains(&region) => {
                problems.push(&key, "is listed twice: keep the first");
            }
            Ok(region) => emergencies.push(region),
            Err(error) => problems.push(&key, format!("{text:?} {}", error.message())),
        }
    }
    RuleSettings::default().with(|settings| {
        settings.off = rules.off.as_deref().map(|reason| reason.trim().to_owned());
        settings.files = files;
        settings.emergencies = emergencies;
    })
}

/// The built-in tables with the files of the operator.
///
/// # Errors
/// What is wrong with a file, or that it cannot be read any more.
pub(crate) fn tables(settings: &RuleSettings) -> Result<Tables, Vec<String>> {
    let mut files = settings.files.iter();
    files.try_fold(Tables::builtin(), |tables, file| with_file(&tables, file))
}

fn with_file(tables: &Tables, path: &Path) -> Result<Tables, Vec<String>> {
    let name = path.display().to_string();
    let text = fs::read_to_string(path)
        .map_err(|error| vec![format!("the file {name} cannot be read as text: {error}")])?;
    tables
        .with_rows(&name, &text)
        .map_err(|errors| errors.iter().map(ToString::to_string).collect())
}

fn wrong_reason(reason: &str) -> Option<String> {
    let reason = reason.trim();
    let length = reason.chars().count();
    if reason.is_empty() {
        return Some("is empty: say why no call is checked, or take it out".to_owned());
    }
    if reason.chars().any(char::is_control) {
        return Some("is not one line: say in one line why no call is checked".to_owned());
    }
    (length > LONGEST_REASON)
        .then(|| format!("has {length} characters: shorten it to {LONGEST_REASON}"))
}
