//! `list` and `check`.

use serde_json::json;
use switchboard::{
    Country, Journal, PhoneNumber,
    core::{ListState, PhoneNumberError},
    jiff::Timestamp,
    journal::{ListCache, ListHead},
};

use crate::{
    exit::Exit,
    failure::{Failure, Outcome},
    output::{Output, or_dash},
};

/// The most prefixes and countries that are shown in a table.
const SHOWN: usize = 8;

pub(super) fn heads(heads: &[ListHead], output: Output) {
    if output.json {
        output.object(&json!({"lists": heads}));
        return;
    }
    if heads.is_empty() {
        output.line("no lists: import the first one with switchboard lists import");
        return;
    }
    let now = Timestamp::now();
    let rows = heads.iter().map(|head| {
        let days = now.duration_since(head.as_of).as_hours().max(0) / 24;
        vec![
            head.name.to_string(),
            head.count.to_string(),
            format!("{:.0}", head.as_of),
            days.to_string(),
            covers(head),
            format!("{:.0}", head.imported_at),
            head.imported_by.clone(),
        ]
    });
    output.table(&["list", "numbers", "as of", "days old", "covers", "imported at", "by"], rows);
}

/// What a list covers, at most a few prefixes of it.
pub(super) fn covers(head: &ListHead) -> String {
    let all = head.covers.to_string();
    if all.is_empty() {
        return "the numbers in it".to_owned();
    }
    match head.covers.len().saturating_sub(SHOWN) {
        0 => all,
        more => {
            let shown: Vec<_> = all.split(',').take(SHOWN).collect();
            format!("{} and {more} more", shown.join(","))
        }
    }
}

pub(super) fn number(text: &str, country: Option<Country>) -> Outcome<PhoneNumber> {
    PhoneNumber::parse_in(text, country)
        .map_err(|error: PhoneNumberError| Failure::input("NUMBER", error.to_string()))
}

pub(super) async fn check(store: &dyn Journal, number: &PhoneNumber, output: Output) -> Outcome {
    let bar = output.spinner("reading the lists");
    let cache = ListCache::new(store);
    let refreshed = cache.refresh(store).await;
    bar.finish_and_clear();
    refreshed?;
    let states = cache.heads().into_iter().map(|head| {
        let (state, as_of) = word(cache.state(head.name.as_str(), number));
        (head.name, state, as_of)
    });
    if output.json {
        let lists: Vec<_> = states
            .map(|(list, state, as_of)| json!({"list": list, "state": state, "as_of": as_of}))
            .collect();
        output.object(&json!({"number": number.masked(), "lists": lists}));
        return Ok(Exit::Done);
    }
    let rows: Vec<_> = states
        .map(|(list, state, as_of)| {
            let shown = state.replace('_', " ");
            vec![list.to_string(), shown, or_dash(as_of.map(|at| format!("{at:.0}")))]
        })
        .collect();
    if rows.is_empty() {
        output.line("no lists: import the first one with switchboard lists import");
        return Ok(Exit::Done);
    }
    output.line(number.masked());
    output.table(&["list", "state", "as of"], rows);
    Ok(Exit::Done)
}

fn word(state: ListState) -> (&'static str, Option<Timestamp>) {
    match state {
        ListState::Missing => ("missing", None),
        ListState::NotCovered { as_of } => ("not_covered", Some(as_of)),
        ListState::Absent { as_of } => ("absent", Some(as_of)),
        ListState::Listed { as_of } => ("listed", Some(as_of)),
    }
}
