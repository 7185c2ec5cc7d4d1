use std::time::Duration;

/// Seconds to wait after each attempt that was not answered: some two hours of them.
const AFTER: [u64; 9] = [5, 30, 60, 300, 600, 600, 600, 1_800, 3_600];

/// How long to wait before the next attempt; `None` after the last one. A message that breaks its
/// receiver must not hold up the others for ever.
pub(super) fn pause_after(n_unanswered: u32) -> Option<Duration> {
    let index = usize::try_from(n_unanswered).ok()?.checked_sub(1)?;
    AFTER.get(index).copied().map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_attempts_are_made_in_some_two_hours() {
        let pauses: Vec<Duration> = (1..).map_while(pause_after).collect();
        assert_eq!(pauses.len(), 9);
        assert!(pauses.is_sorted());
        let all: Duration = pauses.iter().sum();
        assert_eq!(all.as_secs() / 3_600, 2);
    }
}
