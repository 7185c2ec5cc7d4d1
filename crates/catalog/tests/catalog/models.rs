//! What the catalog promises about models, their states, and what is said in shadow.

use coverslip_catalog::{
    Catalog, CatalogError, ChangeCause, Model, ModelMove, ModelRow, ModelState, ModelTarget,
    MoveRefusal, Moved, NewModel, NewModelEvaluation, RegisteredModel, Standing,
};
use flow::{EncoderRef, Prediction, Sha256Digest, TaskRef};
use serde_json::json;
use tokio::task::JoinSet;

use crate::both_kinds::kept_by_both;
use crate::place::{Error, Place, TestResult};
use crate::samples::{id, new_slide, prediction};

kept_by_both! {
    what_was_never_registered_is_shown_as_ever
    registering_changes_nothing_of_what_runs
    a_promotion_takes_the_last_evaluation_to_meet_the_criteria
    a_rollback_puts_back_what_was_active_before_and_hides_what_went
    a_task_is_not_shown_before_its_encoder_is
    of_many_who_promote_one_version_is_active
    what_is_said_in_shadow_is_no_result
    neither_models_nor_their_history_can_be_tampered_with
}

fn task(version: &str) -> Result<TaskRef, Error> {
    Ok(prediction(1, version, 0.5)?.task)
}

fn encoder() -> Sha256Digest {
    Sha256Digest::of(b"encoder")
}

fn model(version: &str) -> Result<NewModel, Error> {
    Ok(NewModel {
        model: Model::Task {
            task: task(version)?,
            encoder: Some(encoder()),
        },
        criteria: json!({ "figures": [] }),
    })
}

async fn registered(catalog: &Catalog, new: &NewModel) -> Result<ModelRow, Error> {
    match catalog.register_model("ada", new).await? {
        RegisteredModel::New(row) => Ok(row),
        other => Err(format!("{other:?}").into()),
    }
}

async fn moved(catalog: &Catalog, version: &str, to: ModelTarget) -> Result<Moved, Error> {
    let asked = ModelMove {
        model: task(version)?.hash,
        to,
        actor: "ada",
        reason: "a reason",
    };
    Ok(catalog.move_model(&asked).await?)
}

async fn evaluated(catalog: &Catalog, version: &str, unmet: Option<&str>) -> Result<u32, Error> {
    let new = NewModelEvaluation {
        model: task(version)?.hash,
        report: json!({ "n_slides": 40 }),
        verdict: json!({ "is_met": unmet.is_none() }),
        unmet: unmet.map(str::to_owned),
    };
    Ok(catalog.add_model_evaluation("ada", &new).await?)
}

/// Registered, evaluated and made active.
async fn promoted(catalog: &Catalog, version: &str) -> TestResult {
    registered(catalog, &model(version)?).await?;
    moved(catalog, version, ModelTarget::Shadow).await?;
    evaluated(catalog, version, None).await?;
    let done = moved(catalog, version, ModelTarget::Active).await?;
    assert!(matches!(done, Moved::Done(_)), "{done:?}");
    Ok(())
}

async fn state(catalog: &Catalog, version: &str) -> Result<ModelState, Error> {
    Ok(catalog.model(task(version)?.hash).await?.state)
}

async fn shown(catalog: &Catalog) -> Result<Vec<Prediction>, CatalogError> {
    catalog.predictions(id(1)).await
}

async fn what_was_never_registered_is_shown_as_ever(place: Place) -> TestResult {
    let catalog = place.open().await?;
    catalog.register(new_slide(1)).await?;
    let [old, new] = [prediction(1, "1.0.0", 0.2)?, prediction(1, "1.1.0", 0.9)?];
    for result in [&old, &new] {
        catalog.record_prediction(id(1), result).await?;
    }
    let standings = catalog.model_standings().await?;
    assert_eq!(standings.of(&old.task, encoder()), Standing::Shown);
    assert!(!standings.is_governed(&old.task.id));
    assert_eq!(shown(&catalog).await?, [new, old]);
    let unknown = catalog.model(task("1.0.0")?.hash).await;
    assert!(matches!(unknown, Err(CatalogError::UnknownModel { .. })));
    Ok(())
}

