//! Finds telephone numbers in what was said, in digits and in words.

use std::{collections::HashMap, sync::LazyLock};

use switchboard_core::PhoneNumber;

use super::tongue::Tongue;

/// The most words that one number below a hundred has: `quatre vingt dix neuf`.
const LONGEST: usize = 4;

type Words = HashMap<String, String>;

static WORDS: LazyLock<Vec<(Tongue, Words)>> =
    LazyLock::new(|| Tongue::ALL.into_iter().map(|one| (one, words(one))).collect());

fn words(tongue: Tongue) -> Words {
    let tables = tongue.tables();
    let ones = (0..).zip(tables.digits).flat_map(|(digit, words): (u8, _)| {
        words.split('|').map(move |word| (word.to_owned(), digit.to_string()))
    });
    let tens = (tables.tens)().into_iter().map(|(word, value)| (word, value.to_string()));
    ones.chain(tens).collect()
}

/// True if the whole number is said, with or without its country.
pub(super) fn says_number(folded: &str, tongue: Tongue, number: &PhoneNumber) -> bool {
    runs(folded, tongue).iter().any(|run| run.contains(number.national_digits()))
}

/// The digits of each passage that has nothing but digits and words for them.
fn runs(folded: &str, tongue: Tongue) -> Vec<String> {
    let known = WORDS.iter().find(|(one, _)| *one == tongue).map(|(_, words)| words);
    let said: Vec<&str> = folded
        .split(' ')
        .map(|word| word.trim_matches([',', '.']))
        .filter(|word| !word.is_empty())
        .collect();
    let mut runs = vec![String::new()];
    let mut at = 0;
    while at < said.len() {
        let (digits, taken) = match said[at] {
            digits if digits.bytes().all(|byte| byte.is_ascii_digit()) => (digits.to_owned(), 1),
            _ => known.and_then(|known| number_at(&said[at..], known)).unwrap_or_default(),
        };
        match runs.last_mut() {
            Some(run) if taken > 0 => {
                run.push_str(&digits);
                at += taken;
            }
            _ => {
                runs.push(String::new());
                at += 1;
            }
        }
    }
    runs
}

/// The longest number that these words begin with, and how many of them it takes.
fn number_at(said: &[&str], known: &Words) -> Option<(String, usize)> {
    (1..=LONGEST.min(said.len()))
        .rev()
        .find_map(|taken| Some((known.get(&said[..taken].join(" "))?.clone(), taken)))
}
