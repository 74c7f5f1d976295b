//! What is remembered about people: who must not be called, and who consented.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use switchboard::{
    Clock, PhoneNumber,
    core::moment,
    journal::{
        NewConsent, OptOut, OptOutSource, People, TakeBack,
        server::{CallsFilter, ServerStore},
    },
    router::AuditTopic,
};

use crate::{
    Service,
    caller::{Allowed, Caller, PeopleRead, PeopleTakeBack, PeopleWrite},
    problem::{Code, Problem, Result},
    service::audit::{note, who},
    wire::{
        ConsentRecord, OptOutHow, OptOutPerson, OptOutState, Person, PersonCall, PersonRings,
        RecordConsent, ShowPerson, TakeBackOptOut,
    },
};

/// The most calls of a person that are shown.
const MOST_CALLS: u32 = 50;

/// What is remembered about people, for a running server and for whoever has its ledger.
pub struct PeopleAdmin {
    people: Arc<dyn People>,
    store: Arc<dyn ServerStore>,
    clock: Arc<dyn Clock>,
    /// The pseudonym of a person in the audit log.
    tag: Box<dyn Fn(&PhoneNumber) -> String + Send + Sync>,
}

impl std::fmt::Debug for PeopleAdmin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PeopleAdmin").finish_non_exhaustive()
    }
}

impl Service {
    /// The people whom this server called.
    pub fn people_admin(&self) -> PeopleAdmin {
        let engine = self.switchboard().engine().clone();
        PeopleAdmin::new(
            engine.people(),
            Arc::clone(&self.settings().store),
            Arc::clone(self.clock()),
            move |person| engine.tag(person).unwrap_or_default(),
        )
    }
}

impl PeopleAdmin {
    /// The people of this journal. No server has to be running. `tag` gives the pseudonym of a
    /// person in the audit log.
    pub fn new(
        people: Arc<dyn People>,
        store: Arc<dyn ServerStore>,
        clock: Arc<dyn Clock>,
        tag: impl Fn(&PhoneNumber) -> String + Send + Sync + 'static,
    ) -> Self {
        Self { people, store, clock, tag: Box::new(tag) }
    }

    /// Records that a person does not want to be called: nobody calls them from then on, for any
    /// tenant. All their consents are withdrawn.
    ///
    /// # Errors
    /// `number_not_allowed`, `invalid_request`, `journal_unavailable`.
    pub async fn opt_out(
        &self,
        by: Allowed<'_, PeopleWrite>,
        new: &OptOutPerson,
    ) -> Result<OptOutState> {
        let person = number(&new.to)?;
        let now = self.clock.now();
        let at = self.past(new.at.as_deref(), now)?;
        let how = match new.how {
            OptOutHow::CalleeSaid => OptOutSource::CalleeSaid,
            OptOutHow::Written => OptOutSource::Written,
            OptOutHow::Operator => OptOutSource::Operator,
        };
        let word = how.as_str();
        let opt_out = OptOut::new(how, who(by.caller()), at).with(|it| {
            it.recorded_at = now;
            it.note = new.note.clone().filter(|note| !note.trim().is_empty());
        });
        let changed = self.people.opt_out(&person, &opt_out).await?;
        let what = json!({"opt_out": {"how": word, "at": at, "new": changed}});
        self.audit(by.caller(), &person, what).await?;
        Ok(OptOutState { opted_out_at: self.opted_out(&person).await?, changed })
    }

    /// Records that a person wants to be called again after all. Their consents stay withdrawn.
    ///
    /// # Errors
    /// `number_not_allowed`, `invalid_request`, `journal_unavailable`; `not_found` if they are not
    /// opted out.
    pub async fn take_back(
        &self,
        by: Allowed<'_, PeopleTakeBack>,
        new: &TakeBackOptOut,
    ) -> Result<OptOutState> {
        let person = number(&new.to)?;
        let now = self.clock.now();
        let at = self.past(new.at.as_deref(), now)?;
        let request =
            TakeBack::new(new.words.as_str(), who(by.caller()), at).with(|it| it.recorded_at = now);
        self.people.take_back_opt_out(&person, &request).await?;
        self.audit(by.caller(), &person, json!({"take_back": {"at": at}})).await?;
        Ok(OptOutState { opted_out_at: self.opted_out(&person).await?, changed: true })
    }

