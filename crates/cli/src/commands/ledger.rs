//! `switchboard ledger`: checks and backs up the ledger, and deletes personal data.

use jiff::Timestamp;
use parking_lot::Mutex;
use switchboard::{
    Ledger, PhoneNumber, Retention,
    core::PhoneNumberError,
    ledger::{Check, CheckStep, Swept},
};

use crate::{
    cli::{Common, LedgerArgs, LedgerCommand},
    exit::Exit,
    failure::{Failure, Outcome},
    output::Output,
    progress::Progress,
    setup,
};

pub(crate) async fn run(common: &Common, args: LedgerArgs, output: Output) -> Outcome {
    let LedgerArgs { ledger: file, command } = args;
    // Arguments are checked before the ledger is opened.
    let person = match &command {
        LedgerCommand::Erase { person, yes } => Some(person_to_erase(person, *yes)?),
        LedgerCommand::Check | LedgerCommand::Backup { .. } | LedgerCommand::Sweep => None,
    };
    let (ledger, retention) = setup::ledger(common, file.as_deref()).await?;
    match (command, person) {
        (LedgerCommand::Backup { file }, _) => {
            let backup = ledger.backup(&file).await?;
            if output.json {
                output.object(&backup);
            } else {
                output.line(format!(
                    "a copy of the ledger is in {}, {} bytes",
                    backup.path.display(),
                    backup.bytes
                ));
            }
            Ok(Exit::Done)
        }
        (LedgerCommand::Erase { .. }, Some(person)) => erase(&ledger, &person, output).await,
        (LedgerCommand::Sweep, _) => sweep(&ledger, &retention, output).await,
        (LedgerCommand::Check | LedgerCommand::Erase { .. }, _) => check(&ledger, output).await,
    }
}

fn person_to_erase(person: &str, yes: bool) -> Outcome<PhoneNumber> {
    let person: PhoneNumber = person
        .parse()
        .map_err(|error: PhoneNumberError| Failure::input("--person", error.to_string()))?;
    if yes {
        return Ok(person);
    }
    Err(Failure::input(
        "--yes",
        format!(
            "is missing: everything about {} will be deleted permanently, in every call",
            person.masked()
        ),
    ))
}

async fn erase(ledger: &Ledger, person: &PhoneNumber, output: Output) -> Outcome {
    let erased = ledger.erase(person, Timestamp::now()).await?;
    if output.json {
        output.object(&erased);
    } else {
        output.line(format!(
            "erased from {} calls, {} events and {} rows of batches; logs now call this person {}",
            erased.calls,
            erased.events,
            erased.batch_rows,
            ledger.tag(person)
        ));
    }
    Ok(Exit::Done)
}

async fn sweep(ledger: &Ledger, retention: &Retention, output: Output) -> Outcome {
    let swept = ledger.sweep(retention, Timestamp::now()).await?;
    if output.json {
        output.object(&swept);
        return Ok(Exit::Done);
    }
    let Swept { transcripts, recordings, raw_answers, people, events, consents, .. } = swept;
    let kept = Retention {
        events: retention.events,
        consents: retention.consents,
        ..Retention::default()
    };
    if *retention == kept {
        output.note(
            "of calls nothing has to be deleted: [ledger.retention] sets no limits, so everything is kept",
        );
    }
    let rows = [
        ("transcripts", transcripts),
        ("recordings", recordings),
        ("raw answers", raw_answers),
        ("calls of people", people),
        ("published events", events),
        ("consents", consents),
    ];
    output.table(
        &["data", "deleted"],
        rows.map(|(what, count)| vec![what.to_owned(), count.to_string()]),
    );
    Ok(Exit::Done)
}

async fn check(ledger: &Ledger, output: Output) -> Outcome {
    let progress = Mutex::new(Progress::new(output, "reading the file"));
    let check = ledger.check_and_tell(|so_far| {
        let mut progress = progress.lock();
        progress.begin(match so_far.step {
            CheckStep::File => "reading the file",
            CheckStep::Rules => "comparing the tables",
            _ => "checking every call",
        });
        progress.at(so_far.done, so_far.of, so_far.done);
    });
    let check = check.await?;
    drop(progress);
    Ok(show(&check, output))
}

fn show(check: &Check, output: Output) -> Exit {
    if output.json {
        output.object(check);
    } else {
        let states = check.by_status.iter().map(|(status, count)| (status.to_string(), *count));
        let sums = [("calls", check.calls), ("attempts", check.attempts), ("events", check.events)];
        let rows = sums.map(|(what, count)| (what.to_owned(), count)).into_iter();
        let rows = rows.chain(states.map(|(status, count)| (format!("  {status}"), count)));
        output.table(&["item", "count"], rows.map(|(what, count)| vec![what, count.to_string()]));
        for problem in &check.problems {
            let call =
                problem.call.map_or_else(|| "the ledger".to_owned(), |call| format!("call {call}"));
            output.line(format!("error: {call}: {}", problem.what));
        }
        if check.problems.is_empty() {
            output.line("no problems found");
        }
    }
    if check.problems.is_empty() { Exit::Done } else { Exit::Failed }
}
