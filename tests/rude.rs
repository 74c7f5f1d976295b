//! The program against providers that are rude: one row for each script of the simulators, played
//! at either provider.
//!
//! Whatever a provider says, nothing that the program prints, logs or keeps holds a key, nothing
//! that it prints or logs holds a whole number, and nothing of it is obeyed by a terminal. What
//! else a script must not bring about is in its row.
//!
//! A row in `PENDING` does not hold yet: the test names it and leaves it out. With `RUDE=pending`
//! before `cargo test -p switchboard-tests --test rude` these are played and what is wrong is said;
//! with `RUDE=EchoesKey` the scripts whose names begin so.
//!
//! A program of its own: each row starts the real binary and gives it a few seconds, which other
//! tests running at the same time could use up.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr)]

use std::{io::Write, time::Duration};

use futures::{StreamExt, stream};
use serde_json::Value;
use switchboard_testkit::rude::{NO, Rudeness};
use switchboard_tests::{
    Which, binary,
    rude::{Behind, Stage, shown},
};

/// What a row finds wrong.
type Wrong = Vec<String>;

/// Rows that do not hold yet.
const PENDING: &[(Rudeness, Which)] = &[];

/// Requests that would place a call, at one provider for one ring: the first and three repeats.
const MOST_POSTS: usize = 4;
/// What KaiCalls documents for a minute, and longer than any of these looks takes.
const MOST_READS: usize = 300;
/// In how many calls the budget of [`BUDGET`] is spent.
const CALLS_IN_BUDGET: usize = 3;
const BUDGET: &str = "[[budgets]]\nname = \"all\"\nlimit = \"0.50\"\nper = \"day\"\n";

macro_rules! hold {
    ($wrong:ident, $holds:expr, $($what:tt)+) => {
        if !$holds {
            $wrong.push(format!($($what)+));
        }
    };
}

async fn play(rudeness: Rudeness, which: Which) -> Wrong {
    match rudeness {
        Rudeness::ComeAgainAtOnce
        | Rudeness::ComeAgainLongAgo
        | Rudeness::ComeAgainLongAgoRfc850
        | Rudeness::ComeAgainLongAgoAsctime
        | Rudeness::ComeAgainSometime => come_again(rudeness, which).await,
        Rudeness::PaysBack | Rudeness::ChargesAMillionfold => bills(rudeness, which).await,
        Rudeness::TellsOfAnother => another(rudeness, which).await,
        Rudeness::NamesWithControls => controls_in_ids(rudeness, which).await,
        Rudeness::EndlessList | Rudeness::SixtyThousandRows | Rudeness::OnePageOfEverything => {
            lists(rudeness, which).await
        }
        Rudeness::SaysNoInSuccess | Rudeness::ErrsInSuccess | Rudeness::HtmlInSuccess => {
            no_in_success(rudeness, which).await
        }
        Rudeness::EchoesKey
        | Rudeness::EscapesKey
        | Rudeness::KeyNotInUtf8
        | Rudeness::KeyAsId
        | Rudeness::SpellsNumber
        | Rudeness::NumberAsId
        | Rudeness::PaintsTerminal => words(rudeness, which, 1).await,
        Rudeness::EchoesKeyInRefusal
        | Rudeness::EscapesKeyInRefusal
        | Rudeness::KeyNotInUtf8InRefusal
        | Rudeness::SpellsNumberInRefusal
        | Rudeness::PaintsInRefusal => words(rudeness, which, 0).await,
        other => vec![format!("{other:?} has no row")],
    }
}

/// Everything that the program can show of what happened, into pipes and on a terminal.
async fn look_around(stage: &mut Stage) {
    let ids: Vec<String> = stage
        .calls()
        .await
        .iter()
        .filter_map(|call| call["id"].as_str().map(str::to_owned))
        .collect();
    stage.run(&["calls", "list"]).await;
    stage.look(&["calls", "list"]).await;
    if let Some(id) = ids.last() {
        stage.run(&["calls", "show", id]).await;
        stage.run(&["calls", "show", id, "--json"]).await;
        stage.look(&["calls", "show", id]).await;
    }
    stage.run(&["agents", "list"]).await;
    stage.look(&["agents", "list"]).await;
    stage.look(&["providers"]).await;
    stage.run(&["usage", "records", "--limit", "20"]).await;
}

/// What no script may bring about.
fn kept_to_itself(stage: &Stage) -> Wrong {
    let secrets = stage.secrets();
    let mut wrong: Wrong = stage.runs.iter().flat_map(|ran| shown(ran, &secrets)).collect();
    for ran in stage.runs.iter().filter(|ran| ran.code == Some(101)) {
        wrong.push(format!("`{}` panicked: {}", ran.what, ran.err));
    }
    if stage.ledger_holds_a_key() {
        wrong.push("the ledger keeps a key".to_owned());
    }
    wrong
}

