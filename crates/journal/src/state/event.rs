//! Where a call stands, what may happen to it, and what follows.

use switchboard_core::{AttemptState, CallStatus, Outcome};

/// Where a call stands: its status, how it ended, and its last attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct State {
    /// The call.
    pub status: CallStatus,
    /// How it ended, where it is closed.
    pub outcome: Option<Outcome>,
    /// The last attempt, where there is one.
    pub attempt: Option<AttemptState>,
    /// How the last ring that is over ended. A call that rang is never called refused.
    pub rang: Option<Outcome>,
}

impl State {
    /// A call that was just received.
    pub const RECEIVED: State =
        State { status: CallStatus::Received, outcome: None, attempt: None, rang: None };

    pub(super) const fn moved(self, status: CallStatus, attempt: Option<AttemptState>) -> State {
        State { status, outcome: None, attempt, rang: self.rang }
    }
}

/// What happened, without its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Event {
    /// Its window has not opened.
    Schedule,
    /// It may be placed; the callee is locked.
    Admit,
    /// The call will not be placed.
    Refuse,
    /// An attempt is written down.
    Intend,
    /// One process may send it.
    Claim,
    /// Bytes may leave from now on.
    Send,
    /// The provider has the call.
    Place,
    /// Proof: this attempt reached no phone.
    NotPlace,
    /// Proof that it reached no phone, and a person has to approve first.
    AwaitApproval,
    /// An operator found out that no phone rang by an attempt that was taken for placed.
    Retract,
    /// The provider's record proves that it never dialled the call that it had accepted.
    NotDial,
    /// The attempt may or may not have reached a phone.
    Doubt,
    /// The process that sent the attempt is gone, and its heir does not know whether it reached a
    /// phone. It does not contradict what the sender recorded before.
    Inherit,
    /// Evidence is being looked for.
    Reconcile,
    /// Nothing proved it in time.
    GiveUp,
    /// The provider reports a call that is not over.
    Progress,
    /// The provider reports how it ended.
    End(Outcome),
    /// It should be over by now, but its end was not observed.
    Overdue,
    /// It rang without reaching the callee, and the caller's policy asks for another ring.
    Redial,
}

/// What has to be done after a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Effect {
    /// Watch the call at its provider.
    Follow,
    /// Look for evidence.
    Reconcile,
    /// Retry, fail over, or give the caller a refusal.
    Next,
    /// The callee is free for another call.
    ReleaseCallee,
    /// An event contradicts what was taken as proven: an operator has to be notified.
    Alarm,
}

/// What an event does to a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The call moves.
    To(State, &'static [Effect]),
    /// Too late or known already: content may be amended, the state stays.
    Stays(&'static [Effect]),
    /// The event is not possible in this state: the code that sent it has a bug.
    Illegal,
}
