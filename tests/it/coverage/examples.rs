//! The JSON examples of the documents: that each is a fixture.
//!
//! What each fixture is read as, and that it comes back whole, the backends' own tests hold
//! (`answers.rs` and `requests.rs` of KallyAI, `document_004.rs` of KaiCalls); the answers come
//! back through the typed methods in `shown*.rs`.

use std::{fs, path::Path};

use serde_json::Value;
use switchboard_tests::binary::root;

use super::kallyai::order;

/// How many examples each document has: blocks of JSON, and JSON bodies that stand in a block with
/// their request line.
const EXAMPLES: [(&str, &str, usize); 5] = [
    ("kallyai", "000", 6),
    ("kallyai", "001", 2),
    ("kallyai", "002", 81),
    // And a twelfth that is no JSON: `CallCreateRequest`, with the name of another schema in it.
    ("kallyai", "003", 11),
    ("kaicalls", "004", 17),
];

#[test]
fn each_example_of_the_documents_is_a_fixture() {
    for (backend, document, count) in EXAMPLES {
        let fixtures =
            root().join("crates/providers").join(backend).join("tests/fixtures").join(document);
        assert_eq!(values(&fixtures).len(), count, "{document}");
    }
}

fn values(directory: &Path) -> Vec<Value> {
    let files = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    files.map(|path| serde_json::from_slice(&fs::read(path).unwrap()).unwrap()).collect()
}

#[test]
fn the_schema_of_a_call_is_written_out() {
    let written: Value =
        serde_json::from_str(include_str!("../../data/examples/003/calls_create_request.json"))
            .unwrap();
    assert_eq!(serde_json::to_value(order()).unwrap(), written);
}
