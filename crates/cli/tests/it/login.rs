//! `login`, `logout` and `whoami` against the simulated KallyAI. The test is the browser, and
//! anyone else who reaches the port.

#![cfg(unix)]

use std::{fs, os::unix::fs::PermissionsExt};

use serde_json::Value;

use crate::common::browser::{Office, header};

const FILE: &str = "token_store = \"file:tokens.json\"";

fn mode(path: &std::path::Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn stored(office: &Office) -> Value {
    serde_json::from_str(&fs::read_to_string(office.tokens()).unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_keeps_its_tokens_for_its_owner_alone() {
    let office = Office::start(FILE).await;
    let login = office.login(&[]);
    assert!(
        login.page.contains("/v1/auth/cli?redirect_uri=http%3A%2F%2F127.0.0.1%3A"),
        "{}",
        login.page
    );
    assert!(!login.page.contains("%2F&state"), "the address is bare: {}", login.page);
    assert_eq!(login.state.len(), 43, "256 bits");

    let redirect = login.redirect();
    let answer = login.get(&redirect);
    assert!(answer.starts_with("HTTP/1.1 303"), "{answer}");
    assert_eq!(header(&answer, "location").as_deref(), Some("/done"));
    assert_eq!(header(&answer, "cache-control").as_deref(), Some("no-store"));
    assert_eq!(header(&answer, "referrer-policy").as_deref(), Some("no-referrer"));
    assert!(!answer.contains("sim-access"), "{answer}");
    let done = login.get("/done");
    assert!(done.starts_with("HTTP/1.1 200") && done.contains("You are logged in"), "{done}");

    let ran = login.end();
    assert_eq!(ran.code, 0, "{}", ran.err);
    let printed = ran.json();
    assert_eq!(
        (&printed["provider"], &printed["renewable"], &printed["scopes"]),
        (&"kallyai".into(), &true.into(), &Value::Null)
    );
    assert!(
        printed["kept_in"].as_str().unwrap().ends_with("tokens.json")
            && printed["expires_at"].is_string()
    );
    assert_eq!(mode(&office.tokens()), 0o600);
    assert!(redirect.contains(stored(&office)["access_token"].as_str().unwrap()));

    let ran = office.run(&["whoami", "--json"]).await;
    assert_eq!(ran.code, 0, "{}", ran.err);
    let account = &ran.json()["accounts"][0];
    assert_eq!(
        (&account["provider"], &account["kept_in"]),
        (&printed["provider"], &printed["kept_in"])
    );
    assert!(
        account["plan"].is_string() && account["expires_at"] == printed["expires_at"],
        "{account}"
    );

    let call = office
        .run(&["call", "--to", "+442079460018", "--task", "Ask for a table.", "--json"])
        .await;
    assert_eq!(call.code, 0, "{}", call.err);
    assert_eq!(office.sim.rings().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stolen_a_missing_and_a_doubled_state_are_refused() {
    let office = Office::start(FILE).await;
    let other = office.login(&[]);
    for (what, state) in [
        ("another login's", format!("&state={}", other.state)),
        ("none", String::new()),
        ("an empty one", "&state=".to_owned()),
        ("half of it", "&state=HALF".to_owned()),
        ("twice", "&state=STATE&state=STATE".to_owned()),
        ("two tokens", "&state=STATE&access_token=at_other".to_owned()),
    ] {
        let login = office.login(&[]);
        let state = state.replace("STATE", &login.state).replace("HALF", &login.state[..20]);
        let answer = login
            .get(&format!("/?access_token=at_thief&refresh_token=rt_thief&expires_in=3600{state}"));
        assert!(answer.starts_with("HTTP/1.1 400"), "{what}: {answer}");
        let ran = login.end();
        assert_eq!(ran.code, 1, "{what}: {}", ran.err);
        assert_eq!(ran.json()["error"]["kind"], "unauthorized", "{what}");
        assert!(!office.tokens().exists(), "{what}: something was kept");
        assert!(!ran.err.contains("at_thief") && !ran.err.contains("rt_thief"), "{}", ran.err);
    }
    assert!(other.get(&other.redirect()).starts_with("HTTP/1.1 303"), "the other login goes on");
    other.get("/done");
    assert_eq!(other.end().code, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replayed_answer_is_refused_and_changes_nothing() {
    let office = Office::start(FILE).await;
    let login = office.login(&[]);
    let redirect = login.redirect();
    assert!(login.get(&redirect).starts_with("HTTP/1.1 303"));
    let kept = stored(&office);
    let replayed = format!("/?access_token=at_thief&state={}", login.state);
    for target in [&redirect, &replayed] {
        let answer = login.get(target);
        assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
    }
    login.get("/done");
    assert_eq!(login.end().code, 0);
    assert_eq!(stored(&office), kept);

    // The same answer, brought to a later login.
    let later = office.login(&[]);
    assert!(later.get(&redirect).starts_with("HTTP/1.1 400"));
    assert_eq!(later.end().code, 1);
    assert_eq!(stored(&office), kept);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_answers_at_once_one_is_taken() {
    let office = Office::start(FILE).await;
    let login = office.login(&[]);
    let answers: Vec<String> = std::thread::scope(|scope| {
        let asking: Vec<_> = (0..8)
            .map(|turn| {
                let target = format!("/?access_token=at_{turn}&state={}", login.state);
                let login = &login;
                scope.spawn(move || login.get(&target))
            })
            .collect();
        asking.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let taken: Vec<usize> =
        (0..8).filter(|turn| answers[*turn].starts_with("HTTP/1.1 303")).collect();
    assert_eq!(taken.len(), 1, "{answers:?}");
    assert_eq!(answers.iter().filter(|answer| answer.starts_with("HTTP/1.1 400")).count(), 7);
    login.get("/done");
    assert_eq!(login.end().code, 0);
    assert_eq!(stored(&office)["access_token"], format!("at_{}", taken[0]));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_answer_does_not_count_as_one() {
    let office = Office::start(FILE).await;
    let login = office.login(&[]);
    let redirect = login.redirect();
    let host = login.host.clone();
    let two_hosts = format!("{host}\r\nHost: rebound.example.com");
    let silent = std::net::TcpStream::connect(&host).unwrap();
    for (method, target, host, status) in [
        ("GET", "/favicon.ico", &*host, "404"),
        ("GET", "/", &*host, "404"),
        ("GET", "/done", &*host, "404"),
        ("GET", "/?utm_source=x", &*host, "404"),
        ("POST", &*redirect, &*host, "405"),
        ("HEAD", &*redirect, &*host, "405"),
        ("GET", &*redirect, "rebound.example.com", "400"),
        ("GET", &*redirect, &*two_hosts, "400"),
        ("GET", "nonsense", &*host, "400"),
    ] {
        let answer = login.ask(method, target, host);
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status}")),
            "{method} {host} {status}: {answer}"
        );
    }
    assert!(login.get(&redirect).starts_with("HTTP/1.1 303"));
    drop(silent);
    login.get("/done");
    assert_eq!(login.end().code, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_that_is_refused_or_never_made_fails() {
    let office = Office::start(FILE).await;
    let refused = office.login(&[]);
    let answer = refused.get(&format!("/?error=access_denied&state={}", refused.state));
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
    let ran = refused.end();
    assert!(ran.code == 1 && ran.err.contains("the provider refused"), "{}", ran.err);

    let ran = office.login(&["--timeout", "1"]).end();
    assert!(ran.code == 1 && ran.err.contains("no login within 1 s"), "{}", ran.err);
    assert!(!office.tokens().exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_others_can_read_is_refused_with_the_fix() {
    let office = Office::start(FILE).await;
    office.logged_in();
    for open in [0o644, 0o660, 0o604] {
        fs::set_permissions(office.tokens(), fs::Permissions::from_mode(open)).unwrap();
        for arguments in [
            &["whoami"][..],
            &["api", "kallyai", "GET", "/v1/credits/balance"],
            &["call", "--to", "+442079460018", "--task", "x"],
        ] {
            let before = office.sim.requests().len();
            let ran = office.run(arguments).await;
            assert_eq!(ran.code, 2, "{arguments:?}: {}", ran.err);
            assert!(
                ran.err.contains(&format!("mode {open:03o}")) && ran.err.contains("chmod 600"),
                "{}",
                ran.err
            );
            assert_eq!(office.sim.requests().len(), before, "its tokens were sent");
        }
    }
    fs::set_permissions(office.tokens(), fs::Permissions::from_mode(0o600)).unwrap();
    assert_eq!(office.run(&["whoami"]).await.code, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_are_sent_only_to_their_issuer() {
    let office = Office::start(FILE).await;
    office.logged_in();
    let thief = Office::start(FILE).await;
    office.configure(FILE, thief.sim.url());
    let ran = office.run(&["whoami"]).await;
    assert!(ran.code == 2 && ran.err.contains("they are not sent there"), "{}", ran.err);
    assert_eq!(thief.sim.requests().len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn logging_out_takes_the_tokens_away() {
    let office = Office::start(FILE).await;
    let logged_out = office.run(&["whoami", "kallyai"]).await;
    assert!(
        logged_out.code == 2 && logged_out.err.contains("switchboard login kallyai"),
        "{}",
        logged_out.err
    );
    office.logged_in();
    assert_eq!(office.run(&["logout", "kallyai", "--json"]).await.json()["removed"], true);
    assert!(!office.tokens().exists());
    assert_eq!(office.run(&["logout", "kallyai", "--json"]).await.json()["removed"], false);
    assert_eq!(office.run(&["whoami", "kallyai"]).await.code, 2);
    assert_eq!(office.run(&["login", "somebody"]).await.code, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_keyring_tokens_go_to_the_state_directory() {
    let office = Office::start("").await;
    office.logged_in();
    let file = office.directory.path().join("state/switchboard/kallyai.tokens.json");
    assert_eq!(mode(&file), 0o600);
    assert_eq!(mode(file.parent().unwrap()), 0o700);
    assert_eq!(office.run(&["whoami"]).await.code, 0);
}

#[cfg(feature = "keyring")]
#[tokio::test(flavor = "multi_thread")]
async fn a_keyring_that_is_asked_for_and_not_there_keeps_nothing() {
    let office = Office::start("").await;
    office.configure("token_store = \"keyring\"", office.sim.url());
    let login = office.login(&[]);
    login.get(&login.redirect());
    let printed = login.get("/done");
    assert!(printed.contains("could not be stored"), "{printed}");
    let ran = login.end();
    assert!(ran.code == 2 && ran.err.contains("the keyring is not there"), "{}", ran.err);
}

#[cfg(not(feature = "keyring"))]
#[tokio::test(flavor = "multi_thread")]
async fn a_program_without_the_keyring_says_how_to_build_one() {
    let office = Office::start("").await;
    office.configure("token_store = \"keyring\"", office.sim.url());
    let ran = office.run(&["whoami", "kallyai"]).await;
    assert!(ran.code == 2 && ran.err.contains("--features keyring"), "{}", ran.err);
}

#[cfg(feature = "keyring")]
#[tokio::test(flavor = "multi_thread")]
async fn a_keyring_that_never_answers_is_not_waited_for() {
    use crate::common::browser::Login;

    let office = Office::start("").await;
    let bus = office.directory.path().join("bus");
    let _mute = std::os::unix::net::UnixListener::bind(&bus).unwrap();
    let mut command = office.command(&["login", "kallyai", "--no-browser", "--json"]);
    command.env("DBUS_SESSION_BUS_ADDRESS", format!("unix:path={}", bus.display()));
    let login = Login::begin(command);
    login.get(&login.redirect());
    login.get("/done");
    let ran = login.end();
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.json()["kept_in"].as_str().unwrap().contains("state/switchboard"));
}
