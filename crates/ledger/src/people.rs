//! What is remembered about people, as rows of both databases.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use switchboard_core::{CallId, CalleeHistory, Consent, Result, TenantId};
use switchboard_journal::{
    ConsentRecord, NewConsent, OptOut, OptOutEvent, PersonEvent, TakeBack, Withdrawal,
};
use uuid::Uuid;

use crate::row::{json, micros, moment, read, whole, word};

/// The condition of the index `rings_of_person`.
pub(crate) const RANG: &str = "state <> 'not_placed' AND state <> 'intent'";
/// When it rang: the column of that index.
pub(crate) const RANG_AT: &str = "coalesce(repeated_at, sent_at, created_at)";

/// The condition that a `CalleeHistory` says anything about a person, who is this parameter: four look-ups
/// in indexes.
pub(crate) fn is_known(person: &str) -> String {
    let any = |table| format!("EXISTS (SELECT 1 FROM {table} WHERE to_hash = {person})");
    format!(
        "(EXISTS (SELECT 1 FROM attempts WHERE to_hash = {person} AND {RANG}) OR {} OR {} OR {})",
        any("opt_outs"),
        any("person_events"),
        any("consents")
    )
}

/// A row of `opt_outs`, without its number and its person.
#[derive(Debug)]
pub(crate) struct OptOutRow {
    pub(crate) what: &'static str,
    pub(crate) at: i64,
    pub(crate) entry: String,
}

impl OptOutRow {
    fn new(event: &OptOutEvent) -> Result<Self> {
        let (what, at) = match event {
            OptOutEvent::OptedOut(opt_out) => ("opted_out", opt_out.at),
            OptOutEvent::TakenBack(request) => ("taken_back", request.at),
        };
        Ok(Self { what, at: micros(at), entry: json(event)? })
    }

    pub(crate) fn opted_out(opt_out: &OptOut) -> Result<Self> {
        Self::new(&OptOutEvent::OptedOut(opt_out.clone()))
    }

    pub(crate) fn taken_back(request: &TakeBack) -> Result<Self> {
        Self::new(&OptOutEvent::TakenBack(request.clone()))
    }
}

/// An opt-out as the ledger keeps it.
pub(crate) fn kept_opt_out(opt_out: &OptOut) -> OptOut {
    opt_out.clone().into_kept().with(|opt_out| {
        opt_out.at = whole(opt_out.at);
        opt_out.recorded_at = whole(opt_out.recorded_at);
    })
}

/// A request as the ledger keeps it.
pub(crate) fn kept_take_back(request: &TakeBack) -> Result<TakeBack> {
    Ok(request.clone().into_kept()?.with(|request| {
        request.at = whole(request.at);
        request.recorded_at = whole(request.recorded_at);
    }))
}

pub(crate) fn opt_out_events(entries: &[String]) -> Result<Vec<OptOutEvent>> {
    entries.iter().map(|entry| read(entry, "an opt-out")).collect()
}

/// `consents.terms`.
#[derive(Serialize, Deserialize)]
struct Terms {
    consent: Consent,
    by: String,
}

/// `consents.evidence`.
#[derive(Serialize, Deserialize, Default)]
struct ConsentEvidence {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    words: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    channel: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    source: Option<String>,
}

/// The columns of `consents` from which a [`ConsentRow`] is read, in this order. Databases differ in
/// the type of an id.
pub(crate) const CONSENT_COLUMNS: &str =
    "id, tenant, terms, evidence, recorded_at, withdrawn_at, withdrawn_by";
pub(crate) type ConsentColumns<Id> =
    (Id, String, String, Option<String>, i64, Option<i64>, Option<String>);

/// A row of `consents`, without its number and its person.
#[derive(Debug)]
pub(crate) struct ConsentRow {
    pub(crate) id: Uuid,
    pub(crate) tenant: String,
    pub(crate) terms: String,
    /// `None` if it was erased.
    pub(crate) evidence: Option<String>,
    pub(crate) recorded_at: i64,
    pub(crate) withdrawn_at: Option<i64>,
    pub(crate) withdrawn_by: Option<String>,
}

