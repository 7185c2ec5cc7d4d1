//! What the catalog promises about results that are to be sent by HL7.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use coverslip_catalog::{
    Catalog, CatalogError, DueResults, NewOrder, NewSignOff, OrderSender, Priority, ResultsMessage,
    ResultsPage, ResultsSettled, ResultsState, SlidePlace,
};
use flow::CaseId;
use serde_json::json;
use tokio::task::JoinSet;

use crate::both_kinds::kept_by_both;
use crate::cases::name;
use crate::place::{Error, Place, TestResult};
use crate::samples::{id, new_slide, prediction};

kept_by_both! {
    results_of_ordered_cases_are_written_down_while_somebody_sends_them
    what_was_begun_is_followed_by_what_came_since
    what_is_signed_takes_the_place_of_what_was_not_begun
    messages_go_in_their_order_one_at_a_time_and_are_taken_over_from_who_is_silent
    what_was_settled_can_be_sent_again_unless_it_is_out_of_date
    nothing_of_a_patient_is_printed
}

fn until(seconds: i64) -> DateTime<Utc> {
    Utc::now() + TimeDelta::seconds(seconds)
}

async fn messages(catalog: &Catalog) -> Result<Vec<ResultsMessage>, CatalogError> {
    let page = ResultsPage {
        state: None,
        limit: 100,
    };
    let mut messages = catalog.results_messages(page).await?;
    messages.reverse();
    Ok(messages)
}

/// By state and version, the oldest first.
async fn listed(catalog: &Catalog) -> Result<Vec<(ResultsState, u32)>, CatalogError> {
    let messages = messages(catalog).await?.into_iter();
    let listed = messages.map(|message| (message.state, message.version.unwrap_or_default()));
    Ok(listed.collect())
}

/// The next one, however new it is.
async fn claimed(catalog: &Catalog) -> Result<Option<DueResults>, CatalogError> {
    catalog
        .claim_results(Utc::now(), until(60), until(60))
        .await
}

async fn order(catalog: &Catalog, accession: &str) -> Result<CaseId, Error> {
    let order = NewOrder {
        accession: name(accession)?,
        patient: name("CANARY-P")?,
        specimen: None,
        part: None,
        block: None,
        stain: None,
        task: None,
        priority: Priority::Routine,
    };
    let sender = OrderSender {
        name: "lis".to_owned(),
        idempotency_key: None,
    };
    catalog.place_order(&order, &sender).await?;
    let case = catalog.case_of_accession(&order.accession).await?;
    Ok(case.ok_or("a case")?.id)
}

async fn put(catalog: &Catalog, n: u8, case: CaseId) -> Result<(), CatalogError> {
    let place = SlidePlace {
        case,
        part: None,
        block: None,
        stain: None,
    };
    catalog.put_in_case("lis", id(n), &place).await
}

/// A slide of the case with a result.
async fn scored(catalog: &Catalog, n: u8, case: CaseId) -> TestResult {
    catalog.register(new_slide(n)).await?;
    put(catalog, n, case).await?;
    Ok(catalog
        .record_prediction(id(n), &prediction(n, "1.0.0", 0.5)?)
        .await?)
}

async fn signed(catalog: &Catalog, case: CaseId, version: u32) -> TestResult {
    let signed = NewSignOff {
        case,
        version,
        signer: "Dr. Gram".to_owned(),
        body: json!({}),
    };
    assert!(catalog.add_sign_off(&signed).await?);
    Ok(())
}

async fn results_of_ordered_cases_are_written_down_while_somebody_sends_them(
    place: Place,
) -> TestResult {
    let catalog = place.open().await?;
    let unwanted = order(&catalog, "S-0").await?;
    scored(&catalog, 9, unwanted).await?;
    signed(&catalog, unwanted, 1).await?;
    assert!(messages(&catalog).await?.is_empty(), "nobody sends");

    catalog.want_results(until(3_600)).await?;
    catalog.want_results(until(60)).await?;
    let unordered = catalog.open_case(&name("S-1")?, None).await?.id;
    scored(&catalog, 1, unordered).await?;
    assert!(messages(&catalog).await?.is_empty(), "nobody ordered it");

    // A case, its order, its slides and their results come in any order.
    order(&catalog, "S-1").await?;
    let of_order = messages(&catalog).await?;
    assert_eq!(of_order.len(), 1);
    assert_eq!((of_order[0].case, of_order[0].version), (unordered, None));
    let moved = order(&catalog, "S-2").await?;
    put(&catalog, 1, moved).await?;
    let messages_then = messages(&catalog).await?;
    let cases: BTreeSet<_> = messages_then.iter().map(|m| m.case).collect();
    assert_eq!(cases, BTreeSet::from([unordered, moved]));

    // What waits tells of all there is when it is sent.
    scored(&catalog, 2, moved).await?;
    let second = prediction(2, "2.0.0", 0.1)?;
    catalog.record_prediction(id(2), &second).await?;
    catalog.record_prediction(id(2), &second).await?;
    assert_eq!(messages(&catalog).await?.len(), 2);
    Ok(())
}

