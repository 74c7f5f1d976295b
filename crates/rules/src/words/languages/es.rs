//! Spanish.

use super::Tables;
use crate::words::sentences::Sentences;

pub(in crate::words) const SENTENCES: Sentences = Sentences {
    nameless: "Hola, soy un asistente de inteligencia artificial",
    named: "Hola, soy {caller}, un asistente de inteligencia artificial,",
    on_behalf_of: " y llamo de parte de {who}",
    about: ", por {why}",
    only_about: " y llamo por {why}",
    recorded: "La llamada se graba.",
    may_record: "¿Puedo grabar la llamada?",
    asks_to_record: false,
    number: "Puede devolver la llamada al {number}.",
    opt_out: "Diga stop y no volveremos a llamarle nunca más.",
    merged: &[("de el", "del")],
    elided: None,
    why: [
        "una reserva",
        "su solicitud",
        "su pedido o su cita",
        "una información para usted",
        "una encuesta",
        "un asunto personal",
        "una oferta",
        "un asunto político",
        "una donación",
    ],
};

pub(in crate::words) const TABLES: Tables = Tables {
    myself: "(?:soy|aqui|(?:le|te|os|les) habla|habla|(?:le|te|os|les) llama|(?:habla|hablas|hablando) con|mi nombre es|me llamo|(?:le|te) atiende)",
    article: "(?:un |una |el |la |tu |su |nuestro |nuestra )",
    ai: "(?:(?:asistente|agente|sistema|voz|robot|bot|recepcionista|secretari[oa])(?: (?:virtual|automatic[oa]|automatizad[oa]|telefonic[oa]|digital))* (?:(?:de|con|por|basad[oa] en|que usa) )?(?:la )?(?:inteligencia artificial|ia|i a)|inteligencia artificial|ia)",
    after_ai: "y|de|en|que|llamando|hablando|con|para|no|le|te",
    of: "de|del|de la|en",
    also_ai: &[
        "llamada (?:la )?(?:realiza|hace|es realizada por|esta hecha por) (?:una |un asistente de )?(?:inteligencia artificial|ia)",
    ],
    recording: &[
        "(?:llamada|conversacion) (?:se (?:esta )?(?:graba|grabara|grabando|va a grabar)|(?:esta |sera |va a ser |puede ser |esta siendo )(?:siendo )?grabada|queda grabada)",
        "(?:estoy|estamos) grabando (?:la|esta)",
        "(?:puedo|podemos|podria) grabar",
        "(?:le importa|esta de acuerdo|autoriza|permite|acepta)(?: en)?(?: con)? (?:que (?:la )?(?:grabe|grabemos|se grabe)|grabar|la grabacion)",
    ],
    purpose: &[
        r"(?:llamo|llamamos|llama|llamando|contacto)(?: de parte de [^.]{1,80}?)?,? (?:por|para|porque|sobre|acerca de|en relacion|con relacion|respecto|a fin de)",
        "(?:quisiera|queria|me gustaria|quiero|quisieramos|nos gustaria|querriamos|necesito) (?:reservar|hacer|pedir|preguntar|confirmar|cancelar|cambiar|saber|concertar|una|un)",
        "(?:se trata de|es por|es sobre|el motivo de (?:mi|la|esta|nuestra) llamada)",
    ],
    opt_out: &[
        r"(?:diga|di|pulse|responda) (?:la palabra )?(?:stop|alto|basta|no|baja|[0-9])[^.]{1,40}\bno (?:le |te |les )?(?:volveremos|llamaremos|volvamos|llamaran)",
        "no (?:quiere|desea|quieres|deseas) (?:recibir )?(?:mas llamadas|que (?:le|te) (?:volvamos a llamar|llamemos))",
        "darse de baja",
    ],
    not: &["no", "nunca", "ni", "sobre", "vendo", "vendemos", "ofrezco", "como", "tampoco"],
    leave_alone: &[
        r"no (?:me |nos )?(?:llame|llamen|llames|llameis|telefonee|telefoneen|contacte|contacten|moleste|molesten)(?: por favor)?(?:[.,]|$)",
        r"no (?:me |nos )?(?:llame|llamen|llames|llameis|telefonee|telefoneen|contacte|contacten|moleste|molesten)(?: (?:aqui|a este numero|a mi numero|a casa))?(?: (?:mas|nunca|nunca mas|jamas|otra vez|de nuevo))",
        "no (?:me |nos |se )?(?:vuelva|vuelvan|vuelvas|volvais)(?: nunca)? a (?:llamar|telefonear|molestar|contactar)(?:me|nos)?",
        "nunca mas (?:me |nos )?(?:llame|llamen|llames)",
    ],
    wants_no_calls: &[
        "(?:deje|dejen|deja|dejad|pare|paren) de (?:llamar|telefonear|molestar|contactar)(?:me|nos)?",
        "no (?:quiero|queremos|deseo|deseamos) (?:que (?:me|nos) (?:llame|llamen|llames|vuelvan a llamar|vuelva a llamar|contacten|molesten)|(?:recibir )?mas llamadas|recibir (?:sus |estas |este tipo de )?llamadas)",
        "(?:quite|quiten|quita|borre|borren|elimine|eliminen|saque|saquen|retire|retiren)(?:me|nos)?(?: (?:mi|este|nuestro) (?:numero|telefono|nombre))? de (?:su|sus|la|esta|todas sus|las) (?:lista|listas|base|bases|registros)",
        "(?:deme|denme|denos|dennos|dar(?:me|nos)|dame) de baja",
        "(?:deje|dejen|deja)(?:me|nos) en paz",
        "no mas llamadas",
        "lista robinson",
    ],
    not_asking: &["yo", "si", "ellos", "quien"],
    only_then: r"(?:antes|despues|hasta|entre|a (?:las|la|esta hora|estas horas|mediodia|medianoche)|el (?:lunes|martes|miercoles|jueves|viernes|sabado|domingo|fin de semana)|los (?:lunes|martes|miercoles|jueves|viernes|sabados|domingos|fines de semana)|durante|mientras|cuando|manana|hoy|esta (?:manana|tarde|noche|semana)|ahora|tan (?:tarde|temprano|pronto)|por la (?:manana|tarde|noche)|de noche|en (?:este momento|una hora|un rato)|si|sin|desde)",
    stop: "(?:por favor,? )?(?:stop|alto|basta|pare|paren)(?:,? (?:stop|alto|basta|pare|ya))*(?:,? por favor)?",
    digits: [
        "cero",
        "uno|una|un",
        "dos",
        "tres",
        "cuatro",
        "cinco",
        "seis",
        "siete",
        "ocho",
        "nueve",
    ],
    tens,
};

fn tens() -> Vec<(String, u8)> {
    const TEENS: [&str; 20] = [
        "diez",
        "once",
        "doce",
        "trece",
        "catorce",
        "quince",
        "dieciseis",
        "diecisiete",
        "dieciocho",
        "diecinueve",
        "veinte",
        "veintiuno",
        "veintidos",
        "veintitres",
        "veinticuatro",
        "veinticinco",
        "veintiseis",
        "veintisiete",
        "veintiocho",
        "veintinueve",
    ];
    const TENS: [&str; 7] =
        ["treinta", "cuarenta", "cincuenta", "sesenta", "setenta", "ochenta", "noventa"];
    super::regular(
        &TEENS,
        &TENS,
        |ten, one| format!("{ten} y {one}"),
        &["uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve"],
    )
}
