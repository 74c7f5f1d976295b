//! The formats, detected and declared.

use switchboard_core::Country;
use switchboard_lists::{Column, FaultKind, Format, Options, Reason};

use crate::support::{fault, kind, refusals, taken};

const TWO: [u64; 2] = [14165550123, 14165550124];

#[test]
fn a_format_is_detected_and_reported() {
    let full = "<list type='full' level='ac' val='416'/><ac val='416'><ph val='5550123'/><ph val='5550124'/></ac>";
    let nested = "<?xml version=\"1.0\"?>\r\n<list type=\"full\" level=\"state\" val=\"CA\">\r\n<ac val=\"416\">\r\n<ph val=\"5550123\"/>\r\n<ph val=\"5550124\"></ph></ac></list>";
    let us = |options: &mut Options| options.country = Some(Country::US);
    let none = |_: &mut Options| {};
    type Declares = fn(&mut Options);
    let rows: [(&str, Format, Declares); 15] = [
        ("416,5550123\n416,5550124\n", Format::AreaCodes, none),
        ("416,5550123\r\n416,5550124", Format::AreaCodes, none),
        ("416;5550123\r416;5550124", Format::AreaCodes, none),
        ("\"416\"\t\"5550123\"\n\"416\"\t\"5550124\"\n", Format::AreaCodes, none),
        (full, Format::Xml, none),
        (nested, Format::Xml, none),
        ("4165550123\n4165550124\n", Format::Lines, us),
        ("+14165550123\n+14165550124\n", Format::Lines, none),
        ("+14165550123,\n+14165550124,\n", Format::Lines, none),
        ("Phone\n416-555-0123\n416-555-0124\n", Format::Csv, us),
        ("name,phone\nA,+14165550123\n\"B, C\",+14165550124\n", Format::Csv, none),
        ("Name;Phone Number\r\nA;+14165550123\r\nB;+14165550124\r\n", Format::Csv, none),
        ("sep=;\nname;tel\nA;+14165550123\nB;'+14165550124\n", Format::Csv, none),
        ("name\tmobile\nA\t\"+1 416 555 0123\"\nB\t+14165550124\n", Format::Csv, none),
        ("to\n+14165550123\n\n+14165550124\n", Format::Csv, none),
    ];
    for (file, format, declare) in rows {
        let options = Options::new().with(declare);
        let (numbers, report) = taken(file, &options);
        assert_eq!((report.format, report.files), (format, 1), "{file}");
        assert_eq!((numbers.as_slice(), report.read), (TWO.as_slice(), 2), "{file}");
        let declared = options.with(|options| options.format = Some(format));
        assert_eq!(taken(file, &declared).0, TWO, "{file}");
    }
}

#[test]
fn the_columns_of_the_tps_are_twelve_characters_wide() {
    let file = "0207 9460018\r\n01134960001 \r\n020 79460019\r\n0121 4960002\r\n1134960003  \r\n";
    let (numbers, report) = taken(file, &Options::new());
    assert_eq!((report.format, report.country), (Format::FixedWidth, Some(Country::GB)));
    assert_eq!(numbers, [442079460018, 441134960001, 442079460019, 441214960002, 441134960003]);
    assert!(report.covers.is_empty(), "the file does not say it");
}

#[test]
fn area_codes_that_a_file_states_are_what_it_covers() {
    let rows = [
        ("416,5550123\n212,5550123\n4375550100\n", "+1212,+1416"),
        (
            "<list type='full' level='national'><ac val='212'/><ac val='416'><ph val='5550123'/></ac></list>",
            "+1212,+1416",
        ),
        ("+14165550123", ""),
    ];
    for (file, covers) in rows {
        assert_eq!(taken(file, &Options::new()).1.covers.to_string(), covers, "{file}");
        let declared = Options::new().with(|options| options.covers = "+1,GB".parse().ok());
        assert_eq!(taken(file, &declared).1.covers.to_string(), "+1,GB", "what is declared wins");
    }
}

#[test]
fn a_list_of_changes_is_no_list() {
    let files = [
        "416,5550123\n416,5550124,A,2026-11-01\n",
        "416,5550123,D\n",
        "<list type='change' level='ac' val='416'><ac val='416'><ph val='5550123'/></ac></list>",
        "<list type='full'><ac val='416'><ph val='5550123' chg='D' ts='1'/></ac></list>",
    ];
    for file in files {
        assert_eq!(kind(file, &Options::new()), FaultKind::Changes, "{file}");
    }
}

#[test]
fn an_incomplete_file_is_rejected() {
    let files = [
        ("<list type='full'><ac val='416'><ph val='5550123'/>", FaultKind::Format),
        ("<list type='full'><ac val='416'><ph val='55501", FaultKind::Format),
        ("<html><body>The service is down.</body></html>", FaultKind::Format),
        ("", FaultKind::Empty),
        ("\r\n \r\n", FaultKind::Empty),
        ("phone,name\n+14165550123,\"A\n+14165550124,B\n", FaultKind::Format),
        ("\u{0}\u{1}\u{2}", FaultKind::Format),
    ];
    for (file, expected) in files {
        assert_eq!(kind(file, &Options::new()), expected, "{file}");
    }
}

#[test]
fn a_column_is_found_by_its_name_or_declared() {
    let file = "id,home,office\n4165550100,+14165550123,+12125550123\n";
    let message = fault(file, &Options::new()).to_string();
    assert!(message.contains("id, home, office"), "{message}");
    let column = |column: &str| Options::new().with(|options| options.column = Some(column.into()));
    for (name, number) in [("home", 14165550123), ("OFFICE", 12125550123), ("3", 12125550123)] {
        let (numbers, report) = taken(file, &column(name));
        assert_eq!(numbers, [number], "{name}");
        assert!(report.column.is_some());
    }
    assert_eq!(kind(file, &column("fax")), FaultKind::Column);
    assert_eq!(kind(file, &column("4")), FaultKind::Column);

    let headless = "A,+14165550123,x\nB,+14165550124,y\n,,\n";
    let at = Options::new().with(|options| options.column = Some(Column::At(2)));
    assert_eq!(taken(headless, &at).0, TWO);
    let headless = "17,+14165550123,x\n18,+14165550124,y\n19,+14165550125\n20,123,z\n";
    let (numbers, report) = taken(headless, &at);
    assert_eq!(numbers, TWO);
    assert_eq!(
        refusals(&report),
        [(Reason::TooShort, vec![4]), (Reason::BadRow, vec![3])],
        "lines are counted as in an editor"
    );
    assert_eq!(kind(headless, &Options::new()), FaultKind::Column);
}

#[test]
fn no_message_and_no_report_shows_a_number() {
    let file = "phone,name\n+14165550123 or 4165550124,x\n4165550125,y,z\n1.4E+10,Ada\n";
    let (_, report) = taken(file, &Options::new());
    let shown = format!("{report:?}");
    assert!(!shown.contains("555") && !shown.contains("Ada"), "{shown}");
    let broken = fault("phone\n\"4165550123\n", &Options::new());
    assert!(!format!("{broken:?} {broken}").contains("555"), "{broken}");
}
