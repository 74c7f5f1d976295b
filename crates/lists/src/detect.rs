//! How the format of a file is detected.

use switchboard_core::Country;

use crate::{
    fault::{Fault, FaultKind},
    format::Format,
    options::Options,
};

/// Detects the format from the beginning of the text. `None` if there is nothing in it.
pub(crate) fn detect(
    sample: &[u8],
    whole: bool,
    options: &Options,
) -> Result<Option<Format>, Fault> {
    if sample.contains(&0) {
        return Err(Fault::new(
            FaultKind::Format,
            "is not text: export the list as text, CSV or XML",
        ));
    }
    let text = String::from_utf8_lossy(sample);
    let mut lines: Vec<&str> = text.split(['\n', '\r']).collect();
    if !whole && lines.len() > 1 {
        // It may go on behind the sample.
        lines.pop();
    }
    lines.retain(|line| !line.trim().is_empty());
    if lines.is_empty() && whole {
        return Ok(None);
    }
    if let Some(format) = options.format {
        return Ok(Some(format));
    }
    let Some(first) = lines.first() else { return Ok(Some(Format::Lines)) };
    let format = if first.trim_start().starts_with('<') {
        Format::Xml
    } else if area_code_line(first.as_bytes()).is_some() {
        Format::AreaCodes
    } else if is_header(first)
        || options.column.is_some()
        || options.flag.is_some()
        || has_cells(first)
    {
        Format::Csv
    } else if is_fixed_width(&lines, options.country) {
        Format::FixedWidth
    } else {
        Format::Lines
    };
    Ok(Some(format))
}

/// True if the line names columns: it has a letter, and no cell begins like a number.
pub(crate) fn is_header(line: &str) -> bool {
    let begins_number = |cell: &str| {
        let cell = cell.trim_start_matches([' ', '"', '\'']);
        cell.starts_with(|first: char| first.is_ascii_digit() || "+(".contains(first))
    };
    line.contains(char::is_alphabetic) && !line.split([',', ';', '\t']).any(begins_number)
}

/// True if the line has at least two cells that are not empty.
fn has_cells(line: &str) -> bool {
    let cells =
        line.split([',', ';', '\t']).filter(|cell| !cell.trim_matches(['"', ' ']).is_empty());
    // Two numbers in one cell are no table.
    cells.count() > 1
}

fn is_fixed_width(lines: &[&str], country: Option<Country>) -> bool {
    country.is_none_or(|country| country == Country::GB)
        && lines.iter().all(|line| {
            line.len() == 12 && line.bytes().all(|byte| byte.is_ascii_digit() || byte == b' ')
        })
        && lines.iter().any(|line| line.contains(' ') || line.starts_with('0'))
}

/// The area code and the number of a line such as `416,5550123`, and whether more cells follow.
pub(crate) fn area_code_line(line: &[u8]) -> Option<(&[u8], &[u8], bool)> {
    let mut cells = line.split(|byte| matches!(byte, b',' | b';' | b'\t')).map(trim);
    let (area_code, number) = (cells.next()?, cells.next()?);
    let digits = |cell: &[u8], count| cell.len() == count && cell.iter().all(u8::is_ascii_digit);
    let is_one = digits(area_code, 3) && digits(number, 7);
    is_one.then(|| (area_code, number, cells.any(|cell| !cell.is_empty())))
}

/// Without blanks and quotes around it.
pub(crate) fn trim(mut cell: &[u8]) -> &[u8] {
    while let [b' ' | b'"' | b'\'', rest @ ..] | [rest @ .., b' ' | b'"' | b'\''] = cell {
        cell = rest;
    }
    cell
}
