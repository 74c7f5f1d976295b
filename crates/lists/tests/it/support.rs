//! Reads texts.

use std::io::Cursor;

use switchboard_lists::{Entry, Fault, FaultKind, Options, Reason, Report, read};

/// The numbers of a file, and the report.
pub(crate) fn taken(file: impl AsRef<[u8]>, options: &Options) -> (Vec<u64>, Report) {
    let (entries, report) = entries(file, options).unwrap();
    assert!(entries.iter().all(|entry| entry.listed));
    (entries.into_iter().map(|entry| entry.number.as_u64()).collect(), report)
}

pub(crate) fn entries(
    file: impl AsRef<[u8]>,
    options: &Options,
) -> Result<(Vec<Entry>, Report), Fault> {
    let mut entries = Vec::new();
    let report = read(Cursor::new(file.as_ref()), options, |entry| entries.push(entry))?;
    let refused: u64 = report.refused.iter().map(|one| one.count).sum();
    assert_eq!(report.read, report.taken + report.not_listed + refused);
    assert_eq!(entries.len() as u64, report.taken + report.not_listed);
    Ok((entries, report))
}

/// Why a file is rejected.
pub(crate) fn fault(file: impl AsRef<[u8]>, options: &Options) -> Fault {
    entries(file, options).unwrap_err()
}

pub(crate) fn kind(file: impl AsRef<[u8]>, options: &Options) -> FaultKind {
    fault(file, options).kind
}

/// The reasons with their lines.
pub(crate) fn refusals(report: &Report) -> Vec<(Reason, Vec<u64>)> {
    let lines = |one: &switchboard_lists::Refused| {
        (one.reason, one.first.iter().map(|place| place.line).collect())
    };
    report.refused.iter().map(lines).collect()
}
