//! Limits of requests over several replicas.

use std::time::Instant;

use futures::future::join_all;
use switchboard_tests::{serve::http::Answer, wait::eventually};

use crate::support::{get, postgres, servers};

const QUOTA: usize = 90;

/// The `q` of the policy, and what is left.
fn policy(answer: &Answer) -> (usize, usize) {
    let number = |name: &str, start: &str| {
        let text = answer.header(name).unwrap();
        let (_, rest) = text.split_once(start).unwrap();
        rest.split(';').next().unwrap().parse().unwrap()
    };
    (number("ratelimit-policy", "q="), number("ratelimit", "r="))
}

#[tokio::test(flavor = "multi_thread")]
async fn three_replicas_share_a_quota_and_a_dead_one_gives_its_share_back() {
    let adjust = |setting: &mut switchboard_tests::serve::Setting| {
        setting.sections = format!("[server.limits]\nrequests_per_minute = {QUOTA}\n");
    };
    let Some((stage, _)) = postgres(adjust).await else {
        return;
    };
    let (mut servers, addresses) = servers(&stage, 3).await;
    // Each has to know of the others, which it hears of within a second: with other keys, whose
    // quota is their own.
    let other = stage.key(&["--role", "reader"]).await;
    let knows_of = |address: String, processes: usize| {
        let other = other.clone();
        async move {
            eventually("the share to fit the number of replicas", || async {
                let answer = get(&address, &other, "/v1/me").await;
                (policy(&answer).0 == QUOTA / processes).then_some(())
            })
            .await;
        }
    };
    join_all(addresses.iter().map(|address| knows_of(address.clone(), 3))).await;

    let key = stage.key(&["--role", "reader"]).await;
    let began = Instant::now();
    let spend = async |addresses: &[String], requests: usize| {
        let asked = (0..requests).map(|n| get(&addresses[n % addresses.len()], &key, "/v1/me"));
        let answers = join_all(asked).await;
        for answer in &answers {
            let (share, left) = policy(answer);
            assert!(left < share, "{answer:?}");
            assert!(matches!(answer.status, 200 | 429), "{answer:?}");
            assert_eq!(answer.status == 429, answer.header("retry-after").is_some());
        }
        answers.iter().filter(|answer| answer.status == 200).count()
    };
    // What comes back meanwhile, and one more for each replica.
    let allowed = |began: Instant| QUOTA + 3 + began.elapsed().as_secs_f64().ceil() as usize * 2;
    let passed = spend(&addresses, 3 * QUOTA).await;
    assert!((QUOTA - 3..=allowed(began)).contains(&passed), "{passed} of {QUOTA} passed");

    servers.remove(2).kill().await;
    let alive = &addresses[..2];
    join_all(alive.iter().map(|address| knows_of(address.clone(), 2))).await;
    // The share of the dead one is theirs now, and no more than that: what they used stays used.
    let dead = QUOTA / 3;
    let more = spend(alive, 2 * QUOTA).await;
    assert!(more >= dead - 2, "{more} passed where {dead} are given back");
    let all = passed + more;
    assert!(all <= allowed(began) + dead, "{all} passed: {passed}, and {more} after a death");
}
