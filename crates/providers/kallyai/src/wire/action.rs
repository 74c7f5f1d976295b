//! The assistant's actions: calendar, restaurant bookings, bills, rides, food, errands, email
//! (document 002).

use jiff::{
    Timestamp,
    civil::{Date, DateTime},
};
use rust_decimal::Decimal;

use super::{Amount, HourAndMinute, listed, record, request, words};

request! {
    /// A calendar event: `POST /v1/actions/calendar/events`. No time zone is documented: times are
    /// the user's local times.
    NewEvent {
        /// Its title.
        title: String = "title",
        /// The local start time.
        start: DateTime = "start",
        /// The local end time.
        end: DateTime = "end",
        ;
        /// The place.
        location: String = "location",
        /// A description in plain text.
        description: String = "description",
    }
}

request! {
    /// A search for restaurants: `POST /v1/actions/bookings/restaurants/search`.
    RestaurantSearch {
        /// What to search for, for example `Italian restaurant downtown`.
        query: String = "query",
        ;
        /// The place, for example `New York, NY`.
        location: String = "location",
        /// For how many people.
        party_size: u32 = "party_size",
        /// The day.
        date: Date = "date",
        /// The local time, to the minute.
        time: HourAndMinute = "time",
    }
}

record! {
    /// A restaurant that was found.
    RestaurantRecord {
        /// The provider's id, for a booking.
        id: String = ["id", "restaurant_id"],
        /// Its name.
        name: String = ["name"],
        /// The cuisine, for example `Italian`.
        cuisine: String = ["cuisine"],
        /// The rating, out of 5.
        rating: Decimal = ["rating"],
        /// The price level, for example `$$$$`.
        price_range: String = ["price_range"],
        /// Its phone number.
        phone: String = ["phone"],
        /// Its address.
        address: String = ["address"],
        /// The availability, for example `available`.
        availability: String = ["availability"],
    }
}

listed!(RestaurantRecord = ["results", "restaurants", "items"]);

request! {
    /// A booking: `POST /v1/actions/bookings`.
    NewBooking {
        /// The kind, for example `restaurant`.
        kind: String = "type",
        ;
        /// The restaurant's id from a search.
        restaurant_id: String = "restaurant_id",
        /// The day.
        date: Date = "date",
        /// The local time, to the minute.
        time: HourAndMinute = "time",
        /// For how many people.
        party_size: u32 = "party_size",
        /// The name for the booking.
        name: String = "name",
        /// Special wishes, for example `Window table preferred`.
        notes: String = "notes",
    }
}

request! {
    /// A bill to analyze: `POST /v1/actions/bills/analyze`.
    AnalyzeBill {
        /// A description in plain text.
        description: String = "description",
        ;
        /// The amount of the bill. No currency is documented.
        amount: Amount = "amount",
        /// The company that sent it.
        provider: String = "provider",
    }
}

record! {
    /// The provider's assessment of a bill.
    BillAnalysis {
        /// The usual price range, for example `$50-70`.
        fair_price_range: String = ["/analysis/fair_price_range", "fair_price_range"],
        /// Whether the bill is too high.
        overcharge_detected: bool = ["/analysis/overcharge_detected", "overcharge_detected"],
        /// The possible savings, for example `$20-40/month`.
        savings_potential: String = ["/analysis/savings_potential", "savings_potential"],
        /// The recommended next step.
        recommendations: Vec<String> = ["/analysis/recommendations", "recommendations"],
    }
}

request! {
    /// A bill to dispute: `POST /v1/actions/bills/dispute`.
    DisputeBill {
        /// A description in plain text.
        description: String = "description",
        ;
        /// The disputed amount. No currency is documented.
        amount: Amount = "amount",
        /// The company that sent it.
        provider: String = "provider",
        /// The reason for the dispute.
        reason: String = "reason",
    }
}

request! {
    /// A ride: `POST /v1/actions/tasks/ride`.
    RideRequest {
        /// The pick-up address.
        pickup: String = "pickup",
        /// The destination address.
        destination: String = "destination",
        ;
        /// The pick-up time. No time zone is documented: it is the user's local time.
        pickup_time: DateTime = "pickup_time",
    }
}

request! {
    /// Food: `POST /v1/actions/tasks/food`.
    FoodOrder {
        /// What to order and where, in plain text.
        description: String = "description",
        ;
        /// The delivery address.
        delivery_address: String = "delivery_address",
    }
}

request! {
    /// An errand: `POST /v1/actions/tasks/errand`.
    Errand {
        /// A description in plain text.
        description: String = "description",
    }
}

request! {
    /// An email: `POST /v1/actions/email/send`. It is queued for approval.
    OutgoingEmail {
        /// The recipient.
        to: String = "to",
        /// Its subject.
        subject: String = "subject",
        /// Its text.
        body: String = "body",
        ;
        /// Further recipients.
        cc: String = "cc",
    }
}

record! {
    /// An email in the outbox.
    OutboxEmail {
        /// The provider's id.
        id: String = ["id", "email_id"],
        /// The recipient.
        to: String = ["to"],
        /// Its subject.
        subject: String = ["subject"],
        /// The status, for example `pending_approval`.
        status: String = ["status"],
        /// When it was written.
        created_at: Timestamp = ["created_at"],
    }
}

listed!(OutboxEmail = ["emails", "items", "data"]);

words! {
    /// A kind of action, as in the log's filter.
    ActionType {
        /// Calendar events.
        Calendar = "calendar",
        /// Restaurant bookings.
        Booking = "booking",
        /// Bills.
        Bill = "bill",
        /// Rides.
        Ride = "ride",
        /// Food.
        Food = "food",
        /// Errands.
        Errand = "errand",
        /// Email.
        Email = "email",
    }
}

record! {
    /// An entry of the action log.
    ActionRecord {
        /// The provider's id.
        id: String = ["id", "action_id"],
        /// The kind, for example `booking`.
        kind: String = ["type"],
        /// A description in plain text.
        description: String = ["description"],
        /// The status, for example `completed`.
        status: String = ["status"],
        /// When it was done.
        created_at: Timestamp = ["created_at"],
        /// Whether it can be undone.
        undoable: bool = ["undoable"],
    }
}

listed!(ActionRecord = ["actions", "items", "data"]);
