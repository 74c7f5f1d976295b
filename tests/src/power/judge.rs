//! Checks ledgers in a separate process in which syncs do not wait, because hundreds of them are
//! opened and none has to be durable.
//!
//! Its input lines are `said PROMISE`, without a response, and `look PATH` or `use PATH`, with the
//! response `kept` or a description of the problem.

use std::{
    io::{BufRead, BufReader, Write, stdin, stdout},
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use super::Promises;

/// The process that checks ledgers.
#[derive(Debug)]
pub struct Judge {
    process: Child,
    to: Option<ChildStdin>,
    from: BufReader<ChildStdout>,
}

impl Judge {
    /// Starts the process with the library that skips syncs.
    ///
    /// # Panics
    /// If it cannot be started.
    pub fn start(program: &Path, library: &Path) -> Self {
        let mut process = Command::new(program)
            .arg("judge")
            .env("LD_PRELOAD", library)
            .env("POWER_HASTE", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (to, from) = (process.stdin.take(), BufReader::new(process.stdout.take().unwrap()));
        Self { process, to, from }
    }

    /// Adds an acknowledged write.
    ///
    /// # Panics
    /// If the process has ended.
    pub fn said(&mut self, promise: &str) {
        self.tell(&format!("said {}", promise.trim_end()));
    }

    /// Checks for all acknowledged writes. With `and_goes_on`, also writes to the ledger.
    ///
    /// # Errors
    /// A description of what is missing or wrong.
    ///
    /// # Panics
    /// If the process has ended.
    pub fn are_kept(&mut self, ledger: &Path, and_goes_on: bool) -> Result<(), String> {
        let how = if and_goes_on { "use" } else { "look" };
        self.tell(&format!("{how} {}", ledger.display()));
        let mut answer = String::new();
        assert!(self.from.read_line(&mut answer).unwrap() > 0, "the judge ended");
        match answer.trim_end() {
            "kept" => Ok(()),
            wrong => Err(wrong.to_owned()),
        }
    }

    fn tell(&mut self, line: &str) {
        writeln!(self.to.as_ref().unwrap(), "{line}").unwrap();
    }
}

impl Drop for Judge {
    fn drop(&mut self) {
        drop(self.to.take());
        let _ = self.process.wait();
    }
}

/// Runs the process until its input ends.
///
/// # Panics
/// If an input line is invalid.
pub fn serve() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (mut promises, mut answers) = (Promises::default(), stdout());
    for line in stdin().lines() {
        let line = line.unwrap();
        let (word, rest) = line.split_once(' ').unwrap();
        if word == "said" {
            promises.add(rest);
            continue;
        }
        let found = runtime.block_on(promises.are_kept(Path::new(rest), word == "use"));
        let answer = found.map_or_else(|wrong| wrong.replace('\n', " "), |()| "kept".to_owned());
        writeln!(answers, "{answer}").unwrap();
    }
}
