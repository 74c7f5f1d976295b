//! A request to call somebody: loose as it arrives, then a type that cannot be nonsense.

mod key;
mod loose;
mod moment;
mod valid;

pub use key::CallKey;
pub use loose::{Appointment, CallRequest, Redial};
pub use valid::{CallWindow, ValidAppointment, ValidCall};