/// Another provider is asked first; and where there is none, the same one a bounded number of
/// times.
async fn come_again(rudeness: Rudeness, which: Which) -> Wrong {
    let mut wrong = Wrong::new();
    let mut stage = Stage::set(which, Some(rudeness), Behind::Polite, "").await;
    let (code, _) = stage.call(0).await;
    let sent = (stage.rude_posts(), stage.polite_posts(), stage.rings());
    hold!(wrong, code == Some(0), "with another provider behind it the call ends with {code:?}");
    hold!(wrong, sent == (1, 1, 1), "posts there, posts behind it and rings are {sent:?}");
    look_around(&mut stage).await;
    wrong.extend(kept_to_itself(&stage));

    let mut alone = Stage::set(which, Some(rudeness), Behind::Nobody, "").await;
    let (code, call) = alone.call(0).await;
    let posts = alone.rude_posts();
    hold!(wrong, (1..=MOST_POSTS).contains(&posts), "{posts} posts for one ring");
    hold!(wrong, code == Some(3), "alone the call ends with {code:?}: {}", call["status"]);
    hold!(wrong, alone.rings() == 0, "a phone rang");
    wrong.extend(kept_to_itself(&alone));
    wrong
}

/// As many calls fit into a budget as with bills that somebody can mean.
async fn bills(rudeness: Rudeness, which: Which) -> Wrong {
    let mut wrong = Wrong::new();
    for script in [None, Some(rudeness)] {
        let mut stage = Stage::set(which, script, Behind::Nobody, BUDGET).await;
        for n in 0..CALLS_IN_BUDGET + 3 {
            stage.call_with(n, &["--wait"], None).await;
        }
        let rings = stage.rings();
        hold!(wrong, rings == CALLS_IN_BUDGET, "{script:?}: {rings} calls fit into the budget");
        if script.is_some() {
            look_around(&mut stage).await;
            wrong.extend(kept_to_itself(&stage));
        }
    }
    wrong
}

/// The call stays open: what was said of another says nothing of it.
async fn another(rudeness: Rudeness, which: Which) -> Wrong {
    let mut wrong = Wrong::new();
    let mut stage = Stage::set(which, Some(rudeness), Behind::Polite, "").await;
    stage.call_with(0, &["--wait"], Some(Duration::from_secs(20))).await;
    let asked = stage
        .requests()
        .iter()
        .filter(|one| {
            one.method == "GET"
                && (one.path.starts_with("/v1/calls/") || one.query.starts_with("id="))
        })
        .count();
    hold!(wrong, asked > 0, "the record was never asked for");
    let calls = stage.calls().await;
    let status = calls.last().map_or(&Value::Null, |call| &call["status"]);
    hold!(wrong, status == "in_progress", "the call is {status}");
    let sent = (stage.rude_posts(), stage.polite_posts(), stage.rings());
    hold!(wrong, sent == (1, 0, 1), "posts there, posts behind it and rings are {sent:?}");
    look_around(&mut stage).await;
    wrong.extend(kept_to_itself(&stage));
    wrong
}

/// No request goes to another path than the one that was meant.
async fn controls_in_ids(rudeness: Rudeness, which: Which) -> Wrong {
    let mut wrong = Wrong::new();
    let mut stage = Stage::set(which, Some(rudeness), Behind::Polite, "").await;
    stage.call_with(0, &["--wait"], Some(Duration::from_secs(12))).await;
    look_around(&mut stage).await;
    let sent = (stage.rude_posts(), stage.polite_posts(), stage.rings());
    hold!(wrong, sent == (1, 0, 1), "posts there, posts behind it and rings are {sent:?}");
    for one in stage.requests() {
        let astray = one.path.starts_with("/v1/calls/") || one.path.ends_with("/me");
        hold!(wrong, !astray, "{} {} was asked for", one.method, one.path);
    }
    wrong.extend(kept_to_itself(&stage));
    wrong
}

/// The call stays in doubt, nobody else is asked, and the look for it has an end.
async fn lists(rudeness: Rudeness, which: Which) -> Wrong {
    let mut wrong = Wrong::new();
    let mut stage = Stage::set(which, Some(rudeness), Behind::Polite, "").await;
    let (code, _) = stage.call(0).await;
    hold!(wrong, code == Some(5), "the call ends with {code:?}");
    let sent = (stage.rude_posts(), stage.polite_posts(), stage.rings());
    hold!(wrong, sent == (1, 0, 1), "posts there, posts behind it and rings are {sent:?}");
    let reads = stage.reads();
    hold!(wrong, reads <= MOST_READS, "{reads} reads in one look");
    look_around(&mut stage).await;
    for ran in stage.runs.iter().filter(|ran| ran.code.is_none()) {
        wrong.push(format!("`{}` ran into a limit of memory or time", ran.what));
    }
    wrong.extend(kept_to_itself(&stage));
    wrong
}

