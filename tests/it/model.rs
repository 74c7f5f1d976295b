//! The calling protocol, explored whole within small bounds; the program `model` goes further.

use switchboard_tests::model::{Bounds, VARIANTS, Variant, Verdict, check};

fn run(fits: impl Fn(&Variant) -> bool) -> Vec<Verdict> {
    let chosen = VARIANTS.iter().filter(|variant| fits(variant));
    chosen.map(|variant| check(variant, Bounds::QUICK, 1)).collect()
}

#[test]
fn the_law_holds_where_nothing_is_sown() {
    let verdicts = run(|variant| variant.fault.is_none());
    assert_eq!(verdicts.len(), 8);
    for verdict in verdicts {
        assert_eq!(verdict.surprise(), None, "{}: {:#?}", verdict.variant.name, verdict.failures);
        assert!(verdict.unique_states > 500, "{} explores next to nothing", verdict.variant.name);
    }
}

#[test]
fn every_sown_fault_is_found() {
    let verdicts = run(|variant| variant.fault.is_some());
    assert_eq!(verdicts.len(), 11);
    for verdict in verdicts {
        assert_eq!(verdict.surprise(), None, "{}", verdict.variant.name);
        for wanted in verdict.variant.breaks {
            let found =
                verdict.failures.iter().find(|failure| failure.property == *wanted).unwrap();
            assert!(found.steps.len() >= 3, "{}: {:?}", verdict.variant.name, found.steps);
        }
    }
}

#[test]
fn every_fault_is_sown_into_a_world_in_which_the_law_holds() {
    for bad in VARIANTS.iter().filter(|variant| variant.fault.is_some()) {
        let lawful =
            VARIANTS.iter().any(|variant| variant.fault.is_none() && variant.setup == bad.setup);
        assert!(lawful, "{}: nothing shows that it fails by its fault alone", bad.name);
    }
}

#[test]
fn the_same_model_gives_the_same_counterexample() {
    let webhook = VARIANTS.iter().find(|variant| variant.name == "bad-webhook").unwrap();
    let steps = || check(webhook, Bounds::QUICK, 1).failures;
    assert_eq!(steps(), steps());
}
