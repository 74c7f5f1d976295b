//! Records: typed fields, with the whole answer kept beside them.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use serde_json::Value;
use switchboard_core::{Raw, Result};
use switchboard_http::Answer;

use super::read::{ReadJson, below, is_blank};

/// Declares a record: each field with the keys that the documents use for it; the first readable
/// one wins. Every field is optional, and the raw answer is kept with everything that no field
/// reads. `Debug` shows the name only, because answers hold names, numbers and conversations.
macro_rules! record {
    ($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty = [$($key:literal),+],)* }) => {
        $(#[$doc])*
        #[derive(Clone, Default, PartialEq)]
        #[non_exhaustive]
        pub struct $name {
            $($(#[$field_doc])* pub $field: Option<$type>,)*
            raw: switchboard_core::Raw,
        }

        impl $name {
            /// Each field and the keys it is read from, in order. A key with a slash is a JSON
            /// pointer.
            pub const FIELDS: &'static [(&'static str, &'static [&'static str])] = &[$((stringify!($field), &[$($key),+])),*];

            /// The answer as received, unknown fields included.
            pub fn raw(&self) -> &switchboard_core::Raw {
                &self.raw
            }

            /// The parts of the answer that no field reads, as JSON pointers: what a newer API
            /// returns beyond the documents.
            pub fn unread(&self) -> Vec<String> {
                let mut places = Vec::new();
                <Self as $crate::wire::ReadJson>::unread(self.raw.value(), "", &mut places);
                places
            }
        }

        impl $crate::wire::ReadJson for $name {
            fn read_json(value: &serde_json::Value) -> Option<Self> {
                value.is_object().then(|| Self {
                    $($field: $crate::wire::first(value, &[$($key),+]),)*
                    raw: value.clone().into(),
                })
            }

            fn unread(value: &serde_json::Value, at: &str, places: &mut Vec<String>) {
                $crate::wire::collect_unread(value, at, places, &[
                    $($crate::wire::FieldKeys {
                        keys: &[$($key),+],
                        reads: |found| <$type as $crate::wire::ReadJson>::read_json(found).is_some(),
                        unread: <$type as $crate::wire::ReadJson>::unread,
                    }),*
                ]);
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::wire::object(deserializer)
            }
        }

        /// The answer as received.
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serde::Serialize::serialize(&self.raw, serializer)
            }
        }

        impl $crate::wire::FromAnswer for $name {
            fn from_answer(answer: &switchboard_http::Answer) -> switchboard_core::Result<Self> {
                answer.json()
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }
    };
}

pub(crate) use record;

/// A type that can be read from a whole answer.
pub(crate) trait FromAnswer: Sized {
    /// Reads it.
    ///
    /// # Errors
    /// `Decode`, with what the answer's status proved.
    fn from_answer(answer: &Answer) -> Result<Self>;
}

/// One field of a record, for [`collect_unread`].
pub(crate) struct FieldKeys {
    pub(crate) keys: &'static [&'static str],
    pub(crate) reads: fn(&Value) -> bool,
    pub(crate) unread: fn(&Value, &str, &mut Vec<String>),
}

/// The parts of an object that no field reads. A field reads the first of its keys that it can; the
/// others stay unread, so that an answer which says the same thing twice in different words is
/// noticed.
pub(crate) fn collect_unread(
    value: &Value,
    at: &str,
    places: &mut Vec<String>,
    fields: &[FieldKeys],
) {
    let mut read = Vec::new();
    for field in fields {
        for key in field.keys {
            let pointer = if key.starts_with('/') { (*key).to_owned() } else { format!("/{key}") };
            let Some(found) = value.pointer(&pointer) else {
                continue;
            };
            let readable = (field.reads)(found);
            if readable {
                (field.unread)(found, &format!("{at}{pointer}"), places);
            }
            if readable || is_blank(found) {
                read.push(pointer);
            }
            if readable {
                break;
            }
        }
    }
    collect_remaining(value, "", at, &read, places);
}

fn collect_remaining(
    value: &Value,
    inside: &str,
    at: &str,
    read: &[String],
    places: &mut Vec<String>,
) {
    for (key, child) in value.as_object().into_iter().flatten() {
        let pointer = below(inside, key);
        if read.contains(&pointer) {
            continue;
        }
        let deeper = format!("{pointer}/");
        if child.is_object() && read.iter().any(|read| read.starts_with(&deeper)) {
            collect_remaining(child, &pointer, at, read, places);
        } else {
            places.push(format!("{at}{pointer}"));
        }
    }
}

/// Reads a record, or reports that an object was expected.
pub(crate) fn object<'de, T: ReadJson, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    let value = Value::deserialize(deserializer)?;
    T::read_json(&value).ok_or_else(|| D::Error::custom("invalid type, expected an object"))
}

/// One page of a list, in any of its shapes.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Listing<T> {
    /// The entries, all of them.
    pub items: Vec<T>,
    /// How many entries the answer had, unreadable ones included: the distance to the next offset.
    pub received: usize,
    /// The total number of entries, if the answer has it.
    pub total: Option<u64>,
    /// Whether there are more entries, if the answer says so.
    pub has_more: Option<bool>,
    raw: Raw,
}

