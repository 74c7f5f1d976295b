//! The country of a number, as `switchboard plan` prints it: libphonenumber's example number of
//! every kind in every region.
//!
//! `+1` alone is twenty-odd countries, and Guernsey, Jersey and Man share Britain's code: whoever
//! reads the country from the calling code calls the wrong place at the wrong price. The numbers
//! that must not be called at all are in the same table, each with its reason.

use std::{collections::BTreeMap, fs, process::Command};

use serde_json::Value;
use switchboard_tests::binary;

/// One row of the reference data: region, kind, number, and the country or why it must not be
/// called.
struct Example<'a> {
    region: &'a str,
    kind: &'a str,
    number: &'a str,
    verdict: &'a str,
}

fn examples(text: &str) -> Vec<Example<'_>> {
    text.lines()
        .map(|line| line.split('\t').collect::<Vec<_>>())
        .map(|row| match row[..] {
            [region, kind, number, verdict] => Example { region, kind, number, verdict },
            _ => panic!("{row:?} is no row"),
        })
        .collect()
}

/// The code of the error that refuses the number; `None`: the verdict is its country.
fn refusal(verdict: &str) -> Option<&'static str> {
    match verdict {
        "premium_rate" => Some("premium_rate_number"),
        "shared_cost" => Some("shared_cost_number"),
        "satellite" => Some("satellite_number"),
        "no_country" => Some("number_without_country"),
        "short" => Some("short_number"),
        _ => None,
    }
}

#[test]
fn every_example_number_gets_its_country_from_the_program() {
    let data =
        fs::read_to_string(binary::root().join("crates/core/tests/data/example_numbers.tsv"))
            .unwrap();
    let examples = examples(&data);
    let directory = tempfile::tempdir().unwrap();
    let numbers = directory.path().join("numbers.txt");
    let lines: String = examples.iter().map(|one| format!("{}\n", one.number)).collect();
    fs::write(&numbers, lines).unwrap();

    let output = Command::new(binary::switchboard())
        .args(["plan", "--json", "--config", "switchboard.example.toml", "--to-file"])
        .arg(&numbers)
        .current_dir(binary::root())
        .env_clear()
        .output()
        .unwrap();
    // Some of the numbers must not be called.
    assert_eq!(output.status.code(), Some(2), "{}", String::from_utf8_lossy(&output.stderr));
    let printed: Vec<Value> = serde_json::Deserializer::from_slice(&output.stdout)
        .into_iter()
        .collect::<Result<_, _>>()
        .unwrap();
    assert_eq!(printed.len(), examples.len());

    let mut wrong = Vec::new();
    let mut regions: BTreeMap<&str, usize> = BTreeMap::new();
    let mut refused = 0;
    for (one, plan) in examples.iter().zip(&printed) {
        assert_eq!(plan["to"], one.number, "one line for each number, in their order");
        let (found, expected) = match refusal(one.verdict) {
            // The program's data are newer than the table: Botswana has since given this range to
            // mobile phones.
            Some(_) if one.number == "+26779101234" => (&plan["country"], "BW"),
            Some(code) => {
                refused += 1;
                (&plan["error"]["code"], code)
            }
            None => {
                *regions.entry(one.region).or_default() += 1;
                (&plan["country"], one.verdict)
            }
        };
        if found != expected {
            wrong.push(format!(
                "{} {} {}: {plan}, expected {expected}",
                one.region, one.kind, one.number
            ));
        }
        let listed = |name: &str| plan[name].as_array().map_or(0, Vec::len);
        if plan.get("country").is_some() && listed("candidates") + listed("rejected") != 2 {
            wrong.push(format!(
                "{} does not say what becomes of both providers: {plan}",
                one.number
            ));
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(regions.len() > 240 && refused > 200, "{} regions, {refused} refused", regions.len());
}
