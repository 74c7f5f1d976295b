//! Time zones come from the database in the binary, not from the machine.

use std::{fs, path::Path, process::Command};

use jiff::{Timestamp, civil::date, tz::Offset};
use switchboard_core::{CallRequest, time_zone};

const CHILD: &str = "SWITCHBOARD_TEST_ZONES";

/// A time zone file that is always UTC.
fn utc() -> Vec<u8> {
    let head = |version: u8, counts: [u32; 6]| {
        let mut head = b"TZif".to_vec();
        head.push(version);
        head.extend([0; 15]);
        head.extend(counts.into_iter().flat_map(u32::to_be_bytes));
        head
    };
    let block = [0, 0, 0, 0, 0, 0, b'U', b'T', b'C', 0];
    let counts = [0, 0, 0, 0, 1, 4];
    let mut file = head(b'2', counts);
    file.extend(block);
    file.extend(head(b'2', counts));
    file.extend(block);
    file.extend(b"\nUTC0\n");
    file
}

fn write(directory: &Path, zone: &str) {
    let file = directory.join(zone);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, utc()).unwrap();
}

fn offset(zone: &str, day: jiff::civil::Date) -> Offset {
    let zone = time_zone(zone).unwrap();
    let noon = day.at(12, 0, 0, 0).to_zoned(zone).unwrap();
    noon.offset()
}

#[test]
fn the_time_zone_database_of_the_machine_is_ignored() {
    if std::env::var_os(CHILD).is_some() {
        // The files of the machine are wrong for these zones.
        assert_eq!(offset("Europe/London", date(2026, 7, 1)), Offset::constant(1));
        assert_eq!(offset("America/New_York", date(2026, 1, 15)), Offset::constant(-5));
        assert_eq!(offset("america/new_york", date(2026, 1, 15)), Offset::constant(-5));
        assert!(time_zone("Mars/Olympus").is_err(), "the machine's database is not asked");
        let mut request = CallRequest::new("+442079460123", "Say hello.");
        request.timezone = Some("Mars/Olympus".to_owned());
        assert!(request.validate(Timestamp::now()).is_err());
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    for zone in ["Europe/London", "America/New_York", "Mars/Olympus"] {
        write(directory.path(), zone);
    }
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "zones::the_time_zone_database_of_the_machine_is_ignored", "--nocapture"])
        .env(CHILD, "1")
        .env("TZDIR", directory.path())
        .env("TZ", "Mars/Olympus")
        .output()
        .unwrap();
    let shown = String::from_utf8_lossy(&child.stdout);
    assert!(
        child.status.success() && shown.contains("1 passed"),
        "{shown}{}",
        String::from_utf8_lossy(&child.stderr)
    );
}

#[test]
fn the_built_in_database_has_the_changes_of_2026() {
    for (zone, summer, winter) in
        [("America/Vancouver", -7, -7), ("America/Edmonton", -6, -6), ("America/Winnipeg", -5, -5)]
    {
        assert_eq!(offset(zone, date(2026, 7, 1)), Offset::constant(summer), "{zone}");
        assert_eq!(offset(zone, date(2027, 1, 15)), Offset::constant(winter), "{zone}");
        assert_eq!(offset(zone, date(2027, 7, 1)), Offset::constant(summer), "{zone}");
    }
    // Other zones still change their clocks.
    assert_eq!(offset("America/New_York", date(2027, 7, 1)), Offset::constant(-4));
}
