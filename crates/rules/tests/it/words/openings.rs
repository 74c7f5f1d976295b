//! Openings say what is required, or name the fact that they lack.

use proptest::prelude::*;
use switchboard_core::{PhoneNumber, Purpose};
use switchboard_rules::{Opening, OpeningFacts, Said, Saying, said_in};

use super::{LANGUAGES, facts, language};

fn any_said() -> impl Strategy<Value = Said> {
    proptest::sample::subsequence(Saying::ALL.to_vec(), 0..=Saying::ALL.len())
        .prop_map(Said::from_iter)
}

fn any_facts() -> impl Strategy<Value = OpeningFacts> {
    let who = proptest::option::of(proptest::sample::select(vec![
        "Harbour Dental",
        "Acme Inc.",
        "Hôtel de l'Étoile",
        "Ana Silva",
        "el Restaurante Luna",
        "Müller & Söhne GmbH",
        "J. R. Smith",
    ]));
    let name = proptest::option::of(proptest::sample::select(vec!["Kai", "Anna Lee"]));
    let number = proptest::option::of(proptest::sample::select(vec![
        "+14155550166",
        "+442079460123",
        "+493023125123",
    ]));
    let purpose = proptest::option::of(proptest::sample::select(Purpose::ALL.to_vec()));
    (who, name, number, purpose, any::<[bool; 3]>()).prop_map(
        |(who, name, number, purpose, [recording, ask, offer])| {
            OpeningFacts::default().with(|facts| {
                facts.on_behalf_of = who.map(str::to_owned);
                facts.caller_name = name.map(str::to_owned);
                facts.callback_number = number.map(|number| PhoneNumber::parse(number).unwrap());
                facts.purpose = purpose;
                facts.recording = recording;
                facts.ask_to_record = ask;
                facts.offer_opt_out = offer;
            })
        },
    )
}

proptest! {
    /// What an opening claims to say is found in its words, and what it cannot say has a field.
    #[test]
    fn an_opening_says_what_it_claims(
        tag in proptest::sample::select(LANGUAGES.to_vec()),
        facts in any_facts(),
        required in any_said(),
    ) {
        let opening = Opening::compose(language(tag), &facts, required);
        let found = said_in(&opening.text, language(tag), &facts);
        prop_assert_eq!(opening.said.minus(found), Said::NONE, "{} {}", tag, opening.text);
        prop_assert_eq!(required.minus(opening.said), opening.missing);
        prop_assert_eq!(opening.needs().count(), opening.missing.iter().count());
        if required.is_empty() && !facts.recording && !facts.offer_opt_out {
            prop_assert!(opening.text.is_empty(), "{}", opening.text);
        }
    }

    /// With every fact there is nothing that an opening cannot say.
    #[test]
    fn nothing_is_missing_with_every_fact(
        tag in proptest::sample::select(LANGUAGES.to_vec()),
        purpose in proptest::sample::select(Purpose::ALL.to_vec()),
        required in any_said(),
    ) {
        let facts = facts().with(|facts| facts.purpose = Some(purpose));
        let opening = Opening::compose(language(tag), &facts, required);
        prop_assert_eq!(opening.missing, Said::NONE);
    }

    /// What was completed once is complete.
    #[test]
    fn a_complete_opening_is_left_alone(
        tag in proptest::sample::select(LANGUAGES.to_vec()),
        facts in any_facts(),
        required in any_said(),
    ) {
        let once = Opening::compose(language(tag), &facts, required);
        let twice = Opening::around(&once.text, language(tag), &facts, required.minus(once.missing));
        prop_assert_eq!(&once.text, &twice.text);
        prop_assert_eq!(twice.missing, Said::NONE);
    }

    /// A sentence of the caller's own stays, word for word, and the opening is never poorer for it.
    #[test]
    fn a_sentence_of_ones_own_is_kept(
        tag in proptest::sample::select(LANGUAGES.to_vec()),
        own in "[A-Za-z,.' ]{0,60}",
        facts in any_facts(),
        required in any_said(),
    ) {
        let opening = Opening::around(&own, language(tag), &facts, required);
        prop_assert!(opening.text.contains(own.trim()));
        let composed = Opening::compose(language(tag), &facts, required);
        prop_assert_eq!(opening.missing.minus(composed.missing), Said::NONE);
    }
}

