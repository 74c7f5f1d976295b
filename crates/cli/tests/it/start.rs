//! The first minutes: a first configuration, where it is found, versions, completions and pages.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, Command, Stdio},
};

use serde_json::Value;
use tempfile::tempdir;

use crate::common::{Ran, command, run};

/// The binary in this directory, which is also the user's home.
fn at(directory: &Path, arguments: &[&str]) -> Command {
    let mut command = command(arguments);
    command
        .current_dir(directory)
        .env("HOME", directory)
        .env_remove("XDG_DATA_HOME")
        .env("XDG_CONFIG_HOME", directory.join("settings"))
        .env("XDG_CONFIG_DIRS", directory.join("system"));
    command
}

fn ran(directory: &Path, arguments: &[&str]) -> Ran {
    Ran::of(at(directory, arguments).output().unwrap())
}

/// A simulator, ended when it is dropped.
struct Sim(Child);

impl Drop for Sim {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_simulated_configuration_places_a_call_at_once() {
    let folder = tempdir().unwrap();
    let made = ran(folder.path(), &["init", "--simulated"]);
    assert_eq!(made.code, 0, "{}", made.err);
    let step = made.out.lines().find(|line| line.contains("switchboard sim ")).unwrap();
    let start = step.split("switchboard ").nth(1).unwrap();
    // The port may be taken where tests run: another one, in both places.
    let mut arguments: Vec<&str> = start.split_whitespace().collect();
    let listen = arguments.iter().position(|one| *one == "--listen").unwrap() + 1;
    let told = std::mem::replace(&mut arguments[listen], "127.0.0.1:0");
    let mut sim = Sim(at(folder.path(), &arguments).stdout(Stdio::piped()).spawn().unwrap());
    let mut ready = String::new();
    BufReader::new(sim.0.stdout.take().unwrap()).read_line(&mut ready).unwrap();
    let ready: Value = serde_json::from_str(&ready).unwrap();
    let file = folder.path().join("switchboard.toml");
    let text = fs::read_to_string(&file).unwrap();
    let url = format!("http://{told}");
    assert!(text.contains(&url), "{text}");
    fs::write(&file, text.replace(&url, ready["url"].as_str().unwrap())).unwrap();

