//! What a configuration says about the calling rules, and about calls for requests that do not.
#![cfg(feature = "kaicalls")]

use std::fs;

use jiff::Timestamp;
use switchboard::{
    CallRequest, Config,
    config::RulesConfig,
    core::{CalleeKind, Purpose},
    router::{FactOrigin, Policy, RuleSettings},
};

/// The columns of a table of rules.
const COLUMNS: &str = "id\tjurisdiction\tkind\tpurposes\tcallee\tline\trule\tunless\teffect\tfrom\tuntil\tsource\tchecked\tas_of\tnote";

const ACCOUNT: &str = r#"
[providers.kaicalls]
kind = "kaicalls"
api_key_env = "KAICALLS_API_KEY"
default_agent = "uuid-1"
"#;

fn policy(more: &str) -> Policy {
    Config::from_toml(&format!("{ACCOUNT}{more}")).unwrap().policy().unwrap()
}

#[test]
fn the_rules_are_on_unless_a_reason_is_given_against_them() {
    assert_eq!(policy("").rules, RuleSettings::default());
    assert_eq!(policy("[rules]").rules, RuleSettings::default());
    assert_eq!(policy("[rules]").rules.off, None);
    let off = policy("[rules]\noff = \" Calls to our own staff only. \"");
    assert_eq!(off.rules.off.as_deref(), Some("Calls to our own staff only."));
}

#[test]
fn own_files_are_found_beside_the_configuration() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("switchboard.toml");
    let text = "[rules]\nfiles = [\"rules/ours.tsv\"]\nemergencies = [\"US-LA\", \"FR\"]\n";
    fs::write(&file, format!("{ACCOUNT}{text}")).unwrap();
    let error = Config::from_file(&file).unwrap_err();
    assert_eq!(error.problems()[0].key, "rules.files[0]");
    let missing = directory.path().join("rules/ours.tsv");
    let told = format!("there is no file {}: correct the path", missing.display());
    assert!(error.problems()[0].message.starts_with(&told), "{error}");

    fs::create_dir(directory.path().join("rules")).unwrap();
    Config::from_file(&file).unwrap_err();
    fs::write(&missing, "id\trule\nX\tnonsense\n").unwrap();
    let error = Config::from_file(&file).unwrap_err().to_string();
    assert!(error.contains("ours.tsv"), "{error}");
    let own = "P-HOURS-RESERVATION\t*\tquiet_hours\treservation\tany\tany\tmon-sun 10:00-20:00\tagreed_time\tgate\t\t\tours\tpolicy\t2026-11-29\t\n";
    fs::write(&missing, format!("{COLUMNS}\n{own}")).unwrap();
    let config = Config::from_file(&file).unwrap();
    let rules = config.policy().unwrap().rules;
    assert_eq!(rules.files, std::slice::from_ref(&missing));
    fs::write(&missing, format!("{COLUMNS}\n{}", own.replace("20:00", "19:00"))).unwrap();
    let changed = Config::from_file(&file).unwrap();
    assert_ne!(changed.version(), config.version(), "other rules are another configuration");
    let regions: Vec<_> = rules.emergencies.iter().map(ToString::to_string).collect();
    assert_eq!(regions, ["US-LA", "FR"]);
}

#[test]
fn routes_and_profiles_say_what_requests_leave_out() {
    let policy = policy(
        r#"
        [routing]
        default_agent = "clinic"
        [agents.clinic]
        purpose = "transactional"
        recording = true
        on_behalf_of = " Example Clinic "
        callback_number = "+44 20 7946 0018"
        at = { kaicalls = "uuid-2" }
        [agents.tables]
        purpose = "reservation"
        callee_kind = "business"
        published_number = " the restaurant's own website "
        recording = false
        at = { kaicalls = "uuid-3" }
        [[routes]]
        name = "leads"
        tags = ["lead"]
        purpose = "requested"
        callee_kind = "consumer"
        recording = false
        published_number = "its page"
        "#,
    );
    let now: Timestamp = "2026-11-20T10:00:00Z".parse().unwrap();
    let call = |agent: Option<&str>, tag: Option<&str>| {
        let asked = CallRequest::new("+12015550123", "Ask.").with(|call| {
            call.agent = agent.map(str::to_owned);
            call.tags = tag.map(str::to_owned).into_iter().collect();
        });
        asked.validate(now).unwrap()
    };
    let usual = call(None, None);
    let facts = policy.facts_for(&usual);
    assert_eq!((facts.purpose, facts.callee_kind), (Some(Purpose::Transactional), None));
    assert_eq!((facts.recording, facts.published_number), (Some(true), None));
    let sources = policy.fact_sources(&usual, None);
    assert_eq!(sources.on_behalf_of(), Some("Example Clinic"));
    assert_eq!(sources.callback_number().unwrap().e164(), "+442079460018");
    assert_eq!(sources.origin("purpose"), FactOrigin::Profile);

    let table = policy.facts_for(&call(Some("tables"), None));
    assert_eq!((table.purpose, table.recording), (Some(Purpose::Reservation), Some(false)));
    assert_eq!(table.callee_kind, Some(CalleeKind::Business));
    assert_eq!(table.published_number.as_deref(), Some("the restaurant's own website"));

    let lead = policy.facts_for(&call(None, Some("lead")));
    assert_eq!((lead.purpose, lead.recording), (Some(Purpose::Requested), Some(false)));
    assert_eq!(lead.callee_kind, Some(CalleeKind::Consumer));
    assert_eq!(lead.published_number.as_deref(), Some("its page"));
}

#[test]
fn rules_that_are_changed_in_code_make_another_policy() {
    let mut config = Config::from_toml(ACCOUNT).unwrap();
    assert_eq!(config.policy().unwrap().rules.off, None);
    config.rules = Some(RulesConfig { off: Some("A test.".to_owned()), ..RulesConfig::default() });
    assert_eq!(config.policy().unwrap().rules.off.as_deref(), Some("A test."));
}
