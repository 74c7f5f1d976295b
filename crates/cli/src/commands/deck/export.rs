//! `deck export`: writes a provider's prices as CSV or JSON.

use std::{
    fs::OpenOptions,
    io::{self, BufWriter, Write},
    path::Path,
};

use serde_json::{Value, json};
use switchboard::{
    Config,
    router::{RateRow, write_deck},
};

use crate::{
    commands::deck::{account::account, prefix::prefix},
    exit::Exit,
    failure::{Failure, Outcome},
    output::Output,
    terminal,
};

pub(super) fn run(
    config: &Config,
    provider: &str,
    deck: Option<&str>,
    out: Option<&Path>,
    output: Output,
) -> Outcome {
    let policy = config.policy()?;
    let account = account(&policy, provider)?;
    let known: Vec<&str> = account.deck.decks().map(|(name, _)| name).collect();
    let wanted = match (deck, known.as_slice()) {
        (_, []) => {
            let message =
                format!("{provider} has no prices: give it a tariff, a price_per_minute or decks");
            return Err(Failure::input("PROVIDER", message));
        }
        (None, [only]) => *only,
        (None, several) => {
            let message = format!(
                "is missing: {provider} has several decks; name one of {}",
                several.join(", ")
            );
            return Err(Failure::input("--deck", message));
        }
        (Some(named), known) => match known.iter().find(|one| **one == named) {
            Some(found) => *found,
            None => {
                let message = format!(
                    "{named:?} is not a deck of {provider}: name one of {}",
                    known.join(", ")
                );
                return Err(Failure::input("--deck", message));
            }
        },
    };
    let mut rows = Vec::new();
    let decks = config.providers.get(provider).into_iter().flat_map(|one| &one.decks);
    match decks.into_iter().find(|one| one.file.display().to_string() == wanted) {
        Some(deck) => config.scan_deck(deck, |_, row| rows.push(row))?,
        None => {
            let tariff = account.info.tariff.iter().flat_map(|tariff| tariff.rows.iter().cloned());
            rows.extend(tariff.map(RateRow::from));
        }
    }
    match out {
        Some(file) => {
            let written =
                OpenOptions::new().write(true).create_new(true).open(file).map_err(|error| {
                    let shown = file.display();
                    match error.kind() {
                        io::ErrorKind::AlreadyExists => Failure::input(
                            "--out",
                            format!("{shown} already exists: name a new file"),
                        ),
                        _ => Failure::input("--out", format!("{shown} cannot be created: {error}")),
                    }
                })?;
            write(&rows, BufWriter::new(written), output)
                .map_err(|error| failed(&file.display().to_string(), &error))?;
            output.note(format!("{} rows are in {}", rows.len(), file.display()));
        }
        // The reader of stdout may go away early.
        None => match write(&rows, BufWriter::new(output.results()), output) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
            written => written.map_err(|error| failed("stdout", &error))?,
        },
    }
    Ok(Exit::Done)
}

fn failed(file: &str, error: &io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::InvalidInput => Failure::input(
            "PROVIDER",
            format!("has a price that a CSV deck cannot express: {error}"),
        ),
        _ => Failure::local(format!("{file} cannot be written: {error}")),
    }
}

fn write(rows: &[RateRow], mut to: impl Write, output: Output) -> io::Result<()> {
    if !output.json {
        return write_deck(rows, to);
    }
    for row in rows {
        writeln!(to, "{}", terminal::json(&serde_json::to_string(&as_json(row))?))?;
    }
    to.flush()
}

fn as_json(row: &RateRow) -> Value {
    let seconds = |step: Option<std::time::Duration>| step.map(|step| step.as_secs());
    json!({
        "prefix": prefix(&row.destination), "destination": row.name, "rate": row.per_minute, "connection_fee": row.connection_fee,
        "first_increment": seconds(row.first_increment), "next_increment": seconds(row.next_increment),
        "minimum": seconds(row.minimum), "effective_from": row.effective_from, "until": row.effective_until,
    })
}
