//! A request to call somebody: unchecked as it arrives, then validated.

mod facts;
mod key;
mod loose;
mod moment;
mod valid;
mod validate;

pub use key::CallKey;
pub use loose::{Appointment, CallRequest, Redial};
pub use moment::moment;
pub use valid::{CallWindow, ValidAppointment, ValidCall};
