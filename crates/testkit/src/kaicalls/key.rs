//! One API key.

use crate::host::Window;

/// One API key.
pub(crate) struct Key {
    pub(crate) id: String,
    pub(crate) secret: String,
    pub(crate) name: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) business_id: Option<String>,
    pub(crate) created_at: String,
    pub(crate) last_used_at: Option<String>,
    pub(crate) active: bool,
    pub(crate) posts: Window,
    pub(crate) gets: Window,
}

impl Key {
    pub(crate) fn new(
        id: String,
        secret: String,
        name: &str,
        scopes: Vec<String>,
        created_at: String,
    ) -> Self {
        Self {
            id,
            secret,
            name: name.to_owned(),
            scopes,
            business_id: None,
            created_at,
            last_used_at: None,
            active: true,
            posts: Window::default(),
            gets: Window::default(),
        }
    }

    /// The part of the key that may be shown: document 004 shows `kc_live_` and four characters.
    pub(crate) fn prefix(&self) -> &str {
        self.secret.get(..12).unwrap_or(&self.secret)
    }
}
