//! What area codes and prefixes say about where a number is.
//!
//! In North America an area code has every zone in which its area lies. Elsewhere the longest prefix
//! of a fixed line decides, and the row of the bare calling code answers for what moves about.

use std::collections::HashMap;

use switchboard_core::{NumberType, PhoneNumber, Region};

use super::{lines::lines, zones::Zones};

/// Where a number is, as far as it shows that.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) subdivisions: &'a [Region],
    /// All zones in which it may be. Empty for numbers that belong to no place.
    pub(crate) zones: &'a [u16],
}

#[derive(Debug, Default)]
struct AreaCode {
    subdivisions: Vec<Region>,
    zones: Vec<u16>,
}

/// The area codes of +1.
#[derive(Debug)]
pub(super) struct Nanp {
    /// By their three digits.
    codes: Vec<AreaCode>,
    by_region: HashMap<Region, Vec<u16>>,
}

impl Nanp {
    pub(super) fn read(text: &str, zones: &mut Zones) -> Self {
        let mut codes: Vec<AreaCode> =
            std::iter::repeat_with(AreaCode::default).take(1_000).collect();
        let mut by_region: HashMap<Region, Vec<u16>> = HashMap::new();
        for fields in lines(text) {
            let [code, _, _, subdivisions, names, _] = fields.as_slice() else { continue };
            let Some(entry) = code.parse().ok().and_then(|at: usize| codes.get_mut(at)) else {
                continue;
            };
            entry.zones = zones.list(names);
            entry.subdivisions =
                subdivisions.split(',').filter_map(|one| one.parse().ok()).collect();
            for region in &entry.subdivisions {
                let known = by_region.entry(*region).or_default();
                known.extend_from_slice(&entry.zones);
                known.sort_unstable();
                known.dedup();
            }
        }
        Self { codes, by_region }
    }

    pub(super) fn place(&self, number: &PhoneNumber) -> Place<'_> {
        let code = number.national_digits().get(..3).and_then(|code| code.parse::<usize>().ok());
        match code.and_then(|code| self.codes.get(code)) {
            Some(code) => Place { subdivisions: &code.subdivisions, zones: &code.zones },
            None => Place { subdivisions: &[], zones: &[] },
        }
    }

    pub(super) fn zones_of(&self, region: Region) -> &[u16] {
        self.by_region.get(&region).map_or(&[], Vec::as_slice)
    }
}

/// The prefixes of all other calling codes.
#[derive(Debug)]
pub(super) struct Prefixes {
    /// By their digits with a 1 in front, so that leading zeros count.
    zones: HashMap<u64, Vec<u16>>,
    longest: usize,
}

/// Countries whose mobile numbers have the area codes of fixed lines: Mexico, Argentina, Brazil.
const MOBILE_WITH_AREA: [u16; 3] = [52, 54, 55];

impl Prefixes {
    pub(super) fn read(text: &str, zones: &mut Zones) -> Self {
        let mut found = HashMap::new();
        let mut longest = 0;
        for fields in lines(text) {
            let [prefix, names, ..] = fields.as_slice() else { continue };
            longest = longest.max(prefix.len());
            found.insert(key(prefix), zones.list(names));
        }
        Self { zones: found, longest }
    }

    pub(super) fn zones(&self, number: &PhoneNumber) -> &[u16] {
        let digits = number.e164().get(1..).unwrap_or_default();
        let code = digits.len() - number.national_digits().len();
        let is_fixed = match number.number_type() {
            NumberType::FixedLine | NumberType::FixedLineOrMobile => true,
            // It is forwarded to wherever the person is.
            NumberType::PersonalNumber => return &[],
            NumberType::Mobile => MOBILE_WITH_AREA.contains(&number.country_code()),
            NumberType::TollFree
            | NumberType::Voip
            | NumberType::Pager
            | NumberType::Uan
            | NumberType::Voicemail => false,
        };
        let longest = if is_fixed { self.longest.min(digits.len()) } else { code };
        (code..=longest)
            .rev()
            .filter_map(|length| digits.get(..length))
            .find_map(|prefix| self.zones.get(&key(prefix)))
            .map_or(&[], Vec::as_slice)
    }
}

fn key(prefix: &str) -> u64 {
    prefix.bytes().fold(1, |key, digit| key * 10 + u64::from(digit.wrapping_sub(b'0') % 10))
}
