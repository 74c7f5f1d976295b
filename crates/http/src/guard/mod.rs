//! Requests to addresses that users give, such as the receivers of webhooks.
//!
//! Whoever may name an address could make this server ask its own network. So an address is checked
//! where it is written down and again at each request, and names are resolved inside the client:
//! what is checked is what is connected to.
//!
//! | file | purpose |
//! |---|---|
//! | `address.rs` | which addresses belong to the public internet |
//! | `url.rs` | what a URL has to look like |
//! | `resolver.rs` | resolves names and refuses those that lead inside |
//! | `client.rs` | the client |

mod address;
mod client;
mod resolver;
mod url;

pub use address::is_public;
pub use client::{GetAnswer, GuardedClient, PostAnswer, PostFailure};
pub use resolver::{NameResolver, SystemResolver};
pub use url::{GuardRules, LONGEST_URL, UrlRefused};
