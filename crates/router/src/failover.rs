//! What may come after an attempt that provably reached no phone. The one reading of it: for an
//! attempt of this process, for one of a process that is gone, and for the backtest.

use switchboard_core::{Attempt, Delivery, ErrorKind, Proof, Refusal};

/// Retries of an attempt of which no byte left, at one provider, for one ring.
pub const RETRIES: u32 = 2;
/// Repeats at a provider that takes no call for a while, for one ring.
pub const REPEATS: u32 = 3;

/// What may come next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// No byte left, for a reason that may pass: the same provider again, [`RETRIES`] times at
    /// most; then another one, of another failure domain.
    Retry,
    /// Its provider does not take this call; another may.
    Another,
    /// Its provider takes none for a while: another first, and this one again after a pause,
    /// [`REPEATS`] times at most.
    AfterPause,
    /// Its provider's account is out of credit, and nobody allowed another provider for that
    /// reason: this one again after a pause, [`REPEATS`] times at most.
    AfterCredit,
    /// Nothing speaks against its provider, nor against any other.
    Anybody,
    /// The refusal binds every provider.
    Nobody,
    /// A person has to approve first.
    Person,
}

/// What a failed placing request says of what may come next; `None` where it may have reached a
/// phone, and nothing is sent again. `quota_opt_in`: the caller, or the call's route, lets a call
/// go to another provider where the account of the first is out of credit.
pub fn next(delivery: Delivery, kind: Option<ErrorKind>, quota_opt_in: bool) -> Option<Next> {
    match delivery {
        Delivery::NotSent => Some(match kind {
            Some(ErrorKind::Connect | ErrorKind::Timeout | ErrorKind::Transport) => Next::Retry,
            Some(_) | None => Next::Another,
        }),
        Delivery::Refused(refusal) => Some(match refusal {
            Refusal::ThisProvider => Next::Another,
            Refusal::RateLimited => Next::AfterPause,
            Refusal::Quota if quota_opt_in => Next::Another,
            Refusal::Quota => Next::AfterCredit,
            Refusal::Everyone => Next::Nobody,
            Refusal::NeedsApproval => Next::Person,
        }),
        Delivery::Placed | Delivery::Unknown => None,
    }
}

/// Why an attempt is written down as not placed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Silent {
    delivery: Option<Delivery>,
    kind: Option<ErrorKind>,
    fenced: bool,
}

impl Silent {
    /// Of an attempt that reached no phone.
    pub fn of(attempt: &Attempt) -> Self {
        Self {
            delivery: attempt.delivery,
            kind: attempt.error.as_ref().map(|error| error.kind),
            fenced: attempt.evidence.iter().any(|evidence| evidence.proof == Proof::Fence),
        }
    }

    /// True where no byte of it left.
    pub fn is_unsent(self) -> bool {
        self.delivery == Some(Delivery::NotSent)
    }

    /// True where its provider refused it for every other one too.
    pub fn binds_everyone(self) -> bool {
        self.delivery == Some(Delivery::Refused(Refusal::Everyone))
    }

    /// Why its provider did not take the call, where nothing more is known.
    pub fn why(self) -> ErrorKind {
        match self.delivery {
            Some(Delivery::Refused(Refusal::Quota)) => ErrorKind::QuotaExceeded,
            Some(_) | None => ErrorKind::NoProvider,
        }
    }

    /// What may come next.
    pub fn next(self, quota_opt_in: bool) -> Next {
        match self.delivery.and_then(|delivery| next(delivery, self.kind, quota_opt_in)) {
            Some(next) => next,
            // It may have it all the same, and would answer the same key with it.
            None if self.fenced => Next::Another,
            // Never claimed, or an operator found out that no phone rang.
            None => Next::Anybody,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REFUSALS: [Refusal; 5] = [
        Refusal::ThisProvider,
        Refusal::RateLimited,
        Refusal::Quota,
        Refusal::NeedsApproval,
        Refusal::Everyone,
    ];

    #[test]
    fn only_proof_lets_anything_follow() {
        for kind in [
            None,
            Some(ErrorKind::Connect),
            Some(ErrorKind::Timeout),
            Some(ErrorKind::Provider),
            Some(ErrorKind::RateLimited),
        ] {
            for quota in [false, true] {
                for delivery in [Delivery::Placed, Delivery::Unknown] {
                    assert_eq!(next(delivery, kind, quota), None, "{delivery:?} {kind:?}");
                }
                let silent = REFUSALS.map(Delivery::Refused).into_iter().chain([Delivery::NotSent]);
                for delivery in silent {
                    assert!(
                        delivery.proves_silence() && next(delivery, kind, quota).is_some(),
                        "{delivery:?} {kind:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_refusal_asks_others_only_where_it_lets_them() {
        let of = |refusal, quota| next(Delivery::Refused(refusal), None, quota);
        assert_eq!(of(Refusal::ThisProvider, false), Some(Next::Another));
        assert_eq!(of(Refusal::RateLimited, false), Some(Next::AfterPause));
        assert_eq!(of(Refusal::Quota, false), Some(Next::AfterCredit));
        assert_eq!(of(Refusal::Quota, true), Some(Next::Another));
        for quota in [false, true] {
            assert_eq!(of(Refusal::Everyone, quota), Some(Next::Nobody));
            assert_eq!(of(Refusal::NeedsApproval, quota), Some(Next::Person));
        }
    }

    #[test]
    fn what_never_left_is_retried_only_for_a_reason_that_may_pass() {
        for (kind, expected) in [
            (Some(ErrorKind::Connect), Next::Retry),
            (Some(ErrorKind::Timeout), Next::Retry),
            (Some(ErrorKind::Transport), Next::Retry),
            (Some(ErrorKind::Configuration), Next::Another),
            (Some(ErrorKind::InvalidRequest), Next::Another),
            (Some(ErrorKind::Unauthorized), Next::Another),
            (None, Next::Another),
        ] {
            assert_eq!(next(Delivery::NotSent, kind, false), Some(expected), "{kind:?}");
        }
    }
}