async fn what_was_begun_is_followed_by_what_came_since(place: Place) -> TestResult {
    let catalog = place.open().await?;
    catalog.want_results(until(3_600)).await?;
    let case = order(&catalog, "S-1").await?;
    scored(&catalog, 1, case).await?;
    let due = claimed(&catalog).await?.ok_or("a message")?;
    scored(&catalog, 2, case).await?;
    assert_eq!(messages(&catalog).await?.len(), 2, "claimed is begun");
    scored(&catalog, 3, case).await?;
    assert_eq!(messages(&catalog).await?.len(), 2);
    assert!(catalog.begin_results("hl7", &due, "CANARY").await?);
    catalog
        .settle_results(&due, &ResultsSettled::Unreached(until(60), "away"))
        .await?;
    let first = messages(&catalog).await?.remove(0);
    assert_eq!(first.body.as_deref(), Some("CANARY"));
    assert_eq!(
        (first.n_attempts, first.last_error.as_deref()),
        (0, Some("away"))
    );
    let trail = catalog.audit_trail(None, 100).await?;
    let sent = trail.iter().filter(|row| row.action == "results_sent");
    assert_eq!(sent.count(), 1);
    Ok(())
}

async fn what_is_signed_takes_the_place_of_what_was_not_begun(place: Place) -> TestResult {
    use ResultsState::{Pending, Superseded};
    let catalog = place.open().await?;
    catalog.want_results(until(3_600)).await?;
    let case = order(&catalog, "S-1").await?;
    scored(&catalog, 1, case).await?;
    signed(&catalog, case, 1).await?;
    assert_eq!(listed(&catalog).await?, [(Superseded, 0), (Pending, 1)]);
    scored(&catalog, 2, case).await?;
    assert_eq!(
        listed(&catalog).await?.len(),
        2,
        "what comes later is not told"
    );
    signed(&catalog, case, 2).await?;
    let all = [(Superseded, 0), (Pending, 1), (Pending, 2)];
    assert_eq!(listed(&catalog).await?, all);

    let begun = order(&catalog, "S-2").await?;
    scored(&catalog, 3, begun).await?;
    for _ in 0..2 {
        let due = claimed(&catalog).await?.ok_or("a message")?;
        catalog
            .settle_results(&due, &ResultsSettled::Delivered)
            .await?;
    }
    let due = claimed(&catalog).await?.ok_or("a message")?;
    assert_eq!((due.message.case, due.message.version), (begun, None));
    signed(&catalog, begun, 1).await?;
    let listed = listed(&catalog).await?;
    assert_eq!(listed[3..], [(Pending, 0), (Pending, 1)], "{listed:?}");
    Ok(())
}

