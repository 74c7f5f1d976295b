//! `calls export`. Calls are written as they are read, so that memory stays small however many
//! there are.

use std::{
    fs::{File, OpenOptions},
    io::{self, BufWriter, Write},
    path::Path,
};

use switchboard::{Call, Ledger};
use switchboard_table::{Column, Writer};

use crate::{
    cli::{ExportArgs, ExportFormat},
    commands::calls::find::Pages,
    exit::Exit,
    failure::{Failure, Outcome},
    local::Local,
    output::{Output, Results},
    progress::Progress,
    terminal,
};

/// The columns, and whether callers, providers or the configuration can influence their text.
const COLUMNS: [(&str, Origin); 22] = [
    ("id", Origin::Ours),
    ("created_at", Origin::Ours),
    ("updated_at", Origin::Ours),
    ("tenant", Origin::Others),
    ("to", Origin::Ours),
    ("country", Origin::Ours),
    ("agent", Origin::Others),
    ("status", Origin::Ours),
    ("outcome", Origin::Ours),
    ("provider", Origin::Others),
    ("provider_call_id", Origin::Others),
    ("attempts", Origin::Ours),
    ("experiment", Origin::Others),
    ("arm", Origin::Others),
    ("estimated_cost", Origin::Ours),
    ("cost", Origin::Ours),
    ("currency", Origin::Ours),
    ("duration_seconds", Origin::Ours),
    ("fault", Origin::Ours),
    ("why", Origin::Others),
    ("summary", Origin::Others),
    ("metadata", Origin::Others),
];

/// Where a column's text comes from. Text from others must not run as a formula in a spreadsheet.
#[derive(Clone, Copy)]
enum Origin {
    Ours,
    Others,
}

impl Origin {
    fn column((name, origin): (&'static str, Self)) -> Column {
        match origin {
            Origin::Ours => Column::ours(name),
            Origin::Others => Column::others(name),
        }
    }
}

pub(super) async fn run(ledger: &Ledger, args: ExportArgs, output: Output) -> Outcome {
    let default = if output.json { ExportFormat::Jsonl } else { ExportFormat::Csv };
    let format = args.format.unwrap_or(default);
    let mut sink = Sink::new(format, args.out.as_deref(), output)?;
    let journal = ledger.journal();
    let local = Local::read();
    let since = args.since.as_ref().map(|when| when.begin(local.now, &local.zone));
    let since = since.transpose().map_err(|problem| Failure::input("--since", problem))?;
    let mut pages = Pages::new(&*journal, &[], since);
    let mut calls = 0_u64;
    // Rows on the terminal are progress enough.
    let mut progress = (args.out.is_some() || !output.is_terminal())
        .then(|| Progress::new(output, "reading the ledger"));
    while let Some(page) = pages.next().await? {
        if let Some(progress) = &mut progress {
            progress.read(&page);
        }
        for call in &page {
            match sink.write(call) {
                Ok(()) => calls += 1,
                // The reader of stdout has read enough.
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe && args.out.is_none() => {
                    return Ok(Exit::Done);
                }
                Err(error) => return Err(failed(args.out.as_deref(), &error)),
            }
        }
    }
    drop(progress);
    match sink.end() {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe && args.out.is_none() => {}
        ended => ended.map_err(|error| failed(args.out.as_deref(), &error))?,
    }
    if let Some(file) = &args.out {
        output.note(format!("{calls} calls are in {}", file.display()));
    }
    Ok(Exit::Done)
}

fn failed(file: Option<&Path>, error: &io::Error) -> Failure {
    let file = file.map_or_else(|| "stdout".to_owned(), |file| file.display().to_string());
    Failure::local(format!("{file} cannot be written: {error}"))
}

enum Sink {
    Table(Box<Writer<Target>>),
    Lines(BufWriter<Target>),
}

enum Target {
    File(File),
    Stdout(Results),
}

impl Write for Target {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Target::File(file) => file.write(bytes),
            Target::Stdout(out) => out.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            // The export counts as done only once it is on disk.
            Target::File(file) => file.sync_all(),
            Target::Stdout(out) => out.flush(),
        }
    }
}

impl Sink {
    fn new(format: ExportFormat, file: Option<&Path>, output: Output) -> Outcome<Self> {
        let target = match file {
            Some(file) => Target::File(private(file)?),
            None => Target::Stdout(output.results()),
        };
        Ok(match format {
            ExportFormat::Jsonl => Sink::Lines(BufWriter::new(target)),
            ExportFormat::Csv => {
                let table = Writer::new(target, COLUMNS.map(Origin::column))
                    .map_err(|error| failed(file, &error))?;
                Sink::Table(Box::new(table))
            }
        })
    }

    fn write(&mut self, call: &Call) -> io::Result<()> {
        match self {
            Sink::Table(table) => table.write(cells(call)),
            Sink::Lines(lines) => {
                let line = terminal::json(&serde_json::to_string(call)?);
                lines.write_all(line.as_bytes())?;
                lines.write_all(b"\n")
            }
        }
    }

    fn end(&mut self) -> io::Result<()> {
        match self {
            Sink::Table(table) => table.flush(),
            Sink::Lines(lines) => lines.flush(),
        }
    }
}

/// Creates a file that only its owner can read, since it contains phone numbers.
fn private(file: &Path) -> Outcome<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file).map_err(|error| {
        let shown = file.display();
        if error.kind() == io::ErrorKind::AlreadyExists {
            return Failure::input("--out", format!("{shown} already exists: name a new file"));
        }
        Failure::input("--out", format!("{shown} cannot be created: {error}"))
    })
}

fn cells(call: &Call) -> [String; COLUMNS.len()] {
    fn shown<T: ToString>(value: Option<T>) -> String {
        value.map(|value| value.to_string()).unwrap_or_default()
    }
    let assigned = call.experiment.as_ref();
    let currency = call.cost.or(call.estimated_cost).map(|money| money.currency().code());
    [
        call.id.to_string(),
        call.created_at.to_string(),
        call.updated_at.to_string(),
        call.tenant.to_string(),
        call.to.e164().to_owned(),
        call.country.to_string(),
        shown(call.agent.as_ref()),
        call.status.to_string(),
        shown(call.outcome),
        shown(call.provider.as_ref()),
        shown(call.provider_call_id.as_ref().map(|id| id.as_str())),
        call.attempts.len().to_string(),
        shown(assigned.map(|one| &one.experiment)),
        shown(assigned.map(|one| &one.arm)),
        shown(call.estimated_cost.map(|money| money.amount())),
        shown(call.cost.map(|money| money.amount())),
        shown(currency),
        shown(call.duration.map(|duration| duration.as_secs())),
        shown(call.fault.as_ref().map(|fault| fault.kind.as_str())),
        shown(call.fault.as_ref().map(|fault| &fault.message)),
        shown(call.summary.as_ref()),
        if call.metadata.is_empty() {
            String::new()
        } else {
            serde_json::to_string(&call.metadata).unwrap_or_default()
        },
    ]
}
