//! The worked examples of `docs/strategies`: each table is read from its page, and the strategy has
//! to do what stands there.

use std::{collections::BTreeMap, fs, path::PathBuf, time::Duration};

use switchboard_core::ProviderId;
use switchboard_router::{
    Adaptive, BestValue, Cheapest, Fastest, MostHeadroom, Priority, Rank, RankInput, Strategy,
    Weighted,
    quality::{BetaPosterior, Level, Measured},
};

use crate::support::{id, usd};

fn page(name: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/strategies").join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The rows of the table of the worked example, each by column.
fn example(page: &str) -> Vec<BTreeMap<String, String>> {
    let (_, example) = page.split_once("## A worked example").expect("a worked example");
    let cells = |line: &str| {
        line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>()
    };
    let mut lines = example
        .lines()
        .skip_while(|line| !line.starts_with('|'))
        .take_while(|line| line.starts_with('|'));
    let header = cells(lines.next().unwrap());
    let rows: Vec<_> =
        lines.skip(1).map(|line| header.iter().cloned().zip(cells(line)).collect()).collect();
    assert!(rows.len() >= 2, "{rows:?}");
    rows
}

fn of(text: &str) -> Option<(u32, u32)> {
    let (part, whole) = text.split_once(" of ")?;
    Some((part.parse().unwrap(), whole.parse().unwrap()))
}

fn number(text: &str, unit: &str) -> f64 {
    text.strip_suffix(unit)
        .unwrap_or_else(|| panic!("{text} is not in {unit}"))
        .trim()
        .parse()
        .unwrap()
}

fn input<'a>(row: &BTreeMap<String, String>, provider: &'a ProviderId) -> RankInput<'a> {
    let cell = |name: &str| row.get(name).map(String::as_str);
    let known = |name: &str| {
        cell(name).filter(|text| !["unknown", "not measured", "no limit"].contains(text))
    };
    RankInput {
        provider,
        preference: cell("listed").unwrap().parse().unwrap(),
        cost: known("expected cost").map(|text| usd(text.strip_suffix(" USD").unwrap())),
        time_to_accept: known("accepts in").map(|text| Duration::from_secs_f64(number(text, "s"))),
        headroom: known("free")
            .and_then(of)
            .map_or(1_000_000, |(free, whole)| free * 1_000_000 / whole),
        measured: cell("completed").map(|_| match known("completed").and_then(of) {
            Some((succeeded, tried)) => Measured {
                level: Level::Profile,
                sent: tried,
                tried,
                succeeded,
                success: BetaPosterior::counted(succeeded, tried),
                ..Measured::default()
            },
            None => Measured::default(),
        }),
    }
}

/// Checks the place of every row, and its lower bound and its cost per success.
fn places(name: &str, strategy: impl Into<Strategy>) {
    let strategy = strategy.into();
    assert_eq!(strategy.name(), name.trim_end_matches(".md"));
    let rows = example(&page(name));
    let ids: Vec<ProviderId> = rows.iter().map(|row| id(&row["provider"])).collect();
    let mut inputs: Vec<_> = rows.iter().zip(&ids).map(|(row, id)| input(row, id)).collect();
    for (row, input) in rows.iter().zip(&inputs) {
        if let Some(shown) = row.get("lower bound") {
            let bound = f64::from(input.measured.unwrap().success.lower_bound()) / 1e4;
            assert_eq!(*shown, format!("{:.1} %", (bound * 10.0).floor() / 10.0), "{row:?}");
        }
        if let Some(each) = row.get("per success") {
            let value = input.value().map_or_else(
                || "unknown".to_owned(),
                |value| format!("{:.3} USD", (value.micros() as f64 / 1e3).ceil() / 1e3),
            );
            assert_eq!(*each, value, "{row:?}");
        }
    }
    strategy.rank(&mut inputs, 7);
    let ranked: Vec<&str> = inputs.iter().map(|one| one.provider.as_str()).collect();
    let mut said: Vec<_> = rows
        .iter()
        .map(|row| (row["place"].parse::<usize>().unwrap(), row["provider"].as_str()))
        .collect();
    said.sort_unstable();
    assert_eq!(
        ranked,
        said.into_iter().map(|(_, provider)| provider).collect::<Vec<_>>(),
        "{name}"
    );
}

/// Checks how often each row is first, to seven tenths of a percent.
fn shares(name: &str, strategy: impl Into<Strategy>) {
    const DRAWS: u64 = 60_000;
    let strategy = strategy.into();
    assert_eq!(strategy.name(), name.trim_end_matches(".md"));
    let rows = example(&page(name));
    let ids: Vec<ProviderId> = rows.iter().map(|row| id(&row["provider"])).collect();
    let inputs: Vec<_> = rows.iter().zip(&ids).map(|(row, id)| input(row, id)).collect();
    let mut first: BTreeMap<&str, u64> = BTreeMap::new();
    for draw in 0..DRAWS {
        let mut inputs = inputs.clone();
        // Draws of calls are made of their ids, which are not one after the other.
        strategy.rank(&mut inputs, draw.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        *first.entry(inputs[0].provider.as_str()).or_default() += 1;
    }
    for row in &rows {
        let share =
            100.0 * first.get(row["provider"].as_str()).copied().unwrap_or(0) as f64 / DRAWS as f64;
        let said = number(&row["first"], "%");
        assert!(
            (share - said).abs() < 0.5,
            "{name}, {}: {share:.2} % and not {said} %",
            row["provider"]
        );
    }
}

#[test]
fn deterministic_strategies_do_what_their_pages_say() {
    places("priority.md", Priority);
    places("cheapest.md", Cheapest);
    places("fastest.md", Fastest);
    places("most_headroom.md", MostHeadroom);
    places("best_value.md", BestValue);
}

#[test]
fn drawing_strategies_keep_the_shares_of_their_pages() {
    let weights = example(&page("weighted.md"))
        .iter()
        .map(|row| (id(&row["provider"]), row["weight"].parse().unwrap()))
        .collect();
    shares("weighted.md", Weighted { weights });
    assert!(page("adaptive.md").contains("With `exploration_percent = 5`, over many calls"));
    shares("adaptive.md", Adaptive::default());
}

#[test]
fn every_strategy_has_a_page_with_what_a_reader_looks_for() {
    let overview = page("README.md");
    let strategies: [Strategy; 7] = [
        Priority.into(),
        Cheapest.into(),
        Weighted::default().into(),
        Fastest.into(),
        MostHeadroom.into(),
        BestValue.into(),
        Adaptive::default().into(),
    ];
    for strategy in strategies {
        let name = strategy.name();
        // A new strategy stops here until its page is in the list.
        match strategy {
            Strategy::Priority(_)
            | Strategy::Cheapest(_)
            | Strategy::Weighted(_)
            | Strategy::Fastest(_)
            | Strategy::MostHeadroom(_)
            | Strategy::BestValue(_)
            | Strategy::Adaptive(_) => {}
        }
        assert!(
            overview.contains(&format!("[`{name}`]({name}.md)")),
            "{name} is not in the overview"
        );
        let page = page(&format!("{name}.md"));
        for heading in [
            "## What it is for",
            "## When not to use it",
            "## How it decides",
            "## A worked example",
            "```toml",
        ] {
            assert!(page.contains(heading), "{name}: {heading} is missing");
        }
        assert!(
            page.contains(&format!("strategy = \"{name}\"")),
            "{name} says nothing of the configuration"
        );
    }
}
