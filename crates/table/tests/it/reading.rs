//! Which files are accepted, and which are rejected with their line. The tables of files define the
//! rules.

use std::io::{self, Read};

use proptest::{collection::vec, prelude::*};
use switchboard_table::{
    Breaks, Fault, FaultKind, LONGEST_CELL, LONGEST_ROW, Meaning, Reader, Row, Sheet, nearest,
};

fn sheet(text: &[u8]) -> Sheet {
    Sheet::read(text).unwrap_or_else(|fault| panic!("{}: {fault}", String::from_utf8_lossy(text)))
}

fn fault(text: &[u8]) -> Fault {
    match Sheet::read(text) {
        Ok(sheet) => panic!("was taken: {}: {sheet:?}", String::from_utf8_lossy(text)),
        Err(fault) => fault,
    }
}

/// The cells of each row, with its line.
fn cells(text: &[u8]) -> Vec<(u64, Vec<String>)> {
    let sheet = sheet(text);
    let rows = sheet.rows().iter();
    rows.inspect(|row| assert_eq!(row.fault(), None, "{}", String::from_utf8_lossy(text)))
        .map(|row| (row.line(), row.cells().map(str::to_owned).collect()))
        .collect()
}

fn expected(rows: &[(u64, &[&str])]) -> Vec<(u64, Vec<String>)> {
    let owned = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect();
    rows.iter().map(|(line, cells)| (*line, owned(cells))).collect()
}

#[test]
fn a_table_is_read_the_same_however_it_was_saved() {
    let plain = "to,task,agent\n+441234567,Ask,a\n+441234568,Tell,b\n";
    let wanted: Vec<Vec<String>> =
        cells(plain.as_bytes()).into_iter().map(|(_, cells)| cells).collect();
    assert_eq!(wanted.len(), 2);
    let quoted: String =
        plain.lines().map(|line| format!("\"{}\"\n", line.replace(',', "\",\""))).collect();
    for text in [
        format!("\u{feff}{plain}"),
        plain.replace('\n', "\r\n"),
        plain.replace('\n', "\r"),
        format!("\u{feff}{}", plain.replace('\n', "\r\n")),
        plain.trim_end().to_owned(),
        plain.replace(',', ";"),
        plain.replace(',', "\t"),
        plain.replace(',', "\t").replace('\n', "\r\n"),
        format!("sep=;\r\n{}", plain.replace(',', ";").replace('\n', "\r\n")),
        format!("\"sep=;\"\n{}", plain.replace(',', ";")),
        plain.replace(',', " , "),
        quoted.clone(),
        quoted.replace('"', " \" ").replace("\"  ,", "\",").replace(",  \"", ",\""),
        format!("\n\n{plain}\n\n"),
        plain.replace('\n', "\n\n"),
        plain.replace('\n', "\n,,\n"),
        plain.replace('\n', "\n , \" \",  \n   \n"),
        plain.replace('\n', ",,,\n"),
        plain.replace("\n+", "\n '+"),
    ] {
        let sheet = sheet(text.as_bytes());
        assert_eq!(sheet.header().names().collect::<Vec<_>>(), ["to", "task", "agent"], "{text:?}");
        let read: Vec<Vec<String>> =
            cells(text.as_bytes()).into_iter().map(|(_, cells)| cells).collect();
        assert_eq!(read, wanted, "{text:?}");
    }
}

