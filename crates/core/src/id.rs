//! Typed ids, so that one kind of id cannot be passed as another.

use std::{borrow::Cow, fmt, sync::Arc};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::text::one_line;

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Wraps the text as it is.
            pub fn new(text: impl Into<Arc<str>>) -> Self {
                Self(text.into())
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.into())
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text.into())
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
    };
}

/// `Display` and `Debug` print the whole id.
macro_rules! shown {
    ($($name:ident)*) => {
        $(
            impl fmt::Display for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.write_str(&self.0)
                }
            }

            impl fmt::Debug for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    fmt::Debug::fmt(&*self.0, f)
                }
            }
        )*
    };
}

/// `Display` and `Debug` print one line and mask phone numbers, because a provider may build its
/// ids from anything. `as_str` returns the whole id.
macro_rules! shown_masked {
    ($($name:ident)*) => {
        $(
            impl fmt::Display for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.write_str(&one_line(&self.0))
                }
            }

            impl fmt::Debug for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    fmt::Debug::fmt(&*one_line(&self.0), f)
                }
            }
        )*
    };
}

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Wraps a UUID.
            pub const fn new(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The UUID.
            pub const fn as_uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }
    };
}

/// The name of a provider in the configuration, for example `kallyai`. Each account is a provider
/// of its own: two accounts have two names.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ProviderId(Cow<'static, str>);

impl ProviderId {
    /// Wraps a literal without allocating.
    pub const fn from_static(name: &'static str) -> Self {
        Self(Cow::Borrowed(name))
    }

    /// Wraps a name.
    pub fn new(name: impl Into<Cow<'static, str>>) -> Self {
        Self(name.into())
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ProviderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for ProviderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.0, f)
    }
}

impl std::borrow::Borrow<str> for ProviderId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

uuid_id! {
    /// One call, across all its attempts. Ordered by creation time (UUID version 7).
    CallId
}
uuid_id! {
    /// One attempt at one provider.
    AttemptId
}
text_id! {
    /// A provider's id of a call. `Display` and `Debug` mask phone numbers in it.
    ProviderCallId
}
text_id! {
    /// A provider's id of an agent. `Display` and `Debug` mask phone numbers in it.
    AgentId
}
text_id! {
    /// A provider's id of a rented number. `Display` and `Debug` mask phone numbers in it.
    NumberId
}
text_id! {
    /// The provider-neutral name of an agent profile, for example `receptionist`.
    ProfileName
}
text_id! {
    /// The tenant that a call belongs to. Limits, idempotency keys and callee locks are per tenant.
    TenantId
}
text_id! {
    /// A key written by the caller. Requests with the same key are the same call, however often
    /// they are sent.
    IdempotencyKey
}
text_id! {
    /// A key derived from a row of a batch: the same row of the same batch is the same call.
    /// Because the caller did not write it, it does not permit calling the same person again.
    RowKey
}
text_id! {
    /// The name of the batch that a call belongs to.
    BatchName
}

shown! { ProfileName TenantId IdempotencyKey BatchName RowKey }
shown_masked! { ProviderCallId AgentId NumberId }

impl Default for TenantId {
    fn default() -> Self {
        TenantId::new("default")
    }
}
