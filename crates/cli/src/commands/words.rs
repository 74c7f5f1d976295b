//! `switchboard words`, also `switchboard help words`: what the words mean.

use serde::Serialize;
use switchboard_table::nearest;

use crate::{
    cli::WordsArgs,
    exit::Exit,
    failure::{Failure, Outcome},
    output::Output,
};

/// The page `docs/glossary.md`, which a test compares with it.
const GLOSSARY: &str = include_str!("../help/glossary.md");
/// The columns of a line.
const WIDTH: usize = 80;
/// In front of a meaning.
const INDENT: &str = "      ";

/// One row of the glossary.
#[derive(Debug, Serialize)]
struct Entry<'a> {
    /// What it is about, as `Choosing a provider`.
    topic: &'a str,
    /// The word, or several with a comma.
    word: String,
    meaning: String,
}

pub(crate) fn run(args: &WordsArgs, output: Output) -> Outcome {
    let all = entries();
    let shown: Vec<&Entry<'_>> = match &args.word {
        None => all.iter().collect(),
        Some(word) => about(&all, word)?,
    };
    if output.json {
        output.object(&shown);
        return Ok(Exit::Done);
    }
    let mut topic = "";
    for entry in shown {
        if entry.topic != topic {
            topic = entry.topic;
            output.heading(topic);
        }
        output.line(format!("  {}", entry.word));
        for line in wrapped(&entry.meaning) {
            output.line(format!("{INDENT}{line}"));
        }
    }
    Ok(Exit::Done)
}

/// The rows of the tables: neither their headers nor what stands between them.
fn entries() -> Vec<Entry<'static>> {
    let mut topic = "";
    let mut entries = Vec::new();
    for line in GLOSSARY.lines() {
        if let Some(heading) = line.strip_prefix("## ") {
            topic = heading;
            continue;
        }
        let row = line.strip_prefix("| ").and_then(|row| row.strip_suffix(" |"));
        let Some((word, meaning)) = row.and_then(|row| row.split_once(" | ")) else { continue };
        if matches!(meaning, "meaning") {
            continue;
        }
        entries.push(Entry { topic, word: plain(word), meaning: plain(meaning) });
    }
    entries
}

/// The entries of a word.
fn about<'a>(all: &'a [Entry<'a>], word: &str) -> Outcome<Vec<&'a Entry<'a>>> {
    let words = |entry: &'a Entry<'a>| entry.word.split(", ");
    let found: Vec<&Entry<'_>> = all
        .iter()
        .filter(|entry| words(entry).any(|one| one.eq_ignore_ascii_case(word.trim())))
        .collect();
    if !found.is_empty() {
        return Ok(found);
    }
    let fix = match nearest(word, all.iter().flat_map(words)) {
        Some(near) => format!("did you mean {near}?"),
        None => "switchboard words lists all of them".to_owned(),
    };
    Err(Failure::input("WORD", format!("{word:?} is not in the glossary: {fix}")))
}

/// Without the marks of Markdown: of a link, its text.
fn plain(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, link)) = rest.split_once('[') {
        shown.push_str(before);
        match link.split_once("](").and_then(|(name, rest)| Some((name, rest.split_once(')')?.1))) {
            Some((name, after)) => {
                shown.push_str(name);
                rest = after;
            }
            None => {
                shown.push('[');
                rest = link;
            }
        }
    }
    shown.push_str(rest);
    shown.replace('`', "")
}

fn wrapped(text: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let room = WIDTH - INDENT.len();
        match lines.last_mut() {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) if line.chars().count() + 1 + word.chars().count() <= room => {
                line.push(' ');
                line.push_str(word);
            }
            Some(_) | None => lines.push(word.to_owned()),
        }
    }
    lines
}
