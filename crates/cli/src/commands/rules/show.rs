//! `rules list` and `rules show`.

use serde_json::{Value, json};
use switchboard::{
    core::Purpose,
    jiff::Timestamp,
    rules::{Checked, Row, Tables},
};

use super::source::Source;
use crate::{
    cli::ListRulesArgs,
    exit::Exit,
    failure::{Failure, Outcome},
    output::{Output, or_dash},
    rules_state::note_age,
    wrap::wrapped,
};

pub(super) fn list(source: &Source, args: &ListRulesArgs, output: Output) -> Outcome {
    let tables = &source.tables;
    let rows: Vec<&Row> = tables
        .rows()
        .filter(|row| args.country.is_none_or(|region| row.may_hold_in(region)))
        .filter(|row| args.kind.is_none_or(|kind| row.kind == kind))
        .filter(|row| args.purpose.is_none_or(|purpose| row.purposes.contains(&purpose)))
        .collect();
    if output.json {
        let rules: Vec<Value> = rows.iter().map(|row| json_of(tables, row)).collect();
        output
            .object(&json!({"tables": tables.version(), "as_of": tables.as_of(), "rules": rules}));
        return Ok(Exit::Done);
    }
    if rows.is_empty() {
        output.line("no rule of the tables is like this");
        return Ok(Exit::Done);
    }
    output.table(
        &["id", "where", "kind", "does", "read", "purposes"],
        rows.iter().map(|row| {
            vec![
                row.id.clone(),
                row.jurisdiction.to_string(),
                row.kind.to_string(),
                row.effect.to_string(),
                row.checked.to_string(),
                purposes(&row.purposes),
            ]
        }),
    );
    output.note(format!(
        "{} of {} rules, tables {}; switchboard rules show ID explains one",
        rows.len(),
        tables.rows().len(),
        tables.version()
    ));
    note_age(tables, Timestamp::now(), output);
    Ok(Exit::Done)
}

pub(super) fn one(source: &Source, id: &str, output: Output) -> Outcome {
    let tables = &source.tables;
    let Some(row) = tables.row(id.trim()) else {
        let near = tables.near(id);
        let fix = match near.as_slice() {
            [] => "switchboard rules list shows all".to_owned(),
            [only] => format!("did you mean {only}?"),
            several => format!("did you mean one of {}?", several.join(", ")),
        };
        return Err(Failure::input("ID", format!("there is no rule {id:?}: {fix}")));
    };
    if output.json {
        output.object(&json_of(tables, row));
        return Ok(Exit::Done);
    }
    let lines: Vec<_> = row.lines.iter().map(|one| one.as_str()).collect();
    let fields = [
        ("rule", row.id.clone()),
        ("asks", tables.in_words(&row.id).unwrap_or_default()),
        ("as written", row.rule.clone()),
        ("does", effect(row)),
        ("where", row.jurisdiction.to_string()),
        ("kind", row.kind.to_string()),
        ("purposes", purposes(&row.purposes)),
        ("callees", row.callee.map_or_else(|| "any".to_owned(), |one| one.to_string())),
        ("lines", if lines.is_empty() { "any".to_owned() } else { lines.join(", ") }),
        ("lifted by", lifted_by(tables, row)),
        (
            "in force from",
            row.from
                .map_or_else(|| "its start was not looked up".to_owned(), |day| day.to_string()),
        ),
        ("until", or_dash(row.until)),
        ("source", row.source.clone()),
        ("read", read(row.checked).to_owned()),
        ("as of", row.as_of.to_string()),
        ("from", (if row.is_own { "your own table" } else { "the built-in tables" }).to_owned()),
        ("note", row.note.clone()),
    ];
    for (name, text) in fields.into_iter().filter(|(_, text)| !text.is_empty()) {
        for line in wrapped(&format!("{name:<15}"), &text) {
            output.line(line);
        }
    }
    note_age(tables, Timestamp::now(), output);
    Ok(Exit::Done)
}

fn purposes(all: &[Purpose]) -> String {
    if all.len() == Purpose::ALL.len() {
        return "any".to_owned();
    }
    let named =
        |all: Vec<&Purpose>| all.into_iter().map(|one| one.as_str()).collect::<Vec<_>>().join(", ");
    let others: Vec<_> = Purpose::ALL.iter().filter(|one| !all.contains(one)).collect();
    if others.len() < all.len() {
        return format!("any but {}", named(others));
    }
    named(all.iter().collect())
}

fn effect(row: &Row) -> String {
    use switchboard::rules::Effect;
    match row.effect {
        Effect::Gate => "stops a call that does not meet it",
        Effect::Warn => "warns, and stops nothing",
        Effect::Say => "puts it into the first words, and stops a call that cannot say it",
        Effect::Info => "is there for people to read, and is not applied",
    }
    .to_owned()
}

/// What was read, said honestly.
fn read(checked: Checked) -> &'static str {
    match checked {
        Checked::Yes => "yes: the text itself, or an official page about it, was read",
        Checked::Secondary => {
            "no: only what a law firm, a vendor or a newspaper says about it was read"
        }
        Checked::Known => "no: it is general knowledge, and nothing was read for it",
        Checked::Policy => "it is a default of this product and no rule of law",
    }
}

fn lifted_by(tables: &Tables, row: &Row) -> String {
    let mut all: Vec<String> =
        row.unless.iter().map(|one| format!("{} ({})", one.field(), one.fix())).collect();
    if tables.may_be_lifted(&row.id) {
        all.push("an operator's override, with a name, a reason and an end".to_owned());
    }
    match all.is_empty() {
        true => "nothing".to_owned(),
        false => all.join("; or "),
    }
}

fn json_of(tables: &Tables, row: &Row) -> Value {
    json!({
        "id": row.id,
        "jurisdiction": row.jurisdiction.to_string(),
        "kind": row.kind.as_str(),
        "purposes": row.purposes,
        "callee": row.callee,
        "lines": row.lines.iter().map(|one| one.as_str()).collect::<Vec<_>>(),
        "rule": row.rule,
        "in_words": tables.in_words(&row.id),
        "unless": row.unless.iter().map(|one| one.as_str()).collect::<Vec<_>>(),
        "effect": row.effect.as_str(),
        "from": row.from,
        "until": row.until,
        "source": row.source,
        "checked": row.checked.as_str(),
        "as_of": row.as_of,
        "note": row.note,
        "is_own": row.is_own,
        "may_be_lifted": tables.may_be_lifted(&row.id),
    })
}
