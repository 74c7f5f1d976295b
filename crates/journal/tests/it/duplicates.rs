//! How long a call counts as the first of two.

use switchboard_journal::DuplicateOf;
use switchboard_router::DuplicateWindows;

#[test]
fn no_window_is_longer_than_what_is_remembered() {
    let usual = DuplicateWindows::default();
    assert!(usual.call < usual.batch);
    assert!(
        usual.batch < DuplicateWindows::LONGEST
            && DuplicateWindows::LONGEST < DuplicateOf::REMEMBERED
    );
}