#[test]
fn the_sentences_of_each_language() {
    let rows = [
        (
            "en",
            "Hello, this is an AI assistant calling on behalf of Harbour Dental, about your order or appointment. This call is recorded. You can call back at +1 415 555 0166. Say stop, and we will never call you again.",
        ),
        (
            "es",
            "Hola, soy un asistente de inteligencia artificial y llamo de parte de Harbour Dental, por su pedido o su cita. La llamada se graba. Puede devolver la llamada al +1 415 555 0166. Diga stop y no volveremos a llamarle nunca más.",
        ),
        (
            "fr",
            "Bonjour, je suis une intelligence artificielle et j'appelle de la part de Harbour Dental, au sujet de votre commande ou votre rendez-vous. L'appel est enregistré. Vous pouvez rappeler au +1 415 555 0166. Dites stop et nous ne vous rappellerons plus jamais.",
        ),
        (
            "de",
            "Guten Tag, hier spricht eine künstliche Intelligenz im Auftrag von Harbour Dental. Es geht um Ihre Bestellung oder Ihren Termin. Sie erreichen uns unter +1 415 555 0166. Sagen Sie Stopp, und wir rufen Sie nie wieder an. Darf ich das Gespräch aufzeichnen?",
        ),
        (
            "it",
            "Buongiorno, sono un assistente di intelligenza artificiale e chiamo per conto di Harbour Dental, per il suo ordine o il suo appuntamento. La chiamata è registrata. Può richiamare al numero +1 415 555 0166. Dica stop e non la chiameremo mai più.",
        ),
        (
            "pt",
            "Olá, fala um assistente de inteligência artificial em nome de Harbour Dental, sobre a sua encomenda ou marcação. A chamada é gravada. Pode ligar de volta para +1 415 555 0166. Diga parar e nunca mais lhe ligaremos.",
        ),
        (
            "nl",
            "Goedendag, u spreekt met een AI-assistent namens Harbour Dental, over uw bestelling of afspraak. Dit gesprek wordt opgenomen. U kunt terugbellen op +1 415 555 0166. Zeg stop, en wij bellen u nooit meer.",
        ),
    ];
    for (tag, expected) in rows {
        assert_eq!(Opening::compose(language(tag), &facts(), Said::ALL).text, expected);
    }
}

#[test]
fn a_region_does_not_change_the_language() {
    for (regional, plain) in [("de-AT", "de"), ("pt-BR", "pt"), ("en-GB", "en"), ("es-419", "es")] {
        assert_eq!(
            Opening::compose(language(regional), &facts(), Said::ALL),
            Opening::compose(language(plain), &facts(), Said::ALL)
        );
    }
}

#[test]
fn an_opening_names_the_field_that_it_lacks() {
    let rows = [
        ("ai,on_behalf_of,purpose", "on_behalf_of,purpose", vec!["on_behalf_of", "purpose"]),
        ("ai,caller", "", vec![]),
        ("number", "number", vec!["callback_number"]),
        ("recording,opt_out", "", vec![]),
    ];
    for (required, missing, needs) in rows {
        for tag in LANGUAGES {
            let opening = Opening::compose(
                language(tag),
                &OpeningFacts::default(),
                required.parse().unwrap(),
            );
            assert_eq!(opening.missing.to_string(), missing, "{tag} {required}");
            assert_eq!(opening.needs().collect::<Vec<_>>(), needs, "{tag} {required}");
        }
    }
}

