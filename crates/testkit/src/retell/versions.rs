//! Chooses an agent's version for a call.

use serde_json::{Map, Value};

use super::codes::Refused;
use super::state::{Agent, SimState};

/// The version of an agent that a call has.
pub(crate) struct Chosen {
    pub(crate) id: String,
    pub(crate) version: u64,
    pub(crate) tag: Option<String>,
    pub(crate) fields: Map<String, Value>,
}

impl Agent {
    /// Finds a version by its number or its tag; without either, the newest that is published, or
    /// the newest.
    pub(crate) fn find(&self, wanted: Option<&Value>) -> Option<usize> {
        let newest = self.versions.len().checked_sub(1)?;
        match wanted {
            None => {
                Some(self.versions.iter().rposition(|version| version.published).unwrap_or(newest))
            }
            Some(Value::String(tag)) => match tag.parse() {
                Ok(number) => Some(number).filter(|number| *number <= newest),
                Err(_) => self.versions.iter().rposition(|one| one.tag.as_ref() == Some(tag)),
            },
            Some(number) => {
                let number = usize::try_from(number.as_u64()?).ok()?;
                Some(number).filter(|number| *number <= newest)
            }
        }
    }
}

impl SimState {
    /// The agent with this id, in the wanted version.
    pub(crate) fn choose(&self, id: &str, version: Option<&Value>) -> Result<Chosen, Refused> {
        let agents = self.agents.lock();
        let agent =
            agents.iter().find(|agent| agent.id == id).ok_or_else(|| Refused::unknown(id))?;
        let nth = agent
            .find(version)
            .ok_or_else(|| Refused::unknown(&format!("{id} in this version")))?;
        let chosen = agent.versions.get(nth).ok_or_else(|| Refused::unknown(id))?;
        Ok(Chosen {
            id: id.to_owned(),
            version: nth.try_into().unwrap_or(u64::MAX),
            tag: chosen.tag.clone(),
            fields: chosen.fields.clone(),
        })
    }

    /// One of a number's own agents, drawn by their weights.
    pub(crate) fn weighted(&self, own: Option<&Value>, from: &str) -> Result<Chosen, Refused> {
        let rows = own.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let weight = |row: &Value| {
            let weight = row.get("weight").and_then(Value::as_f64).unwrap_or(1.0);
            (weight.clamp(0.0, 1.0) * 1000.0).round()
        };
        let total: f64 = rows.iter().map(weight).sum();
        if total < 1.0 {
            return Err(Refused::unknown("outbound agent of the number"));
        }
        let made = self.calls.lock().made;
        let draw = self.seed.below(&format!("retell/weight/{from}/{made}"), 1_000_000);
        let mut left = f64::from(u32::try_from(draw).unwrap_or(0)) / 1_000_000.0 * total;
        let row = rows.iter().find(|row| {
            left -= weight(row);
            left < 0.0
        });
        let row = row.or(rows.last()).ok_or_else(|| Refused::unknown("outbound agent"))?;
        let id = row.get("agent_id").and_then(Value::as_str).unwrap_or_default();
        self.choose(id, row.get("agent_version").filter(|version| !version.is_null()))
    }
}
