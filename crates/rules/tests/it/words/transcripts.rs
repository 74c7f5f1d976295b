//! Transcripts show whether the first words were said.

#![allow(clippy::type_complexity)]

use switchboard_core::{Speaker, Transcript, TranscriptEntry};
use switchboard_rules::{Said, check_transcript};

use super::{facts, language};

fn transcript(turns: &[(Speaker, &str)]) -> Transcript {
    let entries = turns.iter().map(|(speaker, text)| TranscriptEntry {
        speaker: speaker.clone(),
        text: (*text).to_owned(),
        offset: None,
    });
    Transcript { entries: entries.collect(), ..Transcript::default() }
}

type Turns = Vec<(Speaker, &'static str)>;

const AGENT: Speaker = Speaker::Agent;
const CALLEE: Speaker = Speaker::Callee;

fn unnamed() -> Speaker {
    Speaker::Other(String::new())
}

#[test]
fn first_words_are_looked_for_where_they_belong() {
    let all = "ai,caller,on_behalf_of,purpose,number,recording";
    let rows: [(&str, Turns, &str); 8] = [
        (
            "en",
            vec![
                (CALLEE, "Hello?"),
                (
                    AGENT,
                    "Hello, this is an AI assistant calling on behalf of Harbor Dental, about your appointment. This call is recorded. You can call back at four one five five five five oh one six six.",
                ),
            ],
            "",
        ),
        (
            "en",
            vec![
                (AGENT, "Hello?"),
                (CALLEE, "Yes?"),
                (AGENT, "Hello, this is an AI assistant calling on behalf of Harbour Dental,"),
                (
                    AGENT,
                    "about your order. This call is recorded. You can call back at 415-555-0166.",
                ),
            ],
            "",
        ),
        (
            "en",
            vec![
                (AGENT, "Hi, this is Kai from Harbour Dental."),
                (CALLEE, "Hi."),
                (AGENT, "How are you today?"),
                (CALLEE, "Who is this?"),
                (AGENT, "I'm an AI assistant, calling about your visit."),
            ],
            "ai,caller,purpose,number,recording",
        ),
        ("en", vec![(CALLEE, "This is an AI assistant of Harbour Dental.")], ""),
        ("en", vec![], ""),
        (
            "de",
            vec![(
                AGENT,
                "Guten Tag, hier spricht eine künstliche Intelligenz im Auftrag von Harbour Dental. Es geht um Ihren Termin.",
            )],
            "number,recording",
        ),
        // Nobody is named: the first utterances may be the agent's.
        (
            "en",
            vec![
                (unnamed(), "Hello?"),
                (
                    unnamed(),
                    "Hello, this is an AI assistant calling on behalf of Harbour Dental, about your visit. This call is recorded. Our number is 415 555 0166.",
                ),
            ],
            "",
        ),
        (
            "en",
            vec![(unnamed(), "Hello?"), (unnamed(), "Hi, it's Kai.")],
            "ai,caller,on_behalf_of,purpose,number,recording",
        ),
    ];
    for (tag, turns, missing) in rows {
        let check =
            check_transcript(&transcript(&turns), language(tag), all.parse().unwrap(), &facts());
        assert_eq!(check.missing.to_string(), missing, "{tag} {turns:?}");
    }
}

#[test]
fn only_the_callee_can_ask_to_be_left_alone() {
    let offer = "Hello, this is an AI assistant. Say stop, and we will never call you again.";
    let rows: [(Turns, Vec<usize>); 5] = [
        (vec![(AGENT, offer), (CALLEE, "Stop.")], vec![1]),
        (vec![(AGENT, "Don't call me again."), (CALLEE, "Pardon?")], vec![]),
        (vec![(AGENT, offer), (CALLEE, "Sure."), (CALLEE, "No me llame más.")], vec![2]),
        (vec![(unnamed(), offer), (unnamed(), "Take me off your list.")], vec![1]),
        (vec![(AGENT, offer), (CALLEE, "Call me again tomorrow, not after six.")], vec![]),
    ];
    for (turns, expected) in rows {
        let check = check_transcript(&transcript(&turns), language("en"), Said::NONE, &facts());
        let found: Vec<_> = check.opt_out_words.iter().map(|words| words.entry).collect();
        assert_eq!(found, expected, "{turns:?}");
        assert_eq!(check.is_clean(), expected.is_empty());
    }
}

#[test]
fn what_people_said_is_not_printed() {
    let said = transcript(&[(CALLEE, "Take me off your list, this is Maria.")]);
    let check = check_transcript(&said, language("en"), Said::ALL, &facts());
    assert_eq!(check.opt_out_words[0].words, "Take me off your list, this is Maria.");
    assert!(!format!("{check:?}").contains("Maria"), "{check:?}");
    assert!(!format!("{:?}", facts()).contains("Harbour"));
}
