//! Where the tokens of a login are kept.
//!
//! A refresh token opens the account until somebody takes it back, and is often good for one use.
//! So it belongs where no other user of the machine reads it, and two processes must not use it at
//! once. The operating system's keyring keeps the first promise best; a file that only its owner
//! can read is next, and is refused as soon as others can read it. For the second promise a renewal
//! holds a file lock, wherever the tokens are: the process that waited for it reads what the other
//! one saved.
//!
//! | file | its one reason |
//! |---|---|
//! | `vault.rs` | which place it is, and the [`TokenStore`](switchboard_http::TokenStore) that a provider renews through |
//! | `saved.rs` | what is kept, as JSON |
//! | `file.rs` | a file that only its owner can read |
//! | `keyring.rs` | the keyring, with a time limit on a service that may never answer |
//! | `lock.rs` | one process at a time |
//! | `of_account.rs` | the login of an account of the configuration |
//! | `sign_in.rs` | what a login needs to know of an account |

mod file;
mod keyring;
mod lock;
mod of_account;
mod saved;
mod sign_in;
mod vault;

pub use self::{
    saved::SavedTokens,
    sign_in::{Granted, SignIn},
    vault::{Kept, Vault},
};
pub use switchboard_http::TokenSet;
