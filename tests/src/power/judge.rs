//! Looks at ledgers in a process of its own, in which no sync waits: hundreds of them are opened,
//! and the real disk need keep none.
//!
//! A line to it is `said PROMISE`, which has no answer, or `look PATH` or `use PATH`, which have
//! one: `kept`, or what is wrong.

use std::{
    io::{BufRead, BufReader, Write, stdin, stdout},
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use super::Promises;

/// A process that was told what was promised.
#[derive(Debug)]
pub struct Judge {
    process: Child,
    to: Option<ChildStdin>,
    from: BufReader<ChildStdout>,
}

impl Judge {
    /// Starts one, under the library that keeps it from waiting.
    ///
    /// # Panics
    /// Where it cannot be started.
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

    /// One more promise.
    ///
    /// # Panics
    /// Where the process ended.
    pub fn said(&mut self, promise: &str) {
        self.tell(&format!("said {}", promise.trim_end()));
    }

    /// Looks for everything that was promised, and at the end writes to the ledger where it is to.
    ///
    /// # Errors
    /// What is missing or wrong, in words.
    ///
    /// # Panics
    /// Where the process ended.
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

/// What the process does, until nobody asks any more.
///
/// # Panics
/// Where it is asked for something else.
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
