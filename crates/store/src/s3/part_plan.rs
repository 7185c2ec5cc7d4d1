//! How a body is cut into the parts of a multipart upload.

use std::ops::Range;

const MIB: u64 = 1024 * 1024;

/// Smaller parts cost more requests, larger ones more when one of them fails. S3 takes no part
/// under 5 MiB but the last.
const LEAST_PART: u64 = 8 * MIB;

/// Of large objects the parts are larger, up to this, rather than more.
const LARGE_PART: u64 = 128 * MIB;
const USUAL_PARTS: u64 = 24;

/// S3's limits.
const MAX_PARTS: u64 = 10_000;
const MAX_PART: u64 = 5 * 1024 * MIB;

/// The most bytes that an object can have: 48.8 TiB.
pub(super) const MAX_OBJECT: u64 = MAX_PARTS * MAX_PART;

/// The parts of one body: all equal but the last, which may be shorter.
#[derive(Clone, Copy, Debug)]
pub(super) struct PartPlan {
    size: u64,
    part: u64,
}

impl PartPlan {
    /// `None` for what is larger than S3 takes.
    pub(super) fn of(size: u64) -> Option<Self> {
        let part_of = |n_parts| size.div_ceil(n_parts).next_multiple_of(MIB);
        let part = part_of(USUAL_PARTS)
            .clamp(LEAST_PART, LARGE_PART)
            .max(part_of(MAX_PARTS));
        (size <= MAX_OBJECT).then_some(Self { size, part })
    }

    /// Whether one request is enough.
    pub(super) const fn is_single(&self) -> bool {
        self.size <= self.part
    }

    /// Where each part lies in the body.
    pub(super) fn parts(self) -> impl Iterator<Item = Range<u64>> {
        let starts = (0..self.size.div_ceil(self.part)).map(move |n| n * self.part);
        starts.map(move |start| start..(start + self.part).min(self.size))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sizes() -> impl Strategy<Value = u64> {
        let near = |edge: u64| edge.saturating_sub(3)..=(edge + 3).min(MAX_OBJECT);
        prop_oneof![
            0..=MAX_OBJECT,
            0..=100 * LEAST_PART,
            near(LEAST_PART),
            near(LEAST_PART * USUAL_PARTS),
            near(LARGE_PART * USUAL_PARTS),
            near(LARGE_PART * MAX_PARTS),
            near(MAX_OBJECT),
            (0..5000_u64).prop_flat_map(move |n| near(n * MAX_PARTS * MIB)),
        ]
    }

    proptest! {
        #[test]
        fn parts_follow_each_other_and_keep_to_the_limits(size in sizes()) {
            let plan = PartPlan::of(size).expect("within the limit");
            let parts: Vec<_> = plan.parts().collect();
            prop_assert!(parts.len() as u64 <= MAX_PARTS);
            prop_assert_eq!(plan.is_single(), parts.len() <= 1);
            let mut end = 0;
            for (n, part) in parts.iter().enumerate() {
                prop_assert_eq!(part.start, end);
                let length = part.end - part.start;
                let is_last = n + 1 == parts.len();
                prop_assert!((1..=MAX_PART).contains(&length));
                prop_assert!(is_last || length >= LEAST_PART);
                end = part.end;
            }
            prop_assert_eq!(end, size);
            let few = size <= LARGE_PART * USUAL_PARTS;
            prop_assert!(!few || parts.len() as u64 <= USUAL_PARTS, "{} parts", parts.len());
        }

        #[test]
        fn what_s3_does_not_take_has_no_plan(over in 1..=u64::MAX - MAX_OBJECT) {
            prop_assert!(PartPlan::of(MAX_OBJECT + over).is_none());
        }
    }
}
