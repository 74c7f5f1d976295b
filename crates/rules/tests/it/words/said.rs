//! What sentences that people wrote say, and what they only seem to say.

use switchboard_core::PhoneNumber;
use switchboard_rules::{OpeningFacts, Saying, said_in};

use super::{facts, language};

fn says(tag: &str, text: &str, facts: &OpeningFacts, one: Saying) -> bool {
    said_in(text, language(tag), facts).contains(one)
}

fn check(one: Saying, rows: &[(&str, bool, &str)]) {
    let wrong: Vec<_> = rows
        .iter()
        .filter(|(tag, expected, text)| says(tag, text, &OpeningFacts::default(), one) != *expected)
        .collect();
    assert!(wrong.is_empty(), "{one}: {wrong:#?}");
}

#[test]
fn who_is_an_ai() {
    check(
        Saying::Ai,
        &[
            ("en", true, "Hello, this is an AI assistant calling on behalf of Nobu."),
            ("en", true, "Hi! I'm Kai, an AI assistant."),
            ("en", true, "Hi, I'm Kai, Smith Law's AI receptionist."),
            ("en", true, "Hi, this is Smith Law's AI receptionist, do you have a minute?"),
            ("en", true, "Hey John, this is Kai from Smith Law, an A.I. agent."),
            ("en", true, "You are speaking with artificial intelligence."),
            ("en", true, "hi this is kai an ai assistant calling for nobu"),
            ("en", true, "Hello, my name is Kai and I am an AI."),
            ("en", true, "This call is made by an AI on behalf of Nobu."),
            ("en", true, "I'm a virtual assistant powered by AI."),
            ("en", true, "Hello, AI assistant calling on behalf of Nobu."),
            ("en", false, "Hello, this is an assistant calling on behalf of Nobu."),
            ("en", false, "Hello, this is Kai, your virtual assistant."),
            ("en", false, "Hi, this is John from OpenAI."),
            ("en", false, "This is AI Solutions calling about your order."),
            ("en", false, "I'm not an AI, I'm a real person."),
            ("en", false, "This is not an AI assistant."),
            ("en", false, "I'm calling from an AI company."),
            ("en", false, "I'm calling about our AI assistant for restaurants."),
            ("en", false, "This is Kai from Acme, we build an AI assistant for restaurants."),
            ("en", false, "I'm selling an AI assistant."),
            ("en", false, "Hello, this is Kai. Do you use an AI assistant?"),
            (
                "es",
                true,
                "Hola, soy un asistente de inteligencia artificial y llamo de parte de Nobu.",
            ),
            ("es", true, "Buenos días, le habla Sofía, la asistente virtual con IA de Nobu."),
            ("es", true, "Hola, soy una IA."),
            ("es", true, "Está hablando con una inteligencia artificial."),
            ("es", false, "Hola, soy el asistente de Nobu."),
            ("es", false, "Hola, soy la asistente virtual de Nobu."),
            ("es", false, "No soy una inteligencia artificial, soy una persona."),
            ("es", false, "Llamo por un curso de inteligencia artificial."),
            ("es", false, "Soy Juan y vendo inteligencia artificial."),
            (
                "fr",
                true,
                "Bonjour, je suis une intelligence artificielle et j'appelle de la part de Nobu.",
            ),
            ("fr", true, "Bonjour, ici Léa, l'assistante IA du cabinet Martin."),
            (
                "fr",
                true,
                "Vous parlez avec un assistant vocal basé sur l'intelligence artificielle.",
            ),
            (
                "fr",
                true,
                "Je suis Léa, une assistante virtuelle dotée d'intelligence artificielle.",
            ),
            ("fr", false, "Bonjour, je suis l'assistante du cabinet Martin."),
            ("fr", false, "Je ne suis pas une intelligence artificielle."),
            ("fr", false, "J'appelle au sujet de l'intelligence artificielle."),
            ("fr", false, "Je suis votre assistant vocal."),
            (
                "de",
                true,
                "Guten Tag, hier spricht eine künstliche Intelligenz im Auftrag von Nobu.",
            ),
            ("de", true, "Hallo, hier ist Mia, die KI-Assistentin der Praxis Weber."),
            ("de", true, "Guten Tag, Sie sprechen mit einem KI-gestützten Assistenten."),
            ("de", true, "Mein Name ist Mia, ich bin ein Assistent mit künstlicher Intelligenz."),
            ("de", true, "Hier spricht eine kuenstliche Intelligenz."),
            ("de", false, "Guten Tag, hier ist der Assistent der Praxis Weber."),
            ("de", false, "Hier spricht Ihr digitaler Assistent."),
            ("de", false, "Ich bin keine künstliche Intelligenz."),
            ("de", false, "Ich bin kein KI-Assistent."),
            ("de", false, "Ich rufe an wegen Ihrer Frage zu künstlicher Intelligenz."),
            ("de", false, "Hier ist die KI Beratung Müller."),
            (
                "it",
                true,
                "Buongiorno, sono un assistente di intelligenza artificiale e chiamo per conto di Nobu.",
            ),
            (
                "it",
                true,
                "Buongiorno, sono Giulia, l'assistente virtuale basata su intelligenza artificiale.",
            ),
            ("it", true, "Sta parlando con un'intelligenza artificiale."),
            ("it", false, "Buongiorno, sono l'assistente di Nobu."),
            ("it", false, "Non sono un'intelligenza artificiale."),
            ("it", false, "Chiamo per un corso di intelligenza artificiale."),
            ("it", false, "Parla ai clienti, per favore."),
            ("pt", true, "Olá, fala um assistente de inteligência artificial em nome de Nobu."),
            (
                "pt",
                true,
                "Bom dia, sou a Clara, uma assistente virtual com inteligência artificial.",
            ),
            ("pt", true, "Está a falar com uma IA."),
            ("pt", false, "Olá, fala a assistente da Nobu."),
            ("pt", false, "Não sou uma inteligência artificial."),
            ("pt", false, "Sou eu, ia ligar ontem."),
            ("pt", false, "Ligo sobre inteligência artificial."),
            ("nl", true, "Goedendag, u spreekt met een AI-assistent namens Nobu."),
            ("nl", true, "Hallo, u spreekt met Eva, de AI-assistent van Nobu."),
            (
                "nl",
                true,
                "Goedemiddag, dit is een virtuele assistent op basis van kunstmatige intelligentie.",
            ),
            ("nl", false, "Goedendag, u spreekt met de assistent van Nobu."),
            ("nl", false, "Ik ben geen AI-assistent."),
            ("nl", false, "Ik bel over kunstmatige intelligentie."),
            ("nl", false, "U spreekt met AI Consulting."),
            // Other languages: English words alone are recognised.
            ("pl", true, "This is an AI assistant."),
            ("ro", false, "Ai sunat ieri?"),
        ],
    );
}

