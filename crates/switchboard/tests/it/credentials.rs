//! Where secrets come from, and that they never show.
#![cfg(all(feature = "kallyai", feature = "kaicalls"))]

use std::{fs, sync::Arc};

use switchboard::{Clock, Config, ErrorKind, SystemClock};

const KEY: &str = "kc_live_0123456789abcdef";
const TOKEN: &str = "at_0123456789abcdef";
const RENEWAL: &str = "rt_0123456789abcdef";
const SIGNING: &str = "whsec_0123456789abcdef";
const HOOKS: &str = "0123456789abcdef0123456789abcdef-hooks";

const TEXT: &str = r#"
[providers.kallyai]
kind = "kallyai"
api_key_env = "KALLYAI_ACCESS_TOKEN"
refresh_token_env = "KALLYAI_REFRESH_TOKEN"
[providers.kaicalls]
kind = "kaicalls"
api_key_env = "KAICALLS_API_KEY"
webhook_secret_env = "KAICALLS_WEBHOOK_SECRET"
default_agent = "uuid-1"
[webhooks]
public_url = "https://calls.example.com"
secret_env = "SWITCHBOARD_WEBHOOK_SECRET"
"#;

fn all(name: &str) -> Option<String> {
    let value = match name {
        "KALLYAI_ACCESS_TOKEN" => TOKEN,
        "KALLYAI_REFRESH_TOKEN" => RENEWAL,
        "KAICALLS_API_KEY" => KEY,
        "KAICALLS_WEBHOOK_SECRET" => SIGNING,
        "SWITCHBOARD_WEBHOOK_SECRET" => HOOKS,
        _ => return None,
    };
    Some(value.to_owned())
}

fn shows_no_secret(text: &str) {
    for secret in [KEY, TOKEN, RENEWAL, SIGNING, HOOKS] {
        assert!(!text.contains(secret), "{text}");
    }
}

#[tokio::test]
async fn they_come_from_the_environment_and_never_show() {
    let config = Config::from_toml(TEXT).unwrap();
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    shows_no_secret(&format!("{config:?}"));
    shows_no_secret(&format!("{:#?}", config.policy().unwrap()));
    shows_no_secret(&format!("{:#?}", config.engine_builder(all, &clock).unwrap()));
    let switchboard = config.build(all).unwrap();
    shows_no_secret(&format!("{switchboard:#?}"));
    for id in ["kallyai", "kaicalls"] {
        let provider = switchboard.engine().provider(&switchboard::ProviderId::new(id)).unwrap();
        shows_no_secret(&format!("{provider:#?}"));
    }
}

#[tokio::test]
async fn missing_ones_are_told_all_at_once_with_variable_and_provider() {
    let config = Config::from_toml(TEXT).unwrap();
    let error = config
        .build(|name| (name == "KAICALLS_WEBHOOK_SECRET").then(|| "  ".to_owned()))
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    let text = error.to_string();
    for expected in [
        "providers.kallyai.api_key_env: the environment variable KALLYAI_ACCESS_TOKEN is not set: set it to the API key of the provider kallyai",
        "providers.kallyai.refresh_token_env: the environment variable KALLYAI_REFRESH_TOKEN is not set",
        "providers.kaicalls.api_key_env: the environment variable KAICALLS_API_KEY is not set",
        "providers.kaicalls.webhook_secret_env: the environment variable KAICALLS_WEBHOOK_SECRET is not set",
        "webhooks.secret_env: the environment variable SWITCHBOARD_WEBHOOK_SECRET is not set: set it to at least 32 random characters",
    ] {
        assert!(text.contains(expected), "{expected}\n{text}");
    }

    let one = config.build(|name| all(name).filter(|_| name != "KAICALLS_API_KEY")).unwrap_err();
    assert_eq!(one.field(), Some("providers.kaicalls.api_key_env"));
    assert!(
        one.message().contains("KAICALLS_API_KEY") && one.message().contains("enabled = false"),
        "{one}"
    );
}

#[tokio::test]
async fn one_that_cannot_work_is_told_by_its_variable_and_not_shown() {
    let config = Config::from_toml(TEXT).unwrap();
    let error = config
        .build(
            |name| {
                if name == "KAICALLS_API_KEY" { Some("sk-hello".to_owned()) } else { all(name) }
            },
        )
        .unwrap_err();
    assert_eq!(error.field(), Some("providers.kaicalls.api_key_env"));
    assert!(
        error.message().starts_with("what KAICALLS_API_KEY holds is not a KaiCalls key"),
        "{error}"
    );
    assert!(!format!("{error:?}").contains("sk-hello"), "{error:?}");
}

#[tokio::test]
async fn a_webhook_secret_that_can_be_guessed_is_refused() {
    let config = Config::from_toml(TEXT).unwrap();
    let error = config
        .build(|name| {
            if name == "SWITCHBOARD_WEBHOOK_SECRET" {
                Some("hunter2".to_owned())
            } else {
                all(name)
            }
        })
        .unwrap_err();
    assert_eq!(error.field(), Some("webhooks.secret_env"));
    assert!(
        error.message().contains(
            "SWITCHBOARD_WEBHOOK_SECRET holds has 7 characters: use at least 32 random ones"
        ),
        "{error}"
    );
    assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
}

#[tokio::test]
async fn a_file_holds_one_beside_the_configuration() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("switchboard.toml");
    fs::write(
        &path,
        "[providers.kaicalls]\nkind = \"kaicalls\"\napi_key_file = \"kaicalls.key\"\ndefault_agent = \"uuid-1\"\n",
    )
    .unwrap();
    let config = Config::from_file(&path).unwrap();

    let missing = config.build(|_| None).unwrap_err();
    assert_eq!(missing.field(), Some("providers.kaicalls.api_key_file"));
    assert!(missing.message().contains("kaicalls.key cannot be read"), "{missing}");

    fs::write(directory.path().join("kaicalls.key"), "\n").unwrap();
    let empty = config.build(|_| None).unwrap_err();
    assert!(empty.message().contains("is empty: write the secret into it"), "{empty}");

    fs::write(directory.path().join("kaicalls.key"), format!("{KEY}\n")).unwrap();
    shows_no_secret(&format!("{:?}", config.build(|_| None).unwrap()));
}

#[tokio::test]
async fn an_account_that_is_switched_off_needs_none() {
    let text = "
        [providers.kallyai]
        kind = \"kallyai\"
        enabled = false
        api_key_env = \"KALLYAI_ACCESS_TOKEN\"
        [providers.kaicalls]
        kind = \"kaicalls\"
        api_key_env = \"KAICALLS_API_KEY\"
        default_agent = \"uuid-1\"
        [[routes]]
        name = \"english\"
        languages = [\"en\"]
        providers = [\"kallyai\", \"kaicalls\"]
    ";
    let switchboard = Config::from_toml(text)
        .unwrap()
        .build(|name| all(name).filter(|_| name == "KAICALLS_API_KEY"))
        .unwrap();
    let request = switchboard::CallRequest::new("+12015550123", "Say hello.")
        .with(|call| call.language = Some("en".into()));
    let plan = switchboard.plan(&request).unwrap();
    assert_eq!(plan.candidates.len(), 1);
    assert_eq!(plan.candidates[0].provider.as_str(), "kaicalls");
    assert_eq!(plan.rejected[0].rejection.code(), "switched_off");
}
