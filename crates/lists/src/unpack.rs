//! Gzip and zip, with a limit on what they unpack to.
//!
//! An archive of a few kilobytes can be made to unpack to any size. The limit is a hundred times the
//! size of the file and 64 MiB, which no list of numbers comes near, and at most what the caller
//! allows.

use std::{
    io::{self, Read, Seek, SeekFrom},
    sync::Arc,
};

use flate2::read::MultiGzDecoder;
use jiff::Timestamp;
use switchboard_core::CoveredArea;
use zip::ZipArchive;

use crate::{
    Encoding, Entry, Format, Options, Packed, Report,
    cell::Cells,
    csv,
    decode::Decoder,
    detect,
    fault::{Fault, FaultKind, TooLarge},
    sink::Sink,
    text, xml,
};

/// The highest plausible ratio of unpacked to packed bytes.
const RATIO: u64 = 100;
/// The ratio does not count below this size, in bytes.
const SMALL: u64 = 64 << 20;
/// The most files in an archive.
const MOST_FILES: usize = 10_000;
/// How many bytes decide about the format.
const SAMPLE: usize = 64 * 1024;

/// Reads a list, and hands each number on as it is read. The order is that of the file, and doubles
/// are handed on too. Memory does not grow with the file.
///
/// # Errors
/// Why the file as a whole is rejected. Numbers that were handed on before must not be used then.
pub fn read<R: Read + Seek>(
    mut input: R,
    options: &Options,
    mut take: impl FnMut(Entry),
) -> Result<Report, Fault> {
    let unreadable = |error: io::Error| Fault::unreadable(&error);
    let packed_bytes = input.seek(SeekFrom::End(0)).map_err(unreadable)?;
    input.rewind().map_err(unreadable)?;
    let mut magic = [0; 4];
    let known = fill(&mut input, &mut magic).map_err(unreadable)?;
    input.rewind().map_err(unreadable)?;

    let most = options.most_bytes.min(SMALL.saturating_add(packed_bytes.saturating_mul(RATIO)));
    let mut budget = Budget { most, left: most, exceeded: false };
    let mut reading = Reading {
        options,
        sink: Sink::new(Cells::new(options.country), &mut take),
        format: None,
        encoding: Encoding::Utf8,
        column: None,
        files: 0,
    };
    let packed = match magic.get(..known).unwrap_or_default() {
        [0x1f, 0x8b, ..] => {
            reading.packed(MultiGzDecoder::new(input), &mut budget)?;
            Packed::Gzip
        }
        [b'P', b'K', ..] => {
            archive(input, &mut budget, &mut reading)?;
            Packed::Zip
        }
        _ => {
            reading.file(input)?;
            Packed::Plain
        }
    };
    reading.report(packed)
}

fn fill(input: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match input.read(rest) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// Reads the files of an archive, in its order.
fn archive<R: Read + Seek>(
    input: R,
    budget: &mut Budget,
    reading: &mut Reading<'_>,
) -> Result<(), Fault> {
    let damaged = |error: zip::result::ZipError| {
        Fault::new(FaultKind::Unreadable, format!("is no zip archive that can be read: {error}"))
    };
    let mut archive = ZipArchive::new(input).map_err(damaged)?;
    if archive.len() > MOST_FILES {
        return Err(Fault::new(
            FaultKind::TooLarge,
            format!("is an archive of more than {MOST_FILES} files: import them in parts"),
        ));
    }
    if archive.index_for_name("[Content_Types].xml").is_some() {
        return Err(Fault::new(
            FaultKind::Format,
            "is a spreadsheet: save the sheet as CSV, with the column of the numbers as text",
        ));
    }
    for at in 0..archive.len() {
        let file = archive.by_index(at).map_err(damaged)?;
        let name = String::from_utf8_lossy(file.name_raw()).into_owned();
        let base = name.rsplit(['/', '\\']).next().unwrap_or_default();
        // What macOS and other systems add.
        if file.is_dir() || base.starts_with('.') || name.starts_with("__MACOSX/") {
            continue;
        }
        let shown: String = base.chars().filter(|one| !one.is_control()).take(100).collect();
        reading.sink.member = Some(Arc::from(shown));
        reading.packed(file, budget)?;
    }
    reading.sink.member = None;
    Ok(())
}

/// How much may still be unpacked.
struct Budget {
    most: u64,
    left: u64,
    exceeded: bool,
}

struct Limited<'a, R> {
    input: R,
    budget: &'a mut Budget,
}

