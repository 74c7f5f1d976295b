//! Splits text into lines.

use std::io::{self, BufRead};

/// The longest line, in bytes. A longer one is no line of a list.
const LONGEST: usize = 1 << 20;

/// Reads lines that end with LF, CRLF or CR.
pub(crate) struct Lines<R> {
    input: R,
    line: Vec<u8>,
    number: u64,
    after_cr: bool,
}

impl<R: BufRead> Lines<R> {
    pub(crate) fn new(input: R) -> Self {
        Self { input, line: Vec::new(), number: 0, after_cr: false }
    }

    /// The next wanted line and its number, without its ending.
    pub(crate) fn next_that(
        &mut self,
        wanted: impl Fn(&[u8]) -> bool,
    ) -> io::Result<Option<(u64, &[u8])>> {
        while self.read()? {
            if wanted(&self.line) {
                return Ok(Some((self.number, &self.line)));
            }
        }
        Ok(None)
    }

    /// Reads the next line. Returns false at the end.
    fn read(&mut self) -> io::Result<bool> {
        self.line.clear();
        loop {
            let buffer = match self.input.fill_buf() {
                Ok(buffer) => buffer,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if buffer.is_empty() {
                if self.line.is_empty() {
                    return Ok(false);
                }
                break;
            }
            if std::mem::take(&mut self.after_cr) && buffer.first() == Some(&b'\n') {
                self.input.consume(1);
                continue;
            }
            let end = memchr::memchr2(b'\n', b'\r', buffer);
            let (text, ending) = buffer.split_at(end.unwrap_or(buffer.len()));
            if self.line.len() + text.len() > LONGEST {
                return Err(io::Error::other("a line is longer than a megabyte"));
            }
            self.line.extend_from_slice(text);
            self.after_cr = ending.first() == Some(&b'\r');
            let used = text.len() + usize::from(end.is_some());
            self.input.consume(used);
            if end.is_some() {
                break;
            }
        }
        self.number += 1;
        Ok(true)
    }
}
