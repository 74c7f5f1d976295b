//! `[[experiments]]`: from the words of the file to the router's definitions.
#![cfg(all(feature = "kallyai", feature = "kaicalls"))]

use switchboard::{
    Config, ProviderId,
    router::experiment::{Arm, Bound, Experiment, Group, GuardMetric, Guardrail, Start, Treatment},
};

const ACCOUNTS: &str = r#"
[providers.kallyai]
kind = "kallyai"
[providers.kaicalls]
kind = "kaicalls"
api_key_env = "KAICALLS_API_KEY"
[agents.calm]
at = { kallyai = "clinic", kaicalls = "uuid-1" }
[agents.brisk]
at = { kallyai = "general", kaicalls = "uuid-2" }
"#;

fn experiments(text: &str) -> Vec<Experiment> {
    let config =
        Config::from_toml(&format!("{ACCOUNTS}{text}")).unwrap_or_else(|error| panic!("{error}"));
    config.policy().unwrap().experiments
}

#[test]
fn what_is_left_out_is_as_usual() {
    let read = experiments(
        r#"
        [[experiments]]
        name = "voices"
        arms = [{ name = "a", provider = "kallyai", weight = 50 }, { name = "b", provider = "kaicalls", weight = 50 }]
        "#,
    );
    let arms = vec![
        Arm::provider("a", ProviderId::from_static("kallyai"), 50),
        Arm::provider("b", ProviderId::from_static("kaicalls"), 50),
    ];
    assert_eq!(read, [Experiment::new("voices", arms)]);
}

#[test]
fn everything_that_can_be_said_is_heard() {
    let read = experiments(
        r#"
        [[experiments]]
        name = "voices"
        version = 3
        tags = ["reminder"]
        start = "manual"
        ramp_percent = 5
        holdout_percent = 10
        group = "reminders"
        share_percent = 60
        arms = [{ name = "calm", agent = "calm", weight = 1 }, { name = "brisk", agent = "brisk", weight = 2 }]
        guardrails = [
            { metric = "success_rate", at_least = "0.4" },
            { metric = "cost_per_success", at_most = "0.80", minimum_calls = 100 },
        ]

        [[experiments]]
        name = "providers"
        tags = ["reminder"]
        group = "reminders"
        share_percent = 30
        holdout_percent = 50
        arms = [{ name = "a", provider = "kallyai", weight = 1 }]
        "#,
    );
    let [voices, providers] = &read[..] else { panic!("{read:?}") };
    assert_eq!(
        (voices.version, voices.start, voices.ramp_percent, voices.holdout_percent),
        (3, Start::Manual, 5, 10)
    );
    assert_eq!(voices.arms[1].treatment, Treatment::Agent("brisk".into()));
    let group = |range_start_percent, share_percent| {
        Some(Group { name: "reminders".to_owned(), range_start_percent, share_percent })
    };
    assert_eq!(voices.group, group(0, 60));
    assert_eq!(providers.group, group(60, 30), "behind the earlier one");
    assert_eq!(
        voices.guardrails,
        [
            Guardrail {
                metric: GuardMetric::SuccessRate,
                bound: Bound::AtLeast("0.4".parse().unwrap()),
                minimum_calls: 30,
            },
            Guardrail {
                metric: GuardMetric::CostPerSuccess,
                bound: Bound::AtMost("0.8".parse().unwrap()),
                minimum_calls: 100,
            },
        ]
    );
}

#[test]
fn a_share_that_is_given_its_place_stays_there_when_an_earlier_experiment_is_taken_out() {
    let arms = r#"arms = [{ name = "a", provider = "kallyai", weight = 1 }, { name = "b", provider = "kaicalls", weight = 1 }]"#;
    let later = format!(
        "[[experiments]]\nname = \"later\"\ngroup = \"g\"\nshare_percent = 50\nshare_from_percent = 50\n{arms}\n"
    );
    let both = experiments(&format!(
        "[[experiments]]\nname = \"earlier\"\ngroup = \"g\"\nshare_percent = 50\n{arms}\n{later}"
    ));
    assert_eq!(both[1], experiments(&later)[0]);
}
