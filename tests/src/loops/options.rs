//! The options of a loop, read from the command line.

use std::{
    hash::{BuildHasher, Hasher, RandomState},
    path::PathBuf,
    str::FromStr,
};

use switchboard_testkit::SimKind;

/// What both loops can be asked for.
#[derive(Debug, Clone)]
pub struct LoopOptions {
    /// The number of loops.
    pub loops: u32,
    /// The number of the first loop. Together with the seed it reproduces a loop, as far as threads
    /// allow.
    pub first: u32,
    /// Use PostgreSQL instead of SQLite.
    pub postgres: bool,
    /// Pause processes, too.
    pub pause: bool,
    /// The seed.
    pub seed: u64,
    /// The two providers.
    pub providers: [SimKind; 2],
    /// The number of loops at the same time.
    pub at_once: usize,
    /// The program `switchboard`. `None`: it is built first.
    pub program: Option<PathBuf>,
    /// Print nothing but the JSON object.
    pub json: bool,
}

impl LoopOptions {
    /// So many loops, so many of them at the same time, on SQLite, with a random seed.
    pub fn new(loops: u32, at_once: usize) -> Self {
        Self {
            loops,
            first: 0,
            postgres: false,
            pause: false,
            seed: RandomState::new().build_hasher().finish() >> 32,
            providers: [SimKind::KaiCalls, SimKind::KallyAi],
            at_once,
            program: None,
            json: false,
        }
    }

    /// Reads the arguments. `other` gets the name and the value of each that only one loop has, and
    /// returns false for a name that it does not know either.
    ///
    /// # Errors
    /// What is wrong, in words.
    pub fn read(
        mut self,
        mut arguments: impl Iterator<Item = String>,
        mut other: impl FnMut(&str, &str) -> Result<bool, String>,
    ) -> Result<Self, String> {
        while let Some(name) = arguments.next() {
            match name.as_str() {
                "--pause" => self.pause = true,
                "--json" => self.json = true,
                _ if !name.starts_with("--") => return Err(format!("{name} is not known")),
                _ => {
                    let value = arguments.next().ok_or_else(|| format!("{name} wants a value"))?;
                    match name.as_str() {
                        "--loops" => self.loops = number(&value)?,
                        "--first" => self.first = number(&value)?,
                        "--seed" => self.seed = number(&value)?,
                        "--at-once" => self.at_once = number(&value)?,
                        "--program" => self.program = Some(PathBuf::from(value)),
                        "--ledger" => self.postgres = postgres(&value)?,
                        "--providers" => self.providers = pair(&value)?,
                        _ if other(&name, &value)? => {}
                        _ => return Err(format!("{name} is not known")),
                    }
                }
            }
        }
        Ok(self)
    }

    /// The same on a command line, as far as it chooses what happens in loop `first`.
    pub fn again(&self, first: u32) -> String {
        let ledger = if self.postgres { "postgres" } else { "sqlite" };
        let pause = if self.pause { " --pause" } else { "" };
        let [one, other] = self.providers.map(SimKind::id);
        format!(
            "--ledger {ledger} --providers {one},{other}{pause} --seed {} --first {first} --loops 1",
            self.seed
        )
    }
}

/// Reads a number.
///
/// # Errors
/// It is none.
pub fn number<T: FromStr>(text: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("{text} is no number"))
}

fn pair(ids: &str) -> Result<[SimKind; 2], String> {
    let kinds: Option<Vec<SimKind>> = ids.split(',').map(SimKind::from_id).collect();
    match kinds.as_deref() {
        Some(&[one, other]) if one != other => Ok([one, other]),
        _ => {
            let known = SimKind::ALL.map(SimKind::id).join(", ");
            Err(format!("{ids} is no pair: two different ones of {known}, with a comma between"))
        }
    }
}

fn postgres(name: &str) -> Result<bool, String> {
    match name {
        "sqlite" => Ok(false),
        "postgres" => Ok(true),
        _ => Err(format!("{name} is no ledger: sqlite or postgres")),
    }
}
