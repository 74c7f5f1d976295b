//! Lists that a registry washed.

use switchboard_core::Country;
use switchboard_lists::{Column, FaultKind, FlagValues, Options, Reason};

use crate::support::{entries, kind, refusals};

fn washed(flag: &str) -> Options {
    Options::new().with(|options| {
        options.country = Some(Country::US);
        options.flag = Some(flag.into());
    })
}

#[test]
fn a_flag_says_who_is_listed() {
    let file = "phone,status\n4165550121,Y\n4165550122,n\n4165550123,Listed\n4165550124,\n4165550125,maybe\n4165550126, yes \n";
    let (read, report) = entries(file, &washed("status")).unwrap();
    let flags: Vec<bool> = read.iter().map(|entry| entry.listed).collect();
    assert_eq!(flags, [true, false, true, false, true]);
    assert_eq!((report.taken, report.not_listed, report.washed), (3, 2, true));
    assert_eq!(refusals(&report), [(Reason::UnknownFlag, vec![6])], "no guess");
}

#[test]
fn the_words_can_be_declared() {
    let options = |listed: &[&str], clear: &[&str]| {
        let own = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        washed("2").with(|options| {
            options.column = Some(Column::At(1));
            options.flags = FlagValues { listed: own(listed), clear: own(clear) };
        })
    };
    let file = "4165550121,0\n4165550122,1\n4165550123,R\n";
    let flags = |listed: &[&str], clear: &[&str]| {
        let (read, report) = entries(file, &options(listed, clear)).unwrap();
        (read.iter().map(|entry| entry.listed).collect::<Vec<_>>(), report.refused())
    };
    assert_eq!(flags(&[], &[]), (vec![false, true], 1));
    assert_eq!(flags(&["r", "0"], &[]), (vec![true, true], 1));
    assert_eq!(flags(&["r"], &["0", "1"]), (vec![false, false, true], 0));
    assert_eq!(kind("phone\n4165550121\n", &washed("status")), FaultKind::Column);
}
