//! `calls list`.

use std::sync::Arc;

use serde_json::{Value, json};
use switchboard::{
    Call, CallId, Currency, Journal, Ledger, PhoneNumber, ValidCall, core::text::mask,
    journal::server::CallsFilter,
};
use switchboard_table::{Column, Writer};

use crate::{
    cli::{CallRef, ListArgs, ListColumn, ListFormat},
    commands::{
        call::NumberDisplay,
        calls::{by_id, due::Due, reveal, state},
    },
    exit::Exit,
    failure::{Failure, Outcome},
    fitted::FittedColumn,
    local::Local,
    output::{Output, masked},
};

/// What a table shows that has to fit a terminal.
const FITTED: [ListColumn; 7] = [
    ListColumn::Id,
    ListColumn::Received,
    ListColumn::To,
    ListColumn::About,
    ListColumn::Provider,
    ListColumn::Status,
    ListColumn::Cost,
];
/// What the other formats show.
const WHOLE: [ListColumn; 17] = [
    ListColumn::Id,
    ListColumn::Received,
    ListColumn::To,
    ListColumn::Country,
    ListColumn::Name,
    ListColumn::Task,
    ListColumn::Tenant,
    ListColumn::Agent,
    ListColumn::Batch,
    ListColumn::Status,
    ListColumn::Outcome,
    ListColumn::Provider,
    ListColumn::Cost,
    ListColumn::Seconds,
    ListColumn::Attempts,
    ListColumn::Due,
    ListColumn::Reason,
];

/// A call and its request, which is missing once it was erased.
type Found = (Call, Option<Arc<ValidCall>>);

/// Lists the latest calls, oldest first.
pub(super) async fn run(ledger: &Ledger, args: &ListArgs, output: Output) -> Outcome {
    let local = Local::read();
    let calls = find(ledger, filter(args, &local)?, args.last).await?;
    let format = if output.json { Some(ListFormat::Json) } else { args.output };
    let journal = ledger.journal();
    if format == Some(ListFormat::Json) {
        let calls: Vec<Value> = calls.iter().map(as_json).collect();
        output.object(&json!({"calls": calls}));
        return Ok(Exit::Done);
    }
    let numbers = reveal::allow(&*journal, args.reveal, "calls list", calls.len(), output).await?;
    let view = View {
        columns: columns(args, format),
        ids: if format.is_none() { short_ids(&*journal, &calls).await? } else { Vec::new() },
        whole: format.is_some(),
        numbers,
        local,
        currency: currency(&calls).filter(|_| format.is_none()),
    };
    match format {
        Some(ListFormat::Csv) => return csv(&view, &calls, output),
        _ if calls.is_empty() => output.line("no calls"),
        Some(ListFormat::Wide | ListFormat::Json) => {
            let header: Vec<&str> = view.columns.iter().map(|column| column.name()).collect();
            output.wide_table(&header, view.rows(&calls));
        }
        None => output.fitted_table(&view.fitted(), view.rows(&calls)),
    }
    Ok(Exit::Done)
}

/// The result where there is no ledger yet: no calls.
pub(super) fn none(args: &ListArgs, output: Output) -> Outcome {
    match args.output {
        _ if output.json => output.object(&json!({"calls": []})),
        Some(ListFormat::Json) => output.object(&json!({"calls": []})),
        Some(ListFormat::Csv) => {
            let view = View {
                columns: columns(args, args.output),
                ids: Vec::new(),
                whole: true,
                numbers: NumberDisplay::Masked,
                local: Local::read(),
                currency: None,
            };
            return csv(&view, &[], output);
        }
        Some(ListFormat::Wide) | None => output.line("no calls"),
    }
    Ok(Exit::Done)
}

fn columns(args: &ListArgs, format: Option<ListFormat>) -> Vec<ListColumn> {
    match format {
        _ if !args.columns.is_empty() => args.columns.clone(),
        Some(_) => WHOLE.to_vec(),
        None => FITTED.to_vec(),
    }
}

fn filter(args: &ListArgs, local: &Local) -> Outcome<CallsFilter> {
    let to = args.to.as_deref().map(PhoneNumber::parse).transpose();
    let wrong = |field: &'static str| move |problem: String| Failure::input(field, problem);
    let since = args.since.as_ref().map(|when| when.begin(local.now, &local.zone));
    let until = args.until.as_ref().map(|when| when.end(local.now, &local.zone));
    Ok(CallsFilter {
        tenant: args.tenant.clone(),
        statuses: args.status.clone(),
        outcomes: args.outcome.clone(),
        provider: args.provider.clone(),
        tags: args.tag.iter().cloned().collect(),
        to: to.map_err(|error| Failure::input("--to", error.to_string()))?,
        experiment: args.experiment.clone(),
        batch: args.batch.clone(),
        created_after: since.transpose().map_err(wrong("--since"))?,
        created_before: until.transpose().map_err(wrong("--until"))?,
        ..CallsFilter::default()
    })
}

/// The latest so many calls, oldest first.
async fn find(ledger: &Ledger, mut filter: CallsFilter, last: u32) -> Outcome<Vec<Found>> {
    let (store, last) = (ledger.server(), last as usize);
    let mut found: Vec<Found> = Vec::new();
    loop {
        filter.limit = u32::try_from(last - found.len()).unwrap_or(u32::MAX);
        let page = store.find(&filter).await?;
        found.extend(page.calls);
        match page.next {
            Some(next) if found.len() < last => filter.before = Some(next),
            Some(_) | None => break,
        }
    }
    found.reverse();
    Ok(found)
}

async fn short_ids(journal: &dyn Journal, calls: &[Found]) -> Outcome<Vec<CallRef>> {
    let ids: Vec<CallId> = calls.iter().map(|(call, _)| call.id).collect();
    Ok(by_id::short(journal, &ids).await?)
}

