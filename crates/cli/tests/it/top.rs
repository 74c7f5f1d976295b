//! `switchboard top` and the live table of `calls watch`.

use switchboard_testkit::calls::Outcome;

use crate::common::Harness;

const LONDON: &str = "+442079460018";

#[tokio::test(flavor = "multi_thread")]
async fn it_shows_every_provider_and_what_today_cost() {
    let harness = Harness::start(|config| config.outcome(LONDON, Outcome::Completed)).await;
    harness
        .configure("[providers.kallyai.limits]\nplace_requests = 20\nplace_window_seconds = 600");
    let empty = harness.run(&["top", "--once"]).await;
    assert_eq!(empty.code, 0, "{}", empty.err);
    assert!(empty.err.contains("does not exist"), "{}", empty.err);
    assert!(!harness.path().join("ledger.db").exists());

    let ran = harness.run(&["call", "--to", LONDON, "--task", "Ask.", "--wait"]).await;
    assert_eq!(ran.code, 0, "{}", ran.err);
    let top = harness.run(&["top", "--json"]).await.json();
    let providers = top["providers"].as_array().unwrap();
    assert_eq!(providers.len(), 2, "{top}");
    let by = |name: &str| providers.iter().find(|one| one["provider"] == name).unwrap();
    let (kallyai, kaicalls) = (by("kallyai"), by("kaicalls"));
    assert_eq!((&kallyai["state"], &kallyai["calls_today"]), (&"ok".into(), &1.into()), "{top}");
    assert_eq!(kaicalls["calls_today"], 0, "{top}");
    let left = &kallyai["headroom"][0];
    assert_eq!(left["free"].as_u64().unwrap() + 1, left["of"].as_u64().unwrap(), "{top}");
    assert_eq!((&top["in_doubt"], &top["waiting"]), (&0.into(), &serde_json::json!([])));

    let shown = harness.run(&["top"]).await;
    assert_eq!(shown.code, 0, "{}", shown.err);
    for word in ["provider", "kallyai", "kaicalls", "cost today", "no open calls"] {
        assert!(shown.out.contains(word), "{word}: {}", shown.out);
    }
    assert!(shown.out.lines().all(|line| line.chars().count() <= 80), "{}", shown.out);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn on_a_terminal_it_is_drawn_until_it_is_interrupted() {
    use crate::common::pty;
    let harness = Harness::start(|config| config.outcome(LONDON, Outcome::Completed)).await;
    let ran = harness.run(&["call", "--to", LONDON, "--task", "Ask.", "--wait"]).await;
    assert_eq!(ran.code, 0, "{}", ran.err);
    for arguments in [&["top"][..], &["calls", "watch"]] {
        // The signal comes from `timeout`, as from somebody who presses Ctrl-C.
        let binary = harness.command(arguments);
        let mut command = std::process::Command::new("timeout");
        command.args(["-s", "INT", "4"]).arg(binary.get_program()).args(binary.get_args());
        for (name, value) in binary.get_envs() {
            if let Some(value) = value {
                command.env(name, value);
            }
        }
        let shown = tokio::task::spawn_blocking(move || pty::run(command, 80, ""));
        let shown = shown.await.unwrap();
        assert!(shown.text.contains("\u{1b}[H"), "{arguments:?}: {}", shown.text);
        assert!(shown.text.contains("provider"), "{arguments:?}: {}", shown.text);
        assert!(!shown.text.contains("79460018"), "{}", shown.text);
    }
}
