//! Where the tokens of a login are, who may read them, and what the configuration says of it.
#![cfg(all(unix, feature = "kallyai", feature = "kaicalls"))]

use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::Path,
    sync::Arc,
    time::Duration,
};

use jiff::Timestamp;
use switchboard::{
    Clock, Config, ErrorKind, SystemClock,
    tokens::{Granted, Kept, SignIn},
};
use tempfile::TempDir;

const ACCESS: &str = "at_canary_0123456789abcdef";
const REFRESH: &str = "rt_canary_0123456789abcdef";

struct Desk {
    directory: TempDir,
}

impl Desk {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let text =
            "[providers.kallyai]\nkind = \"kallyai\"\ntoken_store = \"file:deep/er/tokens.json\"\n";
        fs::write(directory.path().join("switchboard.toml"), text).unwrap();
        Self { directory }
    }

    fn config(&self) -> Config {
        Config::from_file(self.directory.path().join("switchboard.toml")).unwrap()
    }

    fn sign_in(&self) -> SignIn {
        self.config().sign_in("kallyai", |_| None).unwrap()
    }

    fn path(&self) -> std::path::PathBuf {
        self.directory.path().join("deep/er/tokens.json")
    }
}

fn granted() -> Granted {
    Granted {
        access: ACCESS.into(),
        refresh: Some(REFRESH.into()),
        expires_in: Some(Duration::from_secs(3600)),
        scope: Some("calls:read calls:write".to_owned()),
    }
}

