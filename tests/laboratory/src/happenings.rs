use anyhow::{Result, ensure};
use catalog::{
    Catalog, Finding, NewReview, NewSignOff, NewSlide, Opinion, OverrideReason, PrivateName,
    PrivateRemark, SeenResult, SlidePlace,
};
use flow::{Abstention, Call, CaseId, Grade, Prediction, Sha256Digest, SlideId};
use reading::SignedBody;

use crate::{ACCESSION, PATIENT, prediction};

/// A slide of the case with a positive, graded result.
pub async fn scored(
    catalog: &Catalog,
    bytes: &[u8],
    abstention: Option<Abstention>,
) -> Result<(CaseId, Prediction)> {
    let digest = Sha256Digest::of(bytes);
    let slide = NewSlide::of(digest, bytes.len() as u64);
    let id = slide.id;
    catalog.register(slide).await?;
    let case = in_the_case(catalog, id).await?;
    let result = Prediction {
        grade: Some(Grade {
            scale: "isup".to_owned(),
            value: 3,
            expected: 2.9,
            exceedance: vec![0.9, 0.8, 0.7],
        }),
        abstention,
        ..prediction(id, "1.0.0", 0.75)?
    };
    catalog.record_prediction(id, &result).await?;
    Ok((case, result))
}

/// A person overrides the result.
pub async fn overridden(
    catalog: &Catalog,
    result: &Prediction,
    label: &str,
    amends: Option<u32>,
) -> Result<()> {
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
    catalog.add_review(&review).await?;
    Ok(())
}

/// A person signs the case with these slides, as it stands.
pub async fn signed(
    catalog: &Catalog,
    case: CaseId,
    slides: &[SlideId],
    version: u32,
) -> Result<()> {
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
    let is_next = catalog.add_sign_off(&sign_off).await?;
    ensure!(is_next, "{version} is not the case's next version");
    Ok(())
}

async fn in_the_case(catalog: &Catalog, slide: SlideId) -> Result<CaseId> {
    let (accession, patient) = (PrivateName::new(ACCESSION)?, PrivateName::new(PATIENT)?);
    let case = catalog.open_case(&accession, Some(&patient)).await?.id;
    let place = SlidePlace {
        case,
        part: Some(PrivateName::new("A")?),
        block: Some(PrivateName::new("A1")?),
        stain: Some(PrivateName::new("H&E")?),
    };
    catalog.put_in_case("the lis", slide, &place).await?;
    Ok(case)
}
