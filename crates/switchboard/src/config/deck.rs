//! `[[providers.NAME.decks]]` and `[routing.currencies]`: prices from files, and what other
//! currencies are worth.

use std::{collections::BTreeMap, fmt, path::PathBuf};

use rust_decimal::Decimal;
use serde::{
    Deserialize, Deserializer,
    de::{Error, Visitor},
};
use switchboard_router::DeckLayout;

/// One of `[[providers.NAME.decks]]`: a rate deck as the telephone trade sends it, in CSV. The
/// first deck that has a row for the number at the time of the call has the price, however long the
/// prefixes of the others are; behind all of them stands the account's tariff or its
/// `price_per_minute`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeckConfig {
    /// The file; relative to the configuration file. Rows that name no currency are in
    /// `routing.currency`.
    pub file: PathBuf,
    /// How it is laid out: one of [`DeckLayout::NAMES`]; left out, the usual layout.
    pub layout: Option<String>,
    /// What the file calls its columns, as `{ prefix = "Dial Code", ignore = ["LATA", "Notes"] }`.
    #[serde(default)]
    pub map: BTreeMap<String, ColumnNames>,
}

/// What a file calls a column; for `ignore`, all columns to leave out.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged, expecting = "the name of a column in quotes, or a list of names")]
pub enum ColumnNames {
    /// One name.
    One(String),
    /// Several names.
    Several(Vec<String>),
}

impl DeckConfig {
    /// The layout, or the key that is wrong and what is wrong with it.
    pub(super) fn layout(&self) -> Result<DeckLayout, (Vec<&str>, String)> {
        let named = self.layout.as_deref().map(DeckLayout::named).transpose();
        let mut layout = named.map_err(|message| (vec!["layout"], message))?.unwrap_or_default();
        for (column, names) in &self.map {
            let names = match names {
                ColumnNames::One(name) => std::slice::from_ref(name),
                ColumnNames::Several(names) => names,
            };
            for name in names {
                layout = layout
                    .with(column, name)
                    .map_err(|message| (vec!["map", column.as_str()], message))?;
            }
        }
        Ok(layout)
    }
}

/// What one unit of a currency is worth in `routing.currency`, written as text: `"1.0845"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExchangeRate(pub(super) Decimal);

impl<'de> Deserialize<'de> for ExchangeRate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;

        impl Visitor<'_> for Text {
            type Value = ExchangeRate;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an exchange rate in quotes, as \"1.0845\"")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<ExchangeRate, E> {
                let digits = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
                let rate = Decimal::from_str_exact(text).ok().filter(|_| digits);
                rate.map(ExchangeRate).ok_or_else(|| {
                    E::custom(format!(
                        "{text:?} is no exchange rate: write digits and a point, as \"1.0845\""
                    ))
                })
            }

            fn visit_f64<E: Error>(self, number: f64) -> Result<ExchangeRate, E> {
                Err(E::custom(format!(
                    "is a floating-point number, which cannot hold a rate exactly: quote it, \"{number}\""
                )))
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<ExchangeRate, E> {
                Err(E::custom(format!("is a number, and rates are text: quote it, \"{number}\"")))
            }
        }

        deserializer.deserialize_any(Text)
    }
}
