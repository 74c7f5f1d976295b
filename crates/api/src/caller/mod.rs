//! Who sends a request: an API key, its scopes and its tenant.
//!
//! | file | purpose |
//! |---|---|
//! | `key.rs` | the text of a key: made, and read with its checksum |
//! | `scope.rs` | every scope as a type |
//! | `role.rs` | names for sets of scopes |
//! | `allowed.rs` | [`Caller`], and [`Allowed`], the proof that it has a scope |
//! | `cache.rs` | keys that were read a moment ago |
//! | `verify.rs` | from a header to a caller |
//! | `name.rs` | names of those who have no key |
//! | `proxy.rs` | people whom a proxy signs in |
//! | `address.rs` | where a request comes from |

mod address;
mod allowed;
mod cache;
mod key;
pub(crate) mod name;
mod proxy;
mod role;
mod scope;
mod verify;

pub(crate) use address::{client_address, peer};
pub use allowed::{Allowed, Caller};
pub use key::{BadKey, KeyText};
pub use proxy::ProxySignIn;
pub use role::Role;
pub use scope::{
    AgentsRead, Anything, AuditRead, CallsContent, CallsOverride, CallsRead, CallsResolve,
    CallsWrite, ConfigurationReload, Console, EventsRead, ExperimentsRead, ExperimentsWrite,
    KeysManage, PeopleErase, PeopleRead, PeopleTakeBack, PeopleWrite, PlanRead, ProvidersRead,
    Scope, ScopeName, UsageRead, WebhooksManage,
};
pub(crate) use verify::{Keys, bearer};
