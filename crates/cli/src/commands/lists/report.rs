//! What an import prints.

use serde_json::json;
use switchboard::journal::ListHead;
use switchboard_lists::Report;

use super::show::covers;
use crate::output::Output;

pub(super) fn show(head: &ListHead, report: &Report, output: Output) {
    if output.json {
        output.object(&json!({"list": head, "report": report}));
        return;
    }
    refusals(report, output);
    let mut rows = vec![
        ("format", format!("{}, {}", report.format, packed(report))),
        ("read", report.read.to_string()),
        ("taken", report.taken.to_string()),
        ("refused", report.refused().to_string()),
        ("doubles", report.doubles.to_string()),
        ("covers", if report.washed { "the numbers in it".to_owned() } else { covers(head) }),
        ("numbers", head.count.to_string()),
        ("as of", format!("{:.0}", head.as_of)),
    ];
    if report.washed {
        rows.insert(3, ("not listed", report.not_listed.to_string()));
    }
    if let Some(column) = &report.column {
        rows.insert(1, ("column", column.clone()));
    }
    if let Some(until) = report.valid_until {
        rows.push(("valid until", format!("{until:.0}")));
    }
    output.table(
        &["item", "value"],
        rows.into_iter().map(|(item, value)| vec![item.to_owned(), value]),
    );
    output.line(format!("{} is imported", head.name));
}

/// What was refused, by reason.
pub(super) fn refusals(report: &Report, output: Output) {
    if output.json {
        return;
    }
    for refused in &report.refused {
        let places: Vec<_> = refused.first.iter().map(ToString::to_string).collect();
        let more = if refused.count > places.len() as u64 { ", …" } else { "" };
        output.note(format!(
            "refused {}: {} ({}{more})",
            refused.count,
            refused.reason,
            places.join(", ")
        ));
    }
}

fn packed(report: &Report) -> String {
    let value = |value: serde_json::Result<serde_json::Value>| {
        value.ok().and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default()
    };
    let packed = value(serde_json::to_value(report.packed));
    let encoding = value(serde_json::to_value(report.encoding));
    match report.files {
        1 => format!("{packed}, {encoding}"),
        files => format!("{packed} of {files} files, {encoding}"),
    }
}