async fn registering_changes_nothing_of_what_runs(place: Place) -> TestResult {
    let catalog = place.open().await?;
    let [one, two, three] = ["1.0.0", "1.1.0", "1.2.0"].map(task);
    let (one, two, three) = (one?, two?, three?);
    catalog
        .audit_tasks("score", &[one.clone(), two.clone()], &[])
        .await?;
    let row = registered(&catalog, &model("1.2.0")?).await?;
    assert_eq!(row.state, ModelState::Draft);
    assert_eq!(state(&catalog, "1.0.0").await?, ModelState::Retired);
    assert_eq!(state(&catalog, "1.1.0").await?, ModelState::Active);
    let changes = catalog.model_changes(two.hash).await?;
    assert_eq!(changes[0].cause, ChangeCause::Adopted);
    let standings = catalog.model_standings().await?;
    let of = |task: &TaskRef| standings.of(task, encoder());
    assert_eq!(
        [of(&one), of(&two), of(&three)],
        [Standing::Off, Standing::Shown, Standing::Off]
    );
    let dropped_in = task("9.9.9")?;
    assert_eq!(of(&dropped_in), Standing::Off, "it was not registered");

    let again = catalog.register_model("bob", &model("1.2.0")?).await?;
    assert_eq!(again, RegisteredModel::Known(row));
    let other = NewModel {
        model: Model::Task {
            task: TaskRef {
                hash: Sha256Digest::of(b"other weights"),
                ..three
            },
            encoder: None,
        },
        ..model("1.2.0")?
    };
    let refused = catalog.register_model("ada", &other).await?;
    assert_eq!(refused, RegisteredModel::OtherOfThisVersion);
    Ok(())
}

async fn a_promotion_takes_the_last_evaluation_to_meet_the_criteria(place: Place) -> TestResult {
    let catalog = place.open().await?;
    registered(&catalog, &model("1.0.0")?).await?;
    let refusal = |moved| match moved {
        Moved::Refused(refusal) => Ok(refusal),
        Moved::Done(row) => Err(Error::from(format!("{row:?}"))),
    };
    let early = moved(&catalog, "1.0.0", ModelTarget::Active).await?;
    assert!(matches!(refusal(early)?, MoveRefusal::NoWay { .. }));
    moved(&catalog, "1.0.0", ModelTarget::Shadow).await?;
    let unevaluated = moved(&catalog, "1.0.0", ModelTarget::Active).await?;
    assert_eq!(refusal(unevaluated)?, MoveRefusal::NoEvaluation);
    assert_eq!(evaluated(&catalog, "1.0.0", None).await?, 1);
    assert_eq!(evaluated(&catalog, "1.0.0", Some("auc is low")).await?, 2);
    let poor = refusal(moved(&catalog, "1.0.0", ModelTarget::Active).await?)?;
    assert!(
        poor.to_string().contains("(2)") && poor.to_string().contains("auc is low"),
        "{poor}"
    );
    evaluated(&catalog, "1.0.0", None).await?;
    let done = moved(&catalog, "1.0.0", ModelTarget::Active).await?;
    assert!(matches!(done, Moved::Done(row) if row.state == ModelState::Active));
    let changes = catalog.model_changes(task("1.0.0")?.hash).await?;
    let last = changes.last().ok_or("a change")?;
    assert_eq!((last.evaluation, last.actor.as_str()), (Some(3), "ada"));
    assert_eq!(last.reason.as_deref(), Some("a reason"));
    let trail = catalog.audit_trail(None, 1).await?;
    assert_eq!(trail[0].action, "model_changed");
    assert_eq!(trail[0].detail["to"], "active");
    let unknown = ModelMove {
        model: Sha256Digest::of(b"nothing"),
        to: ModelTarget::Shadow,
        actor: "ada",
        reason: "",
    };
    let unknown = catalog.move_model(&unknown).await;
    assert!(matches!(unknown, Err(CatalogError::UnknownModel { .. })));
    Ok(())
}

