//! Archives.

use std::io::{Cursor, Write};

use switchboard_lists::{FaultKind, Options, Packed, Reason};

use crate::support::{entries, fault, kind, taken};

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(text).unwrap();
    packed.finish().unwrap()
}

fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut packed = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in files {
        packed.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        packed.write_all(text).unwrap();
    }
    packed.finish().unwrap().into_inner()
}

#[test]
fn archives_are_unpacked() {
    let (numbers, report) = taken(gzip(b"416,5550123\n"), &Options::new());
    assert_eq!((numbers, report.packed), (vec![14165550123], Packed::Gzip));
    let twice = [gzip(b"416,5550123\n"), gzip(b"416,5550124\n")].concat();
    assert_eq!(taken(twice, &Options::new()).0, [14165550123, 14165550124]);

    let several = zip(&[
        ("2026/416.txt", b"416,5550123\r\n416,\r\n"),
        ("__MACOSX/2026/._416.txt", b"\0\0"),
        ("2026/.DS_Store", b"\0\0"),
        ("2026/empty.txt", b""),
        ("2026/212.txt", b"212,5550123\r\n"),
    ]);
    let (numbers, report) = taken(several, &Options::new());
    assert_eq!(
        (numbers, report.packed, report.files),
        (vec![14165550123, 12125550123], Packed::Zip, 2)
    );
    assert_eq!(report.covers.to_string(), "+1212,+1416");
    let place = &report.refused[0].first[0];
    assert_eq!(
        (report.refused[0].reason, place.to_string()),
        (Reason::TooShort, "416.txt, line 2".to_owned())
    );
}

#[test]
fn archives_that_are_no_list_are_rejected() {
    let whole = gzip("416,5550123\n".repeat(1_000).as_bytes());
    assert_eq!(kind(&whole[..whole.len() - 9], &Options::new()), FaultKind::Unreadable, "cut off");
    let whole = zip(&[("a.txt", "416,5550123\n".repeat(1_000).as_bytes())]);
    assert_eq!(kind(&whole[..whole.len() / 2], &Options::new()), FaultKind::Unreadable);
    let sheet = zip(&[("[Content_Types].xml", b"<x/>"), ("xl/workbook.xml", b"<x/>")]);
    assert!(fault(sheet, &Options::new()).to_string().contains("spreadsheet"));
    let mixed = zip(&[("a.txt", b"416,5550123\n"), ("read me.xml", b"<a/>")]);
    let mixed = fault(mixed, &Options::new());
    assert_eq!(
        (mixed.kind, mixed.place.unwrap().member.as_deref()),
        (FaultKind::Format, Some("read me.xml"))
    );
    assert_eq!(kind(zip(&[]), &Options::new()), FaultKind::Empty);
}

#[test]
fn what_unpacks_to_far_more_than_it_is_stops_early() {
    // A megabyte, again and again.
    let line = [[b'1'; 1_023].as_slice(), b"\n"].concat();
    let bomb = gzip(&line.repeat(1 << 10)).repeat(140);
    assert!(bomb.len() < 1 << 20);
    assert_eq!(kind(&bomb, &Options::new()), FaultKind::TooLarge);
    let small = Options::new().with(|options| options.most_bytes = 1_000);
    assert_eq!(kind(gzip("416,5550123\n".repeat(100).as_bytes()), &small), FaultKind::TooLarge);
    // A plain file is as large as it is.
    assert!(entries("416,5550123\n".repeat(100), &small).is_ok());
}
