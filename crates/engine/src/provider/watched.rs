//! The calls that a provider has, until they are over and their bills are known.

use std::collections::BTreeMap;

use switchboard_core::{Cost, ProviderCallId};

use super::{
    runtime::ProviderRuntime,
    watch::{Unbilled, Watch},
};

impl ProviderRuntime {
    pub(crate) fn watch(&self, id: ProviderCallId, watch: Watch) {
        let mut state = self.kept.state.lock();
        let idle = state.watches.is_empty() && state.unbilled.is_empty();
        state.watches.entry(id).or_insert(watch);
        drop(state);
        if idle {
            self.kept.work.notify_one();
        }
    }

    pub(crate) fn watches(&self) -> BTreeMap<ProviderCallId, Watch> {
        self.kept.state.lock().watches.clone()
    }

    pub(crate) fn unwatch(&self, id: &ProviderCallId) -> Option<Watch> {
        self.kept.state.lock().watches.remove(id)
    }

    /// Notes that the provider is asked to stop a call. True the first time.
    pub(crate) fn stops(&self, id: &ProviderCallId) -> bool {
        let mut state = self.kept.state.lock();
        state.watches.get_mut(id).is_some_and(|watch| !std::mem::replace(&mut watch.stopped, true))
    }

    /// Notes the status word of a listed call. True if it changed.
    pub(crate) fn saw(&self, id: &ProviderCallId, word: &str) -> bool {
        match self.kept.state.lock().watches.get_mut(id) {
            Some(watch) => {
                watch.missed = 0;
                let changed = watch.last_word.as_deref() != Some(word);
                watch.last_word = Some(word.to_owned());
                changed
            }
            None => false,
        }
    }

    /// Notes that a list did not show a call. Returns how many times in a row.
    pub(crate) fn missed(&self, id: &ProviderCallId) -> u32 {
        match self.kept.state.lock().watches.get_mut(id) {
            Some(watch) => {
                watch.missed += 1;
                watch.missed
            }
            None => 0,
        }
    }

    pub(crate) fn await_bill(&self, id: ProviderCallId, unbilled: Unbilled) {
        self.kept.state.lock().unbilled.insert(id, unbilled);
        self.kept.work.notify_one();
    }

    /// True if there are bills to wait for.
    pub(crate) fn awaits_bills(&self) -> bool {
        !self.kept.state.lock().unbilled.is_empty()
    }

    /// The bills that it is time to look for. The others come one turn closer to it.
    pub(crate) fn bills_due(&self) -> BTreeMap<ProviderCallId, Unbilled> {
        let mut due = BTreeMap::new();
        for (id, one) in &mut self.kept.state.lock().unbilled {
            match one.rests.checked_sub(1) {
                Some(left) => one.rests = left,
                None => drop(due.insert(id.clone(), one.clone())),
            }
        }
        due
    }

    /// What is known of a cost that may still change.
    pub(crate) fn bill_known(&self, id: &ProviderCallId, cost: Cost) {
        if let Some(one) = self.kept.state.lock().unbilled.get_mut(id) {
            one.known = Some(cost);
        }
    }

    pub(crate) fn billed(&self, id: &ProviderCallId) {
        self.kept.state.lock().unbilled.remove(id);
    }

    /// Notes that a bill was looked for. After ten times what is known of it stays. Costs that may come
    /// late are looked for more and more rarely, over some hours.
    pub(crate) fn looked_for_bill(&self, id: &ProviderCallId) {
        let late = self.provider.info().late_costs;
        let mut state = self.kept.state.lock();
        if let Some(one) = state.unbilled.get_mut(id) {
            one.looks += 1;
            one.rests = if late { 1 << one.looks.min(9) } else { 0 };
            if one.looks >= 10 {
                state.unbilled.remove(id);
            }
        }
    }
}
