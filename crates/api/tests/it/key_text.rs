//! The text of API keys.

use switchboard_api::caller::{BadKey, KeyText};

fn key() -> KeyText {
    KeyText::of(&[7; 16], &[9; 32])
}

#[test]
fn a_key_has_its_documented_shape_and_is_read_back() {
    let key = key();
    let text = key.expose();
    assert_eq!(text.len(), 3 + 12 + 1 + 43 + 6);
    assert!(text.starts_with("sb_"));
    let read = KeyText::parse(text).expect("the key was made a line above");
    assert_eq!(read.id(), key.id());
    assert!(read.has_hash(&key.secret_hash()));
    assert_eq!(key.id().as_str().len(), 12);
}

#[test]
fn every_changed_character_is_noticed() {
    let text = key().expose().to_owned();
    for index in 0..text.len() {
        let mut bytes = text.clone().into_bytes();
        let other = if bytes[index] == b'A' { b'B' } else { b'A' };
        bytes[index] = other;
        let changed = String::from_utf8(bytes).expect("it is ASCII");
        assert_eq!(KeyText::parse(&changed).err(), Some(BadKey), "at {index}");
    }
    for cut in 0..text.len() {
        assert_eq!(KeyText::parse(&text[..cut]).err(), Some(BadKey));
    }
    assert_eq!(KeyText::parse(&format!("{text}a")).err(), Some(BadKey));
    assert_eq!(KeyText::parse("sb_ä").err(), Some(BadKey));
}

#[test]
fn random_keys_differ_and_are_not_printed() {
    let (one, other) = (KeyText::random().unwrap(), KeyText::random().unwrap());
    assert_ne!(one.id(), other.id());
    assert_ne!(one.secret_hash(), other.secret_hash());
    let shown = format!("{one:?}");
    let secret = &one.expose()[16..];
    assert!(shown.contains(one.id().as_str()) && !shown.contains(secret), "{shown}");
    assert!(!one.has_hash(&other.secret_hash()));
}
