//! What a program that embeds the library counts with `Switchboard::record_metrics`.
//!
//! A program of its own: it installs the process's recorder.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::{collections::BTreeMap, time::Duration};

use metrics_util::debugging::{DebugValue, DebuggingRecorder};
use switchboard::{CallRequest, CallStatus, Switchboard};
use switchboard_testkit::{
    SimConfig,
    fault::{Fault, Rule},
};
use switchboard_tests::{KAICALLS_PATH, Sims, Which, wait::within};

const TASK: &str = "Ask the canary whether it sings on Sunday.";

#[tokio::test]
async fn a_placed_a_failed_over_and_a_refused_call_are_counted() {
    let recorder = DebuggingRecorder::new();
    let snapshots = recorder.snapshotter();
    recorder.install().unwrap();

    let sim = || SimConfig::default().seed(0).speed(600.0);
    let sims = Sims::start(sim(), sim()).await;
    let switchboard = Switchboard::builder()
        .provider(sims.provider(Which::KaiCalls, None)) // asked first
        .provider(sims.provider(Which::KallyAi, None))
        .without_calling_rules("The telephones are simulated.")
        .build()
        .unwrap();
    let recording = switchboard.record_metrics();

    let (placed, failed_over, refused) = ("+12125550171", "+12125550172", "+12125550173");
    for (to, code) in [(failed_over, "forbidden"), (refused, "number_on_dnc")] {
        let rule = Rule::on("POST", KAICALLS_PATH, Fault::answer(403, code)).to(to);
        sims.kaicalls.faults().add(rule);
    }
    place(&switchboard, placed, CallStatus::Closed).await;
    place(&switchboard, failed_over, CallStatus::Closed).await;
    place(&switchboard, refused, CallStatus::Refused).await;

    switchboard.shutdown(Duration::from_secs(30)).await;
    drop(switchboard);
    within("everything to be counted", recording).await.unwrap();

    let mut counters = BTreeMap::new();
    let mut times = BTreeMap::new();
    for (key, _, _, value) in snapshots.snapshot().into_vec() {
        let labels: Vec<String> =
            key.key().labels().map(|label| format!("{}={}", label.key(), label.value())).collect();
        let name = format!("{} {}", key.key().name(), labels.join(" "));
        for secret in ["212555", "017", "canary", "acme"] {
            assert!(!name.contains(secret), "{name}");
        }
        match value {
            DebugValue::Counter(count) => drop(counters.insert(name.trim().to_owned(), count)),
            DebugValue::Histogram(values) => drop(times.insert(name, values)),
            DebugValue::Gauge(_) => panic!("there is no gauge: {name}"),
        }
    }
    let events = |kind: &str| counters.get(&format!("switchboard_events_total event={kind}"));
    assert_eq!(
        (events("sent"), events("refused"), events("ended")),
        (Some(&4), Some(&1), Some(&2))
    );
    counters.retain(|name, _| !name.starts_with("switchboard_events_total"));
    let attempts = "switchboard_attempts_total provider";
    let ended = "switchboard_calls_ended_total provider";
    let expected = [
        (format!("{attempts}=kaicalls delivery=placed refusal="), 1),
        (format!("{attempts}=kaicalls delivery=refused refusal=everyone"), 1),
        (format!("{attempts}=kaicalls delivery=refused refusal=this_provider"), 1),
        (format!("{attempts}=kallyai delivery=placed refusal="), 1),
        (format!("{ended}=kaicalls outcome=completed"), 1),
        (format!("{ended}=kallyai outcome=completed"), 1),
        ("switchboard_calls_refused_total kind=blocked".to_owned(), 1),
        ("switchboard_not_placed_total provider=kaicalls next=next".to_owned(), 1),
    ];
    assert_eq!(counters, BTreeMap::from(expected));
    // KallyAI answers when the phone call is over, so that it need not have accepted it before.
    for name in [
        "switchboard_accept_seconds provider=kaicalls",
        "switchboard_call_seconds provider=kaicalls outcome=completed",
        "switchboard_call_seconds provider=kallyai outcome=completed",
    ] {
        let values = times.get(name).expect(name);
        assert_eq!(values.len(), 1, "{name}");
        assert!((0.0..60.0).contains(&values[0].into_inner()), "{values:?}");
    }
}

async fn place(switchboard: &Switchboard, to: &str, expected: CallStatus) {
    let request = CallRequest::new(to, TASK).with(|call| {
        call.tenant = Some("acme".to_owned());
    });
    let call = switchboard.place(&request).await.unwrap();
    let call = within("the end of a call", switchboard.wait(call.id)).await.unwrap();
    assert_eq!(call.status, expected, "{:?}", call.fault);
}
