//! `switchboard policy check`: what is wrong with a configuration, and what is probably not meant.

use std::fs;

use serde_json::Value;
use tempfile::TempDir;

use crate::common::{EXAMPLE, Harness, Ran, run};

const SOUND: &str = r#"
[routing]
default_agent = "desk"
[providers.kaicalls]
kind = "kaicalls"
api_key_env = "K"
countries = ["US", "GB"]
[providers.kaicalls.tariff.default]
per_minute = "0.12"
[providers.kallyai]
kind = "kallyai"
countries = ["US", "FR"]
[providers.kallyai.tariff]
credit_price = "0.15"
[agents.desk]
at = { kaicalls = "uuid-1", kallyai = "general" }
"#;

fn check(text: &str, json: bool) -> Ran {
    let directory = TempDir::new().unwrap();
    let file = directory.path().join("policy.toml");
    fs::write(&file, text).unwrap();
    let file = file.to_str().unwrap();
    if json { run(&["policy", "check", file, "--json"]) } else { run(&["policy", "check", file]) }
}

/// The keys that are warned of, and what is said of them.
fn warnings(text: &str) -> Vec<(String, String)> {
    let ran = check(text, true);
    assert_eq!(ran.code, 0, "{}", ran.out);
    let found = ran.json();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let warnings = found["warnings"].as_array().unwrap().iter();
    warnings.map(|one| (text(&one["key"]), text(&one["message"]))).collect()
}

#[test]
fn the_example_and_a_sound_file_have_nothing_to_say() {
    assert_eq!(warnings(SOUND), []);
    let ran = run(&["policy", "check", EXAMPLE]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("can be loaded"), "{}", ran.out);
}

#[test]
fn what_is_an_error_at_load_is_an_error_here_with_its_place() {
    let wrong = SOUND.replace("per_minute = \"0.12\"", "per_minut = \"0.12\"")
        + "[[routes]]\nname = \"a\"\n[[routes]]\nname = \"b\"\n";
    let ran = check(&wrong, true);
    assert_eq!(ran.code, 2);
    let found = ran.json();
    assert_eq!(found["valid"], false);
    let error = &found["errors"][0];
    assert_eq!(error["key"], "providers.kaicalls.tariff.default.per_minut");
    assert_eq!(error["line"], 9, "{error}");
    let shadowed = SOUND.to_owned() + "[[routes]]\nname = \"a\"\n[[routes]]\nname = \"b\"\n";
    let ran = check(&shadowed, false);
    assert_eq!(ran.code, 2);
    assert!(ran.out.contains("can never hold"), "{}", ran.out);
    assert_eq!(run(&["policy", "check", "nowhere.toml"]).code, 2);
}

#[test]
fn each_warning_names_its_key() {
    let cases = [
        // A price is missing.
        (
            SOUND.replace("[providers.kallyai.tariff]\ncredit_price = \"0.15\"\n", ""),
            "providers.kallyai",
            "has no price",
        ),
        // A price in money where credits are billed.
        (
            SOUND.replace("credit_price = \"0.15\"", "default = { per_call = \"0.15\" }"),
            "providers.kallyai.tariff.default.per_call",
            "bills credits",
        ),
        // No enabled provider has the profile.
        (
            SOUND.replace("kind = \"kallyai\"\n", "kind = \"kallyai\"\nenabled = false\n")
                + "[agents.table]\nat = { kallyai = \"restaurant\" }\n",
            "agents.table.at",
            "no provider has this profile",
        ),
        // A provider without any profile, where every call has one.
        (SOUND.replace(", kallyai = \"general\"", ""), "providers.kallyai", "has no agent profile"),
        // A country whose route has no provider for it.
        (
            SOUND.to_owned() + "[[routes]]\nname = \"rest\"\nproviders = [\"kaicalls\"]\n",
            "routes[0]",
            "calls to FR",
        ),
        // A weight of zero.
        (
            SOUND.to_owned()
                + "[[routes]]\nname = \"some\"\ncountries = [\"US\"]\nstrategy = \"weighted\"\nweights = { kaicalls = 1 }\n",
            "routes[0].weights",
            "give kallyai no share",
        ),
        // A route of disabled providers.
        (
            SOUND.replace("kind = \"kallyai\"\n", "kind = \"kallyai\"\nenabled = false\n")
                + "[[routes]]\nname = \"off\"\ncountries = [\"US\"]\nproviders = [\"kallyai\"]\n",
            "routes[0].providers",
            "all disabled",
        ),
        // An arm without an enabled provider.
        (
            SOUND.replace("kind = \"kallyai\"\n", "kind = \"kallyai\"\nenabled = false\n")
                + "[[experiments]]\nname = \"e\"\narms = [{ name = \"a\", provider = \"kallyai\", weight = 1 }, { name = \"b\", provider = \"kaicalls\", weight = 1 }]\n",
            "experiments[0].arms[0]",
            "compares nothing",
        ),
        // Ten minutes at 0.12 a minute.
        (
            SOUND.to_owned()
                + "[[budgets]]\nname = \"tiny\"\nlimit = \"1.19\"\nper = \"day\"\nprovider = \"kaicalls\"\n",
            "budgets[0].limit",
            "1.20 USD",
        ),
    ];
    for (text, key, part) in cases {
        let found = warnings(&text);
        assert!(
            found.iter().any(|(at, message)| at == key && message.contains(part)),
            "{key}: {part}: {found:?}"
        );
    }
    let enough = SOUND.to_owned()
        + "[[budgets]]\nname = \"enough\"\nlimit = \"1.20\"\nper = \"day\"\nprovider = \"kaicalls\"\n";
    assert_eq!(warnings(&enough), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn placing_a_call_warns_of_a_price_that_no_bill_can_have() {
    let harness = Harness::start(|config| config).await;
    let placed = ["call", "--to", "+442079460018", "--task", "Ask for a table.", "--json"];
    let quiet = harness.run(&placed).await;
    assert!(quiet.code == 0 && !quiet.err.contains("warning"), "{}", quiet.err);

    harness.configure("[providers.kallyai.tariff.default]\nper_call = \"0.40\"\n");
    let placed_call = harness
        .run(&["call", "--to", "+442079460019", "--task", "Ask for a table.", "--json"])
        .await;
    assert_eq!(placed_call.code, 0, "{}", placed_call.err);
    assert!(
        placed_call.err
            .contains("warning: providers.kallyai.tariff.default.per_call is a price in money, and kallyai bills credits"),
        "{}",
        placed_call.err
    );
    assert!(placed_call.json()["id"].is_string(), "results are results alone: {}", placed_call.out);
}
