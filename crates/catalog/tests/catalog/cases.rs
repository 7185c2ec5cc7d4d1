//! What the catalog promises about cases, orders and which slides belong to them.

use coverslip_catalog::{
    CasePage, CaseStanding, Catalog, CatalogError, NewOrder, OrderConflict, OrderSender, Placed,
    Priority, PrivateName, SlidePlace,
};
use flow::{CaseId, OrderId, SlideStatus, Urgency};
use tokio::task::JoinSet;

use crate::both_kinds::kept_by_both;
use crate::place::{Error, Place, TestResult};
use crate::samples::{id, new_slide};

kept_by_both! {
    the_same_order_is_one_however_often_it_comes
    another_order_under_the_same_key_is_refused
    an_accession_belongs_to_one_patient
    what_others_know_by_their_own_names_is_found
    of_many_who_place_one_order_one_is_the_first
    a_slide_is_in_one_case_and_can_be_moved
    cases_are_listed_newest_first_and_found_by_their_accession
    who_shall_read_a_case_is_noted
    a_slide_is_as_urgent_as_what_was_ordered_of_its_case
    the_case_revision_grows_with_every_change_of_cases
    nothing_of_a_patient_is_printed
}

pub(crate) fn name(text: &str) -> Result<PrivateName, Error> {
    Ok(PrivateName::new(text)?)
}

fn order(accession: &str, block: &str) -> Result<NewOrder, Error> {
    Ok(NewOrder {
        accession: name(accession)?,
        patient: name("P-77")?,
        specimen: None,
        part: Some(name("A")?),
        block: Some(name(block)?),
        stain: Some(name("H&E")?),
        task: Some("phantom-tumour".parse()?),
        priority: Priority::Urgent,
    })
}

fn sender(key: Option<&str>) -> OrderSender {
    OrderSender {
        name: "lis".to_owned(),
        idempotency_key: key.map(str::to_owned),
    }
}

async fn placed(
    catalog: &Catalog,
    order: &NewOrder,
    key: Option<&str>,
) -> Result<Placed, CatalogError> {
    catalog.place_order(order, &sender(key)).await
}

async fn what_others_know_by_their_own_names_is_found(place: Place) -> TestResult {
    let catalog = place.open().await?;
    let Placed::New(placed) = placed(&catalog, &order("S26-1", "A1")?, Some("lis|1")).await? else {
        return Err("the first one is new".into());
    };
    assert_eq!(catalog.order(placed.id).await?.as_ref(), Some(&placed));
    assert_eq!(
        catalog.orders_under_key("lis|1").await?,
        std::slice::from_ref(&placed)
    );
    assert!(catalog.orders_under_key("lis|2").await?.is_empty());
    assert_eq!(catalog.order(OrderId::from_bytes([7; 16])).await?, None);
    let case = catalog.known_case(placed.case).await?;
    let found = catalog.case_of_accession(&name("S26-1")?).await?;
    assert_eq!(found.as_ref(), Some(&case));
    assert_eq!(catalog.case_of_accession(&name("S26")?).await?, None);
    assert_eq!(catalog.cases_of_patient(&name("P-77")?).await?, [case]);
    assert!(catalog.cases_of_patient(&name("P-7")?).await?.is_empty());
    Ok(())
}

async fn the_same_order_is_one_however_often_it_comes(place: Place) -> TestResult {
    let catalog = place.open().await?;
    let order = order("S26-1", "A1")?;
    let Placed::New(first) = placed(&catalog, &order, Some("k1")).await? else {
        return Err("the first one is new".into());
    };
    for key in [Some("k1"), Some("k2"), None] {
        let again = placed(&catalog, &order, key).await?;
        let Placed::Known(known) = again else {
            return Err(format!("{key:?} gave {again:?}").into());
        };
        assert_eq!((known.id, known.case), (first.id, first.case));
    }
    drop(catalog);
    let catalog = place.open().await?;
    let listed = catalog.orders(None, 10).await?;
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].order, order);
    assert_eq!(listed, catalog.orders_of_case(first.case).await?);
    assert!(catalog.orders(Some(first.id), 10).await?.is_empty());
    Ok(())
}

