//! `switchboard policy check`: the errors and likely mistakes of a configuration.

mod warning;
pub(super) mod warnings;

use std::path::Path;

use jiff::Timestamp;
use serde::Serialize;
use switchboard::{Config, ConfigError, Problem};

use self::warning::Warning;
use crate::{
    cli::{PolicyArgs, PolicyCommand},
    exit::Exit,
    failure::{Failure, Outcome},
    output::Output,
    rules_state,
};

pub(crate) fn run(args: PolicyArgs, output: Output) -> Outcome {
    match args.command {
        PolicyCommand::Check { file } => check(&file, output),
    }
}

/// The result, as JSON prints it.
#[derive(Debug, Serialize)]
struct Found<'a> {
    file: String,
    valid: bool,
    errors: Vec<Fault<'a>>,
    warnings: &'a [Warning],
}

/// One error.
#[derive(Debug, Serialize)]
struct Fault<'a> {
    key: &'a str,
    line: Option<usize>,
    column: Option<usize>,
    message: &'a str,
}

fn check(file: &Path, output: Output) -> Outcome {
    if !file.exists() {
        return Err(Failure::input("FILE", format!("{} does not exist", file.display())));
    }
    let read = Config::from_file(file).and_then(|config| Ok((config.policy()?, config)));
    let (error, warnings) = match read {
        Ok((policy, config)) => {
            if let Ok(tables) = config.rule_tables() {
                rules_state::note_age(&tables, Timestamp::now(), output);
            }
            (None, warnings::of(&config, &policy))
        }
        Err(error) => (Some(error), Vec::new()),
    };
    if output.json {
        output.object(&Found {
            file: file.display().to_string(),
            valid: error.is_none(),
            errors: error.iter().flat_map(ConfigError::problems).map(fault).collect(),
            warnings: &warnings,
        });
    } else {
        print(file, error.as_ref(), &warnings, output);
    }
    Ok(if error.is_some() { Exit::BadInput } else { Exit::Done })
}

fn fault(problem: &Problem) -> Fault<'_> {
    Fault {
        key: &problem.key,
        line: problem.position.map(|at| at.line),
        column: problem.position.map(|at| at.column),
        message: &problem.message,
    }
}

fn print(file: &Path, error: Option<&ConfigError>, warnings: &[Warning], output: Output) {
    if let Some(error) = error {
        output.block(error.to_string());
        return;
    }
    if !warnings.is_empty() {
        output.table(
            &["key", "warning"],
            warnings.iter().map(|one| vec![one.key.clone(), one.message.clone()]),
        );
    }
    output.line(format!("{} can be loaded; {} warnings", file.display(), warnings.len()));
}
