//! The columns of a deck, and what carriers call them.

/// The named layouts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Named {
    #[default]
    Trade,
    Carrier,
    CarrierComma,
    Us,
}

impl Named {
    pub(super) const ALL: [(&'static str, Named); 4] = [
        ("trade", Named::Trade),
        ("carrier", Named::Carrier),
        ("carrier-comma", Named::CarrierComma),
        ("us", Named::Us),
    ];
}

/// The columns, in the order in which they are written; behind them those that are only read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::rates) enum Column {
    Prefix,
    Destination,
    Rate,
    ConnectionFee,
    FirstIncrement,
    NextIncrement,
    Currency,
    EffectiveFrom,
    Until,
    Minimum,
    /// Where the prefix is in two columns: its beginning.
    CountryCode,
    /// Where the prefix is in two columns: its end.
    AreaCode,
    /// Both increments, of which the next is the first where one number stands there.
    Increments,
}

impl Column {
    pub(super) const ALL: [Column; 13] = [
        Column::Prefix,
        Column::Destination,
        Column::Rate,
        Column::ConnectionFee,
        Column::FirstIncrement,
        Column::NextIncrement,
        Column::Currency,
        Column::EffectiveFrom,
        Column::Until,
        Column::Minimum,
        Column::CountryCode,
        Column::AreaCode,
        Column::Increments,
    ];
    /// Those of the trade, and `minimum`.
    pub(super) const WRITTEN: usize = 10;

    pub(in crate::rates) const fn name(self) -> &'static str {
        match self {
            Column::Prefix => "prefix",
            Column::Destination => "destination",
            Column::Rate => "rate",
            Column::ConnectionFee => "connection fee",
            Column::FirstIncrement => "first increment",
            Column::NextIncrement => "next increment",
            Column::Currency => "currency",
            Column::EffectiveFrom => "effective from",
            Column::Until => "until",
            Column::Minimum => "minimum",
            Column::CountryCode => "country code",
            Column::AreaCode => "area code",
            Column::Increments => "increments",
        }
    }

    /// Names in carriers' files, for which there is one meaning only. Case, spaces, hyphens and
    /// underscores do not matter.
    const fn of_carriers(self) -> &'static [&'static str] {
        match self {
            Column::Prefix => &[
                "prefixes",
                "dial code",
                "dial codes",
                "dialing code",
                "dialing codes",
                "dialling code",
                "dialling codes",
                "destination code",
                "destination codes",
                "code",
                "codes",
            ],
            Column::Destination => {
                &["destination name", "description", "route", "route name", "breakout"]
            }
            Column::Rate => &[
                "price",
                "per minute",
                "rate per minute",
                "rate/min",
                "rate/minute",
                "price per minute",
                "price/min",
                "price/minute",
            ],
            Column::ConnectionFee => &[
                "connect fee",
                "connection charge",
                "setup fee",
                "setup charge",
                "call setup fee",
                "price per call",
            ],
            Column::FirstIncrement => {
                &["initial increment", "first interval", "initial interval", "interval 1"]
            }
            Column::NextIncrement => &[
                "subsequent increment",
                "additional increment",
                "next interval",
                "subsequent interval",
                "interval n",
            ],
            Column::Currency => &["currency code", "ccy"],
            Column::EffectiveFrom => &["effective", "effective date", "start date", "valid from"],
            Column::Until => &[
                "effective until",
                "effective to",
                "end date",
                "expiry date",
                "expiration date",
                "valid until",
                "valid to",
                "valid till",
            ],
            Column::Minimum => &["minimum duration", "minimum seconds"],
            Column::CountryCode => {
                &["country dial code", "country dialing code", "country calling code"]
            }
            Column::AreaCode => &["area codes", "city code", "city codes", "ndc"],
            Column::Increments => &[
                "increment",
                "billing increment",
                "billing increments",
                "billing interval",
                "rounding",
            ],
        }
    }

    /// Names in decks of North America.
    const fn of_us(self) -> &'static [&'static str] {
        match self {
            Column::Prefix => &["npanxx", "npa/nxx", "npanxxx"],
            Column::CountryCode => &["npa"],
            Column::AreaCode => &["nxx"],
            _ => &[],
        }
    }

    /// Its names in files of a layout.
    pub(super) fn names(self, layout: Named) -> impl Iterator<Item = &'static str> + Clone {
        let own = match (layout, self) {
            (Named::Trade, Column::CountryCode | Column::AreaCode | Column::Increments) => None,
            (Named::Trade | Named::Carrier | Named::CarrierComma | Named::Us, _) => {
                Some(self.name())
            }
        };
        let carriers = if layout == Named::Trade { &[] } else { self.of_carriers() };
        let us = if layout == Named::Us { self.of_us() } else { &[] };
        own.into_iter().chain(carriers.iter().chain(us).copied())
    }

    /// What the trade calls the columns, as messages list them.
    pub(super) fn listed() -> String {
        let names: Vec<&str> =
            Self::ALL.iter().take(Self::WRITTEN).map(|column| column.name()).collect();
        names.join(", ")
    }
}
