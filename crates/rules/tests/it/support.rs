//! Numbers and calls to ask about.

use std::collections::BTreeMap;

use switchboard_core::{
    CallFacts, CalleeHistory, Consent, ConsentKind, ListState, PhoneNumber, Purpose, RuleDecision,
    RuleEffect,
    jiff::{SignedDuration, Timestamp},
};
use switchboard_rules::{Asked, Jurisdiction, NumberLists, Said, Tables, decide};

/// The tables of places as the crate has them, read anew.
pub(crate) const NANP: &str = include_str!("../../data/nanp.tsv");
pub(crate) const ZONES: &str = include_str!("../../data/zones.tsv");
pub(crate) const HOLIDAYS: &str = include_str!("../../data/holidays.tsv");

/// Numbers by country: from ranges for fiction, else the examples of the numbering plans.
const NUMBERS: [(&str, &str); 36] = [
    ("AE", "+971501234567"),
    ("AT", "+43664123456"),
    ("AU", "+61491570006"),
    ("BE", "+32470123456"),
    ("BR", "+5511961234567"),
    ("CA", "+14165550173"),
    ("CH", "+41781234567"),
    ("CL", "+56221234567"),
    ("CO", "+573211234567"),
    ("CY", "+35796123456"),
    ("CZ", "+420601123456"),
    ("DE", "+493023125123"),
    ("DK", "+4532123456"),
    ("ES", "+34612345678"),
    ("FI", "+358412345678"),
    ("FR", "+33612345678"),
    ("GB", "+447400123456"),
    ("GR", "+306912345678"),
    ("HU", "+36201234567"),
    ("IE", "+353850123456"),
    ("IN", "+919876543210"),
    ("IT", "+393123456789"),
    ("JP", "+819012345678"),
    ("MX", "+525512345678"),
    ("NL", "+31612345678"),
    ("NO", "+4740612345"),
    ("NZ", "+64211234567"),
    ("PL", "+48512345678"),
    ("PT", "+351912345678"),
    ("RO", "+40712034567"),
    ("SE", "+46701234567"),
    ("SG", "+6581234567"),
    ("SK", "+421912123456"),
    ("US", "+12125550142"),
    ("ZA", "+27711234567"),
    ("EU", "+33612345678"),
];

/// The lines of a table without its header.
pub(crate) fn lines(text: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    text.lines().skip(1).map(|line| line.split('\t').collect())
}

/// A number of a country, or of the area code of a state or a province.
pub(crate) fn number_in(jurisdiction: Jurisdiction) -> PhoneNumber {
    let name = match jurisdiction {
        Jurisdiction::Everywhere => "GB".to_owned(),
        other => other.to_string(),
    };
    let by_country: BTreeMap<_, _> = NUMBERS.into_iter().collect();
    if let Some(number) = by_country.get(name.as_str()) {
        return number.parse().unwrap();
    }
    let area = lines(NANP).find(|fields| fields[3].split(',').any(|one| one == name));
    let area = area.unwrap_or_else(|| panic!("no number of {name} is known"));
    format!("+1{}5550123", area[0]).parse().unwrap()
}

/// Says the same of every number.
#[derive(Debug, Clone, Copy)]
pub(crate) struct EveryList(pub(crate) ListState);

impl NumberLists for EveryList {
    fn state(&self, _list: &str, _number: &PhoneNumber) -> ListState {
        self.0
    }
}

/// A call with everything that is known about it.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) to: PhoneNumber,
    pub(crate) facts: CallFacts,
    pub(crate) said: Said,
    pub(crate) history: CalleeHistory,
    pub(crate) lists: EveryList,
    pub(crate) emergencies: Vec<switchboard_core::Region>,
}

impl Call {
    /// A call about which nothing is known; lists were looked up on a day far ahead.
    pub(crate) fn new(to: PhoneNumber, purpose: Purpose) -> Self {
        Self {
            to,
            facts: CallFacts::default().with(|facts| facts.purpose = Some(purpose)),
            said: Said::ALL,
            history: CalleeHistory::default(),
            lists: EveryList(ListState::Absent { as_of: at("2040-01-01T00:00Z") }),
            emergencies: Vec::new(),
        }
    }

    pub(crate) fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    pub(crate) fn asked(&self) -> Asked<'_> {
        Asked::new(&self.to, &self.facts, self.said, &self.history, &self.lists)
            .with(|asked| asked.emergencies = &self.emergencies)
    }

    pub(crate) fn decide(&self, tables: &Tables, now: Timestamp) -> RuleDecision {
        decide(&self.asked(), tables, now)
    }
}

pub(crate) fn to(text: &str) -> PhoneNumber {
    text.parse().unwrap()
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn hours(hours: i64) -> SignedDuration {
    SignedDuration::from_hours(hours)
}

pub(crate) fn written(at: Timestamp) -> Consent {
    Consent::new(ConsentKind::ExpressWritten).with(|consent| consent.at = Some(at))
}

/// The rules that stop the call, in the order of the decision.
pub(crate) fn stops(decision: &RuleDecision) -> Vec<&str> {
    decision.stops().map(|finding| finding.rule.as_str()).collect()
}

/// What the rule does to the call, if anything.
pub(crate) fn effect_of(decision: &RuleDecision, rule: &str) -> Option<RuleEffect> {
    decision.findings.iter().find(|one| one.rule == rule).map(|one| one.effect)
}

/// Numbers without a pattern, the same in every run: splitmix64.
#[derive(Debug)]
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    pub(crate) fn below(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % below
    }
}
