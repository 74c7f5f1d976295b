//! Durations as whole or fractional seconds in JSON.

/// `Option<Duration>` as a number of seconds or null.
pub mod option {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    /// Writes seconds, as an integer if there is no fraction.
    ///
    /// # Errors
    /// Any error of the serializer.
    pub fn serialize<S: Serializer>(
        value: &Option<Duration>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match value {
            Some(duration) if duration.subsec_nanos() == 0 => {
                duration.as_secs().serialize(serializer)
            }
            Some(duration) => duration.as_secs_f64().serialize(serializer),
            None => serializer.serialize_none(),
        }
    }

    /// Reads seconds.
    ///
    /// # Errors
    /// The number is negative or not finite.
    pub fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Duration>, D::Error> {
        let Some(seconds) = Option::<f64>::deserialize(deserializer)? else {
            return Ok(None);
        };
        Duration::try_from_secs_f64(seconds).map(Some).map_err(D::Error::custom)
    }
}
