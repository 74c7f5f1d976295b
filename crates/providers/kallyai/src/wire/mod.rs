//! Requests, with their required fields in the constructor, and answers, in which every field is
//! optional.
//!
//! The documents have different dates and contradict each other, and the provider may answer
//! according to any of them. So an answer accepts every documented name of a field, a missing or
//! unexpected field is `None`, and the whole answer is kept as well ([`CallRecord::raw`] and its
//! like). Amounts are exact decimals, whether they arrive as text or as numbers.
//!
//! | file | why it is there |
//! |---|---|
//! | `read.rs` | values that arrive in several shapes |
//! | `record.rs` | typed fields over a whole answer; lists; undocumented answers |
//! | `request.rs` | bodies with required and optional fields |
//! | `call.rs`, `call_request.rs` | outbound calls |
//! | `calendar.rs` | the appointment that a call made |
//! | `inbound.rs`, `number.rs` | inbound calls and their rules, phone numbers |
//! | `credits.rs`, `account.rs`, `notification.rs` | usage, the account, pending notifications |
//! | `coordination.rs`, `budget.rs`, `outreach.rs`, `action.rs` | goals, their costs, and the assistant's actions |
//! | `message.rs`, `channel.rs` | inbox, mail and searches; addresses and messengers |
//! | `billing.rs` | pages at Stripe, changes of plan, referrals |

mod account;
mod action;
mod billing;
mod budget;
mod calendar;
mod call;
mod call_request;
mod channel;
mod coordination;
mod credits;
mod inbound;
mod message;
mod notification;
mod number;
mod outreach;
mod read;
mod record;
mod request;

pub use account::{AccountSubscription, PendingChange, Plan, Statistics, SubscriptionStatus};
pub use action::{
    ActionRecord, ActionType, AnalyzeBill, BillAnalysis, DisputeBill, Errand, FoodOrder,
    NewBooking, NewEvent, OutboxEmail, OutgoingEmail, RestaurantRecord, RestaurantSearch,
    RideRequest,
};
pub use billing::{
    BillingPortal, ChangePlan, CheckoutSession, CodeValidity, PendingChangeCancelled, PlanChange,
    Referral, ReferralCode, ReferralStats, ReferralTracked, TrackReferral, TrialCheckout,
};
pub use budget::{Breakdown, CostBreakdown, CostEstimate, CreditLine, EstimateCost};
pub use calendar::{Calendar, CalendarEvent, CalendarTime};
pub use call::{CallRecord, RecordingRecord, SubmissionRecord, TranscriptLine, TranscriptRecord};
pub use call_request::{CreateCall, RescheduleCall, TaskCategory};
pub use channel::{
    ChannelStatus, ChannelStatuses, ContactEmail, ContactEmailUpdate, ContactEmails, EmailChannel,
    Mailbox, Messenger, MessengerCredentials, MessengerOutcome, NewContactEmail,
};
pub use coordination::{
    BatchArchive, ConversationRecord, CoordinationReply, GoalBudget, GoalRecord, GoalStatus,
    GoalStep, SendMessage,
};
pub use credits::{
    CallPrice, CreditBalance, CreditBreakdown, CreditCosts, CreditEntry, CreditPlan, CreditPlans,
    Price, SpendingItem,
};
pub use inbound::{
    ContactDraft, DeleteAllInboundCalls, InboundCall, InboundFilter, InboundStatus, RoutingRule,
};
pub use message::{
    EmailAccount, EmailClass, EmailProvider, EmailResponse, InboxFilter, InboxMessage, MarkRead,
    MessageChannel, QuickSearch, SearchRequest, SearchResult, SearchResults,
};
pub use notification::{ActiveGoal, PendingGroup, PendingItem, PendingNotifications};
pub use number::{NumberRecord, ProvisionNumber};
pub use outreach::{NewOutreachTask, OutreachAttempt, OutreachStatus, OutreachTask, Recipient};
pub use read::ReadJson;
pub use record::{Listed, Listing, Undocumented};
pub use request::{Amount, HourAndMinute};

pub(crate) use number::NumberEntry;
pub(crate) use read::{below, first};
pub(crate) use record::{FieldKeys, FromAnswer, collect_unread, listed, object, record};
pub(crate) use request::{constructor, request, words};

/// A page of a list: at most `limit` entries, starting at `offset`. What is not set is left to the
/// provider.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Paging {
    /// The maximum number of entries.
    pub limit: Option<u32>,
    /// How many entries to skip.
    pub offset: Option<u64>,
}

impl Paging {
    /// The first page, with the provider's default length.
    pub const fn new() -> Self {
        Self { limit: None, offset: None }
    }

    /// Sets the maximum number of entries.
    #[must_use]
    pub const fn limit(mut self, limit: u32) -> Self {
        self.limit = Some(limit);
        self
    }

    /// Sets how many entries to skip.
    #[must_use]
    pub const fn offset(mut self, offset: u64) -> Self {
        self.offset = Some(offset);
        self
    }
}
