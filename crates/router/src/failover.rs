//! What may follow an attempt that provably reached no phone. This rule stands here once: the
//! engine uses it for its own attempts and for those of a process that has ended, and the backtest
//! uses it for past attempts.

use switchboard_core::{Attempt, Delivery, ErrorKind, Proof, Refusal};

/// The maximum number of retries of an attempt of which no byte was sent, at one provider, for one
/// ring.
pub const RETRIES: u32 = 2;
/// The maximum number of repeats at a provider that temporarily takes no calls, for one ring.
pub const REPEATS: u32 = 3;

/// What may follow the attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// No byte was sent, for a reason that may be temporary: the same provider again, at most
    /// [`RETRIES`] times; then another one, in another failure domain.
    Retry,
    /// This provider does not take the call; another one may be asked.
    OtherProvider,
    /// This provider temporarily takes no calls: another one first, and this one again after a
    /// pause, at most [`REPEATS`] times.
    AfterPause,
    /// The account is out of credit, and failover for that reason is not allowed: the same provider
    /// again after a pause, at most [`REPEATS`] times.
    AfterCredit,
    /// Any provider may be asked, including the same one.
    AnyProvider,
    /// No provider may be asked: the refusal binds all of them.
    NoProvider,
    /// The call has to be approved by a person first.
    Approval,
}

/// What may follow a failed placing request; `None` if it may have reached a phone, in which case
/// nothing is ever sent again. `quota_opt_in` is true if the caller, or the call's route, allows
/// failover when an account is out of credit.
pub fn next(delivery: Delivery, kind: Option<ErrorKind>, quota_opt_in: bool) -> Option<Next> {
    match delivery {
        Delivery::NotSent => Some(match kind {
            Some(ErrorKind::Connect | ErrorKind::Timeout | ErrorKind::Transport) => Next::Retry,
            Some(_) | None => Next::OtherProvider,
        }),
        Delivery::Refused(refusal) => Some(match refusal {
            Refusal::ThisProvider => Next::OtherProvider,
            Refusal::RateLimited => Next::AfterPause,
            Refusal::Quota if quota_opt_in => Next::OtherProvider,
            Refusal::Quota => Next::AfterCredit,
            Refusal::Everyone => Next::NoProvider,
            Refusal::NeedsApproval => Next::Approval,
        }),
        Delivery::Placed | Delivery::Unknown => None,
    }
}

/// Why an attempt is proven not to have reached a phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotPlaced {
    delivery: Option<Delivery>,
    kind: Option<ErrorKind>,
    assumed: bool,
}

impl NotPlaced {
    /// The reason, from the record of an attempt that was not placed.
    pub fn of(attempt: &Attempt) -> Self {
        Self {
            delivery: attempt.delivery,
            kind: attempt.error.as_ref().map(|error| error.kind),
            assumed: attempt
                .evidence
                .iter()
                .any(|evidence| evidence.proof == Proof::AssumedNotPlaced),
        }
    }

    /// True if no byte was sent.
    pub fn is_unsent(self) -> bool {
        self.delivery == Some(Delivery::NotSent)
    }

    /// True if the refusal binds every provider.
    pub fn binds_everyone(self) -> bool {
        self.delivery == Some(Delivery::Refused(Refusal::Everyone))
    }

    /// The kind of error to report if there is no more specific one.
    pub fn error_kind(self) -> ErrorKind {
        match self.delivery {
            Some(Delivery::Refused(Refusal::Quota)) => ErrorKind::QuotaExceeded,
            Some(_) | None => ErrorKind::NoProvider,
        }
    }

    /// What may follow the attempt.
    pub fn next(self, quota_opt_in: bool) -> Next {
        match self.delivery.and_then(|delivery| next(delivery, self.kind, quota_opt_in)) {
            Some(next) => next,
            // Only assumed: the same provider may have the call, and might answer the same key with
            // it.
            None if self.assumed => Next::OtherProvider,
            // It was never claimed, or an operator found out that no phone rang.
            None => Next::AnyProvider,
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
    fn anything_may_follow_only_if_there_is_proof_that_nothing_rang() {
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
                let proven = REFUSALS.map(Delivery::Refused).into_iter().chain([Delivery::NotSent]);
                for delivery in proven {
                    assert!(
                        delivery.proves_no_ring() && next(delivery, kind, quota).is_some(),
                        "{delivery:?} {kind:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_refusal_decides_whether_others_may_be_asked() {
        let of = |refusal, quota| next(Delivery::Refused(refusal), None, quota);
        assert_eq!(of(Refusal::ThisProvider, false), Some(Next::OtherProvider));
        assert_eq!(of(Refusal::RateLimited, false), Some(Next::AfterPause));
        assert_eq!(of(Refusal::Quota, false), Some(Next::AfterCredit));
        assert_eq!(of(Refusal::Quota, true), Some(Next::OtherProvider));
        for quota in [false, true] {
            assert_eq!(of(Refusal::Everyone, quota), Some(Next::NoProvider));
            assert_eq!(of(Refusal::NeedsApproval, quota), Some(Next::Approval));
        }
    }

    #[test]
    fn an_unsent_request_is_retried_only_for_a_temporary_reason() {
        for (kind, expected) in [
            (Some(ErrorKind::Connect), Next::Retry),
            (Some(ErrorKind::Timeout), Next::Retry),
            (Some(ErrorKind::Transport), Next::Retry),
            (Some(ErrorKind::Configuration), Next::OtherProvider),
            (Some(ErrorKind::InvalidRequest), Next::OtherProvider),
            (Some(ErrorKind::Unauthorized), Next::OtherProvider),
            (None, Next::OtherProvider),
        ] {
            assert_eq!(next(Delivery::NotSent, kind, false), Some(expected), "{kind:?}");
        }
    }
}
