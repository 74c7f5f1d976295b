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
