//! Every head: the closed forms against really leaving instances out and scoring again.

use std::error::Error;

use flow::TileIndex;
use parameters::{Seed, Variables, seeded};
use rand::RngExt;

use super::leave_out::LeaveOut;
use super::prepare::prepare;
use super::sub_bags::SubBags;
use super::whole_bag::WholeBag;
use crate::head::{Head, HeadConfig};

const DIMENSION: usize = 6;
const COLUMNS: u32 = 5;
const TOLERANCE: f64 = 2e-5;

const HEADS: [&str; 13] = [
    r#""kind": "gated-abmil", "hidden": 8, "attention": 4, "highest_grade": 3"#,
    r#""kind": "mean-pool", "n_classes": 2"#,
    r#""kind": "max-pool", "n_classes": 1"#,
    r#""kind": "max-pool", "n_classes": 2"#,
    r#""kind": "mean-mlp", "hidden": 8, "n_classes": 1"#,
    r#""kind": "plain-abmil", "hidden": 8, "attention": 4, "n_classes": 2"#,
    r#""kind": "clam-sb", "hidden": 8, "attention": 4, "n_classes": 2"#,
    r#""kind": "clam-mb", "hidden": 8, "attention": 4, "n_classes": 1"#,
    r#""kind": "clam-mb", "hidden": 8, "attention": 4, "n_classes": 2"#,
    r#""kind": "dsmil", "query_width": 4, "n_classes": 2"#,
    r#""kind": "dsmil", "query_width": 4, "n_classes": 1, "query": "linear", "value": "linear""#,
    r#""kind": "dsmil", "query_width": 4, "n_classes": 2, "value": "linear-relu""#,
    r#""kind": "trans-mil", "hidden": 8, "heads": 2, "landmarks": 4, "n_classes": 1"#,
];

fn heads() -> Result<Vec<(HeadConfig, Head)>, Box<dyn Error>> {
    let head = |rest: &&str| {
        let json = format!(r#"{{"dimension": {DIMENSION}, {rest}}}"#);
        let config: HeadConfig = serde_json::from_str(&json)?;
        let variables = Variables::draw(&config.declarations(), &mut seeded(Seed(6), 0))?;
        Ok((config, Head::new(&config, &variables.parameters())?))
    };
    HEADS.iter().map(head).collect()
}

/// Noise; one instance stands out so far that it has nearly all the attention of any head that has
/// some.
fn bag(n_instances: usize) -> Vec<f32> {
    let mut random = seeded(Seed(7), 1);
    let value = |at: usize| match at / DIMENSION {
        2 => 40.0,
        _ => random.random_range(-1.0..1.0),
    };
    (0..n_instances * DIMENSION).map(value).collect()
}

fn cells(n_instances: usize) -> Vec<TileIndex> {
    let cell = |at: u32| TileIndex {
        column: at % COLUMNS,
        row: at / COLUMNS,
    };
    (0..n_instances as u32).map(cell).collect()
}

fn assert_near(what: &str, found: f64, expected: f64) {
    let tolerance = TOLERANCE * expected.abs().max(1.0);
    assert!(
        (found - expected).abs() <= tolerance,
        "{what}: {found}, scored again {expected}"
    );
}

#[test]
fn leaving_out_is_what_scoring_again_without_gives() -> Result<(), Box<dyn Error>> {
    let embeddings = bag(23);
    for (config, head) in &heads()? {
        let prepared = prepare(head, &embeddings, DIMENSION)?;
        let again = WholeBag {
            head,
            embeddings: &embeddings,
            dimension: DIMENSION,
        };
        let found = LeaveOut::of(prepared.as_ref(), &cells(23))?;
        let expected = LeaveOut::of(&again, &cells(23))?;
        for at in 0..23 {
            let what = |layer: &str| format!("{layer} {at} of {config:?}");
            assert_near(&what("tile"), found.tile[at], expected.tile[at]);
            let (found, expected) = (found.neighbourhood[at], expected.neighbourhood[at]);
            assert_near(&what("neighbourhood"), found, expected);
        }
        assert!(
            expected.tile.iter().any(|effect| effect.abs() > 1e-3),
            "leaving out changes nothing of {config:?}"
        );
    }
    Ok(())
}

#[test]
fn a_part_has_the_score_of_a_bag_of_its_own() -> Result<(), Box<dyn Error>> {
    let embeddings = bag(23);
    let mut random = seeded(Seed(8), 0);
    for (config, head) in &heads()? {
        let prepared = prepare(head, &embeddings, DIMENSION)?;
        let again = WholeBag {
            head,
            embeddings: &embeddings,
            dimension: DIMENSION,
        };
        for n_instances in [1, 2, 5, 22, 23] {
            let part = rand::seq::index::sample(&mut random, 23, n_instances).into_vec();
            let (found, expected) = (prepared.of(&part)?, again.of(&part)?);
            let what = format!("{part:?} of {config:?}");
            assert_near(&what, found.logit, expected.logit);
        }
    }
    Ok(())
}

#[test]
fn a_bag_of_one_has_nothing_left() -> Result<(), Box<dyn Error>> {
    let embeddings = bag(1);
    for (_, head) in &heads()? {
        let prepared = prepare(head, &embeddings, DIMENSION)?;
        let found = LeaveOut::of(prepared.as_ref(), &cells(1))?;
        assert_eq!(found.tile, [prepared.of(&[0])?.logit]);
        assert_eq!(found.neighbourhood, found.tile);
    }
    Ok(())
}
