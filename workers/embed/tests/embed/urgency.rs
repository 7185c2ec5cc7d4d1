//! A slide that somebody waits for goes first.

use std::error::Error;
use std::time::Duration;

use catalog::{NewOrder, OrderSender, Placed, Priority, PrivateName, SlidePlace};
use coverslip_embed_worker::{EmbedDeps, EmbedOutcome};
use flow::{Sha256Digest, SlideId, SlideTiled, Urgency};

use crate::lab::Lab;

impl Lab {
    /// Orders at once what the case of this slide asks for.
    async fn order_at_once(&self) -> Result<(), Box<dyn Error>> {
        let order = NewOrder {
            accession: PrivateName::new("S26-1")?,
            patient: PrivateName::new("P-77")?,
            specimen: None,
            part: None,
            block: None,
            stain: None,
            task: None,
            priority: Priority::Stat,
        };
        let sender = OrderSender {
            name: "lis".to_owned(),
            idempotency_key: None,
        };
        let catalog = &self.deps.catalog;
        let Placed::New(row) = catalog.place_order(&order, &sender).await? else {
            return Err("it is new".into());
        };
        let place = SlidePlace {
            case: row.case,
            part: None,
            block: None,
            stain: None,
        };
        Ok(catalog.put_in_case("the lis", self.slide, &place).await?)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_routine_slide_gives_way_to_an_urgent_one_and_goes_on_after_it()
-> Result<(), Box<dyn Error>> {
    // Long enough that a second passes before it is embedded.
    let lab = Lab::open(8_200, 0.45, |_, _| true).await?;
    let EmbedDeps { queue, .. } = &lab.deps;
    let other = SlideId::from_digest(&Sha256Digest::of(b"another slide"));
    let urgent = SlideTiled { slide: other };
    queue.publish_as(Urgency::Urgent, &urgent).await?;
    assert_eq!(lab.embed(&lab.deps).await?, EmbedOutcome::GaveWay);
    assert!(lab.header().await.is_err());

    let in_hand = queue.subscribe::<SlideTiled>().next().await;
    assert_eq!(in_hand.message(), &urgent);
    assert_eq!(lab.embed(&lab.deps).await?, EmbedOutcome::Embedded);
    in_hand.ack();
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_urgent_slide_gives_way_to_none() -> Result<(), Box<dyn Error>> {
    let lab = Lab::open(600, 0.5, |_, _| true).await?;
    lab.order_at_once().await?;
    let other = SlideId::from_digest(&Sha256Digest::of(b"another slide"));
    let urgent = SlideTiled { slide: other };
    lab.deps.queue.publish_as(Urgency::Urgent, &urgent).await?;
    tokio::time::sleep(Duration::from_millis(5)).await;
    assert_eq!(lab.embed(&lab.deps).await?, EmbedOutcome::Embedded);
    // Its bag is announced as urgently as the slide is.
    assert!(lab.deps.queue.urgent_waits::<flow::SlideEmbedded>().await?);
    Ok(())
}
