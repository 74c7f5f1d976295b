//! Numbers of the account (document 002). No answer of this section is documented: lists and
//! numbers are read leniently, the rest is returned raw.

use serde_json::{Value, json};
use switchboard_core::{Country, NumberId, PhoneNumber, PlaceError, Result};
use switchboard_http::{Answer, Request};

use super::{
    section::section,
    send::{place, read_by_id},
};
use crate::wire::{FromAnswer, Listing, NumberEntry, NumberRecord, ProvisionNumber, Undocumented};

section! {
    /// Numbers of the account.
    PhoneNumbersApi
}

impl PhoneNumbersApi {
    /// Where numbers can be rented and calls can be made.
    ///
    /// `GET /v1/phone-numbers/supported-countries`. No scope is documented. Document 002; no answer
    /// is documented.
    ///
    /// # Errors
    /// `missing_token`, `token_expired` (401).
    #[doc(alias = "/v1/phone-numbers/supported-countries")]
    pub async fn supported_countries(&self) -> Result<Undocumented> {
        self.read(Request::get(
            "phone_numbers.supported_countries",
            "/v1/phone-numbers/supported-countries",
        ))
        .await
    }

    /// The numbers that calls can be forwarded to.
    ///
    /// `GET /v1/phone-numbers/forwarding-targets`. No scope is documented. Document 002; no answer
    /// is documented.
    ///
    /// # Errors
    /// `missing_token`, `token_expired` (401).
    #[doc(alias = "/v1/phone-numbers/forwarding-targets")]
    pub async fn forwarding_targets(&self) -> Result<Undocumented> {
        self.read(Request::get(
            "phone_numbers.forwarding_targets",
            "/v1/phone-numbers/forwarding-targets",
        ))
        .await
    }

    /// Numbers that could be rented.
    ///
    /// `GET /v1/phone-numbers/available`. No scope is documented. Document 002; no answer is
    /// documented.
    ///
    /// # Errors
    /// `unsupported_country` (403).
    #[doc(alias = "/v1/phone-numbers/available")]
    pub async fn available(
        &self,
        country: Option<Country>,
        area_code: Option<&str>,
    ) -> Result<Vec<NumberRecord>> {
        let request = Request::get("phone_numbers.available", "/v1/phone-numbers/available");
        numbers(
            &self
                .http
                .read(request.query_opt("country", country).query_opt("area_code", area_code))
                .await?,
        )
    }

    /// Rents a number. It costs money: it is sent once.
    ///
    /// `POST /v1/phone-numbers/provision`. No scope is documented. Document 002; no answer is
    /// documented.
    ///
    /// # Errors
    /// `unsupported_country` (403), `quota_exceeded` (402).
    #[doc(alias = "/v1/phone-numbers/provision")]
    pub async fn provision(&self, number: &ProvisionNumber) -> Result<Undocumented> {
        self.write(
            Request::post("phone_numbers.provision", "/v1/phone-numbers/provision").json(number)?,
        )
        .await
    }

    /// Registers the user's own number for forwarding. The body is undocumented and is sent as
    /// given.
    ///
    /// `POST /v1/phone-numbers/forwarding`. No scope is documented. Document 002; no answer is
    /// documented.
    ///
    /// # Errors
    /// 400 for a body that the provider rejects.
    #[doc(alias = "/v1/phone-numbers/forwarding")]
    pub async fn set_up_forwarding(&self, body: &Value) -> Result<Undocumented> {
        self.write(
            Request::post("phone_numbers.set_up_forwarding", "/v1/phone-numbers/forwarding")
                .json(body)?,
        )
        .await
    }

    /// Sends a code to a number, by message or by call: the document does not say which. The phone
    /// may ring, so it is sent once.
    ///
    /// `POST /v1/phone-numbers/verify/start`. No scope is documented. Document 002; no answer is
    /// documented.
    ///
    /// # Errors
    /// The error's [`delivery`](switchboard_core::PlaceError::delivery) says whether the phone may
    /// have rung; `rate_limited` (429).
    #[doc(alias = "/v1/phone-numbers/verify/start")]
    pub async fn start_verification(
        &self,
        number: &PhoneNumber,
    ) -> Result<Undocumented, PlaceError> {
        let request =
            Request::post("phone_numbers.start_verification", "/v1/phone-numbers/verify/start");
        place(&self.http, request.json(&json!({"phone_number": number}))).await
    }

    /// Checks the code that was sent.
    ///
    /// `POST /v1/phone-numbers/verify/check`. No scope is documented. Document 002; no answer is
    /// documented.
    ///
    /// # Errors
    /// 400 for a wrong code.
    #[doc(alias = "/v1/phone-numbers/verify/check")]
    pub async fn check_verification(
        &self,
        number: &PhoneNumber,
        code: &str,
    ) -> Result<Undocumented> {
        let body = json!({"phone_number": number, "code": code});
        self.write(
            Request::post("phone_numbers.check_verification", "/v1/phone-numbers/verify/check")
                .json(&body)?,
        )
        .await
    }

    /// Sets up a verified number. The body is undocumented and is sent as given.
    ///
    /// `POST /v1/phone-numbers/verify/configure`. No scope is documented. Document 002; no answer
    /// is documented.
    ///
    /// # Errors
    /// 400 for a number that is not verified.
    #[doc(alias = "/v1/phone-numbers/verify/configure")]
    pub async fn configure_verified(&self, body: &Value) -> Result<Undocumented> {
        self.write(
            Request::post("phone_numbers.configure_verified", "/v1/phone-numbers/verify/configure")
                .json(body)?,
        )
        .await
    }

