//! The first words of a call.

mod openings;
mod opt_outs;
mod said;
mod transcripts;

use switchboard_core::{Language, PhoneNumber, Purpose};
use switchboard_rules::OpeningFacts;

/// The languages with sentences of their own.
const LANGUAGES: [&str; 7] = ["en", "es", "fr", "de", "it", "pt", "nl"];

fn language(tag: &str) -> Language {
    tag.parse().unwrap()
}

/// Everything that an opening can be made of.
fn facts() -> OpeningFacts {
    OpeningFacts::default().with(|facts| {
        facts.on_behalf_of = Some("Harbour Dental".to_owned());
        facts.purpose = Some(Purpose::Transactional);
        facts.callback_number = Some(PhoneNumber::parse("+14155550166").unwrap());
    })
}
