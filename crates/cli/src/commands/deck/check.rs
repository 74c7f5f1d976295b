//! `deck check`: whether a file is a valid deck, and what it contains.

use std::{collections::BTreeMap, fs::File, path::Path};

use jiff::Timestamp;
use serde_json::json;
use switchboard::{
    Currency,
    router::{DeckFile, DeckLayout, RateRow, scan_deck},
};

use crate::{
    commands::deck::prefix::prefix,
    exit::Exit,
    failure::{Failure, Outcome},
    output::Output,
};

/// How many gaps are listed; the rest is counted.
const SHOWN: usize = 10;

pub(super) fn run(file: &Path, layout: &DeckLayout, output: Output) -> Outcome {
    let name = file.display().to_string();
    let opened = File::open(file)
        .map_err(|error| Failure::input("FILE", format!("{name} cannot be read: {error}")))?;
    let mut found = Found::default();
    // Rows without a currency use the configured one, which is unknown here.
    let read =
        scan_deck(opened, DeckFile::new(&name).in_layout(layout), Currency::XXX, |line, row| {
            found.add(line, &row)
        });
    if let Err(faults) = read {
        for fault in &faults.faults {
            output.note(format!("error: {fault}"));
        }
        if faults.more > 0 {
            output.note(format!("error: {name} has {} more problems", faults.more));
        }
        if output.json {
            let listed: Vec<_> = faults
                .faults
                .iter()
                .map(|fault| json!({"line": fault.line, "column": fault.column, "message": fault.message}))
                .collect();
            output.object(&json!({"file": name, "faults": listed, "more": faults.more}));
        }
        return Ok(Exit::BadInput);
    }
    found.show(&name, output);
    Ok(Exit::Done)
}

/// When a row's price starts and ends, and its line.
type Dated = (Option<Timestamp>, Option<Timestamp>, u64);

/// What a deck contains.
#[derive(Default)]
struct Found {
    rows: u64,
    currencies: BTreeMap<&'static str, u64>,
    /// The rows with dates, by destination.
    dated: BTreeMap<String, Vec<Dated>>,
    destinations: u64,
    in_force: u64,
    future: u64,
    expired: u64,
}

impl Found {
    fn add(&mut self, line: u64, row: &RateRow) {
        let now = Timestamp::now();
        self.rows += 1;
        *self.currencies.entry(currency(row)).or_default() += 1;
        if row.effective_until.is_some_and(|until| until <= now) {
            self.expired += 1;
        } else if row.effective_from.is_some_and(|from| from > now) {
            self.future += 1;
        } else {
            self.in_force += 1;
        }
        if row.effective_from.is_none() && row.effective_until.is_none() {
            self.destinations += 1;
        } else {
            let windows = self.dated.entry(prefix(&row.destination)).or_default();
            windows.push((row.effective_from, row.effective_until, line));
        }
    }

    /// Destinations with a price before and after a time without one. Often the end date was meant
    /// to be included.
    fn gaps(&mut self) -> Vec<Gap> {
        let mut gaps = Vec::new();
        for (destination, windows) in &mut self.dated {
            windows.sort_unstable();
            for (one, next) in windows.iter().zip(windows.iter().skip(1)) {
                if let ((_, Some(until), before), (Some(from), _, after)) = (one, next)
                    && until < from
                {
                    gaps.push(Gap {
                        destination: destination.clone(),
                        from: *until,
                        until: *from,
                        lines: [*before, *after],
                    });
                }
            }
        }
        gaps
    }

    fn show(&mut self, name: &str, output: Output) {
        let gaps = self.gaps();
        let destinations = self.destinations + self.dated.len() as u64;
        if output.json {
            let gaps: Vec<_> = gaps
                .iter()
                .map(|gap| json!({"prefix": gap.destination, "from": gap.from, "until": gap.until, "lines": gap.lines}))
                .collect();
            output.object(&json!({
                "file": name, "rows": self.rows, "destinations": destinations, "in_force": self.in_force, "future": self.future,
                "expired": self.expired, "currencies": self.currencies, "gaps": gaps,
            }));
            return;
        }
        let mut rows = vec![
            ("rows".to_owned(), self.rows),
            ("destinations".to_owned(), destinations),
            ("in force".to_owned(), self.in_force),
            ("start later".to_owned(), self.future),
            ("expired".to_owned(), self.expired),
        ];
        rows.extend(
            self.currencies.iter().map(|(code, count)| (format!("in {}", named(code)), *count)),
        );
        output.table(
            &["item", "count"],
            rows.into_iter().map(|(what, count)| vec![what, count.to_string()]),
        );
        for gap in gaps.iter().take(SHOWN) {
            let [before, after] = gap.lines;
            output.line(format!(
                "warning: {} has no price from {} to {} (lines {before} and {after}); a price ends just before its `until`",
                gap.destination, gap.from, gap.until
            ));
        }
        if gaps.len() > SHOWN {
            output.line(format!("and {} more gaps", gaps.len() - SHOWN));
        }
        output.line("no problems found");
    }
}

struct Gap {
    destination: String,
    from: Timestamp,
    until: Timestamp,
    lines: [u64; 2],
}

fn currency(row: &RateRow) -> &'static str {
    let money = row.per_minute.or(row.connection_fee);
    let code = money.map_or(Currency::XXX, switchboard::Money::currency);
    if code == Currency::XXX { "routing.currency" } else { code.code() }
}

fn named(code: &str) -> &str {
    if code == "routing.currency" { "the configuration's currency" } else { code }
}