    let task = ["--task", "Ask for the opening hours."];
    let call = ["call", "--to", "+12125550123", "--wait", "--json"];
    let call = ran(folder.path(), &[&call[..], &task].concat());
    assert_eq!(call.code, 0, "{}{}", call.out, call.err);
    assert_eq!(call.json()["status"], "closed");
    assert!(folder.path().join("switchboard.db").exists());
}

#[test]
fn every_kind_of_provider_gets_a_configuration_that_is_valid() {
    let kinds = ["kaicalls", "kallyai", "retell", "vapi", "telnyx", "calle"];
    let all: Vec<&str> = kinds.iter().flat_map(|kind| ["--provider", kind]).collect();
    let each = kinds.map(|kind| vec!["--provider", kind]);
    for providers in each.into_iter().chain([all]) {
        let folder = tempdir().unwrap();
        let more = ["--country", "GB", "--budget", "49.90", "--currency", "gbp", "--json"];
        let made = ran(folder.path(), &[&["init"], &providers[..], &more].concat());
        assert_eq!(made.code, 0, "{providers:?}: {}", made.err);
        let made = made.json();
        assert_eq!(made["files"].as_array().unwrap().len(), 1);
        let named: Vec<&str> = providers.iter().skip(1).step_by(2).copied().collect();
        assert_eq!(made["providers"], serde_json::json!(named));

        let checked = ran(folder.path(), &["policy", "check", "switchboard.toml", "--json"]);
        assert_eq!(checked.code, 0, "{providers:?}: {}{}", checked.out, checked.err);
        let plan = ran(folder.path(), &["plan", "--to", "020 7946 0018", "--json"]);
        assert_eq!(plan.json()["country"], "GB", "{providers:?}: {}", plan.err);
        let text = fs::read_to_string(folder.path().join("switchboard.toml")).unwrap();
        assert!(text.contains("limit = \"49.90\"") && text.contains("currency = \"GBP\""));
        assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    }
}

#[test]
fn nothing_is_overwritten_and_a_script_is_told_what_is_missing() {
    let folder = tempdir().unwrap();
    fs::write(folder.path().join("mine.toml"), "# mine").unwrap();
    for (arguments, named) in [
        (&["--config", "mine.toml", "--provider", "kaicalls"][..], "mine.toml exists already"),
        (&[], "--provider: is missing"),
        (&["--provider", "twilio"], "\"twilio\" is no provider: name one of kaicalls"),
        (&["--provider", "retell", "--provider", "retell"], "retell is named twice"),
        (&["--provider", "retell", "--budget", "50 USD"], "--budget: \"50 USD\" is no amount"),
        (&["--provider", "retell", "--budget", "0"], "--budget: \"0\" is no amount"),
        (&["--provider", "retell", "--currency", "dollars"], "--currency: \"dollars\" is no"),
        (&["--provider", "retell", "--country", "USA"], "--country"),
        (&["--provider", "retell", "--simulated"], "cannot be used with"),
        (&["--provider", "retell", "--user", "--config", "x.toml"], "--user: stands beside"),
    ] {
        let refused = ran(folder.path(), &[&["init"], arguments].concat());
        assert_eq!(refused.code, 2, "{arguments:?}: {}", refused.err);
        assert!(refused.err.contains(named), "{arguments:?}: {}", refused.err);
    }
    assert_eq!(fs::read_to_string(folder.path().join("mine.toml")).unwrap(), "# mine");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing else was written");

    fs::write(folder.path().join("switchboard-simulated.key"), "mine").unwrap();
    let refused = ran(folder.path(), &["init", "--simulated"]);
    assert_eq!(refused.code, 2, "{}", refused.err);
    assert!(!folder.path().join("switchboard.toml").exists());
}

#[cfg(unix)]
#[test]
fn the_configuration_is_looked_for_in_order() {
    let folder = tempdir().unwrap();
    let country = |directory: &Path| {
        let plan = ran(directory, &["plan", "--to", "020 7946 0018", "--json"]);
        (plan.code == 0).then(|| plan.json()["to"].as_str().unwrap().to_owned()).ok_or(plan.err)
    };
    let none = country(folder.path()).unwrap_err();
    for place in ["switchboard.toml,", "settings/switchboard/", "system/switchboard/", "/etc/"] {
        assert!(none.contains(place), "{none}");
    }
    assert!(none.contains("switchboard init"), "{none}");

    let write = |file: &Path, country: &str| {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        let text = format!(
            "[routing]\ndefault_country = \"{country}\"\n[providers.kallyai]\nkind = \"kallyai\"\n"
        );
        fs::write(file, text).unwrap();
    };
    // 020 7946 0018 is a number of London, and one of Belgium is not dialled so.
    write(&folder.path().join("system/switchboard/switchboard.toml"), "GB");
    assert_eq!(country(folder.path()).unwrap(), "+442079460018");
    write(&folder.path().join("settings/switchboard/switchboard.toml"), "US");
    assert!(country(folder.path()).is_err(), "the user's goes before the system's");
    write(&folder.path().join("switchboard.toml"), "GB");
    assert_eq!(country(folder.path()).unwrap(), "+442079460018");
}

#[cfg(unix)]
#[test]
fn the_users_configuration_is_written_where_it_is_found() {
    let folder = tempdir().unwrap();
    let made = ran(folder.path(), &["init", "--user", "--provider", "kallyai"]);
    assert_eq!(made.code, 0, "{}", made.err);
    let file = folder.path().join("settings/switchboard/switchboard.toml");
    assert!(made.out.contains(file.to_str().unwrap()), "{}", made.out);
    let plan = ran(folder.path(), &["plan", "--to", "+12125550123"]);
    assert_eq!(plan.code, 0, "{}", plan.err);
}

#[test]
fn the_version_says_what_was_built() {
    let shown = run(&["version", "--json"]).json();
    assert_eq!(shown["version"], env!("CARGO_PKG_VERSION"));
    assert!(shown["ledger_schema"]["sqlite"].as_u64().unwrap() >= 13, "{shown}");
    assert!(shown["rules"].as_str().unwrap().starts_with("20"), "{shown}");
    assert!(shown["time_zones"].as_str().unwrap().starts_with("20"), "{shown}");
    assert!(shown["features"].as_array().unwrap().contains(&"sqlite".into()));
    // A repository has a commit and its day; an archive has neither.
    assert_eq!(shown["commit"].is_null(), shown["date"].is_null(), "{shown}");
    if let Some(commit) = shown["commit"].as_str() {
        assert!(commit.chars().all(|digit| digit.is_ascii_hexdigit()), "{commit}");
    }
    let text = run(&["version"]);
    assert_eq!(text.code, 0);
    assert!(text.out.lines().count() == 7 && text.out.contains("calling rules"), "{}", text.out);
}

#[test]
fn completions_are_scripts_of_their_shell() {
    for shell in ["bash", "zsh", "fish"] {
        let script = run(&["completions", shell]);
        assert_eq!(script.code, 0, "{shell}: {}", script.err);
        assert!(script.out.contains("idempotency-key"), "{shell}");
        // Where the shell is at hand, it reads the script.
        let check = Command::new(shell).arg("-n").stdin(Stdio::piped()).spawn();
        let Ok(mut check) = check else {
            println!("skipped: there is no {shell}");
            continue;
        };
        check.stdin.take().unwrap().write_all(script.out.as_bytes()).unwrap();
        assert!(check.wait().unwrap().success(), "{shell} does not read its script");
    }
    assert_eq!(run(&["completions", "tcsh"]).code, 2);
}

#[test]
fn every_command_has_a_manual_page() {
    let page = run(&["man"]);
    assert!(page.code == 0 && page.out.contains(".TH"), "{}", page.err);
    let folder = tempdir().unwrap();
    let into = folder.path().join("man1");
    let written = run(&["man", "--out", into.to_str().unwrap(), "--json"]);
    assert_eq!(written.code, 0, "{}", written.err);
    let pages = written.json()["pages"].as_array().unwrap().clone();
    for page in ["switchboard.1", "switchboard-call.1", "switchboard-calls-list.1"] {
        assert!(pages.contains(&page.into()), "{page} is missing in {pages:?}");
        assert!(fs::read_to_string(into.join(page)).unwrap().contains(".TH"));
    }
    fs::write(folder.path().join("file"), "").unwrap();
    let refused = run(&["man", "--out", folder.path().join("file").to_str().unwrap()]);
    assert_eq!(refused.code, 1);
    assert!(refused.err.contains("cannot be written"), "{}", refused.err);
}
