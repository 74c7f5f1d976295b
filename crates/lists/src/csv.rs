//! Tables.

use std::io::{Cursor, Read};

use switchboard_table::{Breaks, FaultKind as TableFault, Header, Reader, Row, alike};

use crate::{
    detect::is_header,
    fault::{Fault, FaultKind},
    options::{Column, Options},
    refused::Reason,
    sink::Sink,
};

/// Names of columns with numbers.
const NAMES: [&str; 24] = [
    "phone",
    "phone number",
    "phonenumber",
    "number",
    "telephone",
    "telephone number",
    "tel",
    "mobile",
    "mobile number",
    "cell",
    "cell phone",
    "msisdn",
    "to",
    "e164",
    "contact number",
    "telefon",
    "telefonnummer",
    "rufnummer",
    "telefono",
    "teléfono",
    "numero",
    "número",
    "téléphone",
    "numéro",
];

/// Reads a table, and returns the name of the column with the numbers.
pub(crate) fn table(
    input: impl Read,
    sample: &str,
    options: &Options,
    sink: &mut Sink<'_>,
) -> Result<String, Fault> {
    let made = made_header(sample);
    // The lines of the file that the reader does not see, or sees besides.
    let added = u64::from(made.is_some());
    let input = Cursor::new(made.clone().unwrap_or_default()).chain(input);
    let mut reader =
        Reader::new(input, Breaks::Allowed).map_err(|fault| unreadable(&fault, added, sink))?;
    let (column, flag) = columns(reader.header(), made.is_some(), options)?;
    let name = reader.header().names().nth(column).unwrap_or_default().to_owned();
    let mut row = Row::new();
    loop {
        match reader.read(&mut row) {
            Ok(true) => {}
            Ok(false) => return Ok(name),
            Err(fault) if fault.kind == TableFault::Cells => {
                sink.refuse(fault.line - added, Reason::BadRow);
                continue;
            }
            Err(fault) => return Err(unreadable(&fault, added, sink)),
        }
        let line = row.line() - added;
        let cell = row.get(column).unwrap_or_default();
        match flag.map(|flag| options.flags.read(row.get(flag).unwrap_or_default())) {
            None => sink.cell(line, cell, true),
            Some(Some(listed)) => sink.cell(line, cell, listed),
            Some(None) => sink.refuse(line, Reason::UnknownFlag),
        }
    }
}

/// A header for a table without one. Its columns are called by their position.
fn made_header(sample: &str) -> Option<String> {
    let first = sample.split(['\n', '\r']).find(|line| !line.trim().is_empty())?;
    if is_header(first) || first.starts_with("sep=") {
        return None;
    }
    let delimiter = [',', ';', '\t'].into_iter().max_by_key(|one| {
        // The comma wins where none occurs.
        (first.matches(*one).count(), *one == ',')
    })?;
    let mut header = String::new();
    for at in 1..=first.matches(delimiter).count() + 1 {
        if at > 1 {
            header.push(delimiter);
        }
        header.push_str(&format!("column {}", letters(at)));
    }
    header.push('\n');
    Some(header)
}

/// The name of a column by its position, as spreadsheets write it: A, B, … Z, AA.
fn letters(at: usize) -> String {
    let (mut at, mut name) = (at, Vec::new());
    while at > 0 {
        name.push(char::from(b'A' + ((at - 1) % 26) as u8));
        at = (at - 1) / 26;
    }
    name.iter().rev().collect()
}

/// The positions of the column with the numbers and of the flag.
fn columns(
    header: &Header,
    made: bool,
    options: &Options,
) -> Result<(usize, Option<usize>), Fault> {
    let find = |column: &Column| find(header, made, column);
    let flag = options.flag.as_ref().map(find).transpose()?;
    if let Some(column) = &options.column {
        return Ok((find(column)?, flag));
    }
    let known = |name: &str| NAMES.iter().any(|one| alike(one, name));
    let others: Vec<usize> = (0..header.len()).filter(|at| Some(*at) != flag).collect();
    let named: Vec<usize> =
        header.names().enumerate().filter(|(_, name)| known(name)).map(|(at, _)| at).collect();
    match (others.as_slice(), named.as_slice()) {
        ([only], _) => Ok((*only, flag)),
        (_, [only]) => Ok((*only, flag)),
        _ if made => Err(Fault::new(
            FaultKind::Column,
            "has several columns and does not name them: declare the column with the numbers by its position, as 1",
        )),
        _ => Err(Fault::new(
            FaultKind::Column,
            format!(
                "has several columns that may hold the numbers: declare one of {}",
                names(header)
            ),
        )),
    }
}

fn find(header: &Header, made: bool, column: &Column) -> Result<usize, Fault> {
    let at = match column {
        Column::Named(name) => header.find(name),
        Column::At(at) => header
            .find(&at.to_string())
            .or_else(|| at.checked_sub(1).filter(|at| *at < header.len())),
    };
    at.ok_or_else(|| {
        let message = if made {
            format!(
                "does not name its columns and has no such one: declare a position from 1 to {}",
                header.len()
            )
        } else {
            format!("has no such column: declare one of {}", names(header))
        };
        Fault::new(FaultKind::Column, message)
    })
}

fn names(header: &Header) -> String {
    header.names().collect::<Vec<_>>().join(", ")
}

fn unreadable(fault: &switchboard_table::Fault, added: u64, sink: &Sink<'_>) -> Fault {
    let kind = match fault.kind {
        TableFault::Empty => FaultKind::Empty,
        TableFault::Header => FaultKind::Column,
        TableFault::Encoding | TableFault::Quote | TableFault::TooLong => FaultKind::Format,
        _ => FaultKind::Unreadable,
    };
    Fault::new(kind, fault.message.clone())
        .at(sink.member.as_ref(), fault.line.saturating_sub(added))
}