/// The call as JSON, with the time it is due if it waits for one.
fn as_json((call, request): &Found) -> Value {
    let mut value = json!(call);
    let due = Due::of(call, request.as_deref());
    if let (Some(call), Some(due)) = (value.as_object_mut(), due) {
        call.insert("due".to_owned(), due.json());
    }
    value
}

/// The currency of every cost, if there is one.
fn currency(calls: &[Found]) -> Option<Currency> {
    let mut costs = calls.iter().filter_map(|(call, _)| call.cost.map(|cost| cost.currency()));
    let first = costs.next()?;
    costs.all(|other| other == first).then_some(first)
}

/// How calls become rows.
struct View {
    columns: Vec<ListColumn>,
    /// The short ids, if ids are not printed whole.
    ids: Vec<CallRef>,
    whole: bool,
    numbers: NumberDisplay,
    local: Local,
    /// The currency of every cost, if it is the heading of their column.
    currency: Option<Currency>,
}

impl View {
    fn rows<'a>(&'a self, calls: &'a [Found]) -> impl Iterator<Item = Vec<String>> + 'a {
        calls.iter().enumerate().map(|(at, call)| {
            self.columns.iter().map(|column| self.cell(*column, at, call)).collect()
        })
    }

    fn fitted(&self) -> Vec<FittedColumn> {
        let fitted = self.columns.iter().map(|column| {
            let (least, order) = match column {
                ListColumn::About | ListColumn::Task | ListColumn::Reason => (Some(8), 0),
                ListColumn::Name | ListColumn::Batch | ListColumn::Tags => (Some(8), 1),
                ListColumn::Tenant | ListColumn::Agent | ListColumn::Experiment => (Some(8), 2),
                ListColumn::Provider => (Some(8), 3),
                // The beginning of an id is one, if an ambiguous one where nothing else gives way.
                ListColumn::Id => (Some(13), 4),
                _ => (None, 0),
            };
            let currency = self.currency.as_ref().filter(|_| *column == ListColumn::Cost);
            let name = currency.map_or(column.name(), |currency| currency.code()).to_owned();
            FittedColumn { name, least, order }
        });
        fitted.collect()
    }

    fn cell(&self, column: ListColumn, at: usize, (call, request): &Found) -> String {
        fn shown<T: ToString>(value: Option<T>) -> Option<String> {
            value.map(|value| value.to_string())
        }
        let request = request.as_deref();
        let name =
            || request.and_then(|its| its.callee_name.as_ref().or(its.business_name.as_ref()));
        let text = |text: &str| match self.numbers {
            NumberDisplay::Full => text.to_owned(),
            NumberDisplay::Masked => mask(text),
        };
        let time = |at| if self.whole { self.local.whole(at) } else { self.local.short(at) };
        let merged = !self.columns.contains(&ListColumn::Outcome);
        let cell = match column {
            ListColumn::Id => {
                Some(self.ids.get(at).map_or_else(|| call.id.to_string(), ToString::to_string))
            }
            ListColumn::Received => Some(time(call.created_at)),
            ListColumn::Updated => Some(time(call.updated_at)),
            ListColumn::To => Some(match self.numbers {
                NumberDisplay::Full => call.to.e164().to_owned(),
                NumberDisplay::Masked => masked(&call.to),
            }),
            ListColumn::Country => Some(call.country.to_string()),
            ListColumn::About => {
                name().or(request.map(|request| &request.task)).map(|about| text(about))
            }
            ListColumn::Name => name().map(|name| text(name)),
            ListColumn::Task => request.map(|request| text(&request.task)),
            ListColumn::Tenant => Some(call.tenant.to_string()),
            ListColumn::Agent => shown(call.agent.as_ref()),
            ListColumn::Batch => shown(call.batch.as_ref()),
            ListColumn::Tags => request.filter(|request| !request.tags.is_empty()).map(|request| {
                request.tags.iter().map(String::as_str).collect::<Vec<_>>().join(";")
            }),
            ListColumn::Experiment => {
                call.experiment.as_ref().map(|its| format!("{}:{}", its.experiment, its.arm))
            }
            ListColumn::Provider => shown(call.provider.as_ref()),
            ListColumn::Status if merged => Some(state::word(call)),
            ListColumn::Status => Some(call.status.to_string()),
            ListColumn::Outcome => shown(call.outcome),
            ListColumn::Cost if self.currency.is_some() => {
                shown(call.cost.map(|cost| cost.amount()))
            }
            ListColumn::Cost => shown(call.cost),
            ListColumn::Seconds => shown(call.duration.map(|duration| duration.as_secs())),
            ListColumn::Attempts => Some(call.attempts.len().to_string()),
            ListColumn::Due => Due::of(call, request).map(|due| due.at()),
            ListColumn::Reason => call.fault.as_ref().map(|fault| text(&fault.message)),
        };
        cell.unwrap_or_default()
    }
}

fn csv(view: &View, calls: &[Found], output: Output) -> Outcome {
    let failed =
        |error: std::io::Error| Failure::local(format!("stdout cannot be written: {error}"));
    let columns = view.columns.iter().map(|column| match column {
        ListColumn::To => Column::ours(column.name()),
        column => Column::others(column.name()),
    });
    let mut table = Writer::new(output.results(), columns).map_err(failed)?;
    for row in view.rows(calls) {
        match table.write(row) {
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => return Ok(Exit::Done),
            written => written.map_err(failed)?,
        }
    }
    match table.flush() {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(Exit::Done),
        flushed => flushed.map_err(failed).map(|()| Exit::Done),
    }
}