    /// The numbers of this account.
    ///
    /// `GET /v1/phone-numbers`. No scope is documented. Document 002; no answer is documented.
    ///
    /// # Errors
    /// `missing_token`, `token_expired` (401).
    #[doc(alias = "/v1/phone-numbers")]
    pub async fn list(&self) -> Result<Vec<NumberRecord>> {
        numbers(&self.http.read(Request::get("phone_numbers.list", "/v1/phone-numbers")).await?)
    }

    /// One number.
    ///
    /// `GET /v1/phone-numbers/{phone_number_id}`. No scope is documented. Document 002; no answer
    /// is documented.
    ///
    /// # Errors
    /// 404 if there is none.
    #[doc(alias = "/v1/phone-numbers/{phone_number_id}")]
    pub async fn get(&self, id: &NumberId) -> Result<NumberRecord> {
        let request = Request::get("phone_numbers.get", "/v1/phone-numbers/{phone_number_id}");
        read_by_id(
            &self.http,
            request,
            ("phone_number_id", id.as_str()),
            &["phone_number_id", "id"],
        )
        .await
    }

    /// Forwards calls to this number.
    ///
    /// `PUT /v1/phone-numbers/{phone_number_id}/forwarding`. No scope is documented. Document 002;
    /// no answer is documented.
    ///
    /// # Errors
    /// 404 if there is no such number.
    #[doc(alias = "/v1/phone-numbers/{phone_number_id}/forwarding")]
    pub async fn set_forwarding(&self, id: &NumberId, to: &PhoneNumber) -> Result<Undocumented> {
        let request = Request::put(
            "phone_numbers.set_forwarding",
            "/v1/phone-numbers/{phone_number_id}/forwarding",
        );
        self.write(request.param("phone_number_id", id).json(&json!({"forwarding_number": to}))?)
            .await
    }

    /// Ends the forwarding.
    ///
    /// `DELETE /v1/phone-numbers/{phone_number_id}/forwarding`. No scope is documented. Document
    /// 002; no answer is documented.
    ///
    /// # Errors
    /// 404 if there is no such number.
    #[doc(alias = "/v1/phone-numbers/{phone_number_id}/forwarding")]
    pub async fn remove_forwarding(&self, id: &NumberId) -> Result<Undocumented> {
        let request = Request::delete(
            "phone_numbers.remove_forwarding",
            "/v1/phone-numbers/{phone_number_id}/forwarding",
        );
        self.write(request.param("phone_number_id", id)).await
    }

    /// Verifies the ownership of a number. How is not documented and the phone may ring, so it is
    /// sent once.
    ///
    /// `POST /v1/phone-numbers/{phone_number_id}/verify`. No scope is documented. Document 002; no
    /// answer is documented.
    ///
    /// # Errors
    /// The error's [`delivery`](switchboard_core::PlaceError::delivery) says whether the phone may
    /// have rung; 404 if there is no such number.
    #[doc(alias = "/v1/phone-numbers/{phone_number_id}/verify")]
    pub async fn verify_ownership(&self, id: &NumberId) -> Result<Undocumented, PlaceError> {
        let request = Request::post(
            "phone_numbers.verify_ownership",
            "/v1/phone-numbers/{phone_number_id}/verify",
        );
        place(&self.http, request.param("phone_number_id", id).json(&json!({}))).await
    }

    /// The capabilities and settings of a number.
    ///
    /// `GET /v1/phone-numbers/{phone_number_id}/details`. No scope is documented. Document 002; no
    /// answer is documented.
    ///
    /// # Errors
    /// 404 if there is none.
    #[doc(alias = "/v1/phone-numbers/{phone_number_id}/details")]
    pub async fn details(&self, id: &NumberId) -> Result<Undocumented> {
        let request =
            Request::get("phone_numbers.details", "/v1/phone-numbers/{phone_number_id}/details");
        read_by_id(
            &self.http,
            request,
            ("phone_number_id", id.as_str()),
            &["phone_number_id", "id"],
        )
        .await
    }

    /// Sets the caller id that callees see.
    ///
    /// `PUT /v1/phone-numbers/{phone_number_id}/caller-id`. No scope is documented. Document 002;
    /// no answer is documented.
    ///
    /// # Errors
    /// 404 if there is no such number.
    #[doc(alias = "/v1/phone-numbers/{phone_number_id}/caller-id")]
    pub async fn set_caller_id(&self, id: &NumberId, name: &str) -> Result<Undocumented> {
        let request = Request::put(
            "phone_numbers.set_caller_id",
            "/v1/phone-numbers/{phone_number_id}/caller-id",
        );
        self.write(request.param("phone_number_id", id).json(&json!({"caller_id_name": name}))?)
            .await
    }

    /// Releases a number. It cannot be undone.
    ///
    /// `DELETE /v1/phone-numbers/{phone_number_id}`. No scope is documented. Document 002; no
    /// answer is documented.
    ///
    /// # Errors
    /// 404 if there is none.
    #[doc(alias = "/v1/phone-numbers/{phone_number_id}")]
    pub async fn release(&self, id: &NumberId) -> Result<Undocumented> {
        let request =
            Request::delete("phone_numbers.release", "/v1/phone-numbers/{phone_number_id}");
        self.write(request.param("phone_number_id", id)).await
    }

    async fn read(&self, request: Request) -> Result<Undocumented> {
        Undocumented::from_answer(&self.http.read(request).await?)
    }

    async fn write(&self, request: Request) -> Result<Undocumented> {
        Undocumented::from_answer(&self.http.write(request).await?)
    }
}

fn numbers(answer: &Answer) -> Result<Vec<NumberRecord>> {
    let listing: Listing<NumberEntry> = answer.json()?;
    Ok(listing.items.into_iter().map(|NumberEntry(record)| record).collect())
}
