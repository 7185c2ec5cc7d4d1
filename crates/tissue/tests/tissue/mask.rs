//! The tissue mask against phantoms whose tissue is known.

use std::error::Error;

use flow::{Mpp, TissueMask};
use phantom::{PhantomSpec, Scene, TissueClass};
use tissue::segment;

use crate::painting::overview_of;

/// How the cells of a mask agree with the truth.
#[derive(Debug, Default)]
struct Agreement {
    found: f64,
    missed: f64,
    wrong: f64,
}

impl Agreement {
    fn recall(&self) -> f64 {
        self.found / (self.found + self.missed)
    }

    fn precision(&self) -> f64 {
        self.found / (self.found + self.wrong)
    }
}

/// Compares on a grid finer than the cells, so that cells at the border count by their share. Where
/// pen hides the tissue nobody can tell, and nothing counts.
fn agreement(mask: &TissueMask, scene: &Scene) -> Agreement {
    let mut agreement = Agreement::default();
    let step = 16.0;
    let n_steps = (scene.side_um() / step) as u32;
    for row in 0..n_steps {
        for column in 0..n_steps {
            let at = |n: u32| (f64::from(n) + 0.5) * step;
            let (x, y) = (at(column), at(row));
            if scene.class_at(x, y) == TissueClass::Pen {
                continue;
            }
            let cell = |um: f64| (um / mask.cell_um()) as u32;
            match (scene.tissue_at(x, y), mask.is_tissue(cell(x), cell(y))) {
                (true, true) => agreement.found += 1.0,
                (true, false) => agreement.missed += 1.0,
                (false, true) => agreement.wrong += 1.0,
                (false, false) => {}
            }
        }
    }
    agreement
}

#[test]
fn phantoms_are_found_whole_and_little_else() -> Result<(), Box<dyn Error>> {
    for seed in 7001..7013 {
        // At 2 um per pixel 4 x 4 mm are painted in a moment.
        let spec = PhantomSpec {
            mpp: Mpp::new(2.0)?,
            ..PhantomSpec::benign(2_048, seed)
        };
        let scene = Scene::new(&spec)?;
        let mask = segment(&overview_of(&scene)?)?;
        let agreement = agreement(&mask, &scene);
        assert!(agreement.recall() >= 0.97, "seed {seed}: {agreement:?}");
        // Cells at the border of a slender core reach beyond it.
        assert!(agreement.precision() >= 0.85, "seed {seed}: {agreement:?}");
    }
    Ok(())
}
