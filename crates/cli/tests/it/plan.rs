//! `switchboard plan`: its object, its exit codes, and that it needs nothing but the configuration.

use std::{io::Write, process::Stdio};

use serde_json::Value;

use crate::common::{EXAMPLE, Ran, command, run};

fn plan(to: &str) -> Ran {
    run(&["plan", "--config", EXAMPLE, "--to", to, "--json"])
}

fn names(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|one| one["provider"].as_str().unwrap()).collect()
}

#[test]
fn a_good_number_has_candidates_with_reasons() {
    let ran = plan("+44 20 7946 0018");
    assert_eq!(ran.code, 0, "{}", ran.err);
    let plan = ran.json();
    assert_eq!(
        (&plan["to"], &plan["country"], &plan["number_type"]),
        (&"+442079460018".into(), &"GB".into(), &"fixed_line".into())
    );
    let candidates = plan["candidates"].as_array().unwrap();
    assert!(!candidates.is_empty());
    for (at, one) in candidates.iter().enumerate() {
        assert_eq!(one["rank"], at + 1);
        assert!(one["reason"].as_str().is_some_and(|reason| !reason.is_empty()));
        assert!(one["headroom"].is_null() || one["headroom"].is_u64());
        if !one["estimated_cost"].is_null() {
            assert!(
                one["estimated_cost"]["amount"].as_str().is_some_and(|amount| amount.contains('.')),
                "{one}"
            );
            assert_eq!(one["estimated_cost"]["currency"], "USD");
        }
    }
    for one in plan["rejected"].as_array().unwrap() {
        assert!(one["reason"].is_string() && one["detail"].is_string(), "{one}");
    }
}

#[test]
fn a_number_that_no_provider_calls_has_every_provider_rejected() {
    // An island of the South Atlantic, in no provider's list.
    let ran = plan("+29022158");
    assert_eq!(ran.code, 3, "{}{}", ran.out, ran.err);
    let plan = ran.json();
    assert_eq!(plan["country"], "SH");
    assert_eq!(plan["candidates"], Value::Array(Vec::new()));
    let example = switchboard::Config::from_file(EXAMPLE).unwrap();
    let mut rejected = names(&plan["rejected"]);
    rejected.sort_unstable();
    let mut known: Vec<&str> = example.providers.keys().map(String::as_str).collect();
    known.sort_unstable();
    assert_eq!(rejected, known);
}

#[test]
fn what_must_not_be_called_is_bad_input_and_says_why() {
    for (to, kind, code) in [
        ("911", "number_not_allowed", "emergency_number"),
        ("+1 911", "number_not_allowed", "emergency_number"),
        ("+19005550123", "number_not_allowed", "premium_rate_number"),
        ("call me", "number_not_allowed", "number_not_e164"),
    ] {
        let ran = plan(to);
        assert_eq!(ran.code, 2, "{to}");
        let error = &ran.json()["error"];
        assert_eq!(
            (&error["kind"], &error["code"], &error["field"]),
            (&kind.into(), &code.into(), &"to".into()),
            "{to}"
        );
        assert!(error["message"].as_str().is_some_and(|message| !message.is_empty()));
        assert!(ran.err.starts_with("error: "), "{to}: {}", ran.err);
    }
}

