//! Languages, because providers support different ones, and a call in the wrong language disturbs a
//! person for nothing.
//!
//! Tags use the part of BCP 47 that matters for voices: language, script and region. Variants,
//! extensions and private subtags are rejected rather than dropped.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::country::{Country, CountryError};

/// The longest tag: three letters, a script, a region of three digits, and two hyphens.
const LONGEST: usize = 12;

/// A BCP 47 tag `language[-Script][-REGION]` in canonical case: `en`, `es-419`, `zh-Hant-HK`.
///
/// ```
/// use switchboard_core::Language;
///
/// let language: Language = "EN-us".parse()?;
/// assert_eq!((language.as_str(), language.primary()), ("en-US", "en"));
/// # Ok::<(), switchboard_core::LanguageError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Language {
    text: [u8; LONGEST],
    len: u8,
}

impl Language {
    /// English without a region.
    pub const EN: Self = Self { text: *b"en\0\0\0\0\0\0\0\0\0\0", len: 2 };
    /// Spanish without a region.
    pub const ES: Self = Self { text: *b"es\0\0\0\0\0\0\0\0\0\0", len: 2 };

    /// The whole tag, for example `en-US`.
    pub fn as_str(&self) -> &str {
        self.text
            .get(..usize::from(self.len))
            .and_then(|tag| str::from_utf8(tag).ok())
            .unwrap_or_default()
    }

    /// The language alone, for example `en` of `en-US`.
    pub fn primary(&self) -> &str {
        self.as_str().split('-').next().unwrap_or_default()
    }

    /// The script, for example `Hant` of `zh-Hant-HK`.
    pub fn script(&self) -> Option<&str> {
        self.as_str().split('-').skip(1).find(|part| part.len() == 4)
    }

    /// The region, a country or a UN M.49 area, for example `US` of `en-US` and `419` of `es-419`.
    pub fn region(&self) -> Option<&str> {
        self.as_str().split('-').skip(1).find(|part| part.len() < 4)
    }

    /// The tag without script and region: `en` for `en-US`.
    pub fn base(&self) -> Self {
        let mut base = Self { text: [0; LONGEST], len: 0 };
        base.push(self.primary().bytes());
        base
    }

    fn push(&mut self, bytes: impl Iterator<Item = u8>) {
        let free = self.text.iter_mut().skip(usize::from(self.len));
        self.len += free.zip(bytes).map(|(slot, byte)| *slot = byte).count() as u8;
    }
}

impl FromStr for Language {
    type Err = LanguageError;

    fn from_str(text: &str) -> Result<Self, LanguageError> {
        let mut parts = text.trim().split('-').peekable();
        let mut tag = Self { text: [0; LONGEST], len: 0 };

        let primary = parts.next().unwrap_or_default();
        if !matches!(primary.len(), 2 | 3) || !letters(primary) {
            return Err(LanguageError::Shape);
        }
        tag.push(primary.bytes().map(|byte| byte.to_ascii_lowercase()));
        if primary.len() == 2 && !ISO_639_1.split(' ').any(|known| known == tag.as_str()) {
            return Err(LanguageError::UnknownLanguage);
        }

        if let Some(script) = parts.next_if(|part| part.len() == 4 && letters(part)) {
            let cased = script.bytes().enumerate();
            let cased = cased.map(|(at, byte)| {
                if at == 0 { byte.to_ascii_uppercase() } else { byte.to_ascii_lowercase() }
            });
            tag.push(std::iter::once(b'-').chain(cased));
        }
        if let Some(area) =
            parts.next_if(|part| part.len() == 3 && part.bytes().all(|byte| byte.is_ascii_digit()))
        {
            tag.push(std::iter::once(b'-').chain(area.bytes()));
        } else if let Some(region) = parts.next_if(|part| part.len() == 2 && letters(part)) {
            let country: Country = region.parse().map_err(LanguageError::Region)?;
            tag.push(std::iter::once(b'-').chain(country.as_str().bytes()));
        }
        if parts.next().is_some() { Err(LanguageError::Shape) } else { Ok(tag) }
    }
}

fn letters(part: &str) -> bool {
    part.bytes().all(|byte| byte.is_ascii_alphabetic())
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Language {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Language {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// Why a text is not a language tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LanguageError {
    /// Not `language[-Script][-REGION]`.
    #[error(
        "a language is a BCP 47 tag of language, script and region joined by hyphens, as en, en-US or zh-Hant-HK"
    )]
    Shape,
    /// Two letters that are not in ISO 639-1, often a country code.
    #[error(
        "the first part is not a language in ISO 639-1: write a language, as en or es, not a country"
    )]
    UnknownLanguage,
    /// The region is not a country.
    #[error("the region of the language: {0}")]
    Region(CountryError),
}

/// The two-letter languages of ISO 639-1, sorted.
const ISO_639_1: &str = "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo \
    es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg \
    ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn \
    no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta \
    te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu";
