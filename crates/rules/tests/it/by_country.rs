//! `docs/rules-by-country.md`: the built-in rows by where they hold. It is written from the tables, so
//! it cannot claim what they do not say.

use std::{collections::BTreeMap, fmt::Write as _, fs, path::Path};

use switchboard_core::{CalleeKind, Purpose};
use switchboard_rules::{Checked, Effect, Jurisdiction, Kind, Row, Tables};

const PAGE: &str = "docs/rules-by-country.md";

/// The columns of the table, and which rows are in each.
type Column = (&'static str, fn(&Row) -> bool);
const COLUMNS: [Column; 6] = [
    ("hours for selling", |row| is_about_time(row) && row.purposes.contains(&Purpose::Marketing)),
    ("hours for other calls", |row| is_about_time(row) && others(row).next().is_some()),
    ("consent", |row| row.kind == Kind::Consent),
    ("lists", |row| row.kind == Kind::Dnc),
    ("limits", |row| row.kind == Kind::Cap),
    ("to be said, and recording", |row| {
        matches!(row.kind, Kind::AiDisclosure | Kind::Identity | Kind::Recording)
    }),
];

fn is_about_time(row: &Row) -> bool {
    matches!(row.kind, Kind::QuietHours | Kind::Days | Kind::Holidays)
}

fn others(row: &Row) -> impl Iterator<Item = Purpose> {
    row.purposes.iter().copied().filter(|purpose| *purpose != Purpose::Marketing)
}

/// What a row asks for, in short. Selling to consumers goes without saying.
fn short(row: &Row) -> String {
    let mut text = format!("`{}`", row.rule);
    if row.purposes.len() == Purpose::ALL.len() {
        text.push_str(" for every call");
    } else if others(row).next().is_some() {
        let names: Vec<_> = row.purposes.iter().map(|one| one.as_str().replace('_', " ")).collect();
        write!(text, " for {}", names.join(", ")).unwrap();
    }
    match row.callee {
        Some(CalleeKind::Business) => text.push_str(" to businesses"),
        None if row.purposes == [Purpose::Marketing] => text.push_str(" to anyone"),
        Some(CalleeKind::Consumer) | None => {}
    }
    if !row.lines.is_empty() {
        let lines: Vec<_> = row.lines.iter().map(|one| one.as_str().replace('_', "-")).collect();
        write!(text, " on {} lines", lines.join(", ")).unwrap();
    }
    if !row.unless.is_empty() {
        let facts: Vec<_> = row.unless.iter().map(|one| format!("`{one}`")).collect();
        write!(text, " unless {}", facts.join(" or ")).unwrap();
    }
    if let Some(from) = row.from.filter(|from| *from > row.as_of) {
        write!(text, " from {from}").unwrap();
    }
    if let Some(until) = row.until {
        write!(text, " until {until}").unwrap();
    }
    match row.effect {
        Effect::Gate | Effect::Say => {}
        Effect::Warn => text.push_str(" (warns)"),
        Effect::Info => text.push_str(" (is only told)"),
    }
    text
}

fn name(place: Jurisdiction) -> String {
    match place {
        Jurisdiction::Region(region) if region.subdivision().is_none() => {
            format!("{} `{place}`", region.country().name())
        }
        Jurisdiction::Eu => format!("European Economic Area `{place}`"),
        Jurisdiction::Region(_) | Jurisdiction::Everywhere => format!("`{place}`"),
    }
}

/// How many rows were checked in which way.
fn checked<'a>(rows: impl Iterator<Item = &'a Row> + Clone) -> String {
    let of = |how: Checked| rows.clone().filter(|row| row.checked == how).count();
    let counts = Checked::ALL.iter().map(|how| (of(*how), how.as_str()));
    let counts = counts.filter(|(count, _)| *count > 0);
    counts.map(|(count, how)| format!("{count} {how}")).collect::<Vec<_>>().join(", ")
}

fn line(page: &mut String, head: &str, rows: &[&Row]) {
    write!(page, "| {head} |").unwrap();
    for (_, is_in) in COLUMNS {
        let cell: Vec<_> = rows.iter().filter(|row| is_in(row)).map(|row| short(row)).collect();
        let cell = cell.join("<br>").replace('|', "\\|");
        write!(page, " {} |", if cell.is_empty() { "–" } else { &cell }).unwrap();
    }
    writeln!(page, " {} |", checked(rows.iter().copied())).unwrap();
}

fn page(tables: &Tables) -> String {
    let mut page = format!(
        "# Calling rules by country\n\n\
         The built-in rows as of {}, by where they hold. [Calling rules](rules.md) says how they are applied, and `switchboard rules show ID`\n\
         shows the text and the source of one. This page never says that a call is lawful, and where a column is empty no rule was found: that\n\
         does not mean that there is none. A test writes the page from the tables, so do not edit it:\n\n    \
         SWITCHBOARD_BLESS=1 cargo test -p switchboard-rules --test it by_country::\n\n\
         Rows are about selling to consumers unless they say otherwise. The rules of a country hold in its states and provinces too. The last\n\
         column says what was read for the rows:\n\n",
        tables.as_of()
    );
    let law = |row: &&Row| !row.is_policy();
    let counts: Vec<usize> = Checked::ALL
        .iter()
        .map(|how| tables.rows().filter(|row| row.checked == *how).count())
        .collect();
    page.push_str("| | what was read | rows |\n|---|---|---|\n");
    for (how, (what, count)) in Checked::ALL.iter().zip(
        [
            "the text of the rule, or an official page about it",
            "what a law firm, a vendor or a newspaper says about it",
            "nothing: it is general knowledge",
            "nothing: it is a default of this product and no rule of law",
        ]
        .into_iter()
        .zip(&counts),
    ) {
        writeln!(page, "| {how} | {what} | {count} |").unwrap();
    }
    let mut places: BTreeMap<String, (Jurisdiction, Vec<&Row>)> = BTreeMap::new();
    for row in tables.rows().filter(law) {
        let place = row.jurisdiction;
        places.entry(place.to_string()).or_insert((place, Vec::new())).1.push(row);
    }
    let head = COLUMNS.map(|(name, _)| name).join(" | ");
    let rule = "---|".repeat(COLUMNS.len() + 2);
    writeln!(page, "\n## Law and industry codes\n\n| where | {head} | read |\n|{rule}").unwrap();
    for (place, rows) in places.values() {
        line(&mut page, &name(*place), rows);
    }
    writeln!(
        page,
        "\n## Defaults of this product\n\nThey hold everywhere, beside the law, and an operator may change most of them.\n\n\
         | id | what it asks for |\n|---|---|"
    )
    .unwrap();
    for row in tables.rows().filter(|row| row.is_policy()) {
        writeln!(page, "| `{}` | {} |", row.id, short(row)).unwrap();
    }
    page
}

#[test]
fn the_page_says_what_the_tables_say() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(PAGE);
    let wanted = page(&Tables::builtin());
    if std::env::var_os("SWITCHBOARD_BLESS").is_some() {
        fs::write(&path, &wanted).unwrap();
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == wanted,
        "{PAGE} is not what the tables say: run this with SWITCHBOARD_BLESS=1"
    );
}
