//! The example file does what its comments say.
#![cfg(all(feature = "kallyai", feature = "kaicalls"))]

use std::path::PathBuf;

use jiff::Timestamp;
use switchboard::{
    CallRequest, Config, Plan,
    core::Purpose,
    router::{self, Snapshot},
};

fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../switchboard.example.toml")
}

fn example() -> Config {
    Config::from_file(path()).unwrap_or_else(|error| panic!("{error}"))
}

fn request(
    to: &str,
    agent: Option<&str>,
    language: Option<&str>,
    tag: Option<&str>,
) -> CallRequest {
    CallRequest::new(to, "Ask whether they are open on Sunday.").with(|call| {
        call.agent = agent.map(str::to_owned);
        call.language = language.map(str::to_owned);
        call.tags = tag.map(str::to_owned).into_iter().collect();
    })
}

fn now() -> Timestamp {
    "2026-11-20T10:00:00Z".parse().unwrap()
}

fn plan(config: &Config, request: &CallRequest) -> Plan {
    config.plan(&request.validate(now()).unwrap(), now(), 7).unwrap()
}

/// `kallyai 0.18 USD, then kaicalls 0.24 USD; not …: reason`.
fn line(plan: &Plan) -> String {
    let candidates: Vec<_> = plan
        .candidates
        .iter()
        .map(|one| {
            one.estimated_cost.map_or_else(
                || format!("{} unknown", one.provider),
                |cost| format!("{} {cost}", one.provider),
            )
        })
        .collect();
    let rejected =
        plan.rejected.iter().map(|one| format!("; not {}: {}", one.provider, one.rejection.code()));
    candidates.join(", then ") + &rejected.collect::<String>()
}

#[test]
fn it_makes_a_policy_without_any_credential() {
    let policy = example().policy().unwrap();
    policy.check().unwrap();
    let names: Vec<_> = policy.providers.iter().map(|one| one.info.id.as_str()).collect();
    assert_eq!(names, ["kallyai", "kaicalls"], "the order of the file is the order of preference");
    assert_eq!(policy.providers[0].deck.len(), 9);
    assert_eq!(policy.providers[1].deck.len(), 4);
}

#[test]
fn plans_are_what_the_comments_claim() {
    let config = example();
    let cases = [
        (
            "+12015550123",
            None,
            None,
            Some("north-america"),
            "kallyai 0.18 USD, then kaicalls 0.24 USD",
        ),
        (
            "+12015550123",
            Some("receptionist"),
            None,
            Some("north-america"),
            "kaicalls 0.12 USD, then kallyai 0.165 USD",
        ),
        (
            "+12015550123",
            None,
            Some("es"),
            Some("spanish"),
            "kallyai 0.18 USD; not kaicalls: not_on_route",
        ),
        (
            "+15062345678",
            None,
            None,
            Some("north-america"),
            "kallyai 0.18 USD, then kaicalls 0.24 USD",
        ),
        ("+442079460123", None, None, Some("london"), "kaicalls 0.32 USD, then kallyai 0.21 USD"),
        ("+447400123456", None, None, None, "kallyai 0.27 USD, then kaicalls 0.44 USD"),
        ("+33123456789", None, None, None, "kallyai 0.21 USD; not kaicalls: country_not_supported"),
        (
            "+390612345678",
            None,
            None,
            None,
            "kallyai 0.24 USD; not kaicalls: country_not_supported",
        ),
        (
            "+33123456789",
            Some("table-booking"),
            None,
            Some("tables"),
            "kallyai 0.21 USD; not kaicalls: not_on_route",
        ),
        (
            "+81312345678",
            None,
            None,
            None,
            "; not kallyai: country_not_supported; not kaicalls: country_not_supported",
        ),
    ];
    for (to, agent, language, route, expected) in cases {
        let plan = plan(&config, &request(to, agent, language, None));
        assert_eq!(
            (plan.route.as_deref(), line(&plan).as_str()),
            (route, expected),
            "{to} {agent:?} {language:?}"
        );
    }
}

