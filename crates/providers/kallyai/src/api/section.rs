//! The macro that declares a section of the API.

/// Declares a section of the API: a handle on the client.
macro_rules! section {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone)]
        pub struct $name {
            http: switchboard_http::HttpClient,
        }

        impl $name {
            pub(crate) fn new(http: switchboard_http::HttpClient) -> Self {
                Self { http }
            }
        }
    };
}

pub(super) use section;
