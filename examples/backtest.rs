//! Another policy on calls that were made: who would have been asked, what it would have cost, and
//! what nobody can know.
//!
//!     cargo run -p switchboard-examples --example backtest
//!
//! THE PROVIDERS ARE SIMULATED: two small HTTP servers in this process, and no telephone. The calls
//! are placed with the dearer provider first; then they are replayed, which sends nothing: through
//! the same policy, and through one that asks the cheaper provider first.
#![allow(clippy::print_stdout)]

use std::error::Error;

use futures::future::try_join_all;
use switchboard::{CallRequest, Config, Ledger, config::LedgerConfig, journal::Selection};
use switchboard_backtest::{BacktestSettings, PastCall, Report, backtest};
use switchboard_testkit::{SimConfig, SimKaiCalls, SimKallyAi};

const PEOPLE: usize = 30;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let (one, other) = (
        SimKaiCalls::start(SimConfig::default().seed(5).speed(600.0)).await?,
        SimKallyAi::start(SimConfig::default().seed(5).speed(600.0)).await?,
    );
    println!("Both providers are simulated: no telephone will ring.\n");
    let directory =
        std::env::temp_dir().join(format!("switchboard-backtest-{}", std::process::id()));
    std::fs::create_dir_all(&directory)?;
    let file = directory.join("ledger.db");

    let text = |first: &str, second: &str| {
        format!(
            r#"
            [rules]
            off = "The telephones are simulated."

            [routing]
            default_agent = "desk"
            [providers.kaicalls]
            kind = "kaicalls"
            base_url = "{}"
            api_key_env = "KAICALLS"
            [providers.kaicalls.tariff.default]
            per_minute = "0.12"
            [providers.kallyai]
            kind = "kallyai"
            base_url = "{}"
            api_key_env = "KALLYAI"
            [providers.kallyai.tariff]
            credit_price = "0.05"
            default = {{ per_call_credits = "1", per_minute_credits = "0.1" }}
            [agents.desk]
            at = {{ kaicalls = "{}", kallyai = "general" }}
            [[routes]]
            name = "everybody"
            providers = ["{first}", "{second}"]
            "#,
            one.url(),
            other.url(),
            one.agent_id(),
        )
    };
    let mut config = Config::from_toml(&text("kaicalls", "kallyai"))?;
    config.ledger = Some(LedgerConfig::file(&file));
    let secret = |name: &str| match name {
        "KAICALLS" => Some(one.credential().to_owned()),
        "KALLYAI" => Some(other.credential().to_owned()),
        _ => None,
    };
    let switchboard = config.open(secret).await?;
    let request =
        |n| CallRequest::new(format!("+1512{:07}", 5_550_100 + n), "Confirm the visit on Friday.");
    let requests: Vec<CallRequest> = (0..PEOPLE).map(request).collect();
    let calls = try_join_all(requests.iter().map(|request| switchboard.submit(request))).await?;
    try_join_all(calls.iter().map(|call| switchboard.wait(call.id))).await?;
    switchboard.engine().settle_costs().await?;
    drop(switchboard);

    let ledger = Ledger::file(&file, None).await?;
    let past = past(&ledger).await?;
    let same = replay(&config, &past)?;
    println!(
        "The policy that ran: {} rings, {} then and {} now.",
        same.rings,
        same.total.then.billed,
        same.total.now.cost()
    );
    assert_eq!(same.total.then, same.total.now, "it gives the ledger's own sums");

    let cheaper = Config::from_toml(&text("kallyai", "kaicalls"))?;
    let report = replay(&cheaper, &past)?;
    println!(
        "The cheaper first:   {} billed then, {} estimated now.\n",
        report.total.then.billed, report.total.now.estimated
    );
    for one in &report.moves {
        let named = |provider: &Option<switchboard::ProviderId>| {
            provider.as_ref().map_or_else(|| "nobody".to_owned(), ToString::to_string)
        };
        println!(
            "{} rings to {} go from {} to {}",
            one.rings,
            one.country,
            named(&one.from),
            named(&one.to)
        );
    }
    println!(
        "{} people were reached; under the other policy it is between {:.1} and {:.1}\n",
        report.outcomes.then, report.outcomes.now.low, report.outcomes.now.high
    );
    for words in &report.caveats {
        println!("- {words}");
    }
    std::fs::remove_dir_all(&directory)?;
    Ok(())
}

fn replay(config: &Config, past: &[PastCall]) -> Result<Report, Box<dyn Error>> {
    let settings = BacktestSettings { version: config.version(), ..BacktestSettings::default() };
    Ok(backtest(&config.policy()?, past, &settings))
}

/// Every call of the ledger with all that was written down of it.
async fn past(ledger: &Ledger) -> Result<Vec<PastCall>, Box<dyn Error>> {
    let journal = ledger.journal();
    let mut past = Vec::new();
    for call in journal.select(&Selection::default()).await? {
        let Some(request) = journal.request(call.id).await? else {
            continue;
        };
        let history = ledger.history(call.id).await?;
        let facts = history.iter().filter_map(|entry| Some((entry.at, entry.fact.as_ref()?)));
        past.push(PastCall::of(&call, request, facts));
    }
    Ok(past)
}
