//! What a batch says before it rings any phone, and whom it asks.

use switchboard_testkit::calls::Outcome;

use crate::common::Harness;

fn london(last: usize) -> String {
    format!("+44207946{last:04}")
}

fn table(rows: usize) -> String {
    let lines = (0..rows).map(|row| format!("{},Ask for table {row}.\n", london(row)));
    format!("to,task\n{}", lines.collect::<String>())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_says_what_the_batch_would_do() {
    let harness = Harness::start(|config| config.outcome(london(0), Outcome::Completed)).await;
    let first = harness.write("calls.csv", &table(2));
    assert_eq!(harness.run(&["batch", &first]).await.code, 0);
    let posts = harness.ledger.posts();

    // Two rows are calls already, one is wrong, three are new.
    let file = harness.write("calls.csv", &format!("{}911,Report a fire.\n", table(5)));
    let ran = harness.run(&["batch", &file, "--dry-run"]).await;
    assert_eq!(ran.code, 3, "{}{}", ran.out, ran.err);
    for told in [
        "5 of 6 rows are valid; nothing was sent",
        "1 cannot be called: emergency_number",
        "2 are calls of this batch already",
        "new calls: 3",
        "first asked: kallyai 3",
        "expected cost: ",
        "until the last is placed: 0 s",
    ] {
        assert!(ran.err.contains(told), "{told}: {}", ran.err);
    }
    // In another batch they are duplicates.
    let other = ["batch", &file, "--name", "other", "--dry-run", "--json"];
    let ran = harness.run(&other).await;
    let last = ran.out.lines().last().unwrap();
    let summary: serde_json::Value = serde_json::from_str(last).unwrap();
    let summary = &summary["summary"];
    assert_eq!(summary["possible_duplicates"], 2, "{summary}");
    assert_eq!(summary["new_calls"]["calls"], 3, "{summary}");
    assert_eq!(summary["new_calls"]["seconds"], 0, "{summary}");
    assert_eq!(summary["reasons"]["emergency_number"], 1, "{summary}");
    let again = [&other[..], &["--again"]].concat();
    let ran = harness.run(&again).await;
    assert!(ran.err.contains("new calls: 5"), "{}", ran.err);
    assert_eq!(harness.ledger.posts(), posts, "nothing was sent");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_time_of_a_batch_follows_the_limits() {
    let harness = Harness::start(|config| config).await;
    for provider in ["kallyai", "kaicalls"] {
        harness.configure(&format!(
            "[providers.{provider}.limits]\nplace_requests = 10\nplace_window_seconds = 60"
        ));
    }
    let file = harness.write("calls.csv", &table(101));
    let ran = harness.run(&["batch", &file, "--dry-run"]).await;
    // London is called by KallyAI alone: nine at once, which leaves a margin to ten, and nine more
    // each minute.
    assert!(
        ran.err.contains("until the last is placed: 11 min (kallyai 9 a minute)"),
        "{}",
        ran.err
    );
    let ran = harness.run(&["batch", &file, "--dry-run", "--rate", "2"]).await;
    assert!(ran.err.contains("until the last is placed: 50 min"), "{}", ran.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_time_of_a_batch_follows_the_limits_of_callers_and_agents() {
    let harness = Harness::start(|config| config).await;
    harness.configure("[callers.each]\nplace_requests = 5\nplace_window_seconds = 60");
    let file = harness.write("calls.csv", &table(101));
    let ran = harness.run(&["batch", &file, "--dry-run"]).await;
    // Five at once, and five more each minute.
    let time = "until the last is placed: 20 min (";
    assert!(ran.err.contains(time), "{}", ran.err);
    assert!(ran.err.contains("tenant/default 5 a minute)"), "{}", ran.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn more_than_twenty_calls_are_not_placed_unasked() {
    let harness = Harness::start(|config| config).await;
    let file = harness.write("calls.csv", &table(21));
    for more in [&[][..], &["--json"]] {
        let refused = harness.run(&[&["batch", &file], more].concat()).await;
        assert_eq!(refused.code, 2, "{}", refused.err);
        assert!(
            refused.err.contains("--yes: is missing: this batch places 21 calls"),
            "{}",
            refused.err
        );
    }
    assert_eq!(harness.ledger.posts(), 0);
    let few = harness.write("few.csv", &table(20));
    let ran = harness.run(&["batch", &few, "--name", "calls.csv"]).await;
    assert_eq!((ran.code, harness.ledger.posts()), (0, 20), "{}", ran.err);
    // One is left, and the others are calls already.
    let ran = harness.run(&["batch", &file]).await;
    assert_eq!((ran.code, harness.ledger.posts()), (0, 21), "{}", ran.err);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn on_a_terminal_somebody_is_asked() {
    use crate::common::pty;
    let harness = Harness::start(|config| config).await;
    let file = harness.write("calls.csv", &table(22));
    for (typed, code, posts) in [("n\n", 3, 0), ("\n", 3, 0), ("y\n", 0, 22)] {
        let command = harness.command(&["batch", &file]);
        let typed_there = typed.to_owned();
        let shown = tokio::task::spawn_blocking(move || pty::run(command, 80, &typed_there));
        let shown = shown.await.unwrap();
        assert!(shown.text.contains("Place 22 calls? [y/N]"), "{}", shown.text);
        assert_eq!(
            (shown.code, harness.ledger.posts()),
            (code, posts),
            "{typed:?}: {}",
            shown.text
        );
    }
}
