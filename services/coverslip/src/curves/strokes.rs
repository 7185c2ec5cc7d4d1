//! Letters as lines on a grid of 4 by 6.

/// Pixels a step of the grid.
const STEP: f32 = 1.4;
/// Steps from one letter to the next.
const ADVANCE: f32 = 5.5;

/// The lines of a text whose top left is `at`; what is not in the table leaves a gap.
pub(super) fn strokes(text: &str, at: (f32, f32)) -> Vec<Vec<(f32, f32)>> {
    let mut lines = Vec::new();
    for (place, letter) in text.to_ascii_uppercase().chars().enumerate() {
        let left = at.0 + place as f32 * ADVANCE * STEP;
        for line in glyph(letter).split(',').filter(|line| !line.is_empty()) {
            let steps = line.as_bytes().chunks_exact(2);
            let point = |step: &[u8]| {
                let along = |digit: u8| f32::from(digit.saturating_sub(b'0')) * STEP;
                (left + along(step[0]), at.1 + along(step[1]))
            };
            lines.push(steps.map(point).collect());
        }
    }
    lines
}

/// Pairs of digits are points, column and row; a comma lifts the pen.
fn glyph(letter: char) -> &'static str {
    match letter {
        '0' => "0040460600",
        '1' => "112026,1636",
        '2' => "004043030646",
        '3' => "00404606,0343",
        '4' => "000343,4046",
        '5' | 'S' => "400003434606",
        '6' => "400006464303",
        '7' => "004016",
        '8' => "0040460600,0343",
        '9' => "430300404606",
        'A' => "0602204246,0444",
        'B' => "060030414233,033344453606",
        'C' => "40000646",
        'D' => "00063645413000",
        'E' => "40000646,0333",
        'F' => "400006,0333",
        'G' => "400006464323",
        'H' => "0006,0343,4046",
        'I' => "1030,2026,1636",
        'J' => "40453605",
        'K' => "0006,400346",
        'L' => "000646",
        'M' => "0600234046",
        'N' => "06004640",
        'O' => "103041453616050110",
        'P' => "0600404303",
        'Q' => "103041453616050110,3446",
        'R' => "0600404303,2346",
        'T' => "0040,2026",
        'U' => "00064640",
        'V' => "002640",
        'W' => "0016233640",
        'X' => "0046,4006",
        'Y' => "002340,2326",
        'Z' => "00400646",
        '.' => "2526",
        ':' => "2122,2425",
        '-' => "1333",
        '(' => "30212536",
        ')' => "10212516",
        '/' => "0640",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_glyph_stays_on_its_grid() {
        for letter in ('0'..='9').chain('A'..='Z').chain(".:-()/".chars()) {
            let lines = strokes(&letter.to_string(), (0.0, 0.0));
            assert!(!lines.is_empty(), "{letter} is not drawn");
            for (x, y) in lines.into_iter().flatten() {
                assert!((0.0..=4.0 * STEP).contains(&x), "{letter}: {x}");
                assert!((0.0..=6.0 * STEP).contains(&y), "{letter}: {y}");
            }
        }
        assert!(strokes(" ", (0.0, 0.0)).is_empty());
    }
}
