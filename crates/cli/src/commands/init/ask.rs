//! The questions of `init`, on a terminal.

use std::io::{BufRead, stdin};

use switchboard::{Country, Currency};

use super::{
    amount,
    kinds::{self, Kind},
};
use crate::{
    failure::{Failure, Outcome},
    output::Output,
};

/// The providers that were named; none for the simulated one.
pub(super) fn providers(output: Output) -> Outcome<Vec<&'static Kind>> {
    let question = format!(
        "Which providers do you have an account at? {}; several with a comma; nothing for a simulated one",
        kinds::words()
    );
    until(output, &question, |answer| {
        let words = answer.split([',', ' ']).map(str::trim).filter(|word| !word.is_empty());
        words
            .map(|word| {
                Kind::of(&word.to_lowercase())
                    .ok_or_else(|| format!("{word:?} is none of them: {}", kinds::words()))
            })
            .collect()
    })
}

/// The default country; `None` if nothing was answered.
pub(super) fn country(output: Output) -> Outcome<Option<Country>> {
    let question =
        "In which country are numbers without + dialled? As GB; nothing if all have their +";
    until(output, question, |answer| {
        if answer.is_empty() {
            return Ok(None);
        }
        answer
            .to_uppercase()
            .parse()
            .map(Some)
            .map_err(|_| format!("{answer:?} is no country: write two letters, as GB or US"))
    })
}

/// The budget of a month; `None` if nothing was answered.
pub(super) fn budget(currency: Currency, output: Output) -> Outcome<Option<String>> {
    let question = format!(
        "How much may all calls of a month cost, in {}? As 50; nothing for no limit",
        currency.code()
    );
    until(output, &question, |answer| {
        if answer.is_empty() {
            return Ok(None);
        }
        amount::above_zero(answer).map(Some)
    })
}

/// Asks until the answer is read.
fn until<T>(
    output: Output,
    question: &str,
    read: impl Fn(&str) -> Result<T, String>,
) -> Outcome<T> {
    output.note(question);
    loop {
        let mut line = String::new();
        let got = stdin().lock().read_line(&mut line);
        if !matches!(got, Ok(1..)) {
            return Err(Failure::local(
                "stopped: the questions were not answered, and nothing is written",
            ));
        }
        match read(line.trim()) {
            Ok(value) => return Ok(value),
            Err(wrong) => output.note(wrong),
        }
    }
}
