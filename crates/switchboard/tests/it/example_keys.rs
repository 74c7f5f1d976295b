//! The example file names every setting that the program reads. What it reads is asked of itself:
//! each table is given a key that does not exist, and its error lists those that do.
#![cfg(all(
    feature = "calle",
    feature = "kaicalls",
    feature = "kallyai",
    feature = "retell",
    feature = "telnyx",
    feature = "vapi"
))]

use std::collections::BTreeSet;

use switchboard::Config;
use toml::{Table, Value};

/// No setting, and near to none.
const PROBE: &str = "qqqqqqqqqq";

const KINDS: [&str; 6] = ["calle", "kaicalls", "kallyai", "retell", "telnyx", "vapi"];

/// One step to a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// A key that is a setting.
    Key(&'static str),
    /// A name that the user chooses.
    Name(&'static str),
    /// An entry of a list.
    Entry,
}

/// The settings that a table has; `None` if there is no table.
fn settings(path: &[Step]) -> Option<Vec<String>> {
    let probe = Value::Table(Table::from_iter([(PROBE.to_owned(), Value::Integer(1))]));
    let nested = path.iter().rev().fold(probe, |inner, step| match step {
        Step::Entry => Value::Array(vec![inner]),
        Step::Key(key) | Step::Name(key) => {
            let mut table = Table::from_iter([((*key).to_owned(), inner)]);
            if *key == "providers" {
                for kind in KINDS {
                    if let Some(Value::Table(account)) =
                        table["providers"].as_table().and_then(|accounts| accounts.get(kind))
                    {
                        let mut account = account.clone();
                        account.entry("kind").or_insert_with(|| kind.into());
                        table["providers"][kind] = account.into();
                    }
                }
            }
            Value::Table(table)
        }
    });
    let error = Config::from_toml(&toml::to_string(&nested).unwrap()).unwrap_err();
    let listed = error.problems().iter().find_map(|problem| {
        let here = problem.key == PROBE || problem.key.ends_with(&format!(".{PROBE}"));
        here.then(|| problem.message.strip_prefix("is no setting here: write one of ")).flatten()
    })?;
    Some(listed.split(", ").map(str::to_owned).collect())
}

/// A table of the file and what it may hold, as `routing.quality` and `window_days`. A name that
/// the user chooses is `*`, but for accounts, which are called after their kind.
fn every_setting() -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    walk(&mut Vec::new(), &mut found);
    found
}

fn walk(path: &mut Vec<Step>, found: &mut BTreeSet<(String, String)>) {
    let Some(keys) = settings(path) else { return };
    for key in keys {
        found.insert((shown(path), key.clone()));
        let key: &'static str = key.leak();
        path.push(Step::Key(key));
        let names: &[&str] = if key == "providers" { &KINDS } else { &["*"] };
        for ends in [vec![], vec![Step::Entry]]
            .into_iter()
            .chain(names.iter().map(|name| vec![Step::Name(name)]))
        {
            // A map of accounts has no settings of its own, so that only its entries are walked.
            let before = path.len();
            path.extend(ends);
            let is_table = settings(path).is_some();
            if is_table {
                walk(path, found);
            }
            path.truncate(before);
            // A table is neither a list nor a map, though serde would read one as a list.
            if is_table && key != "providers" {
                break;
            }
        }
        path.pop();
    }
}

fn shown(path: &[Step]) -> String {
    let keys = path.iter().filter_map(|step| match step {
        Step::Key(key) | Step::Name(key) => Some(*key),
        Step::Entry => None,
    });
    keys.collect::<Vec<_>>().join(".")
}

