use std::time::Duration;

/// Seconds to wait before each attempt, as Standard Webhooks has it: three days and a bit.
const BEFORE: [u64; 10] = [
    0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400,
];

/// How long to wait before the next attempt, up to a tenth longer, so that what failed together does
/// not come again together; `None` after the last one.
pub(crate) fn pause_after(n_attempts: u32) -> Option<Duration> {
    let seconds = BEFORE.get(usize::try_from(n_attempts).ok()?)?;
    let pause = Duration::from_secs(*seconds);
    Some(pause.mul_f64(1.0 + 0.1 * rand::random::<f64>()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_attempts_are_made_in_somewhat_more_than_three_days() {
        let pauses: Vec<Duration> = (1..).map_while(pause_after).collect();
        assert_eq!(pauses.len(), 9);
        assert!(pauses.is_sorted());
        let all: Duration = pauses.iter().sum();
        let days = all.as_secs_f64() / 86_400.0;
        assert!((3.1..3.5).contains(&days), "{days}");
    }
}
