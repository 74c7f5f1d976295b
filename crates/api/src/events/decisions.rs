//! Publishes what was decided about experiments and the configuration, and how far budgets are
//! spent.
//!
//! Every process looks, and whoever sees the same thing makes the same id, so that it is published
//! once.

use std::{collections::HashSet, time::Duration};

use jiff::Timestamp;
use serde_json::json;
use switchboard::{
    ConfigurationApplied,
    journal::{
        AuditQuery,
        server::{EventId, FeedEvent, derived_id},
    },
    router::{
        AuditEntry, AuditTopic,
        experiment::{Change, Stage},
    },
};

use crate::{
    Service,
    service::{BudgetNow, period},
};

const LOOK_EVERY: Duration = Duration::from_secs(2);
/// What was decided this long before the process started is published too: nobody may have run then.
const BEFORE: Duration = Duration::from_secs(10 * 60);
/// Shares of a budget that are worth an event, in percent.
const SHARES: [u64; 3] = [80, 95, 100];

/// Publishes decisions and the state of budgets, for ever.
pub(crate) async fn watch(service: Service) {
    let since = service.clock().now().checked_sub(BEFORE).unwrap_or(Timestamp::MIN);
    let (mut after, mut published) = (0, HashSet::new());
    loop {
        if let Err(error) = decisions(&service, &mut after, since).await {
            tracing::warn!(%error, "decisions could not be published");
        }
        if let Err(error) = budgets(&service, &mut published).await {
            tracing::warn!(%error, "the state of budgets could not be published");
        }
        service.clock().sleep(LOOK_EVERY).await;
    }
}

async fn decisions(
    service: &Service,
    after: &mut u64,
    since: Timestamp,
) -> switchboard::Result<()> {
    let topics = vec![AuditTopic::Experiment, AuditTopic::Configuration];
    loop {
        let query = AuditQuery { topics: topics.clone(), after: *after, limit: AuditQuery::MOST };
        let entries = service.store().audit_page(&query).await?;
        let Some((last, _)) = entries.last() else {
            return Ok(());
        };
        let last = *last;
        let new = entries.iter().filter(|(_, entry)| entry.at >= since);
        let events: Vec<FeedEvent> =
            new.filter_map(|(number, entry)| event_of(*number, entry)).collect();
        if !events.is_empty() {
            service.store().publish(events).await?;
        }
        *after = last;
    }
}

/// The event of a decision. Whose experiment or configuration it is concerns every tenant, so only
/// operators see it.
fn event_of(number: u64, entry: &AuditEntry) -> Option<FeedEvent> {
    let (kind, data) = match entry.topic {
        AuditTopic::Experiment => {
            let change = Change::read(entry)?;
            let stopped = change.arm.is_some() && change.to == Some(Stage::Stopped);
            let kind = if stopped { "experiment.arm_stopped" } else { "experiment.changed" };
            let data = json!({"experiment": entry.subject, "change": change, "by": entry.by});
            (kind, data)
        }
        AuditTopic::Configuration => {
            let applied: ConfigurationApplied = serde_json::from_value(entry.what.clone()).ok()?;
            let kind =
                if applied.applied { "configuration.applied" } else { "configuration.refused" };
            (kind, json!({"version": applied.version, "by": entry.by}))
        }
        _ => return None,
    };
    let id = derived_id(entry.at, &[b"decision", &number.to_be_bytes()]);
    Some(FeedEvent::new(id, kind, entry.at, data))
}

async fn budgets(service: &Service, published: &mut HashSet<EventId>) -> switchboard::Result<()> {
    let now = service.clock().now();
    let budgets = service.budgets_now(|_| true).await?;
    let events: Vec<FeedEvent> = budgets.iter().flat_map(|budget| spent(budget, now)).collect();
    let ids: HashSet<EventId> = events.iter().map(|event| event.id).collect();
    let new: Vec<FeedEvent> =
        events.into_iter().filter(|event| !published.contains(&event.id)).collect();
    if !new.is_empty() {
        service.store().publish(new).await?;
    }
    *published = ids;
    Ok(())
}

/// The events of the shares that are spent. A budget of one tenant is that tenant's event, any other
/// the operators'.
fn spent(budget: &BudgetNow, now: Timestamp) -> impl Iterator<Item = FeedEvent> + '_ {
    let percent = budget.percent();
    SHARES.into_iter().filter(move |share| percent >= *share).map(move |share| {
        let definition = &budget.definition;
        let kind = if share < 100 { "budget.warning" } else { "budget.exhausted" };
        let data = json!({
            "budget": definition.name,
            "period": period(definition.per),
            "since": budget.began,
            "share_percent": share,
        });
        let name = definition.name.as_bytes();
        let id = derived_id(budget.began, &[kind.as_bytes(), name, &share.to_be_bytes()]);
        let event = FeedEvent::new(id, kind, now, data);
        match &definition.tenant {
            Some(tenant) => event.of_tenant(tenant.clone()),
            None => event,
        }
    })
}
