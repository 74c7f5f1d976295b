//! What the fair order of waiting calls costs, beside a queue that knows no tenants.
//!
//!     cargo bench -p switchboard-benches --bench waiting
//!
//! 100,000 calls of 1,000 tenants come in, and all of them go. The floor is the same calls through
//! one `VecDeque`, first in, first out, in the same round: no tenants, no classes, nothing that
//! could be blocked, and so no promise. The mixes differ in what the calls wait for:
//!
//! - one class: every call waits for the same providers
//! - 8 classes: each tenant's calls wait for one of eight sets of providers
//! - 8 classes, mixed: each tenant has calls in all eight
//! - half blocked: the same, and four of the classes cannot go before the others are gone
//! - one tenant: all calls are of one tenant, so that age alone decides
#![allow(clippy::print_stdout)]

use std::{collections::VecDeque, error::Error, hint::black_box, time::Instant};

use jiff::Timestamp;
use switchboard::{core::TenantId, engine::fair::FairQueue};
use switchboard_benches::{Chance, Sample, Table, in_earnest};

const TENANTS: usize = 1_000;

/// A call that is about to wait.
struct Coming {
    tenant: TenantId,
    class: u8,
    since: Timestamp,
    call: u64,
}

/// How calls are spread, and which classes go first.
struct Mix {
    name: &'static str,
    tenants: usize,
    class: fn(tenant: usize, call: u64) -> u8,
    first: fn(&u8) -> bool,
}

const MIXES: [Mix; 5] = [
    Mix { name: "one class", tenants: TENANTS, class: |_, _| 0, first: |_| true },
    Mix {
        name: "8 classes",
        tenants: TENANTS,
        class: |tenant, _| (tenant % 8) as u8,
        first: |_| true,
    },
    Mix {
        name: "8 classes, mixed",
        tenants: TENANTS,
        class: |_, call| (call % 8) as u8,
        first: |_| true,
    },
    Mix {
        name: "8 classes, mixed, half blocked",
        tenants: TENANTS,
        class: |_, call| (call % 8) as u8,
        first: |class| *class < 4,
    },
    Mix { name: "one tenant", tenants: 1, class: |_, _| 0, first: |_| true },
];

fn main() -> Result<(), Box<dyn Error>> {
    let (rounds, calls) = if in_earnest() { (20, 100_000) } else { (1, 2_000) };
    let mut table = Table::new(&["", "in, ns", "out, ns", "of the floor", "calls a second"]);
    for (nth, mix) in MIXES.iter().enumerate() {
        let coming = coming(mix, calls, &mut Chance::new(7))?;
        let (mut bare_in, mut bare_out, mut fair_in, mut fair_out) =
            (Sample::default(), Sample::default(), Sample::default(), Sample::default());
        // The first round warms up and is left out.
        for round in 0..=rounds {
            let counts = |sample: &mut Sample, since: Instant| {
                if round > 0 {
                    sample.add(since.elapsed(), calls);
                }
            };
            let mut bare = VecDeque::new();
            let start = Instant::now();
            for one in &coming {
                bare.push_back((one.tenant.clone(), one.class, one.since, one.call));
            }
            counts(&mut bare_in, start);
            let start = Instant::now();
            let mut sum = 0;
            while let Some((_, _, _, call)) = black_box(bare.pop_front()) {
                sum += call;
            }
            counts(&mut bare_out, start);

            let mut queue = FairQueue::new();
            let start = Instant::now();
            for one in &coming {
                black_box(queue.push(&one.tenant, &one.class, one.since, one.call));
            }
            counts(&mut fair_in, start);
            let start = Instant::now();
            while let Some(turn) = black_box(queue.pop(mix.first).or_else(|| queue.pop(|_| true))) {
                sum -= turn.item;
            }
            counts(&mut fair_out, start);
            assert_eq!((sum, queue.len()), (0, 0), "every call has to go once");
        }
        if nth == 0 {
            println!("{calls} calls of {TENANTS} tenants, {rounds} rounds\n");
            let figures = [format!("{:.0}", bare_in.median()), format!("{:.0}", bare_out.median())];
            table.row(
                "one VecDeque (the floor)",
                [&figures[..], &["1.0".to_owned(), rate(&bare_out)]].concat(),
            );
        }
        let figures = [&fair_in, &fair_out].map(|sample| format!("{:.0}", sample.median()));
        let ratio = format!("{:.1}", fair_out.paired_ratio(&bare_out));
        table.row(mix.name, [&figures[..], &[ratio, rate(&fair_out)]].concat());
    }
    println!("{table}");
    Ok(())
}

fn rate(sample: &Sample) -> String {
    format!("{:.0}", 1e9 / sample.median())
}

/// Calls of tenants drawn at random, each a millisecond after the one before.
fn coming(mix: &Mix, calls: usize, chance: &mut Chance) -> Result<Vec<Coming>, Box<dyn Error>> {
    let tenants: Vec<TenantId> =
        (0..mix.tenants).map(|n| TenantId::from(format!("tenant-{n}"))).collect();
    let mut coming = Vec::with_capacity(calls);
    for call in 0..calls as u64 {
        let tenant = chance.below(mix.tenants as u64) as usize;
        coming.push(Coming {
            tenant: tenants[tenant].clone(),
            class: (mix.class)(tenant, call),
            since: Timestamp::from_millisecond(1_800_000_000_000 + i64::try_from(call)?)?,
            call,
        });
    }
    Ok(coming)
}
