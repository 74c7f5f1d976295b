//! What the process says when it ends, for scripts that read nothing else.

use std::process::ExitCode;

use switchboard::{Call, CallStatus, ErrorKind};

/// The exit codes. The help of each command names the ones that it uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// It worked.
    Done,
    /// Something failed that none of the others names.
    Failed,
    /// The command line, the configuration or the request is wrong; nothing was sent.
    BadInput,
    /// No provider takes the call, or it was refused; no phone rang.
    NobodyTakesIt,
    /// A person has to approve at the provider; no phone rang.
    NeedsApproval,
    /// The phone may have rung, or the call's end was never seen. Do not call again before a person
    /// has looked.
    Unknown,
}

impl Exit {
    /// The number.
    pub(crate) const fn number(self) -> u8 {
        match self {
            Exit::Done => 0,
            Exit::Failed => 1,
            Exit::BadInput => 2,
            Exit::NobodyTakesIt => 3,
            Exit::NeedsApproval => 4,
            Exit::Unknown => 5,
        }
    }

    /// For an error that stopped a command.
    pub(crate) fn of_kind(kind: ErrorKind) -> Self {
        match kind {
            ErrorKind::InvalidRequest | ErrorKind::NumberNotAllowed | ErrorKind::Configuration => {
                Exit::BadInput
            }
            ErrorKind::NoProvider | ErrorKind::Blocked | ErrorKind::PossibleDuplicate => {
                Exit::NobodyTakesIt
            }
            ErrorKind::NeedsApproval => Exit::NeedsApproval,
            // The rest, and kinds that later versions add.
            _ => Exit::Failed,
        }
    }

    /// For a call as it stands.
    pub(crate) fn of_call(call: &Call) -> Self {
        match call.status {
            CallStatus::Closed | CallStatus::InProgress | CallStatus::Scheduled => Exit::Done,
            CallStatus::Refused => Exit::NobodyTakesIt,
            CallStatus::NeedsApproval => Exit::NeedsApproval,
            CallStatus::Indeterminate | CallStatus::Stalled => Exit::Unknown,
            // Left before it was decided: what was sent goes on without us.
            CallStatus::Received | CallStatus::Admitted | CallStatus::Attempting => Exit::Unknown,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit.number())
    }
}
