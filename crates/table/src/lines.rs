//! Splits bytes into lines.

use std::io::{self, BufRead, BufReader, Read};

use crate::{
    LONGEST_ROW,
    fault::{Fault, FaultKind},
};

/// Magic bytes of files that are not UTF-8 text, and what they are.
const NO_TEXT: [(&[u8], &str); 4] = [
    (b"\xff\xfe", "is UTF-16"),
    (b"\xfe\xff", "is UTF-16"),
    (b"PK\x03\x04", "is a spreadsheet's own file (.xlsx, .ods or .numbers)"),
    (b"\xd0\xcf\x11\xe0", "is a spreadsheet's own file (.xls)"),
];

pub(crate) struct Lines<R> {
    input: BufReader<R>,
    bytes: Vec<u8>,
    /// The number of the last line that was read, counted from 1.
    line: u64,
    /// The last line ended with CR, so a following LF belongs to its end.
    after_cr: bool,
}

impl<R: Read> Lines<R> {
    pub(crate) fn new(input: R) -> Self {
        Self {
            input: BufReader::with_capacity(1 << 16, input),
            bytes: Vec::new(),
            line: 0,
            after_cr: false,
        }
    }

    pub(crate) fn line(&self) -> u64 {
        self.line
    }

    /// Returns the next line without its line ending, and without the byte order mark of the first.
    ///
    /// # Errors
    /// The file cannot be read, or the line is too long or not UTF-8. Only after the last kind may
    /// reading continue.
    pub(crate) fn next(&mut self) -> Result<Option<&str>, Fault> {
        let more = self.fill().map_err(|error| {
            let message = format!("cannot be read: {error}");
            Fault::new(FaultKind::Unreadable, self.line + 1, message)
        })?;
        if !more {
            return Ok(None);
        }
        self.line += 1;
        if self.bytes.len() > LONGEST_ROW {
            return Err(too_long(self.line));
        }
        if self.line == 1
            && let Some((_, what)) =
                NO_TEXT.iter().find(|(beginning, _)| self.bytes.starts_with(beginning))
        {
            let message = format!("{what} and not CSV text in UTF-8: save it as \"CSV UTF-8\"");
            return Err(Fault::new(FaultKind::Encoding, 1, message));
        }
        match str::from_utf8(&self.bytes) {
            Ok(text) if !text.contains('\0') => Ok(Some(match self.line {
                1 => text.strip_prefix('\u{feff}').unwrap_or(text),
                _ => text,
            })),
            Ok(_) => {
                let message =
                    "has a NUL in it and is not CSV text in UTF-8: save the file as \"CSV UTF-8\"";
                Err(Fault::new(FaultKind::Encoding, self.line, message))
            }
            Err(_) => {
                let message = "is not text in UTF-8: save the file as \"CSV UTF-8\" (it may be in an older encoding such as Windows-1252)";
                Err(Fault::new(FaultKind::Encoding, self.line, message))
            }
        }
    }

    /// Reads a line. Returns false at the end of the file. Only the beginning of a line that is too
    /// long is kept.
    fn fill(&mut self) -> io::Result<bool> {
        self.bytes.clear();
        loop {
            let buffer = match self.input.fill_buf() {
                Ok(buffer) => buffer,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if buffer.is_empty() {
                self.after_cr = false;
                return Ok(!self.bytes.is_empty());
            }
            if self.after_cr {
                self.after_cr = false;
                if buffer.first() == Some(&b'\n') {
                    self.input.consume(1);
                    continue;
                }
            }
            let end = memchr::memchr2(b'\n', b'\r', buffer);
            let (text, ending) = buffer.split_at(end.unwrap_or(buffer.len()));
            self.bytes.extend_from_slice(text);
            let (used, ended) = (text.len() + usize::from(end.is_some()), end.is_some());
            self.after_cr = ending.first() == Some(&b'\r');
            self.input.consume(used);
            if ended || self.bytes.len() > LONGEST_ROW {
                return Ok(true);
            }
        }
    }
}

pub(crate) fn too_long(line: u64) -> Fault {
    let message = format!(
        "is longer than {LONGEST_ROW} bytes, the maximum for a row: look for a quote that is not closed"
    );
    Fault::new(FaultKind::TooLong, line, message)
}
