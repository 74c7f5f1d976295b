//! Figures.

use switchboard_http::answer;

answer! {
    /// The figures of the dashboard (official Python SDK 0.1.0; the answer is not documented).
    Dashboard in ["data"] {
        /// How many days they cover.
        days: u64 = ["days"],
    }
}

answer! {
    /// The figures of calls (official Python SDK 0.1.0; the answer is not documented).
    CallAnalytics in ["data"] {
        /// How many days they cover.
        days: u64 = ["days"],
    }
}

answer! {
    /// How far leads come (official Python SDK 0.1.0; the answer is not documented).
    Funnel in ["data"] {
        /// How many days they cover.
        days: u64 = ["days"],
    }
}

answer! {
    /// The figures of agents (official Python SDK 0.1.0; the answer is not documented).
    AgentAnalytics in ["data"] {
        /// How many days they cover.
        days: u64 = ["days"],
    }
}

answer! {
    /// The figures of the week (official Python SDK 0.1.0; the answer is not documented).
    WeeklyReport in ["data"] {
        /// How many days they cover.
        days: u64 = ["days"],
    }
}

answer! {
    /// The figures of businesses (official Python SDK 0.1.0; the answer is not documented).
    BusinessAnalytics in ["data"] {
        /// How many days they cover.
        days: u64 = ["days"],
    }
}