impl<R: Read> Read for Limited<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(buffer)?;
        match self.budget.left.checked_sub(read as u64) {
            Some(left) => {
                self.budget.left = left;
                Ok(read)
            }
            None => {
                self.budget.exceeded = true;
                Err(io::Error::other(TooLarge(self.budget.most)))
            }
        }
    }
}

/// What is read of all files.
struct Reading<'a> {
    options: &'a Options,
    sink: Sink<'a>,
    format: Option<Format>,
    encoding: Encoding,
    column: Option<String>,
    files: u64,
}

impl Reading<'_> {
    /// Reads one file of an archive.
    fn packed(&mut self, input: impl Read, budget: &mut Budget) -> Result<(), Fault> {
        self.file(Limited { input, budget }).map_err(|fault| match budget.exceeded {
            // Whatever the format made of it.
            true => Fault { kind: FaultKind::TooLarge, ..fault },
            false => fault,
        })
    }

    /// Reads one file.
    fn file(&mut self, input: impl Read) -> Result<(), Fault> {
        let member = self.sink.member.clone();
        let somewhere = |mut fault: Fault| {
            if fault.place.is_none() && member.is_some() {
                fault = fault.at(member.as_ref(), 1);
            }
            fault
        };
        let mut text = Decoder::new(input);
        let sample = text.peek(SAMPLE).map_err(|error| somewhere(Fault::unreadable(&error)))?;
        let whole = sample.len() < SAMPLE;
        let Some(format) = detect::detect(sample, whole, self.options).map_err(somewhere)? else {
            return Ok(());
        };
        if self.format.is_some_and(|first| first != format) {
            return Err(Fault::new(
                FaultKind::Format,
                format!("is in the format {format}, and the ones before it are not: import what belongs to the list alone"),
            )
            .at(self.sink.member.as_ref(), 1));
        }
        self.format = Some(format);
        self.files += 1;
        self.sink.cells = Cells::new(self.options.country.or(format.country()));
        let read = match format {
            Format::AreaCodes => text::area_codes(&mut text, &mut self.sink),
            Format::FixedWidth => text::fixed_width(&mut text, &mut self.sink),
            Format::Lines => text::lines(&mut text, &mut self.sink),
            Format::Xml => xml::xml(&mut text, &mut self.sink),
            Format::Csv => {
                let sample = String::from_utf8_lossy(sample).into_owned();
                csv::table(&mut text, &sample, self.options, &mut self.sink)
                    .map(|column| self.column = Some(column))
            }
        };
        read.map_err(somewhere)?;
        if text.encoding() != Encoding::Utf8 {
            self.encoding = text.encoding();
        }
        Ok(())
    }

    fn report(self, packed: Packed) -> Result<Report, Fault> {
        let Some(format) = self.format else {
            return Err(Fault::new(FaultKind::Empty, "is empty"));
        };
        let (sink, options) = (self.sink, self.options);
        let stated = || {
            let codes = sink.stated();
            CoveredArea::prefixes(codes.iter().map(String::as_str)).unwrap_or_default()
        };
        let refused: u64 = sink.refused.iter().map(|one| one.count).sum();
        let valid_until = |as_of: Timestamp| as_of.checked_add(options.max_age?).ok();
        Ok(Report {
            format,
            encoding: self.encoding,
            packed,
            files: self.files,
            column: self.column,
            country: sink.cells.country(),
            read: sink.taken + sink.not_listed + refused,
            taken: sink.taken,
            not_listed: sink.not_listed,
            doubles: 0,
            covers: options.covers.clone().unwrap_or_else(stated),
            washed: options.flag.is_some(),
            as_of: options.as_of,
            valid_until: options.as_of.and_then(valid_until),
            refused: sink.refused,
        })
    }
}
