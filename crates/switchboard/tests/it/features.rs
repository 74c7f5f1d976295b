//! A configuration that asks for what this program was built without.

#![cfg(feature = "kallyai")]

use switchboard::Config;

/// The key and the message of the first problem.
fn refusal(text: &str) -> Option<(String, String)> {
    let account = "[providers.x]\nkind = \"kallyai\"\n";
    let error = Config::from_toml(&format!("{account}{text}")).err()?;
    let problem = error.problems().first().unwrap();
    Some((problem.key.clone(), problem.message.clone()))
}

#[test]
fn a_database_that_was_not_built_is_refused_with_its_feature() {
    for (text, key, feature, built) in [
        ("[ledger]\npath = \"x.db\"", "ledger.path", "sqlite", cfg!(feature = "sqlite")),
        ("[ledger]\nurl_env = \"X\"", "ledger.url_env", "postgres", cfg!(feature = "postgres")),
        ("[ledger]\nurl_file = \"x\"", "ledger.url_file", "postgres", cfg!(feature = "postgres")),
    ] {
        let refused = refusal(text);
        assert_eq!(refused.is_none(), built, "{text}: {refused:?}");
        if let Some((at, message)) = refused {
            assert_eq!(at, key);
            assert!(message.contains(&format!("--features {feature}")), "{message}");
        }
    }
}

#[test]
fn a_keyring_that_was_not_built_is_refused_with_its_feature() {
    let refused = refusal("token_store = \"keyring\"");
    assert_eq!(refused.is_none(), cfg!(feature = "keyring"), "{refused:?}");
    if let Some((at, message)) = refused {
        assert_eq!(at, "providers.x.token_store");
        assert!(message.contains("--features keyring"), "{message}");
    }
}

#[test]
fn traces_that_were_not_built_are_refused_with_their_feature() {
    let server = "[server]\nsecret_env = \"S\"\n";
    let telemetry = "[telemetry]\notlp_endpoint = \"http://127.0.0.1:4318\"\n";
    let refused = refusal(&format!("{server}{telemetry}"));
    assert_eq!(refused.is_none(), cfg!(feature = "otel"), "{refused:?}");
    if let Some((at, message)) = refused {
        assert_eq!(at, "telemetry");
        assert!(message.contains("--features otel"), "{message}");
        return;
    }
    for (text, at) in [
        (telemetry.to_owned(), "telemetry"),
        (format!("{server}{telemetry}sample_percent = 0"), "telemetry.sample_percent"),
        (format!("{server}{telemetry}sample_percent = 101"), "telemetry.sample_percent"),
        (format!("{server}{telemetry}sample_per_cent = 5"), "telemetry.sample_per_cent"),
        (format!("{server}[telemetry]\notlp_endpoint = \"ftp://x\""), "telemetry.otlp_endpoint"),
        (
            format!("{server}[telemetry]\notlp_endpoint = \"http://u:p@x\""),
            "telemetry.otlp_endpoint",
        ),
        (format!("{server}[telemetry]\nsample_percent = 5"), "telemetry.otlp_endpoint"),
    ] {
        let refused = refusal(&text).map(|(key, _)| key);
        assert_eq!(refused.as_deref(), Some(at), "{text}");
    }
}
