//! A store and catalog in a temporary folder, the router over them, and those who ask.

use std::error::Error;

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use catalog::{
    Catalog, Finding, NewReview, NewSignOff, NewSlide, Opinion, OverrideReason, PrivateName,
    PrivateRemark, Role, SeenResult, SlidePlace,
};
use coverslip_fhir::{FhirState, router};
use flow::{
    Abstention, Call, CaseId, DeviceKind, EncoderRef, Grade, Prediction, RegulatoryStatus,
    Sha256Digest, SlideId, TaskRef,
};
use http::{AccessControl, FirstReadRule, Protected, Transport, protect};
use queue::Queue;
use reading::SignedBody;
use serde_json::{Value, json};
use store::Store;
use tempfile::TempDir;
use tower::ServiceExt;

pub(crate) type Failure = Box<dyn Error>;
pub(crate) type Tested = Result<(), Failure>;

pub(crate) const ACCESSION: &str = "CANARY-S26-1";
pub(crate) const PATIENT: &str = "CANARY-P-1";

pub(crate) struct Lab {
    _folder: TempDir,
    pub(crate) catalog: Catalog,
    access: AccessControl,
    app: Protected,
}

pub(crate) struct Answered {
    pub(crate) status: StatusCode,
    pub(crate) content_type: String,
    pub(crate) body: Value,
}

impl Lab {
    pub(crate) async fn open() -> Result<Self, Failure> {
        Self::with_rule(FirstReadRule::Off).await
    }

    pub(crate) async fn with_rule(rule: FirstReadRule) -> Result<Self, Failure> {
        let folder = tempfile::tempdir()?;
        let store = Store::local(&folder.path().join("objects"))?;
        let catalog = Catalog::open(&folder.path().join("catalog.sqlite")).await?;
        let access = AccessControl::new(catalog.clone(), Transport::Http);
        let state = FhirState::new(store, catalog.clone(), Queue::in_process()).reading_first(rule);
        Ok(Self {
            _folder: folder,
            app: protect(router(state), access.clone()),
            catalog,
            access,
        })
    }

    pub(crate) async fn get(&self, role: Role, path: &str) -> Result<Answered, Failure> {
        self.ask(role, "GET", path, &[], String::new()).await
    }

    /// Something that must be there.
    pub(crate) async fn read(&self, path: &str) -> Result<Value, Failure> {
        let answered = self.get(Role::Lis, path).await?;
        assert_eq!(answered.status, StatusCode::OK, "{path}: {}", answered.body);
        Ok(answered.body)
    }

    /// What a search finds.
    pub(crate) async fn found(&self, role: Role, path: &str) -> Result<Vec<Value>, Failure> {
        let bundle = self.get(role, path).await?.body;
        let entries = bundle["entry"].as_array().cloned().unwrap_or_default();
        let matches = entries
            .into_iter()
            .filter(|e| e["search"]["mode"] == "match");
        Ok(matches.map(|mut entry| entry["resource"].take()).collect())
    }

    pub(crate) async fn send(
        &self,
        headers: &[(&str, &str)],
        order: &Value,
    ) -> Result<Answered, Failure> {
        let path = "/fhir/R4/ServiceRequest";
        let headers: Vec<_> = [("content-type", "application/fhir+json")]
            .iter()
            .chain(headers)
            .copied()
            .collect();
        self.ask(Role::Lis, "POST", path, &headers, order.to_string())
            .await
    }

    pub(crate) async fn ask(
        &self,
        role: Role,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: String,
    ) -> Result<Answered, Failure> {
        let token = self.access.issue_token(role.name(), &[role]).await?;
        let bearer = format!("Bearer {}", token.reveal());
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers.iter().chain(&[("authorization", bearer.as_str())]) {
            request = request.header(*name, *value);
        }
        self.answered(request.body(Body::from(body))?).await
    }

    pub(crate) async fn answered(&self, request: Request<Body>) -> Result<Answered, Failure> {
        let response = self.app.clone().oneshot(request).await?;
        let content_type = response.headers().get("content-type");
        let content_type = content_type.and_then(|kind| kind.to_str().ok());
        Ok(Answered {
            status: response.status(),
            content_type: content_type.unwrap_or_default().to_owned(),
            body: {
                let bytes = to_bytes(response.into_body(), 8 << 20).await?;
                serde_json::from_slice(&bytes).unwrap_or_default()
            },
        })
    }

