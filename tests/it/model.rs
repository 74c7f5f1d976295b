//! The calling protocol, explored whole within small bounds; the program `model` goes further.

use switchboard_tests::model::{
    Bounds, VARIANTS, Variant, Verdict, check,
    properties::{ONE_RING, WISH},
};

fn run(fits: impl Fn(&Variant) -> bool) -> Vec<Verdict> {
    let chosen = VARIANTS.iter().filter(|variant| fits(variant));
    chosen.map(|variant| check(variant, Bounds::QUICK, 1)).collect()
}

#[test]
fn the_law_holds_where_nothing_is_sown() {
    let verdicts = run(|variant| variant.fault.is_none());
    assert_eq!(verdicts.len(), 9);
    for verdict in verdicts {
        assert_eq!(verdict.surprise(), None, "{}: {:#?}", verdict.variant.name, verdict.failures);
        assert!(verdict.unique_states > 500, "{} explores next to nothing", verdict.variant.name);
    }
}

#[test]
fn every_sown_fault_is_found() {
    let verdicts = run(|variant| variant.fault.is_some());
    assert_eq!(verdicts.len(), 12);
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

/// The steps to a state in which a fault breaks this property. Where the fault is not sown, the law holds
/// in the same environment, by the tests above.
fn steps_to(property: &str, name: &str) -> Vec<String> {
    let bad = VARIANTS.iter().find(|variant| variant.name == name).unwrap();
    let failures = check(bad, Bounds::QUICK, 1).failures;
    failures.into_iter().find(|failure| failure.property == property).unwrap().steps
}

/// Where the step that ends with these words is.
fn place(steps: &[String], words: &str) -> usize {
    let found = steps.iter().position(|step| step.ends_with(words));
    found.unwrap_or_else(|| panic!("nobody {words}: {steps:#?}"))
}

#[test]
fn a_reason_that_lies_about_an_accepted_call_rings_twice() {
    let steps = steps_to(ONE_RING, "bad-record");
    assert!(place(&steps, "hears: placed") < place(&steps, "reads that it was never dialled"));
}

#[test]
fn a_repeat_after_the_life_of_its_key_rings_twice() {
    for name in ["bad-lifetime", "bad-early-check"] {
        let steps = steps_to(ONE_RING, name);
        let forgotten = place(&steps, "the provider forgets the key");
        assert!(forgotten < place(&steps, "sends the request again with a key"), "{name}");
    }
    let steps = steps_to(ONE_RING, "bad-early-check");
    let looked = place(&steps, "writes that it sends the request again with its key");
    assert!(looked < place(&steps, "the provider forgets the key"), "the key was young then");
}

#[test]
fn a_repeat_after_a_failover_rings_twice() {
    let steps = steps_to(ONE_RING, "bad-failover");
    let asked = place(&steps, "begins an attempt at B");
    assert!(asked < place(&steps, "sends the first request again with its key"));
}

#[test]
fn a_repeat_past_an_opt_out_rings_against_a_wish() {
    let steps = steps_to(WISH, "bad-wish");
    let wished = place(&steps, "the callee opts out");
    assert!(wished < place(&steps, "writes that it sends the request again with its key"));
}
