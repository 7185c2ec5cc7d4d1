//! Every head: the closed forms against really leaving instances out and scoring again.

use std::error::Error;

use flow::{HeadPrecision, TileIndex};
use parameters::{Seed, Variables, seeded};
use rand::RngExt;

use super::blocks::Blocks;
use super::prepare::prepare;
use super::sub_bags::{HeadScore, SubBags};
use super::whole_bag::WholeBag;
use crate::bag_embeddings::BagEmbeddings;
use crate::head::{Head, HeadConfig};

const DIMENSION: usize = 6;
const COLUMNS: u32 = 5;
const TOLERANCE: f64 = 2e-5;

const HEADS: [&str; 18] = [
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
    r#""kind": "gated-abmil", "hidden": 8, "attention": 4, "n_classes": 3"#,
    r#""kind": "max-pool", "n_classes": 3"#,
    r#""kind": "clam-sb", "hidden": 8, "attention": 4, "n_classes": 3"#,
    r#""kind": "clam-mb", "hidden": 8, "attention": 4, "n_classes": 3"#,
    r#""kind": "dsmil", "query_width": 4, "n_classes": 3"#,
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

fn assert_near(what: &str, found: &HeadScore, expected: &HeadScore) {
    assert_eq!(found.logits.len(), expected.logits.len(), "{what}");
    for (found, expected) in found.logits.iter().zip(&expected.logits) {
        let tolerance = TOLERANCE * expected.abs().max(1.0);
        assert!(
            (found - expected).abs() <= tolerance,
            "{what}: {found}, scored again {expected}"
        );
    }
}

#[test]
fn leaving_out_is_what_scoring_again_without_gives() -> Result<(), Box<dyn Error>> {
    let embeddings = bag(23);
    let blocks = Blocks::at_most(23, &cells(23));
    for (config, head) in &heads()? {
        let bag = BagEmbeddings::new(&embeddings, DIMENSION, HeadPrecision::F32);
        let prepared = prepare(head, &bag)?;
        let again = WholeBag {
            head,
            embeddings: &embeddings,
            dimension: DIMENSION,
        };
        let whole = again.of(&(0..23).collect::<Vec<_>>())?;
        let mut changes = false;
        for (block, members) in blocks.iter() {
            for left_out in [members, &blocks.around(block)] {
                let (found, expected) = (prepared.without(left_out)?, again.without(left_out)?);
                assert_near(&format!("{left_out:?} of {config:?}"), &found, &expected);
                let change = expected.logits.iter().zip(&whole.logits);
                changes |= change
                    .map(|(a, b)| (a - b).abs())
                    .any(|change| change > 1e-3);
            }
        }
        assert!(changes, "leaving out changes nothing of {config:?}");
    }
    Ok(())
}

#[test]
fn a_part_has_the_score_of_a_bag_of_its_own() -> Result<(), Box<dyn Error>> {
    let embeddings = bag(23);
    let mut random = seeded(Seed(8), 0);
    for (config, head) in &heads()? {
        let bag = BagEmbeddings::new(&embeddings, DIMENSION, HeadPrecision::F32);
        let prepared = prepare(head, &bag)?;
        let again = WholeBag {
            head,
            embeddings: &embeddings,
            dimension: DIMENSION,
        };
        for n_instances in [1, 2, 5, 22, 23] {
            let part = rand::seq::index::sample(&mut random, 23, n_instances).into_vec();
            let (found, expected) = (prepared.of(&part)?, again.of(&part)?);
            assert_near(&format!("{part:?} of {config:?}"), &found, &expected);
        }
    }
    Ok(())
}
