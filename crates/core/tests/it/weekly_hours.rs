//! Hours of the week: what is read, what is refused, and that both are said clearly.

use std::ops::Range;

use jiff::civil::Weekday;
use proptest::prelude::*;
use switchboard_core::{DayHours, WeeklyHours};

const WEEK: [(&str, Weekday); 7] = [
    ("mon", Weekday::Monday),
    ("tue", Weekday::Tuesday),
    ("wed", Weekday::Wednesday),
    ("thu", Weekday::Thursday),
    ("fri", Weekday::Friday),
    ("sat", Weekday::Saturday),
    ("sun", Weekday::Sunday),
];

#[test]
fn hours_are_written_back_in_one_way() {
    for (text, written) in [
        ("mon-fri 08:00-22:00", "mon-fri 08:00-22:00"),
        ("mon-fri 08:00-22:00; sat 10:00-14:00", "mon-fri 08:00-22:00; sat 10:00-14:00"),
        (" sat  10:00 - 14:00 ;mon 09:00-10:00 ", "mon 09:00-10:00; sat 10:00-14:00"),
        ("mon 10:00-13:00+14:00-20:00", "mon 10:00-13:00+14:00-20:00"),
        ("mon 10:00-13:00 + 14:00-20:00", "mon 10:00-13:00+14:00-20:00"),
        ("mon-sun 00:00-24:00", "mon-sun 00:00-24:00"),
        ("mon 09:00-17:00; tue 09:00-17:00; sun closed", "mon-tue 09:00-17:00"),
        // The week goes on after Sunday.
        ("sun-thu 09:00-17:00", "mon-thu 09:00-17:00; sun 09:00-17:00"),
        ("sun closed", "mon-sun closed"),
    ] {
        let hours: WeeklyHours = text.parse().unwrap();
        assert_eq!(hours.to_string(), written, "{text}");
    }
}

#[test]
fn errors_name_the_problem_and_the_fix() {
    for (text, message) in [
        ("", "\"\" is not weekdays and hours: write them as mon-fri 08:00-22:00"),
        ("mon-fri", "\"mon-fri\" is not weekdays and hours"),
        ("mon 09:00-17:00;", "\"\" is not weekdays and hours"),
        ("Monday 09:00-17:00", "\"Monday\" is not a weekday: write mon, tue"),
        ("mon-fry 09:00-17:00", "\"fry\" is not a weekday"),
        ("hol(FR) 09:00-17:00", "\"hol(FR)\" is not a weekday"),
        ("mon 09:00", "\"09:00\" is not a range of hours: write it as 08:00-22:00"),
        ("mon shut", "\"shut\" is not a range of hours"),
        ("mon 9:00-17:00", "\"9:00\" is not a time of day: write it as 08:00, up to 24:00"),
        ("mon 09-17", "\"09\" is not a time of day"),
        ("mon 09:60-17:00", "\"09:60\" is not a time of day"),
        ("mon 09:00-24:01", "\"24:01\" is not a time of day"),
        ("mon 09:00-٢١:٠٠", "\"٢١:٠٠\" is not a time of day"),
        ("mon 20:00-02:00", "\"20:00-02:00\" does not end after it begins: divide hours"),
        ("mon 09:00-09:00", "does not end after it begins"),
        ("mon 09:00-12:00+11:00-13:00", "overlap, touch or are out of order: join or sort them"),
        ("mon 09:00-12:00+12:00-13:00", "overlap, touch or are out of order"),
        ("mon 14:00-15:00+09:00-12:00", "overlap, touch or are out of order"),
        ("mon-wed 09:00-12:00; tue 14:00-15:00", "names tue a second time: name each day once"),
    ] {
        let error = text.parse::<WeeklyHours>().unwrap_err();
        assert_eq!(error.field(), Some("hours"));
        assert!(error.message().contains(message), "{text}: {error}");
    }
    let error = "mon +12125550100".parse::<WeeklyHours>().unwrap_err();
    assert!(!error.to_string().contains("5550100"), "{error}");
}

/// One day's open ranges, in order and apart from each other.
fn day() -> impl Strategy<Value = Vec<Range<u16>>> {
    prop::collection::btree_set(0..=1_440_u16, 0..8).prop_map(|bounds| {
        let bounds: Vec<_> = bounds.into_iter().collect();
        bounds.chunks_exact(2).map(|pair| pair[0]..pair[1]).collect()
    })
}

fn written(day: &[Range<u16>]) -> String {
    let clock = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
    let ranges: Vec<_> =
        day.iter().map(|range| format!("{}-{}", clock(range.start), clock(range.end))).collect();
    if ranges.is_empty() { "closed".to_owned() } else { ranges.join("+") }
}

proptest! {
    #[test]
    fn exactly_the_minutes_in_a_range_are_open(week in prop::array::uniform7(day())) {
        let items: Vec<_> =
            WEEK.iter().zip(&week).map(|((name, _), day)| format!("{name} {}", written(day))).collect();
        let hours: WeeklyHours = items.join("; ").parse().unwrap();
        for ((_, weekday), day) in WEEK.iter().zip(&week) {
            prop_assert_eq!(&hours.day(*weekday).ranges().collect::<Vec<_>>(), day);
            for minute in 0..1_440 {
                let open = day.iter().any(|range| range.start <= minute && minute < range.end);
                prop_assert_eq!(hours.contains(*weekday, minute), open);
            }
        }
        let listed: Vec<_> = hours.days().map(|(weekday, day)| (weekday, day.clone())).collect();
        prop_assert_eq!(listed, WEEK.map(|(_, weekday)| (weekday, hours.day(weekday).clone())).to_vec());
        prop_assert_eq!(hours.to_string().parse::<WeeklyHours>().unwrap(), hours);
    }

    #[test]
    fn a_day_is_read_as_it_is_written(day in day()) {
        let hours: DayHours = written(&day).parse().unwrap();
        prop_assert_eq!(hours.to_string(), written(&day));
        prop_assert_eq!(hours.is_closed(), day.is_empty());
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in "[-+:; 0-9a-z]{0,40}|\\PC{0,40}") {
        if let Ok(hours) = text.parse::<WeeklyHours>() {
            prop_assert_eq!(hours.to_string().parse::<WeeklyHours>().unwrap(), hours);
        }
    }
}
