use parameters::{Seed, seeded};
use phantom::{Grade, PhantomSpec};
use rand::{Rng, RngExt};
use serde::{Deserialize, Serialize};

use crate::ShippedError;

/// A set of phantoms, half benign and half of all grades, drawn from one seed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cohort {
    /// Cohorts of seeds that lie further apart than they have slides share no slide.
    pub first_seed: u64,
    pub n_benign: u32,
    /// Slides with tumour of each of the five grades.
    pub n_per_grade: u32,
    /// Smallest and largest side in pixels of 0.25 um.
    pub side_px: (u32, u32),
    /// Smallest and largest share of the tissue that is tumour; drawn evenly on a logarithmic
    /// scale.
    pub tumour_fraction: (f64, f64),
}

impl Cohort {
    /// The slides, benign ones and grades in turn.
    pub fn slides(&self) -> Result<Vec<PhantomSpec>, ShippedError> {
        self.check()?;
        let mut random = seeded(Seed(self.first_seed), 0);
        let benign = (0..self.n_benign).map(|_| None);
        let positive = (0..self.n_per_grade).flat_map(|_| Grade::ALL.map(Some));
        let slides = benign.chain(positive).zip(self.first_seed..);
        Ok(slides
            .map(|(grade, seed)| self.slide(grade, seed, &mut random))
            .collect())
    }

    fn slide(&self, grade: Option<Grade>, seed: u64, random: &mut impl Rng) -> PhantomSpec {
        let side = random.random_range(self.side_px.0..=self.side_px.1);
        let (least, most) = self.tumour_fraction;
        let fraction = random.random_range(least.ln()..=most.ln()).exp();
        let benign = PhantomSpec::benign(side, seed);
        match grade {
            None => benign,
            Some(grade) => benign.with_tumour(fraction, grade),
        }
    }

    fn check(&self) -> Result<(), ShippedError> {
        let (least, most) = self.tumour_fraction;
        let possible = [
            (self.side_px.0 <= self.side_px.1, "side_px falls"),
            (
                0.0 < least && least <= most,
                "tumour_fraction falls or starts at 0",
            ),
        ];
        match possible.into_iter().find(|(holds, _)| !holds) {
            None => Ok(()),
            Some((_, wrong)) => Err(ShippedError::Cohort(wrong)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COHORT: Cohort = Cohort {
        first_seed: 7,
        n_benign: 4,
        n_per_grade: 2,
        side_px: (1000, 2000),
        tumour_fraction: (0.01, 0.3),
    };

    #[test]
    fn holds_what_it_says() -> Result<(), ShippedError> {
        let slides = COHORT.slides()?;
        assert_eq!(slides.len(), 14);
        let positive: Vec<_> = slides.iter().filter(|s| s.tumour_fraction > 0.0).collect();
        assert_eq!(positive.len(), 10);
        assert!(
            positive
                .iter()
                .all(|s| (0.01..=0.3).contains(&s.tumour_fraction))
        );
        assert!(slides.iter().all(|s| (1000..=2000).contains(&s.size)));
        assert_eq!(slides[13].grade.get(), 5);
        assert_eq!(slides[13].seed, 20);
        Ok(())
    }

    #[test]
    fn impossible_ranges_are_refused() {
        let falling = Cohort {
            side_px: (2, 1),
            ..COHORT
        };
        assert!(matches!(falling.slides(), Err(ShippedError::Cohort(_))));
        let from_nothing = Cohort {
            tumour_fraction: (0.0, 0.1),
            ..COHORT
        };
        assert!(matches!(
            from_nothing.slides(),
            Err(ShippedError::Cohort(_))
        ));
    }
}
