//! The fields of a form or a query.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use switchboard_api::problem::Problem;

/// Fields by name. What is empty counts as left out: browsers send every field of a form.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fields(BTreeMap<String, Vec<String>>);

impl Fields {
    /// Reads `name=value&…`.
    pub(crate) fn read(text: &[u8]) -> Self {
        let mut fields = Self::default();
        for (name, value) in url::form_urlencoded::parse(text) {
            fields.add(name.into_owned(), value.into_owned());
        }
        fields
    }

    pub(crate) fn add(&mut self, name: String, value: String) {
        if !value.trim().is_empty() {
            self.0.entry(name).or_default().push(value.trim().to_owned());
        }
    }

    /// Every value of a field.
    pub(crate) fn all(&self, name: &str) -> &[String] {
        self.0.get(name).map_or(&[], Vec::as_slice)
    }

    /// The first value of a field.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.all(name).first().map(String::as_str)
    }

    /// The value of a field, or an empty text, to show it in its form again.
    pub(crate) fn shown(&self, name: &str) -> &str {
        self.get(name).unwrap_or_default()
    }

    pub(crate) fn owned(&self, name: &str) -> Option<String> {
        self.get(name).map(str::to_owned)
    }

    /// The value of a field that has to be there.
    pub(crate) fn needed(&self, name: &'static str, fix: &str) -> Result<&str, Problem> {
        self.get(name).ok_or_else(|| Problem::invalid(name, "is empty", fix))
    }

    /// A word of a closed set, as JSON spells it.
    pub(crate) fn word<T: DeserializeOwned>(
        &self,
        name: &'static str,
    ) -> Result<Option<T>, Problem> {
        self.get(name).map(|word| parse(name, word)).transpose()
    }

    /// Words of a closed set.
    pub(crate) fn words<T: DeserializeOwned>(&self, name: &'static str) -> Result<Vec<T>, Problem> {
        self.all(name).iter().map(|word| parse(name, word)).collect()
    }

    /// A whole number within bounds.
    pub(crate) fn number(
        &self,
        name: &'static str,
        least: u32,
        most: u32,
    ) -> Result<Option<u32>, Problem> {
        let Some(text) = self.get(name) else { return Ok(None) };
        match text.parse::<u32>() {
            Ok(number) if (least..=most).contains(&number) => Ok(Some(number)),
            _ => {
                let fix = format!("write a whole number from {least} to {most}");
                Err(Problem::invalid(name, "is out of range", fix))
            }
        }
    }

    /// A time: RFC 3339, or as browsers send it, in UTC.
    pub(crate) fn time(&self, name: &'static str) -> Result<Option<Timestamp>, Problem> {
        let Some(text) = self.get(name) else { return Ok(None) };
        let seconds = format!("{text}:00Z");
        let wanted = [text, &seconds].into_iter().find_map(|text| text.parse().ok());
        wanted.map(Some).ok_or_else(|| {
            Problem::invalid(name, "is not a time", "write it as 2027-01-31T20:00:00Z")
        })
    }

    /// The fields but these as the query of an address.
    pub(crate) fn query_without(&self, without: &[&str]) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (name, values) in &self.0 {
            for value in values.iter().filter(|_| !without.contains(&name.as_str())) {
                query.append_pair(name, value);
            }
        }
        query.finish()
    }
}

fn parse<T: DeserializeOwned>(name: &'static str, word: &str) -> Result<T, Problem> {
    serde_json::from_value(word.into()).map_err(|_| {
        Problem::invalid(name, "has a word that is not known", "choose one of the list")
    })
}
