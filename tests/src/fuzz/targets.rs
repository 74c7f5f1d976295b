//! The fuzz targets.

use std::{
    fmt::Debug,
    sync::{Arc, OnceLock},
};

use serde::{Serialize, de::DeserializeOwned};
use switchboard::{
    Provider, SystemClock,
    core::IncomingWebhook,
    kaicalls::{self, KaiCalls, KaiCallsConfig, wire as kaicalls_wire},
    kallyai::{self, api::InboundEvent, wire::*},
};
use switchboard_http::{ErrorBody, from_json};

/// Parses a response, prints it, serializes it and parses it again: the result must be the same.
fn again<T: DeserializeOwned + Serialize + Debug>(bytes: &[u8]) -> Option<T> {
    match from_json::<T>(bytes) {
        Ok(read) => {
            let _shown = format!("{read:?}");
            let written = serde_json::to_vec(&read).unwrap_or_default();
            assert!(
                from_json::<T>(&written).is_ok(),
                "what was read and written cannot be read again"
            );
            Some(read)
        }
        Err(error) => {
            let _shown = format!("{error} {error:?}");
            None
        }
    }
}

macro_rules! records {
    ($bytes:ident: $($type:ty),* $(,)?) => {
        $(if let Some(read) = again::<$type>($bytes) {
            let _left = read.unread();
        })*
    };
}

/// Parses a response with all types of the KallyAI client.
pub fn kallyai_answers(bytes: &[u8]) {
    records!(bytes:
        AccountSubscription, ActionRecord, ActiveGoal, BillAnalysis, BillingPortal, CallRecord, ChannelStatus, ChannelStatuses,
        CheckoutSession, CodeValidity, ContactEmail, ContactEmails, ConversationRecord, CoordinationReply, CostBreakdown, CostEstimate,
        CreditBalance, CreditBreakdown, CreditEntry, CreditLine, CreditPlan, CreditPlans, EmailAccount, EmailChannel, GoalBudget,
        GoalRecord, GoalStep, InboundCall, InboundEvent, InboxMessage, Mailbox, MessengerOutcome, NumberRecord, OutboxEmail,
        OutreachAttempt, OutreachTask, PendingChange, PendingChangeCancelled, PendingGroup, PendingItem, PendingNotifications, Plan,
        PlanChange, RecordingRecord, Referral, ReferralCode, ReferralStats, ReferralTracked, RestaurantRecord, SearchResult,
        SearchResults, SpendingItem, Statistics, SubmissionRecord, SubscriptionStatus, TranscriptLine, TranscriptRecord,
        Listing<ActionRecord>, Listing<CallRecord>, Listing<ConversationRecord>, Listing<CreditEntry>, Listing<EmailAccount>,
        Listing<GoalRecord>, Listing<InboundCall>, Listing<InboundEvent>, Listing<InboxMessage>, Listing<OutboxEmail>,
        Listing<OutreachTask>, Listing<Referral>, Listing<RestaurantRecord>,
    );
    if let Some(costs) = again::<CreditCosts>(bytes) {
        let _price = (costs.call(), costs.unread());
    }
    if let Ok(calls) = from_json::<Listing<CallRecord>>(bytes) {
        for offset in [0, 1, u64::MAX] {
            let _next = calls.next_offset(offset);
        }
        for call in &calls.items {
            let _state = call.status.as_deref().map(kallyai::state);
        }
    }
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Ok(calendar) = Calendar::parse(text.to_owned())
    {
        let _shown = format!("{calendar:?}");
    }
    errors(bytes);
}

macro_rules! answers {
    ($bytes:ident: $($type:ident),* $(,)?) => {
        $(if let Some(read) = again::<kaicalls_wire::$type>($bytes) {
            let _found = read.found();
        })*
    };
}

macro_rules! lists {
    ($bytes:ident: $($type:ident),* $(,)?) => {
        $(again::<kaicalls_wire::Listing<kaicalls_wire::$type>>($bytes);)*
    };
}

/// Parses a response with all types of the KaiCalls client, and as a webhook.
pub fn kaicalls_answers(bytes: &[u8]) {
    answers!(bytes:
        Acknowledgement, Agent, AgentVersion, ApiKey, BusinessBalance, Call, Capabilities, CommunicationAttempt, CommunicationJob,
        CommunicationRun, EventDelivery, EventRecord, Health, Number, QualityDimensions, Recording, Redelivery, RunCheck, RunPreview,
        Transcript, UsageRow, WebhookEvent, WebhookSubscription,
    );
    lists!(bytes:
        Agent, AgentVersion, ApiKey, BusinessBalance, Call, CommunicationAttempt, CommunicationJob, CommunicationRun, EventDelivery,
        EventRecord, Number, Transcript, UsageRow, WebhookSubscription,
    );
    if let Ok(call) = from_json::<kaicalls_wire::Call>(bytes) {
        let _made = call.created_at.as_ref().map(kaicalls_wire::Moment::timestamp);
        let _state = call.status.as_deref().map(kaicalls::state);
    }
    delivered(bytes);
    errors(bytes);
}

/// Receives a webhook, with and without a required signature.
fn delivered(bytes: &[u8]) {
    static RECEIVERS: OnceLock<[Arc<KaiCalls>; 2]> = OnceLock::new();
    let receivers = RECEIVERS.get_or_init(|| {
        [None, Some("whsec_any")].map(|secret| {
            let mut config = KaiCallsConfig::new("kc_live_any");
            config.webhook.secret = secret.map(Into::into);
            Arc::new(KaiCalls::new(config, Arc::new(SystemClock)).unwrap())
        })
    });
    for receiver in receivers {
        let delivery = IncomingWebhook {
            headers: Vec::new(),
            body: bytes.to_vec(),
            received_at: jiff::Timestamp::UNIX_EPOCH,
        };
        let webhooks = receiver.webhooks().unwrap();
        match webhooks.receiver().unwrap().receive(&delivery) {
            Ok(events) => drop(format!("{events:?}")),
            Err(error) => drop(format!("{error} {error:?}")),
        }
    }
}

fn errors(bytes: &[u8]) {
    let said = ErrorBody::parse(bytes);
    let _shown = format!("{said:?} {:?}", said.line());
}
