//! What a plan costs, beside the parse of one phone number.
//!
//!     cargo bench -p switchboard-benches --bench plan
//!
//! Two providers, a deck of 5,000 prefixes (one to nine digits) and a row for each country at each
//! of them: over 10,000 tariff rows; then 2, 20 and 200 providers, each with a million rows. In
//! each round every thing is done once for every number, one thing after the other, and the median
//! over the rounds is shown. The floor is the parse of the same numbers: bare, as libphonenumber's
//! port reads it, and as `PhoneNumber::parse`, which also asks for the kind and the country and
//! refuses what must not be called. Both take E.164 text without separators.
#![allow(clippy::print_stdout)]

use std::{collections::BTreeMap, error::Error, hint::black_box, time::Duration, time::Instant};

use jiff::Timestamp;
use rlibphonenumber::PHONE_NUMBER_UTIL;
use switchboard::{
    AgentProfile, AgentRef, CallRequest, Country, Currency, Money, PhoneNumber, Policy,
    ProfileName, ProviderId, ProviderInfo, Route, ValidCall,
    core::{Coverage, Destination, TariffRow},
    router::{
        Arm, BusyCallee, Cheapest, Exchange, Experiment, Headroom, Match, ProviderPolicy, RateDeck,
        RateRow, Reading, Snapshot, plan,
    },
};
use switchboard_benches::{Chance, Sample, Table, in_earnest, numbers, tariff};

const NUMBERS: usize = 10_000;
const PREFIXES: usize = 5_000;
const MILLION: usize = 1_000_000;

fn main() -> Result<(), Box<dyn Error>> {
    let rounds = if in_earnest() { 10 } else { 1 };
    let mut chance = Chance::new(1);
    let numbers = numbers(NUMBERS, &mut chance);
    let texts: Vec<&str> = numbers.iter().map(PhoneNumber::e164).collect();
    let now = Timestamp::now();
    let calls = numbers.iter().map(|number| {
        CallRequest::new(number.e164(), "Ask whether they are open on Sunday.").validate(now)
    });
    let calls = calls.collect::<Result<Vec<ValidCall>, _>>()?;

    let bare = policy(&numbers, &mut chance)?;
    let rows: usize = bare.providers.iter().map(|one| one.deck.len()).sum();
    let mut mixes: Vec<(String, Policy)> = vec![
        ("no route".to_owned(), bare.clone()),
        ("20 routes".to_owned(), Policy { routes: routes()?, ..bare.clone() }),
        ("an experiment".to_owned(), Policy { experiments: experiments(), ..bare.clone() }),
        ("20 routes, an experiment, a profile".to_owned(), everything(bare)?),
    ];
    let million = if in_earnest() { MILLION } else { MILLION / 100 };
    let large = large(million, &numbers, &mut chance)?;
    for count in [2, 20, 200] {
        mixes.push((format!("{count} providers, each with {million} rows"), crowd(count, &large)));
    }
    for (_, policy) in &mixes {
        policy.check()?;
    }

    let (mut library, mut parse) = (Sample::default(), Sample::default());
    let mut plans = vec![Sample::default(); mixes.len()];
    // The first round warms up and is left out.
    for round in 0..=rounds {
        let counts = |sample: &mut Sample, elapsed| {
            if round > 0 {
                sample.add(elapsed, calls.len());
            }
        };
        counts(&mut library, time(&texts, |text| PHONE_NUMBER_UTIL.parse(*text, None).is_ok()));
        counts(&mut parse, time(&texts, |text| PhoneNumber::parse(text).is_ok()));
        for ((_, policy), sample) in mixes.iter().zip(&mut plans) {
            let readings = readings(policy.providers.len());
            let snapshot =
                Snapshot { policy, readings: &readings, draw: 7, quality: None, experiments: None };
            counts(sample, time(&calls, |call| !plan(call, &snapshot, now).candidates.is_empty()));
        }
    }

    println!(
        "{} plans for each mix: {} numbers, {rounds} rounds, 2 providers, {rows} tariff rows\n",
        calls.len() * rounds,
        calls.len()
    );
    let mut table = Table::new(&["", "ns", "of a parse", "of the bare"]);
    let mut row = |name: String, sample: &Sample| {
        let of = |floor: &Sample| format!("{:.2}", sample.median() / floor.median());
        table.row(name, [format!("{:.0}", sample.median()), of(&parse), of(&library)]);
    };
    row("bare parse (rlibphonenumber)".to_owned(), &library);
    row("PhoneNumber::parse".to_owned(), &parse);
    for ((name, _), sample) in mixes.iter().zip(&plans) {
        row(format!("plan, {name}"), sample);
    }
    println!("{table}");
    println!("Target: a plan with two providers costs less than a parse.");
    Ok(())
}