#[test]
fn every_claim_of_the_comments_is_covered_above() {
    let text = std::fs::read_to_string(path()).unwrap();
    let here = include_str!("example_file.rs");
    let claims: Vec<_> = text.lines().filter_map(|line| line.strip_prefix("#     --to ")).collect();
    assert_eq!(claims.len(), 8);
    for claim in claims {
        let number = claim.split(' ').next().unwrap();
        assert!(here.contains(number), "{claim}");
        for priced in ["kallyai 0", "kaicalls 0"] {
            if let Some((_, rest)) = claim.split_once(priced) {
                let price = rest.split(' ').next().unwrap();
                assert!(here.contains(&format!("{priced}{price} USD")), "{claim}");
            }
        }
    }
}

#[test]
fn urgent_calls_take_their_own_route_and_reminders_are_split_in_half() {
    let config = example();
    let urgent = plan(&config, &request("+12015550123", None, None, Some("urgent")));
    assert_eq!(urgent.route.as_deref(), Some("urgent"));

    let policy = config.policy().unwrap();
    let split = |request: &CallRequest| {
        router::plan(
            &request.validate(now()).unwrap(),
            &Snapshot { policy: &policy, readings: &[], draw: 7, quality: None, experiments: None },
            now(),
        )
    };
    let mut arms = [0, 0];
    for person in 0..400 {
        let reminder =
            request(&format!("+1201555{:04}", 100 + person), None, None, Some("reminder"));
        let first = split(&reminder);
        let again = split(&reminder);
        let assigned = first.experiment.clone().unwrap();
        assert_eq!(first, again, "a person keeps his arm");
        let (at, provider) = if assigned.arm == "a" { (0, "kallyai") } else { (1, "kaicalls") };
        assert_eq!(first.candidates[0].provider.as_str(), provider);
        assert_eq!(first.candidates.len(), 2, "the other provider stays behind as the backup");
        arms[at] += 1;
    }
    assert!(arms.iter().all(|count| (150..=250).contains(count)), "{arms:?}");
}

#[test]
fn documented_limits_leave_a_margin() {
    let plan = plan(&example(), &request("+12015550123", None, None, None));
    let headroom: Vec<_> = plan
        .candidates
        .iter()
        .map(|one| (one.provider.as_str(), one.headroom.unwrap().of))
        .collect();
    assert_eq!(headroom, [("kallyai", 28), ("kaicalls", 57)]);
}

#[test]
fn a_configuration_that_is_changed_in_code_makes_another_policy() {
    let mut config = example();
    let before = config.policy().unwrap();
    config.providers.swap_indices(0, 1);
    let swapped = config.policy().unwrap();
    assert_eq!(swapped.providers[0].info.id, before.providers[1].info.id);
    config.routing.currency = "no currency".to_owned();
    assert!(config.policy().is_err());
}

#[test]
fn how_long_a_mistake_is_one_is_what_the_file_says() {
    let windows = |more: &str| {
        let text = std::fs::read_to_string(path()).unwrap();
        let (before, rest) = text.split_once("[duplicates]\n").unwrap();
        let after = rest.split_once("\n\n").unwrap().1;
        let config = Config::from_toml(&format!("{before}{more}\n\n{after}")).unwrap();
        let windows = config.policy().unwrap().duplicates;
        (windows.call.as_secs(), windows.batch.as_secs())
    };
    let usual = example().policy().unwrap().duplicates;
    assert_eq!(usual, router::DuplicateWindows::default());
    assert_eq!(windows(""), (600, 43_200));
    assert_eq!(windows("[duplicates]\ncall_minutes = 1\nbatch_hours = 168"), (60, 604_800));
}

#[test]
fn every_profile_says_why_it_calls() {
    let policy = example().policy().unwrap();
    for (agent, tag, purpose) in [
        (None, None, Purpose::Reservation),
        (Some("receptionist"), None, Purpose::Transactional),
        (Some("table-booking"), None, Purpose::Reservation),
        (Some("receptionist"), Some("call-back"), Purpose::Requested),
    ] {
        let call = request("+12015550123", agent, None, tag).validate(now()).unwrap();
        assert_eq!(policy.facts_for(&call).purpose, Some(purpose), "{agent:?} {tag:?}");
    }
    assert_eq!(policy.profile_facts.len(), policy.profiles.len());
    assert_eq!(policy.rules, router::RuleSettings::default());
}
