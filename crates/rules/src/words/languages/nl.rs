//! Dutch.

use super::Tables;
use crate::words::sentences::Sentences;

pub(in crate::words) const SENTENCES: Sentences = Sentences {
    nameless: "Goedendag, u spreekt met een AI-assistent",
    named: "Goedendag, u spreekt met {caller}, een AI-assistent,",
    on_behalf_of: " namens {who}",
    about: ", over {why}",
    only_about: ", over {why}",
    recorded: "Dit gesprek wordt opgenomen.",
    may_record: "Mag ik dit gesprek opnemen?",
    asks_to_record: false,
    number: "U kunt terugbellen op {number}.",
    opt_out: "Zeg stop, en wij bellen u nooit meer.",
    merged: &[],
    elided: None,
    why: [
        "een reservering",
        "uw verzoek",
        "uw bestelling of afspraak",
        "informatie voor u",
        "een enquête",
        "een persoonlijke aangelegenheid",
        "een aanbieding",
        "een politieke kwestie",
        "een donatie",
    ],
};

pub(in crate::words) const TABLES: Tables = Tables {
    myself: "(?:(?:spreekt|praat|spreken)(?: hier| nu)? met|dit is|ik ben|(?:mijn )?naam is|hier spreekt|gebeld door|met|ik heet)",
    article: "(?:een |de |uw |je |onze )",
    ai: "(?:(?:virtuele|digitale|automatische|slimme) )?(?:(?:ai|a i)(?: (?:gestuurde|gedreven|aangedreven))?(?: (?:assistent|assistente|agent|stem|systeem|medewerker|bot|telefoniste|receptionist|receptioniste|spraakassistent|belassistent))?|(?:assistent|assistente|agent|stem|systeem|spraakassistent) (?:met|op basis van) (?:ai|kunstmatige intelligentie)|(?:kunstmatige|artificiele) intelligentie)",
    after_ai: "namens|van|die|en|voor|bij|uit|hier|met|in",
    of: "van|bij|uit|namens",
    also_ai: &[
        "(?:gesprek|telefoontje|oproep) wordt (?:gevoerd|gedaan|gemaakt) door (?:een )?(?:ai|kunstmatige intelligentie)",
    ],
    recording: &[
        "(?:gesprek|telefoongesprek|oproep) (?:wordt|kan worden|zal worden)(?: (?:voor|om|ten) [a-z ]{1,40})? (?:opgenomen|geregistreerd)",
        "(?:ik neem|wij nemen|we nemen) (?:dit|het|ons) (?:gesprek|telefoongesprek) op",
        "(?:mag|mogen|kan|kunnen) (?:ik|we|wij)(?: [a-z]+){0,4} opnemen",
        "(?:goed|akkoord|bezwaar|in orde|okay|ok)(?: ermee| er mee| met)?,? (?:dat|als|om|tegen|met) (?:ik |we |wij |het opnemen|de opname|dit gesprek |het gesprek )?(?:opneem|opnemen|opgenomen|opname)?",
    ],
    purpose: &[
        r"(?:bel|bellen|belt|contact)(?: u| je| op)*(?: namens [^.]{1,80}?)?,? (?:over|voor|om|omdat|in verband met|betreffende|naar aanleiding van|vanwege)",
        "(?:wil|willen|zou|zouden|graag)(?: [a-z]+){0,8} (?:reserveren|boeken|bestellen|maken|vragen|bevestigen|annuleren|verzetten|weten|plannen)",
        "(?:het gaat (?:om|over)|reden van (?:mijn|dit|ons) (?:telefoontje|gesprek|belletje))",
    ],
    opt_out: &[
        r"(?:zeg|zegt u|druk op|antwoord) (?:het woord |gewoon |dan )?(?:stop|nee|[0-9])[^.]{1,40}\b(?:nooit|niet) meer",
        "(?:niet|nooit) meer (?:door ons )?(?:gebeld|benaderd) (?:wilt|wil|wenst te) worden",
        "(?:niet|nooit) meer (?:gebeld|benaderd) worden",
    ],
    not: &["niet", "geen", "nooit", "over", "zoals", "zonder", "verkoop", "verkopen"],
    leave_alone: &[
        r"bel(?:t u|len|t)?(?: (?:mij|me|ons|hier|dit nummer|mijn nummer|alstublieft|alsjeblieft|aub|dan|maar))* (?:nooit|niet) (?:meer|weer|opnieuw|nog een keer)",
        r"bel(?:t u|len|t)?(?: (?:mij|me|ons|hier|dit nummer|alstublieft|alsjeblieft))+ (?:nooit|niet)(?: (?:op|terug|alstublieft|alsjeblieft))?(?:[.,]|$)",
        "(?:mij|me|ons|hier|alstublieft|dit nummer) (?:niet|nooit) meer (?:te )?(?:bellen|benaderen|lastigvallen|lastig vallen|contacteren)",
    ],
    wants_no_calls: &[
        "(?:wil|willen|wens)(?: (?:ik|we|wij|hier|echt|gewoon|door u|door jullie|van u))* (?:(?:niet|nooit) (?:meer )?(?:door u |door jullie )?(?:gebeld|benaderd|lastiggevallen|gecontacteerd)(?: worden)?|geen (?:verdere |andere )?(?:telefoontjes|belletjes|oproepen)(?: meer)?|niet dat (?:u|jullie) (?:mij|me|ons) (?:nog |weer )?(?:belt|bellen))",
        "(?:stop|stopt u|hou op|houd op|houdt u op)(?: alstublieft)? met (?:mij |me |ons |hier )?(?:te )?bellen",
        "(?:haal|haalt u|verwijder|verwijdert u|schrap|schrapt u|wis)(?: (?:mij|me|ons|mijn nummer|dit nummer|ons nummer|mijn gegevens|mijn naam|alstublieft))+ (?:uit|van) (?:uw |de |jullie |het |die |deze )?(?:lijst|lijsten|bestand|bestanden|systeem|database)",
        "laat (?:me|mij|ons)(?: alstublieft| nou| toch)? met rust",
        "geen (?:telefoontjes|belletjes|oproepen) meer",
        "bel me niet register",
    ],
    not_asking: &["ik", "wij", "we", "ze", "als", "wie", "waarom"],
    only_then: r"(?:voor (?:[0-9]|negen|acht|tien|zeven|de middag)|na|tot|tussen|om|op (?:maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag)|in (?:het weekend|de ochtend|de avond)|tijdens|terwijl|wanneer|als|morgen|vandaag|vanavond|nu|zo (?:vroeg|laat)|te (?:vroeg|laat)|s (?:avonds|morgens|ochtends|nachts)|deze week|zonder|voorlopig|voordat)",
    stop: "(?:stop|ophouden|hou op)(?:,? stop)*(?:,? (?:alstublieft|alsjeblieft))?",
    digits: ["nul", "een", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen"],
    tens,
};

fn tens() -> Vec<(String, u8)> {
    const TEENS: [&str; 10] = [
        "tien",
        "elf",
        "twaalf",
        "dertien",
        "veertien",
        "vijftien",
        "zestien",
        "zeventien",
        "achttien",
        "negentien",
    ];
    const TENS: [&str; 8] =
        ["twintig", "dertig", "veertig", "vijftig", "zestig", "zeventig", "tachtig", "negentig"];
    super::regular(
        &TEENS,
        &TENS,
        |ten, one| format!("{one}en{ten}"),
        &["een", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen"],
    )
}
