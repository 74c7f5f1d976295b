//! Tokens and numbers are in the store and at the provider, and nowhere else: not in what is
//! printed, logged or complained of.

#![cfg(unix)]

use std::fs;

use serde_json::Value;
use switchboard_testkit::SimConfig;

use crate::common::{Ran, browser::Office};

const NUMBER: &str = "+442079460018";
/// As it would look without its prefix, and the part that names the person.
const PARTS: [&str; 3] = ["2079460018", "02079460018", "79460018"];

struct Watch {
    office: Office,
    secrets: Vec<String>,
}

impl Watch {
    /// Whatever is stored by now is a secret from now on.
    fn learn(&mut self) {
        let Ok(text) = fs::read_to_string(self.office.tokens()) else {
            return;
        };
        let Ok(stored) = serde_json::from_str::<Value>(&text) else {
            return;
        };
        for name in ["access_token", "refresh_token"] {
            let token = stored[name].as_str().unwrap().to_owned();
            assert!(token.len() > 20, "{name} is no canary");
            if !self.secrets.contains(&token) {
                self.secrets.push(token);
            }
        }
    }

    fn look(&mut self, what: &str, ran: &Ran) {
        self.learn();
        assert!(!self.secrets.is_empty());
        // A result for programs says whose result it is; no error does.
        let result = what.contains("--json") && ran.code == 0;
        for (stream, text) in [("stdout", &ran.out), ("stderr", &ran.err)] {
            let numbers: &[&str] = if result && stream == "stdout" { &[] } else { &PARTS };
            for secret in self.secrets.iter().map(String::as_str).chain(numbers.iter().copied()) {
                let at = text.find(secret);
                assert!(
                    at.is_none(),
                    "{what}: {secret:?} in {stream}: {:?}",
                    at.map(|at| &text[at.saturating_sub(80)..(at + 80).min(text.len())])
                );
            }
            assert!(!text.contains("panicked"), "{what}: {text}");
        }
    }

    async fn run(&mut self, arguments: &[&str]) -> Ran {
        let traced = [&["--log", "trace"], arguments].concat();
        let ran = self.office.run(&traced).await;
        self.look(&arguments.join(" "), &ran);
        ran
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_command_shows_a_token_or_a_number() {
    let config =
        SimConfig::default().seed(3).speed(6000.0).token_life(std::time::Duration::from_secs(5));
    let office = Office::with("token_store = \"file:tokens.json\"", config).await;
    let mut watch = Watch {
        secrets: vec![office.sim.credential().to_owned(), office.sim.refresh_token().to_owned()],
        office,
    };

    // A login that is refused, and one that works; both with every log on.
    let stolen = watch.office.login(&["--log", "trace"]);
    let thief = "at_canary_of_somebody_else_0123456789";
    watch.secrets.push(thief.to_owned());
    stolen.get(&format!("/?access_token={thief}&state=wrong"));
    let ran = stolen.end();
    assert_eq!(ran.code, 1);
    watch.look("login, refused", &ran);
    let login = watch.office.login(&["--log", "trace"]);
    let answer = login.get(&login.redirect());
    let done = login.get("/done");
    let ran = login.end();
    assert_eq!(ran.code, 0, "{}", ran.err);
    watch.look("login", &ran);
    for page in [answer, done] {
        watch.look("the pages", &Ran { code: 0, out: page, err: String::new() });
    }

    let table = watch.office.directory.path().join("calls.csv");
    let rows = format!(
        "to,task\n{NUMBER},Ask for a sofa.\n{NUMBER},Ask for a sofa.\n+442079460018x,Ask for a desk.\n"
    );
    fs::write(&table, rows).unwrap();
    let table = table.to_str().unwrap().to_owned();

    // The token lives for 5 s and is renewed a minute before its end: each of these renews.
    for (code, arguments) in [
        (0, &["whoami"][..]),
        (0, &["whoami", "--json"]),
        (0, &["providers", "--json"]),
        (0, &["usage", "balance"]),
        (0, &["plan", "--to", NUMBER]),
        (0, &["plan", "--to", NUMBER, "--json"]),
        (0, &["call", "--to", NUMBER, "--task", "Ask for a table.", "--wait"]),
        (0, &["call", "--to", NUMBER, "--task", "Ask for a chair.", "--wait", "--json"]),
        (0, &["api", "kallyai", "GET", "/v1/credits/balance", "--json"]),
        (1, &["api", "kallyai", "GET", "/v1/calls/+442079460018"]),
        (2, &["api", "kallyai", "POST", "/v1/calls", "--data", "{\"to\": \"+442079460018\"}"]),
        (2, &["api", "kallyai", "POST", "/v1/search/quick", "--data", "{\"to\": +442079460018}"]),
        (
            2,
            &["api", "kallyai", "POST", "/v1/auth/refresh", "--data", "{\"refresh_token\": \"x\"}"],
        ),
        (2, &["call", "--to", "+442079460018x", "--task", "x"]),
        (3, &["batch", &table]),
        (3, &["batch", &table, "--json"]),
        (0, &["calls", "list"]),
        (0, &["ledger", "check"]),
        (2, &["ledger", "erase", "--person", NUMBER]),
        (0, &["ledger", "erase", "--person", NUMBER, "--yes"]),
    ] {
        let ran = watch.run(arguments).await;
        assert_eq!(ran.code, code, "{arguments:?}: {}", ran.err.lines().last().unwrap_or_default());
    }
    assert!(watch.secrets.len() > 5, "tokens were renewed on the way: {}", watch.secrets.len());

    // A token that is good for nothing any more.
    watch.office.sim.expire_tokens();
    watch.office.sim.revoke_refresh_tokens();
    assert_eq!(watch.run(&["whoami"]).await.code, 1);
    assert_eq!(watch.run(&["call", "--to", NUMBER, "--task", "Ask for a stool."]).await.code, 1);

    // A store that was damaged, by its owner's hand.
    let text = fs::read_to_string(watch.office.tokens()).unwrap();
    fs::write(watch.office.tokens(), text.replace("\"access_token\":\"", "\"access_token\":[\""))
        .unwrap();
    assert_eq!(watch.run(&["whoami"]).await.code, 2);
    fs::write(watch.office.tokens(), text).unwrap();
    assert_eq!(watch.run(&["logout", "kallyai"]).await.code, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_pasted_into_the_configuration_is_not_repeated() {
    let office = Office::start("access_token = \"at_canary_0123456789abcdef\"").await;
    for arguments in
        [&["whoami"][..], &["login", "kallyai"], &["api", "kallyai", "GET", "/v1/calls"]]
    {
        let ran = office.run(&[&["--log", "trace"], arguments].concat()).await;
        assert_eq!(ran.code, 2);
        assert!(
            ran.err.contains("is a secret")
                && !ran.err.contains("at_canary")
                && !ran.out.contains("at_canary")
        );
    }
}