#[test]
fn whether_the_call_is_recorded() {
    check(
        Saying::Recording,
        &[
            ("en", true, "This call is recorded."),
            ("en", true, "This call may be monitored or recorded for quality."),
            ("en", true, "You're on a recorded line."),
            ("en", true, "Is it okay if I record this call?"),
            ("en", true, "We are recording this call."),
            ("en", false, "This call is not recorded."),
            ("en", false, "This call isn't being recorded."),
            ("en", false, "Your order was recorded on Monday."),
            ("en", false, "I'm calling about your record."),
            ("en", false, "This is not a recorded line."),
            ("es", true, "La llamada se graba."),
            ("es", true, "Esta llamada está siendo grabada."),
            ("es", true, "¿Puedo grabar la llamada?"),
            ("es", false, "La llamada no se graba."),
            ("es", false, "Su pedido quedó grabado."),
            ("fr", true, "L'appel est enregistré."),
            ("fr", true, "Cette conversation peut être enregistrée."),
            ("fr", true, "Puis-je enregistrer l'appel ?"),
            ("fr", false, "L'appel n'est pas enregistré."),
            ("fr", false, "Votre commande est enregistrée."),
            ("de", true, "Darf ich das Gespräch aufzeichnen?"),
            ("de", true, "Das Gespräch wird zu Schulungszwecken aufgezeichnet."),
            ("de", true, "Sind Sie einverstanden, dass ich das Gespräch aufzeichne?"),
            ("de", false, "Das Gespräch wird nicht aufgezeichnet."),
            ("de", false, "Ihre Bestellung wurde aufgenommen."),
            ("de", false, "Darf ich Ihre Bestellung notieren?"),
            ("it", true, "La chiamata è registrata."),
            ("it", true, "Posso registrare la chiamata?"),
            ("it", false, "La chiamata non è registrata."),
            ("it", false, "Il suo ordine è registrato."),
            ("pt", true, "A chamada é gravada."),
            ("pt", true, "Esta ligação está sendo gravada."),
            ("pt", false, "A chamada não é gravada."),
            ("nl", true, "Dit gesprek wordt opgenomen."),
            ("nl", true, "Mag ik dit gesprek opnemen?"),
            ("nl", false, "Dit gesprek wordt niet opgenomen."),
            ("nl", false, "Wij nemen contact met u op."),
            ("nl", false, "Goed dat u opneemt."),
        ],
    );
}

