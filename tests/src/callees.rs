//! The numbers that tests call, which nobody has: 555-0100 to 555-0199 are reserved for fiction in
//! every area code.

use switchboard::CallRequest;

const AREA_CODES: [u16; 20] = [
    201, 202, 203, 205, 206, 207, 208, 209, 210, 212, 213, 214, 215, 216, 217, 218, 219, 301, 302,
    303,
];

/// The `n`th callee in E.164: a valid number in the United States that nobody has. There are 2,000
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
        let all: HashSet<String> = (0..2000).map(callee).collect();
        assert_eq!(all.len(), 2000);
        let wrong: Vec<&String> =
            all.iter().filter(|number| PhoneNumber::parse(number).is_err()).collect();
        assert!(wrong.is_empty(), "{wrong:?}");
    }
}
