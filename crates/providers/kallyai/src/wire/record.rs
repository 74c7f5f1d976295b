//! Records: typed fields over an answer that is kept whole.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use serde_json::Value;
use switchboard_core::{Raw, Result};
use switchboard_http::Answer;

use super::read::{ReadJson, below, says_nothing};

/// Declares a record: each field with the keys that the documents use for it, first match first.
/// Every field is optional; the answer stays beside them with what no field names. `Debug` shows
/// the name alone, because answers hold names, numbers and conversations.
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
            /// Each field, and the keys of the answer that it is read from, first match first. A
            /// key with a slash is a JSON pointer.
            pub const FIELDS: &'static [(&'static str, &'static [&'static str])] = &[$((stringify!($field), &[$($key),+])),*];

            /// The answer as it came, unknown fields and all.
            pub fn raw(&self) -> &switchboard_core::Raw {
                &self.raw
            }

            /// The places of the answer that no field reads, as JSON pointers: what a newer API
            /// says beyond the documents.
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
                $crate::wire::left_aside(value, at, places, &[
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

        /// The answer as it came.
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

/// What can be made of a whole answer.
pub(crate) trait FromAnswer: Sized {
    /// Reads it.
    ///
    /// # Errors
    /// `Decode`, with what the answer's status proved.
    fn from_answer(answer: &Answer) -> Result<Self>;
}

/// One field of a record, for [`left_aside`].
pub(crate) struct FieldKeys {
    pub(crate) keys: &'static [&'static str],
    pub(crate) reads: fn(&Value) -> bool,
    pub(crate) unread: fn(&Value, &str, &mut Vec<String>),
}

/// The places of an object that no field reads. A field reads the first of its keys that it can;
/// the others stay unread, so that an answer which says the same thing twice in different words is
/// noticed.
pub(crate) fn left_aside(value: &Value, at: &str, places: &mut Vec<String>, fields: &[FieldKeys]) {
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
            if readable || says_nothing(found) {
                read.push(pointer);
            }
            if readable {
                break;
            }
        }
    }
    remains(value, "", at, &read, places);
}

fn remains(value: &Value, inside: &str, at: &str, read: &[String], places: &mut Vec<String>) {
    for (key, child) in value.as_object().into_iter().flatten() {
        let pointer = below(inside, key);
        if read.contains(&pointer) {
            continue;
        }
        let deeper = format!("{pointer}/");
        if child.is_object() && read.iter().any(|read| read.starts_with(&deeper)) {
            remains(child, &pointer, at, read, places);
        } else {
            places.push(format!("{at}{pointer}"));
        }
    }
}

/// Reads a record, or says that an object was expected.
pub(crate) fn object<'de, T: ReadJson, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    let value = Value::deserialize(deserializer)?;
    T::read_json(&value).ok_or_else(|| D::Error::custom("invalid type, expected an object"))
}

/// One page of a list, in whichever of its shapes it came.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Listing<T> {
    /// The entries, all of them.
    pub items: Vec<T>,
    /// How many the answer held, those that could not be read included: this is how far the next
    /// offset is.
    pub received: usize,
    /// How many there are in all, where the answer says so.
    pub total: Option<u64>,
    /// Whether there are more, where the answer says so.
    pub has_more: Option<bool>,
    raw: Raw,
}

/// An entry of a list, with the keys under which the documents put such a list.
pub trait Listed: ReadJson {
    /// First match first; a list at the top is taken as well.
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
    /// Reads a list that stands at the top, or under one of the type's keys.
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

    /// The places of the answer that neither an entry nor the page reads, as JSON pointers.
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

/// A list at the top, or under one of the type's keys: an answer that holds no list must not read
/// as an empty one, nor an entry that cannot be read as none.
impl<'de, T: Listed> Deserialize<'de> for Listing<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let keys = || T::LIST_KEYS.join(", ");
        let none = || {
            D::Error::custom(format!(
                "invalid type, expected a list, at the top or under {}",
                keys()
            ))
        };
        let listing = Self::of(&value).ok_or_else(none)?;
        // A list without the entry would say that it is not there.
        if listing.items.len() < listing.received {
            let entries = Self::entries(&value).map_or(&[][..], |(_, entries)| entries);
            let nth =
                entries.iter().position(|entry| T::read_json(entry).is_none()).unwrap_or_default()
                    + 1;
            return Err(D::Error::custom(format!(
                "invalid type, expected something that can be read in entry {nth}"
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
    /// Where the page after this one begins, if this one began at `offset`; `None` at the end.
    pub fn next_offset(&self, offset: u64) -> Option<u64> {
        let next = offset.checked_add(u64::try_from(self.received).ok()?)?;
        let more = self.has_more.unwrap_or_else(|| self.total.is_none_or(|total| next < total));
        (self.received > 0 && more).then_some(next)
    }

    /// The answer as it came.
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

/// An answer that no document describes: the JSON as it came, and ways into it. A body that is not
/// JSON is a JSON string, no body is null.
#[derive(Clone, Default, PartialEq, Debug, Serialize)]
#[serde(transparent)]
pub struct Undocumented(Raw);

impl FromAnswer for Undocumented {
    /// Keeps whatever came. It never fails on what it finds: what was asked for has been done.
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

    /// The answer, owned.
    pub fn into_value(self) -> Value {
        self.0.into_value()
    }

    /// What can be read as `T` under the first of `keys` that holds one; a key with a leading slash
    /// is a JSON pointer.
    pub fn get<T: ReadJson>(&self, keys: &[&str]) -> Option<T> {
        super::first(self.value(), keys)
    }
}

impl From<Value> for Undocumented {
    fn from(value: Value) -> Self {
        Self(value.into())
    }
}
