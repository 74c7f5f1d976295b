//! A call, as in the answers to dialling and reading.

use jiff::Timestamp;
use rust_decimal::Decimal;
use switchboard_http::answer;

answer! {
    /// A call (`telnyx` 4.189.0, `call_dial_response` and `call_retrieve_status_response`). It does
    /// not say how a call ended.
    Call {
        /// The call's id.
        call_control_id: String = ["call_control_id"],
        /// The id of this leg of the call.
        call_leg_id: String = ["call_leg_id"],
        /// Whether it is up now; false before it was dialled and after its end.
        is_alive: bool = ["is_alive"],
        /// The text that went with the Dial command, in Base64.
        client_state: String = ["client_state"],
        /// How long it lasted so far, in seconds.
        call_duration: Decimal = ["call_duration"],
        /// When it began.
        start_time: Timestamp = ["start_time"],
        /// When it ended.
        end_time: Timestamp = ["end_time"],
    }
}
