//! The numbers of an account in the configuration.

#![cfg(feature = "retell")]

use std::time::Duration;

use switchboard::{Config, ConfigError};

const ACCOUNT: &str = "[providers.voice]\nkind = \"retell\"\napi_key_env = \"KEY\"\n";
const AGENT: &str = "[agents.sales]\npurpose = \"requested\"\nat = { voice = \"agent_1\" }\n";

fn config(numbers: &str) -> Result<Config, ConfigError> {
    Config::from_toml(&format!("{ACCOUNT}{numbers}\n{AGENT}"))
}

#[test]
fn numbers_with_their_countries_agents_and_limits() {
    let numbers = r#"
        limits = { calls_per_day = 500 }

        [[providers.voice.numbers]]
        name = "west"
        number = "+14155550101"
        countries = ["US"]
        agents = ["sales"]
        calls_per_minute = 5
        calls_per_day = 100

        [[providers.voice.numbers]]
        name = "rest"
        number = "+12025550101"
        id = "number_2"
    "#;
    let policy = config(numbers).unwrap().policy().unwrap();
    let account = &policy.providers[0];
    assert_eq!(account.limits.placing_in[0].requests, 500);
    assert_eq!(account.limits.placing_in[0].window, Duration::from_secs(86_400));
    let [west, rest] = &account.numbers[..] else { panic!("{:?}", account.numbers) };
    assert_eq!((west.number.name.as_str(), west.number.number.e164()), ("west", "+14155550101"));
    assert_eq!((west.countries.len(), west.profiles.len()), (1, 1));
    let windows: Vec<_> =
        west.limits.iter().map(|limit| (limit.requests, limit.window.as_secs())).collect();
    assert_eq!(windows, [(5, 60), (100, 86_400)]);
    assert_eq!(rest.number.id.as_ref().map(|id| id.as_str()), Some("number_2"));
    assert!(rest.limits.is_empty() && rest.countries.is_empty() && rest.profiles.is_empty());
}

#[test]
fn what_cannot_work_is_named_by_its_key() {
    let one = |lines: &str| format!("[[providers.voice.numbers]]\n{lines}\n");
    let good = "name = \"a\"\nnumber = \"+14155550101\"";
    let rows = [
        (one("name = \"West Coast\"\nnumber = \"+14155550101\""), "numbers[0].name"),
        (one("name = \"4155550101\"\nnumber = \"+14155550101\""), "numbers[0].name"),
        (one("name = \"a\"\nnumber = \"call me\""), "numbers[0].number"),
        (one("number = \"+14155550101\""), "name"),
        (one(&format!("{good}\nagents = [\"sale\"]")), "did you mean"),
        (one(&format!("{good}\ncalls_per_day = 0")), "numbers[0].calls_per_day"),
        (one(&format!("{good}\ncolour = \"red\"")), "colour"),
        (format!("{}{}", one(good), one(good)), "numbers[1].name"),
    ];
    for (numbers, key) in rows {
        let error = config(&numbers).and_then(|config| config.policy()).unwrap_err().to_string();
        assert!(error.contains(key), "{numbers}: {error}");
        assert!(!error.contains("5550101"), "{error}");
    }
}
