//! A plan as sentences, and as JSON for people.

use std::fmt;

use serde::{Serialize, Serializer, ser::SerializeStruct};

use crate::{
    plan::{Candidate, Plan, RankReason, Rejected},
    quality::Level,
};

impl Plan {
    /// The expected duration of the call, and where it comes from: `134 s expected, learned from
    /// 214 calls`.
    pub fn expectation(&self) -> String {
        let seconds = self.expected_duration.as_secs();
        match self.learned_from {
            0 => format!("{seconds} s expected, as configured"),
            1 => format!("{seconds} s expected, learned from 1 call"),
            calls => format!("{seconds} s expected, learned from {calls} calls"),
        }
    }
}

/// Follows the reason of a candidate that is only one because there is no other.
const ALTHOUGH_EJECTED: &str =
    ", although ejected as an outlier: no other provider can take the call";

impl Candidate {
    /// The rank and what gave it, without the figures: `first of 2 by cheapest`.
    pub fn place(&self) -> String {
        let ejected = if self.ejected_until.is_some() { ALTHOUGH_EJECTED } else { "" };
        format!("{}{ejected}", self.ranked())
    }

    fn ranked(&self) -> String {
        let place =
            if self.rank == 0 { "first".to_owned() } else { format!("number {}", self.rank + 1) };
        match self.chosen {
            RankReason::Arm => "first: the person's arm of the experiment".to_owned(),
            RankReason::Strategy(name) => format!("{place} of {} by {name}", self.of),
        }
    }
}

impl fmt::Display for Candidate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.ranked())?;
        match self.estimated_cost {
            Some(cost) => write!(f, ", {cost} expected")?,
            None => f.write_str(", cost unknown")?,
        }
        if let Some(each) = self.cost_per_success {
            write!(f, ", at most {each} per success")?;
        }
        match self.measured {
            None => {}
            Some(measured) if measured.level == Level::Nothing => {
                write!(f, ", {}", measured.level)?
            }
            Some(measured) => write!(
                f,
                ", {} of {} calls completed {}",
                measured.succeeded, measured.tried, measured.level
            )?,
        }
        match self.headroom {
            Some(left) => write!(f, ", {} of {} calls free in the window", left.free, left.of),
            None => f.write_str(", no rate limit known"),
        }?;
        match self.ejected_until {
            Some(_) => f.write_str(ALTHOUGH_EJECTED),
            None => Ok(()),
        }
    }
}

impl Serialize for Candidate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("Candidate", 7)?;
        out.serialize_field("provider", &self.provider)?;
        out.serialize_field("rank", &(self.rank + 1))?;
        out.serialize_field("estimated_cost", &self.estimated_cost)?;
        out.serialize_field("headroom", &self.headroom.map(|left| left.free))?;
        out.serialize_field("cost_per_success", &self.cost_per_success)?;
        out.serialize_field("measured", &self.measured)?;
        out.serialize_field("reason", &self.to_string())?;
        out.end()
    }
}

impl Serialize for Rejected {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("Rejected", 3)?;
        out.serialize_field("provider", &self.provider)?;
        out.serialize_field("reason", self.rejection.code())?;
        out.serialize_field("detail", &self.rejection.to_string())?;
        out.end()
    }
}

impl Serialize for Plan {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("Plan", 9)?;
        out.serialize_field("to", &self.to)?;
        out.serialize_field("country", &self.country)?;
        out.serialize_field("number_type", &self.number_type)?;
        out.serialize_field("route", &self.route)?;
        out.serialize_field("experiment", &self.experiment)?;
        out.serialize_field("agent", &self.profile)?;
        out.serialize_field("expected_seconds", &self.expected_duration.as_secs())?;
        out.serialize_field("learned_from", &self.learned_from)?;
        out.serialize_field("candidates", &self.candidates)?;
        out.serialize_field("rejected", &self.rejected)?;
        out.end()
    }
}
