//! Reads a table: its lines, and the columns of each.

use jiff::civil;
use switchboard_core::{CalleeKind, Country, Purpose, Region};

use super::error::{Errors, TableError};
use super::row::{Jurisdiction, Ready, Row};
use super::sense;
use super::word::{Checked, Effect, Kind, Line, Unless};
use crate::places::Places;
use crate::rule;

/// The columns, in the order of the built-in tables.
pub(super) const COLUMNS: [&str; 15] = [
    "id",
    "jurisdiction",
    "kind",
    "purposes",
    "callee",
    "line",
    "rule",
    "unless",
    "effect",
    "from",
    "until",
    "source",
    "checked",
    "as_of",
    "note",
];

/// The columns that every table has. What the others lack is: everybody, every line, no exception,
/// no dates, `known`, no note.
const REQUIRED: [&str; 8] =
    ["id", "jurisdiction", "kind", "purposes", "rule", "effect", "source", "as_of"];

/// Reads a table. Columns are separated by tabs; lines that are empty or begin with `#` are left
/// out. `is_law` says whether a built-in row of this id is a rule of law.
pub(super) fn read(
    file: &str,
    text: &str,
    is_own: bool,
    is_law: &dyn Fn(&str) -> bool,
) -> (Vec<Ready>, Vec<TableError>) {
    let mut errors = Errors::new(file);
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut lines = text.lines().enumerate().filter(|(_, line)| {
        let line = line.trim();
        !line.is_empty() && !line.starts_with('#')
    });
    let Some((at, header)) = lines.next() else {
        errors
            .add(None, "the file has no header: begin it with the names of the columns".to_owned());
        return (Vec::new(), errors.found);
    };
    errors.line = at + 1;
    let Some(columns) = header_of(header, &mut errors) else {
        return (Vec::new(), errors.found);
    };
    let mut rows: Vec<Ready> = Vec::new();
    for (at, line) in lines {
        errors.line = at + 1;
        let fields: Vec<&str> = line.split('\t').map(str::trim).collect();
        if fields.len() > columns.len() {
            errors.add(
                None,
                format!(
                    "it has {} columns and the header {}: remove the tabs that do not separate columns",
                    fields.len(),
                    columns.len()
                ),
            );
            continue;
        }
        let fields = Fields { columns: &columns, fields: &fields };
        let Some(ready) = row(&fields, is_own, is_law, &mut errors) else {
            continue;
        };
        if rows.iter().any(|other| other.row.id == ready.row.id) {
            errors.add(
                Some("id"),
                format!("{} occurs twice: give each row its own id", ready.row.id),
            );
        } else {
            rows.push(ready);
        }
    }
    (rows, errors.found)
}

fn header_of(header: &str, errors: &mut Errors<'_>) -> Option<Vec<&'static str>> {
    if !header.contains('\t') && header.contains(',') {
        errors.add(None, "the columns are separated by commas: separate them by tabs".to_owned());
        return None;
    }
    let mut columns = Vec::new();
    for name in header.split('\t').map(str::trim) {
        match COLUMNS.into_iter().find(|column| *column == name) {
            Some(column) if columns.contains(&column) => {
                errors.add(None, format!("the column {column} occurs twice: remove one"));
            }
            Some(column) => columns.push(column),
            None => errors.add(
                None,
                format!("there is no column {name:?}: the columns are {}", COLUMNS.join(", ")),
            ),
        }
    }
    let missing: Vec<_> = REQUIRED.into_iter().filter(|name| !columns.contains(name)).collect();
    if !missing.is_empty() && errors.found.is_empty() {
        errors.add(None, format!("the columns {} are missing: add them", missing.join(", ")));
    }
    errors.found.is_empty().then_some(columns)
}

struct Fields<'a> {
    columns: &'a [&'static str],
    fields: &'a [&'a str],
}

impl<'a> Fields<'a> {
    fn get(&self, column: &str) -> &'a str {
        let at = self.columns.iter().position(|one| *one == column);
        at.and_then(|at| self.fields.get(at)).copied().unwrap_or_default()
    }
}