fn now() -> Timestamp {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[tokio::test]
async fn tokens_are_kept_for_their_owner_and_never_shown() {
    let desk = Desk::new();
    let sign_in = desk.sign_in();
    assert!(sign_in.kept().await.unwrap().is_none());
    let (saved, kept) = sign_in.keep(granted(), now()).await.unwrap();
    assert_eq!(kept, Kept::File(desk.path()));
    assert_eq!((mode(&desk.path()), mode(desk.path().parent().unwrap())), (0o600, 0o700));
    assert_eq!(saved.tokens.expires_at, Some("2026-11-22T13:00:00Z".parse().unwrap()));

    let (read, _) = sign_in.kept().await.unwrap().unwrap();
    assert_eq!(read.scope.as_deref(), Some("calls:read calls:write"));
    let names: Vec<_> = fs::read_dir(desk.path().parent().unwrap())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert!(names.iter().all(|name| !name.ends_with(".new")), "{names:?}");
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let config = desk.config();
    let provider = config.provider("kallyai", |_| None, &clock).unwrap();
    let switchboard = config.build(|_| None).unwrap();
    let shown = format!(
        "{saved:#?} {read:?} {sign_in:?} {kept} {:?} {provider:#?} {switchboard:#?}",
        granted()
    );
    assert!(!shown.contains("canary"), "{shown}");

    assert!(sign_in.forget().await.unwrap());
    assert!(!sign_in.forget().await.unwrap());
    let error = config.build(|_| None).unwrap_err();
    assert_eq!(
        (error.kind(), error.field()),
        (ErrorKind::Configuration, Some("providers.kallyai"))
    );
    assert!(error.message().contains("switchboard login kallyai"), "{error}");
}

#[tokio::test]
async fn a_file_that_is_not_for_its_owner_alone_is_refused() {
    let desk = Desk::new();
    let sign_in = desk.sign_in();
    sign_in.keep(granted(), now()).await.unwrap();
    for open in [0o640, 0o604, 0o622, 0o666] {
        fs::set_permissions(desk.path(), fs::Permissions::from_mode(open)).unwrap();
        let error = sign_in.kept().await.unwrap_err();
        assert_eq!(error.field(), Some("token_store"));
        assert!(error.message().contains(&format!("mode {open:03o}")), "{error}");
        assert!(error.message().contains("chmod 600"), "{error}");
        assert!(!format!("{error:?}").contains("canary"));
    }
    // A new login makes a new file, for its owner alone.
    sign_in.keep(granted(), now()).await.unwrap();
    assert_eq!(mode(&desk.path()), 0o600);
}

#[tokio::test]
async fn what_a_login_did_not_write_is_refused_and_not_repeated() {
    let desk = Desk::new();
    let sign_in = desk.sign_in();
    sign_in.keep(granted(), now()).await.unwrap();
    let good = fs::read_to_string(desk.path()).unwrap();
    for damaged in [
        String::new(),
        good[..good.len() / 2].to_owned(),
        good.replace("\"access_token\":", "\"access\":"),
        good.replace(&format!("\"{ACCESS}\""), &format!("[\"{ACCESS}\"]")),
        "x".repeat(100_000),
    ] {
        fs::write(desk.path(), damaged).unwrap();
        let error = sign_in.kept().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert!(!format!("{error} {error:?}").contains("canary"), "{error}");
    }
    fs::remove_file(desk.path()).unwrap();
    fs::create_dir(desk.path()).unwrap();
    assert!(sign_in.kept().await.unwrap_err().message().contains("is no file"));
}

#[tokio::test]
async fn a_link_is_replaced_and_not_written_through() {
    let desk = Desk::new();
    let target = desk.directory.path().join("somebody-elses");
    fs::write(&target, "theirs").unwrap();
    fs::create_dir_all(desk.path().parent().unwrap()).unwrap();
    symlink(&target, desk.path()).unwrap();
    desk.sign_in().keep(granted(), now()).await.unwrap();
    assert_eq!(fs::read_to_string(&target).unwrap(), "theirs");
    assert!(fs::symlink_metadata(desk.path()).unwrap().is_file());
}

#[test]
fn the_place_is_the_state_directory_of_the_user() {
    let config = Config::from_toml("[providers.kallyai]\nkind = \"kallyai\"").unwrap();
    let of = |variables: &'static [(&str, &str)]| {
        let environment = move |name: &str| {
            variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        };
        config.sign_in("kallyai", environment).map(|sign_in| format!("{sign_in:?}"))
    };
    assert!(
        of(&[("HOME", "/home/ada")])
            .unwrap()
            .contains("/home/ada/.local/state/switchboard/kallyai.tokens.json")
    );
    assert!(
        of(&[("HOME", "/home/ada"), ("XDG_STATE_HOME", "/state")])
            .unwrap()
            .contains("\"/state/switchboard/kallyai.tokens.json\"")
    );
    assert!(
        of(&[("HOME", "/home/ada"), ("XDG_STATE_HOME", "relative")])
            .unwrap()
            .contains("/home/ada/")
    );
    let homeless = of(&[]).unwrap_err();
    assert!(homeless.message().contains("token_store = \"file:PATH\""), "{homeless}");
}

#[test]
fn who_has_a_key_or_cannot_log_in_is_told_so() {
    let text = "
        [providers.own]
        kind = \"kallyai\"
        api_key_env = \"X\"
        [providers.kaicalls]
        kind = \"kaicalls\"
        api_key_env = \"Y\"
    ";
    let config = Config::from_toml(text).unwrap();
    for (account, field) in [
        ("own", "providers.own.api_key_env"),
        ("kaicalls", "providers.kaicalls.kind"),
        ("nobody", "providers.nobody"),
    ] {
        let error = config.sign_in(account, |_| Some("/home/ada".to_owned())).unwrap_err();
        assert_eq!(
            (error.kind(), error.field()),
            (ErrorKind::Configuration, Some(field)),
            "{error}"
        );
    }
}

#[test]
fn a_page_is_asked_for_with_a_bare_address_and_the_state() {
    let page = Desk::new().sign_in().page(8976, "s+/=").unwrap();
    assert_eq!(
        page.as_str(),
        "https://api.kallyai.com/v1/auth/cli?redirect_uri=http%3A%2F%2F127.0.0.1%3A8976&state=s%2B%2F%3D"
    );
}
