//! The file, with progress.

use std::{
    fs::File,
    io::{self, BufReader, Read, Seek, SeekFrom},
    path::Path,
};

use indicatif::ProgressBar;

use crate::output::Output;

/// After how many bytes the progress is shown again.
const EVERY: u64 = 4 << 20;

/// A file that shows how much of it was read.
pub(super) struct Progress {
    file: File,
    size: u64,
    read: u64,
    shown: u64,
    name: String,
    bar: ProgressBar,
    output: Output,
}

impl Progress {
    pub(super) fn open(
        path: &Path,
        bar: ProgressBar,
        output: Output,
    ) -> io::Result<BufReader<Self>> {
        let file = File::open(path)?;
        let size = file.metadata()?.len();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(BufReader::with_capacity(
            1 << 16,
            Self { file, size, read: 0, shown: 0, name, bar, output },
        ))
    }
}

impl Read for Progress {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.read += read as u64;
        if self.read >= self.shown + EVERY {
            self.shown = self.read;
            let percent = self.read.saturating_mul(100).checked_div(self.size).unwrap_or(0);
            self.output
                .set_message(&self.bar, format!("reading {}, {} %", self.name, percent.min(100)));
        }
        Ok(read)
    }
}

impl Seek for Progress {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}
