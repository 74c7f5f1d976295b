//! The assistant's actions (document 002): calendar, restaurant bookings, bills, rides, food,
//! errands, and their log. Email is in the file beside this one.
//!
//! KallyAI is an assistant with a telephone, and no document says how it books a table, orders a
//! pizza or disputes a bill. Where the other side is a business that could be called, the request
//! is sent like a call: once, and its error says what it proves.

use jiff::civil::Date;
use switchboard_core::{PlaceError, Result};
use switchboard_http::Request;

use super::{
    actions_email::EmailActionsApi,
    section::section,
    send::{place, read, write},
};
use crate::wire::{
    ActionRecord, ActionType, AnalyzeBill, BillAnalysis, DisputeBill, Errand, FoodOrder, Listing,
    NewBooking, NewEvent, RestaurantRecord, RestaurantSearch, RideRequest, Undocumented,
};

section! {
    /// The assistant's actions. Reading needs the scope `actions:read`, acting `actions:write`
    /// (document 002).
    ActionsApi
}

impl ActionsApi {
    /// The calendar: `/v1/actions/calendar/…`.
    #[doc(alias = "/v1/actions/calendar")]
    pub fn calendar(&self) -> CalendarApi {
        CalendarApi::new(self.http.clone())
    }

    /// Restaurant bookings: `/v1/actions/bookings…`.
    #[doc(alias = "/v1/actions/bookings")]
    pub fn bookings(&self) -> BookingsApi {
        BookingsApi::new(self.http.clone())
    }

    /// Bills: `/v1/actions/bills/…`.
    #[doc(alias = "/v1/actions/bills")]
    pub fn bills(&self) -> BillsApi {
        BillsApi::new(self.http.clone())
    }

    /// Outgoing email: `/v1/actions/email/…`.
    #[doc(alias = "/v1/actions/email")]
    pub fn email(&self) -> EmailActionsApi {
        EmailActionsApi::new(self.http.clone())
    }

    /// Orders a ride: `POST /v1/actions/tasks/ride`. Needs `actions:write`. Document 002; no answer
    /// is documented.
    ///
    /// **It may make a phone ring**: how it is ordered is not documented. It is sent once, over a
    /// connection of its own.
    ///
    /// # Errors
    /// The error's [`delivery`](switchboard_core::PlaceError::delivery) says whether it may have
    /// been ordered. `quota_exceeded` (402).
    #[doc(alias = "/v1/actions/tasks/ride")]
    pub async fn ride(&self, ride: &RideRequest) -> Result<Undocumented, PlaceError> {
        place(&self.http, Request::post("actions.ride", "/v1/actions/tasks/ride").json(ride)).await
    }

    /// Orders food: `POST /v1/actions/tasks/food`. Needs `actions:write`. Document 002; no answer
    /// is documented.
    ///
    /// **It may make a phone ring**: the food may be ordered by a call. It is sent once, as
    /// [`ride`](Self::ride).
    ///
    /// # Errors
    /// As [`ride`](Self::ride).
    #[doc(alias = "/v1/actions/tasks/food")]
    pub async fn food(&self, order: &FoodOrder) -> Result<Undocumented, PlaceError> {
        place(&self.http, Request::post("actions.food", "/v1/actions/tasks/food").json(order)).await
    }

    /// Starts an errand: `POST /v1/actions/tasks/errand`. Needs `actions:write`. Document 002; no
    /// answer is documented.
    ///
    /// **It may make a phone ring**: how it is run is not documented. It is sent once, as
    /// [`ride`](Self::ride).
    ///
    /// # Errors
    /// As [`ride`](Self::ride).
    #[doc(alias = "/v1/actions/tasks/errand")]
    pub async fn errand(&self, errand: &Errand) -> Result<Undocumented, PlaceError> {
        place(&self.http, Request::post("actions.errand", "/v1/actions/tasks/errand").json(errand))
            .await
    }

    /// The log of actions: `GET /v1/actions/log`. Needs `actions:read`. Document 002, which has a
    /// limit and no offset.
    ///
    /// # Errors
    /// `forbidden` (403).
    #[doc(alias = "/v1/actions/log")]
    pub async fn log(
        &self,
        kind: Option<ActionType>,
        limit: Option<u32>,
    ) -> Result<Listing<ActionRecord>> {
        let request = Request::get("actions.log", "/v1/actions/log")
            .query_opt("type", kind)
            .query_opt("limit", limit);
        read(&self.http, request).await
    }

    /// Undoes an action: `POST /v1/actions/{action_id}/undo`. Needs `actions:write`. Document 002;
    /// no answer is documented.
    ///
    /// **It may make a phone ring**: a booking may be cancelled by a call. It is sent once, as
    /// [`ride`](Self::ride).
    ///
    /// # Errors
    /// The error's [`delivery`](switchboard_core::PlaceError::delivery) says whether it may have
    /// been undone. `action_not_undoable` (409).
    #[doc(alias = "/v1/actions/{action_id}/undo")]
    pub async fn undo(&self, action_id: &str) -> Result<Undocumented, PlaceError> {
        let request = Request::post("actions.undo", "/v1/actions/{action_id}/undo")
            .param("action_id", action_id);
        place(&self.http, request.json(&serde_json::json!({}))).await
    }
}

section! {
    /// The calendar.
    CalendarApi
}

impl CalendarApi {
    /// Creates an event: `POST /v1/actions/calendar/events`. Needs `actions:write`. Document 002;
    /// no answer is documented.
    ///
    /// # Errors
    /// `scheduling_violation` (422), `calendar_sync_failed` (500).
    #[doc(alias = "/v1/actions/calendar/events")]
    pub async fn create_event(&self, event: &NewEvent) -> Result<Undocumented> {
        let request = Request::post("actions.calendar.create_event", "/v1/actions/calendar/events");
        write(&self.http, request.json(event)?).await
    }