#[test]
fn rows_have_the_line_numbers_of_an_editor() {
    for (text, rows) in [
        ("to,task\n1,a\n2,b\n", vec![(2, vec!["1", "a"]), (3, vec!["2", "b"])]),
        ("\n\nto,task\r\n\r\n1,a\r\n,\r\n2,b", vec![(5, vec!["1", "a"]), (7, vec!["2", "b"])]),
        ("to,task\r1,a\r\r2,b\r", vec![(2, vec!["1", "a"]), (4, vec!["2", "b"])]),
        // A multi-line cell counts all its lines.
        ("to,task\n1,\"a\n\nb\"\n2,c\n", vec![(2, vec!["1", "a\n\nb"]), (5, vec!["2", "c"])]),
        (
            "to,\"the\ntask\"\r\n1,\"a\r\nb\"\r\n2,c\r\n",
            vec![(3, vec!["1", "a\nb"]), (5, vec!["2", "c"])],
        ),
        // A row that begins with # is a normal row.
        (
            "to,task\n# 1,a\n#2,b\n\"#3\",c\n",
            vec![(2, vec!["# 1", "a"]), (3, vec!["#2", "b"]), (4, vec!["#3", "c"])],
        ),
    ] {
        let rows: Vec<(u64, &[&str])> =
            rows.iter().map(|(line, cells)| (*line, cells.as_slice())).collect();
        assert_eq!(cells(text.as_bytes()), expected(&rows), "{text:?}");
    }
}

#[test]
fn cells_are_what_was_written_into_them() {
    for (cell, read) in [
        ("\"a, b\"", "a, b"),
        ("\"say \"\"hello\"\"\"", "say \"hello\""),
        ("\"\"\"\"", "\""),
        ("  \" a \"  ", "a"),
        ("5\" pipe", "5\" pipe"),
        ("\"first\r\nsecond\rthird\"", "first\nsecond\nthird"),
        ("\"- bread, milk, eggs\n- butter, salt\"", "- bread, milk, eggs\n- butter, salt"),
        (
            "\"offer:\n2026-11-29, 14:00\n2026-11-30, 15:00\"",
            "offer:\n2026-11-29, 14:00\n2026-11-30, 15:00",
        ),
        (
            "\"call back on 555-1234, ask\nfor Bob, please\"",
            "call back on 555-1234, ask\nfor Bob, please",
        ),
        ("'=1+1", "=1+1"),
        ("'Tis", "'Tis"),
        ("\u{a0}wide\u{a0}", "wide"),
    ] {
        let text = format!("to,task\n+441234567,{cell}\n+441234568,x\n");
        let rows = cells(text.as_bytes());
        assert_eq!((rows[0].1[1].as_str(), rows.len()), (read, 2), "{text:?}");
    }
}

