//! Text in UTF-8, UTF-16 or Latin-1, as UTF-8.
//!
//! Bytes that are not UTF-8 are read as Latin-1, one by one: names in other columns may be, and
//! digits are the same in both.

use std::io::{self, BufRead, Read};

use serde::Serialize;

/// How much is read at once.
const CHUNK: usize = 64 * 1024;

/// The encoding of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub enum Encoding {
    /// UTF-8, of which ASCII is a part.
    #[serde(rename = "utf-8")]
    Utf8,
    /// UTF-16 with a byte order mark.
    #[serde(rename = "utf-16")]
    Utf16,
    /// Latin-1.
    #[serde(rename = "latin-1")]
    Latin1,
}

/// How bytes become text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Bytes,
    LittleEndian,
    BigEndian,
}

/// Reads text as UTF-8 without a byte order mark.
pub(crate) struct Decoder<R> {
    input: R,
    mode: Option<Mode>,
    /// Bytes that are not decoded yet.
    raw: Vec<u8>,
    text: Vec<u8>,
    at: usize,
    ended: bool,
    latin: bool,
}

impl<R: Read> Decoder<R> {
    pub(crate) fn new(input: R) -> Self {
        Self {
            input,
            mode: None,
            raw: Vec::new(),
            text: Vec::new(),
            at: 0,
            ended: false,
            latin: false,
        }
    }

    /// The encoding, as far as the text was read.
    pub(crate) fn encoding(&self) -> Encoding {
        match self.mode {
            Some(Mode::LittleEndian | Mode::BigEndian) => Encoding::Utf16,
            _ if self.latin => Encoding::Latin1,
            _ => Encoding::Utf8,
        }
    }

    /// The next bytes of the text, at least this many unless it ends before, without taking them.
    pub(crate) fn peek(&mut self, at_least: usize) -> io::Result<&[u8]> {
        while self.text.len() - self.at < at_least && !self.ended {
            self.more()?;
        }
        Ok(self.rest())
    }

    fn rest(&self) -> &[u8] {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Decodes another chunk behind what is there.
    fn more(&mut self) -> io::Result<()> {
        if self.at > 0 {
            self.text.drain(..self.at);
            self.at = 0;
        }
        let before = self.raw.len();
        let read = (&mut self.input).take(CHUNK as u64).read_to_end(&mut self.raw)?;
        self.ended = read < CHUNK;
        debug_assert!(self.raw.len() == before + read);
        let mode = match self.mode {
            Some(mode) => mode,
            None => *self.mode.insert(mark(&mut self.raw)),
        };
        match mode {
            Mode::Bytes => self.bytes(),
            Mode::LittleEndian => self.units(u16::from_le_bytes),
            Mode::BigEndian => self.units(u16::from_be_bytes),
        }
        Ok(())
    }

    fn bytes(&mut self) {
        if self.text.is_empty() && str::from_utf8(&self.raw).is_ok() {
            std::mem::swap(&mut self.raw, &mut self.text);
            return;
        }
        let mut rest = self.raw.as_slice();
        loop {
            let error = match str::from_utf8(rest) {
                Ok(_) => {
                    self.text.extend_from_slice(rest);
                    rest = &[];
                    break;
                }
                Err(error) => error,
            };
            let (valid, behind) = rest.split_at(error.valid_up_to());
            self.text.extend_from_slice(valid);
            rest = behind;
            let wrong = match error.error_len() {
                Some(length) => length,
                // The end of the chunk is in the middle of a character.
                None if !self.ended => break,
                None => rest.len(),
            };
            let (wrong, behind) = rest.split_at(wrong);
            for byte in wrong {
                let mut buffer = [0; 2];
                self.text.extend_from_slice(char::from(*byte).encode_utf8(&mut buffer).as_bytes());
            }
            self.latin = true;
            rest = behind;
        }
        let left = rest.len();
        self.raw.drain(..self.raw.len() - left);
    }

    fn units(&mut self, unit: fn([u8; 2]) -> u16) {
        let mut units: Vec<u16> =
            self.raw.as_chunks::<2>().0.iter().map(|bytes| unit(*bytes)).collect();
        // The second half of a pair may be in the next chunk.
        if !self.ended && units.last().is_some_and(|last| (0xd800..0xdc00).contains(last)) {
            units.pop();
        }
        self.raw.drain(..units.len() * 2);
        for one in char::decode_utf16(units) {
            let one = one.unwrap_or(char::REPLACEMENT_CHARACTER);
            self.text.extend_from_slice(one.encode_utf8(&mut [0; 4]).as_bytes());
        }
    }
}

/// Removes the byte order mark, which says how the text is encoded.
fn mark(raw: &mut Vec<u8>) -> Mode {
    let (length, mode) = match raw.as_slice() {
        [0xef, 0xbb, 0xbf, ..] => (3, Mode::Bytes),
        [0xff, 0xfe, ..] => (2, Mode::LittleEndian),
        [0xfe, 0xff, ..] => (2, Mode::BigEndian),
        _ => (0, Mode::Bytes),
    };
    raw.drain(..length);
    mode
}

impl<R: Read> Read for Decoder<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let text = self.fill_buf()?;
        let read = text.len().min(buffer.len());
        if let (Some(to), Some(from)) = (buffer.get_mut(..read), text.get(..read)) {
            to.copy_from_slice(from);
        }
        self.consume(read);
        Ok(read)
    }
}

impl<R: Read> BufRead for Decoder<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.peek(1)
    }

    fn consume(&mut self, used: usize) {
        self.at = (self.at + used).min(self.text.len());
    }
}