async fn messages_go_in_their_order_one_at_a_time_and_are_taken_over_from_who_is_silent(
    place: Place,
) -> TestResult {
    let catalogs = [place.open().await?, place.open().await?];
    let catalog = &catalogs[0];
    catalog.want_results(until(3_600)).await?;
    for (n, accession) in [(1, "S-1"), (2, "S-2")] {
        let case = order(catalog, accession).await?;
        scored(catalog, n, case).await?;
        tokio::time::sleep(std::time::Duration::from_millis(3)).await;
    }
    let [first, second] = [0, 1].map(|n| async move { messages(catalog).await.map(|m| m[n].id) });
    let (first, second) = (first.await?, second.await?);
    let just_now = Utc::now();
    let gathering = catalog
        .claim_results(just_now, until(-60), until(60))
        .await?;
    assert!(gathering.is_none(), "it waits for more of its case");

    let mut takers = JoinSet::new();
    for n in 0..8 {
        let catalog = catalogs[n % 2].clone();
        takers.spawn(async move { claimed(&catalog).await });
    }
    let mut taken = Vec::new();
    for due in takers.join_all().await {
        taken.extend(due?);
    }
    assert_eq!(taken.len(), 1);
    assert_eq!(taken[0].message.id, first);

    // Its process died.
    let later = until(61);
    let again = catalogs[1].claim_results(later, later, until(120)).await?;
    let again = again.ok_or("a message")?;
    assert_eq!(again.message.id, first);
    assert!(!catalog.begin_results("hl7", &taken[0], "late").await?);
    catalog
        .settle_results(&taken[0], &ResultsSettled::Delivered)
        .await?;
    assert_eq!(messages(catalog).await?[0].state, ResultsState::Pending);

    // What is to be tried again holds up what comes after it.
    let pause = ResultsSettled::Unanswered(until(600), "no answer");
    catalog.settle_results(&again, &pause).await?;
    assert!(claimed(catalog).await?.is_none());
    let later = until(601);
    let last = catalog.claim_results(later, later, until(700)).await?;
    let last = last.ok_or("a message")?;
    assert_eq!((last.message.id, last.message.n_unanswered), (first, 1));
    let failed = ResultsSettled::Failed("AE: no".to_owned());
    catalog.settle_results(&last, &failed).await?;
    let next = claimed(catalog).await?.ok_or("a message")?;
    assert_eq!(next.message.id, second);
    Ok(())
}

async fn what_was_settled_can_be_sent_again_unless_it_is_out_of_date(place: Place) -> TestResult {
    let catalog = place.open().await?;
    catalog.want_results(until(3_600)).await?;
    let case = order(&catalog, "S-1").await?;
    scored(&catalog, 1, case).await?;
    let due = claimed(&catalog).await?.ok_or("a message")?;
    let message = due.message.id;
    assert!(!catalog.replay_results("admin", message).await?, "it waits");
    assert!(catalog.begin_results("hl7", &due, "body").await?);
    let failed = ResultsSettled::Failed("AE: no such patient".to_owned());
    catalog.settle_results(&due, &failed).await?;
    let failed = messages(&catalog).await?.remove(0);
    assert_eq!((failed.state, failed.n_attempts), (ResultsState::Failed, 1));
    assert_eq!(failed.last_error.as_deref(), Some("AE: no such patient"));

    assert!(catalog.replay_results("admin", message).await?);
    let due = claimed(&catalog).await?.ok_or("a message")?;
    assert_eq!(
        (due.message.id, due.message.body.as_deref()),
        (message, Some("body"))
    );
    assert_eq!(due.message.n_attempts, 0);
    catalog
        .settle_results(&due, &ResultsSettled::Delivered)
        .await?;
    assert_eq!(catalog.forget_results_messages(until(-60)).await?, 0);

    signed(&catalog, case, 1).await?;
    assert!(
        !catalog.replay_results("admin", message).await?,
        "newer is out"
    );
    let due = claimed(&catalog).await?.ok_or("a message")?;
    catalog
        .settle_results(&due, &ResultsSettled::Delivered)
        .await?;
    assert!(catalog.replay_results("admin", due.message.id).await?);
    assert_eq!(catalog.forget_results_messages(until(60)).await?, 1);
    let kept = messages(&catalog).await?;
    assert_eq!(kept.len(), 1, "what waits is kept");
    let trail = catalog.audit_trail(None, 100).await?;
    let replayed = trail.iter().filter(|row| row.action == "results_replayed");
    assert_eq!(replayed.count(), 2);
    Ok(())
}

async fn nothing_of_a_patient_is_printed(place: Place) -> TestResult {
    let catalog = place.open().await?;
    catalog.want_results(until(3_600)).await?;
    let case = order(&catalog, "CANARY-S").await?;
    scored(&catalog, 1, case).await?;
    let due = claimed(&catalog).await?.ok_or("a message")?;
    assert!(catalog.begin_results("hl7", &due, "PID|CANARY").await?);
    let failed = ResultsSettled::Failed("AE: CANARY".to_owned());
    catalog.settle_results(&due, &failed).await?;
    assert!(!format!("{:?} {due:?}", messages(&catalog).await?).contains("CANARY"));
    let trail = catalog.audit_trail(None, 100).await?;
    assert!(!format!("{trail:?}").contains("CANARY"));
    Ok(())
}
