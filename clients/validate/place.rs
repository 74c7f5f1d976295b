//! Places a call and reads it.

use switchboard_openapi::{
    apis::{
        calls_api::{get_call, place_call},
        configuration::Configuration,
    },
    models::CallRequest,
};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let variable = |name: &str| std::env::var(name).expect(name);
    let mut configuration = Configuration::new();
    configuration.base_path = variable("SWITCHBOARD_URL");
    configuration.bearer_access_token = Some(variable("SWITCHBOARD_KEY"));
    let request = CallRequest::new("Ask for the opening hours.".to_owned(), "+442079460958".to_owned());
    let placed = place_call(&configuration, &variable("IDEMPOTENCY_KEY"), request, None).await.expect("placed");
    let read = get_call(&configuration, &placed.id.to_string(), Some("settled"), Some(55), None).await.expect("read");
    println!("{} {:?}", read.id, read.status);
}
