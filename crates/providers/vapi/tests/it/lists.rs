//! Lists of calls: filters, and pages without a cursor of the provider.

use futures::TryStreamExt;
use jiff::Timestamp;
use serde_json::{Value, json};
use switchboard_core::{
    CallFilter, CallListsExt, CallRequest, ErrorKind, PageRequest, Provider, ProviderCall,
};
use switchboard_testkit::backend::Asked;

use crate::{
    reading::record,
    support::{
        CALLEE, Server, number, order, plain_order, provider_at,
        sim::{over, quick, started},
    },
};

/// Rows of a server that pages as the document says: by the time of creation and a number of rows.
pub(crate) fn page_of(rows: &[Value], asked: &Asked) -> String {
    let at = |name: &str| asked.get(name).and_then(|at| at.parse::<Timestamp>().ok());
    let created = |row: &Value| row["createdAt"].as_str().unwrap().parse::<Timestamp>().unwrap();
    let limit = asked.get("limit").map_or(100, |limit| limit.parse().unwrap());
    let mut rows: Vec<&Value> = rows
        .iter()
        .filter(|row| at("createdAtGe").is_none_or(|at| created(row) >= at))
        .filter(|row| at("createdAtLe").is_none_or(|at| created(row) <= at))
        .filter(|row| at("createdAtLt").is_none_or(|at| created(row) < at))
        .collect();
    rows.sort_by_key(|row| std::cmp::Reverse(created(row)));
    rows.truncate(limit);
    serde_json::to_string(&rows).unwrap()
}

/// So many rows, several of them of one moment.
pub(crate) fn many(count: usize, of_one_moment: usize) -> Vec<Value> {
    let began: Timestamp = "2026-11-29T12:00:00Z".parse().unwrap();
    (0..count)
        .map(|nth| {
            let mut row = record(&format!("call-{nth}"));
            let after = std::time::Duration::from_millis((nth / of_one_moment) as u64);
            row["createdAt"] = json!(began.checked_add(after).unwrap().to_string());
            row
        })
        .collect()
}

