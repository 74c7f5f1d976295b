//! The API of a provider, as far as a simulator shares code with the others.

use crate::fault::Envelope;

/// What the host has to know about a provider's API to inject faults and log requests.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Surface {
    pub(crate) provider: &'static str,
    /// The path of the POST that places a call.
    pub(crate) place_path: &'static str,
    /// A JSON pointer to the number in the body of that POST.
    pub(crate) callee: &'static str,
    /// Request bodies below these paths are secret.
    pub(crate) secret_paths: &'static [&'static str],
    pub(crate) envelope: Envelope,
}
