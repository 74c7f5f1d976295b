//! Cursors fit one list with its filters, and say nothing.

use switchboard_api::{Code, Secrets, ServerSecret, cursor::Cursors};

fn cursors(secret: u8) -> Cursors {
    Cursors::new(&Secrets::new(ServerSecret::new([secret; 32])))
}

#[test]
fn a_cursor_opens_with_the_same_list_only() {
    let ours = cursors(1);
    let position = [5_u8; 16];
    let cursor = ours.seal(&[b"calls", b"acme"], &position);
    assert_eq!(ours.open(&[b"calls", b"acme"], &cursor).unwrap(), position);
    for other in [&[&b"calls"[..], b"other"][..], &[b"call", b"sacme"], &[b"callsacme"], &[]] {
        let problem = ours.open(other, &cursor).unwrap_err();
        assert_eq!(problem.code(), Code::CursorInvalid);
    }
    assert!(cursors(2).open(&[b"calls", b"acme"], &cursor).is_err());
}

#[test]
fn whatever_is_changed_or_long_is_refused() {
    let ours = cursors(1);
    let cursor = ours.seal(&[b"calls"], &77_u64.to_be_bytes());
    for index in 0..cursor.len() {
        let mut bytes = cursor.clone().into_bytes();
        bytes[index] = if bytes[index] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(bytes).unwrap();
        assert!(ours.open(&[b"calls"], &changed).is_err(), "{changed}");
    }
    for text in ["", "A", "ä", &"A".repeat(10_000)] {
        assert!(ours.open(&[b"calls"], text).is_err());
    }
}

#[test]
fn neighbours_do_not_look_alike() {
    let ours = cursors(1);
    let [one, next] = [77_u64, 78].map(|at| ours.seal(&[b"events"], &at.to_be_bytes()));
    let same = one.bytes().zip(next.bytes()).filter(|(one, next)| one == next).count();
    assert!(same < one.len() / 2, "{one} {next}");
}

#[test]
fn a_former_secret_still_opens() {
    let old = cursors(1).seal(&[b"calls"], &[1]);
    let secrets = Secrets::new(ServerSecret::new([2; 32]));
    let rotated = Cursors::new(&secrets.with_former(ServerSecret::new([1; 32])));
    assert_eq!(rotated.open(&[b"calls"], &old).unwrap(), [1]);
    assert_ne!(rotated.seal(&[b"calls"], &[1]), old);
}