#[tokio::test]
async fn the_filters_are_sent_and_checked_again() {
    // A server that ignores every filter.
    let server = Server::answering(200, json!([record("call-1")]).to_string()).await;
    let provider = provider_at(&server);
    let lists = provider.lists().unwrap();
    let at = |text: &str| text.parse::<Timestamp>().ok();
    let filter = CallFilter {
        since: at("2026-11-29T12:00:00Z"),
        until: at("2026-11-29T12:00:00.001Z"),
        agent: Some("assistant-1".into()),
        reference: Some("a-1".to_owned()),
        to: Some(number(CALLEE)),
    };
    let page = PageRequest { limit: Some(5000), cursor: None };
    let found = lists.list(&filter, &page).await.unwrap();
    assert_eq!((found.items.len(), found.next), (1, None));
    let query: Vec<_> = server.only().query.into_iter().collect();
    let expected = [
        ("assistantId", "assistant-1"),
        ("createdAtGe", "2026-11-29T12:00:00Z"),
        ("createdAtLt", "2026-11-29T12:00:00.001Z"),
        ("limit", "1000"),
    ];
    assert_eq!(query, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let others = [
        CallFilter { since: at("2026-11-29T12:00:00.001Z"), ..CallFilter::default() },
        CallFilter { until: at("2026-11-29T12:00:00Z"), ..CallFilter::default() },
        CallFilter { agent: Some("assistant-2".into()), ..CallFilter::default() },
        CallFilter { reference: Some("a-2".to_owned()), ..CallFilter::default() },
        CallFilter { to: Some(number("+12125550124")), ..CallFilter::default() },
    ];
    for filter in others {
        let all: Vec<ProviderCall> = lists.all(filter.clone()).try_collect().await.unwrap();
        assert!(all.is_empty(), "{filter:?}");
    }
}

#[tokio::test]
async fn every_row_is_shown_once_whatever_the_page_and_the_moments() {
    for of_one_moment in [1, 2, 5] {
        let rows = many(13, of_one_moment);
        let server = Server::start(move |asked| (200, page_of(&rows, asked))).await;
        let provider = provider_at(&server);
        for limit in [1, 2, 3, 13, 100] {
            let mut cursor = None;
            let mut seen = Vec::new();
            loop {
                let page = PageRequest { limit: Some(limit), cursor };
                let lists = provider.lists().unwrap();
                let answer = lists.list(&CallFilter::default(), &page).await.unwrap();
                assert!(answer.items.is_sorted_by(|a, b| a.created_at >= b.created_at));
                seen.extend(answer.items.into_iter().map(|call| call.id.as_str().to_owned()));
                cursor = answer.next;
                if cursor.is_none() {
                    break;
                }
            }
            assert_eq!(seen.len(), 13, "{limit} rows a page, {of_one_moment} at once: {seen:?}");
            seen.sort();
            seen.dedup();
            assert_eq!(seen.len(), 13, "{limit} rows a page, {of_one_moment} at once");
        }
    }
}

#[tokio::test]
async fn a_list_that_does_not_move_on_is_an_error_and_not_an_end() {
    // It ignores the time, so each page is the first one; and rows without a time cannot be paged.
    let mut timeless = record("call-1");
    timeless["createdAt"] = json!(null);
    let rows = [json!(many(3, 1)), json!([timeless, timeless])];
    for rows in rows {
        let server = Server::answering(200, rows.to_string()).await;
        let provider = provider_at(&server);
        let lists = provider.lists().unwrap();
        let first = PageRequest { limit: Some(2), cursor: None };
        let error = match lists.list(&CallFilter::default(), &first).await {
            Ok(page) => {
                let second = PageRequest { limit: Some(2), cursor: page.next };
                lists.list(&CallFilter::default(), &second).await.unwrap_err()
            }
            Err(error) => error,
        };
        assert_eq!(error.kind(), ErrorKind::Decode);
    }
    let server = Server::answering(200, "[]").await;
    let page = PageRequest { limit: None, cursor: Some("nonsense".to_owned()) };
    let provider = provider_at(&server);
    let error = provider.lists().unwrap().list(&CallFilter::default(), &page).await.unwrap_err();
    assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidRequest, Some("cursor")));
    assert!(server.asked().is_empty());
}

#[tokio::test]
async fn a_list_that_cannot_be_read_is_not_an_empty_one() {
    for body in ["{}", "null", r#"{"results":[]}"#, "[1]", "[null]", "[[]]", "\"\"", ""] {
        let server = Server::answering(200, body).await;
        let provider = provider_at(&server);
        let list =
            provider.lists().unwrap().list(&CallFilter::default(), &PageRequest::default()).await;
        assert_eq!(list.unwrap_err().kind(), ErrorKind::Decode, "{body}");
        let traced = provider.calls().trace(&plain_order(), Timestamp::UNIX_EPOCH).await;
        assert_eq!(traced.unwrap_err().kind(), ErrorKind::Decode, "{body}");
        let agents = provider.agents().unwrap().list().await;
        assert_eq!(agents.unwrap_err().kind(), ErrorKind::Decode, "{body}");
        let numbers = provider.numbers().unwrap().list().await;
        assert_eq!(numbers.unwrap_err().kind(), ErrorKind::Decode, "{body}");
    }
}

#[tokio::test]
async fn more_calls_than_a_page() {
    let (simulator, provider) = started(quick()).await;
    let mut placed = Vec::new();
    for nth in 1..=7 {
        let request = CallRequest::new(format!("+1212555{:04}", 100 + nth), "Confirm");
        let call = provider.calls().place(&order(request)).await.unwrap();
        over(&provider, &call.id).await;
        placed.push(call.id);
    }
    assert_eq!(simulator.rings().len(), placed.len());
    let mut cursor = None;
    let mut seen = Vec::new();
    loop {
        let page = PageRequest { limit: Some(2), cursor };
        let answer = provider.lists().unwrap().list(&CallFilter::default(), &page).await.unwrap();
        seen.extend(answer.items.into_iter().map(|call| call.id));
        cursor = answer.next;
        if cursor.is_none() {
            break;
        }
    }
    placed.sort();
    seen.sort();
    assert_eq!(seen, placed);
}