async fn a_rollback_puts_back_what_was_active_before_and_hides_what_went(
    place: Place,
) -> TestResult {
    let catalog = place.open().await?;
    catalog.register(new_slide(1)).await?;
    let [one, two] = [prediction(1, "1.0.0", 0.2)?, prediction(1, "2.0.0", 0.9)?];
    catalog
        .audit_tasks("score", std::slice::from_ref(&one.task), &[])
        .await?;
    catalog.record_prediction(id(1), &one).await?;
    let before = catalog.case_revision().await?;
    promoted(&catalog, "2.0.0").await?;
    assert!(catalog.case_revision().await? > before, "viewers are told");
    assert_eq!(state(&catalog, "1.0.0").await?, ModelState::Retired);
    // What the one before said stands until the new one has answered, and behind it then.
    assert_eq!(shown(&catalog).await?, std::slice::from_ref(&one));
    catalog.record_prediction(id(1), &two).await?;
    assert_eq!(shown(&catalog).await?, [two.clone(), one.clone()]);
    promoted(&catalog, "3.0.0").await?;

    let back = |version| {
        let (catalog, hash) = (catalog.clone(), task(version).map(|task| task.hash));
        async move { Ok::<_, Error>(catalog.roll_back_model(hash?, "ada", "it fails").await?) }
    };
    let not_active = back("2.0.0").await?;
    assert!(matches!(
        not_active,
        Moved::Refused(MoveRefusal::NotActive { .. })
    ));
    let Moved::Done(now) = back("3.0.0").await? else {
        return Err("3.0.0 was not rolled back".into());
    };
    assert_eq!(now.model.version(), Some("2.0.0"));
    assert!(matches!(back("2.0.0").await?, Moved::Done(_)));
    assert_eq!(state(&catalog, "1.0.0").await?, ModelState::Active);
    assert_eq!(state(&catalog, "2.0.0").await?, ModelState::Shadow);
    assert_eq!(shown(&catalog).await?, std::slice::from_ref(&one));
    let recorded = catalog.predictions_of_all_models(id(1)).await?;
    assert_eq!(recorded, [two, one]);
    let none = back("1.0.0").await?;
    assert_eq!(none, Moved::Refused(MoveRefusal::NothingBefore));
    let history = catalog.model_changes(task("2.0.0")?.hash).await?;
    assert_eq!(
        history.last().map(|c| c.cause),
        Some(ChangeCause::RolledBack)
    );
    assert!(catalog.verify_audit(None).await?.fault.is_none());
    Ok(())
}

async fn a_task_is_not_shown_before_its_encoder_is(place: Place) -> TestResult {
    let catalog = place.open().await?;
    let of_encoder = NewModel {
        model: Model::Encoder(EncoderRef {
            name: "encoder".to_owned(),
            hash: encoder(),
        }),
        criteria: json!({ "figures": [] }),
    };
    assert_eq!(
        registered(&catalog, &of_encoder).await?.state,
        ModelState::Draft
    );
    registered(&catalog, &model("1.0.0")?).await?;
    moved(&catalog, "1.0.0", ModelTarget::Shadow).await?;
    evaluated(&catalog, "1.0.0", None).await?;
    let early = moved(&catalog, "1.0.0", ModelTarget::Active).await?;
    assert!(matches!(
        early,
        Moved::Refused(MoveRefusal::EncoderNotActive {
            state: ModelState::Draft,
            ..
        })
    ));
    let standings = catalog.model_standings().await?;
    assert_eq!(standings.of(&task("1.0.0")?, encoder()), Standing::Off);
    let refused = catalog.roll_back_model(encoder(), "ada", "").await?;
    assert_eq!(refused, Moved::Refused(MoveRefusal::NotATask));
    Ok(())
}

