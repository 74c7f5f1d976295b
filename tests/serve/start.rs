//! How long a start takes, by what the ledger holds and what a dead process left.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use futures::{StreamExt, stream};
use switchboard::{
    CallId, CallRequest, Journal, Ledger, ProviderId,
    core::{Attempt, AttemptId, Outcome, ProviderCall, ProviderCallId, ProviderState},
    jiff::Timestamp,
    journal::{NewCall, Write, state::Fact},
    uuid::Uuid,
};
use switchboard_tests::{callee, serve::Stage};

use crate::support::{get, postgres, servers};

/// Where a call stands when its process dies.
#[derive(Debug, Clone, Copy)]
enum Left {
    Unsent,
    Sent,
    InProgress,
    Over,
}

/// Writes a call as a process would, up to there.
async fn leave(journal: &Arc<dyn Journal>, n: usize, at: Left) {
    let now = Timestamp::now();
    let request = CallRequest::new(callee(n), "Ask.").with(|call| {
        call.allow_duplicate = true;
        call.tags = vec!["kaicalls".to_owned()];
    });
    let request = Arc::new(request.validate(now).unwrap());
    let call = CallId::new(Uuid::now_v7());
    journal.open(NewCall::new(call, request, now)).await.unwrap();
    let provider = ProviderId::new("kaicalls".to_owned());
    let attempt = Attempt::new(AttemptId::new(Uuid::now_v7()), provider, Uuid::now_v7(), now);
    let id = attempt.id;
    let told = |state| {
        let theirs = ProviderCallId::new(format!("left-{call}"));
        let report = ProviderCall::new(attempt.provider.clone(), theirs, state, "a word");
        Fact::Answered(id, Box::new(report))
    };
    let answer = match at {
        Left::Unsent => return,
        Left::Sent => None,
        Left::InProgress => Some(told(ProviderState::InProgress)),
        Left::Over => Some(told(ProviderState::Ended(Outcome::Completed))),
    };
    let mut facts = vec![
        Fact::Admitted { estimated_cost: None, experiment: None, plan: None },
        Fact::Intended(Box::new(attempt)),
        Fact::Claimed(id),
        Fact::Sent(id),
    ];
    facts.extend(answer);
    journal.write(call, Write { facts, ..Write::default() }, now).await.unwrap();
}

/// So many calls by a process that is gone afterwards.
async fn left_behind(url: &str, from: usize, calls: impl IntoIterator<Item = Left>) -> usize {
    let ledger = Ledger::postgres(url, None).await.unwrap();
    let journal = ledger.journal();
    let calls = calls.into_iter().enumerate();
    let written = stream::iter(calls)
        .map(|(n, at)| leave(&journal, from + n, at))
        .buffer_unordered(32)
        .count()
        .await;
    drop(journal);
    drop(ledger);
    written
}

/// How long it takes from the start of the process to its being ready.
async fn start(stage: &Stage) -> Duration {
    let began = Instant::now();
    let (server, _) = servers(stage, 1).await;
    let took = began.elapsed();
    assert_eq!(get(&server[0].admin_address(), "", "/readyz").await.status, 200);
    server.into_iter().next().unwrap().terminate(Duration::from_secs(60)).await.unwrap();
    took
}

/// Calls that were never sent wait for a limit, so that all of them still stand in line when the
/// process is ready.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "fills a ledger with tens of thousands of calls"]
async fn a_start_costs_what_may_have_rung_and_not_what_the_ledger_holds() {
    let Some((stage, url)) = postgres(|setting| {
        setting.lease_seconds = 1;
        setting.sections.push_str(
            "[callers.each]\nplace_requests = 1\nplace_window_seconds = 100\nconcurrent_calls = 1000\n",
        );
    })
    .await
    else {
        return;
    };
    let mut table = vec![("nothing".to_owned(), start(&stage).await)];
    let mut settled = 0;
    for more in [10_000, 90_000] {
        settled += left_behind(&url, 0, (0..more).map(|_| Left::Over)).await;
        table.push((format!("{settled} calls that are over"), start(&stage).await));
        let left = (0..600).map(|_| Left::Unsent);
        left_behind(&url, 0, left).await;
        tokio::time::sleep(Duration::from_secs(2)).await;
        table.push(("and 600 that were never sent".to_owned(), start(&stage).await));
        let from = 1_000 + settled / 100;
        let left = (0..600).map(|n| if n % 2 == 0 { Left::Sent } else { Left::InProgress });
        left_behind(&url, from, left).await;
        tokio::time::sleep(Duration::from_secs(2)).await;
        table.push(("and 600 that may have rung".to_owned(), start(&stage).await));
    }
    for (what, took) in &table {
        println!("{:>6} ms  {what}", took.as_millis());
    }
    let (first, last) = (table[0].1, table[table.len() - 1].1);
    assert!(last < first * 3 + Duration::from_secs(5), "{first:?} and {last:?}");
}
