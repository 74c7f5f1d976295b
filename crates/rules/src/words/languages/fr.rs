//! French.

use super::Tables;
use crate::words::sentences::Sentences;

pub(in crate::words) const SENTENCES: Sentences = Sentences {
    nameless: "Bonjour, je suis une intelligence artificielle",
    named: "Bonjour, je suis {caller}, une intelligence artificielle,",
    on_behalf_of: " et j'appelle de la part de {who}",
    about: ", au sujet de {why}",
    only_about: " et j'appelle au sujet de {why}",
    recorded: "L'appel est enregistré.",
    may_record: "Puis-je enregistrer l'appel ?",
    asks_to_record: false,
    number: "Vous pouvez rappeler au {number}.",
    opt_out: "Dites stop et nous ne vous rappellerons plus jamais.",
    merged: &[("de le", "du"), ("de les", "des")],
    elided: Some(("de", "d'")),
    why: [
        "une réservation",
        "votre demande",
        "votre commande ou votre rendez-vous",
        "une information pour vous",
        "une enquête",
        "une affaire personnelle",
        "une offre",
        "une question politique",
        "un don",
    ],
};

pub(in crate::words) const TABLES: Tables = Tables {
    myself: "(?:je suis|ici|c est|vous parlez (?:a|avec)|en (?:ligne|communication|contact) avec|je m appelle|mon nom est|a l appareil|(?:appele|appelee|contacte|contactee) par)",
    article: "(?:une? |l |le |la |votre |notre )",
    ai: "(?:(?:assistante?|agente?|systeme|voix|robot|receptionniste|secretaire|conseillere?)(?: (?:virtuel|virtuelle|vocal|vocale|automatique|telephonique))* (?:(?:d |de |a |a l |en |par |base sur l |basee sur l |basee? sur une |dotee? d (?:une )?|utilisant l ))?(?:intelligence artificielle|ia|i a)|intelligence artificielle|ia)",
    after_ai: "et|de|d|du|qui|pour|au|a|travaillant|agissant|j|mandatee?|chez|en",
    of: "de|de chez|du|de la|d",
    also_ai: &[
        "appel (?:est|a ete) (?:effectue|passe|realise|emis) par (?:une )?(?:intelligence artificielle|ia)",
    ],
    recording: &[
        "(?:appel|conversation|communication|echange) (?:est|sera|peut etre|va etre|pourra etre) enregistree?",
        "(?:j enregistre|nous enregistrons) (?:cet|cette|l|la|notre)",
        "(?:puis je|pouvons nous|je peux|est ce que je peux|on peut) (?:l )?enregistrer",
        "(?:acceptez|autorisez|etes d accord|permettez|consentez)(?: vous)?(?: pour)? (?:que (?:je l |nous l |l appel soit |cet appel soit |la conversation soit )?(?:enregistre|enregistrions|enregistree)|d etre enregistree?|a l enregistrement|l enregistrement)",
    ],
    purpose: &[
        r"(?:appelle|appelons|appelle|contacte|telephone)(?: de la part d[eu]? ?[^.]{1,80}?)?,? (?:au sujet|a propos|concernant|pour|car|parce que|afin de|suite a|en ce qui concerne)",
        "(?:je voudrais|j aimerais|je souhaite|je souhaiterais|nous voudrions|nous aimerions|je veux|nous souhaiterions) (?:reserver|faire|prendre|demander|confirmer|annuler|modifier|savoir|commander|une|un)",
        "(?:il s agit d|c est (?:au sujet|a propos|pour)|le motif de (?:mon|cet|notre) appel|l objet de (?:mon|cet|notre) appel)",
    ],
    opt_out: &[
        r"(?:dites|tapez|repondez) (?:le mot |simplement )?(?:stop|non|[0-9])[^.]{1,40}\bne (?:vous )?(?:rappellerons|appellerons|contacterons|serez)",
        "(?:ne (?:souhaitez|voulez|desirez) (?:plus|pas) (?:etre (?:appele|rappele|contacte|appelee|rappelee|contactee)|recevoir (?:d |nos |ces )?appels|que nous))",
        "vous desinscrire",
    ],
    not: &[
        "pas",
        "ne",
        "non",
        "jamais",
        "sur",
        "comme",
        "vends",
        "vendons",
        "propose",
        "proposons",
        "pour",
    ],
    leave_alone: &[
        r"ne (?:m |me |nous |vous )?(?:appelez|appelle|rappelez|rappelle|telephonez|contactez|contacte|derangez|derange)(?: (?:surtout|s il vous plait|svp|donc))? (?:pas|plus)(?: (?:s il vous plait|svp|ici|a ce numero|sur ce numero|chez moi))?(?:[.,]|$)",
        r"ne (?:m |me |nous |vous )?(?:appelez|appelle|rappelez|rappelle|telephonez|contactez|contacte|derangez|derange) (?:plus(?: jamais)?|jamais(?: plus)?|jamais|pas a nouveau)",
        "ne (?:plus|pas) (?:jamais )?(?:m |me |nous )(?:appeler|rappeler|contacter|deranger|telephoner)",
    ],
    wants_no_calls: &[
        "(?:arretez|arrete|cessez|cesse) (?:de |d )(?:m |me |nous )?(?:appeler|rappeler|telephoner|contacter|deranger|harceler)",
        "(?:arretez|cessez) (?:vos|ces|les) (?:appels|coups de fil)",
        "ne (?:veux|voulons|souhaite|souhaitons|desire|desirons) (?:plus|pas) (?:jamais )?(?:etre (?:appele|rappele|contacte|derange|appelee|rappelee|contactee|derangee|appeles|rappeles|contactes|deranges)|que (?:vous|l on|on) (?:m |me |nous )?(?:appeliez|rappeliez|contactiez|appelle|rappelle)|recevoir (?:d |de |vos |ces |ce genre d )(?:autres )?appels|de vos appels|d appels|vos appels)",
        "(?:retirez|enlevez|supprimez|rayez|effacez|otez|radiez)(?: (?:moi|nous|mon numero|notre numero|ce numero|mon nom|mes coordonnees|s il vous plait))+ (?:de|des|d) (?:vos |votre |la |cette |toutes vos )?(?:listes?|fichiers?|base|bases)",
        "(?:laissez|laisse|fichez|foutez) (?:moi|nous) (?:tranquilles?|en paix|la paix)",
        "plus d appels",
        "desinscri(?:vez|re) (?:moi|nous)",
        "bloctel",
    ],
    not_asking: &["je", "nous", "ils", "elle", "il", "si", "qui", "pourquoi"],
    only_then: r"(?:avant|apres|jusqu|entre|a (?:[0-9]|midi|minuit|une heure|deux heures|cette heure|neuf|huit|dix)|le (?:matin|soir|midi|week end|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)|pendant|durant|quand|lorsque|demain|aujourd hui|ce (?:matin|soir|week end)|cet apres midi|cette (?:semaine|nuit)|maintenant|tout de suite|si|trop|aussi (?:tot|tard)|la nuit|pour (?:l instant|le moment)|tant que|sans|depuis|en ce moment)",
    stop: "(?:stop|arretez)(?:,? stop)*(?:,? (?:s il vous plait|svp|merci))?",
    digits: ["zero", "un|une", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf"],
    tens,
};

fn tens() -> Vec<(String, u8)> {
    const ONES: [&str; 19] = [
        "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze",
        "douze", "treize", "quatorze", "quinze", "seize", "dix sept", "dix huit", "dix neuf",
    ];
    const TENS: [(&str, u8, usize); 6] = [
        ("vingt", 20, 9),
        ("trente", 30, 9),
        ("quarante", 40, 9),
        ("cinquante", 50, 9),
        ("soixante", 60, 19),
        ("quatre vingt", 80, 19),
    ];
    const ELSEWHERE: [(&str, u8, usize); 4] =
        [("septante", 70, 9), ("huitante", 80, 9), ("octante", 80, 9), ("nonante", 90, 9)];
    let mut words: Vec<(String, u8)> =
        (10..).zip(&ONES[9..]).map(|(value, word)| ((*word).to_owned(), value)).collect();
    words.push(("quatre vingts".to_owned(), 80));
    for (ten, value, most) in TENS.into_iter().chain(ELSEWHERE) {
        words.push((ten.to_owned(), value));
        for (one, word) in (1..).zip(ONES.into_iter().take(most)) {
            words.push((format!("{ten} {word}"), value + one));
            if matches!(one, 1 | 11) {
                words.push((format!("{ten} et {word}"), value + one));
            }
        }
    }
    words
}
