//! Access tokens of an issuer, for MCP clients whose people sign in there (OAuth 2.0, RFC 9068).
//!
//! | file | purpose |
//! |---|---|
//! | `settings.rs` | [`OAuth`]: whose tokens are taken, and what they may do |
//! | `jwks.rs` | [`Jwks`]: an issuer's public keys, and the signatures made with them |
//! | `claims.rs` | what a token has to say |
//! | `discovery.rs` | where an issuer's keys are |
//! | `tokens.rs` | from a token to a caller, with the keys that were read before |
//! | `metadata.rs` | what clients read about the server (RFC 9728) |

mod claims;
mod discovery;
mod jwks;
mod metadata;
mod settings;
mod tokens;

pub use jwks::{BadToken, Jwks};
pub use metadata::ResourceMetadata;
pub use settings::OAuth;
pub(crate) use tokens::{Refused, Tokens, is_token};
