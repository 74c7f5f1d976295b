//! Breakers and ejections beside slow models that keep everything that ever happened.

mod breaker;
mod outliers;
mod usual;
