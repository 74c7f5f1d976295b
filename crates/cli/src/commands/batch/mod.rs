//! `switchboard batch`: places the calls of a table, each row once.
//!
//! The ledger has the call of each row, under a key derived from the batch and the row. The process
//! keeps no state of its own, so that it can be killed at any time and run again. Reading, checking and
//! keying rows is in `switchboard-batch`, which the server uses too.
//!
//! | file | contents |
//! |---|---|
//! | `file.rs` | the file, and the name of its batch |
//! | `survey.rs`, `earlier.rs`, `rules.rs`, `outlook.rs` | what the batch would do: wrong rows, earlier calls, the calling rules, what new calls need |
//! | `dry_run.rs` | `--dry-run` |
//! | `confirm.rs` | asking before many phones ring |
//! | `first_words.rs` | stopping after calls without the words that a rule asks for |
//! | `refusals.rs` | pausing after many identical refusals |
//! | `send.rs` | submitting rows, a bounded number at a time |
//! | `progress.rs`, `waits.rs` | the progress bar, and why calls wait |
//! | `rejected.rs` | the table of rejected rows |
//! | `results.rs` | the table of results |
//! | `report.rs`, `summary.rs` | counting the results, and printing them |

mod confirm;
mod dry_run;
mod earlier;
mod file;
mod first_words;
mod outlook;
mod progress;
mod refusals;
mod rejected;
mod report;
mod results;
mod rules;
mod send;
mod summary;
mod survey;
mod waits;

use std::{num::NonZeroU32, time::Duration};

use jiff::Timestamp;
use switchboard::core::RuleOverride;
use switchboard_batch::{Checker, RowDefaults};

use self::{
    progress::Display,
    rejected::Rejected,
    report::{Files, Report},
    results::Results,
    send::Pace,
    survey::Survey,
};
use crate::{
    cli::{BatchArgs, Common},
    exit::Exit,
    failure::{Failure, Outcome},
    output::Output,
    reload, setup,
};

pub(crate) async fn run(common: &Common, args: BatchArgs, output: Output) -> Outcome {
    // The whole table is checked before anything is sent, so that an unknown column is found now
    // and not after a thousand calls.
    let table = file::read(&args.file, &args.column)?;
    let name = file::name(args.name.as_deref(), &args.file)?;
    let overrides = setup::overrides(args.lifted)?;
    let rows = RowDefaults {
        again: args.again,
        failover_on_quota: args.failover_on_quota,
        default_country: args.default_country,
        overrides: overrides.clone(),
    };
    let checker = || {
        Checker::new(&name, rows.clone(), None)
            .map_err(|fault| Failure::input("--name", fault.to_string()))
    };
    check_overrides(common, &overrides)?;
    let results = Results::new(&args.file, args.results.as_deref(), table.header())?;
    let survey = Survey::read(common, &table, checker()?, args.rate, output).await?;
    if args.dry_run {
        return Ok(dry_run::show(&survey, output));
    }
    survey.show("", output);
    if !confirm::may_place(survey.new_calls(), args.yes, output)? {
        return Ok(Exit::NotPlaced);
    }
    // Its ledger is closed before the calls are placed.
    drop(survey);
    let checker = checker()?;
    let rejected = Rejected::new(&args.file, args.rejected.as_deref(), table.header())?;
    let pace = args.rate.and_then(NonZeroU32::new);
    let pace = pace.map_or(Duration::ZERO, |rate| Duration::from_secs(60) / rate.get());
    let switchboard = setup::open_for_calls(common, output).await?;
    let _reloads = reload::listen(&switchboard, common, output).await?;
    let currency = switchboard.engine().policy().currency;
    let mut report = Report::new(
        checker.keys().name(),
        table.len(),
        Files { rejected, results },
        currency,
        Display::new(table.len(), output),
    );
    let settings = send::Settings {
        at_once: usize::try_from(args.at_once).unwrap_or(usize::MAX),
        wait: !args.no_wait,
        pauses: !args.no_pause,
        pace: Pace::new(pace),
    };
    send::run(&switchboard, &table, checker, settings, &mut report).await?;
    report.end(&table, switchboard.engine(), common, output).await
}

/// What the whole batch lifts is checked once, before any row.
fn check_overrides(common: &Common, overrides: &[RuleOverride]) -> Outcome<()> {
    if overrides.is_empty() {
        return Ok(());
    }
    let (tables, now) = (setup::read(common)?.rule_tables()?, Timestamp::now());
    let wrong = overrides.iter().find_map(|one| tables.check_override(one, now).err());
    wrong.map_or(Ok(()), |error| Err(Failure::input("--override", error.message())))
}