impl ConsentRow {
    pub(crate) fn new(consent: &NewConsent) -> Result<Self> {
        let NewConsent { id, tenant, mut consent, by, source, recorded_at, .. } =
            consent.clone().into_kept()?;
        let evidence = ConsentEvidence {
            words: consent.words.take(),
            channel: consent.channel.take(),
            source,
        };
        Ok(Self {
            id,
            tenant: tenant.as_str().to_owned(),
            terms: json(&Terms { consent, by })?,
            evidence: Some(json(&evidence)?),
            recorded_at: micros(recorded_at),
            withdrawn_at: None,
            withdrawn_by: None,
        })
    }

    pub(crate) fn of<Id>(columns: ConsentColumns<Id>, id_of: impl FnOnce(Id) -> Uuid) -> Self {
        let (id, tenant, terms, evidence, recorded_at, withdrawn_at, withdrawn_by) = columns;
        let id = id_of(id);
        Self { id, tenant, terms, evidence, recorded_at, withdrawn_at, withdrawn_by }
    }

    pub(crate) fn read(self) -> Result<ConsentRecord> {
        let what = format_args!("the consent {}", self.id).to_string();
        let Terms { mut consent, by } = read(&self.terms, &what)?;
        let evidence = self.evidence.as_deref().map(|evidence| read(evidence, &what));
        let evidence: Option<ConsentEvidence> = evidence.transpose()?;
        let evidence_erased = evidence.is_none();
        let ConsentEvidence { words, channel, source } = evidence.unwrap_or_default();
        (consent.words, consent.channel) = (words, channel);
        let withdrawn = self.withdrawn_at.zip(self.withdrawn_by);
        let withdrawn = withdrawn
            .map(|(at, by)| {
                Ok::<_, switchboard_core::Error>(Withdrawal::new(by, moment(at, &what)?))
            })
            .transpose()?;
        let recorded_at = moment(self.recorded_at, &what)?;
        let new = NewConsent::new(TenantId::from(self.tenant), consent, by, recorded_at)
            .with(|new| (new.id, new.source) = (self.id, source));
        let mut record = new.into_record();
        (record.withdrawn, record.evidence_erased) = (withdrawn, evidence_erased);
        Ok(record)
    }
}

/// What [`CalleeHistory`] is read from.
#[derive(Debug, Default)]
pub(crate) struct HistoryRow {
    pub(crate) rings: Vec<i64>,
    pub(crate) opted_out: Option<i64>,
    pub(crate) refused: Option<i64>,
    pub(crate) conversation: Option<i64>,
    pub(crate) abandoned: Option<i64>,
    /// `consents.terms` and `consents.evidence`.
    pub(crate) consents: Vec<(String, Option<String>)>,
}

impl HistoryRow {
    pub(crate) fn read(self) -> Result<CalleeHistory> {
        let at = |at: Option<i64>| at.map(|at| moment(at, "what is known of a person")).transpose();
        let consents = self.consents.into_iter().map(|(terms, evidence)| {
            let what = "a consent";
            let Terms { mut consent, .. } = read(&terms, what)?;
            let evidence = evidence.as_deref().map(|evidence| read(evidence, what)).transpose()?;
            let ConsentEvidence { words, channel, .. } = evidence.unwrap_or_default();
            (consent.words, consent.channel) = (words, channel);
            Ok(consent)
        });
        let consents = consents.collect::<Result<Vec<Consent>>>()?;
        let (rings, opted_out) = (moments(self.rings)?, at(self.opted_out)?);
        let (refused, conversation) = (at(self.refused)?, at(self.conversation)?);
        let abandoned = at(self.abandoned)?;
        Ok(CalleeHistory::default().with(|history| {
            history.rings = rings;
            history.opted_out = opted_out;
            history.refused = refused;
            history.conversation = conversation;
            history.abandoned = abandoned;
            history.consents = consents;
        }))
    }
}

pub(crate) fn moments(rings: Vec<i64>) -> Result<Vec<Timestamp>> {
    rings.into_iter().map(|at| moment(at, "an attempt")).collect()
}

pub(crate) fn person_event(kind: &str, at: i64, call: Option<Uuid>) -> Result<PersonEvent> {
    let what = "how a call to a person went";
    Ok(PersonEvent { kind: word(kind, what)?, at: moment(at, what)?, call: call.map(CallId::new) })
}
