//! Countries and their subdivisions.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{Country, Error};

/// A country, or a subdivision of one such as a state or a province, by its ISO 3166-1 or ISO 3166-2
/// code: `FR`, `US-FL`, `CA-BC`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Region {
    country: Country,
    /// Padded with zeros.
    subdivision: [u8; 3],
}

impl Region {
    /// The country.
    pub const fn country(&self) -> Country {
        self.country
    }

    /// The part after the country, for example `FL`; `None` for a whole country.
    pub fn subdivision(&self) -> Option<&str> {
        let length = self.subdivision.iter().position(|byte| *byte == 0).unwrap_or(3);
        let text = str::from_utf8(&self.subdivision[..length]).ok()?;
        (!text.is_empty()).then_some(text)
    }
}

impl From<Country> for Region {
    fn from(country: Country) -> Self {
        Self { country, subdivision: [0; 3] }
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.country.as_str())?;
        match self.subdivision() {
            Some(subdivision) => write!(f, "-{subdivision}"),
            None => Ok(()),
        }
    }
}

impl FromStr for Region {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let wrong =
            || Error::invalid("callee_region", "is not an ISO 3166 code: write one as FR or US-FL");
        let (country, rest) = text.split_once('-').map_or((text, None), |(a, b)| (a, Some(b)));
        let country: Country = country.parse().map_err(|_| wrong())?;
        let mut subdivision = [0; 3];
        if let Some(rest) = rest {
            let is_code = (1..=3).contains(&rest.len())
                && rest.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
            if !is_code {
                return Err(wrong());
            }
            subdivision[..rest.len()].copy_from_slice(rest.as_bytes());
        }
        Ok(Self { country, subdivision })
    }
}

impl Serialize for Region {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Region {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
