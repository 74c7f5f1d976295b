//! Settings that only one kind of provider has, and that its kind reads.

use std::{sync::Arc, time::Duration};

use serde::Deserialize;
use switchboard::{
    AgentRef, Clock, Config, ConfigError, Provider, ProviderInfo, Registry, Result,
    registry::{Account, Credential, CreditCosts, ProviderKind, RawApi, Secrets},
};

use crate::setup::{HouseKind, house};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LineSettings {
    trunk: String,
    #[serde(default)]
    ports: Vec<u16>,
    pin_env: Option<String>,
}

#[derive(Debug)]
struct Line;

fn described(account: &Account<'_>) -> Result<ProviderInfo> {
    let own: LineSettings = account.settings()?;
    let mut info = house(account.name, "1").info;
    info.failure_domains = own.trunk.into();
    info.max_duration = own.ports.first().map(|port| Duration::from_secs((*port).into()));
    Ok(info)
}

impl ProviderKind for Line {
    fn credential(&self) -> Credential {
        Credential::None
    }
    fn credit_costs(&self) -> Option<CreditCosts> {
        None
    }
    fn check_agent(&self, _agent: &AgentRef) -> Result<()> {
        Ok(())
    }
    fn info(&self, account: &Account<'_>) -> Result<ProviderInfo> {
        described(account)
    }
    fn open(
        &self,
        account: &Account<'_>,
        secrets: &Secrets,
        _clock: &Arc<dyn Clock>,
    ) -> Result<Arc<dyn Provider>> {
        let own: LineSettings = account.settings()?;
        assert_eq!(own.pin_env.is_some(), secrets.get("pin_env").is_some());
        let mut opened = house(account.name, "1");
        opened.info = described(account)?;
        Ok(Arc::new(opened))
    }
    fn raw(
        &self,
        _account: &Account<'_>,
        _secrets: &Secrets,
        _clock: &Arc<dyn Clock>,
    ) -> Result<Option<Arc<dyn RawApi>>> {
        Ok(None)
    }
}

fn registry() -> Registry {
    Registry::empty().with("line", Arc::new(Line)).with("house", Arc::new(HouseKind))
}

fn refuse(text: &str) -> ConfigError {
    Config::with_registry(text, registry()).unwrap_err()
}

/// The key, its place and what is said of each problem.
fn problems(error: &ConfigError) -> Vec<(&str, (usize, usize), &str)> {
    let of = |one: &switchboard::Problem| one.position.map(|at| (at.line, at.column)).unwrap();
    error.problems().iter().map(|one| (&*one.key, of(one), &*one.message)).collect()
}

#[tokio::test]
async fn they_are_read_by_the_kind() {
    let text = "[providers.desk]\nkind = \"line\"\ntrunk = \"copper\"\nports = [90]\n";
    let config = Config::with_registry(text, registry()).unwrap();
    let info = &config.policy().unwrap().providers[0].info;
    assert_eq!(
        (info.failure_domains.to_string().as_str(), info.max_duration),
        ("copper", Some(Duration::from_secs(90)))
    );
    let switchboard = config.build(|_| None).unwrap();
    let opened = switchboard.engine().provider(&info.id).unwrap();
    assert_eq!(opened.info().failure_domains.to_string(), "copper");
}

#[test]
fn what_they_do_not_know_or_cannot_be_is_told_at_once_by_its_place() {
    let error = refuse(
        "[providers.desk]\nkind = \"line\"\ntrunc = \"copper\"\nports = [\n  80,\n  \"http\",\n]\n",
    );
    assert_eq!(
        problems(&error),
        [
            ("providers.desk.trunk", (1, 12), "is missing: add it"),
            ("providers.desk.trunc", (3, 1), "is no setting here: did you mean trunk?"),
            ("providers.desk.ports[1]", (6, 3), "is text: write a whole number from 0 to 65535"),
        ]
    );
}

#[test]
fn they_are_told_beside_what_is_wrong_with_the_rest_of_the_file() {
    let error = refuse(
        "[routing]\nstrategi = \"fastest\"\n[providers.desk]\nkind = \"line\"\ntrunk = \"copper\"\nenabld = true\n",
    );
    assert_eq!(
        problems(&error),
        [
            ("routing.strategi", (2, 1), "is no setting here: did you mean strategy?"),
            ("providers.desk.enabld", (6, 1), "is no setting here: did you mean enabled?"),
        ]
    );
}

#[test]
fn a_kind_without_any_takes_none() {
    let error = refuse(
        "[providers.desk]\nkind = \"house\"\ntrunk = \"copper\"\ncolour = \"red\"\n[providers.other]\nkind = \"line\"\ntrunk = \"copper\"\n",
    );
    let [(trunk, _, foreign), (colour, _, unknown)] = problems(&error)[..] else {
        panic!("{error}")
    };
    assert_eq!((trunk, colour), ("providers.desk.trunk", "providers.desk.colour"));
    assert_eq!(foreign, "has no effect on the kind house: take it out");
    assert!(unknown.starts_with("is no setting here: write one of kind, enabled"), "{unknown}");
}

#[tokio::test]
async fn one_that_ends_in_env_names_a_secret() {
    let text = "[providers.desk]\nkind = \"line\"\ntrunk = \"copper\"\npin_env = \"DESK_PIN\"\n";
    let config = Config::with_registry(text, registry()).unwrap();
    let error = config.build(|_| None).unwrap_err();
    assert_eq!(error.field(), Some("providers.desk.pin_env"));
    assert!(
        error.message().contains(
            "the environment variable DESK_PIN is not set: set it to the pin of the provider desk"
        ),
        "{error}"
    );
    config.build(|name| (name == "DESK_PIN").then(|| "1234".to_owned())).unwrap();

    let error = refuse(&text.replace("DESK_PIN", "1234-and-more"));
    assert_eq!(error.problems()[0].key, "providers.desk.pin_env");
    assert!(!error.to_string().contains("1234-and-more"), "{error}");
}
