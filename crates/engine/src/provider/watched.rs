//! The calls that a provider has, until they are over and their bills are known.

use std::collections::BTreeMap;

use switchboard_core::ProviderCallId;

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

    pub(crate) fn unbilled(&self) -> BTreeMap<ProviderCallId, Unbilled> {
        self.kept.state.lock().unbilled.clone()
    }

    pub(crate) fn billed(&self, id: &ProviderCallId) {
        self.kept.state.lock().unbilled.remove(id);
    }

    /// Notes that the usage log did not show a bill; after ten times the bill stays unknown.
    pub(crate) fn bill_not_found(&self, id: &ProviderCallId) {
        let mut state = self.kept.state.lock();
        if let Some(one) = state.unbilled.get_mut(id) {
            one.looks += 1;
            if one.looks >= 10 {
                state.unbilled.remove(id);
            }
        }
    }
}
