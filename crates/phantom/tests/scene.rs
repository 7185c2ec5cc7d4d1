//! What a scene says about itself is true of its tissue.

use std::error::Error;

use coverslip_phantom::{Grade, GroundTruth, PhantomError, PhantomSpec, Scene, TissueClass};

const SIZE: u32 = 12_288;

/// Places on a grid of `n` x `n` over the slide, micrometres.
fn places(spec: &PhantomSpec, n: u32) -> impl Iterator<Item = (f64, f64)> {
    let step = spec.side_um() / f64::from(n);
    (0..n * n).map(move |k| {
        let place = |cell: u32| (f64::from(cell) + 0.37) * step;
        (place(k % n), place(k / n))
    })
}

fn tumour_spec(seed: u64, fraction: f64, grade: u8) -> Result<PhantomSpec, PhantomError> {
    Ok(PhantomSpec::benign(SIZE, seed).with_tumour(fraction, Grade::new(grade)?))
}

#[test]
fn tumour_fills_the_wanted_share_of_the_tissue_and_nothing_else() -> Result<(), Box<dyn Error>> {
    for (seed, fraction) in [
        (1, 0.02),
        (2, 0.1),
        (3, 0.3),
        (4, 0.6),
        (5, 0.005),
        (6, 0.9),
    ] {
        let spec = tumour_spec(seed, fraction, 3)?;
        let scene = Scene::new(&spec)?;
        let (mut n_tissue, mut n_tumour) = (0u32, 0u32);
        for (x, y) in places(&spec, 700) {
            let tumour = scene.tumour_at(x, y);
            assert!(
                !tumour || scene.tissue_at(x, y),
                "tumour on bare glass at {x}, {y}"
            );
            n_tissue += u32::from(scene.tissue_at(x, y));
            n_tumour += u32::from(tumour);
        }
        let achieved = f64::from(n_tumour) / f64::from(n_tissue);
        let stated = GroundTruth::of(&scene, &spec).tumour_fraction;
        assert!(
            (achieved / fraction - 1.0).abs() < 0.2,
            "seed {seed}: {achieved}"
        );
        assert!(
            (stated / achieved - 1.0).abs() < 0.1,
            "seed {seed}: {stated}"
        );
    }
    Ok(())
}

#[test]
fn a_benign_slide_has_tissue_and_no_tumour() -> Result<(), Box<dyn Error>> {
    let spec = PhantomSpec::benign(SIZE, 9);
    let scene = Scene::new(&spec)?;
    let truth = GroundTruth::of(&scene, &spec);
    assert!(!truth.tissue.is_empty());
    assert_eq!((truth.tumour.len(), truth.grade), (0, None));
    assert!(places(&spec, 200).all(|(x, y)| !scene.tumour_at(x, y)));
    Ok(())
}

#[test]
fn the_polygons_agree_with_the_scene() -> Result<(), Box<dyn Error>> {
    let spec = tumour_spec(21, 0.15, 4)?;
    let scene = Scene::new(&spec)?;
    let truth = GroundTruth::of(&scene, &spec);
    let (mut n, mut n_tumour, mut n_wrong) = (0, 0, 0);
    for (x, y) in places(&spec, 300) {
        let drawn = truth.is_tumour(x / spec.mpp.get(), y / spec.mpp.get());
        n += 1;
        n_tumour += u32::from(drawn);
        n_wrong += u32::from(drawn != scene.tumour_at(x, y));
    }
    assert!(n_tumour > 500, "{n_tumour} of {n}");
    // Only places within a grid cell of the outline may differ.
    assert!(
        n_wrong * 50 < n_tumour,
        "{n_wrong} wrong, {n_tumour} tumour"
    );
    Ok(())
}

#[test]
fn every_kind_of_tissue_is_there() -> Result<(), Box<dyn Error>> {
    let spec = tumour_spec(7, 0.2, 2)?;
    let scene = Scene::new(&spec)?;
    let seen: Vec<TissueClass> = places(&spec, 90)
        .map(|(x, y)| scene.class_at(x, y))
        .collect();
    for class in [
        TissueClass::Background,
        TissueClass::Stroma,
        TissueClass::BenignEpithelium,
        TissueClass::Lumen,
        TissueClass::Fat,
        TissueClass::Lymphocytes,
        TissueClass::Tumour(spec.grade),
    ] {
        assert!(seen.contains(&class), "{class:?}");
    }
    Ok(())
}

/// Share of the tumour's own area (epithelium and lumens within its outline) that is lumen.
fn lumen_share(grade: u8) -> Result<f64, PhantomError> {
    let spec = tumour_spec(31, 0.4, grade)?;
    let scene = Scene::new(&spec)?;
    let classes: Vec<TissueClass> = places(&spec, 150)
        .filter(|(x, y)| scene.tumour_at(*x, *y))
        .map(|(x, y)| scene.class_at(x, y))
        .collect();
    let count = |wanted| classes.iter().filter(|class| **class == wanted).count() as f64;
    let lumens = count(TissueClass::Lumen);
    Ok(lumens / (lumens + count(TissueClass::Tumour(spec.grade))))
}

#[test]
fn glands_are_lost_from_grade_to_grade() -> Result<(), Box<dyn Error>> {
    let shares: Vec<f64> = (1..=5).map(lumen_share).collect::<Result<_, _>>()?;
    assert!(shares.is_sorted_by(|a, b| a > b), "{shares:?}");
    assert!(shares[0] > 0.12 && shares[4] < 0.05, "{shares:?}");
    Ok(())
}

#[test]
fn impossible_specs_are_refused_with_the_remedy() {
    let good = PhantomSpec::benign(1024, 1);
    let bad = [
        (
            PhantomSpec {
                size: 100,
                ..good.clone()
            },
            "256",
        ),
        (
            PhantomSpec {
                tumour_fraction: 1.5,
                ..good.clone()
            },
            "0 to 0.9",
        ),
        (
            PhantomSpec {
                tumour_fraction: f64::NAN,
                ..good.clone()
            },
            "0 to 0.9",
        ),
        (
            PhantomSpec {
                jpeg_quality: 0,
                ..good
            },
            "1 to 100",
        ),
    ];
    for (spec, remedy) in bad {
        let message = Scene::new(&spec).expect_err("must be refused").to_string();
        assert!(message.contains(remedy), "{message}");
    }
    for text in ["0", "6", "", "three"] {
        assert!(text.parse::<Grade>().is_err(), "{text}");
    }
}
