use catalog::{Priority, PrivateName};
use flow::SlideStatus;
use laboratory::{ACCESSION, PATIENT};

use crate::lab::{Lab, Tested, order};
use crate::line::field;

#[tokio::test]
async fn an_order_is_what_the_laboratory_sent_and_the_same_message_gets_the_same_answer() -> Tested
{
    let lab = Lab::open().await?;
    let message = order("C1", "PL1");
    let answer = lab.ask(&message).await?;
    assert_eq!(field(&answer, "MSA", 1), "AA", "{answer}");
    assert_eq!(field(&answer, "MSA", 2), "C1");
    assert_eq!(field(&answer, "MSH", 9), "ORL^O22^ORL_O22");
    let addresses = [3, 4, 5, 6].map(|number| field(&answer, "MSH", number));
    assert_eq!(addresses, ["COVERSLIP", "PATH", "LIS^1.2.3^ISO", "LAB"]);
    let [row] = &lab.orders().await?[..] else {
        return Err("one order".into());
    };
    let control = [1, 2, 3].map(|number| field(&answer, "ORC", number));
    let ours = format!("{}^COVERSLIP", row.id);
    assert_eq!(control, ["OK", "PL1^LIS", &ours]);
    let placed = &row.order;
    let optional = |name: &Option<PrivateName>| name.as_ref().map(|n| n.reveal().to_owned());
    assert_eq!(placed.accession.reveal(), ACCESSION);
    assert_eq!(placed.patient.reveal(), PATIENT);
    let names = [&placed.specimen, &placed.part, &placed.block, &placed.stain].map(optional);
    assert_eq!(
        names,
        ["SP-1", "A", "A1", "H&E"].map(|n| Some(n.to_owned()))
    );
    assert_eq!(placed.task, Some("phantom-tumour".parse()?));
    assert_eq!(placed.priority, Priority::Urgent);
    assert_eq!(row.ordered_by, "hl7 LIS|LAB");
    assert_eq!(row.idempotency_key.as_deref(), Some("PL1^LIS"));

    // Another process answers from what is stored.
    let lab = lab.again().await?;
    assert_eq!(lab.ask(&message).await?, answer);
    assert_eq!(lab.orders().await?.len(), 1);
    assert_eq!(lab.n_recorded("order_placed").await?, 1);
    assert_eq!(lab.n_recorded("message_answered").await?, 1);
    let trail = lab.catalog.audit_trail(None, 100).await?;
    assert!(!format!("{trail:?}").contains("CANARY"));
    Ok(())
}

#[tokio::test]
async fn the_same_order_in_another_message_is_one() -> Tested {
    let lab = Lab::open().await?;
    let first = lab.ask(&order("C1", "PL1")).await?;
    let again = lab.ask(&order("C2", "PL1")).await?;
    assert_eq!(field(&again, "MSA", 1), "AA", "{again}");
    assert_eq!(field(&again, "ORC", 3), field(&first, "ORC", 3));
    assert_eq!(lab.orders().await?.len(), 1);
    assert_eq!(lab.n_recorded("order_placed").await?, 2);
    Ok(())
}

#[tokio::test]
async fn an_order_matches_the_slide_that_waits_for_it() -> Tested {
    let lab = Lab::open().await?;
    let slide = lab.unmatched().await?;
    let answer = lab.ask(&order("C1", "PL1")).await?;
    assert_eq!(field(&answer, "MSA", 1), "AA", "{answer}");
    let row = lab.catalog.known_slide(slide).await?;
    assert_eq!(row.status, SlideStatus::Tiled);
    assert_eq!(
        row.place.map(|place| place.case),
        Some(lab.orders().await?[0].case)
    );
    Ok(())
}

/// A message with two orders, of two blocks.
fn two(control_id: &str, placers: [&str; 2]) -> String {
    let [first, second] = placers.map(|placer| order(control_id, placer));
    let (_, second) = second
        .split_once("PV1|1|I\r")
        .expect("what comes before orders");
    first + &second.replace("|A1|A\r", "|A2|A\r")
}

#[tokio::test]
async fn the_orders_of_a_message_are_placed_together_or_not_at_all() -> Tested {
    let lab = Lab::open().await?;
    let refused = lab.ask(&two("C1", ["PL1", "PL1"])).await?;
    assert_eq!(field(&refused, "MSA", 1), "AE", "{refused}");
    assert_eq!(field(&refused, "ERR", 2), "ORC^2^2");
    assert!(lab.orders().await?.is_empty());
    let answer = lab.ask(&two("C2", ["PL1", "PL2"])).await?;
    assert_eq!(field(&answer, "MSA", 1), "AA", "{answer}");
    let controls = answer.split('\r').filter(|line| line.starts_with("ORC"));
    let placers: Vec<_> = controls.filter_map(|line| line.split('|').nth(2)).collect();
    assert_eq!(placers, ["PL1^LIS", "PL2^LIS"]);
    let blocks: Vec<_> = lab
        .orders()
        .await?
        .into_iter()
        .map(|row| row.order.block)
        .collect();
    assert_eq!(blocks.len(), 2);
    assert_ne!(blocks[0], blocks[1]);
    Ok(())
}

#[tokio::test]
async fn names_are_read_in_the_characters_that_the_message_names() -> Tested {
    let lab = Lab::open().await?;
    let mut line = lab.line().await?;
    for (n, (charset, name, bytes)) in [
        ("8859/1", "Sü-1", b"S\xfc-1".to_vec()),
        ("UNICODE UTF-8", "Sü病-2", "Sü病-2".as_bytes().to_vec()),
        ("", "S-3", b"S-3".to_vec()),
    ]
    .into_iter()
    .enumerate()
    {
        let message = order(&format!("C{n}"), &format!("PL{n}"));
        let message = message.replace("UNICODE UTF-8", charset);
        let (before, after) = message.split_once(ACCESSION).ok_or("an accession")?;
        let message = [before.as_bytes(), &bytes, after.as_bytes()].concat();
        let answer = line.ask(&message).await?;
        assert_eq!(field(&answer, "MSA", 1), "AA", "{charset}: {answer}");
        let known = lab
            .catalog
            .case_of_accession(&PrivateName::new(name)?)
            .await?;
        assert!(known.is_some(), "{charset}");
    }
    Ok(())
}