#[test]
fn why_somebody_calls() {
    check(
        Saying::Purpose,
        &[
            ("en", true, "I'm calling about your appointment."),
            ("en", true, "I'm calling on behalf of Nobu to confirm your table."),
            ("en", true, "I'd like to book a table for four."),
            ("en", true, "Following up on your car accident case."),
            ("en", false, "Hey John, do you have a minute?"),
            ("en", false, "How about that weather?"),
            ("en", false, "This is Kai from Smith Law."),
            ("es", true, "Llamo para reservar una mesa."),
            ("es", true, "Llamo de parte de Nobu, por su cita."),
            ("es", false, "Hola, ¿tiene un minuto?"),
            ("fr", true, "J'appelle au sujet de votre commande."),
            ("fr", true, "Je voudrais réserver une table."),
            ("fr", false, "Bonjour, vous avez une minute ?"),
            ("de", true, "Es geht um Ihren Termin."),
            ("de", true, "Ich möchte gerne einen Tisch für vier reservieren."),
            ("de", false, "Guten Tag, haben Sie kurz Zeit?"),
            ("it", true, "Chiamo per una prenotazione."),
            ("it", false, "Buongiorno, ha un minuto?"),
            ("pt", true, "Ligo para confirmar a sua marcação."),
            ("pt", false, "Bom dia, tem um minuto?"),
            ("nl", true, "Ik bel over uw afspraak."),
            ("nl", true, "Ik wil graag een tafel reserveren."),
            ("nl", false, "Goedemorgen, heeft u even?"),
        ],
    );
}

#[test]
fn the_offer_to_be_left_alone() {
    check(
        Saying::OptOut,
        &[
            ("en", true, "Say stop, and we will never call you again."),
            ("en", true, "If you do not want to be called again, tell me."),
            ("en", true, "You can opt out at any time."),
            ("en", false, "Please stop by our office."),
            ("en", false, "We will call you again."),
            ("es", true, "Si no desea recibir más llamadas, dígalo."),
            ("es", false, "Volveremos a llamarle mañana."),
            ("fr", true, "Dites stop et nous ne vous rappellerons plus."),
            ("fr", false, "Nous vous rappellerons demain."),
            ("de", true, "Sagen Sie Stopp, und wir rufen Sie nicht mehr an."),
            ("de", false, "Wir rufen Sie morgen wieder an."),
            ("it", true, "Dica stop e non la chiameremo più."),
            ("it", false, "La chiameremo domani."),
            ("pt", true, "Diga parar e nunca mais lhe ligamos."),
            ("pt", false, "Voltamos a ligar amanhã."),
            ("nl", true, "Zeg stop en wij bellen u nooit meer."),
            ("nl", false, "Wij bellen u morgen weer."),
        ],
    );
}

