//! What a request says about the callee and about why they are called.

use std::fmt;

use serde::Deserialize;
use switchboard::core::{self, moment};
use utoipa::ToSchema;

use crate::{
    problem::Result,
    wire::{ConsentKind, Purpose},
};

/// The callee's consent to be called by an artificial voice, with its evidence.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Consent {
    /// How it was given.
    pub kind: ConsentKind,
    /// When it was given. Rules that limit the age of consent do not count it without a time.
    #[schema(format = DateTime)]
    pub at: Option<String>,
    /// The exact words that the person saw or heard. At most 2,000 characters.
    pub words: Option<String>,
    /// Where it was given, for example a form's address. At most 200 characters.
    pub channel: Option<String>,
    /// The seller that it names. At most 200 characters.
    pub seller: Option<String>,
    /// The purpose that it is limited to. Left out: any.
    pub purpose: Option<Purpose>,
    /// The hours that it names: local times where the callee is.
    #[schema(examples("mon-fri 08:00-22:00; sat 10:00-14:00"))]
    pub hours: Option<String>,
    /// When it expires. Left out: never.
    #[schema(format = DateTime)]
    pub expires_at: Option<String>,
}

/// A time that the callee chose for the call.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AgreedTime {
    /// When it begins.
    #[schema(format = DateTime)]
    pub from: String,
    /// When it ends; the call may begin before that.
    #[schema(format = DateTime)]
    pub to: String,
}

/// A policy rule that an operator lifts for one call.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleOverride {
    /// The id of the rule.
    #[schema(examples("P-HOURS-MARKETING"))]
    pub rule: String,
    /// Who lifts it.
    pub by: String,
    /// Why.
    pub reason: String,
    /// Until when.
    #[schema(format = DateTime)]
    pub until: String,
}

impl fmt::Debug for Consent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Consent").field("kind", &self.kind).finish_non_exhaustive()
    }
}

impl fmt::Debug for RuleOverride {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RuleOverride").field("rule", &self.rule).finish_non_exhaustive()
    }
}

impl Consent {
    /// The library's. Times without an offset are in this zone.
    pub(crate) fn to_core(&self, zone: Option<&str>) -> Result<core::Consent> {
        let time = |field, text: &Option<String>| {
            text.as_deref().map(|text| moment(field, text, zone)).transpose()
        };
        let at = time("consent.at", &self.at)?;
        let expires_at = time("consent.expires_at", &self.expires_at)?;
        Ok(core::Consent::new(self.kind.into()).with(|consent| {
            consent.at = at;
            consent.words.clone_from(&self.words);
            consent.channel.clone_from(&self.channel);
            consent.seller.clone_from(&self.seller);
            consent.purpose = self.purpose.map(Into::into);
            consent.hours.clone_from(&self.hours);
            consent.expires_at = expires_at;
        }))
    }
}

impl AgreedTime {
    /// The library's. Times without an offset are in this zone.
    pub(super) fn to_core(&self, zone: Option<&str>) -> Result<core::AgreedTime> {
        Ok(core::AgreedTime {
            from: moment("agreed_time.from", &self.from, zone)?,
            to: moment("agreed_time.to", &self.to, zone)?,
        })
    }
}

impl RuleOverride {
    /// The library's. Times without an offset are in this zone.
    pub(super) fn to_core(&self, zone: Option<&str>) -> Result<core::RuleOverride> {
        Ok(core::RuleOverride {
            rule: self.rule.clone(),
            by: self.by.clone(),
            reason: self.reason.clone(),
            until: moment("overrides.until", &self.until, zone)?,
        })
    }
}
