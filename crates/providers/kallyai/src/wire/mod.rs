//! What goes over the wire: requests with their required fields in the constructor, and answers of
//! which nothing is required.
//!
//! The documents are of different dates and contradict each other; the provider answers as one of
//! them says. So an answer accepts every documented name of a field, a field that is missing or
//! strange is `None`, and the whole answer stays beside it ([`CallRecord::raw`] and its like).
//! Amounts are exact decimals, whether they come as text or as numbers.
//!
//! | file | why it is there |
//! |---|---|
//! | `read.rs` | values that arrive in several shapes |
//! | `record.rs` | typed fields over a whole answer; lists; answers that nobody documents |
//! | `request.rs` | bodies with required and optional fields |
//! | `call.rs`, `call_request.rs` | outbound calls |
//! | `calendar.rs` | the appointment that a call made |
//! | `inbound.rs`, `number.rs` | the reception's calls and rules, and its numbers |
//! | `credits.rs`, `account.rs`, `notification.rs` | what was used, who the account is, what waits for a person |
//! | `coordination.rs`, `budget.rs`, `outreach.rs`, `action.rs` | goals, what they cost, and what the assistant does for them |
//! | `message.rs`, `channel.rs` | inbox, mail and searches; addresses and messengers |
//! | `billing.rs` | Stripe's pages, changes of plan, referrals |

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
pub(crate) use record::{FieldKeys, FromAnswer, left_aside, listed, object, record};
pub(crate) use request::{constructor, request, words};

/// Which part of a list: at most `limit` entries from `offset` on. What is left out, the provider
/// decides.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Paging {
    /// At most this many.
    pub limit: Option<u32>,
    /// After this many.
    pub offset: Option<u64>,
}

impl Paging {
    /// The provider's first page, as long as it likes.
    pub const fn new() -> Self {
        Self { limit: None, offset: None }
    }

    /// At most this many entries.
    #[must_use]
    pub const fn limit(mut self, limit: u32) -> Self {
        self.limit = Some(limit);
        self
    }

    /// After this many entries.
    #[must_use]
    pub const fn offset(mut self, offset: u64) -> Self {
        self.offset = Some(offset);
        self
    }
}