async fn another_order_under_the_same_key_is_refused(place: Place) -> TestResult {
    let catalog = place.open().await?;
    let first = order("S26-1", "A1")?;
    placed(&catalog, &first, Some("k1")).await?;
    let other = placed(&catalog, &order("S26-1", "A2")?, Some("k1")).await?;
    assert_eq!(other, Placed::Refused(OrderConflict::OtherUnderKey));
    let hurried = NewOrder {
        priority: Priority::Stat,
        ..first.clone()
    };
    let refused = placed(&catalog, &hurried, Some("k2")).await?;
    assert_eq!(refused, Placed::Refused(OrderConflict::OtherPriority));
    let theirs = OrderSender {
        name: "another lis".to_owned(),
        ..sender(Some("k1"))
    };
    let theirs = catalog.place_order(&order("S26-2", "A2")?, &theirs).await?;
    assert!(
        matches!(theirs, Placed::New(_)),
        "keys are each sender's own"
    );
    assert_eq!(catalog.orders(None, 10).await?.len(), 2);
    Ok(())
}

async fn an_accession_belongs_to_one_patient(place: Place) -> TestResult {
    let catalog = place.open().await?;
    let without = catalog.open_case(&name("S26-1")?, None).await?;
    assert_eq!(without.patient, None);
    placed(&catalog, &order("S26-1", "A1")?, None).await?;
    let known = catalog.known_case(without.id).await?;
    assert_eq!(known.patient, Some(name("P-77")?));
    for block in ["A1", "A2"] {
        let stranger = NewOrder {
            patient: name("P-78")?,
            ..order("S26-1", block)?
        };
        let refused = placed(&catalog, &stranger, None).await?;
        assert_eq!(
            refused,
            Placed::Refused(OrderConflict::OtherPatient),
            "{block}"
        );
    }
    assert_eq!(catalog.known_case(without.id).await?, known);
    Ok(())
}

async fn of_many_who_place_one_order_one_is_the_first(place: Place) -> TestResult {
    let catalogs = [place.open().await?, place.open().await?];
    let order = order("S26-1", "A1")?;
    let mut senders = JoinSet::new();
    for n in 0..16 {
        let (catalog, order) = (catalogs[n % 2].clone(), order.clone());
        senders.spawn(async move { placed(&catalog, &order, Some("k")).await });
    }
    let mut n_new = 0;
    for answer in senders.join_all().await {
        match answer? {
            Placed::New(_) => n_new += 1,
            Placed::Known(_) => (),
            Placed::Refused(why) => return Err(format!("{why:?}").into()),
        }
    }
    assert_eq!(n_new, 1);
    assert_eq!(catalogs[0].orders(None, 10).await?.len(), 1);
    Ok(())
}

async fn a_slide_is_in_one_case_and_can_be_moved(place: Place) -> TestResult {
    let catalog = place.open().await?;
    let first = catalog.open_case(&name("S26-1")?, None).await?.id;
    let second = catalog.open_case(&name("S26-2")?, None).await?.id;
    let at = |case| SlidePlace {
        case,
        part: None,
        block: PrivateName::new("A1").ok(),
        stain: PrivateName::new("H&E").ok(),
    };
    let unknown = catalog.put_in_case("the lis", id(1), &at(first)).await;
    assert!(matches!(unknown, Err(CatalogError::UnknownSlide { .. })));
    catalog.register(new_slide(1)).await?;
    assert_eq!(catalog.known_slide(id(1)).await?.place, None);
    let nowhere = CaseId::from_bytes([9; 16]);
    let unknown = catalog.put_in_case("the lis", id(1), &at(nowhere)).await;
    assert!(matches!(unknown, Err(CatalogError::UnknownCase { .. })));
    for case in [first, second] {
        catalog.put_in_case("the lis", id(1), &at(case)).await?;
        assert_eq!(catalog.known_slide(id(1)).await?.place, Some(at(case)));
    }
    assert!(catalog.slides_of_case(first).await?.is_empty());
    let there = catalog.slides_of_case(second).await?;
    assert_eq!(there, [catalog.known_slide(id(1)).await?]);
    Ok(())
}

