//! What the catalog promises about messages of the laboratory's systems.

use chrono::{TimeDelta, Utc};
use coverslip_catalog::{
    AnsweredOrders, Catalog, NewOrder, OrderConflict, OrderRow, OrderSender, Priority,
    StoredMessage,
};
use flow::Sha256Digest;
use tokio::task::JoinSet;

use crate::both_kinds::kept_by_both;
use crate::cases::name;
use crate::place::{Error, Place, TestResult};

kept_by_both! {
    of_many_of_one_message_one_has_its_effect_and_all_get_its_answer
    a_message_of_which_one_order_is_refused_leaves_nothing
    another_message_under_a_control_id_is_known_as_another
    messages_are_forgotten_after_a_while
}

const SENDER: &str = "hl7 LIS|LAB";

const fn message<'a>(control_id: &'a str, bytes: &'a [u8]) -> StoredMessage<'a> {
    StoredMessage {
        sender: SENDER,
        control_id,
        bytes,
    }
}

fn order(number: u8, patient: &str) -> Result<(NewOrder, OrderSender), Error> {
    let order = NewOrder {
        accession: name("CANARY-S26-1")?,
        patient: name(patient)?,
        specimen: None,
        part: None,
        block: Some(name(&format!("A{number}"))?),
        stain: None,
        task: None,
        priority: Priority::Routine,
    };
    let sender = OrderSender {
        name: SENDER.to_owned(),
        idempotency_key: Some(format!("PL{number}")),
    };
    Ok((order, sender))
}

fn told(rows: &[OrderRow]) -> String {
    let ids: Vec<_> = rows.iter().map(|row| row.id.to_string()).collect();
    format!("CANARY {}", ids.join(" "))
}

async fn n_recorded(catalog: &Catalog, action: &str) -> Result<usize, Error> {
    let trail = catalog.audit_trail(None, 100).await?;
    Ok(trail.iter().filter(|row| row.action == action).count())
}

async fn of_many_of_one_message_one_has_its_effect_and_all_get_its_answer(
    place: Place,
) -> TestResult {
    let catalogs = [place.open().await?, place.open().await?];
    // NUL and bytes that are no text come back as they are known.
    const BYTES: &[u8] = b"MSH\0\xff";
    let mut senders = JoinSet::new();
    for n in 0..8 {
        let catalog = catalogs[n % 2].clone();
        let orders = [order(1, "CANARY-P")?, order(2, "CANARY-P")?];
        senders.spawn(async move {
            let stored = message("C1", BYTES);
            catalog.answer_orders(stored, &orders, told).await
        });
    }
    let mut answers = Vec::new();
    let mut n_placed = 0;
    for answered in senders.join_all().await {
        answers.push(match answered? {
            AnsweredOrders::Placed { answer, cases } => {
                n_placed += 1;
                assert_eq!(cases.len(), 2);
                answer
            }
            AnsweredOrders::Before(before) => {
                assert_eq!(before.digest, Sha256Digest::of(BYTES));
                before.text
            }
            AnsweredOrders::Refused { .. } => return Err("refused".into()),
        });
    }
    answers.dedup();
    assert_eq!((n_placed, answers.len()), (1, 1));
    let catalog = &catalogs[1];
    let placed = catalog.orders(None, 10).await?;
    assert_eq!(placed.len(), 2);
    assert!(
        placed
            .iter()
            .all(|row| answers[0].contains(&row.id.to_string()))
    );
    let before = catalog
        .answer_under(SENDER, "C1")
        .await?
        .ok_or("an answer")?;
    assert_eq!(before.text, answers[0]);
    assert!(!format!("{before:?}").contains("CANARY"));
    assert_eq!(n_recorded(catalog, "message_answered").await?, 1);
    assert_eq!(n_recorded(catalog, "order_placed").await?, 2);
    Ok(())
}

async fn a_message_of_which_one_order_is_refused_leaves_nothing(place: Place) -> TestResult {
    let catalog = place.open().await?;
    let mut other = order(2, "CANARY-P")?;
    other.1.idempotency_key = Some("PL1".to_owned());
    let orders = [order(1, "CANARY-P")?, other];
    let stored = message("C1", b"two");
    let refused = catalog.answer_orders(stored, &orders, told).await?;
    let expected = AnsweredOrders::Refused {
        number: 1,
        conflict: OrderConflict::OtherUnderKey,
    };
    assert_eq!(refused, expected);
    assert!(catalog.orders(None, 10).await?.is_empty());
    let accession = name("CANARY-S26-1")?;
    assert_eq!(catalog.case_of_accession(&accession).await?, None);
    assert_eq!(catalog.answer_under(SENDER, "C1").await?, None);
    assert_eq!(n_recorded(&catalog, "message_answered").await?, 0);

    let kept = catalog.answer_without_effect(stored, "AE").await?;
    assert_eq!((kept.text.as_str(), kept.digest), ("AE", stored.digest()));
    let again = catalog.answer_without_effect(stored, "AE again").await?;
    assert_eq!(again, kept, "the first answer stands");
    let before = catalog.answer_orders(stored, &orders[..1], told).await?;
    assert_eq!(before, AnsweredOrders::Before(kept));
    assert_eq!(n_recorded(&catalog, "message_answered").await?, 1);
    Ok(())
}

async fn another_message_under_a_control_id_is_known_as_another(place: Place) -> TestResult {
    let catalog = place.open().await?;
    let orders = [order(1, "CANARY-P")?];
    catalog
        .answer_orders(message("C1", b"one"), &orders, told)
        .await?;
    let other = message("C1", b"other");
    let AnsweredOrders::Before(before) = catalog.answer_orders(other, &orders, told).await? else {
        return Err("it was taken".into());
    };
    assert_ne!(before.digest, other.digest());
    let elsewhere = StoredMessage {
        sender: "hl7 OTHER",
        ..other
    };
    let taken = catalog.answer_orders(elsewhere, &orders, told).await?;
    assert!(matches!(taken, AnsweredOrders::Placed { .. }), "{taken:?}");
    assert_eq!(catalog.orders(None, 10).await?.len(), 1, "the same order");
    Ok(())
}

async fn messages_are_forgotten_after_a_while(place: Place) -> TestResult {
    let catalog = place.open().await?;
    catalog
        .answer_without_effect(message("C1", b"one"), "AE")
        .await?;
    let before = Utc::now() - TimeDelta::minutes(1);
    assert_eq!(catalog.forget_received_messages(before).await?, 0);
    let after = Utc::now() + TimeDelta::minutes(1);
    assert_eq!(catalog.forget_received_messages(after).await?, 1);
    assert_eq!(catalog.answer_under(SENDER, "C1").await?, None);
    Ok(())
}
