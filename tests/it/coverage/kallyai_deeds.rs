//! What the assistant does: calendar, tables, bills, rides, food, errands, email that goes out, the
//! log of all that.

use jiff::civil;
use rust_decimal::Decimal;
use switchboard::kallyai::{KallyAiClient, wire::*};

use super::{
    cover::{Drive, reach},
    kallyai::day,
};

pub(crate) async fn actions(drive: &mut Drive<'_>, client: &KallyAiClient) {
    let evening = civil::time(20, 0, 0, 0);
    let event = NewEvent::new("Dinner at Nobu", day().at(20, 0, 0, 0), day().at(22, 0, 0, 0))
        .location("Nobu Restaurant")
        .description("Table for 4, confirmation #12345");
    let event = reach!(
        drive,
        "POST /v1/actions/calendar/events",
        client.actions().calendar().create_event(&event)
    );
    let event: String = event.get(&["id"]).unwrap();
    reach!(
        drive,
        "GET /v1/actions/calendar/slots",
        client.actions().calendar().slots(day(), Some(30))
    );
    reach!(drive, "POST /v1/actions/calendar/sync", client.actions().calendar().sync());
    reach!(
        drive,
        "DELETE /v1/actions/calendar/events/{event_id}",
        client.actions().calendar().delete_event(&event)
    );

    let search = RestaurantSearch::new("Italian restaurant downtown")
        .location("New York, NY")
        .party_size(4_u32)
        .date(day())
        .time(evening);
    let found = reach!(
        drive,
        "POST /v1/actions/bookings/restaurants/search",
        client.actions().bookings().search_restaurants(&search)
    );
    let booking = NewBooking::new("restaurant")
        .restaurant_id(found.items[0].id.clone().unwrap())
        .date(day())
        .time(evening)
        .party_size(4_u32)
        .name("John Smith")
        .notes("Window table preferred");
    let booked =
        reach!(drive, "POST /v1/actions/bookings", client.actions().bookings().create(&booking));
    let booked: String = booked.get(&["id"]).unwrap();
    reach!(
        drive,
        "DELETE /v1/actions/bookings/{booking_id}",
        client.actions().bookings().cancel(&booked)
    );

    let amount: Amount = Decimal::new(8999, 2).into();
    let bill = AnalyzeBill::new("Comcast internet bill").amount(amount).provider("Comcast");
    reach!(drive, "POST /v1/actions/bills/analyze", client.actions().bills().analyze(&bill));
    let bill = DisputeBill::new("Unexpected fee")
        .amount(amount)
        .provider("Comcast")
        .reason("Unauthorized charge");
    reach!(drive, "POST /v1/actions/bills/dispute", client.actions().bills().dispute(&bill));
    let ride = RideRequest::new("123 Main St", "JFK Airport").pickup_time(day().at(16, 0, 0, 0));
    reach!(drive, "POST /v1/actions/tasks/ride", client.actions().ride(&ride));
    let food = FoodOrder::new("2 pepperoni pizzas").delivery_address("456 Oak Ave");
    reach!(drive, "POST /v1/actions/tasks/food", client.actions().food(&food));
    reach!(
        drive,
        "POST /v1/actions/tasks/errand",
        client.actions().errand(&Errand::new("Pick up dry cleaning"))
    );
    email(drive, client).await;

    client.actions().bookings().create(&booking).await.unwrap();
    let log = reach!(
        drive,
        "GET /v1/actions/log",
        client.actions().log(Some(ActionType::Booking), Some(1))
    );
    let action = log.items[0].id.clone().unwrap();
    reach!(drive, "POST /v1/actions/{action_id}/undo", client.actions().undo(&action));
}

async fn email(drive: &mut Drive<'_>, client: &KallyAiClient) {
    let draft =
        OutgoingEmail::new("doctor@clinic.com", "Reschedule appointment", "Is Friday available?")
            .cc("spouse@email.com");
    let sent = reach!(drive, "POST /v1/actions/email/send", client.actions().email().send(&draft));
    let sent: String = sent.get(&["id"]).unwrap();
    let other: String = client.actions().email().send(&draft).await.unwrap().get(&["id"]).unwrap();
    reach!(
        drive,
        "POST /v1/actions/email/{email_id}/approve",
        client.actions().email().approve(&sent)
    );
    reach!(
        drive,
        "POST /v1/actions/email/{email_id}/cancel",
        client.actions().email().cancel(&other)
    );
    reach!(drive, "GET /v1/actions/email/outbox", client.actions().email().outbox());
    reach!(
        drive,
        "GET /v1/actions/email/{email_id}/replies",
        client.actions().email().replies(&sent)
    );
}
