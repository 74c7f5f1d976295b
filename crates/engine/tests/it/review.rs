//! What a person is told to look at after a call.

use jiff::Timestamp;
use switchboard_core::{
    CallFacts, CallRequest, Purpose, Speaker, Transcript, TranscriptEntry, ValidCall,
};
use switchboard_engine::review::flags;

fn call(language: Option<&str>) -> ValidCall {
    let mut request = CallRequest::new("+14155550123", "Remind them of the visit");
    request.on_behalf_of = Some("Harbour Dental".to_owned());
    request.language = language.map(str::to_owned);
    request.validate(Timestamp::UNIX_EPOCH).unwrap()
}

fn transcript(agent: &str, callee: &str) -> Transcript {
    let entries = [(Speaker::Agent, agent), (Speaker::Callee, callee)];
    let entry = |(speaker, text): (Speaker, &str)| TranscriptEntry {
        speaker,
        text: text.to_owned(),
        offset: None,
    };
    Transcript { entries: entries.map(entry).into(), ..Transcript::default() }
}

#[test]
fn a_person_is_told_what_to_look_at() {
    const GOOD: &str =
        "Hello, this is an AI assistant calling on behalf of Harbour Dental, about your visit.";
    let rows: [(Option<&str>, &str, &str, Vec<&str>); 6] = [
        (None, GOOD, "Thanks, call me again tomorrow.", vec![]),
        (
            None,
            "Hi, do you have a minute?",
            "Yes.",
            vec!["The first words did not say that it is an AI, on whose behalf, why."],
        ),
        (
            None,
            GOOD,
            "Take me off your list.",
            vec![
                "The person seems to have asked not to be called again: read entry 2 of the transcript, and record an opt-out if they did.",
            ],
        ),
        (
            Some("es"),
            GOOD,
            "No me llame más.",
            vec![
                "The first words did not say that it is an AI, why.",
                "The person seems to have asked not to be called again: read entry 2 of the transcript, and record an opt-out if they did.",
            ],
        ),
        (
            Some("es"),
            "Hola, soy un asistente de inteligencia artificial y llamo de parte de Harbour Dental, por su cita.",
            "Muy bien.",
            vec![],
        ),
        (None, "", "", vec![]),
    ];
    let facts = CallFacts::default().with(|facts| facts.purpose = Some(Purpose::Transactional));
    for (language, agent, callee, expected) in rows {
        let required = "ai,on_behalf_of,purpose".parse().unwrap();
        let found = flags(
            &call(language),
            &facts,
            required,
            &transcript(agent, callee),
            Timestamp::UNIX_EPOCH,
        );
        let told: Vec<_> = found.iter().map(|flag| flag.message.as_str()).collect();
        assert_eq!(told, expected, "{agent} / {callee}");
    }
}
