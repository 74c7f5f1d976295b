//! Things that the assistant does: calendar, tables, bills, rides, food, errands, email (document
//! 002).

use jiff::{
    Timestamp,
    civil::{Date, DateTime},
};
use rust_decimal::Decimal;

use super::{Amount, HourAndMinute, listed, record, request, words};

request! {
    /// An entry for the calendar: `POST /v1/actions/calendar/events`. No time zone is documented:
    /// times are the user's own.
    NewEvent {
        /// Its title.
        title: String = "title",
        /// When it begins.
        start: DateTime = "start",
        /// When it ends.
        end: DateTime = "end",
        ;
        /// Where.
        location: String = "location",
        /// In words.
        description: String = "description",
    }
}

request! {
    /// A search for a table: `POST /v1/actions/bookings/restaurants/search`.
    RestaurantSearch {
        /// In words, as `Italian restaurant downtown`.
        query: String = "query",
        ;
        /// Where, as `New York, NY`.
        location: String = "location",
        /// For how many people.
        party_size: u32 = "party_size",
        /// On which day.
        date: Date = "date",
        /// At what time, to the minute.
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
        /// As `Italian`.
        cuisine: String = ["cuisine"],
        /// Of five.
        rating: Decimal = ["rating"],
        /// As `$$$$`.
        price_range: String = ["price_range"],
        /// Its number.
        phone: String = ["phone"],
        /// Where it is.
        address: String = ["address"],
        /// As `available`.
        availability: String = ["availability"],
    }
}

listed!(RestaurantRecord = ["results", "restaurants", "items"]);

request! {
    /// A booking: `POST /v1/actions/bookings`.
    NewBooking {
        /// As `restaurant`.
        kind: String = "type",
        ;
        /// The restaurant's id from a search.
        restaurant_id: String = "restaurant_id",
        /// On which day.
        date: Date = "date",
        /// At what time, to the minute.
        time: HourAndMinute = "time",
        /// For how many people.
        party_size: u32 = "party_size",
        /// In whose name.
        name: String = "name",
        /// In words, as `Window table preferred`.
        notes: String = "notes",
    }
}

request! {
    /// A bill to look at: `POST /v1/actions/bills/analyze`.
    AnalyzeBill {
        /// In words.
        description: String = "description",
        ;
        /// How much it says. No currency is documented.
        amount: Amount = "amount",
        /// Who sent it.
        provider: String = "provider",
    }
}

record! {
    /// What the provider thinks of a bill.
    BillAnalysis {
        /// As `$50-70`.
        fair_price_range: String = ["/analysis/fair_price_range", "fair_price_range"],
        /// Whether it is too much.
        overcharge_detected: bool = ["/analysis/overcharge_detected", "overcharge_detected"],
        /// As `$20-40/month`.
        savings_potential: String = ["/analysis/savings_potential", "savings_potential"],
        /// What to do about it.
        recommendations: Vec<String> = ["/analysis/recommendations", "recommendations"],
    }
}

request! {
    /// A bill to contest: `POST /v1/actions/bills/dispute`.
    DisputeBill {
        /// In words.
        description: String = "description",
        ;
        /// How much it is about. No currency is documented.
        amount: Amount = "amount",
        /// Who sent it.
        provider: String = "provider",
        /// Why it is wrong.
        reason: String = "reason",
    }
}

request! {
    /// A ride: `POST /v1/actions/tasks/ride`.
    RideRequest {
        /// From where.
        pickup: String = "pickup",
        /// To where.
        destination: String = "destination",
        ;
        /// When. No time zone is documented: it is the user's own.
        pickup_time: DateTime = "pickup_time",
    }
}

request! {
    /// Food: `POST /v1/actions/tasks/food`.
    FoodOrder {
        /// What, and from whom, in words.
        description: String = "description",
        ;
        /// To where.
        delivery_address: String = "delivery_address",
    }
}

request! {
    /// An errand: `POST /v1/actions/tasks/errand`.
    Errand {
        /// In words.
        description: String = "description",
    }
}

request! {
    /// An email: `POST /v1/actions/email/send`. It waits for an approval.
    OutgoingEmail {
        /// To whom.
        to: String = "to",
        /// Its subject.
        subject: String = "subject",
        /// Its text.
        body: String = "body",
        ;
        /// To whom else.
        cc: String = "cc",
    }
}

record! {
    /// An email in the outbox.
    OutboxEmail {
        /// The provider's id.
        id: String = ["id", "email_id"],
        /// To whom.
        to: String = ["to"],
        /// Its subject.
        subject: String = ["subject"],
        /// As `pending_approval`.
        status: String = ["status"],
        /// When it was written.
        created_at: Timestamp = ["created_at"],
    }
}

listed!(OutboxEmail = ["emails", "items", "data"]);

words! {
    /// What kind of action, as the log's filter names it.
    ActionType {
        /// The calendar.
        Calendar = "calendar",
        /// Tables.
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
    /// Something that was done.
    ActionRecord {
        /// The provider's id.
        id: String = ["id", "action_id"],
        /// As `booking`.
        kind: String = ["type"],
        /// In words.
        description: String = ["description"],
        /// As `completed`.
        status: String = ["status"],
        /// When.
        created_at: Timestamp = ["created_at"],
        /// Whether it can be undone.
        undoable: bool = ["undoable"],
    }
}

listed!(ActionRecord = ["actions", "items", "data"]);
