//! What lifts a rule: facts, and operators, each only what they may and as long as they may.

use switchboard_core::{
    AgreedTime, Consent, ConsentKind, Purpose, RuleOverride,
    jiff::{SignedDuration, Timestamp},
};
use switchboard_rules::Tables;

use crate::support::{Call, at, hours, stops, to, written};

const NOON: &str = "2026-12-09T17:00Z";

fn marketing() -> Call {
    Call::new(to("+13055550123"), Purpose::Marketing)
}

fn lifting(rule: &str, until: Timestamp) -> RuleOverride {
    RuleOverride {
        rule: rule.to_owned(),
        by: "Ada".to_owned(),
        reason: "a recall".to_owned(),
        until,
    }
}

#[test]
fn consent_counts_while_it_holds_and_for_its_purpose() {
    let tables = Tables::builtin();
    let now = at(NOON);
    let base = || written(now - hours(48));
    let cases: [(&str, Consent, bool); 7] = [
        ("written", base(), true),
        ("spoken", Consent::new(ConsentKind::Express), false),
        ("expired", base().with(|one| one.expires_at = Some(now)), false),
        ("until later", base().with(|one| one.expires_at = Some(now + hours(1))), true),
        ("given later", base().with(|one| one.at = Some(now + hours(1))), false),
        ("for this", base().with(|one| one.purpose = Some(Purpose::Marketing)), true),
        ("for another", base().with(|one| one.purpose = Some(Purpose::Survey)), false),
    ];
    for (name, consent, counts) in cases {
        let request = marketing().with(|call| call.facts.consent = Some(consent.clone()));
        let record = marketing().with(|call| call.history.consents = vec![consent.clone()]);
        // The stronger of two counts, wherever it comes from.
        let both = marketing().with(|call| {
            call.facts.consent = Some(Consent::new(ConsentKind::Express));
            call.history.consents = vec![consent];
        });
        for call in [request, record, both] {
            let decision = call.decide(&tables, now);
            let objects = stops(&decision).contains(&"US-FL-CONSENT");
            assert_eq!(objects, !counts, "{name}: {decision:#?}");
        }
    }
}

#[test]
fn a_consent_that_will_hold_is_waited_for_and_one_that_will_not_is_told() {
    let tables = Tables::builtin();
    let now = at(NOON);
    let later = marketing().with(|call| call.facts.consent = Some(written(now + hours(1))));
    assert_eq!(later.decide(&tables, now).wait_until, Some(now + hours(1)));
    // It expires in the night, before the next opening.
    let evening = at("2026-12-10T02:00Z");
    let expires = marketing().with(|call| {
        call.facts.consent =
            Some(written(now).with(|one| one.expires_at = Some(evening + hours(1))));
    });
    let decision = expires.decide(&tables, evening);
    assert_eq!(decision.wait_until, None, "{decision:#?}");
    let told = decision.findings.last().unwrap();
    assert!(told.message.contains("when it would be time to call"), "{}", told.message);
    assert_eq!(told.needs.as_deref(), Some("consent"));
}

#[test]
fn consent_that_names_hours_opens_these_hours_alone() {
    let tables = Tables::builtin();
    let call = |hours: &str| {
        Call::new(to("+33612345678"), Purpose::Marketing).with(|call| {
            call.facts.consent = Some(
                written(at("2026-12-01T00:00Z")).with(|one| one.hours = Some(hours.to_owned())),
            );
        })
    };
    // The French lunch hour.
    let lunch = at("2026-12-10T12:30Z");
    let objects = |hours: &str| stops(&call(hours).decide(&tables, lunch)).contains(&"FR-HOURS");
    assert!(!objects("mon-fri 13:00-14:00"));
    assert!(objects("mon-fri 09:00-13:30") && objects("sat 13:00-14:00"));
    assert!(objects("whenever"), "hours that nobody can read open nothing");
    let decision = call("mon-fri 13:45-14:00").decide(&tables, lunch);
    assert_eq!(decision.wait_until, Some(at("2026-12-10T12:45Z")));
    assert!(switchboard_rules::check_hours("mon-fri 13:45-14:00; sun 10:00-11:00").is_ok());
    let error = switchboard_rules::check_hours("mon-fri 9-14").unwrap_err();
    assert!(error.message().contains("HH:MM"), "{error}");
}

#[test]
fn a_request_counts_for_thirty_days() {
    let tables = Tables::builtin();
    let asked = at("2026-11-09T17:00Z");
    let call = Call::new(to("+447400123456"), Purpose::Requested)
        .with(|call| call.facts.requested_at = Some(asked));
    let last = asked + hours(30 * 24);
    let objects = |now| stops(&call.decide(&tables, now)).contains(&"P-CONSENT-REQUESTED");
    assert!(!objects(last) && objects(last + SignedDuration::from_nanos(1)));
    assert!(objects(asked - SignedDuration::from_nanos(1)), "it was not made yet");
}

