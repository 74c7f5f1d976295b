//! What providers depend on: in the configuration, and what is said where no two of them are a
//! backup for each other.

#![cfg(all(feature = "kallyai", feature = "kaicalls"))]

use switchboard::Config;

fn config(kallyai: &str, kaicalls: &str, rest: &str) -> Result<Config, switchboard::ConfigError> {
    Config::from_toml(&format!(
        "[providers.one]\nkind = \"kallyai\"\napi_key_env = \"ONE\"\n{kallyai}\n\
         [providers.two]\nkind = \"kaicalls\"\napi_key_env = \"TWO\"\n{kaicalls}\n{rest}"
    ))
}

fn warned(kallyai: &str, kaicalls: &str, rest: &str) -> Vec<String> {
    let warnings = config(kallyai, kaicalls, rest).unwrap().warnings();
    warnings.into_iter().filter(|one| one.message.contains("backup")).map(|one| one.key).collect()
}

#[test]
fn one_name_or_several_are_read_and_nothing_else() {
    for (written, domains) in [
        ("", "kallyai"),
        ("failure_domains = \"own\"", "own"),
        ("failure_domains = [\"twilio\", \"own\"]", "own, twilio"),
        ("failure_domain = \"own\"", "own"),
    ] {
        let policy = config(written, "", "").unwrap().policy().unwrap();
        assert_eq!(policy.providers[0].info.failure_domains.to_string(), domains, "{written}");
    }
    for wrong in ["[]", "\"\"", "[\"own\", \" \"]", "7"] {
        let written = format!("failure_domains = {wrong}");
        let error = config(&written, "", "").unwrap_err().to_string();
        assert!(error.contains("failure_domains"), "{written}: {error}");
    }
}

#[test]
fn providers_that_share_a_platform_or_a_carrier_are_no_backup() {
    let vapi = "failure_domains = [\"own\", \"vapi\"]";
    let routes = "[[routes]]\nname = \"all\"\nproviders = [\"one\", \"two\"]";
    for (kallyai, kaicalls, rest, expected) in [
        ("", "", "", vec![]),
        (vapi, "", "", vec!["providers"]),
        (vapi, "", routes, vec!["routes[0].providers"]),
        (vapi, "enabled = false", "", vec![]),
        (vapi, "failure_domains = \"elsewhere\"", "", vec![]),
        (vapi, "", "[[routes]]\nname = \"one\"\nproviders = [\"one\"]", vec![]),
    ] {
        assert_eq!(warned(kallyai, kaicalls, rest), expected, "{kallyai} {kaicalls} {rest}");
    }
}