/// What the example says, in comments too: each key with its table, and with the key before it on
/// its line, whose inline table it may be in.
fn said(text: &str) -> BTreeSet<(String, String)> {
    let mut said = BTreeSet::new();
    let (mut table, mut list) = (String::new(), None::<String>);
    for line in text.lines() {
        let line = line.trim_start_matches(['#', ' ']);
        if let Some(header) = line.strip_prefix('[').filter(|_| list.is_none()) {
            let header = header.trim_start_matches('[').split(']').next().unwrap_or_default();
            if header.chars().all(|one| one.is_ascii_alphanumeric() || "._-".contains(one)) {
                table = plain(header);
                let (above, key) = table.rsplit_once('.').unwrap_or(("", &table));
                said.insert((above.to_owned(), key.to_owned()));
                // The tables above it are named with it.
                let mut above = above.to_owned();
                while let Some((outer, key)) = above.clone().rsplit_once('.') {
                    said.insert((outer.to_owned(), key.to_owned()));
                    above = outer.to_owned();
                }
                said.insert((String::new(), above));
            }
            continue;
        }
        let keys: Vec<&str> = line
            .match_indices(" =")
            .filter_map(|(at, _)| line[..at].rsplit([' ', '{', '`', '(']).next())
            .filter(|key| !key.is_empty())
            .collect();
        let join = |key: &str| if table.is_empty() { key.into() } else { format!("{table}.{key}") };
        for key in &keys {
            said.insert((table.clone(), (*key).to_owned()));
            for outer in list.iter().map(String::as_str).chain(keys.iter().copied()) {
                said.insert((join(outer), (*key).to_owned()));
            }
        }
        match (line.trim_end(), keys.first()) {
            (line, Some(key)) if line.ends_with('[') => list = Some((*key).to_owned()),
            ("]", _) => list = None,
            (_, _) => {}
        }
    }
    said
}

/// A header with `*` for what the user named.
fn plain(header: &str) -> String {
    let mut parts: Vec<&str> = header.split('.').collect();
    let named = match parts.as_slice() {
        ["agents", _, ..] => Some(1),
        ["callers", "tenants", _, ..] => Some(2),
        _ => None,
    };
    if let Some(at) = named {
        parts[at] = "*";
    }
    parts.join(".")
}

#[test]
fn the_example_names_every_setting() {
    let text = std::fs::read_to_string(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../switchboard.example.toml"
    ));
    let said = said(&text.unwrap());
    let settings = every_setting();
    // What every account and every allowance has is explained once, whichever it is.
    let allowances = ["agents.*.limits", "callers.tenants.*"];
    let of_all = |table: &str, key: &str| {
        if allowances.contains(&table) {
            return said.contains(&("callers.each".to_owned(), key.to_owned()));
        }
        let rest = table.strip_prefix("providers.").map(|rest| rest.split_once('.').unzip());
        let accounts = KINDS.map(|kind| match rest.and_then(|(_, rest)| rest) {
            Some(rest) => format!("providers.{kind}.{rest}"),
            None => format!("providers.{kind}"),
        });
        let common = accounts.iter().all(|table| settings.contains(&(table.clone(), key.into())));
        table.starts_with("providers.")
            && common
            && accounts.into_iter().any(|table| said.contains(&(table, key.to_owned())))
    };
    let missing: Vec<String> = settings
        .iter()
        .filter(|(table, key)| {
            let is_said = said.contains(&(table.clone(), key.clone()));
            !is_said && key != "failure_domain" && !of_all(table, key)
        })
        .map(|(table, key)| format!("{table}: {key}"))
        .collect();
    assert!(missing.is_empty(), "not in the example:\n{}", missing.join("\n"));
}

#[test]
fn the_settings_are_found_in_every_kind_of_table() {
    let settings = every_setting();
    for (table, key) in [
        ("", "routing"),
        ("routing", "default_country"),
        ("routing.quality", "window_days"),
        ("providers.kaicalls", "business_id"),
        ("providers.kaicalls.limits", "read_window_seconds"),
        ("providers.vapi.numbers", "id"),
        ("providers.retell.tariff.rows", "per_call"),
        ("providers.kallyai.tariff.plan", "credits"),
        ("agents.*", "limits"),
        ("callers.tenants.*", "concurrent_calls"),
        ("experiments.guardrails", "at_least"),
        ("server.compat.kaicalls", "default_task"),
        ("budgets", "tenant"),
    ] {
        assert!(settings.contains(&(table.into(), key.into())), "{table}: {key}");
    }
    assert!(settings.len() > 150, "only {} were found", settings.len());
}
