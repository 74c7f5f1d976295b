//! The numbers that tests call, which nobody has: 555-0100 to 555-0199 are reserved for fiction in
//! every area code.

use switchboard::CallRequest;

const AREA_CODES: [u16; 100] = [
    201, 202, 203, 205, 206, 207, 208, 209, 210, 212, 213, 214, 215, 216, 217, 218, 219, 301, 302,
    303, 304, 305, 307, 308, 309, 310, 312, 313, 314, 315, 316, 317, 318, 319, 320, 321, 323, 325,
    330, 331, 334, 336, 337, 339, 346, 347, 351, 352, 360, 361, 385, 386, 401, 402, 404, 405, 406,
    407, 408, 409, 410, 412, 413, 414, 415, 417, 419, 423, 424, 425, 430, 432, 434, 435, 440, 443,
    458, 469, 470, 475, 478, 479, 480, 484, 501, 502, 503, 504, 505, 507, 508, 509, 510, 512, 513,
    515, 516, 517, 518, 520,
];

/// The `n`th callee in E.164: a valid number in the United States that nobody has. There are 10,000
/// different ones.
pub fn callee(n: usize) -> String {
    let area = AREA_CODES[(n / 100) % AREA_CODES.len()];
    format!("+1{area}55501{:02}", n % 100)
}

/// A request to call the `n`th callee.
pub fn request(n: usize) -> CallRequest {
    CallRequest::new(callee(n), "Ask whether the shop is open on Sunday.")
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use switchboard::PhoneNumber;

    use super::*;

    #[test]
    fn callees_are_valid_and_differ() {
        let all: HashSet<String> = (0..10_000).map(callee).collect();
        assert_eq!(all.len(), 10_000);
        let wrong: Vec<&String> =
            all.iter().filter(|number| PhoneNumber::parse(number).is_err()).collect();
        assert!(wrong.is_empty(), "{wrong:?}");
    }
}