async fn of_many_who_promote_one_version_is_active(place: Place) -> TestResult {
    let catalogs = [place.open().await?, place.open().await?];
    let versions = ["1.0.0", "2.0.0", "3.0.0", "4.0.0"];
    for version in versions {
        registered(&catalogs[0], &model(version)?).await?;
        moved(&catalogs[0], version, ModelTarget::Shadow).await?;
        evaluated(&catalogs[0], version, None).await?;
    }
    let mut promoting = JoinSet::new();
    for (n, version) in versions.into_iter().enumerate() {
        let (catalog, hash) = (catalogs[n % 2].clone(), task(version)?.hash);
        promoting.spawn(async move {
            let asked = ModelMove {
                model: hash,
                to: ModelTarget::Active,
                actor: "ada",
                reason: "",
            };
            catalog.move_model(&asked).await
        });
    }
    for moved in promoting.join_all().await {
        assert!(matches!(moved?, Moved::Done(_)));
    }
    let models = catalogs[1].models().await?;
    let n_active = models.iter().filter(|row| row.state == ModelState::Active);
    assert_eq!(n_active.count(), 1);
    Ok(())
}

async fn what_is_said_in_shadow_is_no_result(place: Place) -> TestResult {
    let catalog = place.open().await?;
    catalog.register(new_slide(1)).await?;
    let [one, two] = [prediction(1, "1.0.0", 0.2)?, prediction(1, "2.0.0", 0.9)?];
    catalog.record_prediction(id(1), &one).await?;
    let before = catalog.revision().await?;
    for _ in 0..2 {
        catalog.record_shadow_result(id(1), &two).await?;
    }
    assert_eq!(
        catalog.revision().await?,
        before,
        "nobody who watches sees it"
    );
    assert_eq!(shown(&catalog).await?, std::slice::from_ref(&one));
    assert_eq!(
        catalog.shadow_results(id(1)).await?,
        std::slice::from_ref(&two)
    );
    assert_eq!(catalog.n_shadow_slides(two.task.hash).await?, 1);
    let compared = catalog
        .shadow_and_shown(two.task.hash, one.task.hash, None, 9)
        .await?;
    assert_eq!((&compared[0].shown, &compared[0].shadow), (&one, &two));
    let after = compared[0].shadow.slide;
    let rest = catalog
        .shadow_and_shown(two.task.hash, one.task.hash, Some(after), 9)
        .await?;
    assert_eq!(rest, []);
    let trail = catalog.audit_trail(None, 9).await?;
    let noted = trail.iter().filter(|row| row.action == "shadow_recorded");
    assert_eq!(noted.count(), 1);
    let unknown = catalog
        .record_shadow_result(id(9), &prediction(9, "2.0.0", 0.9)?)
        .await;
    assert!(matches!(unknown, Err(CatalogError::UnknownSlide { .. })));
    Ok(())
}

async fn neither_models_nor_their_history_can_be_tampered_with(place: Place) -> TestResult {
    let catalog = place.open().await?;
    registered(&catalog, &model("1.0.0")?).await?;
    evaluated(&catalog, "1.0.0", Some("poor")).await?;
    for statement in [
        "UPDATE models SET state = 'active'",
        "UPDATE models SET criteria = '{}'",
        "DELETE FROM models",
        "UPDATE model_evaluations SET unmet = NULL",
        "DELETE FROM model_evaluations",
        "UPDATE model_changes SET actor = 'nobody'",
        "DELETE FROM model_changes",
    ] {
        let refused = place.execute(statement).await;
        let is_refused = refused.is_err_and(|error| error.to_string().contains("never"));
        assert!(is_refused, "{statement}");
    }
    assert_eq!(state(&catalog, "1.0.0").await?, ModelState::Draft);
    Ok(())
}