/// Reads a row. All its mistakes are reported at once.
fn row(
    fields: &Fields<'_>,
    is_own: bool,
    is_law: &dyn Fn(&str) -> bool,
    errors: &mut Errors<'_>,
) -> Option<Ready> {
    let before = errors.found.len();
    let id = errors.keep("id", id(fields.get("id")));
    let jurisdiction = errors.keep("jurisdiction", jurisdiction(fields.get("jurisdiction")));
    let kind = errors.keep("kind", word(fields.get("kind"), Kind::ALL, Kind::as_str));
    let purposes = errors.keep("purposes", purposes(fields.get("purposes")));
    let callee = errors.keep("callee", callee(fields.get("callee")));
    let lines = errors.keep("line", any_of(fields.get("line"), Line::ALL, Line::as_str));
    let unless = errors.keep("unless", listed(fields.get("unless"), Unless::ALL, Unless::as_str));
    let effect = errors.keep("effect", word(fields.get("effect"), Effect::ALL, Effect::as_str));
    let from = errors.keep("from", date(fields.get("from")));
    let until = errors.keep("until", date(fields.get("until")));
    let as_of = errors.keep("as_of", date(fields.get("as_of"))).and_then(|date| {
        if date.is_none() {
            errors.add(
                Some("as_of"),
                "it is empty: write the date on which the row was last read, as 2026-11-29"
                    .to_owned(),
            );
        }
        date
    });
    let checked = match fields.get("checked") {
        "" => Some(Checked::Known),
        text => errors.keep("checked", word(text, Checked::ALL, Checked::as_str)),
    };
    let source = fields.get("source");
    if source.is_empty() {
        errors.add(Some("source"), "it is empty: say where the rule is written".to_owned());
    }
    let text = fields.get("rule");
    let rule = match (kind, effect) {
        (Some(kind), Some(effect)) => errors.keep("rule", rule_of(kind, effect, text)),
        _ => None,
    };
    let row = Row {
        id: id?,
        jurisdiction: jurisdiction?,
        kind: kind?,
        purposes: purposes?,
        callee: callee?,
        lines: lines?,
        rule: text.to_owned(),
        unless: unless?,
        effect: effect?,
        from: from?,
        until: until?,
        source: source.to_owned(),
        checked: checked?,
        as_of: as_of?,
        note: fields.get("note").to_owned(),
        is_own,
    };
    let rule = rule?;
    sense::check(&row, &rule, is_law, errors);
    (errors.found.len() == before).then(|| Ready::new(row, rule))
}

fn rule_of(kind: Kind, effect: Effect, text: &str) -> Result<rule::Rule, String> {
    if text.is_empty() {
        return Err("it is empty: say what the rule asks for".to_owned());
    }
    if effect == Effect::Info {
        return Ok(rule::Rule::Told);
    }
    if text.starts_with("caller_id") || text.starts_with("query") {
        return Err(format!(
            "{text:?} cannot be checked before a call: give the row the effect info"
        ));
    }
    let calendars = &Places::builtin().calendars;
    rule::parse(kind, text, &|name| calendars.named(name), &region)
}

fn id(text: &str) -> Result<String, String> {
    let is_plain = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '-';
    if text.is_empty() || text.len() > 60 || !text.chars().all(is_plain) {
        return Err(format!(
            "{text:?} is no id: write up to 60 capital letters, digits and hyphens, as US-FL-HOURS"
        ));
    }
    Ok(text.to_owned())
}

fn jurisdiction(text: &str) -> Result<Jurisdiction, String> {
    match text {
        "*" => Ok(Jurisdiction::Everywhere),
        "EU" => Ok(Jurisdiction::Eu),
        text => region(text).map(Jurisdiction::Region),
    }
}

/// Reads a country or a subdivision. Those of the United States and Canada are known by name.
fn region(text: &str) -> Result<Region, String> {
    let region: Region = text.parse().map_err(|_| {
        format!("{text:?} is no country or subdivision: write an ISO 3166 code, as FR or US-FL, EU, or * for everywhere")
    })?;
    let country: Country = region.country();
    let places = Places::builtin();
    if region.subdivision().is_some()
        && places.knows_subdivisions(country)
        && places.zones_of(region).is_empty()
    {
        return Err(format!("{text:?} is no subdivision of {}: check its code", country.name()));
    }
    Ok(region)
}

fn word<T: Copy>(text: &str, all: &[T], as_str: fn(T) -> &'static str) -> Result<T, String> {
    all.iter().copied().find(|one| as_str(*one) == text).ok_or_else(|| {
        let known: Vec<_> = all.iter().map(|one| as_str(*one)).collect();
        format!("{text:?} is none of its words: write one of {}", known.join(", "))
    })
}

/// Words with commas between them. Empty means none.
fn listed<T: Copy + PartialEq>(
    text: &str,
    all: &[T],
    as_str: fn(T) -> &'static str,
) -> Result<Vec<T>, String> {
    let mut found = Vec::new();
    for one in text.split(',').map(str::trim).filter(|one| !one.is_empty()) {
        let read = word(one, all, as_str)?;
        if found.contains(&read) {
            return Err(format!("{one} is named twice: name it once"));
        }
        found.push(read);
    }
    Ok(found)
}

/// Words with commas between them; `any` and nothing mean all of them and are returned as none.
fn any_of<T: Copy + PartialEq>(
    text: &str,
    all: &[T],
    as_str: fn(T) -> &'static str,
) -> Result<Vec<T>, String> {
    if text == "any" { Ok(Vec::new()) } else { listed(text, all, as_str) }
}

fn purposes(text: &str) -> Result<Vec<Purpose>, String> {
    if text == "*" {
        return Ok(Purpose::ALL.to_vec());
    }
    let found = listed(text, &Purpose::ALL, Purpose::as_str)?;
    if found.is_empty() {
        return Err("it is empty: write purposes, or * for all".to_owned());
    }
    Ok(found)
}

fn callee(text: &str) -> Result<Option<CalleeKind>, String> {
    match text {
        "" | "any" => Ok(None),
        text => CalleeKind::ALL
            .into_iter()
            .find(|one| one.as_str() == text)
            .map(Some)
            .ok_or_else(|| format!("{text:?} is no callee: write consumer, business or any")),
    }
}

fn date(text: &str) -> Result<Option<civil::Date>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    let date = text.parse().map_err(|_| format!("{text:?} is no date: write it as 2026-11-29"))?;
    Ok(Some(date))
}
