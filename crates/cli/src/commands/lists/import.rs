//! Reads a file and stores it.

use switchboard::{
    Journal,
    core::{Error, ErrorKind},
    jiff::{SignedDuration, Timestamp},
    journal::{ListNumbers, NewList},
    rules::Tables,
};
use switchboard_lists::{Fault, FaultKind, FlagValues, Options, Report};

use super::{reading::Progress, report};
use crate::{
    cli::ImportArgs,
    exit::Exit,
    failure::{Failure, Outcome},
    output::Output,
};

/// Of this many lines, one may be refused without a confirmation.
const ONE_IN: u64 = 100;

pub(super) async fn run(
    store: &dyn Journal,
    args: ImportArgs,
    by: String,
    tables: &Tables,
    output: Output,
) -> Outcome {
    let now = Timestamp::now();
    // The date of a place further east has begun there.
    if args.as_of > now.checked_add(SignedDuration::from_hours(24)).unwrap_or(now) {
        return Err(Failure::input("--as-of", "is in the future: give the date of the list"));
    }
    let bar = output.spinner("reading the list");
    let options = options(&args, tables);
    let hasher = store.list_hasher();
    let file = args.file.clone();
    let reader = {
        let bar = bar.clone();
        move || -> Outcome<(ListNumbers, Report)> {
            let input = Progress::open(&file, bar, output).map_err(|error| {
                Failure::input("FILE", format!("{} cannot be read: {error}", file.display()))
            })?;
            let mut entries = Vec::new();
            let read = switchboard_lists::read(input, &options, |entry| {
                entries.push(ListNumbers::entry(&hasher, entry.number, entry.listed));
            });
            let mut report = read.map_err(|fault| refused(&fault))?;
            let (numbers, doubles) = ListNumbers::new(entries);
            report.doubles = doubles;
            Ok((numbers, report))
        }
    };
    let (numbers, report) = tokio::task::spawn_blocking(reader)
        .await
        .map_err(|error| Failure::local(format!("the list could not be read: {error}")))??;
    if let Err(failure) = check(&args, &report) {
        bar.finish_and_clear();
        // What was refused, so that it can be mended.
        report::refusals(&report, output);
        return Err(failure);
    }
    output.set_message(&bar, format!("storing {} numbers", numbers.len()));
    let list = NewList::new(args.name, args.as_of, numbers, now).with(|list| {
        list.covers = report.covers.clone();
        list.by = by;
        list.confirmed = args.yes;
    });
    let imported = store.import_list(list).await;
    bar.finish_and_clear();
    let head = imported.map_err(unconfirmed)?;
    report::show(&head, &report, output);
    Ok(Exit::Done)
}

fn options(args: &ImportArgs, tables: &Tables) -> Options {
    let days = args.max_age.map(|days| SignedDuration::from_hours(24 * i64::from(days)));
    Options::new().with(|options| {
        options.format = args.format;
        options.country = args.country;
        options.column = args.column.clone();
        options.flag = args.flag_column.clone();
        options.flags =
            FlagValues { listed: args.listed_values.clone(), clear: args.clear_values.clone() };
        options.covers = args.covers.clone();
        options.as_of = Some(args.as_of);
        options.max_age = days.or_else(|| tables.list_max_age(args.name.as_str()));
    })
}

/// Checks what was read, before anything is stored.
fn check(args: &ImportArgs, report: &Report) -> Outcome<()> {
    if report.covers.is_empty() && !report.washed {
        return Err(Failure::input(
            "--covers",
            "is missing, and the file does not state it: say which numbers the list would have, as +1415,+44,US, or all",
        ));
    }
    if report.lost().saturating_mul(ONE_IN) > report.read && !args.yes {
        return Err(Failure::input(
            "--yes",
            format!(
                "is missing: {} of {} lines were refused, and people on them would be called; mend the file or what was declared about it, or confirm",
                report.lost(),
                report.read
            ),
        ));
    }
    Ok(())
}

fn refused(fault: &Fault) -> Failure {
    let field = match fault.kind {
        FaultKind::Column => "--column",
        _ => "FILE",
    };
    Failure::input(field, fault.to_string())
}

/// What the store refuses without a confirmation.
fn unconfirmed(error: Error) -> Failure {
    match (error.kind(), error.code()) {
        (ErrorKind::Conflict, Some("list_is_empty" | "list_is_older" | "list_shrinks")) => {
            Failure::input("--yes", format!("is missing: {}", error.message()))
        }
        _ => error.into(),
    }
}
