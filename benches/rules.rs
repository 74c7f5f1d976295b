//! What a decision of the calling rules costs, beside the parse of one phone number.
//!
//!     cargo bench -p switchboard-benches --bench rules
//!
//! All built-in tables. Each mix is a purpose and its facts, asked for 10,000 numbers of every
//! country, or of the United States, where most rows are. Decisions that allow a call and those that
//! make it wait are timed apart: a wait is searched for, and names what it waits for.
#![allow(clippy::print_stdout)]

use std::{error::Error, hint::black_box, time::Instant};

use jiff::{SignedDuration, Timestamp};
use switchboard::{
    PhoneNumber,
    core::{CallFacts, CalleeHistory, Consent, ConsentKind, ListState, Purpose, RuleVerdict},
};
use switchboard_benches::{Chance, Sample, Table, in_earnest, numbers};
use switchboard_rules::{Asked, NumberLists, Said, Tables, decide};

const NUMBERS: usize = 10_000;

/// Lists that were looked up a moment ago and have nobody.
#[derive(Debug)]
struct Nobody(Timestamp);

impl NumberLists for Nobody {
    fn state(&self, _list: &str, _number: &PhoneNumber) -> ListState {
        ListState::Absent { as_of: self.0 }
    }
}

struct Mix {
    name: &'static str,
    numbers: Vec<PhoneNumber>,
    facts: CallFacts,
    at: Timestamp,
}

fn main() -> Result<(), Box<dyn Error>> {
    let rounds = if in_earnest() { 20 } else { 1 };
    let mut chance = Chance::new(1);
    let world = numbers(if in_earnest() { NUMBERS } else { 100 }, &mut chance);
    let america = american(world.len(), &mut chance);
    // A Wednesday: afternoon in New York, and night.
    let (day, night): (Timestamp, Timestamp) =
        ("2026-12-09T18:30:00Z".parse()?, "2026-12-09T04:30:00Z".parse()?);
    let consent = Consent::new(ConsentKind::ExpressWritten)
        .with(|one| one.at = Some(day - SignedDuration::from_hours(480)));
    let reservation = facts(Purpose::Reservation).with(|facts| {
        facts.published_number = Some("https://example.com/contact".to_owned());
    });
    let marketing = facts(Purpose::Marketing).with(|facts| facts.consent = Some(consent));
    let mix = |name, numbers: &[PhoneNumber], facts: &CallFacts, at| Mix {
        name,
        numbers: numbers.to_vec(),
        facts: facts.clone(),
        at,
    };
    let mixes = [
        mix("a reservation, United States, by day", &america, &reservation, day),
        mix("a reservation, United States, at night", &america, &reservation, night),
        mix("a reservation, everywhere", &world, &reservation, day),
        mix("selling with consent, United States, by day", &america, &marketing, day),
        mix("selling with consent, United States, at night", &america, &marketing, night),
        mix("selling with consent, everywhere", &world, &marketing, day),
        mix("selling without consent, United States", &america, &facts(Purpose::Marketing), day),
    ];
    let tables = Tables::builtin();
    let history = CalleeHistory::default()
        .with(|one| one.rings = vec![day - SignedDuration::from_hours(40 * 24)]);
    let lists = Nobody(day);

    let mut parse = Sample::default();
    let mut samples: Vec<[(Sample, usize); 3]> = vec![Default::default(); mixes.len()];
    // The first round warms up and is left out.
    for round in 0..=rounds {
        let start = Instant::now();
        for number in &america {
            black_box(PhoneNumber::parse(black_box(number.e164())).is_ok());
        }
        if round > 0 {
            parse.add(start.elapsed(), america.len());
        }
        for (mix, sample) in mixes.iter().zip(&mut samples) {
            let verdicts = split(mix, &tables, &history, &lists);
            for (numbers, (sample, count)) in verdicts.iter().zip(sample) {
                let start = Instant::now();
                for number in numbers {
                    let asked = Asked::new(number, &mix.facts, Said::ALL, &history, &lists);
                    black_box(decide(black_box(&asked), &tables, mix.at));
                }
                if round > 0 && !numbers.is_empty() {
                    sample.add(start.elapsed(), numbers.len());
                }
                *count = numbers.len();
            }
        }
    }

    println!("{} rows, {} numbers, {rounds} rounds\n", tables.rows().len(), world.len());
    let mut table = Table::new(&["nanoseconds each, median", "allow", "wait", "refuse"]);
    table.row("parse of a number", [format!("{:.0}", parse.median())]);
    for (mix, sample) in mixes.iter().zip(&samples) {
        let figure = |(sample, count): &(Sample, usize)| match count {
            0 => "-".to_owned(),
            _ => format!("{:.0}", sample.median()),
        };
        table.row(mix.name, sample.iter().map(figure));
    }
    println!("{table}");
    Ok(())
}

fn facts(purpose: Purpose) -> CallFacts {
    CallFacts::default().with(|facts| facts.purpose = Some(purpose))
}

/// Numbers of the range for fiction in area codes of the United States.
fn american(count: usize, chance: &mut Chance) -> Vec<PhoneNumber> {
    let mut found = Vec::with_capacity(count);
    for _ in 0..count * 50 {
        let text = format!("+1{}55501{:02}", 201 + chance.below(789), chance.below(100));
        if let Ok(number) = PhoneNumber::parse(&text)
            && number.country().as_str() == "US"
        {
            found.push(number);
            if found.len() == count {
                break;
            }
        }
    }
    found
}

/// The numbers by what is decided about them.
fn split(
    mix: &Mix,
    tables: &Tables,
    history: &CalleeHistory,
    lists: &dyn NumberLists,
) -> [Vec<PhoneNumber>; 3] {
    let mut verdicts: [Vec<PhoneNumber>; 3] = Default::default();
    for number in &mix.numbers {
        let asked = Asked::new(number, &mix.facts, Said::ALL, history, lists);
        let at = match decide(&asked, tables, mix.at).verdict {
            RuleVerdict::Allow => 0,
            RuleVerdict::Wait => 1,
            RuleVerdict::Refuse => 2,
        };
        verdicts[at].push(*number);
    }
    verdicts
}
