//! Which digits a number may begin with.

use switchboard_core::{PhoneNumber, may_begin_number};

#[test]
fn the_beginning_of_every_existing_number_is_accepted() {
    let mut seen = 0;
    for row in include_str!("../data/example_numbers.tsv").lines() {
        let number = row.split('\t').find(|cell| cell.starts_with('+')).unwrap();
        for length in 1..number.len() {
            let beginning = number.get(1..=length).unwrap();
            assert!(may_begin_number(beginning), "{beginning} of {number}");
        }
        seen += 1;
    }
    assert!(seen > 400, "{seen}");
}

#[test]
fn unassigned_calling_codes_are_rejected() {
    // Not assigned by ITU-T E.164, or no longer.
    for unassigned in [
        "0", "00", "044", "210", "2100", "214", "215", "217", "219", "259", "28", "280", "289",
        "292", "296", "384", "38412", "422", "424", "693", "699", "801", "809", "83", "854",
        "8575", "89", "969", "978", "990", "997", "", "+44", "4 4", "44x", "44000x", "٤٤",
    ] {
        assert!(!may_begin_number(unassigned), "{unassigned:?}");
    }
    for somebody in [
        "1", "1201", "201", "20", "2", "21", "211", "7", "79", "44", "4420", "38", "382", "599",
        "800", "870", "881", "888", "979", "97", "998",
    ] {
        assert!(may_begin_number(somebody), "{somebody:?}");
    }
    let number = PhoneNumber::parse("+442079460018").unwrap();
    assert!(may_begin_number(&number.e164()[1..]));
}
