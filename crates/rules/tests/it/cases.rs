//! The cases: each decides as the table says, and in no other way.

use switchboard_rules::{Tables, cases};

const CASES: &str = include_str!("../data/cases.tsv");

#[test]
fn all_cases_agree() {
    let tables = Tables::builtin();
    let cases = cases::read("cases.tsv", CASES).unwrap();
    assert_eq!(cases.len(), 139);
    let mut wrong = Vec::new();
    for case in &cases {
        for difference in case.differences(&case.decide(&tables)) {
            wrong.push(format!("{} ({}): {difference}", case.id, case.reason));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
