//! Lists of numbers: their names, and which numbers they cover.

use std::{fmt, str::FromStr, sync::Arc};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{Country, Error, PhoneNumber};

/// The longest name of a list.
const LONGEST_NAME: usize = 64;

/// The most digits of a prefix: those of a number.
const LONGEST_PREFIX: usize = 15;

/// The name of a list, as rules write it: `US-FTC`. At most 64 letters, digits, `-`, `_` and `.`;
/// it begins with a letter or a digit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct ListName(Arc<str>);

impl ListName {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ListName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl FromStr for ListName {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        let is_name = text.len() <= LONGEST_NAME
            && text.bytes().all(allowed)
            && text.bytes().next().is_some_and(|first| first.is_ascii_alphanumeric());
        if !is_name {
            return Err(Error::invalid(
                "list",
                "is not the name of a list: write at most 64 letters, digits, - _ and ., as US-FTC",
            ));
        }
        Ok(Self(text.into()))
    }
}

impl<'de> Deserialize<'de> for ListName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// The numbers that a list says something about: those that begin with certain digits or belong to
/// certain countries. A number outside is not *absent* from the list: the list does not say.
///
/// It is written as `+1415,+44,US`; `all` is every number, and an empty text is none.
///
/// ```
/// use switchboard_core::{CoveredArea, PhoneNumber};
///
/// let area: CoveredArea = "+1415, FR".parse()?;
/// assert!(area.covers(&PhoneNumber::parse("+14155550123")?));
/// assert!(!area.covers(&PhoneNumber::parse("+12125550123")?));
/// assert_eq!(area.to_string(), "+1415,FR");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CoveredArea {
    /// Digits, sorted. None begins with another one.
    prefixes: Vec<Box<str>>,
    /// Sorted.
    countries: Vec<Country>,
}

impl CoveredArea {
    /// No number.
    pub const NONE: Self = Self { prefixes: Vec::new(), countries: Vec::new() };

    /// Every number.
    pub fn all() -> Self {
        Self { prefixes: vec!["".into()], countries: Vec::new() }
    }

    /// The numbers that begin with one of these digits, calling code first, with or without a plus
    /// sign. `None` if one of them is not at most 15 digits.
    pub fn prefixes<'a>(digits: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        let mut area = Self::NONE;
        for digits in digits {
            area.prefixes.push(prefix(digits)?.into());
        }
        area.tidy();
        Some(area)
    }

    /// True if the list says something about this number.
    pub fn covers(&self, number: &PhoneNumber) -> bool {
        let digits = number.e164().get(1..).unwrap_or_default();
        // No prefix begins with another one, so only the last one that is not greater can match.
        let after = self.prefixes.partition_point(|prefix| **prefix <= *digits);
        let prefix = after.checked_sub(1).and_then(|at| self.prefixes.get(at));
        prefix.is_some_and(|prefix| digits.starts_with(&**prefix))
            || self.countries.binary_search(&number.country()).is_ok()
    }

    /// True if no number is covered.
    pub fn is_empty(&self) -> bool {
        self.prefixes.is_empty() && self.countries.is_empty()
    }

    /// The number of prefixes and countries.
    pub fn len(&self) -> usize {
        self.prefixes.len() + self.countries.len()
    }

    /// The numbers that either of both covers.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.prefixes.extend(other.prefixes);
        self.countries.extend(other.countries);
        self.tidy();
        self
    }

    fn tidy(&mut self) {
        self.prefixes.sort_unstable();
        self.prefixes.dedup_by(|next, kept| next.starts_with(&**kept));
        self.countries.sort_unstable();
        self.countries.dedup();
    }
}

fn prefix(text: &str) -> Option<&str> {
    let digits = text.strip_prefix('+').unwrap_or(text);
    let is_prefix = (1..=LONGEST_PREFIX).contains(&digits.len())
        && !digits.starts_with('0')
        && digits.bytes().all(|digit| digit.is_ascii_digit());
    is_prefix.then_some(digits)
}

impl fmt::Display for CoveredArea {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.prefixes.first().is_some_and(|first| first.is_empty()) {
            return f.write_str("all");
        }
        let mut separator = "";
        for prefix in &self.prefixes {
            write!(f, "{separator}+{prefix}")?;
            separator = ",";
        }
        for country in &self.countries {
            write!(f, "{separator}{country}")?;
            separator = ",";
        }
        Ok(())
    }
}

impl FromStr for CoveredArea {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        if text.trim() == "all" {
            return Ok(Self::all());
        }
        let mut area = Self::NONE;
        for one in text.split(',').map(str::trim).filter(|one| !one.is_empty()) {
            if let Some(digits) = prefix(one).filter(|_| one.starts_with('+')) {
                area.prefixes.push(digits.into());
            } else if let Ok(country) = one.parse() {
                area.countries.push(country);
            } else {
                return Err(Error::invalid(
                    "covers",
                    "is not an area: write calling codes with their first digits, or countries, separated by commas, as +1415,+44,US, or all",
                ));
            }
        }
        area.tidy();
        Ok(area)
    }
}

impl Serialize for CoveredArea {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for CoveredArea {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
