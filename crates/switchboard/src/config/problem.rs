//! What is wrong with a configuration: each problem by its key, with its position in the file and
//! the fix.
//!
//! Problems are collected rather than reported one by one, so that a file can be fixed in one go.

use std::{fmt, path::PathBuf};

use switchboard_core::{Error, ErrorKind};

/// One step on the way to a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    Key(String),
    Index(usize),
}

/// Where a key is: `providers.kaicalls.tariff.rows[3].per_minute`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct KeyPath(Vec<Step>);

impl KeyPath {
    pub(crate) fn of(key: &str) -> Self {
        Self::default().key(key)
    }

    #[must_use]
    pub(crate) fn key(&self, key: &str) -> Self {
        self.with(Step::Key(key.to_owned()))
    }

    #[must_use]
    pub(crate) fn index(&self, index: usize) -> Self {
        self.with(Step::Index(index))
    }

    /// The path of a field that an error names, as `webhook.secret` or `hosts[1].name`.
    #[must_use]
    pub(crate) fn dotted(&self, field: &str) -> Self {
        field.split('.').fold(self.clone(), |path, part| {
            let (key, index) = part.strip_suffix(']').and_then(|part| part.split_once('[')).unzip();
            match (key, index.and_then(|index| index.parse().ok())) {
                (Some(key), Some(index)) => path.key(key).index(index),
                (_, _) => path.key(part),
            }
        })
    }

    pub(crate) fn steps(&self) -> &[Step] {
        &self.0
    }

    fn with(&self, step: Step) -> Self {
        let mut steps = self.0.clone();
        steps.push(step);
        Self(steps)
    }
}

impl FromIterator<Step> for KeyPath {
    fn from_iter<I: IntoIterator<Item = Step>>(steps: I) -> Self {
        Self(steps.into_iter().collect())
    }
}

impl fmt::Display for KeyPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, step) in self.0.iter().enumerate() {
            match step {
                Step::Index(index) => write!(f, "[{index}]")?,
                Step::Key(key) => {
                    if at > 0 {
                        f.write_str(".")?;
                    }
                    let bare = !key.is_empty()
                        && key.bytes().all(|byte| {
                            byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
                        });
                    if bare { f.write_str(key)? } else { write!(f, "{key:?}")? }
                }
            }
        }
        Ok(())
    }
}

/// The problems found so far.
#[derive(Debug, Default)]
pub(crate) struct Problems(Vec<(KeyPath, String)>);

impl Problems {
    pub(crate) fn push(&mut self, path: &KeyPath, message: impl Into<String>) {
        self.0.push((path.clone(), message.into()));
    }

    pub(crate) fn append(&mut self, other: Problems) {
        self.0.extend(other.0);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn names(&self, path: &KeyPath) -> bool {
        self.0.iter().any(|(named, _)| named == path)
    }

    /// Turns them into one error; `position` says where a key is in the file.
    pub(crate) fn into_error(self, position: impl Fn(&KeyPath) -> Option<Position>) -> ConfigError {
        let mut problems: Vec<_> = self
            .0
            .into_iter()
            .map(|(path, message)| Problem {
                key: path.to_string(),
                position: position(&path),
                message,
            })
            .collect();
        problems.sort_by_key(|problem| {
            problem.position.map_or((usize::MAX, 0), |at| (at.line, at.column))
        });
        ConfigError { file: None, problems }
    }
}

/// A position in a file, counted from 1; columns count characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
}

impl Position {
    pub(crate) fn of(text: &str, offset: usize) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        Self { line, column }
    }
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The key, as `providers.kaicalls.tariff.rows[3].per_minute`; empty if the text is not TOML
    /// at all.
    pub key: String,
    /// Where the key stands, for a configuration that was read from text.
    pub position: Option<Position>,
    /// What is wrong with it, and how to fix it.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(at) = self.position {
            write!(f, "line {}, column {}: ", at.line, at.column)?;
        }
        if !self.key.is_empty() {
            write!(f, "{}: ", self.key)?;
        }
        f.write_str(&self.message)
    }
}

/// Why a configuration is refused. It never shows a secret, not even one that is in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    pub(crate) file: Option<PathBuf>,
    pub(crate) problems: Vec<Problem>,
}

impl ConfigError {
    pub(crate) fn one(key: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            file: None,
            problems: vec![Problem { key: key.into(), position: None, message: message.into() }],
        }
    }

    pub(crate) fn in_file(mut self, file: impl Into<PathBuf>) -> Self {
        self.file = Some(file.into());
        self
    }

    /// What is wrong, in the order of the file. Never empty.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.file {
            Some(file) => write!(f, "{}", file.display())?,
            None => f.write_str("the configuration")?,
        }
        match self.problems.as_slice() {
            [only] => write!(f, ": {only}"),
            several => {
                write!(f, " has {} problems:", several.len())?;
                several.iter().try_for_each(|problem| write!(f, "\n  {problem}"))
            }
        }
    }
}

impl std::error::Error for ConfigError {}

impl From<ConfigError> for Error {
    fn from(error: ConfigError) -> Self {
        let whole = Error::new(ErrorKind::Configuration, error.to_string());
        match error.problems.as_slice() {
            // The message already names the key; the field is for programs.
            [only] if error.file.is_none() && only.position.is_none() => {
                Error::new(ErrorKind::Configuration, only.message.clone())
                    .with_field(only.key.clone())
            }
            _ => whole,
        }
    }
}
