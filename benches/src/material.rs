//! Numbers and tariffs, made of a seed.

use std::{collections::BTreeSet, time::Duration};

use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumberType};
use switchboard::{
    Country, Currency, Money, PhoneNumber,
    core::{Destination, Tariff, TariffRow},
};

/// A generator that is good enough to spread numbers: splitmix64.
#[derive(Debug, Clone)]
pub struct Chance(u64);

impl Chance {
    /// The same seed draws the same numbers.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number in `0..below`.
    pub fn below(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % below.max(1)
    }

    /// An index of `slice`.
    pub fn of<'a, T>(&mut self, slice: &'a [T]) -> Option<&'a T> {
        slice.get(self.below(slice.len() as u64) as usize)
    }
}

/// Distinct numbers that may be called, from every country that the numbering plans know:
/// libphonenumber's own examples with their last four digits drawn anew, as far as they stay valid.
pub fn numbers(count: usize, chance: &mut Chance) -> Vec<PhoneNumber> {
    let mut regions: Vec<_> = PHONE_NUMBER_UTIL.get_supported_regions().collect();
    regions.sort_by_key(|region| *region as u16);
    let examples: Vec<String> = regions
        .into_iter()
        .flat_map(|region| {
            [PhoneNumberType::FixedLine, PhoneNumberType::Mobile].map(|kind| (region, kind))
        })
        .filter_map(|(region, kind)| {
            PHONE_NUMBER_UTIL.get_example_number_for_type_and_region(region, kind).ok()
        })
        .map(|example| {
            let zeros = if example.italian_leading_zero() {
                example.number_of_leading_zeros() as usize
            } else {
                0
            };
            format!("+{}{}{}", example.country_code, "0".repeat(zeros), example.national_number)
        })
        .filter(|text| text.len() > 8)
        .collect();
    let mut seen = BTreeSet::new();
    let mut found = Vec::with_capacity(count);
    for _ in 0..count * 50 {
        let Some(example) = chance.of(&examples) else {
            break;
        };
        let stem = example.get(..example.len() - 4).unwrap_or_default();
        if let Ok(number) = PhoneNumber::parse(&format!("{stem}{:04}", chance.below(10_000)))
            && seen.insert(number)
        {
            found.push(number);
            if found.len() == count {
                break;
            }
        }
    }
    found
}

/// A rate deck as carriers publish them: `prefixes` prefixes of one to nine digits that real
/// numbers begin with, a row for each country, and one for everywhere else.
pub fn tariff(prefixes: usize, among: &[PhoneNumber], chance: &mut Chance) -> Tariff {
    let mut known = BTreeSet::new();
    for _ in 0..prefixes * 1_000 {
        if known.len() == prefixes {
            break;
        }
        let Some(number) = chance.of(among) else {
            break;
        };
        let length = 1 + chance.below(9) as usize;
        known.insert(number.e164().chars().skip(1).take(length).collect::<String>());
    }
    let destinations = known
        .into_iter()
        .map(Destination::Prefix)
        .chain(Country::all().map(Destination::Country))
        .chain([Destination::Everywhere]);
    let rows = destinations.map(|destination| TariffRow {
        destination,
        per_call: Some(Money::from_micros(10_000 + chance.below(40_000) as i64, Currency::USD)),
        per_minute: Some(Money::from_micros(5_000 + chance.below(300_000) as i64, Currency::USD)),
        increment: Some(Duration::from_secs([1, 6, 30, 60][chance.below(4) as usize])),
        minimum: None,
    });
    Tariff { rows: rows.collect(), credit_price: None }
}

/// Measurements of one thing, in nanoseconds.
#[derive(Debug, Clone, Default)]
pub struct Sample(Vec<f64>);

impl Sample {
    /// Adds `elapsed`, which `count` things took.
    pub fn add(&mut self, elapsed: Duration, count: usize) {
        self.0.push(elapsed.as_secs_f64() * 1e9 / count.max(1) as f64);
    }

    /// What this part of the measurements stays below: 0.5 is the median.
    pub fn quantile(&self, part: f64) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        let at = (sorted.len().saturating_sub(1) as f64 * part).round() as usize;
        sorted.get(at).copied().unwrap_or(f64::NAN)
    }

    /// The median.
    pub fn median(&self) -> f64 {
        self.quantile(0.5)
    }

    /// The median of this divided by `floor`, measurement by measurement: what was slow for both
    /// does not count.
    pub fn paired_ratio(&self, floor: &Self) -> f64 {
        Self(self.0.iter().zip(&floor.0).map(|(own, floor)| own / floor).collect()).median()
    }
}
