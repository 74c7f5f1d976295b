//! A request to call somebody: loose as it arrives, then a type that cannot be nonsense.

mod loose;
mod valid;

pub use loose::{Appointment, CallRequest, Redial};
pub use valid::{CallWindow, ValidAppointment, ValidCall};