/// An entry of a list, with the keys under which the documents put the list.
pub trait Listed: ReadJson {
    /// In order of preference; a list at the top level is accepted as well.
    const LIST_KEYS: &'static [&'static str];
}

macro_rules! listed {
    ($name:ty = [$($key:literal),+]) => {
        impl $crate::wire::Listed for $name {
            const LIST_KEYS: &'static [&'static str] = &[$($key),+];
        }
    };
}

pub(crate) use listed;

impl<T: Listed> Listing<T> {
    /// Reads a list at the top level or under one of the type's keys.
    pub(crate) fn of(value: &Value) -> Option<Self> {
        let (_, entries) = Self::entries(value)?;
        Some(Self {
            items: entries.iter().filter_map(T::read_json).collect(),
            received: entries.len(),
            total: super::first(value, &["total", "total_count"]),
            has_more: super::first(value, &["has_more"]),
            raw: value.clone().into(),
        })
    }

    fn entries(value: &Value) -> Option<(&'static str, &Vec<Value>)> {
        match value.as_array() {
            Some(entries) => Some(("", entries)),
            None => T::LIST_KEYS.iter().find_map(|key| Some((*key, value.get(key)?.as_array()?))),
        }
    }

    /// The parts of the answer that neither an entry nor the page reads, as JSON pointers.
    pub fn unread(&self) -> Vec<String> {
        let mut places = Vec::new();
        let value = self.raw.value();
        if let Some((key, entries)) = Self::entries(value) {
            let at = if key.is_empty() { String::new() } else { format!("/{key}") };
            for (index, entry) in entries.iter().enumerate() {
                super::read::part::<T>(entry, &format!("{at}/{index}"), &mut places);
            }
            for (name, child) in value.as_object().into_iter().flatten() {
                match name.as_str() {
                    name if name == key => {}
                    "total" | "total_count" => u64::unread(child, &below("", name), &mut places),
                    "has_more" => bool::unread(child, &below("", name), &mut places),
                    name => places.push(below("", name)),
                }
            }
        }
        places
    }
}

/// A list at the top level or under one of the type's keys. An answer without a list must not be
/// read as an empty one, nor an unreadable entry as a missing one.
impl<'de, T: Listed> Deserialize<'de> for Listing<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let keys = || T::LIST_KEYS.join(", ");
        let none = || {
            D::Error::custom(format!(
                "invalid type, expected a list, at the top level or under {}",
                keys()
            ))
        };
        let listing = Self::of(&value).ok_or_else(none)?;
        // Without the entry, the list would say that it does not exist.
        if listing.items.len() < listing.received {
            let entries = Self::entries(&value).map_or(&[][..], |(_, entries)| entries);
            let nth =
                entries.iter().position(|entry| T::read_json(entry).is_none()).unwrap_or_default()
                    + 1;
            return Err(D::Error::custom(format!(
                "invalid type, expected a readable value in entry {nth}"
            )));
        }
        Ok(listing)
    }
}

impl<T: Listed> FromAnswer for Listing<T> {
    fn from_answer(answer: &Answer) -> Result<Self> {
        answer.json()
    }
}

impl<T> Serialize for Listing<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.raw.serialize(serializer)
    }
}

impl<T> Listing<T> {
    /// The offset of the next page, if this one started at `offset`; `None` at the end.
    pub fn next_offset(&self, offset: u64) -> Option<u64> {
        let next = offset.checked_add(u64::try_from(self.received).ok()?)?;
        let more = self.has_more.unwrap_or_else(|| self.total.is_none_or(|total| next < total));
        (self.received > 0 && more).then_some(next)
    }

    /// The answer as received.
    pub fn raw(&self) -> &Raw {
        &self.raw
    }
}

impl<T> std::fmt::Debug for Listing<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Listing")
            .field("items", &self.items.len())
            .field("total", &self.total)
            .finish_non_exhaustive()
    }
}

/// An undocumented answer: the JSON as received, and accessors for it. A body that is not JSON
/// becomes a JSON string, an empty one null.
#[derive(Clone, Default, PartialEq, Debug, Serialize)]
#[serde(transparent)]
pub struct Undocumented(Raw);

impl FromAnswer for Undocumented {
    /// Keeps any answer. It never fails because of the content: the request has been carried out.
    fn from_answer(answer: &Answer) -> Result<Self> {
        if answer.is_empty() {
            return Ok(Self::default());
        }
        let value = match answer.value() {
            Ok(value) => value,
            Err(_) => Value::String(answer.text()?),
        };
        Ok(Self(value.into()))
    }
}

impl Undocumented {
    /// The answer.
    pub fn value(&self) -> &Value {
        self.0.value()
    }

    /// The answer, by value.
    pub fn into_value(self) -> Value {
        self.0.into_value()
    }

    /// The first of `keys` that can be read as `T`; a key with a leading slash is a JSON pointer.
    pub fn get<T: ReadJson>(&self, keys: &[&str]) -> Option<T> {
        super::first(self.value(), keys)
    }
}

impl From<Value> for Undocumented {
    fn from(value: Value) -> Self {
        Self(value.into())
    }
}
