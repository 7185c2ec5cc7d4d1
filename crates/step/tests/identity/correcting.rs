use catalog::PrivateRemark;
use coverslip_step::{CorrectIdentityError, Correction, IdentityRule, correct_identity};
use flow::{HoldReason, SlideStatus, SlideTiled};

use crate::lab::{Failure, Lab, Tested, label, names};

fn to(text: &str, seen: u32) -> Result<Correction, Failure> {
    Ok(Correction {
        names: names(text)?,
        stain: None,
        reason: PrivateRemark::new("the label was printed for another slide")?,
        seen,
    })
}

async fn contradicted() -> Result<Lab, Failure> {
    let lab = Lab::open().await?;
    lab.put_in("S26-2").await?;
    lab.tiled_with(label("S26-1 A 1")?, IdentityRule::GoesOn)
        .await?;
    Ok(lab)
}

#[tokio::test]
async fn a_person_has_the_last_word_and_the_slide_goes_on() -> Tested {
    let lab = contradicted().await?;
    let correct =
        |correction| correct_identity(&lab.catalog, &lab.queue, "Dr. Gram", lab.slide, correction);
    let stale = correct(to("S26-3 A 2", 7)?).await;
    assert!(matches!(stale, Err(CorrectIdentityError::Changed { .. })));
    correct(to("S26-3 A 2", 1)?).await?;
    let place = ["S26-3", "A", "2", ""].map(str::to_owned);
    assert_eq!(lab.place().await?, Some(place));
    assert_eq!(lab.row().await?.status, SlideStatus::Tiled);
    let announced = lab.queue.subscribe::<SlideTiled>().next().await;
    assert_eq!(announced.message().slide, lab.slide);
    announced.ack();
    assert!(lab.catalog.to_reconcile(None, 10).await?.is_empty());
    let again = correct(to("S26-4", 2)?).await;
    assert!(matches!(
        again,
        Err(CorrectIdentityError::NotWaiting { .. })
    ));
    Ok(())
}

#[tokio::test]
async fn an_order_does_not_overrule_a_person_and_another_case_does_not_either() -> Tested {
    let lab = contradicted().await?;
    let correction = to("S26-3 A 2", 1)?;
    correct_identity(&lab.catalog, &lab.queue, "Dr. Gram", lab.slide, correction).await?;
    lab.ordered("S26-3", "9").await?;
    let named = names("S26-3")?.accession;
    coverslip_step::match_waiting(&lab.catalog, &lab.queue, &named).await?;
    assert_eq!(lab.row().await?.status, SlideStatus::Tiled);
    // What the label says: the person said otherwise.
    lab.put_in("S26-1 A 1").await?;
    let reason = HoldReason::Identity;
    assert_eq!(lab.row().await?.status, SlideStatus::Held { reason });
    Ok(())
}

#[tokio::test]
async fn a_slide_that_nobody_asks_about_is_not_corrected() -> Tested {
    let lab = Lab::open().await?;
    lab.put_in("S26-1").await?;
    lab.tiled_with(label("S26-1 A 1")?, IdentityRule::GoesOn)
        .await?;
    let correction = to("S26-3", 1)?;
    let refused =
        correct_identity(&lab.catalog, &lab.queue, "Dr. Gram", lab.slide, correction).await;
    assert!(matches!(
        refused,
        Err(CorrectIdentityError::NotWaiting { .. })
    ));
    Ok(())
}
