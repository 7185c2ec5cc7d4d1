use weights::{Match, OtherShape, Place, StateDict, WeightsError, report};

use crate::{Tested, fixture};

/// `module.0.weight` (2, 3), `module.0.bias` (2), and the batch norm `module.1` of 2 channels.
fn module() -> Result<StateDict, WeightsError> {
    weights::read(&fixture("module.zip.pth"))
}

fn unchanged(name: &str) -> Option<String> {
    Some(name.to_owned())
}

#[test]
fn a_model_that_fits_is_said_to_fit() -> Tested {
    let expected: [(&str, &[usize]); 2] = [("fc.weight", &[2, 3]), ("fc.bias", &[2])];
    let report = report(&expected, &module()?, |name| {
        Some(format!("fc.{}", name.strip_prefix("0.")?))
    });
    assert!(report.fits());
    assert_eq!(report.stripped, ["module."]);
    assert_eq!(report.left_out.len(), 5);
    let first: &Match = report.matched.first().ok_or("two match")?;
    assert_eq!(first.expected, "fc.weight");
    assert_eq!(first.found, ["module.0.weight"]);
    let text = report.to_string();
    assert!(
        text.starts_with("PyTorch zip: 2 of 2 tensors fit\n"),
        "{text}"
    );
    assert!(text.contains("`module.` was taken off"), "{text}");
    assert!(text.contains("left out on purpose (5):"), "{text}");
    Ok(())
}

#[test]
fn all_that_does_not_fit_is_listed() -> Tested {
    let expected: [(&str, &[usize]); 4] = [
        ("0.weight", &[3, 2]),
        ("0.bias", &[2]),
        ("head.weight", &[4, 2]),
        ("head.bias", &[4]),
    ];
    let report = report(&expected, &module()?, unchanged);
    assert!(!report.fits());
    assert_eq!(
        report.missing,
        [
            ("head.weight".to_owned(), vec![4, 2]),
            ("head.bias".to_owned(), vec![4]),
        ]
    );
    assert_eq!(
        report.other_shape,
        [OtherShape {
            expected: "0.weight".to_owned(),
            expected_shape: vec![3, 2],
            found: vec!["module.0.weight".to_owned()],
            found_shape: vec![2, 3],
        }]
    );
    assert_eq!(report.unused.len(), 5);
    let text = report.to_string();
    for line in [
        "1 of 4 tensors fit",
        "missing (2):\n  head.weight [4, 2]\n  head.bias [4]\n",
        "0.weight is [2, 3], needs [3, 2] (`module.0.weight` in the file)",
        "unused (5):\n  module.1.bias\n",
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
    Ok(())
}

#[test]
fn a_prefix_of_the_model_itself_stays() -> Tested {
    let expected: [(&str, &[usize]); 1] = [("module.0.bias", &[2])];
    let report = report(&expected, &module()?, unchanged);
    assert!(report.stripped.is_empty());
    assert_eq!(report.matched.len(), 1);
    Ok(())
}

#[test]
fn two_tensors_for_one_place_do_not_fit() -> Tested {
    let expected: [(&str, &[usize]); 1] = [("bias", &[2])];
    let only_bias = |name: &str| name.ends_with(".bias").then(|| "bias".to_owned());
    let report = report(&expected, &module()?, only_bias);
    assert!(!report.fits());
    assert_eq!(report.unused, ["module.1.bias"]);
    Ok(())
}

#[test]
fn a_branch_of_a_checkpoint_is_taken_by_name() -> Tested {
    let checkpoint = weights::read(&fixture("every_kind.legacy.pth"))?;
    let expected: [(&str, &[usize]); 1] = [("transposed", &[6, 4])];
    let whole = report(&expected, &checkpoint, unchanged);
    assert!(whole.stripped.is_empty(), "not all names share a prefix");
    assert_eq!(whole.missing.len(), 1);
    let text = whole.to_string();
    assert!(text.contains("begin with (3):\n  by_number (2)\n  layers (2)\n  state_dict (18)\n"));
    let branch = report(&expected, &checkpoint.below("state_dict"), unchanged);
    assert!(branch.missing.is_empty());
    Ok(())
}

#[test]
fn parts_are_joined_and_matrices_transposed() -> Tested {
    let found = module()?;
    let weight = found.get("module.0.weight").ok_or("a matrix")?.to_f32()?;
    let bias = found.get("module.0.bias").ok_or("a vector")?.to_f32()?;
    let place = |name: &str| match name {
        "0.bias" => Some(Place::part("joined", 1, 2)),
        "1.bias" => Some(Place::part("joined", 0, 2)),
        "0.weight" => Some(Place::transposed("turned")),
        _ => None,
    };
    let expected: [(&str, &[usize]); 2] = [("joined", &[1, 4]), ("turned", &[3, 2])];
    let report = report(&expected, &found, place);
    assert!(report.fits(), "{report}");
    assert!(report.to_string().contains("1 of them are joined"));
    let [joined, turned] = report.matched.as_slice() else {
        return Err("two match".into());
    };
    assert_eq!(joined.found, ["module.1.bias", "module.0.bias"]);
    assert_eq!(joined.tensor.shape(), [1, 4]);
    assert_eq!(joined.tensor.to_f32()?[2..], bias);
    let [a, b, c, d, e, f] = weight[..] else {
        return Err("six values".into());
    };
    assert_eq!(turned.tensor.to_f32()?, [a, d, b, e, c, f]);
    Ok(())
}

#[test]
fn a_parameter_with_a_part_missing_is_missing() -> Tested {
    let expected: [(&str, &[usize]); 1] = [("joined", &[6])];
    let parts = |name: &str| match name {
        "0.bias" => Some(Place::part("joined", 0, 3)),
        "1.bias" => Some(Place::part("joined", 2, 3)),
        _ => None,
    };
    let report = report(&expected, &module()?, parts);
    assert!(!report.fits());
    assert_eq!(report.missing.len(), 1);
    assert_eq!(report.unused, ["module.0.bias", "module.1.bias"]);
    Ok(())
}
