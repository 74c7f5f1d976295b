//! English.

use super::Tables;
use crate::words::sentences::Sentences;

pub(in crate::words) const SENTENCES: Sentences = Sentences {
    nameless: "Hello, this is an AI assistant",
    named: "Hello, this is {caller}, an AI assistant",
    on_behalf_of: " calling on behalf of {who}",
    about: ", about {why}",
    only_about: " calling about {why}",
    recorded: "This call is recorded.",
    may_record: "May I record this call?",
    asks_to_record: false,
    number: "You can call back at {number}.",
    opt_out: "Say stop, and we will never call you again.",
    merged: &[],
    elided: None,
    why: [
        "a reservation",
        "your request",
        "your order or appointment",
        "some information for you",
        "a survey",
        "a personal business matter",
        "an offer",
        "a political matter",
        "a donation",
    ],
};

pub(in crate::words) const TABLES: Tables = Tables {
    myself: "(?:this is|this s|i am|i m|im|here is|here s|(?:speaking|talking|connected) (?:to|with)|name is|name s)(?: actually| just| really)?",
    article: "(?:an? |the |your |our |(?:[a-z0-9]+ ){1,3}s )",
    ai: "(?:(?:automated|virtual|friendly|digital|conversational|helpful) )?(?:(?:ai|a i|artificial intelligence|artificially intelligent)(?: (?:based|powered|driven|generated))?(?: (?:voice|phone|virtual|scheduling|booking))?(?: (?:assistant|agent|caller|voice|receptionist|secretary|concierge|representative|system|bot|robot|helper|operator))?|(?:assistant|agent|voice|system) (?:powered by|using|based on) (?:ai|artificial intelligence))",
    after_ai: "calling|speaking|on|from|for|of|at|with|working|here|and|that|who|acting|representing|helping|not",
    of: "from|with|at|of|for",
    also_ai: &[
        r"call (?:is|was) (?:being )?(?:made|placed|handled|conducted) by (?:an? )?(?:ai|artificial intelligence)",
        r"(?:an |your )?ai (?:assistant|agent) (?:here|speaking|calling)",
    ],
    recording: &[
        "(?:call|conversation|line) (?:may be |will be |is being |is |s )(?:being )?(?:monitored (?:and |or )?)?recorded",
        "recorded line",
        "(?:i am|i m|we are|we re) (?:also )?recording (?:this|the|our|you)",
        "(?:may|can|could) (?:i|we) record",
        "(?:okay|ok|fine|all right|alright|mind|agree|consent)(?: with you)? (?:if|that|to|with) (?:i |we |me |us |this call being |the call being |being )?(?:record|recorded|recording)",
    ],
    purpose: &[
        r"(?:call|calling|phoning|reaching out|getting in touch)(?: you| back| today)*(?: (?:on behalf of|for|from) [^.]{1,80}?)?,? (?:about|regarding|concerning|because|(?:in|with) regards? to|in (?:relation|connection) (?:to|with))",
        r"(?:call|calling|phoning|reaching out|getting in touch)(?: you| back| today)*(?: on behalf of [^.,]{1,80}?)?,? to (?:see|ask|book|make|confirm|schedule|reschedule|arrange|check|follow|inform|tell|let|find|cancel|change|reserve|order|discuss|offer|remind|verify|inquire|enquire|get|request|set|update|invite)",
        "following up on",
        "(?:i|we) (?:would|d) (?:like|love|want) (?:to (?:book|make|reserve|order|schedule|arrange|confirm|cancel|change|ask|know)|an? )",
        "the reason (?:for|of) (?:my|this|our) call",
        "(?:it is|it s|this is|this call is) (?:about|regarding|concerning)",
    ],
    opt_out: &[
        r"(?:say|press|answer)(?: the word)? (?:stop|no|[0-9])[^.]{1,40}\b(?:never|not|no longer|won t|wont|remove|stop) (?:be )?(?:call|called|calling|you|contact)",
        "(?:do not|don t|no longer|rather not|not) (?:want|wish|like) (?:to be called|us to call|me to call|to receive (?:any |more |further |these )*calls|(?:any |more |further |these )+calls)",
        "opt out",
        "(?:off|from) (?:our|the) (?:call |calling )?list",
    ],
    not: &[
        "not",
        "never",
        "no",
        "isn",
        "t",
        "about",
        "regarding",
        "like",
        "selling",
        "offering",
        "building",
        "testing",
        "calling",
        "than",
        "for",
        "just",
    ],
    leave_alone: &[
        r"(?:do not|don t|dont|never|must not|should not|not to|stop|quit) (?:ever |even |bother |dare |you )?(?:to )?(?:call|calling|phone|phoning|ring|ringing|contact|contacting|bother|bothering|disturb|disturbing)(?: (?:me|us|here|my (?:house|home|office|phone|number|cell)|our (?:house|home|office|phone|number)|this (?:number|phone|house|line)|at this number))(?: (?:please|back|on this number|at this number|at home|on my cell|at all))*(?:[.,]|$)",
        r"(?:do not|don t|dont|never|must not|should not|not to|stop|quit) (?:ever |even |bother |dare |you )?(?:to )?(?:call|calling|phone|phoning|ring|ringing|contact|contacting|bother|bothering|disturb|disturbing)(?: (?:me|us|here|this number|my number|our number|this house|my house))?(?: back)? (?:ever again|again|any more|anymore|any longer|ever)",
    ],
    wants_no_calls: &[
        r"(?:stop|quit) (?:calling|phoning|ringing|contacting|harassing)(?: (?:me|us|here|this number))?",
        r"(?:take|remove|delete|strike|get|drop) (?:me|us|my (?:name|number|phone number|details)|our (?:name|number|details)|this (?:number|phone)) (?:off|from|out of)(?: (?:of|your|the|this|that|any|all|calling|call|phone|marketing|contact))* (?:lists?|database|records|system|files?)",
        r"(?:remove|delete) (?:me|my number|our number|this number)(?: please)?(?:[.,]|$)",
        "(?:do not|don t|no) call (?:list|registry|register)",
        r"opt(?:ing)? (?:me |us )?out(?: of (?:your|these|this|the|all|any) (?:phone )?(?:calls?|lists?)|[.,]|$| please| now)",
        "unsubscribe",
        "(?:do not|don t|dont|no longer|never) (?:want|wish|like) (?:to (?:be (?:called|contacted|phoned|bothered)|hear from you|(?:receive|get) (?:(?:any|your|these|more|further|such|phone|sales) )*calls)|you to (?:call|contact|phone|ring)|you calling|(?:(?:any|your|these|more|further|such|phone|sales) )+calls)",
        "leave (?:me|us) alone",
        "(?:lose|forget|delete) (?:my|this|our) number",
        "no more (?:phone |sales )?calls",
    ],
    not_asking: &["i", "we", "they", "he", "she", "who", "if", "why", "wouldn", "didn"],
    only_then: r"(?:before|after|until|till|between|at (?:[0-9]|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|this hour|this time|night|noon|midnight|lunch|dinner|weekends|the weekend)|on (?:mon|tues|wednes|thurs|fri|satur|sun)days?|on (?:weekends|the weekend|holidays)|(?:this|next) (?:morning|afternoon|evening|week|month)|during|while|tomorrow|today|tonight|now|right now|(?:so|that|this|too|very) (?:early|late)|early|late|in the (?:morning|evening|afternoon|night)|when|unless|if|by (?:[0-9]|noon|then)|for (?:a|an|the next|at least|another|now)|within|without)",
    stop: "(?:please )?stop(?:,? stop)*(?: it| this)?(?:,? please)?",
    digits: [
        "zero|oh|o|nought",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
    ],
    tens,
};

fn tens() -> Vec<(String, u8)> {
    const TEENS: [&str; 10] = [
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
    ];
    const TENS: [&str; 8] =
        ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
    super::regular(
        &TEENS,
        &TENS,
        |ten, one| format!("{ten} {one}"),
        &["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"],
    )
}
