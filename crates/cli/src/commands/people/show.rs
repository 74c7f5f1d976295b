//! `people show`.

use jiff::Timestamp;
use serde_json::{Value, json};
use switchboard::{PhoneNumber, core::text::mask};
use switchboard_api::wire::{ConsentRecord, OptOutRecord, Person};

use crate::output::{Output, or_dash};

pub(super) fn person(number: &PhoneNumber, known: &Person, output: Output) {
    if output.json {
        let mut value = json!(known);
        if let Value::Object(object) = &mut value {
            object.insert("number".to_owned(), json!(number.masked()));
        }
        output.object(&value);
        return;
    }
    output.line(number.masked());
    match known.opted_out_at {
        Some(at) => output.line(format!("does not want to be called, since {:.0}", at.0)),
        None => output.line("has not opted out"),
    }
    let rings = known.rings;
    output.line(rings.last_at.map_or_else(
        || "no ring of their phone is on record".to_owned(),
        |last| {
            format!(
                "rang {} in 24 hours, {} in 7 days, {} in 30 days; the last time {:.0}",
                times(rings.last_24_hours),
                times(rings.last_7_days),
                times(rings.last_30_days),
                last.0
            )
        },
    ));
    if !known.opt_outs.is_empty() {
        output.heading("Opt-outs");
        output.table(&["when", "what", "by", "note"], known.opt_outs.iter().map(opt_out));
    }
    if !known.consents.is_empty() {
        output.heading("Consents");
        output.table(
            &["given", "kind", "for", "tenant", "state", "words"],
            known.consents.iter().map(consent),
        );
    }
    if !known.events.is_empty() {
        output.heading("How calls went");
        output.table(
            &["when", "last", "call"],
            known.events.iter().map(|event| {
                vec![format!("{:.0}", event.at.0), event.kind.clone(), or_dash(event.call.as_ref())]
            }),
        );
    }
    if !known.calls.is_empty() {
        output.heading("Calls");
        output.table(
            &["received", "call", "status", "outcome", "tenant"],
            known.calls.iter().map(|call| {
                vec![
                    format!("{:.0}", call.created_at.0),
                    call.id.clone(),
                    word(&call.status),
                    call.outcome.as_ref().map_or_else(|| "-".to_owned(), word),
                    call.tenant.clone(),
                ]
            }),
        );
    }
}

/// A word as JSON has it.
fn word(value: &impl serde::Serialize) -> String {
    json!(value).as_str().unwrap_or_default().to_owned()
}

fn times(count: u32) -> String {
    match count {
        0 => "never".to_owned(),
        1 => "once".to_owned(),
        more => format!("{more} times"),
    }
}

fn opt_out(record: &OptOutRecord) -> Vec<String> {
    let what = match &record.how {
        _ if record.taken_back => "taken back".to_owned(),
        Some(how) => how.replace('_', " "),
        None => "-".to_owned(),
    };
    vec![
        format!("{:.0}", record.at.0),
        what,
        record.by.clone(),
        mask(record.note.as_deref().unwrap_or("-")),
    ]
}

fn consent(record: &ConsentRecord) -> Vec<String> {
    let state = match (record.withdrawn_at, record.expires_at) {
        (Some(at), _) => format!("withdrawn {:.0}", at.0),
        (None, Some(at)) if at.0 <= Timestamp::now() => format!("expired {:.0}", at.0),
        (None, Some(at)) => format!("until {:.0}", at.0),
        (None, None) => "holds".to_owned(),
    };
    vec![
        record.at.map_or_else(|| "no time".to_owned(), |at| format!("{:.0}", at.0)),
        word(&record.kind),
        record.purpose.as_ref().map_or_else(|| "any purpose".to_owned(), word),
        record.tenant.clone(),
        state,
        mask(record.words.as_deref().unwrap_or("-")),
    ]
}
