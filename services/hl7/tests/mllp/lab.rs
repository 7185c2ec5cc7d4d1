//! A catalog in a temporary folder, a listener over it, and what happens in the laboratory.

use std::error::Error;
use std::net::SocketAddr;
use std::time::Duration;

use catalog::{
    Catalog, Finding, NewReview, NewSignOff, NewSlide, Opinion, OrderRow, OverrideReason,
    PrivateName, PrivateRemark, ResultsMessage, ResultsPage, SeenResult, SlidePlace,
};
use coverslip_hl7::{ListenConfig, Peers, listen};
use flow::{
    Abstention, Call, CaseId, DeviceKind, EncoderRef, Grade, Prediction, RegulatoryStatus,
    Sha256Digest, SlideId, TaskRef,
};
use queue::Queue;
use reading::SignedBody;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::line::Line;

pub(crate) type Failure = Box<dyn Error>;
pub(crate) type Tested = Result<(), Failure>;

pub(crate) const ACCESSION: &str = "CANARY-S26-1";
pub(crate) const PATIENT: &str = "CANARY-P-1";

pub(crate) struct Lab {
    folder: TempDir,
    pub(crate) catalog: Catalog,
    address: SocketAddr,
    _listening: DropGuard,
}

impl Lab {
    pub(crate) async fn open() -> Result<Self, Failure> {
        Self::listening(ListenConfig::new(Peers::Loopback)).await
    }

    pub(crate) async fn listening(config: ListenConfig) -> Result<Self, Failure> {
        let folder = tempfile::tempdir()?;
        let catalog = Catalog::open(&folder.path().join("catalog.sqlite")).await?;
        let (address, listening) = started(config, &catalog).await?;
        Ok(Self {
            folder,
            catalog,
            address,
            _listening: listening,
        })
    }

    /// As another process would go on.
    pub(crate) async fn again(self) -> Result<Self, Failure> {
        let catalog = Catalog::open(&self.folder.path().join("catalog.sqlite")).await?;
        let (address, listening) = started(ListenConfig::new(Peers::Loopback), &catalog).await?;
        Ok(Self {
            catalog,
            address,
            _listening: listening,
            ..self
        })
    }

    pub(crate) const fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) async fn line(&self) -> Result<Line, Failure> {
        Line::to(self.address).await
    }

    pub(crate) async fn ask(&self, message: &str) -> Result<String, Failure> {
        self.line().await?.ask(message.as_bytes()).await
    }

    pub(crate) async fn orders(&self) -> Result<Vec<OrderRow>, Failure> {
        Ok(self.catalog.orders(None, 1_000).await?)
    }

    pub(crate) async fn n_recorded(&self, action: &str) -> Result<usize, Failure> {
        let trail = self.catalog.audit_trail(None, 1_000).await?;
        Ok(trail.iter().filter(|row| row.action == action).count())
    }

    /// A slide of the case with a result.
    pub(crate) async fn scored(
        &self,
        bytes: &[u8],
        abstention: Option<Abstention>,
    ) -> Result<(CaseId, Prediction), Failure> {
        let digest = Sha256Digest::of(bytes);
        let id = SlideId::from_digest(&digest);
        self.catalog
            .register(NewSlide {
                id,
                digest,
                n_bytes: bytes.len() as u64,
                file_name: None,
                mpp_override: None,
            })
            .await?;
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

    /// A person overrides the result.
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
            statement: Some(PrivateRemark::new("No tumour.\nCANARY|words")?),
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

    /// What is or was to be sent, the oldest first.
    pub(crate) async fn results(&self) -> Result<Vec<ResultsMessage>, Failure> {
        let page = ResultsPage {
            state: None,
            limit: 100,
        };
        let mut messages = self.catalog.results_messages(page).await?;
        messages.reverse();
        Ok(messages)
    }

    /// These, once they are as they are wanted.
    pub(crate) async fn results_where(
        &self,
        are_good: impl Fn(&[ResultsMessage]) -> bool,
    ) -> Result<Vec<ResultsMessage>, Failure> {
        for _ in 0..1_500 {
            let messages = self.results().await?;
            if are_good(&messages) {
                return Ok(messages);
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Err(format!("they never were: {:?}", self.results().await?).into())
    }
}

async fn started(
    config: ListenConfig,
    catalog: &Catalog,
) -> Result<(SocketAddr, DropGuard), Failure> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let shutdown = CancellationToken::new();
    let (catalog, queue) = (catalog.clone(), Queue::in_process());
    tokio::spawn(listen(config, listener, catalog, queue, shutdown.clone()));
    Ok((address, shutdown.drop_guard()))
}

/// An OML^O21 with one order.
pub(crate) fn order(control_id: &str, placer: &str) -> String {
    [
        format!(
            "MSH|^~\\&|LIS^1.2.3^ISO|LAB|COVERSLIP|PATH|20261122081500||OML^O21^OML_O21|{control_id}|P\
             |2.5.1||||||UNICODE UTF-8"
        ),
        format!("PID|1||{PATIENT}||CANARY^JANE"),
        "PV1|1|I".to_owned(),
        format!("ORC|NW|{placer}^LIS"),
        "TQ1|1||||||||A".to_owned(),
        format!("OBR|1|{placer}^LIS||phantom-tumour^Tumour^99COVERSLIP"),
        "SPM|1|SP-1||TISS^Tissue^HL70487".to_owned(),
        "OBX|1|ST|127790008^Staining method^SCT||H\\T\\E||||||F".to_owned(),
        format!("SAC||{ACCESSION}|A1|A"),
        String::new(),
    ]
    .join("\r")
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
