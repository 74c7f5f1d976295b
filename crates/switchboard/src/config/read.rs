//! From text to the structs: every misfit of one file, not the first one only.
//!
//! Serde stops at the first error. So the offending key is taken out, and the rest is read again
//! until it fits; what was taken out is what is reported.

use serde::de::DeserializeOwned;
use serde_path_to_error::{Path, Segment};
use toml::{
    Spanned,
    de::{DeTable, DeValue, Deserializer},
};

use crate::config::{
    problem::{ConfigError, KeyPath, Position, Problem, Problems, Step},
    suggest,
};

/// The search for problems stops here: a longer list would not be read.
const MOST_PASSES: usize = 100;

/// A TOML text, and where its keys stand.
pub(crate) struct Document<'a> {
    text: &'a str,
    root: Spanned<DeTable<'a>>,
}

impl<'a> Document<'a> {
    /// # Errors
    /// Everything that keeps the text from being TOML. The text itself is never quoted: it may hold
    /// what should not be shown.
    pub(crate) fn parse(text: &'a str) -> Result<Self, ConfigError> {
        let (root, errors) = DeTable::parse_recoverable(text);
        if errors.is_empty() {
            return Ok(Self { text, root });
        }
        let problems = errors
            .iter()
            .map(|error| Problem {
                key: String::new(),
                position: error.span().map(|span| Position::of(text, span.start)),
                message: format!("this is no TOML: {}", error.message()),
            })
            .collect();
        Err(ConfigError { file: None, problems })
    }

    /// Reads it, and says what does not fit, which the value does not hold. `None` where the rest
    /// is no value.
    pub(crate) fn read<T: DeserializeOwned>(&self, problems: &mut Problems) -> Option<T> {
        let mut root = self.root.clone();
        for _ in 0..MOST_PASSES {
            let error = match serde_path_to_error::deserialize(Deserializer::from(root.clone())) {
                Ok(value) => return Some(value),
                Err(error) => error,
            };
            let place = read_path(error.path());
            let (missing, message) = suggest::plain(error.inner().message());
            let message = match place.steps().last() {
                Some(Step::Key(key)) => suggest::with_unit(key, message),
                Some(Step::Index(_)) | None => message,
            };
            let named = missing.map_or_else(|| place.clone(), |field| place.key(&field));
            // A key that was taken out for another reason is not missing.
            if !problems.names(&named) {
                problems.push(&named, message);
            }
            if !take_out(root.get_mut(), place.steps()) {
                return None;
            }
        }
        None
    }

    /// Where a key stands; of one that is not there, where the nearest table above it stands.
    pub(crate) fn position(&self, place: &KeyPath) -> Option<Position> {
        let mut found = None;
        let mut table = Some(self.root.get_ref());
        let mut value: Option<&Spanned<DeValue<'_>>> = None;
        for step in place.steps() {
            match step {
                Step::Key(key) => {
                    let Some((name, inner)) =
                        table.and_then(|table| table.get_key_value(key.as_str()))
                    else {
                        break;
                    };
                    found = Some(name.span().start);
                    value = Some(inner);
                }
                Step::Index(index) => {
                    let list = value.and_then(|value| value.get_ref().as_array());
                    let Some(inner) = list.and_then(|list| list.get(*index)) else {
                        break;
                    };
                    found = Some(inner.span().start);
                    value = Some(inner);
                }
            }
            table = value.and_then(|value| value.get_ref().as_table());
        }
        found.map(|offset| Position::of(self.text, offset))
    }
}

/// Where serde stopped.
pub(crate) fn read_path(path: &Path) -> KeyPath {
    let step = |segment: &Segment| match segment {
        Segment::Map { key } => Some(Step::Key(key.clone())),
        Segment::Seq { index } => Some(Step::Index(*index)),
        Segment::Enum { .. } | Segment::Unknown => None,
    };
    path.iter().filter_map(step).collect()
}

/// Takes out the innermost key on the way to `steps`: an entry of a list goes with its whole list,
/// because taking it out alone would renumber the rest.
fn take_out(root: &mut DeTable<'_>, steps: &[Step]) -> bool {
    let Some(last) = steps.iter().rposition(|step| matches!(step, Step::Key(_))) else {
        return false;
    };
    let Some((Step::Key(key), way)) = steps.get(..=last).and_then(<[Step]>::split_last) else {
        return false;
    };
    let mut way = way.iter();
    let mut table = root;
    while let Some(Step::Key(name)) = way.next() {
        let Some(mut value) = table.get_mut(name.as_str()).map(Spanned::get_mut) else {
            return false;
        };
        loop {
            match value {
                DeValue::Table(inner) => {
                    table = inner;
                    break;
                }
                DeValue::Array(list) => {
                    let Some(Step::Index(index)) = way.next() else {
                        return false;
                    };
                    let Some(inner) = list.get_mut(*index) else {
                        return false;
                    };
                    value = inner.get_mut();
                }
                DeValue::String(_)
                | DeValue::Integer(_)
                | DeValue::Float(_)
                | DeValue::Boolean(_)
                | DeValue::Datetime(_) => return false,
            }
        }
    }
    table.remove(key.as_str()).is_some()
}