/// Does it once for each, and says how long all took.
fn time<T>(over: &[T], mut what: impl FnMut(&T) -> bool) -> Duration {
    let start = Instant::now();
    let done = over.iter().filter(|one| black_box(what(black_box(one)))).count();
    let elapsed = start.elapsed();
    assert_eq!(
        done,
        over.len(),
        "every number has to be parsed and every call has to have a candidate"
    );
    elapsed
}

fn policy(numbers: &[PhoneNumber], chance: &mut Chance) -> switchboard::Result<Policy> {
    let mut providers = Vec::new();
    for id in ["one", "other"] {
        let tariff = tariff(PREFIXES, numbers, chance);
        let deck = RateDeck::new(&tariff, Currency::USD)?;
        let info = {
            let mut info = ProviderInfo::new(ProviderId::new(id.to_owned()));
            info.failure_domains = id.into();
            info.countries = Coverage::Only(Country::all().collect());
            info.languages = Coverage::All;
            info.tariff = Some(tariff);
            info
        };
        providers.push(ProviderPolicy::new(info, deck));
    }
    Ok(Policy { strategy: Cheapest.into(), ..Policy::new(providers, Currency::USD) })
}

/// Twenty routes: by tag, by language, by prefix, by country. Most calls take the last one or none.
fn routes() -> switchboard::Result<Vec<Route>> {
    let mut routes = Vec::new();
    for nth in 0..20_usize {
        let mut when = Match::default();
        match nth % 4 {
            0 => drop(when.tags.insert(format!("tag-{nth}"))),
            1 => when.languages.extend("es-MX".parse::<switchboard::Language>().ok()),
            2 => when.prefixes.extend([format!("+4{nth}"), format!("+9{nth}")]),
            _ => when.countries.extend(Country::all().skip(nth * 10).take(10)),
        }
        let providers = ["other", "one"].map(ProviderId::from_static).into();
        routes.push(Route {
            name: format!("route {nth}"),
            when,
            providers,
            strategy: None,
            busy_callee: BusyCallee::Wait,
            failover_on_quota: false,
            facts: switchboard::router::FactDefaults::default(),
        });
    }
    Ok(routes)
}

fn experiments() -> Vec<Experiment> {
    let arm =
        |provider: &'static str| Arm::provider(provider, ProviderId::from_static(provider), 50);
    vec![Experiment::new("voices", vec![arm("one"), arm("other")])]
}

fn everything(policy: Policy) -> switchboard::Result<Policy> {
    let name = ProfileName::from("receptionist");
    let profile = AgentProfile {
        name: name.clone(),
        agents: ["one", "other"]
            .map(|provider| (ProviderId::from_static(provider), AgentRef::from("agent-1")))
            .into(),
        languages: Vec::new(),
        expected_duration: Some(Duration::from_secs(90)),
    };
    Ok(Policy {
        routes: routes()?,
        experiments: experiments(),
        profiles: BTreeMap::from([(name.clone(), profile)]),
        default_profile: Some(name),
        ..policy
    })
}

/// A deck of so many prefixes of eight digits, spread evenly over all numbers, over one of the
/// usual size.
fn large(
    rows: usize,
    numbers: &[PhoneNumber],
    chance: &mut Chance,
) -> switchboard::Result<RateDeck> {
    let usual = tariff(PREFIXES, numbers, chance);
    let price = usual.rows.first().cloned();
    let step = 89_999_999 / rows;
    let spread = (0..rows).filter_map(|nth| {
        Some(RateRow::from(TariffRow {
            destination: Destination::Prefix((10_000_000 + nth * step).to_string()),
            per_minute: Some(Money::from_micros(
                5_000 + chance.below(300_000) as i64,
                Currency::USD,
            )),
            ..price.clone()?
        }))
    });
    let spread: Vec<RateRow> = spread.collect();
    let deck = RateDeck::of_rows("a million", &spread, &Exchange::none(Currency::USD));
    let deck = deck.map_err(|fault| {
        switchboard::Error::new(switchboard::ErrorKind::Configuration, fault.message)
    })?;
    deck.or(RateDeck::new(&usual, Currency::USD)?)
}

/// So many providers, each with this deck.
fn crowd(count: usize, deck: &RateDeck) -> Policy {
    let providers = (0..count).map(|nth| {
        let info = {
            let mut info = ProviderInfo::new(ProviderId::new(format!("provider-{nth}")));
            info.failure_domains = format!("domain-{nth}").into();
            info.countries = Coverage::All;
            info.languages = Coverage::All;
            info
        };
        ProviderPolicy::new(info, deck.clone())
    });
    Policy { strategy: Cheapest.into(), ..Policy::new(providers.collect(), Currency::USD) }
}

fn readings(count: usize) -> Vec<Reading> {
    let headroom = |free| Reading {
        headroom: Some(Headroom { free, of: 57, frees_at: None }),
        ..Reading::default()
    };
    (0..count).map(|nth| headroom(if nth % 2 == 0 { 40 } else { 12 })).collect()
}
