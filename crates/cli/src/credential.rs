//! Credentials that a provider refused (401, 403), and which setting to fix.
//!
//! Failover hides such a refusal: a provider whose key was revoked would be skipped forever without
//! a message. So every command that sees one reports it on stderr, and a command that failed
//! because of it exits with code 1.

use std::collections::BTreeMap;

use switchboard::{
    Call, Config, Delivery, Error, ErrorKind, ProviderId, config::ProviderConfig, core::Refusal,
};

use crate::{cli::Common, exit::Exit, output::Output};

/// How a provider refused the credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    /// 401: the credential is missing, expired or revoked.
    Unknown,
    /// 403: the credential is valid, but lacks the permission.
    Forbidden,
}

impl Refused {
    /// Whether a failure is a refusal of the credential. A 403 about the person or the content is
    /// not, and neither is a 400 about something that the account lacks.
    pub(crate) fn of(
        kind: ErrorKind,
        status: Option<u16>,
        delivery: Option<Delivery>,
    ) -> Option<Self> {
        match (kind, status) {
            (ErrorKind::Unauthorized, None | Some(401 | 403)) => Some(Self::Unknown),
            (ErrorKind::Forbidden, Some(403))
                if delivery != Some(Delivery::Refused(Refusal::Everyone)) =>
            {
                Some(Self::Forbidden)
            }
            _ => None,
        }
    }

    /// How to fix it. Without the provider's settings, both ways are named.
    pub(crate) fn fix(self, name: &str, settings: Option<&ProviderConfig>) -> String {
        let place = match settings {
            Some(ProviderConfig { api_key_env: Some(variable), .. }) => {
                format!("the environment variable {variable} (providers.{name}.api_key_env)")
            }
            Some(ProviderConfig { api_key_file: Some(file), .. }) => {
                format!("the file {} (providers.{name}.api_key_file)", file.display())
            }
            Some(_) => {
                return match self {
                    Self::Unknown => format!("log in again with: switchboard login {name}"),
                    Self::Forbidden => format!(
                        "this login lacks the permission: grant it at the provider, or log in to another account with: switchboard login {name}"
                    ),
                };
            }
            None => format!(
                "providers.{name}.api_key_env or providers.{name}.api_key_file, or log in with: switchboard login {name}"
            ),
        };
        match self {
            Self::Unknown => format!("put a valid key into {place}"),
            Self::Forbidden => format!(
                "this key lacks the permission: grant it at the provider, or put another key into {place}"
            ),
        }
    }
}

/// The providers that refused their credential while a command ran.
#[derive(Debug, Default)]
pub(crate) struct RefusedCredentials(BTreeMap<ProviderId, Refused>);

impl RefusedCredentials {
    /// The refusals in the attempts of one call.
    pub(crate) fn of_call(call: &Call) -> Self {
        let mut refused = Self::default();
        refused.add_call(call);
        refused
    }

    /// Adds the refusals in the attempts of a call.
    pub(crate) fn add_call(&mut self, call: &Call) {
        for attempt in &call.attempts {
            let how = attempt
                .error
                .as_ref()
                .and_then(|error| Refused::of(error.kind, error.status, attempt.delivery));
            if let Some(how) = how {
                self.0.insert(attempt.provider.clone(), how);
            }
        }
    }

    /// The refusal that an error reports, if it names the provider. Only requests about accounts
    /// fail this way: a refused call is still a call.
    pub(crate) fn of_error(error: &Error) -> Self {
        let how = Refused::of(error.kind(), error.status(), None);
        Self(error.provider().cloned().zip(how).into_iter().collect())
    }

    /// Adds the refusals of another. True if one of them is new.
    pub(crate) fn extend(&mut self, other: &Self) -> bool {
        let mut new = false;
        for (provider, how) in &other.0 {
            new |= self.0.insert(provider.clone(), *how) != Some(*how);
        }
        new
    }

    /// The providers that refused.
    pub(crate) fn providers(&self) -> impl Iterator<Item = &ProviderId> {
        self.0.keys()
    }

    /// True if no provider refused.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How to fix each of them. The configuration is read again for the setting's name; without
    /// one, both ways are named.
    pub(crate) fn fixes(&self, common: &Common) -> BTreeMap<&ProviderId, String> {
        if self.is_empty() {
            return BTreeMap::new();
        }
        let config = Config::from_file(&common.config).ok();
        let settings = |provider: &ProviderId| config.as_ref()?.providers.get(provider.as_str());
        let fixes = self
            .0
            .iter()
            .map(|(provider, how)| (provider, how.fix(provider.as_str(), settings(provider))));
        fixes.collect()
    }

    /// Prints one line on stderr for each: which provider refused, and the fix.
    pub(crate) fn warn(&self, common: &Common, output: Output) {
        for (provider, fix) in self.fixes(common) {
            output.note(format!("warning: {provider} refused its credential: {fix}"));
        }
    }
}

/// The exit code of a command that placed a call. If no provider took it and one refused its
/// credential, the credential is to blame, not the call. If a refusal binds every provider, no
/// other credential would have helped.
pub(crate) fn exit_of_call(call: &Call) -> Exit {
    let bound = call
        .attempts
        .iter()
        .any(|attempt| attempt.delivery == Some(Delivery::Refused(Refusal::Everyone)));
    match Exit::of_call(call) {
        Exit::NotPlaced if !bound && !RefusedCredentials::of_call(call).is_empty() => Exit::Failed,
        exit => exit,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_counts_as_a_refused_credential() {
        use ErrorKind::{Blocked, CountryNotSupported, Forbidden, NotFound, Unauthorized};
        let here = Some(Delivery::Refused(Refusal::ThisProvider));
        let everyone = Some(Delivery::Refused(Refusal::Everyone));
        for (kind, status, delivery, how) in [
            (Unauthorized, Some(401), here, Some(Refused::Unknown)),
            (Unauthorized, Some(401), None, Some(Refused::Unknown)),
            (Unauthorized, None, Some(Delivery::NotSent), Some(Refused::Unknown)),
            (Forbidden, Some(403), here, Some(Refused::Forbidden)),
            (Forbidden, Some(403), Some(Delivery::Unknown), Some(Refused::Forbidden)),
            (Forbidden, Some(403), everyone, None),
            (Forbidden, Some(400), here, None),
            (Blocked, Some(403), everyone, None),
            (CountryNotSupported, Some(403), here, None),
            (NotFound, Some(404), here, None),
        ] {
            assert_eq!(
                Refused::of(kind, status, delivery),
                how,
                "{kind:?} {status:?} {delivery:?}"
            );
        }
    }
}
