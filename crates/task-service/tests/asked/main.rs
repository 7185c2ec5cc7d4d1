//! Services that answer well, badly, late or not at all.

use std::error::Error;
use std::time::{Duration, Instant};

use coverslip_task_service::{
    Job, ServiceConfig, ServiceError, ServiceKeys, SlideScale, TaskServices, conformance,
};
use egress::Egress;
use flow::{
    BagHeader, DeviceKind, EncoderRef, Instance, Mpp, PixelSize, Precision, Sha256Digest, SlideId,
};
use mil::{Scores, ServiceTask, ServiceTaskFile};
use serde_json::json;

mod service;

use service::{Manner, Service};

type Tested = Result<(), Box<dyn Error>>;

const DIMENSION: u32 = 4;

fn task(url: &str) -> Result<ServiceTask, Box<dyn Error>> {
    let encoder = Sha256Digest::of(b"encoder");
    let json = json!({
        "id": "partner-tumour",
        "version": "2.1.0",
        "encoder": { "name": "an encoder", "hash": encoder },
        "service": {
            "url": url,
            "takes": "bag",
            "timeout_s": 1,
            "model": { "name": "partner", "version": "2.1.0+7" },
        },
        "answers": { "kind": "detection", "negative": "normal", "positive": "tumour" },
        "threshold": 0.5,
        "regulatory_status": "research_use_only",
        "intended_use": "a test",
    });
    let file = ServiceTaskFile::parse(&serde_json::to_vec(&json)?)?;
    Ok(ServiceTask::new(file)?)
}

fn services(networks: &[&str], keys: ServiceKeys) -> Result<TaskServices, Box<dyn Error>> {
    let networks = networks.iter().map(|network| network.parse());
    let networks: Vec<egress::IpNet> = networks.collect::<Result<_, _>>()?;
    Ok(TaskServices::new(ServiceConfig {
        egress: Egress::allowing("--task-service-allow", networks),
        keys,
        pictures: None,
    })?)
}

fn here() -> Result<TaskServices, Box<dyn Error>> {
    services(&["127.0.0.0/8"], ServiceKeys::none())
}

/// A slide of two tiles.
async fn asked(services: &TaskServices, task: &ServiceTask) -> Result<Scores, ServiceError> {
    let digest = Sha256Digest::of(b"slide");
    let mpp = Mpp::new(0.5).expect("a resolution");
    let bag = BagHeader {
        slide: SlideId::from_digest(&digest),
        pyramid: digest,
        encoder: EncoderRef {
            name: "an encoder".to_owned(),
            hash: Sha256Digest::of(b"encoder"),
        },
        precision: Precision::F32,
        device: DeviceKind::Cpu,
        dimension: DIMENSION,
        mpp,
        untrained_mpp: None,
        encoder_terms: None,
        tile_um: 112.0,
        columns: 2,
        rows: 1,
        n_instances: 2,
        chunks: Vec::new(),
    };
    let at = |x_um| Instance { x_um, y_um: 0.0 };
    let job = Job {
        task,
        bag: &bag,
        scale: SlideScale {
            size: PixelSize::new(448, 224),
            mpp,
        },
        instances: &[at(0.0), at(112.0)],
        embeddings: &[0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 1.75],
        pictures: None,
    };
    let answer = services.predict(&job).await?;
    Ok(task.scores(&job.id(), &answer, 2)?)
}

#[tokio::test]
async fn a_good_answer_is_the_tasks() -> Tested {
    let service = Service::start(Manner::Good).await?;
    let (services, task) = (here()?, task(&service.url())?);
    let scores = asked(&services, &task).await?;
    assert_eq!((scores.probability, &*scores.call.label), (0.75, "tumour"));
    assert_eq!(scores.attention, [0.25, 0.75]);
    assert!(scores.tile_probability.is_empty());

    let requests = service.requests();
    let request = &requests[0];
    assert_eq!(request.json["takes"], "bag");
    assert_eq!(request.json["n_tiles"], 2);
    assert_eq!(request.json["model"]["version"], "2.1.0+7");
    assert_eq!(request.json["job"], request.idempotency_key.as_str());
    assert_eq!(request.tiles, [0, 0, 224, 224, 224, 0, 224, 224]);
    assert_eq!(request.embeddings.len(), 8);
    assert_eq!(request.authorization, None);
    Ok(())
}

#[tokio::test]
async fn what_is_wrong_is_named_and_final() -> Tested {
    for (manner, words) in [
        (Manner::FewerTiles, "`attention` has 1 values for 2 tiles"),
        (
            Manner::NotANumber,
            "`probabilities.tumour` is no JSON there",
        ),
        (
            Manner::OtherVersion,
            "`model.version` is `3`, not `2.1.0+7`",
        ),
        (Manner::SumsToTwo, "`probabilities` sum to 2.0000, not to 1"),
        (
            Manner::OtherAnswer,
            "`probabilities.cat` is no answer of the task",
        ),
        (Manner::Both, "`abstention` stands beside `probabilities`"),
        (Manner::Unknown, "unknown field `attention_weights`"),
        (Manner::Refuses, "refused the request with 422"),
        (Manner::TooLong, "is longer than"),
        (Manner::Says(302), "a redirect, and these are not followed"),
        (Manner::Says(204), "204 No Content where 200 was due"),
    ] {
        let service = Service::start(manner).await?;
        let answered = asked(&here()?, &task(&service.url())?).await;
        let error = answered.expect_err("it is wrong");
        let text = error.in_words();
        assert_eq!(text.matches(words).count(), 1, "{manner:?}: {text}");
        assert!(!error.is_passing(), "{manner:?}");
        assert_eq!(service.requests().len(), 1, "{manner:?}");
        assert_eq!(service.n_led_on(), 0);
    }
    Ok(())
}

