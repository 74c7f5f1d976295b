//! `switchboard completions` and `switchboard man`, made from the command line itself.

use std::{fs, io::Write};

use clap::CommandFactory;
use serde_json::json;

use crate::{
    cli::{Cli, CompletionsArgs, ManArgs},
    exit::Exit,
    failure::{Failure, Outcome},
    output::Output,
};

pub(crate) fn completions(args: &CompletionsArgs, output: Output) -> Outcome {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "switchboard", &mut script);
    print(&script, output);
    Ok(Exit::Done)
}

pub(crate) fn man(args: &ManArgs, output: Output) -> Outcome {
    let Some(folder) = &args.out else {
        let mut page = Vec::new();
        let made = clap_mangen::Man::new(Cli::command()).render(&mut page);
        made.map_err(|error| Failure::local(format!("the page could not be made: {error}")))?;
        print(&page, output);
        return Ok(Exit::Done);
    };
    let wrong = |error: std::io::Error| {
        Failure::local(format!("{} cannot be written: {error}", folder.display()))
    };
    fs::create_dir_all(folder).map_err(wrong)?;
    clap_mangen::generate_to(Cli::command(), folder).map_err(wrong)?;
    let mut pages: Vec<String> = fs::read_dir(folder)
        .map_err(wrong)?
        .filter_map(|entry| Some(entry.ok()?.file_name().to_str()?.to_owned()))
        .filter(|name| name.starts_with("switchboard") && name.ends_with(".1"))
        .collect();
    pages.sort();
    if output.json {
        output.object(&json!({"pages": pages}));
    } else {
        output.line(format!("{} pages are in {}", pages.len(), folder.display()));
    }
    Ok(Exit::Done)
}

/// As it is: a shell or `man` reads it, and it is text of this program alone.
fn print(text: &[u8], output: Output) {
    let mut results = output.results();
    // If stdout is closed, nobody reads it.
    let _ = results.write_all(text).and_then(|()| results.flush());
}
