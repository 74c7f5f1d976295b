//! The typed client reads as a reference: every request names its endpoint, its scope, its errors
//! and its source.

use switchboard_testkit::backend::documented_requests;

const SOURCES: [&str; 2] = ["Source: document 004, \"", "Source: official Python SDK 0.1.0, `"];

#[test]
fn every_request_is_documented_whole() {
    let requests = documented_requests(env!("CARGO_MANIFEST_DIR")).unwrap();
    assert!(requests.len() > 40, "the search finds them");
    for request in requests {
        let (name, docs) = (&request.name, &request.docs);
        assert!(request.path.starts_with("/api/v1/"), "{name}");
        assert!(docs.contains("scope"), "{name} names no scope");
        assert!(SOURCES.iter().any(|source| docs.contains(source)), "{name} names no source");
    }
}