/// A file, the line and kind of the error, and parts of the message and of the fix.
const REFUSED: &[(&[u8], u64, FaultKind, &str, &str)] = &[
    // Encodings.
    (b"\xff\xfet\0o\0\n\0", 1, FaultKind::Encoding, "is UTF-16", "CSV UTF-8"),
    (b"\xfe\xff\0t\0o\0\n", 1, FaultKind::Encoding, "is UTF-16", "CSV UTF-8"),
    (b"t\0o\0,\0", 1, FaultKind::Encoding, "NUL", "CSV UTF-8"),
    (b"to,task\n1,Caf\xe9\n", 2, FaultKind::Encoding, "is not text in UTF-8", "CSV UTF-8"),
    (b"to,task\n1,\"a\nCaf\xe9\"\n", 3, FaultKind::Encoding, "is not text in UTF-8", "CSV UTF-8"),
    (b"PK\x03\x04\x14\0\x06\0\n", 1, FaultKind::Encoding, ".xlsx", "CSV UTF-8"),
    (b"\xd0\xcf\x11\xe0\xa1\n", 1, FaultKind::Encoding, ".xls", "CSV UTF-8"),
    // Headers.
    (b"", 1, FaultKind::Empty, "is empty", "names the columns"),
    (b"\xef\xbb\xbf\r\n ,,\n", 1, FaultKind::Empty, "is empty", "names the columns"),
    (
        b"+441234567,Ask\n+441234568,Tell\n",
        1,
        FaultKind::Header,
        "does not name the columns",
        "above it",
    ),
    (b"to,,task\n1,2,3\n", 1, FaultKind::Header, "no name for column 2", "name it"),
    (b"to|task\n1|2\n", 1, FaultKind::Header, "has '|'", "commas, semicolons or tabs"),
    (b"\"to,task\n+441234567,Ask\n", 1, FaultKind::Quote, "not closed", "close it"),
    // An unclosed quote that extends to the end of the file or to a quote of another row.
    (b"to,task\n1,a\n\n2,\"b\n3,c\n4,d\n", 4, FaultKind::Quote, "not closed", "close it"),
    (b"to,task\n1,\"a\nb\n", 2, FaultKind::Quote, "not closed", "close it"),
    (b"to,task,x\n1,\"a\nb\",\"c\nd\n", 3, FaultKind::Quote, "not closed", "close it"),
    (b"to,task\n1,\"a\n2,\"b\"\n", 2, FaultKind::Quote, "on line 3", "close it where"),
    (b"to,task\n1,\"a\n2,b\n3,\"c, d\"\n", 2, FaultKind::Quote, "on line 4", "close it where"),
    (b"task,to\n\"a,1\n\"b\",2\n", 2, FaultKind::Quote, "on line 3", "close it where"),
    (b"to,task\n1,\"a\"b\n", 2, FaultKind::Quote, "behind its closing quote", "\"\""),
    (b"to,task\n1,\"a\" \"b\"\n", 2, FaultKind::Quote, "behind its closing quote", "\"\""),
    // It extends to a quote of another row that is not followed by text: the cell contains whole
    // rows.
    (
        b"to,task\n+441234567,\"Ask\n+441234568,Say \"\n+441234569,c\n",
        2,
        FaultKind::Quote,
        "rows became part of the cell",
        "close it",
    ),
    (
        b"to,task\n+441234567,\"Ask\n+441234568,b\n+441234569,a 5\"\n",
        2,
        FaultKind::Quote,
        "rows became part of the cell",
        "without line breaks",
    ),
    (
        b"task;to\n\nAsk;0301234567\n\"Ask;0301234568\nPipe of 5\";0301234569\n",
        4,
        FaultKind::Quote,
        "rows became part of the cell",
        "close it",
    ),
    (
        b"name,task,to\nAnn,\"Ask,+441234567\nBob,5\",+441234568\n",
        2,
        FaultKind::Quote,
        "rows became part of the cell",
        "close it",
    ),
    (
        b"to,task\n\"'+44 1234 567\",\"Ask\r\n\"\"+44 1234 568\"\",Tell\"\r\n",
        2,
        FaultKind::Quote,
        "rows became part of the cell",
        "close it",
    ),
];

#[test]
fn what_could_lose_a_row_is_rejected_with_its_line() {
    for (text, line, kind, wrong, fix) in REFUSED {
        let shown = String::from_utf8_lossy(text);
        let fault = fault(text);
        assert_eq!((fault.line, fault.kind), (*line, *kind), "{shown}: {fault}");
        assert!(fault.message.contains(wrong) && fault.message.contains(fix), "{shown}: {fault}");
        assert!(!fault.to_string().contains("4123456"), "a number is repeated: {fault}");
    }
}

#[test]
fn a_row_with_too_many_or_too_few_cells_is_kept_with_its_fault() {
    for (row, cells, fix) in [
        ("1", 1, "write the commas"),
        ("1,2", 2, "write the commas"),
        ("1,2,3,4", 4, "quote what has a comma"),
        ("1,2,3,,5", 5, "quote what has a comma"),
        ("1,2,3,", 4, "remove cells that belong to no column"),
        ("# only words", 1, "begins with #"),
    ] {
        let sheet = sheet(format!("a,b,c\n1,2,3\n{row}\n1,2,3\n").as_bytes());
        let [before, misfit, behind] = sheet.rows() else { panic!("{row}") };
        assert!(before.fault().is_none() && behind.fault().is_none(), "{row}");
        let fault = misfit.fault().expect(row);
        assert_eq!(
            (fault.kind, fault.line, misfit.cells().len()),
            (FaultKind::Cells, 3, cells),
            "{fault}"
        );
        assert!(fault.message.contains("3 columns") && fault.message.contains(fix), "{fault}");
        assert_eq!((misfit.number(), misfit.get(0)), (2, row.split(',').next()));
    }
    // Cells of unnamed columns have to be empty.
    let sheet = sheet(b"a,b,,\n1,2,,\n1,2,3,\n1,2\n");
    let faults: Vec<_> = sheet.rows().iter().map(|row| row.fault().is_some()).collect();
    assert_eq!(faults, [false, true, true]);
}

