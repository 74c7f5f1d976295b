//! Detects many identical refusals in a row, which the rest of the table would run into as well.

use std::{collections::BTreeMap, fmt};

use switchboard::{Call, CallStatus, ErrorKind, ProviderId};

/// This many identical refusals in a row pause the batch.
pub(super) const TOO_MANY: usize = 20;

/// The rows that were started and how each was refused, in the order of the table: `None` for a
/// call that is not settled or was not refused. A call that takes long separates the rows around
/// it.
#[derive(Debug, Default)]
pub(super) struct Refusals(BTreeMap<usize, Option<Refusal>>);

/// Which provider refused a call, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    provider: Option<ProviderId>,
    kind: ErrorKind,
    code: Option<String>,
}

impl Refusals {
    /// A row was started.
    pub(super) fn started(&mut self, row: usize) {
        self.0.insert(row, None);
    }

    /// A row's call is settled. Returns its refusal if it completes a run of too many identical
    /// ones.
    pub(super) fn settled(&mut self, row: usize, call: &Call) -> Option<&Refusal> {
        let refusal = Refusal::of(call)?;
        self.0.insert(row, Some(refusal.clone()));
        let is_identical =
            |(_, other): &(&usize, &Option<Refusal>)| other.as_ref() == Some(&refusal);
        let before = self.0.range(..row).rev().take_while(is_identical).take(TOO_MANY).count();
        let after = self.0.range(row + 1..).take_while(is_identical).take(TOO_MANY).count();
        if before + 1 + after < TOO_MANY {
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

    /// What to do about it.
    pub(super) fn fix(&self) -> &'static str {
        match self.kind {
            ErrorKind::QuotaExceeded => {
                "add credit to the account, or use --failover-on-quota to let the next provider take such calls"
            }
            ErrorKind::Unauthorized | ErrorKind::Forbidden => "fix the credential",
            ErrorKind::RateLimited => "wait until the provider takes calls again",
            _ => "fix the cause",
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
