//! The header `Idempotency-Key`.

use http::{HeaderMap, HeaderValue};
use switchboard_api::{Code, idempotency::RequestKey};

fn read(value: &str) -> Result<String, Code> {
    let mut headers = HeaderMap::new();
    headers.insert("idempotency-key", HeaderValue::from_bytes(value.as_bytes()).unwrap());
    RequestKey::required(&headers).map(|key| key.as_str().to_owned()).map_err(|it| it.code())
}

#[test]
fn a_key_is_bare_or_quoted() {
    assert_eq!(read("5f0c1b7f-6b1e").as_deref(), Ok("5f0c1b7f-6b1e"));
    assert_eq!(read("\"5f0c1b7f-6b1e\"").as_deref(), Ok("5f0c1b7f-6b1e"));
    assert_eq!(read(r#""with \"quotes\" and \\""#).as_deref(), Ok(r#"with "quotes" and \"#));
    assert_eq!(read("two words").as_deref(), Ok("two words"));
    assert_eq!(read(&"k".repeat(255)).map(|key| key.len()), Ok(255));
}

#[test]
fn what_is_no_key_is_refused() {
    for wrong in ["", "\"\"", "\"open", "\"a\" b", "\" a\"", r#""a\x""#, "ä", &"k".repeat(256)] {
        assert_eq!(read(wrong), Err(Code::IdempotencyKeyInvalid), "{wrong:?}");
    }
    let missing = RequestKey::required(&HeaderMap::new()).unwrap_err();
    assert_eq!(missing.code(), Code::IdempotencyKeyMissing);
    let mut twice = HeaderMap::new();
    twice.append("idempotency-key", HeaderValue::from_static("a"));
    twice.append("idempotency-key", HeaderValue::from_static("a"));
    assert_eq!(RequestKey::required(&twice).unwrap_err().code(), Code::IdempotencyKeyInvalid);
}
