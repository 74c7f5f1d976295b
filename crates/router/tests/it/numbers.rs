//! The numbers that calls are made from: who gets which, and what happens when they are used up.

use std::collections::BTreeMap;

use switchboard_core::{CallerNumber, Country, PhoneNumber, ProfileName};
use switchboard_router::{NumberPolicy, Reading, Rejection, Snapshot, numbers_for, plan};

use crate::support::{Fake, call, epoch, number, policy, seconds};

fn one(name: &str, digits: &str) -> NumberPolicy {
    NumberPolicy::new(CallerNumber {
        name: name.to_owned(),
        number: PhoneNumber::parse(digits).unwrap(),
        id: None,
    })
}

fn three() -> Vec<NumberPolicy> {
    vec![one("east", "+12025550101"), one("west", "+14155550101"), one("south", "+15125550101")]
}

fn names(numbers: &[NumberPolicy], to: &PhoneNumber, profile: Option<&ProfileName>) -> Vec<String> {
    let found = numbers_for(numbers, to, profile).into_iter();
    found.map(|one| one.number.name.clone()).collect()
}

fn callee(n: u32) -> PhoneNumber {
    PhoneNumber::parse(&number(n)).unwrap()
}

#[test]
fn a_person_keeps_their_number_and_people_are_spread_over_all() {
    let numbers = three();
    let mut firsts: BTreeMap<String, usize> = BTreeMap::new();
    for n in 0..3_000 {
        let ranked = names(&numbers, &callee(n), None);
        assert_eq!(ranked, names(&numbers, &callee(n), None), "always the same");
        assert_eq!(ranked.len(), 3, "the others stand behind it");
        // One that is taken out changes nothing for the people of the others.
        let fewer: Vec<_> =
            numbers.iter().filter(|one| one.number.name != ranked[2]).cloned().collect();
        assert_eq!(names(&fewer, &callee(n), None), ranked[..2]);
        *firsts.entry(ranked[0].clone()).or_default() += 1;
    }
    assert!(firsts.values().all(|count| (900..1_100).contains(count)), "{firsts:?}");
}

#[test]
fn a_number_is_for_its_countries_and_its_agents() {
    let mut numbers = three();
    numbers[0].countries = [Country::CA].into();
    let sales = ProfileName::new("sales".to_owned());
    numbers[1].profiles = [sales.clone()].into();
    let (texas, toronto) = (callee(1), PhoneNumber::parse("+14165550142").unwrap());
    let sorted = |to, profile| {
        let mut found = names(&numbers, to, profile);
        found.sort();
        found
    };
    assert_eq!(sorted(&texas, None), ["south"], "no number of another country or profile");
    assert_eq!(sorted(&texas, Some(&sales)), ["south", "west"]);
    assert_eq!(sorted(&toronto, Some(&sales)), ["east"], "the country's own number comes alone");
}

#[test]
fn an_account_whose_numbers_do_not_fit_is_rejected_and_a_full_one_waits() {
    let mut policy = policy(&[Fake::new("alpha")]);
    let rejection = |policy: &_, reading: Reading| {
        let readings = [reading];
        let snapshot =
            Snapshot { policy, readings: &readings, draw: 0, quality: None, experiments: None };
        let plan = plan(&call(1), &snapshot, epoch());
        plan.rejected.first().map(|one| one.rejection.clone())
    };
    policy.providers[0].numbers = vec![one("east", "+12025550101")];
    assert_eq!(rejection(&policy, Reading::default()), None);
    let until = |count| epoch() + seconds(count);
    let full = |names: &[(&str, u64)]| Reading {
        numbers_full: names.iter().map(|(name, at)| ((*name).to_owned(), until(*at))).collect(),
        ..Reading::default()
    };
    assert_eq!(rejection(&policy, full(&[("east", 60)])), Some(Rejection::NumbersFull(until(60))));
    policy.providers[0].numbers.push(one("west", "+14155550101"));
    assert_eq!(rejection(&policy, full(&[("east", 60)])), None, "the other one is free");
    let both = rejection(&policy, full(&[("east", 60), ("west", 30)])).unwrap();
    assert_eq!((both.code(), both.clears_at()), ("numbers_full", Some(until(30))));
    assert!(!both.to_string().contains("555"), "{both}");
    policy.providers[0].numbers.iter_mut().for_each(|one| one.countries = [Country::CA].into());
    let none = rejection(&policy, Reading::default()).unwrap();
    assert_eq!((none.code(), none.clears_at()), ("no_number", None));
}