    /// A slide of the case with a result.
    pub(crate) async fn scored(
        &self,
        bytes: &[u8],
        abstention: Option<Abstention>,
    ) -> Result<(CaseId, Prediction), Failure> {
        let digest = Sha256Digest::of(bytes);
        let slide = NewSlide {
            id: SlideId::from_digest(&digest),
            digest,
            n_bytes: bytes.len() as u64,
            file_name: None,
            mpp_override: None,
        };
        let id = slide.id;
        self.catalog.register(slide).await?;
        let (accession, patient) = (PrivateName::new(ACCESSION)?, PrivateName::new(PATIENT)?);
        let case = self.catalog.open_case(&accession, Some(&patient)).await?.id;
        let place = SlidePlace {
            case,
            part: Some(PrivateName::new("A")?),
            block: Some(PrivateName::new("A1")?),
            stain: Some(PrivateName::new("H&E")?),
        };
        self.catalog.put_in_case("the lis", id, &place).await?;
        let result = prediction(id, abstention)?;
        self.catalog.record_prediction(id, &result).await?;
        Ok((case, result))
    }

    /// A person overrides the result; the review's number.
    pub(crate) async fn overridden(
        &self,
        result: &Prediction,
        label: &str,
        amends: Option<u32>,
    ) -> Tested {
        let call = Call {
            label: label.to_owned(),
            is_positive: false,
        };
        let review = NewReview {
            slide: result.slide,
            reviewer: "Dr. Gram".to_owned(),
            opinion: Opinion::Override {
                result: SeenResult::of(result),
                finding: Finding { call, grade: None },
                reason: OverrideReason::FalsePositive,
                text: PrivateRemark::new("crush artefact")?,
            },
            amends,
        };
        self.catalog.add_review(&review).await?;
        Ok(())
    }

    /// A person signs the case with these slides, as it stands.
    pub(crate) async fn signed(&self, case: CaseId, slides: &[SlideId], version: u32) -> Tested {
        let body = SignedBody {
            seen: Sha256Digest::of(b"seen"),
            results: Vec::new(),
            slides: slides.to_vec(),
            unfinished: Vec::new(),
            statement: Some(PrivateRemark::new("No tumour.")?),
            despite_unfinished: None,
            amendment: (version > 1)
                .then(|| PrivateRemark::new("recounted"))
                .transpose()?,
        };
        let sign_off = NewSignOff {
            case,
            version,
            signer: "Dr. Gram".to_owned(),
            body: serde_json::to_value(body)?,
        };
        assert!(self.catalog.add_sign_off(&sign_off).await?);
        Ok(())
    }
}

pub(crate) fn order() -> Value {
    json!({
        "resourceType": "ServiceRequest",
        "status": "active",
        "intent": "order",
        "priority": "urgent",
        "identifier": [{ "system": "https://lis.example/orders", "value": "PLACER-1" }],
        "subject": { "identifier": { "value": PATIENT } },
        "specimen": [{ "reference": "#glass" }],
        "contained": [{
            "resourceType": "Specimen",
            "id": "glass",
            "accessionIdentifier": { "value": ACCESSION },
            "container": [{
                "type": { "coding": [{ "system": "http://snomed.info/sct", "code": "434464009" }] },
                "identifier": [{ "value": "A1" }],
            }],
        }],
    })
}

fn prediction(slide: SlideId, abstention: Option<Abstention>) -> Result<Prediction, Failure> {
    Ok(Prediction {
        slide,
        pyramid: Sha256Digest::of(b"pyramid"),
        encoder: EncoderRef::of_name("tiny"),
        encoder_terms: None,
        untrained_mpp: None,
        precision: None,
        head_precision: None,
        device: DeviceKind::Cpu,
        task: TaskRef {
            id: "phantom-tumour".parse()?,
            version: "1.0.0".parse()?,
            hash: Sha256Digest::of(b"1.0.0"),
        },
        covariates: None,
        regulatory_status: RegulatoryStatus::ResearchUseOnly,
        call: Call {
            label: "tumour".to_owned(),
            is_positive: true,
        },
        probability: 0.75,
        threshold: 0.5,
        grade: Some(Grade {
            scale: "isup".to_owned(),
            value: 3,
            expected: 2.9,
            exceedance: vec![0.9, 0.8, 0.7],
        }),
        set: None,
        abstention,
        class_probabilities: Vec::new(),
        top_tiles: Vec::new(),
        n_instances: 12,
        evidence: None,
    })
}
