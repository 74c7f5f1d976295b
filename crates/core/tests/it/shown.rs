//! How money and errors are shown.

use switchboard_core::{Credits, Error, ErrorKind, Money};

#[test]
fn money_has_the_digits_of_its_currency_and_more_where_it_needs_them() {
    for (amount, currency, shown) in [
        ("150", "JPY", "150 JPY"),
        ("150.5", "JPY", "150.5 JPY"),
        ("0.5", "USD", "0.50 USD"),
        ("0.0125", "USD", "0.0125 USD"),
        ("3", "EUR", "3.00 EUR"),
        ("0.25", "KWD", "0.250 KWD"),
        ("-1", "USD", "-1.00 USD"),
        ("0", "JPY", "0 JPY"),
    ] {
        let money = Money::parse(amount, currency).unwrap();
        assert_eq!(money.to_string(), shown);
        let json = serde_json::to_value(money).unwrap();
        assert_eq!(format!("{} {currency}", json["amount"].as_str().unwrap()), shown);
        assert_eq!(serde_json::from_value::<Money>(json).unwrap(), money);
    }
    assert!(Credits::from_micros(1_500_000).to_string().starts_with("1.5"));
}

#[test]
fn an_error_that_main_returns_is_shown_as_its_text() {
    let error =
        Error::new(ErrorKind::InvalidRequest, "is no number: write digits").with_field("to");
    assert_eq!(format!("{error:?}"), "to: is no number: write digits");
    assert!(format!("{error:#?}").contains("InvalidRequest"), "{error:#?}");
    let returned: Result<(), Error> = Err(error);
    assert_eq!(format!("{returned:?}"), "Err(to: is no number: write digits)");
}