#[test]
fn a_company_counts_by_its_name() {
    let rows = [
        ("Smith Law", "this is Kai from Smith Law", true),
        ("Smith Law LLC", "this is Kai from Smith Law", true),
        ("Müller & Söhne GmbH", "hier ist Mueller und Söhne", false),
        ("Müller & Söhne GmbH", "hier ist Müller & Söhne", true),
        ("Hôtel de l'Étoile", "de la part de l'Hotel de l'Etoile", true),
        ("Smith Law", "this is Kai from Smith Lawson", false),
        ("Smith Law", "this is Kai, a smith of law", false),
        ("Ann", "this is Kai from Annapolis", false),
        ("", "this is Kai", false),
    ];
    for (name, text, expected) in rows {
        let facts =
            OpeningFacts::default().with(|facts| facts.on_behalf_of = Some(name.to_owned()));
        assert_eq!(says("en", text, &facts, Saying::OnBehalfOf), expected, "{name}: {text}");
    }
    assert!(!says("en", "on behalf of Nobu", &OpeningFacts::default(), Saying::OnBehalfOf));
}

#[test]
fn a_number_counts_by_all_its_digits() {
    let rows = [
        ("en", "+14155550166", "Call us at (415) 555-0166.", true),
        ("en", "+14155550166", "Call us at +1 415.555.0166.", true),
        ("en", "+14155550166", "four one five, five five five, oh one six six", true),
        ("en", "+14155550166", "four fifteen five fifty five zero one sixty six", true),
        ("en", "+14155550166", "Call us at 555-0166.", false),
        ("en", "+14155550166", "Call us at 415-555-0167.", false),
        ("en", "+14155550166", "Room 415, table 555, order 0166.", false),
        ("en", "+442079460123", "Ring 020 7946 0123.", true),
        ("es", "+34911234567", "nueve uno uno dos tres cuatro cinco seis siete", true),
        ("es", "+34911234567", "noventa y uno ciento veintitrés", false),
        (
            "fr",
            "+33123456789",
            "zéro un vingt-trois quarante-cinq soixante-sept quatre-vingt-neuf",
            true,
        ),
        ("fr", "+33171727576", "01 71 72 75 76", true),
        (
            "fr",
            "+33171727576",
            "zéro un soixante et onze soixante-douze soixante-quinze soixante-seize",
            true,
        ),
        (
            "de",
            "+493023125123",
            "null dreißig dreiundzwanzig zwölf einundfünfzig dreiundzwanzig",
            true,
        ),
        ("de", "+493023125123", "null dreißig zwo drei eins zwo fünf eins zwo drei", true),
        ("it", "+390612345678", "zero sei dodici trentaquattro cinquantasei settantotto", true),
        ("pt", "+351211234567", "vinte e um doze trinta e quatro cinquenta e seis sete", true),
        ("nl", "+31201234567", "nul twintig twaalf vierendertig zesenvijftig zeven", true),
    ];
    for (tag, number, text, expected) in rows {
        let number = PhoneNumber::parse(number).unwrap();
        let facts = OpeningFacts::default().with(|facts| facts.callback_number = Some(number));
        assert_eq!(says(tag, text, &facts, Saying::Number), expected, "{tag}: {text}");
    }
}

#[test]
fn words_of_ones_own_for_the_reason_count() {
    let facts = facts().with(|facts| facts.purpose_words = Some("a leaking roof".to_owned()));
    assert!(says("en", "It's that leak: a leaking roof, to be clear.", &facts, Saying::Purpose));
    assert!(!says("en", "It's a roof.", &facts, Saying::Purpose));
}
