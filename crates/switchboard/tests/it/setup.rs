//! Providers of one's own: by a kind of the configuration, and in code.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use async_trait::async_trait;
use jiff::Timestamp;
use switchboard::{
    AgentRef, Budget, CallRequest, Clock, Config, Country, Error, ErrorKind, Money, PlaceError,
    Provider, ProviderId, ProviderInfo, ProviderLimits, Registry, Result, Switchboard, Timings,
    WebhookAddress,
    core::{
        Calls, Coverage, Destination, PlaceRequest, ProviderCall, ProviderCallId, Tariff,
        TariffRow, Trace,
    },
    registry::{Account, Credential, CreditCosts, ProviderKind, RawApi, Secrets},
    router::{Cheapest, Period},
};

#[derive(Debug)]
pub(crate) struct House {
    pub(crate) info: ProviderInfo,
}

pub(crate) fn house(id: &str, per_call: &str) -> House {
    let row = TariffRow {
        destination: Destination::Everywhere,
        per_call: Some(Money::parse(per_call, "USD").unwrap()),
        per_minute: None,
        increment: None,
        minimum: None,
    };
    House {
        info: {
            let mut info = ProviderInfo::new(switchboard::ProviderId::new(id.to_owned()));
            info.failure_domains = "our own trunk".into();
            info.countries = Coverage::Only(BTreeSet::from([Country::US]));
            info.languages = Coverage::All;
            info.max_duration = Some(Duration::from_secs(600));
            info.tariff = Some(Tariff { rows: vec![row], credit_price: None });
            info
        },
    }
}

fn refuse<T>() -> Result<T> {
    Err(Error::new(ErrorKind::Unsupported, "this test places no call"))
}

#[async_trait]
impl Calls for House {
    async fn place(&self, _order: &PlaceRequest) -> Result<ProviderCall, PlaceError> {
        refuse().map_err(PlaceError::not_sent)
    }
    async fn get(&self, _id: &ProviderCallId) -> Result<ProviderCall> {
        refuse()
    }
    async fn trace(&self, _order: &PlaceRequest, _sent_at: Timestamp) -> Result<Vec<Trace>> {
        refuse()
    }
}

impl Provider for House {
    fn info(&self) -> &ProviderInfo {
        &self.info
    }

    fn calls(&self) -> &dyn Calls {
        self
    }
}

#[derive(Debug)]
pub(crate) struct HouseKind;

impl ProviderKind for HouseKind {
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
        Ok(house(account.name, "1").info)
    }
    fn open(
        &self,
        account: &Account<'_>,
        _secrets: &Secrets,
        _clock: &Arc<dyn Clock>,
    ) -> Result<Arc<dyn Provider>> {
        Ok(Arc::new(house(account.name, "1")))
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

const TEXT: &str = "[providers.trunk]\nkind = \"house\"\n[providers.trunk.tariff]\ndefault = { per_call = \"0.5\" }\n";

#[tokio::test]
async fn a_kind_of_ones_own_is_configured_like_the_others() {
    let registry = Registry::empty().with("house", Arc::new(HouseKind));
    let switchboard = Config::with_registry(TEXT, registry).unwrap().build(|_| None).unwrap();
    let plan = switchboard.plan(&CallRequest::new("+12015550123", "Say hello.")).unwrap();
    assert_eq!(plan.candidates[0].provider.as_str(), "trunk");
    assert_eq!(
        plan.candidates[0].estimated_cost.unwrap().to_string(),
        "0.50 USD",
        "the file's tariff, not the provider's"
    );
}

#[test]
fn a_kind_that_nobody_registered_is_refused() {
    let error = Config::with_registry(TEXT, Registry::empty()).unwrap_err();
    assert_eq!(error.problems()[0].key, "providers.trunk.kind");
    assert!(
        error
            .to_string()
            .contains("\"house\" is not a kind of provider that this program knows: there is none"),
        "{error}"
    );
}

#[tokio::test]
async fn a_setup_in_code_needs_no_file() {
    let switchboard = Switchboard::builder()
        .provider(Arc::new(house("dear", "2")))
        .provider(Arc::new(house("cheap", "1")))
        .strategy(Cheapest)
        .build()
        .unwrap();
    let plan = switchboard.plan(&CallRequest::new("+12015550123", "Say hello.")).unwrap();
    let order: Vec<_> = plan.candidates.iter().map(|one| one.provider.as_str()).collect();
    assert_eq!(order, ["cheap", "dear"]);
}

#[tokio::test]
async fn a_setup_in_code_says_all_that_a_policy_holds() {
    let limits = ProviderLimits { concurrent: Some(2), ..ProviderLimits::default() };
    let timings = Timings { poll_every: Duration::from_secs(9), ..Timings::default() };
    let budget = Budget {
        name: "a day".to_owned(),
        limit: Money::parse("5", "USD").unwrap(),
        per: Period::Day,
        tenant: None,
        provider: None,
        experiment: None,
    };
    let builder = |provider: &'static str| {
        Switchboard::builder()
            .provider(Arc::new(house("trunk", "1")))
            .limits(ProviderId::from_static(provider), limits.clone())
            .timings(timings)
            .budget(budget.clone())
            .webhooks(WebhookAddress {
                base: "https://calls.example.com".parse().unwrap(),
                secret: "a secret of at least 32 characters, for tests".into(),
                lifetime: Duration::from_secs(3600),
            })
    };
    let policy = builder("trunk").build().unwrap().engine().policy();
    assert_eq!(policy.providers[0].limits, limits);
    assert_eq!(policy.timings, timings);
    assert_eq!(policy.budgets, std::slice::from_ref(&budget));

    let error = builder("trunc").build().unwrap_err();
    assert_eq!(
        (error.kind(), error.field()),
        (ErrorKind::Configuration, Some("providers.trunc")),
        "{error}"
    );
}

#[tokio::test]
async fn a_request_that_makes_no_sense_is_refused_before_the_router_sees_it() {
    let switchboard =
        Switchboard::builder().provider(Arc::new(house("trunk", "1"))).build().unwrap();
    let error = switchboard.place(&CallRequest::new("911", "Say hello.")).await.unwrap_err();
    assert_eq!((error.kind(), error.field()), (ErrorKind::NumberNotAllowed, Some("to")));
    let error = switchboard.submit(&CallRequest::new("+12015550123", " ")).await.unwrap_err();
    assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidRequest, Some("task")));
    assert!(switchboard.engine().calls().await.unwrap().is_empty());
}

#[tokio::test]
async fn nothing_to_call_with_is_an_error() {
    let error = Switchboard::builder().build().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
}