    /// When the user is free on a day: `GET /v1/actions/calendar/slots`. Needs `actions:read`.
    /// Document 002; no answer is documented.
    ///
    /// # Errors
    /// `calendar_sync_failed` (500).
    #[doc(alias = "/v1/actions/calendar/slots")]
    pub async fn slots(&self, date: Date, duration_minutes: Option<u32>) -> Result<Undocumented> {
        let request = Request::get("actions.calendar.slots", "/v1/actions/calendar/slots")
            .query("date", date)
            .query_opt("duration_minutes", duration_minutes);
        read(&self.http, request).await
    }

    /// Synchronizes the calendar with Google's or Outlook's: `POST /v1/actions/calendar/sync`.
    /// Needs `actions:write`. Document 002; no answer is documented.
    ///
    /// # Errors
    /// `calendar_sync_failed` (500).
    #[doc(alias = "/v1/actions/calendar/sync")]
    pub async fn sync(&self) -> Result<Undocumented> {
        write(&self.http, Request::post("actions.calendar.sync", "/v1/actions/calendar/sync")).await
    }

    /// Deletes an event: `DELETE /v1/actions/calendar/events/{event_id}`. Needs `actions:write`.
    /// Document 002; no answer is documented.
    ///
    /// # Errors
    /// 404 if there is none; `calendar_sync_failed` (500).
    #[doc(alias = "/v1/actions/calendar/events/{event_id}")]
    pub async fn delete_event(&self, event_id: &str) -> Result<Undocumented> {
        let request = Request::delete(
            "actions.calendar.delete_event",
            "/v1/actions/calendar/events/{event_id}",
        );
        write(&self.http, request.param("event_id", event_id)).await
    }
}

section! {
    /// Restaurant bookings.
    BookingsApi
}

impl BookingsApi {
    /// Searches restaurants: `POST /v1/actions/bookings/restaurants/search`. It books nothing.
    /// Needs `actions:read`. Document 002.
    ///
    /// # Errors
    /// `search_failed` (500), `quota_exceeded` (402).
    #[doc(alias = "/v1/actions/bookings/restaurants/search")]
    pub async fn search_restaurants(
        &self,
        search: &RestaurantSearch,
    ) -> Result<Listing<RestaurantRecord>> {
        let request = Request::post(
            "actions.bookings.search_restaurants",
            "/v1/actions/bookings/restaurants/search",
        );
        write(&self.http, request.json(search)?).await
    }

    /// Creates a booking: `POST /v1/actions/bookings`. Needs `actions:write`. Document 002; no
    /// answer is documented.
    ///
    /// **It may make a phone ring**: the documents do not say how a table is booked, and this
    /// provider usually calls. It is sent once, over a connection of its own.
    ///
    /// # Errors
    /// The error's [`delivery`](switchboard_core::PlaceError::delivery) says whether it may have
    /// been booked. `scheduling_violation` (422), `quota_exceeded` (402).
    #[doc(alias = "/v1/actions/bookings")]
    pub async fn create(&self, booking: &NewBooking) -> Result<Undocumented, PlaceError> {
        place(
            &self.http,
            Request::post("actions.bookings.create", "/v1/actions/bookings").json(booking),
        )
        .await
    }

    /// Cancels a booking: `DELETE /v1/actions/bookings/{booking_id}`. Needs `actions:write`.
    /// Document 002; no answer is documented.
    ///
    /// **It may make a phone ring**, as [`create`](Self::create), and is sent once.
    ///
    /// # Errors
    /// The error's [`delivery`](switchboard_core::PlaceError::delivery) says whether it may have
    /// been cancelled. 404 if there is none.
    #[doc(alias = "/v1/actions/bookings/{booking_id}")]
    pub async fn cancel(&self, booking_id: &str) -> Result<Undocumented, PlaceError> {
        let request =
            Request::delete("actions.bookings.cancel", "/v1/actions/bookings/{booking_id}");
        place(&self.http, Ok(request.param("booking_id", booking_id))).await
    }
}

section! {
    /// Bills.
    BillsApi
}

impl BillsApi {
    /// Analyzes a bill: `POST /v1/actions/bills/analyze`. It disputes nothing. Needs
    /// `actions:write`. Document 002.
    ///
    /// # Errors
    /// `quota_exceeded` (402), `search_failed` (500).
    #[doc(alias = "/v1/actions/bills/analyze")]
    pub async fn analyze(&self, bill: &AnalyzeBill) -> Result<BillAnalysis> {
        write(
            &self.http,
            Request::post("actions.bills.analyze", "/v1/actions/bills/analyze").json(bill)?,
        )
        .await
    }

    /// Disputes a bill: `POST /v1/actions/bills/dispute`. Needs `actions:write`. Document 002; no
    /// answer is documented.
    ///
    /// **It may make a phone ring**: the sender of the bill may be called. It is sent once, over a
    /// connection of its own.
    ///
    /// # Errors
    /// The error's [`delivery`](switchboard_core::PlaceError::delivery) says whether it may have
    /// begun. `quota_exceeded`, `budget_approval_required` (402), `safety_violation` (422).
    #[doc(alias = "/v1/actions/bills/dispute")]
    pub async fn dispute(&self, bill: &DisputeBill) -> Result<Undocumented, PlaceError> {
        place(
            &self.http,
            Request::post("actions.bills.dispute", "/v1/actions/bills/dispute").json(bill),
        )
        .await
    }
}
