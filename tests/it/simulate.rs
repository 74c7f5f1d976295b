//! Some simulated worlds, and proof that a world finds what is wrong; the program `simulate` runs
//! thousands.

use switchboard_tests::simulate::{
    Counters, Fault, Kind, Property, Report, Settings, Sown, Stage, Tallies, simulate,
};

fn run(seeds: std::ops::Range<u64>, settings: Settings) -> impl Iterator<Item = Report> {
    seeds.map(move |seed| simulate(seed, settings))
}

#[test]
fn the_law_holds_in_every_world() {
    let (mut counters, mut tallies) = (Counters::default(), Tallies::default());
    for report in run(0..120, Settings::default()) {
        let seed = report.seed;
        assert!(
            report.breaches.is_empty(),
            "seed {seed}: {:?}\n{}",
            report.breaches,
            report.tail.join("\n")
        );
        assert!(report.calls > 0, "seed {seed} places nothing");
        counters.add(&report.counters);
        tallies.add(&report.tallies);
    }
    let silent: Vec<&str> = Fault::ALL
        .iter()
        .filter(|fault| counters.total(**fault) == 0)
        .map(|fault| fault.name())
        .collect();
    assert!(silent.is_empty(), "never happened: {silent:?}");
    assert!(counters.of(Fault::ToldByAnother, Stage::Sent) > 0, "no webhook overtook an answer");
    every_kind_was_met(&tallies);
}

/// The worlds had every kind of provider, and met what its documents say.
fn every_kind_was_met(tallies: &Tallies) {
    for kind in Kind::ALL {
        let (name, tally) = (kind.name(), tallies.of(kind));
        assert!(tally.calls > 0 && tally.rings > 0, "{name}: {tally:?}");
        for way in kind.ways() {
            assert!(tally.by(*way) > 0, "{name} never settled a doubt by {}", way.name());
        }
    }
    for kind in Kind::ALL {
        let tally = tallies.of(kind);
        if kind.repeats() {
            assert!(tally.known > 0 && tally.overtaken > 0, "{}: {tally:?}", kind.name());
        } else {
            assert_eq!(tally.repeats, 0, "{} knows no key for long enough", kind.name());
        }
    }
    for kind in [Kind::Telnyx, Kind::Vapi] {
        assert!(tallies.of(kind).rebilled > 0, "no cost changed at {}", kind.name());
    }
    for kind in [Kind::Retell, Kind::Telnyx, Kind::Vapi] {
        assert!(tallies.of(kind).unsigned > 0, "{} met no unsigned webhook", kind.name());
    }
    let wishes: u64 = Kind::ALL.iter().map(|kind| tallies.of(*kind).opt_outs).sum();
    assert!(wishes > 0, "no provider told of a wish");
}

#[test]
fn a_seed_gives_the_same_world_again() {
    for replicas in [1, 2] {
        let settings = Settings { replicas: Some(replicas), ..Settings::default() };
        let hashes = || run(500..515, settings).map(|report| report.hash).collect::<Vec<_>>();
        let first = hashes();
        assert_eq!(first, hashes());
        assert!(first.windows(2).all(|pair| pair[0] != pair[1]), "another seed is another world");
    }
}

/// The first world of some hundred in which the law breaks.
fn first_breach(sown: Sown, property: Property) -> Option<Report> {
    let settings = Settings { replicas: None, sown: Some(sown) };
    run(0..400, settings).find(|report| report.count(property) > 0)
}

#[test]
fn a_journal_that_forgets_a_claim_at_a_crash_rings_twice() {
    let report = first_breach(Sown::ClaimForgotten, Property::DuplicateRings).unwrap();
    assert!(
        report.tail.iter().any(|line| line.contains("is gone")),
        "without a crash nothing is forgotten"
    );
}

#[test]
fn a_backend_that_sends_again_rings_twice() {
    first_breach(Sown::RequestSentAgain, Property::DuplicateRings).unwrap();
}

#[test]
fn a_backend_that_takes_silence_for_proof_rings_twice_and_reports_what_is_not_true() {
    first_breach(Sown::SilenceAssumed, Property::DuplicateRings).unwrap();
    first_breach(Sown::SilenceAssumed, Property::FalseOutcomes).unwrap();
}

#[test]
fn an_engine_without_the_rules_rings_when_they_say_no() {
    let settings = Settings { replicas: None, sown: Some(Sown::RulesOff) };
    for what in ["rang although", "rang more often"] {
        let is_found =
            |report: &Report| report.breaches.iter().any(|breach| breach.what.contains(what));
        assert!(run(0..100, settings).any(|report| is_found(&report)), "nobody {what}");
    }
}

#[test]
fn a_journal_that_does_not_look_at_the_callee_rings_somebody_too_often() {
    let report = first_breach(Sown::CalleeUnchecked, Property::Rules).unwrap();
    assert!(report.breaches.iter().all(|breach| breach.property == Property::Rules));
}

#[test]
fn a_backend_that_sends_minutes_later_rings_after_closing() {
    first_breach(Sown::SentLate, Property::Rules).unwrap();
}

#[test]
fn a_record_that_lies_about_a_phone_makes_it_ring_twice() {
    first_breach(Sown::RecordLies, Property::DuplicateRings).unwrap();
}

#[test]
fn a_provider_that_forgets_a_key_rings_twice() {
    first_breach(Sown::KeyForgotten, Property::DuplicateRings).unwrap();
}

#[test]
fn a_request_that_is_held_back_for_longer_than_its_key_lives_rings_twice() {
    first_breach(Sown::RequestHeldBack, Property::DuplicateRings).unwrap();
}

/// The first world in which that is found out, of so many.
fn nobody_attends(replicas: u32) -> Option<Report> {
    let settings = Settings { replicas: Some(replicas), sown: Some(Sown::NewsWithheld) };
    let unattended = |report: &Report| {
        report.breaches.iter().any(|breach| breach.what.ends_with("nobody attends to it"))
    };
    run(0..400, settings).find(unattended)
}

#[test]
fn an_owner_who_is_not_told_what_others_wrote_loses_a_call() {
    for replicas in [2, 3] {
        nobody_attends(replicas).unwrap();
    }
}

#[test]
fn the_table_of_faults_names_each_state_once() {
    for fault in Fault::ALL {
        let states = fault.can_meet();
        assert!(!states.is_empty(), "{} can meet nothing", fault.name());
        for stage in Stage::ALL {
            assert!(
                states.iter().filter(|one| **one == stage).count() < 2,
                "{} names {} twice",
                fault.name(),
                stage.name()
            );
        }
    }
}
