//! Decides whether a person may be called now, later or not at all, by tables of rules.
