//! Blocks counted as lymph nodes, and the stages that AJCC gives such counts.

use std::collections::BTreeMap;
use std::error::Error;

use catalog::Finding;
use coverslip_reading::{Answer, Author, BlockCount, NodeStage, Says, SlideAnswers, counted};
use flow::{Call, Sha256Digest, SlideId};

type Tested = Result<(), Box<dyn Error>>;

/// A slide whose answer is this class; none if it abstains.
fn sized(label: Option<&str>) -> Result<SlideAnswers, Box<dyn Error>> {
    answering(label.map(|label| (label, true)), true)
}

/// A slide that is called tumour or benign.
fn called(is_positive: bool) -> Result<SlideAnswers, Box<dyn Error>> {
    let label = if is_positive { "tumour" } else { "benign" };
    answering(Some((label, is_positive)), false)
}

fn answering(
    call: Option<(&str, bool)>,
    is_one_of_several: bool,
) -> Result<SlideAnswers, Box<dyn Error>> {
    let says = call.map_or(Says::Abstained, |(label, is_positive)| {
        let label = label.to_owned();
        let call = Call { label, is_positive };
        Says::Found(Finding { call, grade: None })
    });
    let answer = Answer {
        says,
        by: Author::Task,
        is_one_of_several,
    };
    Ok(SlideAnswers {
        slide: SlideId::from_digest(&Sha256Digest::of(b"a slide")),
        answers: BTreeMap::from([("nodes".parse()?, answer)]),
    })
}

/// One block a class, of one slide each.
fn count_of(classes: &[&str]) -> Result<BlockCount, Box<dyn Error>> {
    let blocks: Result<Vec<_>, _> = classes
        .iter()
        .map(|class| sized(Some(class)).map(|slide| vec![slide]))
        .collect();
    Ok(counted(&blocks?).remove(0))
}

#[test]
fn the_stage_goes_by_number_and_size() -> Tested {
    let (no, itc, micro, large) = ("negative", "itc", "micro", "macro");
    for (classes, stage) in [
        (vec![no; 5], NodeStage::N0),
        (vec![no, itc, itc], NodeStage::N0Isolated),
        (vec![micro, itc, no], NodeStage::N1Micro),
        (vec![micro; 12], NodeStage::N1Micro),
        (vec![large], NodeStage::N1),
        (vec![large, micro, micro, itc, itc], NodeStage::N1),
        (vec![large, micro, micro, micro], NodeStage::N2),
        (vec![large; 9], NodeStage::N2),
        (vec![large; 10], NodeStage::N3),
    ] {
        let nodes = count_of(&classes)?.nodes.ok_or("sizes are named")?;
        assert_eq!(nodes.stage, Some(stage), "{classes:?}");
    }
    Ok(())
}

#[test]
fn isolated_cells_are_counted_and_are_no_metastasis() -> Tested {
    let count = count_of(&["macro", "itc", "itc", "negative"])?;
    assert_eq!(
        (count.n_positive, count.n_negative, count.n_open),
        (1, 3, 0)
    );
    let nodes = count.nodes.ok_or("sizes are named")?;
    assert_eq!(
        (nodes.n_macro, nodes.n_micro, nodes.n_itc, nodes.n_negative),
        (1, 0, 2, 1)
    );
    Ok(())
}

#[test]
fn slides_of_one_block_are_one_node_of_the_largest_size() -> Tested {
    let block = vec![sized(Some("negative"))?, sized(Some("micro"))?];
    let count = counted(&[block]).remove(0);
    assert_eq!((count.n_blocks, count.n_positive), (1, 1));
    assert_eq!(
        count.nodes.and_then(|nodes| nodes.stage),
        Some(NodeStage::N1Micro)
    );
    Ok(())
}

#[test]
fn a_block_that_may_hold_more_leaves_the_stage_open() -> Tested {
    let unsure = vec![sized(Some("micro"))?, sized(None)?];
    let sure = vec![sized(Some("macro"))?, sized(None)?];
    let count = counted(&[unsure, sure.clone()]).remove(0);
    assert_eq!((count.n_positive, count.n_open), (1, 1));
    assert_eq!(count.nodes.and_then(|nodes| nodes.stage), None);

    let count = counted(&[sure]).remove(0);
    let stage = count.nodes.and_then(|nodes| nodes.stage);
    assert_eq!(stage, Some(NodeStage::N1), "nothing is larger than macro");

    let nothing_said = SlideAnswers {
        answers: BTreeMap::new(),
        ..sized(None)?
    };
    let count = counted(&[vec![sized(Some("negative"))?], vec![nothing_said]]).remove(0);
    assert_eq!((count.n_negative, count.n_open), (1, 1));
    assert_eq!(count.nodes.and_then(|nodes| nodes.stage), None);
    Ok(())
}

#[test]
fn tasks_that_detect_are_counted_without_sizes_and_classes_that_are_no_sizes_are_not() -> Tested {
    let blocks = [
        vec![called(true)?, called(false)?],
        vec![called(false)?],
        vec![answering(None, false)?],
    ];
    let count = counted(&blocks).remove(0);
    assert_eq!(
        (count.n_positive, count.n_negative, count.n_open),
        (1, 1, 1)
    );
    assert_eq!(count.nodes, None);

    assert_eq!(counted(&[vec![sized(Some("ductal"))?]]), []);
    let mixed = [vec![sized(Some("macro"))?], vec![sized(Some("ductal"))?]];
    assert_eq!(counted(&mixed), []);
    Ok(())
}
