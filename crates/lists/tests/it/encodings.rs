//! Encodings.

use proptest::prelude::*;
use switchboard_lists::{Encoding, FaultKind, Options};

use crate::support::{kind, taken};

const FILE: &str = "name;phone\r\nJosé;+14165550123\r\nŁukasz 🙂;+14165550124\r\n";

fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(bytes).collect()
}

#[test]
fn a_text_is_read_in_its_encoding() {
    let latin: Vec<u8> = "name;téléphone\r\nJosé;+14165550123\r\n\"É\";+14165550124\r\n"
        .chars()
        .map(|one| u8::try_from(u32::from(one)).unwrap())
        .collect();
    let rows = [
        (FILE.as_bytes().to_vec(), Encoding::Utf8),
        (format!("\u{feff}{FILE}").into_bytes(), Encoding::Utf8),
        (utf16(FILE, u16::to_le_bytes), Encoding::Utf16),
        (utf16(FILE, u16::to_be_bytes), Encoding::Utf16),
        (latin, Encoding::Latin1),
    ];
    for (file, encoding) in rows {
        let (numbers, report) = taken(&file, &Options::new());
        assert_eq!((numbers, report.encoding), (vec![14165550123, 14165550124], encoding));
    }
    let unmarked: Vec<u8> = FILE.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(kind(&unmarked, &Options::new()), FaultKind::Format);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// Characters and lines at the seams between chunks of a long file are whole.
    #[test]
    fn a_long_file_is_read_as_a_short_one(
        name in "[a-zé🙂Ł]{1,9}",
        count in 3_000..6_000_u64,
        encoding in 0..3_usize,
    ) {
        let mut file = "name,phone\r\n".to_owned();
        for n in 0..count {
            file.push_str(&format!("{name},+1416555{n:04}\r\n", n = n % 10_000));
        }
        let bytes = match encoding {
            0 => file.into_bytes(),
            1 => utf16(&file, u16::to_le_bytes),
            _ => utf16(&file, u16::to_be_bytes),
        };
        let (numbers, report) = taken(&bytes, &Options::new());
        prop_assert_eq!((numbers.len() as u64, report.refused()), (count, 0));
        prop_assert!(numbers.iter().zip(0..).all(|(number, n)| *number == 14165550000 + n % 10_000));
    }

    #[test]
    fn any_bytes_are_read_or_rejected(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        if let Ok((entries, report)) = crate::support::entries(&bytes, &Options::new()) {
            prop_assert_eq!(entries.len() as u64 + report.refused(), report.read);
        }
    }
}
