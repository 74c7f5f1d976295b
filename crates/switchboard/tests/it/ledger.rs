//! `[ledger]`: where it is opened, with which secrets, and what is said where one is missing.
#![cfg(all(feature = "kaicalls", feature = "sqlite"))]

use std::{fs, path::Path, time::Duration};

use switchboard::{
    CallRequest, Config, ConfigurationApplied, ErrorKind, Ledger, Retention, config::LedgerConfig,
};

const ACCOUNT: &str = "[rules]\noff = \"no person is called in a test\"\n[providers.kaicalls]\nkind = \"kaicalls\"\napi_key_env = \"KEY\"\ncountries = [\"US\"]\ndefault_agent = \"a\"\n";
const HASH_KEY: &str = "00112233445566778899aabbccddeeffFFEEDDCCBBAA99887766554433221100";

fn configure(directory: &Path, ledger: &str) -> Config {
    let file = directory.join("switchboard.toml");
    fs::write(&file, format!("{ACCOUNT}{ledger}\n")).unwrap();
    Config::from_file(file).unwrap_or_else(|error| panic!("{error}"))
}

fn environment(name: &str) -> Option<String> {
    match name {
        "KEY" => Some("kc_live_0123456789".to_owned()),
        "HASH_KEY" => Some(HASH_KEY.to_owned()),
        "OTHER_KEY" => Some(HASH_KEY.replace("00", "11")),
        "SHORT_KEY" => Some("canary7946".to_owned()),
        "NO_DATABASE" => Some("canary7946".to_owned()),
        _ => None,
    }
}

#[tokio::test]
async fn calls_are_there_when_it_is_opened_again() {
    let directory = tempfile::tempdir().unwrap();
    let config = configure(directory.path(), "[ledger]\npath = \"kept/calls.db\"");
    assert_eq!(config.ledger_file(), Some(directory.path().join("kept/calls.db")));
    // Nobody calls London, so that the call is refused without a provider.
    let request = CallRequest::new("+442079460018", "Ask.");
    let id = {
        let switchboard = config.open(environment).await.unwrap();
        let call = switchboard.place(&request).await.unwrap();
        assert!(switchboard.ledger().is_some() && directory.path().join("kept/calls.db").exists());
        switchboard.engine().shutdown(Duration::ZERO).await;
        call.id
    };
    let (switchboard, recovered) =
        config.open_with_report(switchboard::TakesUp::Everything, environment).await.unwrap();
    assert_eq!(recovered.calls, 0, "a refused call is nobody's to take up");
    assert_eq!(switchboard.get(id).await.unwrap().fault.unwrap().kind, ErrorKind::NoProvider);
    let history = switchboard.ledger().unwrap().history(id).await.unwrap();
    assert_eq!(
        history.iter().map(|event| event.kind.as_str()).collect::<Vec<_>>(),
        ["received", "planned", "refused"]
    );
}

#[tokio::test]
async fn without_a_ledger_calls_are_in_memory() {
    let directory = tempfile::tempdir().unwrap();
    let config = configure(directory.path(), "");
    let switchboard = config.open(environment).await.unwrap();
    assert!(switchboard.ledger().is_none() && config.ledger_file().is_none());
    assert!(config.open_ledger(environment).await.unwrap().is_none());
    let files: Vec<_> =
        fs::read_dir(directory.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(files, ["switchboard.toml"]);
    // One that is there is not opened by who needs none.
    let config = configure(directory.path(), "[ledger]\npath = \"calls.db\"");
    assert!(config.build(environment).unwrap().ledger().is_none());
    assert!(!directory.path().join("calls.db").exists());
}

#[tokio::test]
async fn the_key_of_a_ledger_is_the_one_that_it_was_made_with() {
    let directory = tempfile::tempdir().unwrap();
    let open = |ledger: &str| {
        let config =
            configure(directory.path(), &format!("[ledger]\npath = \"calls.db\"\n{ledger}"));
        async move { config.open_ledger(environment).await }
    };
    open("hash_key_env = \"HASH_KEY\"").await.unwrap();
    fs::write(directory.path().join("key"), format!("{HASH_KEY}\n")).unwrap();
    let same = open("hash_key_file = \"key\"").await.unwrap();
    assert!(matches!(same, Some(Ledger::Sqlite(_))));
    for (ledger, field, told) in [
        ("hash_key_env = \"OTHER_KEY\"", "ledger.hash_key", "not the key"),
        ("", "ledger.hash_key", "is missing"),
        ("hash_key_env = \"SHORT_KEY\"", "ledger.hash_key_env", "what SHORT_KEY holds is no"),
        ("hash_key_env = \"UNSET\"", "ledger.hash_key_env", "UNSET is not set"),
        ("hash_key_file = \"nowhere\"", "ledger.hash_key_file", "cannot be read"),
    ] {
        let error = open(ledger).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.field()),
            (ErrorKind::Configuration, Some(field)),
            "{error}"
        );
        assert!(
            error.to_string().contains(told) && !format!("{error:?}").contains("canary7946"),
            "{error}"
        );
    }
}