#[test]
fn a_number_is_read_as_it_is_dialled_in_the_country_that_is_named() {
    for (to, country, read, of) in [
        ("020 7946 0018", "GB", "+442079460018", "GB"),
        ("(212) 555-0123", "US", "+12125550123", "US"),
        ("011 44 20 7946 0018", "us", "+442079460018", "GB"),
        ("0044 20 7946 0018", "DE", "+442079460018", "GB"),
    ] {
        let ran =
            run(&["plan", "--config", EXAMPLE, "--to", to, "--default-country", country, "--json"]);
        assert_eq!(ran.code, 0, "{to}: {}", ran.err);
        let plan = ran.json();
        assert_eq!((&plan["to"], &plan["country"]), (&read.into(), &of.into()), "{to}");
    }
    // The configuration names one for all.
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("switchboard.toml");
    let example = std::fs::read_to_string(EXAMPLE).unwrap();
    std::fs::write(
        &file,
        example.replacen("# default_country = \"GB\"", "default_country = \"GB\"", 1),
    )
    .unwrap();
    let config = file.to_str().unwrap();
    let ran = run(&["plan", "--config", config, "--to", "020 7946 0018", "--json"]);
    assert_eq!(ran.json()["to"], "+442079460018", "{}", ran.err);
    let ran = run(&[
        "plan",
        "--config",
        config,
        "--to",
        "030 123456",
        "--default-country",
        "DE",
        "--json",
    ]);
    assert_eq!(ran.json()["to"], "+4930123456", "{}", ran.err);

    let ran = run(&["plan", "--config", EXAMPLE, "--to", "020 7946 0018"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("default_country") && !ran.err.contains("7946"), "{}", ran.err);
    let ran =
        run(&["plan", "--config", EXAMPLE, "--to", "020 7946 0018", "--default-country", "UK"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("write GB"), "{}", ran.err);
}

#[test]
fn a_language_that_does_not_exist_is_bad_input() {
    let ran = run(&[
        "plan",
        "--config",
        EXAMPLE,
        "--to",
        "+442079460018",
        "--language",
        "klingon!",
        "--json",
    ]);
    assert_eq!(ran.code, 2);
    assert_eq!(ran.json()["error"]["field"], "language");
}

#[test]
fn a_broken_configuration_names_its_key() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("switchboard.toml");
    std::fs::write(
        &file,
        "[providers.kaicalls]\nkind = \"kaicals\"\napi_key_env = \"KAICALLS_API_KEY\"\n",
    )
    .unwrap();
    let ran = run(&["plan", "--config", file.to_str().unwrap(), "--to", "+442079460018", "--json"]);
    assert_eq!(ran.code, 2);
    let error = &ran.json()["error"];
    assert_eq!(
        (&error["kind"], &error["field"]),
        (&"configuration".into(), &"providers.kaicalls.kind".into())
    );
    assert!(ran.err.contains("kaicalls"), "the fix is missing: {}", ran.err);
}

#[test]
fn several_numbers_give_a_line_each_and_the_worst_exit_code() {
    let ran =
        run(&["plan", "--config", EXAMPLE, "--to", "+442079460018", "--to", "+29022158", "--json"]);
    assert_eq!(ran.code, 3);
    assert_eq!(ran.out.lines().count(), 2);

    let mut child = command(&["plan", "--config", EXAMPLE, "--to-file", "-", "--json"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(b"+442079460018\n\n911\n+12125550123\n").unwrap();
    let ran = Ran::of(child.wait_with_output().unwrap());
    assert_eq!(ran.code, 2);
    let lines: Vec<Value> =
        ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 3);
    assert_eq!((&lines[0]["country"], &lines[2]["country"]), (&"GB".into(), &"US".into()));
    assert_eq!(
        (&lines[1]["to"], &lines[1]["error"]["code"]),
        (&"911".into(), &"emergency_number".into())
    );
}

#[test]
fn a_plan_for_people_masks_the_number() {
    let ran = run(&["plan", "--config", EXAMPLE, "--to", "+442079460018"]);
    assert_eq!(ran.code, 0);
    assert!(ran.out.contains("United Kingdom") && !ran.out.contains("2079460018"), "{}", ran.out);
}

#[test]
fn the_log_never_shows_a_number() {
    let ran = run(&[
        "plan",
        "--config",
        EXAMPLE,
        "--to",
        "+442079460018",
        "--log",
        "trace,rlibphonenumber=trace,rlibphonenumber::phonenumberutil=trace",
    ]);
    assert_eq!(ran.code, 0);
    assert!(!ran.err.contains("2079460018"), "{}", ran.err);
}
