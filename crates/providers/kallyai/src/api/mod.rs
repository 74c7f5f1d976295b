//! The sections of the typed client, as document 002 divides the API. The documents are listed in
//! `docs/provider-notes.md`.
//!
//! One file for each section. Reads use [`HttpClient::read`], changes [`HttpClient::write`], and
//! anything that may make a phone ring [`HttpClient::place`], which sends once and says what a
//! failure proves. What the documents leave open counts as ringing, however unlikely: a goal that
//! continues may call somebody.
//!
//! [`HttpClient::read`]: switchboard_http::HttpClient::read
//! [`HttpClient::write`]: switchboard_http::HttpClient::write
//! [`HttpClient::place`]: switchboard_http::HttpClient::place
//!
//! | section of document 002 | here |
//! |---|---|
//! | Authentication | [`auth`](crate::KallyAiClient::auth) |
//! | Coordination | [`coordination`](crate::KallyAiClient::coordination) |
//! | Call | [`calls`](crate::KallyAiClient::calls) |
//! | Inbound | [`inbound`](crate::KallyAiClient::inbound), with [`rules`](InboundApi::rules), [`voicemails`](InboundApi::voicemails), [`contacts`](InboundApi::contacts) |
//! | Phone Number | [`phone_numbers`](crate::KallyAiClient::phone_numbers) |
//! | Actions | [`actions`](crate::KallyAiClient::actions), with [`calendar`](ActionsApi::calendar), [`bookings`](ActionsApi::bookings), [`bills`](ActionsApi::bills), [`email`](ActionsApi::email) |
//! | Messages, Search, Email Management, Channel | [`messages`](crate::KallyAiClient::messages), [`search`](crate::KallyAiClient::search), [`email`](crate::KallyAiClient::email), [`channels`](crate::KallyAiClient::channels) |
//! | Outreach, Budget, Credits | [`outreach`](crate::KallyAiClient::outreach), [`budget`](crate::KallyAiClient::budget), [`credits`](crate::KallyAiClient::credits) |
//! | Subscription, and Billing of document 000 | [`subscriptions`](crate::KallyAiClient::subscriptions), [`billing`](crate::KallyAiClient::billing) |
//! | Referral, Notification, and User of document 003 | [`referrals`](crate::KallyAiClient::referrals), [`notifications`](crate::KallyAiClient::notifications), [`users`](crate::KallyAiClient::users) |

mod actions;
mod actions_email;
mod auth;
mod billing;
mod budget;
mod calls;
mod channels;
mod coordination;
mod credits;
mod email;
mod events;
mod follow;
mod inbound;
mod messages;
mod notifications;
mod outreach;
mod phone_numbers;
mod reception;
mod referrals;
mod search;
mod section;
mod send;
mod subscriptions;
mod users;

pub use actions::{ActionsApi, BillsApi, BookingsApi, CalendarApi};
pub use actions_email::EmailActionsApi;
pub use auth::{AuthApi, OAuthClient, Tokens};
pub use billing::BillingApi;
pub use budget::BudgetApi;
pub use calls::CallsApi;
pub use channels::ChannelsApi;
pub use coordination::CoordinationApi;
pub use credits::CreditsApi;
pub use email::EmailApi;
pub(crate) use events::content_id;
pub use events::{InboundEvent, InboundEvents};
pub(crate) use follow::{POLL_EVERY, SEEN_EVENTS};
pub use inbound::InboundApi;
pub use messages::MessagesApi;
pub use notifications::NotificationsApi;
pub use outreach::OutreachApi;
pub use phone_numbers::PhoneNumbersApi;
pub use reception::{ContactsApi, RulesApi, VoicemailsApi};
pub use referrals::ReferralsApi;
pub use search::SearchApi;
pub use subscriptions::SubscriptionsApi;
pub use users::UsersApi;
