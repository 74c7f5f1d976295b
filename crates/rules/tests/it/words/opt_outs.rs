//! Words of a callee that sound like a wish not to be called again, and words that do not.

use proptest::prelude::*;
use switchboard_rules::sounds_like_opt_out;

#[test]
fn wishes_not_to_be_called_again() {
    check(
        true,
        &[
            "Don't call me again.",
            "please do not call me",
            "Never call this number again!",
            "Stop calling me.",
            "Would you stop calling?",
            "I told you not to call me anymore.",
            "Take me off your list.",
            "Can you please remove my number from your database?",
            "Please remove my number.",
            "Put me on your do not call list.",
            "I want to opt out.",
            "I don't want any more calls from you.",
            "We don't want to be called again.",
            "Leave me alone!",
            "Lose my number.",
            "Don't call me back.",
            "dont ever call here again",
            "Stop.",
            "No me llame más.",
            "No me vuelvan a llamar.",
            "Por favor, no llamen más a este número.",
            "Dejen de llamarme.",
            "Quítenme de su lista.",
            "Quiero darme de baja, denme de baja.",
            "No quiero recibir más llamadas.",
            "No quiero que me llamen.",
            "Ne m'appelez plus.",
            "Ne me rappelez plus jamais !",
            "Arrêtez de m'appeler.",
            "Je ne veux plus être appelé.",
            "Retirez-moi de votre liste.",
            "Supprimez mon numéro de votre fichier, s'il vous plaît.",
            "Laissez-moi tranquille.",
            "Je vous demande de ne plus m'appeler.",
            "Rufen Sie mich nicht mehr an!",
            "Rufen Sie hier bitte nie wieder an.",
            "Bitte rufen Sie mich nicht an.",
            "Hören Sie auf, mich anzurufen.",
            "Ich möchte nicht mehr angerufen werden.",
            "Ich will keine weiteren Anrufe.",
            "Streichen Sie mich bitte aus Ihrer Liste.",
            "Löschen Sie meine Nummer.",
            "Lassen Sie mich in Ruhe.",
            "Sie sollen mich nicht mehr anrufen.",
            "Stopp!",
            "Non mi chiami più.",
            "Non chiamatemi mai più.",
            "Smettetela di chiamarmi.",
            "Non voglio più essere chiamato.",
            "Toglietemi dalla lista.",
            "Mi cancelli dal vostro elenco, per favore.",
            "Basta!",
            "Não me ligue mais.",
            "Não volte a ligar.",
            "Parem de me ligar.",
            "Nunca mais me liguem.",
            "Não quero receber mais chamadas.",
            "Tirem o meu número da vossa lista.",
            "Me deixe em paz.",
            "Bel mij niet meer.",
            "Belt u mij alstublieft nooit meer.",
            "Stop met bellen.",
            "Ik wil niet meer gebeld worden.",
            "Haal mij van uw lijst.",
            "Laat me met rust.",
        ],
    );
}

#[test]
fn words_that_are_no_such_wish() {
    check(
        false,
        &[
            "Call me again tomorrow.",
            "Do not call after six.",
            "Don't call me before nine.",
            "Please don't call me at night.",
            "Don't call me tomorrow, call me on Friday.",
            "Don't call me again before Monday.",
            "Don't call me now, I'm driving.",
            "Please don't. Call me again tomorrow.",
            "Don't worry, call me again any time.",
            "Why don't you call me again next week?",
            "I don't call here often.",
            "We never call customers again.",
            "If you don't call me again, I'll come by.",
            "Don't call me Bob, it's Robert.",
            "Take me off hold, please.",
            "Can I opt out of the breakfast?",
            "Put me on the list for Friday.",
            "Stop by tomorrow at five.",
            "No, the stop is at Main Street.",
            "I don't want to receive the invoice by mail.",
            "I don't want any sauce.",
            "We are not interested today.",
            "No me llame antes de las nueve.",
            "Llámeme otra vez mañana.",
            "No me llame mañana, llame el lunes.",
            "No me llamo Juan.",
            "No me llame señora.",
            "La parada está en el centro.",
            "Ne m'appelez pas avant neuf heures.",
            "Rappelez-moi demain.",
            "Ne me rappelez pas demain, mais lundi.",
            "Je ne vous appelle plus que le lundi.",
            "Je ne veux plus de dessert.",
            "Rufen Sie mich morgen wieder an.",
            "Rufen Sie mich nicht vor neun an.",
            "Rufen Sie bitte nicht nach sechs an.",
            "Ich rufe hier nicht mehr an.",
            "Ich möchte nicht mehr bestellen.",
            "Halten Sie bitte an.",
            "Mi richiami domani.",
            "Non mi chiami prima delle nove.",
            "Non mi chiamo Anna.",
            "Non mi chiami domani, chiami lunedì.",
            "Ligue-me outra vez amanhã.",
            "Não me ligue antes das nove.",
            "Não me ligue amanhã.",
            "Não quero mais café.",
            "Belt u mij morgen weer.",
            "Bel me niet voor negen uur.",
            "Ik bel niet meer.",
            "Ik wil geen koffie meer.",
            // The agent's own offer.
            "Say stop, and we will never call you again.",
            "Hello?",
            "",
        ],
    );
}

fn check(expected: bool, rows: &[&str]) {
    let wrong: Vec<_> = rows.iter().filter(|text| sounds_like_opt_out(text) != expected).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

proptest! {
    /// Case, accents and marks around the words do not matter.
    #[test]
    fn spelling_does_not_matter(
        words in proptest::sample::select(vec![
            "don't call me again", "no me llame más", "ne m'appelez plus",
            "rufen sie mich nicht mehr an", "non mi chiami più", "não me ligue mais",
            "bel mij niet meer",
        ]),
        before in proptest::sample::select(vec!["", "No. ", "Look, ", "Hello? ", "… "]),
        after in proptest::sample::select(vec!["", ".", "!", " !!", ", thank you.", "…"]),
        loud in any::<bool>(),
    ) {
        let words = if loud { words.to_uppercase() } else { words.to_owned() };
        let text = format!("{before}{words}{after}");
        prop_assert!(sounds_like_opt_out(&text), "{}", text);
    }

    /// No text is too odd to be read.
    #[test]
    fn any_text_is_read(text in "\\PC{0,200}") {
        let _ = sounds_like_opt_out(&text);
    }
}
