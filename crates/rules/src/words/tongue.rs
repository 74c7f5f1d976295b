//! The languages that first words are known in.

use switchboard_core::Language;

use super::{
    languages::{Tables, de, en, es, fr, it, nl, pt},
    sentences::Sentences,
};

/// A language with sentences and patterns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tongue {
    En,
    Es,
    Fr,
    De,
    It,
    Pt,
    Nl,
}

impl Tongue {
    pub(super) const ALL: [Self; 7] =
        [Self::En, Self::Es, Self::Fr, Self::De, Self::It, Self::Pt, Self::Nl];

    /// By the language alone: `de-AT` is German. `None` if there are no sentences in it.
    pub(super) fn of(language: Language) -> Option<Self> {
        Some(match language.primary() {
            "en" => Self::En,
            "es" => Self::Es,
            "fr" => Self::Fr,
            "de" => Self::De,
            "it" => Self::It,
            "pt" => Self::Pt,
            "nl" => Self::Nl,
            _ => return None,
        })
    }

    /// What is said in it.
    pub(super) const fn sentences(self) -> &'static Sentences {
        match self {
            Self::En => &en::SENTENCES,
            Self::Es => &es::SENTENCES,
            Self::Fr => &fr::SENTENCES,
            Self::De => &de::SENTENCES,
            Self::It => &it::SENTENCES,
            Self::Pt => &pt::SENTENCES,
            Self::Nl => &nl::SENTENCES,
        }
    }

    /// How others say it.
    pub(super) const fn tables(self) -> &'static Tables {
        match self {
            Self::En => &en::TABLES,
            Self::Es => &es::TABLES,
            Self::Fr => &fr::TABLES,
            Self::De => &de::TABLES,
            Self::It => &it::TABLES,
            Self::Pt => &pt::TABLES,
            Self::Nl => &nl::TABLES,
        }
    }
}
