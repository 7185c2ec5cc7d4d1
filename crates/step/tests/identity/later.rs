use catalog::PrivateName;
use coverslip_step::{IdentityRule, match_waiting, resume_analysis, stop_analysis};
use flow::{HoldReason, SlideStatus, SlideTiled};

use crate::lab::{Lab, Tested, label};

fn held(reason: HoldReason) -> SlideStatus {
    SlideStatus::Held { reason }
}

#[tokio::test]
async fn an_order_that_comes_later_is_met_and_lets_the_slide_go_on() -> Tested {
    for (rule, before) in [
        (IdentityRule::MustMatch, held(HoldReason::Unmatched)),
        (IdentityRule::GoesOn, SlideStatus::Tiled),
    ] {
        let lab = Lab::open().await?;
        lab.tiled_with(label("S26-1 A 1")?, rule).await?;
        assert_eq!(lab.row().await?.status, before);
        lab.ordered("S26-1", "1").await?;
        match_waiting(&lab.catalog, &lab.queue, &PrivateName::new("S26-1")?).await?;
        let place = ["S26-1", "A", "1", "H&E"].map(str::to_owned);
        assert_eq!(lab.place().await?, Some(place));
        assert_eq!(lab.row().await?.status, SlideStatus::Tiled);
        assert!(lab.catalog.to_reconcile(None, 10).await?.is_empty());
    }
    Ok(())
}

#[tokio::test]
async fn the_order_of_a_block_that_was_missing_settles_it() -> Tested {
    let lab = Lab::open().await?;
    lab.ordered("S26-1", "1").await?;
    lab.tiled_with(label("S26-1 A 2")?, IdentityRule::GoesOn)
        .await?;
    assert_eq!(lab.row().await?.status, held(HoldReason::Identity));
    lab.ordered("S26-1", "2").await?;
    match_waiting(&lab.catalog, &lab.queue, &PrivateName::new("S26-1")?).await?;
    assert_eq!(lab.row().await?.status, SlideStatus::Tiled);
    let announced = lab.queue.subscribe::<SlideTiled>().next().await;
    assert_eq!(announced.message().slide, lab.slide);
    announced.ack();
    Ok(())
}

#[tokio::test]
async fn a_slide_that_is_put_in_another_case_than_its_label_says_is_held_whatever_its_state()
-> Tested {
    for state in [
        SlideStatus::Tiled,
        SlideStatus::Embedded,
        SlideStatus::Scored,
    ] {
        let lab = Lab::open().await?;
        lab.tiled_with(label("S26-1")?, IdentityRule::GoesOn)
            .await?;
        lab.catalog.set_status(lab.slide, &state).await?;
        lab.put_in("S26-2").await?;
        assert_eq!(
            lab.row().await?.status,
            held(HoldReason::Identity),
            "{state:?}"
        );
        // And back.
        lab.put_in("S26-1").await?;
        assert_eq!(lab.row().await?.status, SlideStatus::Tiled, "{state:?}");
    }
    Ok(())
}

#[tokio::test]
async fn a_stopped_analysis_does_not_go_on_where_nobody_knows_which_slide_it_is() -> Tested {
    let lab = Lab::open().await?;
    lab.tiled_with(label("S26-1")?, IdentityRule::GoesOn)
        .await?;
    stop_analysis(&lab.catalog, lab.slide).await?;
    lab.put_in("S26-2").await?;
    assert_eq!(lab.row().await?.status, held(HoldReason::Stopped));
    resume_analysis(&lab.catalog, &lab.queue, lab.slide).await?;
    assert_eq!(lab.row().await?.status, held(HoldReason::Identity));
    assert_eq!(lab.queue.depth::<SlideTiled>().await?.waiting, 0);
    Ok(())
}
