//! What is remembered about people, in memory.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use switchboard_core::{CalleeHistory, PhoneNumber, Result, TenantId};

use crate::people::{
    ConsentId, ConsentRecord, NewConsent, OptOut, OptOutEvent, OptOutNews, Person, PersonEvent,
    PersonEventKind, TakeBack, Withdrawal, check_take_back, opt_out_news, opted_out,
};

#[derive(Debug, Default)]
struct Memory {
    opt_outs: Vec<OptOutEvent>,
    events: BTreeMap<PersonEventKind, PersonEvent>,
    consents: Vec<ConsentRecord>,
}

#[derive(Debug, Default)]
pub(super) struct PeopleTable {
    people: HashMap<PhoneNumber, Memory>,
    /// Whose each consent is.
    consents: HashMap<ConsentId, PhoneNumber>,
}

impl PeopleTable {
    pub(super) fn is_opted_out(&self, to: &PhoneNumber) -> bool {
        self.people.get(to).is_some_and(|memory| opted_out(&memory.opt_outs).is_some())
    }

    pub(super) fn history(
        &self,
        tenant: &TenantId,
        to: &PhoneNumber,
        rings: Vec<Timestamp>,
    ) -> CalleeHistory {
        let history = CalleeHistory::default().with(|history| history.rings = rings);
        let Some(memory) = self.people.get(to) else {
            return history;
        };
        let last = |kind| memory.events.get(&kind).map(|event| event.at);
        history.with(|history| {
            history.opted_out = opted_out(&memory.opt_outs);
            history.refused = last(PersonEventKind::Refused);
            history.conversation = last(PersonEventKind::Conversation);
            history.abandoned = last(PersonEventKind::Abandoned);
            let given = memory.consents.iter();
            let given = given.filter(|one| one.withdrawn.is_none() && one.tenant == *tenant);
            history.consents = given.map(|one| one.consent.clone()).collect();
        })
    }

    pub(super) fn opt_out(&mut self, to: &PhoneNumber, opt_out: &OptOut) -> bool {
        let opt_out = opt_out.clone().into_kept();
        let memory = self.people.entry(*to).or_default();
        let news = opt_out_news(&memory.opt_outs, &opt_out);
        if news != OptOutNews::Nothing {
            for consent in memory.consents.iter_mut().filter(|one| one.withdrawn.is_none()) {
                consent.withdrawn = Some(Withdrawal::new(Withdrawal::BY_OPT_OUT, opt_out.at));
            }
            memory.opt_outs.push(OptOutEvent::OptedOut(opt_out));
        }
        news == OptOutNews::New
    }

    pub(super) fn take_back(&mut self, to: &PhoneNumber, request: &TakeBack) -> Result<()> {
        let request = request.clone().into_kept()?;
        let memory = self.people.entry(*to).or_default();
        check_take_back(&memory.opt_outs, &request)?;
        memory.opt_outs.push(OptOutEvent::TakenBack(request));
        Ok(())
    }

    pub(super) fn add_consent(&mut self, to: &PhoneNumber, consent: &NewConsent) -> Result<bool> {
        let consent = consent.clone().into_kept()?;
        if self.consents.contains_key(&consent.id) {
            return Ok(false);
        }
        self.consents.insert(consent.id, *to);
        self.people.entry(*to).or_default().consents.push(consent.into_record());
        Ok(true)
    }

    pub(super) fn withdraw_consent(
        &mut self,
        to: &PhoneNumber,
        id: ConsentId,
        withdrawal: &Withdrawal,
    ) -> bool {
        let consents = self.people.get_mut(to).into_iter().flat_map(|memory| &mut memory.consents);
        let mut given = consents.filter(|one| one.id == id && one.withdrawn.is_none());
        match given.next() {
            Some(consent) => {
                consent.withdrawn = Some(withdrawal.clone().into_kept());
                true
            }
            None => false,
        }
    }

    pub(super) fn note(&mut self, to: &PhoneNumber, event: &PersonEvent) {
        let events = &mut self.people.entry(*to).or_default().events;
        let last = events.entry(event.kind).or_insert(*event);
        if event.at > last.at {
            *last = *event;
        }
    }

    pub(super) fn person(&self, to: &PhoneNumber, rings: Vec<Timestamp>) -> Person {
        let mut person = Person { rings, ..Person::default() };
        if let Some(memory) = self.people.get(to) {
            person.opted_out = opted_out(&memory.opt_outs);
            person.opt_outs.clone_from(&memory.opt_outs);
            person.events = memory.events.values().copied().collect();
            person.consents.clone_from(&memory.consents);
        }
        person
    }
}
