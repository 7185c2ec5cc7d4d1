//! Numbers as section 4 of Image API 3.0 writes them: digits, and in percentages one point.

pub(crate) fn integer(text: &str) -> Option<u32> {
    text.bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| text.parse().ok())
        .flatten()
}

/// Zero or more, without sign or exponent; always finite.
pub(crate) fn decimal(text: &str) -> Option<f64> {
    let is_plain = text.len() <= 32
        && text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.')
        && text.bytes().any(|byte| byte.is_ascii_digit());
    is_plain.then(|| text.parse().ok()).flatten()
}

/// Exactly `N` numbers with commas between them.
pub(crate) fn list<T: Copy + Default, const N: usize>(
    text: &str,
    parse: impl Fn(&str) -> Option<T>,
) -> Option<[T; N]> {
    let mut numbers = [T::default(); N];
    let mut parts = text.split(',');
    for number in &mut numbers {
        *number = parse(parts.next()?)?;
    }
    parts.next().is_none().then_some(numbers)
}
