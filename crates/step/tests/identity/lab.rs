//! A catalog with one slide, and what is said of it.

use std::error::Error;

use catalog::{
    Catalog, IdentityStanding, LabelReading, NewOrder, NewSlide, OrderSender, PrivateName,
    SlideIdentity, SlidePlace, SlideRow, Witness, WitnessSource,
};
use coverslip_step::{IdentityRule, examine_identity, place_slide};
use flow::{LabelText, Sha256Digest, SlideId, SlideNames, SlideStatus};
use queue::Queue;
use serde_json::json;
use tempfile::TempDir;

pub(crate) type Failure = Box<dyn Error>;
pub(crate) type Tested = Result<(), Failure>;

pub(crate) struct Lab {
    _folder: TempDir,
    pub(crate) catalog: Catalog,
    pub(crate) queue: Queue,
    pub(crate) slide: SlideId,
}

/// `S26-1`, or `S26-1 A 1` with part and block.
pub(crate) fn names(text: &str) -> Result<SlideNames, Failure> {
    let mut words = text.split(' ');
    let accession = words.next().ok_or("an accession")?;
    Ok(SlideNames {
        accession: PrivateName::new(accession)?,
        part: words.next().map(PrivateName::new).transpose()?,
        block: words.next().map(PrivateName::new).transpose()?,
    })
}

pub(crate) fn says(source: WitnessSource, text: &str) -> Result<Witness, Failure> {
    Ok(Witness {
        source,
        text: LabelText::new(text)?,
        names: Some(names(text)?),
    })
}

pub(crate) fn label(text: &str) -> Result<Vec<Witness>, Failure> {
    Ok(vec![says(WitnessSource::DataMatrix, text)?])
}

impl Lab {
    pub(crate) async fn open() -> Result<Self, Failure> {
        let folder = tempfile::tempdir()?;
        let catalog = Catalog::open(&folder.path().join("catalog.sqlite")).await?;
        let digest = Sha256Digest::of(b"slide");
        let slide = SlideId::from_digest(&digest);
        let new = NewSlide::of(digest, 5);
        catalog.register(new).await?;
        Ok(Self {
            _folder: folder,
            catalog,
            queue: Queue::in_process(),
            slide,
        })
    }

    /// What the tile step does with what it read.
    pub(crate) async fn tiled_with(
        &self,
        witnesses: Vec<Witness>,
        rule: IdentityRule,
    ) -> Result<IdentityStanding, Failure> {
        let identity = SlideIdentity {
            standing: IdentityStanding::Open,
            label: LabelReading::Read,
            witnesses,
            correction: None,
        };
        let standing = examine_identity(&self.catalog, self.slide, identity, rule).await?;
        let status = match standing.hold() {
            Some(reason) => SlideStatus::Held { reason },
            None => SlideStatus::Tiled,
        };
        self.catalog.set_status(self.slide, &status).await?;
        Ok(standing)
    }

    pub(crate) async fn ordered(&self, accession: &str, block: &str) -> Tested {
        let order: NewOrder = serde_json::from_value(json!({
            "accession": accession, "patient": "P-1", "part": "A", "block": block, "stain": "H&E",
        }))?;
        let sender = OrderSender {
            name: "the lis".to_owned(),
            idempotency_key: None,
        };
        self.catalog.place_order(&order, &sender).await?;
        Ok(())
    }

    pub(crate) async fn put_in(&self, text: &str) -> Tested {
        let names = names(text)?;
        let case = self.catalog.open_case(&names.accession, None).await?.id;
        let place = SlidePlace {
            case,
            part: names.part,
            block: names.block,
            stain: None,
        };
        Ok(place_slide(&self.catalog, &self.queue, "the lis", self.slide, &place).await?)
    }

    pub(crate) async fn row(&self) -> Result<SlideRow, Failure> {
        Ok(self.catalog.known_slide(self.slide).await?)
    }

    /// Accession, part, block and stain of the case that it is in.
    pub(crate) async fn place(&self) -> Result<Option<[String; 4]>, Failure> {
        let Some(place) = self.row().await?.place else {
            return Ok(None);
        };
        let text =
            |name: Option<PrivateName>| name.map(|n| n.reveal().to_owned()).unwrap_or_default();
        let case = self.catalog.known_case(place.case).await?;
        Ok(Some([
            case.accession.reveal().to_owned(),
            text(place.part),
            text(place.block),
            text(place.stain),
        ]))
    }
}