    /// Records a consent to calls of one tenant.
    ///
    /// # Errors
    /// `number_not_allowed`, `invalid_request`, `tenant_missing`, `tenant_not_allowed`,
    /// `journal_unavailable`.
    pub async fn add_consent(
        &self,
        by: Allowed<'_, PeopleWrite>,
        new: &RecordConsent,
    ) -> Result<ConsentRecord> {
        let person = number(&new.to)?;
        let tenant = by.acts_for(new.tenant.as_deref())?;
        let now = self.clock.now();
        let consent = new.consent.to_core(None)?;
        if consent.at.is_some_and(|at| at > now) {
            let fix = "give the time at which it was given";
            return Err(Problem::invalid("consent.at", "is in the future", fix));
        }
        if let Some(hours) = &consent.hours {
            switchboard::rules::check_hours(hours)?;
        }
        let new = NewConsent::new(tenant.clone(), consent, who(by.caller()), now)
            .with(|it| it.source = new.source.clone());
        let kept = new.into_kept().map_err(of_consent)?;
        self.people.add_consent(&person, &kept).await.map_err(of_consent)?;
        let kind = kept.consent.kind.as_str();
        let what = json!({"consent": {"id": kept.id, "kind": kind, "tenant": tenant}});
        self.audit(by.caller(), &person, what).await?;
        Ok(ConsentRecord::from(&kept.into_record()))
    }

    /// Everything that is remembered about a person, over all tenants.
    ///
    /// # Errors
    /// `number_not_allowed`, `journal_unavailable`.
    pub async fn show(&self, _: Allowed<'_, PeopleRead>, new: &ShowPerson) -> Result<Person> {
        let person = number(&new.to)?;
        let known = self.people.person(&person).await?;
        let filter = CallsFilter { to: Some(person), limit: MOST_CALLS, ..CallsFilter::default() };
        let calls = self.store.find(&filter).await?;
        Ok(Person {
            opted_out_at: known.opted_out.map(Into::into),
            opt_outs: known.opt_outs.iter().map(Into::into).collect(),
            rings: rings(&known.rings, self.clock.now()),
            events: known.events.iter().map(Into::into).collect(),
            consents: known.consents.iter().map(Into::into).collect(),
            calls: PersonCall::of(&calls),
        })
    }

    async fn opted_out(&self, person: &PhoneNumber) -> Result<Option<crate::wire::Time>> {
        Ok(self.people.person(person).await?.opted_out.map(Into::into))
    }

    /// A time that has come, or now.
    fn past(&self, text: Option<&str>, now: Timestamp) -> Result<Timestamp> {
        let at = text.map(|text| moment("at", text, None)).transpose()?.unwrap_or(now);
        if at > now {
            let fix = "give the time at which they said so, or leave it out";
            return Err(Problem::invalid("at", "is in the future", fix));
        }
        Ok(at)
    }

    async fn audit(&self, caller: &Caller, person: &PhoneNumber, what: Value) -> Result<()> {
        let (store, now) = (&*self.store, self.clock.now());
        note(store, now, caller, AuditTopic::Person, &(self.tag)(person), what).await
    }
}

/// How often a phone rang, as limits count it.
fn rings(all: &[Timestamp], now: Timestamp) -> PersonRings {
    let since = |hours| {
        let since = now.checked_sub(SignedDuration::from_hours(hours)).unwrap_or(Timestamp::MIN);
        u32::try_from(all.iter().filter(|ring| **ring > since).count()).unwrap_or(u32::MAX)
    };
    PersonRings {
        last_24_hours: since(24),
        last_7_days: since(7 * 24),
        last_30_days: since(30 * 24),
        last_at: all.last().copied().map(Into::into),
    }
}

fn number(text: &str) -> Result<PhoneNumber> {
    PhoneNumber::parse(text)
        .map_err(|error| Problem::new(Code::NumberNotAllowed, error.to_string()).field("to"))
}

/// An error about a consent, which is a part of the request.
fn of_consent(error: switchboard::Error) -> Problem {
    let inside = ["words", "channel", "seller", "hours"];
    let field = error.field().filter(|field| inside.contains(field)).map(str::to_owned);
    let problem = Problem::from(&error);
    match field {
        Some(field) => problem.field(format!("consent.{field}")),
        None => problem,
    }
}
