//! Italian.

use super::Tables;
use crate::words::sentences::Sentences;

pub(in crate::words) const SENTENCES: Sentences = Sentences {
    nameless: "Buongiorno, sono un assistente di intelligenza artificiale",
    named: "Buongiorno, sono {caller}, un assistente di intelligenza artificiale,",
    on_behalf_of: " e chiamo per conto di {who}",
    about: ", per {why}",
    only_about: " e chiamo per {why}",
    recorded: "La chiamata è registrata.",
    may_record: "Posso registrare la chiamata?",
    asks_to_record: false,
    number: "Può richiamare al numero {number}.",
    opt_out: "Dica stop e non la chiameremo mai più.",
    merged: &[("di il", "del"), ("di lo", "dello"), ("di la", "della"), ("di i", "dei")],
    elided: None,
    why: [
        "una prenotazione",
        "la sua richiesta",
        "il suo ordine o il suo appuntamento",
        "un'informazione per lei",
        "un sondaggio",
        "una questione personale",
        "un'offerta",
        "una questione politica",
        "una donazione",
    ],
};

pub(in crate::words) const TABLES: Tables = Tables {
    myself: "(?:sono|qui|(?:le|ti|vi) parla|parla|(?:parlando|parla) con|mi chiamo|(?:il )?mio nome e|(?:la|ti|vi) chiama)",
    article: "(?:un |una |l |il |la |il suo |la sua |il tuo |la tua |il nostro |la nostra )",
    ai: "(?:(?:assistente|agente|sistema|voce|robot|operatore|operatrice|segretari[oa]|receptionist)(?: (?:virtuale|vocale|automatic[oa]|telefonic[oa]|digitale))* (?:(?:di|con|ad|a|basat[oa] su|basat[oa] sull|dotat[oa] di|che usa l) )?(?:intelligenza artificiale|ia|i a|ai|a i)|intelligenza artificiale)",
    after_ai: "e|per|di|che|del|della|dello|da|a|in|chiamo|non",
    of: "di|del|della|dello|da",
    also_ai: &[
        "(?:sono|parla|(?:parlando|parla) con) un (?:ia|ai)",
        "chiamata (?:e|viene) (?:effettuata|fatta|gestita) da (?:un |una )?(?:intelligenza artificiale|ia|assistente di intelligenza artificiale)",
    ],
    recording: &[
        "(?:chiamata|telefonata|conversazione) (?:e|viene|verra|sara|puo essere|potrebbe essere) registrata",
        "(?:sto|stiamo) registrando (?:la|questa)",
        "(?:posso|possiamo|potrei) registrare",
        "(?:d accordo|acconsente|autorizza|le dispiace|accetta|va bene)(?: a| se| che| alla| la)? (?:registro|registriamo|venga registrata|registrare|registrazione|sia registrata)",
    ],
    purpose: &[
        r"(?:chiamo|chiamiamo|chiama|telefono|contatto)(?: per conto di [^.]{1,80}?)?,? (?:per|perche|riguardo|in merito|a proposito|circa|in relazione)",
        "(?:vorrei|vorremmo|desidero|mi piacerebbe|volevo|voglio) (?:prenotare|fare|chiedere|confermare|annullare|cambiare|sapere|ordinare|fissare|una|un)",
        "(?:si tratta di|riguarda|il motivo della (?:mia |nostra )?(?:chiamata|telefonata))",
    ],
    opt_out: &[
        r"(?:dica|di|prema|risponda) (?:la parola |semplicemente )?(?:stop|basta|no|[0-9])[^.]{1,40}\bnon (?:la |ti |vi )?(?:chiameremo|richiameremo|contatteremo|sara)",
        "non (?:vuole|desidera|vuoi) (?:piu )?(?:essere (?:chiamat|richiamat|contattat)[oa]|ricevere (?:altre |piu |queste )?(?:chiamate|telefonate))",
    ],
    not: &["non", "mai", "ne", "su", "come", "vendo", "vendiamo", "offriamo", "senza"],
    leave_alone: &[
        r"non (?:mi |ci )(?:chiami|chiamate|chiamare|telefoni|telefonate|contatti|contattate|disturbi|disturbate|richiami|richiamate)(?: per favore| per cortesia)?(?:[.,]|$)",
        "non (?:mi |ci )?(?:chiami|chiamate|chiamare|telefoni|telefonate|telefonare|contatti|contattate|disturbi|disturbate|richiami|richiamate)(?:mi|ci)?(?: (?:mai|qui|a questo numero))* (?:piu|mai piu|mai|di nuovo|ancora|un altra volta)",
        "non (?:chiamarmi|chiamarci|chiamatemi|chiamateci|richiamatemi|richiamarmi|disturbarmi|disturbatemi)(?: mai)?(?: piu)?",
    ],
    wants_no_calls: &[
        "(?:smetta|smettete|smettetela|smettila|la smetta|smetti) di (?:chiamar|telefonar|disturbar|contattar)(?:mi|ci|e)",
        "non (?:voglio|vogliamo|desidero|desideriamo) (?:piu |mai piu )?(?:essere (?:chiamat|richiamat|contattat|disturbat)[oaie]|(?:ricevere )?(?:altre |piu |queste |vostre |le vostre )*(?:chiamate|telefonate)|che (?:mi|ci) (?:chiami|chiamiate|chiamino|richiami|richiamiate))",
        "(?:mi |ci )?(?:tolga|togliete|toglietemi|toglieteci|cancelli|cancellate|cancellatemi|cancellateci|rimuova|rimuovete|rimuovetemi|elimini|eliminate|eliminatemi)(?: (?:il mio|questo|il nostro) (?:numero|nome))? (?:dalla|dalle|dal|dai|da) (?:vostr[aeio] |sua |vostre )?(?:lista|liste|elenco|elenchi|database|archivio)",
        "(?:mi|ci) lasci in pace|lasciate(?:mi|ci) in pace|lascia(?:mi|ci) in pace",
        "(?:basta|niente piu) (?:chiamate|telefonate)",
        "registro (?:pubblico )?delle opposizioni",
    ],
    not_asking: &["io", "se", "loro", "chi", "perche"],
    only_then: r"(?:prima|dopo|fino|tra|fra|alle|all|a (?:mezzogiorno|mezzanotte|quest ora)|di (?:sera|notte|mattina|pomeriggio|lunedi|sabato|domenica)|il (?:lunedi|martedi|mercoledi|giovedi|venerdi|sabato|fine settimana)|la (?:domenica|sera|mattina|notte)|durante|mentre|quando|domani|oggi|adesso|ora|stasera|stamattina|cosi (?:presto|tardi)|troppo|nel (?:pomeriggio|weekend|fine settimana)|per ora|se|senza|questa settimana)",
    stop: "(?:stop|basta|la smetta)(?:,? (?:stop|basta|cosi))*(?:,? (?:per favore|grazie))?",
    digits: [
        "zero",
        "uno|una|un",
        "due",
        "tre",
        "quattro",
        "cinque",
        "sei",
        "sette",
        "otto",
        "nove",
    ],
    tens,
};

fn tens() -> Vec<(String, u8)> {
    const TEENS: [&str; 10] = [
        "dieci",
        "undici",
        "dodici",
        "tredici",
        "quattordici",
        "quindici",
        "sedici",
        "diciassette",
        "diciotto",
        "diciannove",
    ];
    const TENS: [&str; 8] =
        ["venti", "trenta", "quaranta", "cinquanta", "sessanta", "settanta", "ottanta", "novanta"];
    let join = |ten: &str, one: &str| match one {
        "uno" | "otto" => format!("{}{one}", &ten[..ten.len() - 1]),
        _ => format!("{ten}{one}"),
    };
    super::regular(
        &TEENS,
        &TENS,
        join,
        &["uno", "due", "tre", "quattro", "cinque", "sei", "sette", "otto", "nove"],
    )
}
