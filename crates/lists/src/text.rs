//! Formats with a number a line.

use std::io::{self, BufRead};

use crate::{
    cell::north_american,
    detect::{area_code_line, trim},
    fault::Fault,
    lines::Lines,
    refused::Reason,
    sink::Sink,
};

/// Reads an area code and a number a line.
pub(crate) fn area_codes(input: impl BufRead, sink: &mut Sink<'_>) -> Result<(), Fault> {
    let mut lines = Lines::new(input);
    while let Some((number, line)) = next(&mut lines)? {
        let Some((area_code, rest, more)) = area_code_line(line) else {
            // A whole number without a separator.
            lenient(line, |cell| sink.cell(number, cell, true));
            continue;
        };
        if more {
            // In a list of changes, a word that says what changed and a time follow.
            return Err(Fault::changes().at(sink.member.as_ref(), number));
        }
        let mut digits = [0; 10];
        digits[..3].copy_from_slice(area_code);
        digits[3..].copy_from_slice(rest);
        match north_american(&digits) {
            Some(listed) => {
                sink.states(area_code);
                sink.number(listed, true);
            }
            None => sink.refuse(number, Reason::NotInPlan),
        }
    }
    Ok(())
}

/// Reads twelve characters a line, of which blanks are padding.
pub(crate) fn fixed_width(input: impl BufRead, sink: &mut Sink<'_>) -> Result<(), Fault> {
    let mut lines = Lines::new(input);
    while let Some((number, line)) = next(&mut lines)? {
        let (mut digits, mut count) = ([0; 12], 0);
        let is_one = line.len() <= digits.len()
            && line.iter().all(|byte| byte.is_ascii_digit() || *byte == b' ');
        if !is_one {
            lenient(line, |cell| sink.cell(number, cell, true));
            continue;
        }
        for (to, digit) in digits.iter_mut().zip(line.iter().filter(|byte| **byte != b' ')) {
            *to = *digit;
            count += 1;
        }
        let digits = str::from_utf8(&digits[..count]).unwrap_or_default();
        sink.cell(number, digits, true);
    }
    Ok(())
}

/// Reads one number a line.
pub(crate) fn lines(input: impl BufRead, sink: &mut Sink<'_>) -> Result<(), Fault> {
    let mut lines = Lines::new(input);
    while let Some((number, line)) = next(&mut lines)? {
        lenient(line, |cell| sink.cell(number, cell, true));
    }
    Ok(())
}

/// The next line that is not blank.
fn next<R: BufRead>(lines: &mut Lines<R>) -> Result<Option<(u64, &[u8])>, Fault> {
    // The borrow of a line ends before the next one is read.
    lines
        .next_that(|line| !line.iter().all(u8::is_ascii_whitespace))
        .map_err(|error: io::Error| Fault::unreadable(&error))
}

/// Hands on what is in a line, without quotes and separators around it.
fn lenient(line: &[u8], read: impl FnOnce(&str)) {
    let mut cell = trim(line);
    while let [b',' | b';' | b'\t', rest @ ..] | [rest @ .., b',' | b';' | b'\t'] = cell {
        cell = trim(rest);
    }
    read(&String::from_utf8_lossy(cell));
}
