//! The ways to misbehave.

/// How a provider misbehaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Rudeness {
    /// Every placing request gets a 429 with `Retry-After: 0`. No phone rings.
    ComeAgainAtOnce,
    /// Every placing request gets a 429 with a `Retry-After` long past, as an
    /// IMF-fixdate.
    ComeAgainLongAgo,
    /// The same with the date as RFC 850 had it.
    ComeAgainLongAgoRfc850,
    /// The same with the date as C's `asctime` writes it.
    ComeAgainLongAgoAsctime,
    /// Every placing request gets a 429 without a word on when to come again.
    ComeAgainSometime,
    /// Bills are negative: -10,000 of whatever unit.
    PaysBack,
    /// Bills are a million times what they should be.
    ChargesAMillionfold,
    /// The record of a call is another call's record, which failed; lists are empty, and no call
    /// that is placed is over.
    TellsOfAnother,
    /// Ids of calls hold TAB, CR, LF and what sets the title of a terminal.
    NamesWithControls,
    /// Calls ring and are answered 500; then lists and usage logs never end, each row a nanosecond
    /// older than the one before.
    EndlessList,
    /// Calls ring and are answered 500; then lists and usage logs hold 60,000 rows of the last
    /// minute.
    SixtyThousandRows,
    /// Calls ring and are answered 500; then lists and usage logs hold 60,000 rows and come in one
    /// page, whatever was asked for.
    OnePageOfEverything,
    /// A placing request gets 200 with `"success": false` and [`NO`](super::NO).
    /// No phone rings.
    SaysNoInSuccess,
    /// A placing request gets 201 with an error object and [`NO`](super::NO). No phone rings.
    ErrsInSuccess,
    /// A placing request gets 200 with a page of HTML and [`NO`](super::NO). No phone rings.
    HtmlInSuccess,
    /// Summaries, names and addresses of recordings repeat the key that the client sent.
    EchoesKey,
    /// The same, with letters of the key escaped as JSON allows it (`\u006b`).
    EscapesKey,
    /// The answer to a request that places a call is no UTF-8 and repeats the key. The phone rings.
    KeyNotInUtf8,
    /// Ids of calls are made of the key that the client sent.
    KeyAsId,
    /// A placing request is refused with 400, and the refusal repeats the key.
    EchoesKeyInRefusal,
    /// The same, with letters of the key escaped.
    EscapesKeyInRefusal,
    /// The same, in a body that is no UTF-8.
    KeyNotInUtf8InRefusal,
    /// Summaries, names and the first status word repeat the callee's number, its groups apart by
    /// `,`, `:`, `*`, `|`, `·`, `~` or markup.
    SpellsNumber,
    /// Ids of calls are made of the callee's number, its groups apart.
    NumberAsId,
    /// A placing request is refused with 400, and message and `error.code` repeat
    /// the callee's number, its groups apart.
    SpellsNumberInRefusal,
    /// Summaries, names and the first status word hold ESC, OSC, C1, CR, BEL and direction marks,
    /// and line feeds that forge rows of a table: a line that begins with [`FORGED`](super::FORGED), a title that
    /// is [`OWNED`](super::OWNED).
    PaintsTerminal,
    /// A placing request is refused with 400, and message and `error.code` hold the
    /// same.
    PaintsInRefusal,
}

impl Rudeness {
    /// Every script.
    pub const ALL: &[Self] = &[
        Self::ComeAgainAtOnce,
        Self::ComeAgainLongAgo,
        Self::ComeAgainLongAgoRfc850,
        Self::ComeAgainLongAgoAsctime,
        Self::ComeAgainSometime,
        Self::PaysBack,
        Self::ChargesAMillionfold,
        Self::TellsOfAnother,
        Self::NamesWithControls,
        Self::EndlessList,
        Self::SixtyThousandRows,
        Self::OnePageOfEverything,
        Self::SaysNoInSuccess,
        Self::ErrsInSuccess,
        Self::HtmlInSuccess,
        Self::EchoesKey,
        Self::EscapesKey,
        Self::KeyNotInUtf8,
        Self::KeyAsId,
        Self::EchoesKeyInRefusal,
        Self::EscapesKeyInRefusal,
        Self::KeyNotInUtf8InRefusal,
        Self::SpellsNumber,
        Self::NumberAsId,
        Self::SpellsNumberInRefusal,
        Self::PaintsTerminal,
        Self::PaintsInRefusal,
    ];
}
