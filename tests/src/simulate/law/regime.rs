//! The tables of rules of a world, and the time at which it begins.

use std::sync::LazyLock;

use jiff::Timestamp;
use switchboard::rules::Tables;

use super::reading::Reading;
use crate::simulate::random::Random;

/// The tables of rules of a world.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::simulate) enum Regime {
    /// The built-in tables, at a time at which some callees may be called and others may not.
    BuiltIn,
    /// Hours that close twice in each hour for three minutes, and limits that end within an hour:
    /// most worlds last minutes.
    Brisk,
}

/// Mornings and evenings, the nights in which clocks are changed, and the mornings after them.
const BEGINNINGS: [&str; 11] = [
    "2026-03-02T14:58:00Z",
    "2026-03-08T06:40:00Z",
    "2026-03-08T11:50:00Z",
    "2026-03-29T00:40:00Z",
    "2026-03-29T06:50:00Z",
    "2026-10-25T07:50:00Z",
    "2026-11-01T05:40:00Z",
    "2026-11-01T12:50:00Z",
    "2026-11-02T01:50:00Z",
    "2026-12-08T20:50:00Z",
    "2026-12-11T16:50:00Z",
];

/// The rows that a brisk table replaces with its hours.
const HOURS: [(&str, &str, &str); 8] = [
    ("P-HOURS-RESERVATION", "reservation", "any"),
    ("P-HOURS-REQUESTED", "requested", "any"),
    ("P-HOURS-TRANSACTIONAL", "transactional", "consumer"),
    ("P-HOURS-PUBLIC", "informational,survey,political,charity", "consumer"),
    ("P-HOURS-DEBT", "debt_collection", "consumer"),
    (
        "P-HOURS-BUSINESS",
        "transactional,informational,survey,debt_collection,political,charity",
        "business",
    ),
    ("P-HOURS-MARKETING", "marketing", "consumer"),
    ("P-HOURS-MARKETING-B", "marketing", "business"),
];

const USEFUL: &str =
    "reservation,requested,transactional,informational,survey,political,charity,debt_collection";

/// The limits that a brisk table replaces.
const LIMITS: [(&str, &str, &str); 5] = [
    ("P-CAP-DAY", USEFUL, "max 3 in 20m"),
    ("P-CAP-WEEK", USEFUL, "max 4 in 35m"),
    ("P-CAP-MARKETING-DAY", "marketing", "max 1 in 10m"),
    ("P-CAP-MARKETING-MONTH", "marketing", "max 3 in 40m"),
    ("P-GAP", "*", "gap 1m"),
];

static BUILT_IN: LazyLock<(Tables, Reading)> = LazyLock::new(|| read(Tables::builtin()));
static BRISK: LazyLock<(Tables, Reading)> = LazyLock::new(|| {
    let own = Tables::builtin().with_rows("brisk.tsv", &brisk());
    read(own.unwrap_or_else(|errors| panic!("{errors}")))
});

fn read(tables: Tables) -> (Tables, Reading) {
    let reading = Reading::of(&tables);
    (tables, reading)
}

/// The rows of a brisk table.
fn brisk() -> String {
    let hour = |hour: u32| {
        let next = hour + 1;
        format!("{hour:02}:10-{hour:02}:29+{hour:02}:32-{next:02}:07")
    };
    // The day ends before the last of them closes.
    let hours = (0..23).map(hour).collect::<Vec<_>>().join("+");
    let hours = format!("mon-sun 00:00-00:07+{hours}+23:10-23:29+23:32-24:00");
    let mut table = String::from(
        "id\tjurisdiction\tkind\tpurposes\tcallee\trule\tunless\teffect\tsource\tchecked\tas_of\n",
    );
    let mut row = |id: &str, kind: &str, purposes: &str, callee: &str, rule: &str, unless: &str| {
        table.push_str(&format!(
            "{id}\t*\t{kind}\t{purposes}\t{callee}\t{rule}\t{unless}\tgate\tours\tpolicy\t2026-11-29\n"
        ));
    };
    for (id, purposes, callee) in HOURS {
        row(id, "quiet_hours", purposes, callee, &hours, "agreed_time");
    }
    for (id, purposes, rule) in LIMITS {
        row(id, "cap", purposes, "any", rule, "");
    }
    table
}

impl Regime {
    /// The tables of a world, and when it begins.
    pub(in crate::simulate) fn draw(random: &mut Random, is_long: bool) -> (Self, Timestamp) {
        let regime = if is_long || random.chance(15) { Self::BuiltIn } else { Self::Brisk };
        let begins = match regime {
            Self::BuiltIn => *random.pick(&BEGINNINGS),
            // A morning in America and an afternoon in Europe, so that few laws stop a call, shortly
            // before the hours close or just after.
            Self::Brisk => random.pick(&[
                "2026-03-02T15:00:00Z",
                "2026-03-02T15:05:00Z",
                "2026-03-02T15:27:00Z",
            ]),
        };
        (regime, begins.parse().expect("a time"))
    }

    pub(in crate::simulate) fn tables(self) -> Tables {
        self.both().0.clone()
    }

    pub(super) fn reading(self) -> &'static Reading {
        &self.both().1
    }

    fn both(self) -> &'static (Tables, Reading) {
        match self {
            Self::BuiltIn => &BUILT_IN,
            Self::Brisk => &BRISK,
        }
    }
}