#[test]
fn column_names_ignore_spelling_and_the_nearest_name_is_suggested() {
    const KNOWN: [&str; 4] = ["to", "task", "callee_name", "appointment.date"];
    let read = |header: &str| {
        let text = format!("{header}\n");
        let reader = Reader::new(text.as_bytes(), Breaks::Allowed).unwrap();
        reader.header().columns(KNOWN, |name| {
            if switchboard_table::alike(name, "notes") {
                return Meaning::Ignored;
            }
            let known = KNOWN.iter().position(|known| switchboard_table::alike(known, name));
            known.map_or(Meaning::Unknown, Meaning::Is)
        })
    };
    for header in [
        "to,task,callee_name,notes",
        "TO, Task ,Callee Name,Notes",
        "\"To\";\"TASK\";\"callee-name\";\"No tes\"",
    ] {
        assert_eq!(read(header).unwrap(), [Some(0), Some(1), Some(2), None], "{header}");
    }
    assert_eq!(read("notes,notes,to").unwrap(), [None, None, Some(0)]);
    for (header, at, told) in [
        ("to,taks", 1, "\"taks\" is not known: did you mean \"task\"?"),
        ("to,TASKS", 1, "\"TASKS\" is not known: did you mean \"task\"?"),
        ("calle name,to", 0, "did you mean \"callee_name\"?"),
        ("apointment.date", 0, "did you mean \"appointment.date\"?"),
        (
            "to,colour",
            1,
            "\"colour\" is not known: call it to, task, callee_name, appointment.date",
        ),
        (
            "to,task,Callee Name,callee-name",
            3,
            "has the column \"callee-name\" twice (columns 3 and 4): take one out",
        ),
        ("# my list", 0, "begins with #, which is no comment"),
    ] {
        let faults = read(header).unwrap_err();
        let [only] = faults.as_slice() else { panic!("{header}: {faults:?}") };
        let kind = match told.contains("twice") {
            true => FaultKind::SameColumn,
            false => FaultKind::UnknownColumn,
        };
        assert_eq!((only.line, only.cell, only.kind), (1, Some(at), kind), "{only}");
        assert!(only.message.contains(told), "{only}");
    }
    assert_eq!(read("taks,x,y").unwrap_err().len(), 3);
    assert_eq!(nearest("tsak", KNOWN), Some("task"));
    assert_eq!(nearest("at", KNOWN), None);
}

#[test]
fn cells_and_rows_have_a_maximum_length() {
    let long = "x".repeat(LONGEST_CELL);
    assert_eq!(cells(format!("to,task\n1,{long}\n").as_bytes()).len(), 1);
    for text in [
        format!("to,task\n1,{long}x\n"),
        format!("to,task\n1,\"{}\n{long}\"\n", "x"),
        format!("to,task\n1,\"{}", "a\n".repeat(LONGEST_CELL)),
    ] {
        let fault = fault(text.as_bytes());
        assert_eq!((fault.line, fault.kind), (2, FaultKind::TooLong), "{fault}");
        assert!(fault.message.contains("quote that is not closed"), "{fault}");
    }
    let wide = ["x".repeat(LONGEST_CELL).as_str(); 9].join(",");
    assert!(wide.len() > LONGEST_ROW);
    let fault = fault(format!("a,b,c,d,e,f,g,h,i\n1,,,,,,,,\n{wide}\n").as_bytes());
    assert_eq!((fault.line, fault.kind), (3, FaultKind::TooLong), "{fault}");
}