/// Nobody else is asked, the provider's words are kept, and an operator can end it.
async fn no_in_success(rudeness: Rudeness, which: Which) -> Wrong {
    let mut wrong = Wrong::new();
    let mut stage = Stage::set(which, Some(rudeness), Behind::Polite, "").await;
    let (code, call) = stage.call(0).await;
    hold!(wrong, matches!(code, Some(0 | 5)), "the call ends with {code:?}: {}", call["status"]);
    let sent = (stage.rude_posts(), stage.polite_posts(), stage.rings());
    hold!(wrong, sent == (1, 0, 0), "posts there, posts behind it and rings are {sent:?}");
    look_around(&mut stage).await;
    let Some(id) =
        stage.calls().await.last().and_then(|call| call["id"].as_str().map(str::to_owned))
    else {
        wrong.push("no call is kept".to_owned());
        return wrong;
    };
    let told = stage.run(&["calls", "show", &id]).await.out.contains(NO);
    hold!(wrong, told, "the provider's words are lost");
    let resolve =
        ["calls", "resolve", &id, "--verdict", "not-placed", "--note", "asked them", "--by", "ops"];
    let ran = stage.run(&resolve).await;
    hold!(
        wrong,
        ran.code == Some(0),
        "it cannot be resolved as not placed: {}",
        last_line(&ran.err)
    );
    let calls = stage.calls().await;
    let status = calls.last().map_or(&Value::Null, |call| &call["status"]);
    hold!(wrong, status == "refused" || status == "closed", "resolved, the call is {status}");
    hold!(wrong, stage.polite_posts() == 0, "resolving it called somebody");
    wrong.extend(kept_to_itself(&stage));
    wrong
}

/// What a provider says is said nowhere as it came.
async fn words(rudeness: Rudeness, which: Which, rings: usize) -> Wrong {
    let mut wrong = Wrong::new();
    let mut stage = Stage::set(which, Some(rudeness), Behind::Nobody, "").await;
    stage.call_with(0, &["--wait"], Some(Duration::from_secs(12))).await;
    look_around(&mut stage).await;
    let to = switchboard_tests::callee(1);
    stage.look(&["call", "--to", &to, "--task", "Ask whether the shop is open."]).await;
    wrong.extend(kept_to_itself(&stage));
    let sent = (stage.rude_posts(), stage.rings());
    hold!(wrong, sent.1 <= 2 * rings && sent.0 <= 2, "posts and rings of two calls are {sent:?}");
    wrong
}

fn last_line(text: &str) -> &str {
    text.trim_end().lines().last().unwrap_or_default()
}

/// Past the test harness, which keeps what a test that passes prints.
fn say(text: &str) {
    std::io::stderr().write_all(format!("{text}\n").as_bytes()).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rude_provider_gets_nothing_and_breaks_nothing() {
    binary::switchboard();
    let only = std::env::var("RUDE").unwrap_or_default();
    let rows =
        Rudeness::ALL.iter().flat_map(|rudeness| Which::BOTH.map(|which| (*rudeness, which)));
    let (pending, chosen): (Vec<_>, Vec<_>) = rows
        .filter(|row| match only.as_str() {
            "pending" => PENDING.contains(row),
            only => format!("{:?}", row.0).starts_with(only),
        })
        .partition(|row| only.is_empty() && PENDING.contains(row));
    assert!(!chosen.is_empty(), "no script begins with {only:?}");
    for (rudeness, which) in pending {
        say(&format!("pending: {rudeness:?} at {}", which.id()));
    }
    let played: Vec<_> = stream::iter(chosen)
        .map(|row| async move { (row, play(row.0, row.1).await) })
        .buffered(4)
        .collect()
        .await;
    let mut broken = Vec::new();
    for (row, wrong) in played {
        let what = format!("{:?} at {}:\n  {}", row.0, row.1.id(), wrong.join("\n  "));
        match (wrong.is_empty(), PENDING.contains(&row)) {
            (true, false) => {}
            (true, true) => say(&format!("pending, and holds now: {:?} at {}", row.0, row.1.id())),
            (false, true) => say(&format!("pending: {what}")),
            (false, false) => broken.push(what),
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}