#[test]
fn names_and_reasons_are_joined_as_the_language_does() {
    let rows = [
        ("fr", "EDF", "le remboursement", "de la part d'EDF, au sujet du remboursement."),
        (
            "fr",
            "les Jardins Bleus",
            "une fuite",
            "de la part des Jardins Bleus, au sujet d'une fuite.",
        ),
        ("es", "el Hotel Sol", "el recibo", "de parte del Hotel Sol, por el recibo."),
        ("it", "la Clinica Verde", "una visita", "per conto della Clinica Verde, per una visita."),
        ("de", "Acme Inc.", "einen Tisch", "im Auftrag von Acme Inc. Es geht um einen Tisch."),
        ("en", "Acme Inc.", "a table\nfor four", "on behalf of Acme Inc., about a table for four."),
    ];
    for (tag, who, why, expected) in rows {
        let facts = OpeningFacts::default().with(|facts| {
            facts.on_behalf_of = Some(who.to_owned());
            facts.purpose_words = Some(why.to_owned());
        });
        let text =
            Opening::compose(language(tag), &facts, "ai,on_behalf_of,purpose".parse().unwrap())
                .text;
        assert!(text.ends_with(expected), "{text}");
    }
}

#[test]
fn an_agent_with_a_name_says_it() {
    let facts = facts().with(|facts| facts.caller_name = Some("Kai".to_owned()));
    for tag in LANGUAGES {
        let opening = Opening::compose(language(tag), &facts, "caller".parse().unwrap());
        assert!(opening.text.contains("Kai"), "{}", opening.text);
    }
    // An opening without the name is completed by one with it.
    let own = "Hi, this is an AI assistant calling on behalf of Harbour Dental.";
    let opening = Opening::around(own, language("en"), &facts, "ai,caller".parse().unwrap());
    assert!(opening.text.starts_with("Hello, this is Kai, an AI assistant"), "{}", opening.text);
}

#[test]
fn only_what_a_sentence_leaves_out_comes_before_it() {
    let required: Said = "ai,on_behalf_of,purpose".parse().unwrap();
    let rows = [
        (
            "Hey John, this is Kai from Harbour Dental — do you have a minute?",
            "Hello, this is an AI assistant, about your order or appointment. Hey John, this is Kai from Harbour Dental — do you have a minute?",
        ),
        (
            "Hello, I'm an AI assistant from Harbour Dental, calling about your visit on Monday.",
            "Hello, I'm an AI assistant from Harbour Dental, calling about your visit on Monday.",
        ),
        (
            "Hello, I'm Harbour Dental's assistant, calling about your visit.",
            "Hello, this is an AI assistant. Hello, I'm Harbour Dental's assistant, calling about your visit.",
        ),
    ];
    for (own, expected) in rows {
        let opening = Opening::around(own, language("en"), &facts(), required);
        assert_eq!(
            opening.text.replace(" calling about", ", about"),
            expected.replace(" calling about", ", about")
        );
        assert_eq!(opening.missing, Said::NONE);
    }
}

#[test]
fn a_question_whether_to_record_comes_last() {
    let required: Said = "ai,recording".parse().unwrap();
    for tag in LANGUAGES {
        let ask = facts().with(|facts| facts.ask_to_record = true);
        let opening = Opening::around("Sam?", language(tag), &ask, required);
        assert!(opening.text.ends_with('?') && !opening.text.ends_with("Sam?"), "{}", opening.text);
        assert!(opening.instructions.iter().any(|line| line.contains("wait for the answer")));
        let states = Opening::around("Sam?", language(tag), &facts(), required);
        assert_eq!(states.text.ends_with("Sam?"), tag != "de", "{}", states.text);
    }
}

#[test]
fn a_language_without_sentences_gets_english_ones_and_an_instruction() {
    for tag in ["pl", "ja", "ro-RO"] {
        let opening = Opening::compose(language(tag), &facts(), Said::ALL);
        assert_eq!(opening.text, Opening::compose(language("en"), &facts(), Said::ALL).text);
        assert!(opening.instructions[0].contains(&format!("which is {tag}")));
        assert!(Opening::compose(language(tag), &facts(), Said::NONE).instructions.is_empty());
    }
}
