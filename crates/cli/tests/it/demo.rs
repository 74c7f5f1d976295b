//! `switchboard demo`: it shows what it promises, and no phone rings twice.

use crate::common::run;

#[test]
fn the_demo_ends_with_its_summary_and_never_rings_twice() {
    let ran = run(&["demo", "--json"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let summary = ran.json();
    let count = |name: &str| {
        summary[name].as_u64().unwrap_or_else(|| panic!("{name} is missing: {summary}"))
    };
    assert!(count("calls") >= 40);
    assert_eq!((count("phones_rung_twice"), count("undecided")), (0, 0));
    assert!(count("completed") > 0 && count("failed_over") > 0);
    assert!(
        count("refused") >= 5,
        "an emergency, a premium and a malformed number, a duplicate, a do-not-call list"
    );
    assert_eq!((count("replayed"), count("waiting")), (1, 1));

    let outcomes: u64 = summary["outcomes"]
        .as_object()
        .unwrap()
        .values()
        .map(|count| count.as_u64().unwrap())
        .sum();
    assert_eq!(
        outcomes + count("refused") + count("waiting") + count("replayed"),
        count("calls"),
        "a call is missing: {summary}"
    );
    assert_eq!(outcomes, count("phones_rung"), "the ledger and the calls differ");
    for outcome in ["no_answer", "busy", "voicemail"] {
        assert!(summary["outcomes"][outcome].as_u64() > Some(0), "no call was {outcome}");
    }
    let by_provider = summary["by_provider"].as_object().unwrap();
    let taken: u64 = by_provider.values().map(|count| count.as_u64().unwrap()).sum();
    assert_eq!((by_provider.len(), taken), (2, outcomes));
    assert_eq!(summary["by_arm"].as_object().unwrap().len(), 2);
    assert_eq!(summary["cost"]["currency"], "USD");
    assert_eq!(summary["simulated"], true);

    let kept = &summary["ledger"];
    assert!(
        kept["calls"].as_u64() >= Some(outcomes)
            && kept["events"].as_u64() > kept["calls"].as_u64()
    );
    for contradiction in ["problems", "calls_without_ring", "rings_without_call"] {
        assert_eq!(kept[contradiction], 0, "{contradiction}: {summary}");
    }
}

#[test]
fn a_table_of_ones_own_is_told_with_its_reasons() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("calls.csv");
    let table = "to,task,callee\n+442079460018,Ask for the opening hours.,busy\n911,Report a fire.,\n+12125550123,Ask for a table.,do_not_call\n";
    std::fs::write(&file, table).unwrap();
    let (file, kept) = (file.to_str().unwrap(), directory.path().join("kept.db"));
    let kept = kept.to_str().unwrap();
    let ran = run(&["demo", "--verbose", "--calls", file, "--ledger", kept]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let listed = run(&["calls", "--ledger", kept, "list", "--json"]).json();
    assert_eq!(
        listed["calls"].as_array().unwrap().len(),
        2,
        "an emergency number becomes no call: {listed}"
    );
    assert_eq!(run(&["ledger", "--ledger", kept, "check"]).code, 0);
    let again = run(&["demo", "--calls", file, "--ledger", kept]);
    assert!(again.code == 2 && again.err.contains("already exists"), "{}", again.err);
    assert!(ran.out.contains("simulated"));
    assert!(ran.out.contains("by route elsewhere: kallyai"), "no decision: {}", ran.out);
    assert!(
        ran.out.contains("emergency_number") && ran.out.contains("kallyai: busy"),
        "{}",
        ran.out
    );
    assert!(
        ran.out.contains("number_on_dnc") && !ran.out.contains("the next provider is asked"),
        "{}",
        ran.out
    );
    assert!(!ran.out.contains('\u{1b}'), "coloured in a pipe");
    assert!(!ran.out.contains("2079460018"), "a whole number is shown");
}

#[test]
fn the_demo_fits_on_a_screen_and_shows_one_decision_of_each_kind() {
    let ran = run(&["demo"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    for shown in [
        "no phone rings",
        "by cost",
        "experiment survey-voice",
        "emergency number",
        "they asked not to be called again. This binds both providers",
        "the callee must have consented",
        "P-HOURS-REQUESTED lets it pass on",
        "This is binding",
        "failover: kaicalls cannot be reached",
        "outage: kaicalls failed repeatedly",
        "no other provider is asked; a later lookup",
        "no provider can take it",
        "the same number and task",
        "rate limit: kaicalls",
        "phones that rang too often",
        "demo --verbose",
    ] {
        assert!(ran.out.contains(shown), "{shown:?} is missing: {}", ran.out);
    }
    let lines = ran.out.lines().count();
    assert!(lines <= 60, "{lines} lines: {}", ran.out);
    assert!(!ran.out.contains("sent to kaicalls"), "what --verbose is for: {}", ran.out);
}

#[test]
fn any_two_providers_can_be_simulated() {
    for (providers, down) in
        [("retell,calle", "Retell"), ("telnyx,vapi", "Telnyx"), ("kallyai,vapi", "KallyAI")]
    {
        let ran = run(&["demo", "--providers", providers, "--json"]);
        assert_eq!(ran.code, 0, "{providers}: {} {}", ran.out, ran.err);
        let summary = ran.json();
        assert_eq!(summary["phones_rung_twice"], 0, "{providers}: {summary}");
        for provider in providers.split(',') {
            let calls = summary["by_provider"][provider].as_u64();
            assert!(calls > Some(0), "{providers}: {summary}");
        }
        // KallyAI answers when a call is over: the answers that the outage cuts pause it at once, and
        // nothing more is sent there.
        let moves = summary["failed_over"].as_u64();
        assert!(moves > Some(0) || down == "KallyAI", "{providers}: {summary}");
        assert_eq!(summary["undecided"], 0, "{providers}: {summary}");
        let ran = run(&["demo", "--providers", providers]);
        assert!(ran.out.contains(&format!("{down} is down")), "{providers}: {}", ran.out);
    }
}

#[test]
fn a_demo_needs_two_different_providers() {
    for providers in ["retell", "vapi,vapi", "kaicalls,kallyai,vapi"] {
        let ran = run(&["demo", "--providers", providers]);
        assert_eq!(ran.code, 2, "{providers}");
        assert!(ran.err.contains("--providers") && ran.err.contains("retell,vapi"), "{}", ran.err);
    }
    let ran = run(&["demo", "--providers", "retell,someone"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("someone"), "{}", ran.err);
}

#[test]
fn a_table_that_is_none_is_bad_input() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("calls.csv");
    std::fs::write(&file, "to,task,colour\n+442079460018,Ask.,red\n").unwrap();
    let ran = run(&["demo", "--calls", file.to_str().unwrap()]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("colour"), "{}", ran.err);
}
