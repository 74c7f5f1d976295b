//! The phone numbers of the accounts.

use std::{sync::Arc, time::Duration};

use switchboard::{Provider, ProviderId, core::OwnedNumber};

use crate::{
    Service,
    caller::{AgentsRead, Allowed},
};

/// How long numbers are kept that were read.
const READ_EVERY: Duration = Duration::from_secs(60);
/// How long a provider may take to list them.
const WITHIN: Duration = Duration::from_secs(10);

impl Service {
    /// The numbers of all accounts, as of a minute ago at most. Of a provider that cannot be read,
    /// what it listed before.
    pub async fn numbers(&self, _: Allowed<'_, AgentsRead>) -> Arc<Vec<OwnedNumber>> {
        let mut read = self.inner.numbers.0.lock().await;
        let now = self.clock().uptime();
        if read.at.is_none_or(|at| now.saturating_sub(at) >= READ_EVERY) {
            let engine = self.switchboard().engine();
            let ids: Vec<ProviderId> =
                engine.policy().providers.iter().map(|one| one.info.id.clone()).collect();
            let providers: Vec<Arc<dyn Provider>> =
                ids.iter().filter_map(|id| engine.provider(id)).collect();
            read.of.retain(|id, _| ids.contains(id));
            let lists = providers.iter().map(|provider| self.numbers_of(&**provider));
            let lists = futures::future::join_all(lists).await;
            for (provider, list) in providers.iter().zip(lists) {
                if let Some(list) = list {
                    read.of.insert(provider.info().id.clone(), list);
                }
            }
            read.all = Arc::new(read.of.values().flatten().cloned().collect());
            read.at = Some(now);
        }
        Arc::clone(&read.all)
    }

    /// `None` if they cannot be read now.
    async fn numbers_of(&self, provider: &dyn Provider) -> Option<Vec<OwnedNumber>> {
        let Some(numbers) = provider.numbers() else { return Some(Vec::new()) };
        let listed = tokio::select! {
            biased;
            listed = numbers.list() => listed,
            () = self.clock().sleep(WITHIN) => {
                tracing::warn!(provider = %provider.info().id, "its numbers were not listed in time");
                return None;
            }
        };
        listed
            .inspect_err(|error| {
                let (provider, kind) = (&provider.info().id, error.kind().as_str());
                tracing::warn!(%provider, kind, "its numbers could not be listed");
            })
            .ok()
    }
}
