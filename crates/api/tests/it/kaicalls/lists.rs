//! Lists of calls, page by page.

use std::{
    collections::HashSet,
    sync::{Arc, atomic::Ordering},
};

use http::StatusCode;
use serde_json::Value;

use super::server::{BUSY, COMPLETED, LONG, NO_ANSWER, Server, WholeSeconds};

fn calls(body: &Value) -> &[Value] {
    body["calls"].as_array().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_never_ends_between_two_calls_of_the_same_time() {
    let clock = WholeSeconds::default();
    let server = Server::with(Arc::new(clock.clone()), |_| {}).await;
    let key = server.key("acme").await;
    let mut placed = HashSet::new();
    for number in 0..24 {
        // Eight each of three seconds, or almost: the clock goes on.
        clock.ahead.store(number / 8, Ordering::SeqCst);
        let to = format!("+120155502{number:02}");
        let answer = server.place(&key, &to, &server.call(&to)).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
        placed.insert(answer.body["id"].as_str().unwrap().to_owned());
    }
    for limit in [1, 2, 5, 100] {
        let (mut seen, mut after, mut pages) = (Vec::new(), String::new(), 0);
        loop {
            let page = server.get(&format!("calls?limit={limit}{after}"), &key).await;
            assert_eq!(page.status, StatusCode::OK, "{}", page.text);
            let of_page = calls(&page.body);
            seen.extend(of_page.iter().map(|one| {
                let text = |name: &str| one[name].as_str().unwrap().to_owned();
                (text("created_at"), text("id"))
            }));
            pages += 1;
            if page.body["has_more"] == false {
                break;
            }
            assert!(of_page.len() >= limit, "a page that is not the last one is full");
            after = format!("&after={}", seen.last().unwrap().0);
        }
        let times: HashSet<&String> = seen.iter().map(|(time, _)| time).collect();
        assert!(times.len() >= 3 && times.len() < 24, "{times:?}");
        assert!(pages <= times.len() && (limit > 1 || pages == times.len()), "{pages} of {limit}");
        assert!(seen.is_sorted_by(|one, next| one.0 >= next.0), "newest first");
        let ids: HashSet<String> = seen.iter().map(|(_, id)| id.clone()).collect();
        assert_eq!((seen.len(), ids), (24, placed.clone()), "each call once, with {limit} a page");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_filtered_by_status_agent_and_time() {
    let server = Server::start().await;
    let key = server.key("acme").await;
    let mut ids = Vec::new();
    for to in [COMPLETED, NO_ANSWER, BUSY] {
        let over = server.finished(&key, to, &server.call(to)).await;
        ids.push(over["id"].as_str().unwrap().to_owned());
    }
    let mut other = server.call(COMPLETED);
    other["agent_id"] = "backup".into();
    let over = server.finished(&key, "other", &other).await;
    ids.push(over["id"].as_str().unwrap().to_owned());

    let agent = server.kaicalls.agent_id();
    let cases = [
        ("calls?status=completed".to_owned(), vec![3, 0]),
        ("calls?status=no-answer".to_owned(), vec![1]),
        ("calls?status=busy&limit=500".to_owned(), vec![2]),
        ("calls?status=failed".to_owned(), vec![]),
        ("calls?status=ringing".to_owned(), vec![]),
        (format!("calls?agent_id={agent}"), vec![2, 1, 0]),
        (format!("calls?agent_id={agent}&status=completed"), vec![0]),
        ("calls?agent_id=backup".to_owned(), vec![3]),
        ("calls?agent_id=nobody".to_owned(), vec![]),
        ("calls?after=2020-01-01T00:00:00Z".to_owned(), vec![]),
        ("calls?color=green".to_owned(), vec![3, 2, 1, 0]),
    ];
    for (path, wanted) in cases {
        let page = server.get(&path, &key).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text);
        let found: Vec<&str> =
            calls(&page.body).iter().map(|one| one["id"].as_str().unwrap()).collect();
        let wanted: Vec<&str> =
            wanted.into_iter().map(|index: usize| ids[index].as_str()).collect();
        assert_eq!((found, &page.body["has_more"]), (wanted, &Value::Bool(false)), "{path}");
        assert!(!page.text.contains("2015550"), "a list does not say who was called");
    }
    for path in
        ["calls?limit=0", "calls?limit=many", "calls?after=now", "calls?status=green", "calls?id="]
    {
        let page = server.get(path, &key).await;
        assert_eq!((page.status.as_u16(), page.code()), (400, "invalid_request"), "{path}");
    }
    let unknown = server.get("calls?id=uuid-call789", &key).await;
    assert_eq!((unknown.status.as_u16(), unknown.code()), (404, "not_found"));
    let stranger = server.key("other").await;
    assert!(calls(&server.get("calls", &stranger).await.body).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_under_way_is_queued_or_in_progress() {
    let server = Server::start().await;
    let key = server.key("acme").await;
    let placed = server.place(&key, "one", &server.call(LONG)).await;
    let word = placed.body["status"].as_str().unwrap().to_owned();
    assert!(["queued", "in-progress"].contains(&&*word), "{}", placed.text);
}
