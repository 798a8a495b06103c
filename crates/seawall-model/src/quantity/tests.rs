use super::{Quantity, QuantityError, QuantityFormat};

fn parse(text: &str) -> Quantity {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn canonical_forms() {
    for (text, expected) in [
        ("0", "0"),
        ("0n", "0"),
        ("-0", "0"),
        ("0Ki", "0"),
        ("1", "1"),
        ("+1", "1"),
        ("-1", "-1"),
        ("1.", "1"),
        (".5", "500m"),
        ("1.5", "1500m"),
        ("1.5Gi", "1536Mi"),
        ("0.5Gi", "512Mi"),
        ("1024", "1024"),
        ("1Ki", "1Ki"),
        ("1024Ki", "1Mi"),
        ("1000k", "1M"),
        ("1e3", "1e3"),
        ("1E3", "1e3"),
        ("1e4", "10e3"),
        ("100e-3", "100e-3"),
        ("1e-10", "1e-9"),
        ("1E", "1E"),
        ("0.1n", "1n"),
        ("-0.1n", "-1n"),
        ("1.1n", "2n"),
        ("0.0000000001", "1n"),
        ("100m", "100m"),
        ("1000m", "1"),
        ("0.001Ki", "1024m"),
        ("0.5Ki", "512"),
        ("1.1Ki", "1126400m"),
        ("9223372036854775807", "9223372036854775807"),
        ("9223372036854775808", "9223372036854775808"),
        ("8Ei", "9223372036854775807"),
        ("-8Ei", "-9223372036854775807"),
        ("7Ei", "7Ei"),
        ("10000E", "10e21"),
        ("m", "0"),
        (".", "0"),
        ("-", "0"),
        ("Ki", "0"),
        ("1.G", "1G"),
        ("0.9Gi", "966367641600m"),
        ("0.30000000000000004", "300000001n"),
        ("1e-9", "1e-9"),
        ("12345678901234567890.123456789012", "12345678901234567890123456790n"),
    ] {
        assert_eq!(parse(text).to_string(), expected, "{text}");
    }
}

#[test]
fn refusals() {
    use QuantityError::{Format, Numeric, Suffix};
    for (text, expected) in [
        ("", Format),
        ("1 Gi", Format),
        ("a", Format),
        ("1x", Format),
        ("1.2.3", Format),
        ("--1", Suffix),
        ("1Mi ", Format),
        ("1e", Suffix),
        ("1mi", Suffix),
        ("1ki", Suffix),
        ("1K", Suffix),
        ("1e-", Suffix),
        ("1m5", Suffix),
        ("1ee5", Suffix),
        ("1i", Suffix),
        ("1e99999999999999999999", Suffix),
        (".e-10", Numeric),
        ("1,5", Format),
        ("１", Format),
    ] {
        assert_eq!(text.parse::<Quantity>(), Err(expected), "{text:?}");
    }
}

#[test]
fn order_is_that_of_the_value() {
    let ascending = [
        "-1e30",
        "-8Ei",
        "-1",
        "-1n",
        "0",
        "1n",
        "1u",
        "999u",
        "1m",
        "0.1",
        "500m",
        "1",
        "999",
        "1k",
        "1023",
        "1Ki",
        "1M",
        "1Mi",
        "1G",
        "1Gi",
        "7.9Ei",
        "8Ei",
        "1e100",
        "1e2147483647",
    ];
    for pair in ascending.windows(2) {
        assert!(parse(pair[0]) < parse(pair[1]), "{pair:?}");
    }
    for (one, other) in
        [("1024", "1Ki"), ("1", "1000m"), ("1e3", "1k"), ("0.5", "500m"), ("-0", "0"), ("1.50", "1.5")]
    {
        assert_eq!(parse(one), parse(other));
    }
}

#[test]
fn arithmetic_is_exact() {
    for (one, other, sum) in [
        ("1", "1", "2"),
        ("999m", "1m", "1"),
        ("1Gi", "1Gi", "2Gi"),
        ("1Gi", "-1Gi", "0"),
        ("1", "-2", "-1"),
        ("-1", "-1", "-2"),
        ("1n", "1e20", "100000000000000000000000000001n"),
        ("0", "1Ki", "1Ki"),
        ("1Ki", "0", "1Ki"),
        ("100", "-1n", "99999999999n"),
        ("9223372036854775807", "1", "9223372036854775808"),
        ("5m", "95m", "100m"),
    ] {
        assert_eq!(parse(one).checked_add(&parse(other)).unwrap().to_string(), sum, "{one} + {other}");
        assert_eq!(parse(sum).checked_sub(&parse(other)).unwrap(), parse(one), "{sum} - {other}");
    }
    assert_eq!(parse("1e2147483647").checked_add(&parse("1n")), None);
    assert_eq!(parse("250m").times(8), parse("2"));
    assert_eq!(parse("-1.5Gi").times(u64::MAX).to_string(), "-28334198897217871280640Mi");
    assert_eq!(parse("1").times(0), Quantity::zero());
}

#[test]
fn whole_numbers_are_rounded_away_from_zero() {
    for (text, value, milli) in [
        ("1", Some(1), Some(1000)),
        ("1m", Some(1), Some(1)),
        ("1u", Some(1), Some(1)),
        ("-1u", Some(-1), Some(-1)),
        ("1.0001", Some(2), Some(1001)),
        ("8Ei", Some(i64::MAX), None),
        ("1e19", None, None),
        ("1e18", Some(1_000_000_000_000_000_000), None),
        ("-9223372036854775808", Some(i64::MIN), None),
        ("0", Some(0), Some(0)),
        ("1e2147483647", None, None),
    ] {
        assert_eq!((parse(text).to_i64(), parse(text).to_milli()), (value, milli), "{text}");
    }
}

#[test]
fn fields_are_read_as_their_json() {
    let of = |yaml: &str| {
        let document =
            seawall_yaml::parse_one(&seawall_yaml::Source::new("test", format!("q: {yaml}"))).unwrap();
        Quantity::of(document.root().get("q").unwrap()).map(|quantity| quantity.to_string())
    };
    for (yaml, expected) in [
        ("1", "1"),
        ("0.5", "500m"),
        ("' 1Gi '", "1Gi"),
        ("1e3", "1k"),
        ("0x10", "16"),
        ("null", "0"),
        ("1_000", "1k"),
        ("100m", "100m"),
        ("1e21", "1e21"),
        ("-1", "-1"),
    ] {
        assert_eq!(of(yaml).unwrap(), expected, "{yaml}");
    }
    assert_eq!(of("true"), Err(QuantityError::Format));
    assert_eq!(of("[1]"), Err(QuantityError::Format));
    assert_eq!(of("''"), Err(QuantityError::Format));
    assert_eq!(parse("1Mi").format(), QuantityFormat::BinarySi);
}

#[test]
fn long_numbers_are_read_in_one_pass() {
    let text = "9".repeat(1_000_000);
    let start = std::time::Instant::now();
    assert!(parse(&text) > parse("8Ei"));
    assert_eq!(parse(&format!("{text}Ei")).to_i64(), Some(i64::MAX));
    assert!(start.elapsed().as_secs() < 20);
}
