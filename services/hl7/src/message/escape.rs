//! Escape sequences (HL7 v2.5.1 section 2.7).

use super::Separators;

/// Text as a component is written: separators escaped, lines ended by `.br`, and without what else
/// ends segments or a transmission.
pub(crate) fn escaped(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '|' => written.push_str("\\F\\"),
            '^' => written.push_str("\\S\\"),
            '~' => written.push_str("\\R\\"),
            '&' => written.push_str("\\T\\"),
            '\\' => written.push_str("\\E\\"),
            '\n' => written.push_str("\\.br\\"),
            c if c.is_control() => written.push(' '),
            c => written.push(c),
        }
    }
    written
}

/// What was meant. Marks of how it is shown are left out; what is no sequence is kept as it is, for it
/// may be of a name.
pub(super) fn unescaped(text: &str, separators: Separators) -> String {
    let Some(escape) = separators.escape else {
        return text.to_owned();
    };
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(escape) {
        plain.push_str(before);
        let sequence = after.split_once(escape);
        let meant = sequence.and_then(|(code, after)| Some((meaning(code, separators)?, after)));
        match meant {
            Some((meant, after)) => {
                plain.extend(meant);
                rest = after;
            }
            None => {
                plain.push(escape);
                rest = after;
            }
        }
    }
    plain.push_str(rest);
    plain
}

/// `None` where it is no sequence; of those that only show, no character.
fn meaning(code: &str, separators: Separators) -> Option<Option<char>> {
    match code {
        "F" => Some(Some(separators.field)),
        "S" => Some(Some(separators.component)),
        "R" => Some(Some(separators.repetition)),
        "T" => Some(separators.subcomponent),
        "E" => Some(separators.escape),
        ".br" => Some(Some('\n')),
        "H" | "N" => Some(None),
        _ => hexadecimal(code).map(Some),
    }
}

/// One printable character of ASCII: what more is, has no one meaning.
fn hexadecimal(code: &str) -> Option<char> {
    let digits = code.strip_prefix('X').filter(|digits| digits.len() == 2)?;
    let byte = u8::from_str_radix(digits, 16).ok()?;
    (byte.is_ascii_graphic() || byte == b' ').then(|| char::from(byte))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn sequences_mean_what_the_standard_says() {
        for (written, meant) in [
            ("H\\T\\E", "H&E"),
            ("a\\.br\\b", "a\nb"),
            ("\\H\\loud\\N\\", "loud"),
            ("a\\X26\\b", "a&b"),
            ("a\\X0D\\b", "a\\X0D\\b"),
            ("C:\\Z9\\x", "C:\\Z9\\x"),
            ("one\\", "one\\"),
        ] {
            assert_eq!(unescaped(written, Separators::USUAL), meant);
        }
        let none = Separators {
            escape: None,
            ..Separators::USUAL
        };
        assert_eq!(unescaped("H\\T\\E", none), "H\\T\\E");
    }

    proptest! {
        #[test]
        fn what_is_escaped_is_read_back(text in "[^\\x00-\\x09\\x0b-\\x1f\\x7f-\\u{9f}]{0,40}") {
            let written = escaped(&text);
            let separators = ['|', '^', '~', '&', '\n', '\r'];
            prop_assert!(!written.contains(separators));
            prop_assert_eq!(unescaped(&written, Separators::USUAL), text);
        }

        #[test]
        fn any_text_has_a_meaning(text in any::<String>()) {
            let meant = unescaped(&text, Separators::USUAL);
            prop_assert!(meant.len() <= text.len());
            prop_assert!(!escaped(&text).contains(char::is_control));
        }
    }
}
