//! Written tables are read back unchanged, and no spreadsheet evaluates untrusted text.

use std::io;

use proptest::{collection::vec, prelude::*};
use switchboard_table::{Column, Sheet, Writer, harmless, original};

/// What a formula can begin with in spreadsheets.
const BEGINNINGS: [&str; 14] =
    ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "﹦", "﹫", "\u{2212}"];
/// What can precede it in a formula.
const BEFORE: [&str; 8] = ["", " ", "  ", "\u{a0}", "\u{3000}", "\u{200b}", "\u{feff}", "\u{202e}"];

fn written(column: Column, cells: &[&str]) -> String {
    let mut writer = Writer::new(Vec::new(), [column, Column::ours("n")]).unwrap();
    for cell in cells {
        writer.write([*cell, "1"]).unwrap();
    }
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}

/// The first cell of each row, as read by a common reader.
fn as_spreadsheets_see_it(text: &str) -> Vec<String> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.records().map(|row| row.unwrap()[0].to_owned()).collect()
}

#[test]
fn untrusted_text_is_never_a_formula() {
    for before in BEFORE {
        for beginning in BEGINNINGS {
            let cell = format!("{before}{beginning}HYPERLINK(\"http://example.com\", 1)");
            let text = written(Column::others("said"), &[&cell]);
            assert_eq!(as_spreadsheets_see_it(&text), [format!("'{cell}")], "{cell:?}");
            // Trusted content is written unchanged.
            assert_eq!(as_spreadsheets_see_it(&written(Column::ours("said"), &[&cell])), [cell]);
        }
    }
    for cell in ["", "Ask about 1+1", "a=b", "'Tis", "5 - 3", "#1", "(+44) 1"] {
        assert_eq!(as_spreadsheets_see_it(&written(Column::others("said"), &[cell])), [cell]);
    }
    let text = written(Column::others("=name"), &["x"]);
    assert!(text.starts_with("'=name,n\n"), "{text}");
}

#[test]
fn a_row_that_has_not_one_cell_for_each_column_is_not_written() {
    let mut writer = Writer::new(Vec::new(), [Column::ours("a"), Column::others("b")]).unwrap();
    for cells in [&["1"][..], &["1", "2", "3"]] {
        assert_eq!(writer.write(cells).unwrap_err().kind(), io::ErrorKind::InvalidInput);
    }
    writer.write(["1", "2"]).unwrap();
    assert_eq!(writer.into_inner().unwrap(), b"a,b\n1,2\n");
}

fn any_text() -> impl Strategy<Value = String> {
    let beginning = prop_oneof![
        1 => Just(String::new()),
        1 => "'{1,3}",
        3 => (0..BEFORE.len(), 0..BEGINNINGS.len(), "'{0,2}").prop_map(|(before, beginning, marks)| {
            format!("{marks}{}{}", BEFORE[before], BEGINNINGS[beginning])
        }),
    ];
    (beginning, "[a-z=+@'\", ;\r\n\t-]{0,10}").prop_map(|(beginning, text)| beginning + &text)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(500) })]

    #[test]
    fn harmless_text_is_read_back_unchanged(text in any_text()) {
        let safe = harmless(&text);
        prop_assert_eq!(original(&safe), text.as_str());
        // It begins with an apostrophe or with a character that no formula begins with.
        let first = safe.trim_start().chars().next();
        prop_assert!(first.is_none_or(|first| !"=+-@＝＋－＠".contains(first)), "{:?}", safe);
    }

    /// A table that is read, written and read again is the same, so that a file of rejected rows
    /// can be used again.
    #[test]
    fn written_tables_are_read_back_unchanged(cells in vec(any_text(), 1..6)) {
        let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
        let read = |text: &str| -> Vec<String> {
            let sheet = Sheet::read(text.as_bytes()).unwrap();
            sheet.rows().iter().map(|row| row.get(0).unwrap().to_owned()).collect()
        };
        let first = read(&written(Column::others("said"), &cells));
        let wanted: Vec<String> = cells.iter().map(|cell| cell.replace("\r\n", "\n").replace('\r', "\n").trim().to_owned()).collect();
        prop_assert_eq!(&first, &wanted);
        let again: Vec<&str> = first.iter().map(String::as_str).collect();
        prop_assert_eq!(read(&written(Column::others("said"), &again)), wanted);
    }
}
