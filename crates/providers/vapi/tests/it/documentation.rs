//! The typed client reads as a reference: every request names its endpoint, its errors and its
//! source.

use switchboard_testkit::backend::documented_requests;

#[test]
fn every_request_is_documented_whole() {
    let requests = documented_requests(env!("CARGO_MANIFEST_DIR")).unwrap();
    assert!(requests.len() > 10, "the search finds them");
    for request in requests {
        assert!(request.docs.contains("Source: OpenAPI, that path."), "{}: source", request.name);
    }
}
