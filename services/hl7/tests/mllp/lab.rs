//! A catalog in a temporary folder, a listener over it, and what happens in the laboratory.

use std::error::Error;
use std::net::SocketAddr;
use std::time::Duration;

use catalog::{
    Catalog, IdentityStanding, LabelReading, NewSlide, OrderRow, PrivateName, ResultsMessage,
    ResultsPage, SlideIdentity, Witness, WitnessSource,
};
use coverslip_hl7::{ListenConfig, Peers, listen};
use flow::{HoldReason, LabelText, Sha256Digest, SlideId, SlideNames, SlideStatus};
use laboratory::{ACCESSION, PATIENT};
use queue::Queue;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::line::Line;

pub(crate) type Failure = Box<dyn Error>;
pub(crate) type Tested = Result<(), Failure>;

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

    /// A slide that is held because nobody knows the case that its label names.
    pub(crate) async fn unmatched(&self) -> Result<SlideId, Failure> {
        let slide = self.received(b"unmatched").await?;
        let accession = PrivateName::new(ACCESSION)?;
        let identity = SlideIdentity {
            standing: IdentityStanding::Unmatched,
            label: LabelReading::Read,
            witnesses: vec![Witness {
                source: WitnessSource::DataMatrix,
                text: LabelText::new(ACCESSION)?,
                names: Some(SlideNames {
                    accession,
                    part: None,
                    block: None,
                }),
            }],
            correction: None,
        };
        self.catalog.note_identity(slide, &identity).await?;
        let reason = HoldReason::Unmatched;
        let held = SlideStatus::Held { reason };
        self.catalog.set_status(slide, &held).await?;
        Ok(slide)
    }

    async fn received(&self, bytes: &[u8]) -> Result<SlideId, Failure> {
        let digest = Sha256Digest::of(bytes);
        let id = SlideId::from_digest(&digest);
        let slide = NewSlide::of(digest, bytes.len() as u64);
        self.catalog.register(slide).await?;
        Ok(id)
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
