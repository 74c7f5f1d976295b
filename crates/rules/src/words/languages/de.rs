//! German.

use super::Tables;
use crate::words::sentences::Sentences;

pub(in crate::words) const SENTENCES: Sentences = Sentences {
    nameless: "Guten Tag, hier spricht eine künstliche Intelligenz",
    named: "Guten Tag, hier spricht {caller}, eine künstliche Intelligenz",
    on_behalf_of: " im Auftrag von {who}",
    about: ". Es geht um {why}",
    only_about: ". Es geht um {why}",
    recorded: "Das Gespräch wird aufgezeichnet.",
    may_record: "Darf ich das Gespräch aufzeichnen?",
    // Recording without consent is an offence in Germany, so a statement would not do.
    asks_to_record: true,
    number: "Sie erreichen uns unter {number}.",
    opt_out: "Sagen Sie Stopp, und wir rufen Sie nie wieder an.",
    merged: &[],
    elided: None,
    why: [
        "eine Reservierung",
        "Ihre Anfrage",
        "Ihre Bestellung oder Ihren Termin",
        "eine Information für Sie",
        "eine Umfrage",
        "eine persönliche Angelegenheit",
        "ein Angebot",
        "ein politisches Anliegen",
        "eine Spende",
    ],
};

pub(in crate::words) const TABLES: Tables = Tables {
    myself: "(?:hier ist|hier spricht|es spricht|ich bin|(?:sprechen|telefonieren)(?: hier| gerade)? mit|mein name ist|ich heisse|am apparat ist|hier meldet sich|(?:angerufen|kontaktiert) von)",
    article: "(?:ein(?:e|er|em|en)? |der |die |das |dem |ihr(?:e|em|er)? |unser(?:e|em|er)? )",
    ai: "(?:(?:virtuell|digital|automatisch|telefonisch|freundlich)[a-z]* )?(?:(?:ki|ai|k i|a i)(?: (?:basiert|gestutzt|gesteuert|unterstutzt)[a-z]*)?(?: (?:assistent|assistenz|agent|telefonassistent|sprachassistent|stimme|system|bot|mitarbeiter|telefonist)[a-z]*)?|(?:assistent|assistenz|agent|telefonassistent|sprachassistent|stimme|system)[a-z]* (?:mit|auf basis von|auf der basis von|auf basis) (?:ki|k(?:u|ue)nstlicher intelligenz)|auf k(?:u|ue)nstlicher intelligenz basierende[rsn]? [a-z]+|k(?:u|ue)nstliche[nr]? intelligenz)",
    after_ai: "im|von|fur|fuer|und|die|der|das|am|bei|mit|aus|vom|des|namens|hier|in|kein|keine",
    of: "von|vom|von der|aus|bei",
    also_ai: &[
        "(?:anruf|gesprach|gespraech|telefonat) wird (?:von|durch) (?:eine[rm]? )?(?:k(?:u|ue)nstlichen? intelligenz|ki)",
    ],
    recording: &[
        "(?:gesprach|gespraech|anruf|telefonat) (?:wird|werden)(?: (?:zu|fur|fuer|aus) [a-z ]{1,40})? (?:aufgezeichnet|aufgenommen|mitgeschnitten)",
        "(?:ich zeichne|wir zeichnen) (?:das|dieses|unser) (?:gesprach|gespraech|telefonat) auf",
        "(?:darf|durfen|duerfen|kann|konnte|koennte) (?:ich|wir)(?: [a-z]+){0,4} (?:aufzeichnen|aufnehmen|mitschneiden)",
        "(?:einverstanden|recht|in ordnung|okay)(?: damit)?,? (?:dass|wenn|mit)(?: [a-z]+){0,5} (?:aufzeichnung|aufzeichne|aufzeichnen|aufgezeichnet|aufnehme|aufnehmen|mitschneide)",
    ],
    purpose: &[
        "es geht (?:um|darum)",
        "(?:anruf|melde mich|rufe (?:sie )?(?:an|im auftrag)|rufe)[^.]{0,80}?(?:wegen|bezuglich|bezueglich|weil|zum thema|aufgrund|in sachen|um [^.]{1,60} zu [a-z]+)",
        "(?:mochte|moechte|wurde|wuerde|wollte|mochten|moechten|wurden|wollen)(?: (?:gerne?|bei ihnen|einen|eine|ich|wir|fur|fuer|[a-z]+)){0,8} (?:reservieren|buchen|bestellen|vereinbaren|fragen|anfragen|bestatigen|absagen|verschieben|wissen|ausmachen|klaren)",
        "grund (?:meines|unseres|des|fur meinen) anrufs?",
        "wegen",
    ],
    opt_out: &[
        r"(?:sagen sie|drucken sie|antworten sie mit|sag) (?:das wort |einfach )?(?:stopp?|nein|[0-9])[^.]{1,40}\b(?:nie|nicht) (?:wieder|mehr)",
        "(?:nicht mehr|nie mehr|nie wieder) (?:von uns )?(?:angerufen|kontaktiert) werden (?:mochten|moechten|wollen)",
        "keine (?:weiteren )?anrufe (?:mehr )?(?:wunschen|wuenschen|mochten|moechten|wollen)",
    ],
    not: &[
        "kein",
        "keine",
        "keiner",
        "nicht",
        "nie",
        "uber",
        "ueber",
        "wie",
        "ohne",
        "verkaufe",
        "verkaufen",
    ],
    leave_alone: &[
        r"ruf(?:en sie|en se|t|e)?(?: (?:bitte|mich|uns|hier|da|diese nummer|meine nummer|unter dieser nummer|bei mir|bei uns|blo(?:ss|s)|ja))* (?:nie|niemals|nicht)(?: (?:mehr|wieder|noch einmal|nochmal|nochmals))*(?: (?:hier|unter dieser nummer|auf dieser nummer|bei mir|bei uns|bitte))* an\b",
        "(?:mich|uns|hier|bitte|diese nummer|meine nummer) (?:bitte )?(?:nie|nicht|niemals) (?:mehr|wieder) (?:anrufen|anzurufen|kontaktieren|zu kontaktieren|belastigen)",
        r"(?:kontaktieren|belastigen|storen) sie (?:mich|uns)(?: bitte)? (?:nie|nicht)(?: mehr| wieder)?(?:[.,]|$)",
    ],
    wants_no_calls: &[
        "hor(?:en sie|t|e)?(?: bitte| endlich| doch)* auf,? (?:mich |uns |hier |bei mir |bei uns )?(?:anzurufen|mit (?:den|ihren|diesen) anrufen)",
        "(?:will|mochte|moechte|wollen|mochten|moechten|wunsche|wuensche|wunschen)(?: (?:ich|wir|bitte|von ihnen|auch|hier|einfach))* (?:keine (?:weiteren |solchen |ihrer )?anrufe|(?:nicht|nie) (?:mehr |wieder )?(?:von ihnen )?(?:angerufen|kontaktiert|belastigt|gestort) werden|nicht,? dass sie (?:mich|uns|hier) (?:wieder |noch einmal |nochmal )?anrufen)",
        "(?:streichen|loschen|loeschen|entfernen|nehmen) sie (?:mich|uns|mein(?:e|en) (?:nummer|daten|namen|telefonnummer|eintrag)|unsere (?:nummer|daten|telefonnummer)|diese nummer|die nummer)(?: bitte| sofort)* (?:aus|von)",
        r"(?:loschen|loeschen|streichen) sie (?:meine|unsere|diese) (?:nummer|telefonnummer|daten)",
        "(?:lassen sie|lasst|lass) (?:mich|uns)(?: (?:bitte|endlich|einfach|doch))* in ruhe",
        "keine (?:weiteren )?anrufe mehr",
        "keine weiteren anrufe",
        "auf (?:die|ihre|eine) (?:sperrliste|robinsonliste|nicht anrufen liste)",
    ],
    not_asking: &["ich", "wir", "er", "wer", "wenn", "warum", "wieso"],
    only_then: r"(?:vor|nach|bis|zwischen|um|am|an (?:diesem|einem)|wahrend|heute|morgen|jetzt|gerade|abends|morgens|nachts|mittags|so (?:fruh|spat)|zu (?:fruh|spat)|in der|wenn|solange|ohne|bevor|uber mittag)",
    stop: "(?:bitte )?(?:stopp?|halt|aufhoren)(?:,? (?:stopp?|halt))*(?:,? bitte)?",
    digits: [
        "null",
        "eins|ein|eine",
        "zwei|zwo",
        "drei",
        "vier",
        "funf|fuenf",
        "sechs",
        "sieben",
        "acht",
        "neun",
    ],
    tens,
};

fn tens() -> Vec<(String, u8)> {
    const TEENS: [&str; 10] = [
        "zehn", "elf", "zwolf", "dreizehn", "vierzehn", "funfzehn", "sechzehn", "siebzehn",
        "achtzehn", "neunzehn",
    ];
    const TENS: [&str; 8] =
        ["zwanzig", "dreissig", "vierzig", "funfzig", "sechzig", "siebzig", "achtzig", "neunzig"];
    super::regular(
        &TEENS,
        &TENS,
        |ten, one| format!("{one}und{ten}"),
        &["ein", "zwei", "drei", "vier", "funf", "sechs", "sieben", "acht", "neun"],
    )
}
