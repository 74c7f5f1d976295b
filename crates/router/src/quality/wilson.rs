//! How low a rate may really be, given how often it was tried.

/// The lower end of the Wilson score interval of a rate that was measured in this many tries.
/// `quantile` is the number of standard deviations that the confidence asks for.
pub fn wilson_lower_bound(rate: f64, tries: f64, quantile: f64) -> f64 {
    let square = quantile * quantile;
    let middle = rate + square / (2.0 * tries);
    let spread = quantile * (rate * (1.0 - rate) / tries + square / (4.0 * tries * tries)).sqrt();
    (middle - spread) / (1.0 + square / tries)
}