#[tokio::test]
async fn an_address_that_is_missing_or_none_is_named_and_not_shown() {
    let directory = tempfile::tempdir().unwrap();
    for (ledger, told) in [
        ("url_env = \"UNSET\"", "the environment variable UNSET is not set"),
        ("url_file = \"nowhere\"", "cannot be read"),
        ("url_env = \"NO_DATABASE\"", ""),
    ] {
        let config = configure(directory.path(), &format!("[ledger]\n{ledger}"));
        assert_eq!(config.ledger_file(), None);
        let error = config.open(environment).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration, "{error}");
        assert!(
            error.to_string().contains(told) && !format!("{error}{error:?}").contains("canary7946"),
            "{error}"
        );
    }
}

#[test]
fn the_users_own_ledger_is_in_the_data_directory() {
    let of = |variables: &[(&str, &str)]| {
        let variables: Vec<(String, String)> =
            variables.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        let environment = move |asked: &str| {
            variables.iter().find(|(name, _)| name == asked).map(|(_, value)| value.clone())
        };
        LedgerConfig::of_the_user(&environment).and_then(|ledger| ledger.path)
    };
    if cfg!(unix) {
        assert_eq!(
            of(&[("XDG_DATA_HOME", "/data"), ("HOME", "/me")]),
            Some("/data/switchboard/ledger.db".into())
        );
        assert_eq!(
            of(&[("XDG_DATA_HOME", "data"), ("HOME", "/me")]),
            Some("/me/.local/share/switchboard/ledger.db".into())
        );
    }
    assert_eq!(of(&[]), None);
}

#[test]
fn retention_is_in_days() {
    let directory = tempfile::tempdir().unwrap();
    let config = configure(
        directory.path(),
        "[ledger]\npath = \"x.db\"\n[ledger.retention]\ntranscripts_days = 90\npeople_days = 730",
    );
    let day = Duration::from_secs(86_400);
    assert_eq!(
        (config.retention().transcripts, config.retention().people),
        (Some(90 * day), Some(730 * day))
    );
    assert_eq!((config.retention().recordings, config.retention().raw_answers), (None, None));
    assert_eq!(config.retention().consents, Some(Retention::CONSENTS), "left out, five years");
    let text = "[ledger]\npath = \"x.db\"\n[ledger.retention]\nconsents_days = 4000";
    let config = configure(directory.path(), text);
    assert_eq!(config.retention().consents, Some(4000 * day));
}

#[test]
fn a_decision_about_a_configuration_is_read_under_its_former_word() {
    let former =
        serde_json::json!({"version": "v1", "taken": false, "why": "routing.order: empty"});
    let read: ConfigurationApplied = serde_json::from_value(former).unwrap();
    assert_eq!((read.version.as_str(), read.applied), ("v1", false));
    let written = serde_json::to_value(&read).unwrap();
    assert_eq!(written["applied"], false);
    assert!(written.get("taken").is_none());
    assert_eq!(serde_json::from_value::<ConfigurationApplied>(written).unwrap(), read);
}

#[tokio::test]
async fn events_are_kept_as_long_as_the_server_says() {
    const DAY: Duration = Duration::from_secs(24 * 60 * 60);
    let server = |days: u32| {
        format!("[server]\nsecret_env = \"S\"\n[server.events]\nretention_days = {days}\n")
    };
    let ledger = "[ledger]\npath = \"calls.db\"\n";
    // For how long, and what a sweep eight days later forgets.
    for (settings, kept, forgets) in
        [(server(30), 30, false), (server(3), 3, true), (String::new(), 7, true)]
    {
        let directory = tempfile::tempdir().unwrap();
        let config = configure(directory.path(), &format!("{ledger}{settings}"));
        assert_eq!(config.retention().events, Some(DAY * kept));
        let switchboard = config.open(environment).await.unwrap();
        // Nobody calls London: the call is refused, and that is an event.
        switchboard.place(&CallRequest::new("+442079460018", "Ask.")).await.unwrap();
        let later = switchboard::jiff::Timestamp::now().checked_add(DAY * 8).unwrap();
        let ledger = switchboard.ledger().unwrap();
        let swept = ledger.sweep(&config.retention(), later).await.unwrap();
        assert_eq!(swept.events > 0, forgets, "{settings}: {swept:?}");
        switchboard.engine().shutdown(Duration::ZERO).await;
    }
}
