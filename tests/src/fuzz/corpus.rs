//! The initial corpus: documented examples, and a few other responses.

use std::{fs, path::Path};

use crate::binary::root;

/// All fixtures of both backends, ordered by name, and a calendar, a stream, an HTML page and a
/// truncated body.
///
/// # Panics
/// If the fixtures cannot be read.
pub fn corpus() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for backend in ["kallyai", "kaicalls"] {
        gather(&root().join("crates/providers").join(backend).join("tests/fixtures"), &mut seeds);
    }
    seeds.extend(OTHERS.map(|text| text.as_bytes().to_vec()));
    seeds
}

fn gather(directory: &Path, seeds: &mut Vec<Vec<u8>>) {
    let mut entries: Vec<_> =
        fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            gather(&path, seeds);
        } else {
            seeds.push(fs::read(path).unwrap());
        }
    }
}

const OTHERS: [&str; 6] = [
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART;TZID=America/New_York:20260214T200000\r\nDTEND:20260214T220000Z\r\n\
     SUMMARY:Dinner\\, at\r\n  eight\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
    "id: 7\nevent: call.started\nretry: 100\ndata: {\"call_id\": \"c1\", \"timestamp\": \"2026-02-13T10:00:00Z\"}\n\n: heartbeat\n\n",
    "<html><body><h1>502 Bad Gateway</h1></body></html>",
    r#"{"error": "Forbidden", "message": "no"}"#,
    r#"{"calls": [{"id": "c1", "created_at": 1771000000, "duration": "12.5"}], "has_more": "true""#,
    r#"{"event": "call.completed", "data": {"call": {"id": "c1", "duration_seconds": 1e3}}, "timestamp": 1771000000123}"#,
];
