//! `switchboard batch` with agents that leave out what they have to say first.

use serde_json::Value;
use switchboard_testkit::calls::Outcome;

use crate::common::Harness;

/// At one row in half a second, there are ten seconds for the transcripts of the first two calls.
const ROWS: usize = 20;

fn london(row: usize) -> String {
    format!("+44207946{row:04}")
}

fn table() -> String {
    let rows = (0..ROWS).map(|row| format!("{},Book a table for {row}.\n", london(row)));
    format!("to,task\n{}", rows.collect::<String>())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_second_call_without_its_first_words_stops_a_batch() {
    for ignores in [true, false] {
        let harness = Harness::start(|config| {
            let config = if ignores { config.ignores_instructions() } else { config };
            (0..ROWS).fold(config, |config, row| config.outcome(london(row), Outcome::Completed))
        })
        .await;
        harness.turn_rules_on();
        let file = harness.write("calls.csv", &table());
        let ran = harness.run(&["batch", &file, "--json", "--rate", "120"]).await;
        let summary: Value = serde_json::from_str(ran.out.lines().last().unwrap()).unwrap();
        assert_eq!(summary["first_words_missing"], ignores, "{summary}{}", ran.err);
        let left = summary["not_started"].as_u64().unwrap();
        assert_eq!(left > 0, ignores, "{summary}");
        assert_eq!(ran.err.contains("what they have to say first"), ignores, "{}", ran.err);

        let calls = harness.run(&["calls", "list", "--json"]).await.json();
        let mut calls = calls["calls"].as_array().unwrap().iter();
        let flagged = calls.find(|call| call["flags"][0]["kind"] == "first_words_missing");
        assert_eq!(flagged.is_some(), ignores);
        if let Some(flagged) = flagged {
            let shown = harness.run(&["calls", "show", flagged["id"].as_str().unwrap()]).await;
            assert!(shown.out.contains("The first words did not say"), "{}", shown.out);
        }
    }
}
