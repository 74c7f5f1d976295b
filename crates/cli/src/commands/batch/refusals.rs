//! The same refusal again and again: something is wrong that the rest of the table would only meet
//! as well.

use std::{collections::BTreeMap, fmt};

use switchboard::{Call, CallStatus, ErrorKind, ProviderId};

/// So many in a row are no chance.
pub(super) const TOO_MANY: usize = 20;

/// What became of the rows that were begun, in the table's order: a call that takes long stands
/// between those before and behind it, whoever is answered first.
#[derive(Debug, Default)]
pub(super) struct Refusals(BTreeMap<usize, Option<Refusal>>);

/// Who refused, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    provider: Option<ProviderId>,
    kind: ErrorKind,
    code: Option<String>,
}

impl Refusals {
    /// A row is begun, and nobody has answered.
    pub(super) fn begun(&mut self, row: usize) {
        self.0.insert(row, None);
    }

    /// A row's call is settled. `Some`: with the rows beside it, as many refusals that are alike as
    /// are too many.
    pub(super) fn settled(&mut self, row: usize, call: &Call) -> Option<&Refusal> {
        let refusal = Refusal::of(call)?;
        self.0.insert(row, Some(refusal.clone()));
        let alike = |(_, other): &(&usize, &Option<Refusal>)| other.as_ref() == Some(&refusal);
        let before = self.0.range(..row).rev().take_while(alike).take(TOO_MANY).count();
        let behind = self.0.range(row + 1..).take_while(alike).take(TOO_MANY).count();
        if before + 1 + behind < TOO_MANY {
            return None;
        }
        self.0.get(&row)?.as_ref()
    }
}

impl Refusal {
    fn of(call: &Call) -> Option<Self> {
        let kind = call.fault.as_ref().filter(|_| call.status == CallStatus::Refused)?.kind;
        let last = call
            .attempts
            .last()
            .filter(|last| last.error.as_ref().is_some_and(|error| error.kind == kind));
        Some(Self {
            provider: last.map(|last| last.provider.clone()),
            kind,
            code: last.and_then(|last| last.error.as_ref()?.code.clone()),
        })
    }

    /// What a person can do about it.
    pub(super) fn fix(&self) -> &'static str {
        match self.kind {
            ErrorKind::QuotaExceeded => {
                "top the account up, or let the next provider take such calls with --failover-on-quota"
            }
            ErrorKind::Unauthorized | ErrorKind::Forbidden => "mend the credential",
            ErrorKind::RateLimited => "wait until the provider takes calls again",
            _ => "mend what it says, as far as it is a mistake",
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(provider) = &self.provider {
            write!(f, "{provider}: ")?;
        }
        f.write_str(self.kind.as_str())?;
        match &self.code {
            Some(code) if code != self.kind.as_str() => write!(f, " ({code})"),
            Some(_) | None => Ok(()),
        }
    }
}

/// True where the same row may be begun again after its call was refused, for another time may go
/// better: nothing rang, and it was not the person, where they live, what is said or somebody's
/// wish that stood in the way.
pub(super) fn may_go_better(call: &Call) -> bool {
    let kind = call.fault.as_ref().map(|fault| fault.kind);
    call.status == CallStatus::Refused
        && match kind {
            Some(
                ErrorKind::QuotaExceeded
                | ErrorKind::Unauthorized
                | ErrorKind::Forbidden
                | ErrorKind::RateLimited
                | ErrorKind::Connect
                | ErrorKind::Timeout
                | ErrorKind::Transport
                | ErrorKind::Decode
                | ErrorKind::Provider
                | ErrorKind::NoProvider
                | ErrorKind::Expired
                | ErrorKind::Configuration
                | ErrorKind::Unsupported,
            ) => true,
            // What is asked for is refused whenever it is asked, a call that was taken back is not
            // wanted, and of kinds that later versions add nobody knows.
            Some(_) | None => false,
        }
}
