//! The help teaches: an example and the exit codes for each command; and nothing but text reaches a
//! pipe.

use crate::common::{EXAMPLE, Ran, command, run};

const COMMANDS: [&str; 36] = [
    "init",
    "demo",
    "serve",
    "keys",
    "mcp",
    "listen",
    "openapi",
    "call",
    "batch",
    "calls",
    "top",
    "ledger",
    "lists",
    "rules",
    "people",
    "plan",
    "quality",
    "deck",
    "experiments",
    "backtest",
    "policy",
    "reload",
    "doctor",
    "providers",
    "numbers",
    "agents",
    "usage",
    "login",
    "logout",
    "whoami",
    "api",
    "sim",
    "words",
    "version",
    "completions",
    "man",
];

#[test]
fn the_help_names_every_command() {
    let help = run(&["--help"]);
    assert_eq!(help.code, 0);
    for command in COMMANDS {
        assert!(help.out.contains(&format!("\n  {command} ")), "{command} is missing");
    }
    assert!(help.out.contains("Exit codes"));
}

#[test]
fn the_help_of_each_command_has_an_example_and_its_exit_codes() {
    for command in COMMANDS {
        let help = run(&[command, "--help"]);
        assert_eq!(help.code, 0, "{command}");
        assert!(
            help.out.contains(&format!("\n  switchboard {command}")),
            "{command} has no example"
        );
        assert!(help.out.contains("Exit codes"), "{command} has no exit codes");
        assert!(!help.out.contains('\u{1b}'), "{command} is coloured in a pipe");
    }
}

#[test]
fn the_help_begins_with_one_sentence_and_examples_and_fits_80_columns() {
    let pages: [&[&str]; 20] = [
        &[],
        &["calls", "list"],
        &["calls", "resolve"],
        &["calls", "cancel"],
        &["numbers", "rent"],
        &["deck", "check"],
        &["deck", "show"],
        &["experiments", "start"],
        &["ledger", "erase"],
        &["lists", "import"],
        &["lists", "check"],
        &["keys", "create"],
        &["keys", "list"],
        &["keys", "revoke"],
        &["keys", "rotate"],
        &["rules", "check"],
        &["rules", "list"],
        &["people", "opt-out"],
        &["people", "consent"],
        &["people", "take-back"],
    ];
    let commands = COMMANDS.iter().map(std::slice::from_ref);
    for page in commands.clone().chain(pages) {
        let mut command = command(&[page, &["--help"]].concat());
        let help = Ran::of(command.env("COLUMNS", "80").output().unwrap());
        // A usage line is never wrapped.
        for line in help.out.lines().filter(|line| !line.starts_with("Usage:")) {
            assert!(line.chars().count() <= 80, "{page:?}: {line}");
        }
    }
    for page in commands {
        let help = run(&[page, &["--help"]].concat());
        let mut lines = help.out.lines();
        assert!(lines.next().unwrap().ends_with('.'), "{page:?}: {}", help.out);
        let example = lines.nth(1).unwrap();
        assert!(["Example:", "Examples:"].contains(&example), "{page:?}: {}", help.out);
    }
}

#[test]
fn arguments_that_make_no_sense_are_bad_input() {
    for arguments in [
        &["plan"][..],
        &["plan", "--config", EXAMPLE, "--to", "+442079460018", "--log", "=?="],
        &["sim", "someone"],
        &["sim", "kallyai", "--speed", "0"],
        &["numbers", "--config", EXAMPLE, "release", "+442079460018"],
        &["call", "--to", "+442079460018"],
        &["calls", "list", "--status", "ringing"],
        &["calls", "show", "7"],
        &["calls", "--ledger", "/nowhere/ledger.db", "list"],
        &[
            "calls",
            "resolve",
            "018f3b1e-0000-7000-8000-000000000001",
            "--verdict",
            "maybe",
            "--note",
            "x",
        ],
        &["ledger", "--ledger", "/nowhere/ledger.db", "check"],
        &["ledger", "erase", "--person", "+442079460018"],
        &["lists", "--ledger", "/nowhere/ledger.db", "list"],
        &["lists", "check", "911"],
        &["batch", "/nowhere/calls.csv"],
        &["demo", "--ledger", EXAMPLE],
        &["plan", "--config", "/nowhere/switchboard.toml", "--to", "+442079460018"],
    ] {
        let ran = run(arguments);
        assert_eq!(ran.code, 2, "{arguments:?}: {}", ran.err);
        assert!(!ran.err.is_empty(), "{arguments:?} says nothing");
    }
}

#[test]
fn a_missing_credential_names_its_variable() {
    let ran = run(&["providers", "--config", EXAMPLE]);
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert!(ran.err.contains("KAICALLS_API_KEY") || ran.err.contains("KALLYAI"), "{}", ran.err);
}

#[test]
fn no_escape_code_reaches_a_pipe() {
    for colour in [None, Some("1")] {
        let mut command = command(&["plan", "--config", EXAMPLE, "--to", "+442079460018"]);
        if let Some(set) = colour {
            command.env("NO_COLOR", set);
        }
        let output = command.output().unwrap();
        assert!(output.status.success());
        assert!(!output.stdout.is_empty());
        assert!(
            !output.stdout.contains(&0x1b) && !output.stderr.contains(&0x1b),
            "NO_COLOR {colour:?}"
        );
    }
}