#[test]
fn without_line_breaks_an_error_affects_one_row() {
    let text = "prefix,name,rate\n44,\"UK,1\n1,\"US\",2\n33,\"FR\"x,3\n49,\"D\nE\",4\n34,ES,5\n";
    let mut reader = Reader::new(text.as_bytes(), Breaks::Refused).unwrap();
    let (mut row, mut read) = (Row::new(), Vec::new());
    loop {
        match reader.read(&mut row) {
            Ok(false) => break,
            Ok(true) => read.push((row.line(), true, None)),
            Err(fault) => read.push((fault.line, false, fault.cell)),
        }
    }
    let wanted = [
        (2, false, Some(1)),
        (3, true, None),
        (4, false, Some(1)),
        (5, false, Some(1)),
        (6, false, None),
        (7, true, None),
    ];
    assert_eq!(read, wanted);
}

/// Returns a few bytes at a time, and ends with the given result.
struct Slow<'a> {
    rest: &'a [u8],
    step: usize,
    torn: bool,
}

impl Read for Slow<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.step.min(self.rest.len()).min(buffer.len());
        if count == 0 && self.torn {
            return Err(io::Error::other("the disk is gone"));
        }
        let (now, later) = self.rest.split_at(count);
        buffer[..count].copy_from_slice(now);
        self.rest = later;
        Ok(count)
    }
}

#[test]
fn a_truncated_file_is_an_error() {
    let torn = Slow { rest: b"to,task\n1,a\n2,b", step: 4, torn: true };
    let fault = Sheet::read(torn).unwrap_err();
    assert_eq!((fault.line, fault.kind), (3, FaultKind::Unreadable));
    assert!(fault.message.contains("the disk is gone"));
}

fn any_cell() -> impl Strategy<Value = String> {
    "[a-zé0-9=+@#'\", ;\n\t-]{0,12}".prop_map(|cell| cell.trim().to_owned())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    /// Compares with another reader that follows the common rules.
    #[test]
    fn what_a_common_writer_writes_is_read_as_a_common_reader_reads_it(
        rows in vec(vec(any_cell(), 3), 1..8), crlf in any::<bool>(), which in 0_usize..3, step in 1_usize..9,
    ) {
        let terminator = if crlf { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') };
        let delimiter = b",;\t"[which];
        let mut writer = csv::WriterBuilder::new().terminator(terminator).delimiter(delimiter).from_writer(Vec::new());
        writer.write_record(["a", "b", "c"]).unwrap();
        for row in &rows {
            writer.write_record(row).unwrap();
        }
        let text = writer.into_inner().unwrap();
        let mut common = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(text.as_slice());
        let wanted: Vec<Vec<String>> = common
            .records()
            .map(|row| row.unwrap().iter().map(|cell| switchboard_table::original(cell).trim().to_owned()).collect::<Vec<_>>())
            .filter(|row| row.iter().any(|cell| !cell.is_empty()))
            .collect();
        let sheet = Sheet::read(Slow { rest: &text, step, torn: false }).unwrap();
        let read: Vec<Vec<String>> = sheet.rows().iter().map(|row| row.cells().map(str::to_owned).collect()).collect();
        prop_assert_eq!(read, wanted);
    }

    #[test]
    fn any_file_is_read_or_rejected_on_one_of_its_lines(
        bytes in vec(any::<u8>(), 0..120), text in "[0-9a-z,;\"'=+# \r\n\t-]{0,120}", breaks in any::<bool>(),
    ) {
        let breaks = if breaks { Breaks::Allowed } else { Breaks::Refused };
        for bytes in [bytes.as_slice(), text.as_bytes(), format!("to,task\n{text}").as_bytes()] {
            // CRLF is one line ending; counting it as two is never too few.
            let lines = bytes.iter().filter(|byte| matches!(byte, b'\n' | b'\r')).count() as u64 + 1;
            let Ok(mut reader) = Reader::new(bytes, breaks) else { continue };
            let (mut row, mut last) = (Row::new(), 0);
            for _ in 0..=lines {
                let line = match reader.read(&mut row) {
                    Ok(false) => break,
                    Ok(true) => row.line(),
                    Err(fault) => fault.line,
                };
                prop_assert!(last < line && line <= lines, "{}", line);
                last = line;
            }
            prop_assert!(!reader.read(&mut row).unwrap_or(true), "the end is the end");
        }
    }
}