#[tokio::test]
async fn what_passes_is_left_alone_for_a_moment() -> Tested {
    let service = Service::start(Manner::Says(503)).await?;
    let (services, task) = (here()?, task(&service.url())?);
    let error = asked(&services, &task).await.expect_err("it is busy");
    assert!(error.is_passing(), "{error}");
    service.change(Manner::Good);
    let paused = asked(&services, &task).await.expect_err("it is not asked");
    assert!(matches!(paused, ServiceError::Paused { .. }), "{paused}");
    assert_eq!(service.requests().len(), 1);
    // Others who share nothing with those who failed ask at once.
    assert_eq!(asked(&here()?, &task).await?.probability, 0.75);
    Ok(())
}

#[tokio::test]
async fn who_hangs_or_is_away_costs_no_more_than_the_time_it_has() -> Tested {
    let service = Service::start(Manner::Hangs).await?;
    let began = Instant::now();
    let error = asked(&here()?, &task(&service.url())?)
        .await
        .expect_err("late");
    assert!(
        matches!(error, ServiceError::TooLate { seconds: 1 }),
        "{error}"
    );
    assert!(began.elapsed() < Duration::from_secs(5));
    // Nobody listens on the discard port.
    let error = asked(&here()?, &task("http://127.0.0.1:9")?).await;
    assert!(error.expect_err("away").is_passing());
    Ok(())
}

#[tokio::test]
async fn our_own_network_is_asked_where_the_operator_allows_it_alone() -> Tested {
    let service = Service::start(Manner::Good).await?;
    for (networks, url) in [
        (&[][..], service.url()),
        (&["10.0.0.0/8"][..], service.url()),
        (
            &["10.0.0.0/8"][..],
            service.url().replace("127.0.0.1", "localhost"),
        ),
        (&[][..], "https://169.254.169.254".to_owned()),
    ] {
        let services = services(networks, ServiceKeys::none())?;
        let error = asked(&services, &task(&url)?).await.expect_err("forbidden");
        let is_forbidden = matches!(
            error,
            ServiceError::Url(_) | ServiceError::NotReached(egress::SendError::Forbidden)
        );
        assert!(is_forbidden, "{url}: {error:?}");
    }
    assert!(service.requests().is_empty());
    Ok(())
}

#[tokio::test]
async fn a_key_is_sent_from_its_file_and_shown_nowhere() -> Tested {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("partner-tumour");
    std::fs::write(&file, "sesame\n")?;
    let keys = ServiceKeys::in_folder(folder.path().to_owned());
    let services = services(&["127.0.0.0/8"], keys)?;
    let service = Service::start(Manner::Good).await?;
    let task = task(&service.url())?;
    asked(&services, &task).await?;
    let request = service.requests().remove(0);
    assert_eq!(request.authorization.as_deref(), Some("Bearer sesame"));
    std::fs::write(&file, "ses\name")?;
    let error = asked(&services, &task).await.expect_err("two lines");
    assert!(!format!("{error:?} {error}").contains("ses"), "{error:?}");
    Ok(())
}

#[tokio::test]
async fn a_conformance_run_says_what_is_wrong_in_words() -> Tested {
    let service = Service::start(Manner::Good).await?;
    let task = task(&service.url())?;
    let findings = conformance(&here()?, &task, None).await?;
    let wrong: Vec<_> = findings
        .iter()
        .filter(|one| one.problem.is_some())
        .collect();
    assert!(wrong.is_empty(), "{wrong:?}");
    assert_eq!(findings.len(), 6);

    for (manner, what, words) in [
        (
            Manner::OtherVersion,
            "its description",
            "`model.version` is not that of the task",
        ),
        (
            Manner::FewerTiles,
            "a bag of 300",
            "`attention` has 1 values for 300 tiles",
        ),
        (
            Manner::Fickle,
            "the same job again",
            "must have the same answer",
        ),
        (
            Manner::ReadsAnything,
            "a body that breaks off",
            "refuse what cannot be read",
        ),
    ] {
        service.change(manner);
        let findings = conformance(&here()?, &task, None).await?;
        let found = findings.iter().find(|one| one.what == what);
        let problem = found.and_then(|one| one.problem.as_deref());
        let problem = problem.ok_or_else(|| format!("{manner:?}: {findings:?}"))?;
        assert!(problem.contains(words), "{manner:?}: {problem}");
    }
    Ok(())
}
