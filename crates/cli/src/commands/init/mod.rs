//! `switchboard init`: writes a first configuration.

mod amount;
mod ask;
mod kinds;
mod simulated;
mod text;

use std::{
    fs::{self, OpenOptions},
    io::{self, IsTerminal, Write},
    path::{Path, PathBuf},
};

use serde_json::json;
use switchboard::{Config, Currency};

use self::{kinds::Kind, simulated::Simulated, text::Choices};
use crate::{
    cli::{Common, InitArgs},
    config_file,
    exit::Exit,
    failure::{Failure, Outcome},
    output::Output,
};

pub(crate) async fn run(common: &Common, args: InitArgs, output: Output) -> Outcome {
    let file = target(common, args.user)?;
    // Before anything is asked: the answers would be lost.
    refuse_existing(&file)?;
    let choices = choose(args, output).await?;
    let text = choices.text();
    // What is written has to be right: anything else is a mistake of this program.
    Config::from_toml(&text)?;
    let folder = file.parent().map(Path::to_owned).unwrap_or_default();
    if !folder.as_os_str().is_empty() {
        fs::create_dir_all(&folder).map_err(|error| unwritable(&folder, &error))?;
    }
    let mut files = vec![file.clone()];
    if let Some(simulated) = &choices.simulated {
        let key = folder.join(simulated::KEY_FILE);
        refuse_existing(&key)?;
        write_new(&key, &format!("{}\n", simulated.key), 0o600)?;
        files.push(key);
    }
    write_new(&file, &text, 0o644)?;
    report(&file, &files, &choices, output);
    Ok(Exit::Done)
}

fn target(common: &Common, user: bool) -> Outcome<PathBuf> {
    match (user, &common.given) {
        (true, Some(_)) => Err(Failure::input(
            "--user",
            "stands beside --config, and both say where the file goes: keep one of them",
        )),
        (true, None) => config_file::of_the_user().ok_or_else(|| {
            Failure::input(
                "--user",
                "needs a home directory, and the environment names none: name a file with --config",
            )
        }),
        (false, Some(given)) => Ok(given.clone()),
        (false, None) => Ok(PathBuf::from(config_file::NAME)),
    }
}

fn refuse_existing(file: &Path) -> Outcome<()> {
    if file.symlink_metadata().is_err() {
        return Ok(());
    }
    Err(Failure::input(
        "--config",
        format!(
            "{} exists already and is left as it is: name another file with --config, or move this one away",
            file.display()
        ),
    ))
}

async fn choose(args: InitArgs, output: Output) -> Outcome<Choices> {
    let asks = io::stdin().is_terminal() && io::stderr().is_terminal() && !output.json;
    let currency = match args.currency.as_deref() {
        None => Currency::USD,
        Some(code) => code.to_uppercase().parse().map_err(|_| {
            Failure::input(
                "--currency",
                format!("{code:?} is no currency: write three letters, as USD or EUR"),
            )
        })?,
    };
    let providers = if !args.provider.is_empty() {
        named(&args.provider)?
    } else if args.simulated {
        Vec::new()
    } else if asks {
        ask::providers(output)?
    } else {
        return Err(Failure::input(
            "--provider",
            format!(
                "is missing, and there is no terminal to ask: name one of {}, or write --simulated",
                kinds::words()
            ),
        ));
    };
    let simulated = if providers.is_empty() { Some(Simulated::ask().await?) } else { None };
    // Options that are there are the answers; a simulation needs none.
    let asks = asks && simulated.is_none() && args.provider.is_empty();
    let country = match args.country {
        None if asks => ask::country(output)?,
        given => given,
    };
    let budget = match args.budget {
        None if asks => ask::budget(currency, output)?,
        given => given
            .map(|given| amount::above_zero(&given))
            .transpose()
            .map_err(|wrong| Failure::input("--budget", wrong))?,
    };
    let ledger_beside = !args.user;
    Ok(Choices { providers, simulated, country, budget, currency, ledger_beside })
}

fn named(words: &[String]) -> Outcome<Vec<&'static Kind>> {
    let mut kinds: Vec<&'static Kind> = Vec::new();
    for word in words {
        let kind = Kind::of(&word.to_lowercase()).ok_or_else(|| {
            Failure::input(
                "--provider",
                format!("{word:?} is no provider: name one of {}", kinds::words()),
            )
        })?;
        if kinds.iter().any(|other| other.word == kind.word) {
            return Err(Failure::input(
                "--provider",
                format!(
                    "{word} is named twice: a second account is a table of its own in the file"
                ),
            ));
        }
        kinds.push(kind);
    }
    Ok(kinds)
}

fn write_new(file: &Path, text: &str, mode: u32) -> Outcome<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
    #[cfg(not(unix))]
    let _ = mode;
    let written = options.open(file).and_then(|mut open| open.write_all(text.as_bytes()));
    written.map_err(|error| unwritable(file, &error))
}

fn unwritable(file: &Path, error: &io::Error) -> Failure {
    Failure::local(format!("{} cannot be written: {error}", file.display()))
}

fn report(file: &Path, files: &[PathBuf], choices: &Choices, output: Output) {
    let shown = file.display().to_string();
    let next = next_steps(&shown, choices);
    if output.json {
        let providers: Vec<&str> = choices.providers.iter().map(|kind| kind.word).collect();
        let simulated = choices.simulated.iter().map(|_| "kaicalls");
        let providers: Vec<&str> = providers.into_iter().chain(simulated).collect();
        output.object(&json!({
            "config": shown, "files": files, "providers": providers, "next": next,
        }));
        return;
    }
    for file in files {
        output.line(format!("wrote {}", file.display()));
    }
    output.line("Next:");
    for (at, step) in next.iter().enumerate() {
        // On a line of its own a command can be copied, however narrow the terminal is.
        match step.split_once(": switchboard ") {
            Some((what, command)) => {
                output.line(format!("  {}. {what}:", at + 1));
                output.line(format!("       switchboard {command}"));
            }
            None => output.line(format!("  {}. {step}", at + 1)),
        }
    }
}

fn next_steps(file: &str, choices: &Choices) -> Vec<String> {
    let to = if choices.simulated.is_some() { "+12125550123" } else { "NUMBER" };
    let config = match file {
        config_file::NAME => String::new(),
        file => format!(" --config {file}"),
    };
    let mut next = Vec::new();
    if choices.simulated.is_some() {
        next.push(format!("in another terminal: {}", simulated::START));
    }
    if !choices.providers.is_empty() {
        next.push(format!("fill in {file}: on_behalf_of, and the prices of each account"));
    }
    for kind in &choices.providers {
        if !kind.by_hand.is_empty() {
            next.push(format!("fill in for {}: {}", kind.word, kind.by_hand));
        }
        next.push(match kind.variable {
            "" => format!("log in: switchboard login {}{config}", kind.word),
            variable => format!("set its key: export {variable}=…"),
        });
    }
    next.push(format!("see who would take a call: switchboard plan{config} --to {to}"));
    next.push(format!(
        "place one: switchboard call{config} --to {to} --wait --task 'Ask for the hours.'"
    ));
    next
}
