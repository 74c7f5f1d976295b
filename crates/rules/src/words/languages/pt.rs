//! Portuguese.

use super::Tables;
use crate::words::sentences::Sentences;

pub(in crate::words) const SENTENCES: Sentences = Sentences {
    nameless: "Olá, fala um assistente de inteligência artificial",
    named: "Olá, fala {caller}, um assistente de inteligência artificial,",
    on_behalf_of: " em nome de {who}",
    about: ", sobre {why}",
    only_about: ", sobre {why}",
    recorded: "A chamada é gravada.",
    may_record: "Posso gravar a chamada?",
    asks_to_record: false,
    number: "Pode ligar de volta para {number}.",
    opt_out: "Diga parar e nunca mais lhe ligaremos.",
    merged: &[("de o", "do"), ("de a", "da"), ("de os", "dos"), ("de as", "das")],
    elided: None,
    why: [
        "uma reserva",
        "o seu pedido",
        "a sua encomenda ou marcação",
        "uma informação para si",
        "um inquérito",
        "um assunto pessoal",
        "uma oferta",
        "um assunto político",
        "um donativo",
    ],
};

pub(in crate::words) const TABLES: Tables = Tables {
    myself: "(?:fala|falando|quem fala e|sou|aqui (?:e|fala|quem fala e)|(?:fala|falar|falando) com|(?:o )?meu nome e|chamo me|me chamo)",
    article: "(?:um |uma |o |a |o seu |a sua |seu |sua |o nosso |a nossa )",
    ai: "(?:(?:assistente|agente|sistema|voz|robo|robot|atendente|secretari[oa]|rececionista|recepcionista)(?: (?:virtual|digital|automatic[oa]|telefonic[oa]))* (?:(?:de|com|por|baseado em|baseada em|que usa) )?(?:inteligencia artificial|ia|i a)|inteligencia artificial)",
    after_ai: "em|do|da|de|que|a|e|ao|no|na|para|ligando|com|nao",
    of: "de|do|da",
    also_ai: &[
        "(?:sou|fala|(?:falar|falando|fala) com) uma ia",
        "(?:chamada|ligacao) (?:e|esta a ser|esta sendo) (?:feita|realizada) por (?:uma |um assistente de )?(?:inteligencia artificial|ia)",
    ],
    recording: &[
        "(?:chamada|ligacao|conversa|telefonema) (?:e|sera|esta a ser|esta sendo|pode ser|vai ser|podera ser) gravad[ao]",
        "(?:estou|estamos) (?:a gravar|gravando) (?:a|esta|o|este)",
        "(?:posso|podemos|poderia) gravar",
        "(?:concorda|autoriza|importa se|aceita|permite)(?: com| em| que| de)* (?:gravar|a gravacao|gravemos|grave|seja gravada|eu grave)",
    ],
    purpose: &[
        r"(?:ligo|ligamos|ligando|a ligar|telefono|contacto|entro em contato|falo)(?: lhe)?(?: em nome d[eoa]s? [^.]{1,80}?)?,? (?:sobre|para|por|porque|acerca|a respeito|devido|relativamente)",
        "(?:gostaria|gostava|queria|quero|gostariamos|preciso|queriamos) (?:de )?(?:reservar|fazer|pedir|perguntar|confirmar|cancelar|alterar|saber|marcar|encomendar|uma|um)",
        "(?:trata se de|e sobre|o motivo d[ao] (?:minha |meu |nossa )?(?:chamada|ligacao|contacto|contato))",
    ],
    opt_out: &[
        r"(?:diga|prima|pressione|responda) (?:a palavra |apenas )?(?:stop|parar|pare|nao|[0-9])[^.]{1,40}\b(?:nunca mais|nao) (?:lhe |o |a |te )?(?:ligaremos|ligamos|voltaremos|telefonaremos|voltamos)",
        "nao (?:quer|deseja|pretende) (?:mais )?(?:receber (?:mais |estas )?(?:chamadas|ligacoes)|ser contacta|ser contata|que (?:lhe )?liguemos)",
    ],
    not: &["nao", "nunca", "nem", "sobre", "como", "vendo", "vendemos", "sem"],
    leave_alone: &[
        r"nao (?:me |nos )?(?:ligue|liguem|ligues|telefone|telefonem|contacte|contactem|contate|contatem|incomode|incomodem|chame)(?: (?:me|nos))?(?: por favor)?(?:[.,]|$)",
        "nao (?:me |nos )?(?:ligue|liguem|ligues|telefone|telefonem|contacte|contactem|contate|contatem|incomode|incomodem)(?: (?:me|nos|para aqui|para ca|para este numero))* (?:mais|nunca mais|de novo|novamente|outra vez)",
        "nao (?:me |nos )?(?:volte|voltem|voltes|torne|tornem) a (?:me |nos )?(?:ligar|telefonar|contactar|contatar|incomodar)",
        "nunca mais (?:me |nos )?(?:ligue|liguem|ligar|telefone|telefonem)",
    ],
    wants_no_calls: &[
        "(?:pare|parem|para|deixe|deixem) de (?:me |nos )?(?:ligar|telefonar|incomodar|contactar|contatar)",
        "nao (?:quero|queremos|desejo|pretendo) (?:mais )?(?:(?:receber )?(?:mais |as suas |suas |estas |essas )*(?:chamadas|ligacoes|telefonemas)|que (?:me |nos )?(?:liguem|ligue|telefonem|contactem|contatem|voltem a ligar)|ser (?:contact|contat|incomod|cham)ad[oa])",
        "(?:tire|tirem|retire|retirem|remova|removam|apague|apaguem|elimine|eliminem|exclua|excluam)(?: (?:me|nos|o meu|meu|este|o nosso|nosso|numero|nome|telefone))* (?:da|das|do|dos|dessa|desta|de) (?:sua |suas |vossa |vossas |todas as )*(?:lista|listas|base|bases|sistema|cadastro|registos|registros)",
        "(?:me deixe|deixe me|deixem me|me deixem|nos deixem|deixem nos) em paz",
        "(?:chega de|nao mais) (?:chamadas|ligacoes|telefonemas)",
    ],
    not_asking: &["eu", "se", "eles", "quem", "porque"],
    only_then: r"(?:antes|depois|ate|entre|as (?:[0-9]|nove|oito|dez|sete|seis)|a (?:noite|tarde|esta hora|essa hora|meia noite)|ao (?:domingo|sabado|fim de semana|meio dia|fim do dia)|no (?:domingo|sabado|fim de semana|momento)|de (?:manha|tarde|noite|madrugada)|durante|enquanto|quando|amanha|hoje|agora|esta (?:manha|tarde|noite|semana)|tao (?:cedo|tarde)|muito (?:cedo|tarde)|na (?:segunda|terca|quarta|quinta|sexta)|se|sem|neste momento)",
    stop: "(?:por favor,? )?(?:stop|parar|pare|parem|chega)(?:,? (?:stop|parar|pare|chega))*(?:,? por favor)?",
    digits: [
        "zero",
        "um|uma",
        "dois|duas",
        "tres",
        "quatro",
        "cinco",
        "seis|meia",
        "sete",
        "oito",
        "nove",
    ],
    tens,
};

fn tens() -> Vec<(String, u8)> {
    const TEENS: [&str; 10] = [
        "dez",
        "onze",
        "doze",
        "treze",
        "catorze",
        "quinze",
        "dezasseis",
        "dezassete",
        "dezoito",
        "dezanove",
    ];
    const TENS: [&str; 8] =
        ["vinte", "trinta", "quarenta", "cinquenta", "sessenta", "setenta", "oitenta", "noventa"];
    let mut words = super::regular(
        &TEENS,
        &TENS,
        |ten, one| format!("{ten} e {one}"),
        &["um", "dois", "tres", "quatro", "cinco", "seis", "sete", "oito", "nove"],
    );
    let brazil = [("quatorze", 14), ("dezesseis", 16), ("dezessete", 17), ("dezenove", 19)];
    words.extend(brazil.map(|(word, value)| (word.to_owned(), value)));
    words
}
