//! The time zones that the tables name.

use std::{collections::HashMap, sync::Arc};

use jiff::tz::TimeZone;
use switchboard_core::time_zone;

/// A time zone and its name.
#[derive(Debug, Clone)]
pub(crate) struct Zone {
    pub(crate) name: Arc<str>,
    pub(crate) zone: TimeZone,
}

/// The time zones that the tables name, each once.
#[derive(Debug, Default)]
pub(super) struct Zones {
    all: Vec<Zone>,
    by_name: HashMap<String, u16>,
}

impl Zones {
    /// The zone at this place.
    pub(super) fn at(&self, at: u16) -> Option<&Zone> {
        self.all.get(usize::from(at))
    }

    /// The zone of this name.
    pub(super) fn named(&self, name: &str) -> Option<&Zone> {
        self.by_name.get(name).and_then(|at| self.at(*at))
    }

    fn intern(&mut self, name: &str) -> Option<u16> {
        if let Some(known) = self.by_name.get(name) {
            return Some(*known);
        }
        let zone = time_zone(name).ok()?;
        let at = u16::try_from(self.all.len()).ok()?;
        self.all.push(Zone { name: name.into(), zone });
        self.by_name.insert(name.to_owned(), at);
        Some(at)
    }

    /// Names separated by commas. A name that is no zone is an error of the built-in tables.
    pub(super) fn list(&mut self, names: &str) -> Vec<u16> {
        names
            .split(',')
            .filter(|name| !name.is_empty())
            .map(|name| {
                let Some(zone) = self.intern(name) else {
                    panic!("the built-in tables name {name:?}, which is no time zone");
                };
                zone
            })
            .collect()
    }
}