async fn cases_are_listed_newest_first_and_found_by_their_accession(place: Place) -> TestResult {
    let catalog = place.open().await?;
    for n in 0..12 {
        catalog
            .open_case(&name(&format!("S26-{n:02}"))?, None)
            .await?;
    }
    let mut seen = Vec::new();
    let mut after = None;
    loop {
        let page = CasePage {
            standing: CaseStanding::Open,
            after,
            limit: 5,
        };
        let page = catalog.cases(page).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.id);
        seen.extend(page);
    }
    assert_eq!(seen.len(), 12);
    assert!(seen.is_sorted_by(|a, b| (a.opened_at, a.id) > (b.opened_at, b.id)));
    let found = catalog.cases_by_accession(&name("s26-1")?, 10).await?;
    assert_eq!(found.len(), 2);
    let found = catalog.cases_by_accession(&name("S26-07")?, 10).await?;
    assert_eq!(found.len(), 1);
    for nothing in ["%", "S26_", "S26-001"] {
        let found = catalog.cases_by_accession(&name(nothing)?, 10).await?;
        assert!(found.is_empty(), "{nothing}");
    }
    Ok(())
}

async fn who_shall_read_a_case_is_noted(place: Place) -> TestResult {
    let catalog = place.open().await?;
    let case = catalog.open_case(&name("S26-1")?, None).await?.id;
    for assignee in [Some("Dr. Gram"), None] {
        catalog.assign_case("the lis", case, assignee).await?;
        assert_eq!(
            catalog.known_case(case).await?.assignee.as_deref(),
            assignee
        );
    }
    let unknown = catalog
        .assign_case("the lis", CaseId::from_bytes([9; 16]), None)
        .await;
    assert!(matches!(unknown, Err(CatalogError::UnknownCase { .. })));
    Ok(())
}

async fn the_case_revision_grows_with_every_change_of_cases(place: Place) -> TestResult {
    let (ours, theirs) = (place.open().await?, place.open().await?);
    theirs.register(new_slide(1)).await?;
    let mut seen = vec![ours.case_revision().await?];
    let case = theirs.open_case(&name("S26-1")?, None).await?.id;
    seen.push(ours.case_revision().await?);
    placed(&theirs, &order("S26-1", "A1")?, None).await?;
    seen.push(ours.case_revision().await?);
    let (part, block, stain) = (None, None, None);
    let at = SlidePlace {
        case,
        part,
        block,
        stain,
    };
    theirs.put_in_case("the lis", id(1), &at).await?;
    seen.push(ours.case_revision().await?);
    theirs
        .assign_case("the lis", case, Some("Dr. Gram"))
        .await?;
    seen.push(ours.case_revision().await?);
    assert!(seen.is_sorted_by(|a, b| a < b), "{seen:?}");
    let whole = ours.revision().await?;
    theirs.register(new_slide(2)).await?;
    assert_eq!(ours.case_revision().await?, seen[seen.len() - 1]);
    assert!(ours.revision().await? > whole);
    Ok(())
}

async fn nothing_of_a_patient_is_printed(place: Place) -> TestResult {
    let catalog = place.open().await?;
    let order = NewOrder {
        accession: name("CANARY-1")?,
        patient: name("CANARY-2")?,
        ..order("S26-1", "CANARY-3")?
    };
    let placed = placed(&catalog, &order, None).await?;
    let case = catalog.cases_by_accession(&name("CANARY-1")?, 1).await?;
    let printed = format!("{placed:?} {case:?} {order:?}");
    assert!(!printed.contains("CANARY"), "{printed}");
    Ok(())
}

async fn a_slide_is_as_urgent_as_what_was_ordered_of_its_case(place: Place) -> TestResult {
    let catalog = place.open().await?;
    for n in [1, 2] {
        catalog.register(new_slide(n)).await?;
    }
    let (slide, other) = (id(1), id(2));
    let routine = NewOrder {
        priority: Priority::Routine,
        ..order("S26-1", "A1")?
    };
    let Placed::New(row) = placed(&catalog, &routine, None).await? else {
        return Err("it is new".into());
    };
    let in_case = SlidePlace {
        case: row.case,
        part: None,
        block: None,
        stain: None,
    };
    catalog.put_in_case("the lis", slide, &in_case).await?;
    assert_eq!(catalog.urgency(slide).await?, Urgency::Routine);
    placed(&catalog, &order("S26-1", "A2")?, None).await?;
    assert_eq!(catalog.urgency(slide).await?, Urgency::Urgent);
    assert_eq!(catalog.urgency(other).await?, Urgency::Routine);
    assert_eq!(catalog.urgent_slides().await?, [slide].into());
    assert_eq!(catalog.slide_ids_of_case(row.case).await?, [slide]);
    catalog.set_status(slide, &SlideStatus::Scored).await?;
    assert!(catalog.urgent_slides().await?.is_empty());
    Ok(())
}
