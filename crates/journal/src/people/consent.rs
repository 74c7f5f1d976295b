//! Consents and their evidence.

use std::fmt::Debug;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use switchboard_core::{Consent, Result, TenantId};
use uuid::Uuid;

use super::text::{LONGEST_NAME, LONGEST_WORDS, checked, kept};

/// The id of a consent, of version 7.
pub type ConsentId = Uuid;

/// A consent that is to be recorded. `Debug` omits its evidence.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct NewConsent {
    /// The id of the new record.
    pub id: ConsentId,
    /// Whose calls it is for.
    pub tenant: TenantId,
    /// The consent and its evidence. Phone numbers in it are masked.
    pub consent: Consent,
    /// Who recorded it.
    pub by: String,
    /// Where the record comes from, for example `import of 2026-11-02`.
    pub source: Option<String>,
    /// When it was recorded.
    pub recorded_at: Timestamp,
}

impl NewConsent {
    /// A consent that is recorded now, under a new id.
    pub fn new(
        tenant: TenantId,
        consent: Consent,
        by: impl Into<String>,
        recorded_at: Timestamp,
    ) -> Self {
        Self { id: Uuid::now_v7(), tenant, consent, by: by.into(), source: None, recorded_at }
    }

    /// The same consent with other fields set.
    #[must_use]
    pub fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    /// As a journal keeps it, with phone numbers masked.
    ///
    /// # Errors
    /// `InvalidRequest` if nobody recorded it, or a text is too long.
    pub fn into_kept(mut self) -> Result<Self> {
        let optional = |field, text: Option<String>, most| {
            text.map(|text| checked(field, &text, most)).transpose()
        };
        self.by = checked("by", &self.by, LONGEST_NAME)?;
        self.source = optional("source", self.source, LONGEST_NAME)?;
        let consent = &mut self.consent;
        consent.words = optional("words", consent.words.take(), LONGEST_WORDS)?;
        consent.channel = optional("channel", consent.channel.take(), LONGEST_NAME)?;
        consent.seller = optional("seller", consent.seller.take(), LONGEST_NAME)?;
        consent.hours = optional("hours", consent.hours.take(), LONGEST_NAME)?;
        Ok(self)
    }

    /// The record of it.
    pub fn into_record(self) -> ConsentRecord {
        let Self { id, tenant, consent, by, source, recorded_at } = self;
        ConsentRecord {
            id,
            tenant,
            consent,
            by,
            source,
            recorded_at,
            withdrawn: None,
            evidence_erased: false,
        }
    }
}

impl Debug for NewConsent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        show_consent(f, "NewConsent", self.id, &self.tenant, &self.consent)
    }
}

/// The withdrawal of a consent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Withdrawal {
    /// When.
    pub at: Timestamp,
    /// Who recorded it; `opt_out` if the person asked not to be called again, and `erasure` if
    /// their data was erased: both withdraw all consents.
    pub by: String,
}

impl Withdrawal {
    /// What withdraws all consents of a person who asks not to be called again.
    pub const BY_OPT_OUT: &str = "opt_out";
    /// What withdraws all consents of a person whose data is erased.
    pub const BY_ERASURE: &str = "erasure";

    /// A withdrawal.
    pub fn new(by: impl Into<String>, at: Timestamp) -> Self {
        Self { at, by: by.into() }
    }

    /// As a journal keeps it, with phone numbers masked and cut to its length.
    #[must_use]
    pub fn into_kept(mut self) -> Self {
        self.by = kept(&self.by, LONGEST_NAME);
        self
    }
}

/// A consent on record. `Debug` omits its evidence.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ConsentRecord {
    /// The id of the record.
    pub id: ConsentId,
    /// Whose calls it is for.
    pub tenant: TenantId,
    /// The consent and its evidence.
    pub consent: Consent,
    /// Who recorded it.
    pub by: String,
    /// Where the record comes from.
    pub source: Option<String>,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// When it was withdrawn, and by whom.
    pub withdrawn: Option<Withdrawal>,
    /// True if its words and its channel were erased.
    pub evidence_erased: bool,
}

impl Debug for ConsentRecord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        show_consent(f, "ConsentRecord", self.id, &self.tenant, &self.consent)
    }
}

fn show_consent(
    f: &mut std::fmt::Formatter<'_>,
    name: &str,
    id: ConsentId,
    tenant: &TenantId,
    consent: &Consent,
) -> std::fmt::Result {
    f.debug_struct(name)
        .field("id", &id)
        .field("tenant", tenant)
        .field("consent", consent)
        .finish_non_exhaustive()
}