#[test]
fn an_agreed_time_is_waited_for() {
    let tables = Tables::builtin();
    let (from, to_) = (at("2026-12-10T04:30Z"), at("2026-12-10T05:30Z"));
    let call = Call::new(to("+13035550135"), Purpose::Requested).with(|call| {
        call.facts.requested_at = Some(from - hours(2));
        call.facts.agreed_time = Some(AgreedTime { from, to: to_ });
    });
    let early = call.decide(&tables, from - SignedDuration::from_mins(1));
    assert_eq!(stops(&early), ["P-HOURS-REQUESTED"]);
    assert_eq!(early.wait_until, Some(from));
    let late = call.decide(&tables, to_);
    assert_eq!(late.wait_until, Some(at("2026-12-10T15:00Z")));
}

#[test]
fn an_operator_lifts_policies_until_the_end_they_gave() {
    let tables = Tables::builtin();
    let evening = at("2026-12-10T00:30Z");
    let call = |until| {
        marketing().with(|call| {
            call.facts.consent = Some(written(evening - hours(24)));
            call.facts.overrides = vec![lifting("P-HOURS-MARKETING", until)];
        })
    };
    let rest = |until| {
        let decision = call(until).decide(&tables, evening);
        stops(&decision).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert!(rest(evening + hours(1)).is_empty());
    assert_eq!(rest(evening), ["P-HOURS-MARKETING"]);
}

#[test]
fn nobody_lifts_a_statute_or_what_protects_people() {
    let tables = Tables::builtin();
    let now = at(NOON);
    let mut refused = 0;
    for row in tables.rows() {
        let lifted = lifting(&row.id, now + hours(1));
        let result = tables.check_override(&lifted, now);
        let firm = ["P-OPT-OUT", "P-SUPPRESSION", "P-ZONE", "P-AI", "P-RECORDING"]
            .contains(&row.id.as_str());
        assert_eq!(result.is_ok(), row.is_policy() && !firm, "{}", row.id);
        refused += usize::from(result.is_err());
    }
    assert_eq!(refused, 202 + 5);

    let messages = [
        (lifting("P-HOURS", now + hours(1)), "there is no rule \"P-HOURS\""),
        (lifting("US-HOURS", now + hours(1)), "US-HOURS is no policy of this product (47 CFR"),
        (lifting("P-AI", now + hours(1)), "P-AI may not be lifted by anybody"),
        (lifting("P-GAP", now), "the time for which P-GAP is lifted is over"),
        (
            RuleOverride { by: " ".to_owned(), ..lifting("P-GAP", now + hours(1)) },
            "nobody is named",
        ),
        (RuleOverride { reason: String::new(), ..lifting("P-GAP", now + hours(1)) }, "no reason"),
    ];
    for (lifted, expected) in messages {
        let error = tables.check_override(&lifted, now).unwrap_err();
        assert!(error.message().contains(expected), "{error}");
        assert_eq!(error.field(), Some("overrides"));
    }

    // A decision does not heed them either.
    let all = tables.rows().map(|row| lifting(&row.id, now + hours(1))).collect::<Vec<_>>();
    let call = marketing().with(|call| call.history.opted_out = Some(now - hours(1)));
    let without: Vec<_> = call.decide(&tables, now).findings;
    let with = call.with(|call| call.facts.overrides = all).decide(&tables, now);
    let policy = |rule: &str| tables.row(rule).unwrap().is_policy();
    let firm = without.iter().filter(|one| !policy(&one.rule) || one.rule == "P-OPT-OUT");
    let firm: Vec<_> = firm.map(|one| &one.rule).collect();
    assert_eq!(with.findings.iter().map(|one| &one.rule).collect::<Vec<_>>(), firm);
    assert!(with.facts.iter().any(|fact| fact.name == "overrides"));
}

#[test]
fn a_row_that_ends_is_waited_for_in_each_zone() {
    // Closed but for minutes, until the last day of the year where the callee is.
    let text = "id\tjurisdiction\tkind\tpurposes\trule\tunless\teffect\tuntil\tsource\tas_of\n\
                OWN-END\tGB\tquiet_hours\treservation\tmon-sun 03:00-03:01\t\tgate\t2026-12-31\tours\t2026-11-30\n";
    let tables = Tables::builtin().with_rows("own.tsv", text).unwrap();
    let call = |guess: Option<&str>| {
        Call::new(to("+442079460123"), Purpose::Reservation).with(|call| {
            call.facts.callee_timezone = Some("Pacific/Auckland".to_owned());
            call.facts.callee_timezone_guess = guess.map(str::to_owned);
            call.facts.overrides = vec![lifting("P-HOURS-RESERVATION", at("2027-06-01T00:00Z"))];
        })
    };
    let now = at("2026-12-31T09:00Z");
    let waits = |guess| call(guess).decide(&tables, now).wait_until;
    assert_eq!(waits(None), Some(at("2026-12-31T11:00Z")), "midnight in Auckland");
    assert_eq!(waits(Some("Europe/London")), Some(at("2027-01-01T00:00Z")), "and in London");
    // Kiribati is ahead of Auckland.
    assert_eq!(waits(Some("Pacific/Kiritimati")), Some(at("2026-12-31T11:00Z")));
}
