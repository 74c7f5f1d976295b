//! Exit codes, for scripts that read nothing else.

use std::process::ExitCode;

use switchboard::{Call, CallStatus, ErrorKind, Outcome};

/// The exit codes. The help of each command lists the ones that it uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Success.
    Done,
    /// A failure that no other code covers.
    Failed,
    /// The command line, the configuration or the request is wrong; nothing was sent.
    BadInput,
    /// No provider can take the call, or it was refused; no phone rang.
    NotPlaced,
    /// The call needs a person's approval at the provider; no phone rang.
    NeedsApproval,
    /// The phone may have rung, or the end of the call was never seen. A person should check before
    /// calling again.
    Unknown,
    /// A provider had the call, and it broke off for a technical reason: its outcome is `failed`.
    CallFailed,
}

impl Exit {
    /// The number that the process exits with.
    pub(crate) const fn number(self) -> u8 {
        match self {
            Exit::Done => 0,
            Exit::Failed => 1,
            Exit::BadInput => 2,
            Exit::NotPlaced => 3,
            Exit::NeedsApproval => 4,
            Exit::Unknown => 5,
            Exit::CallFailed => 6,
        }
    }

    /// The exit code for an error that stopped a command.
    pub(crate) fn of_kind(kind: ErrorKind) -> Self {
        match kind {
            ErrorKind::InvalidRequest | ErrorKind::NumberNotAllowed | ErrorKind::Configuration => {
                Exit::BadInput
            }
            ErrorKind::NoProvider | ErrorKind::Blocked | ErrorKind::PossibleDuplicate => {
                Exit::NotPlaced
            }
            ErrorKind::NeedsApproval => Exit::NeedsApproval,
            // All others, including kinds that later versions add.
            _ => Exit::Failed,
        }
    }

    /// The exit code for the present status of a call.
    pub(crate) fn of_call(call: &Call) -> Self {
        match call.status {
            CallStatus::Closed if call.outcome == Some(Outcome::Failed) => Exit::CallFailed,
            CallStatus::Closed | CallStatus::InProgress | CallStatus::Scheduled => Exit::Done,
            CallStatus::Refused => Exit::NotPlaced,
            CallStatus::NeedsApproval => Exit::NeedsApproval,
            CallStatus::Indeterminate | CallStatus::Stalled => Exit::Unknown,
            // Left before it was decided; it may go on without this process.
            CallStatus::Received | CallStatus::Admitted | CallStatus::Attempting => Exit::Unknown,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit.number())
    }
}
