use super::fonts::{Fonts, Weight};

/// Breaks text into lines no wider than `width` points: at its own line ends, between words, and
/// within a word that is wider than a line.
pub(super) fn broken(
    text: &str,
    fonts: &Fonts,
    weight: Weight,
    size: f32,
    width: f32,
) -> Vec<String> {
    let fits = |line: &str| fonts.width(line, weight, size) <= width;
    text.lines()
        .flat_map(|line| broken_line(line, fits))
        .collect()
}

fn broken_line(text: &str, fits: impl Fn(&str) -> bool) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        for piece in pieces(word, &fits) {
            let line = lines.last().map_or("", String::as_str);
            let longer = match line.is_empty() {
                true => piece.clone(),
                false => format!("{line} {piece}"),
            };
            if fits(&longer) || line.is_empty() {
                lines.pop();
                lines.push(longer);
            } else {
                lines.push(piece);
            }
        }
    }
    lines
}

/// The word whole, or in as few pieces as fit.
fn pieces(word: &str, fits: &impl Fn(&str) -> bool) -> Vec<String> {
    if fits(word) {
        return vec![word.to_owned()];
    }
    let mut pieces: Vec<String> = Vec::new();
    for character in word.chars() {
        match pieces.last_mut() {
            Some(piece) if fits(&format!("{piece}{character}")) => piece.push(character),
            _ => pieces.push(character.to_string()),
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<String> {
        broken_line(text, |line| line.chars().count() <= 5)
    }

    #[test]
    fn lines_end_between_words_and_long_words_are_cut() {
        assert_eq!(lines("one two six"), ["one", "two", "six"]);
        assert_eq!(lines("a b c d"), ["a b c", "d"]);
        assert_eq!(lines("abcdefgh ij"), ["abcde", "fgh", "ij"]);
        assert_eq!(lines(""), [""]);
    }

    #[test]
    fn every_line_is_as_narrow_as_asked() {
        let fonts = Fonts::default();
        let text = format!(
            "Prostate, left apex: {} (sha256)\nsecond",
            "0123456789".repeat(12)
        );
        let lines = broken(&text, &fonts, Weight::Regular, 9.0, 120.0);
        assert!(lines.len() > 5, "{lines:?}");
        for line in &lines {
            assert!(fonts.width(line, Weight::Regular, 9.0) <= 120.0, "{line}");
        }
        assert_eq!(lines.last().map(String::as_str), Some("second"));
        assert_eq!(
            lines.concat().replace(' ', ""),
            text.replace([' ', '\n'], "")
        );
    }
}
