use catalog::{Catalog, PrivateName};

use http::ApiError;

use super::body::{ContainedBody, ContainerBody, IdentifierBody, ReferenceBody, wrong};
use crate::resource::{BLOCK_CONTAINER, PART_CONTAINER, STAINING};
use crate::systems;

/// What an order says of what is to be looked at.
#[derive(Debug, Default)]
pub(super) struct Ordered {
    pub(super) accession: Option<PrivateName>,
    pub(super) specimen: Option<PrivateName>,
    pub(super) part: Option<PrivateName>,
    pub(super) block: Option<PrivateName>,
    pub(super) stain: Option<PrivateName>,
}

const ELEMENT: &str = "ServiceRequest.specimen";

/// Of the one specimen that an order may name: contained, known here, or by its identifier.
pub(super) async fn ordered(
    catalog: &Catalog,
    references: &[ReferenceBody],
    contained: &[ContainedBody],
) -> Result<Ordered, ApiError> {
    let reference = match references {
        [] => return Ok(Ordered::default()),
        [one] => one,
        _ => {
            return Err(wrong(
                ELEMENT,
                "an order is of one specimen: send one ServiceRequest each",
            ));
        }
    };
    let element = format!("{ELEMENT}[0]");
    match (reference.reference.as_deref(), &reference.identifier) {
        (Some(text), _) if text.starts_with('#') => of_contained(&text[1..], contained),
        (Some(text), _) => of_slide(catalog, text).await,
        (None, Some(identifier)) => Ok(Ordered {
            specimen: Some(name(&format!("{element}.identifier"), identifier)?),
            ..Ordered::default()
        }),
        (None, None) => Err(wrong(
            &element,
            "give a reference to a contained Specimen, as \"#specimen\", or an identifier",
        )),
    }
}

fn of_contained(id: &str, contained: &[ContainedBody]) -> Result<Ordered, ApiError> {
    let is_it =
        |body: &&ContainedBody| body.resource_type == "Specimen" && body.id.as_deref() == Some(id);
    let place = contained.iter().position(|body| is_it(&body));
    let Some((place, body)) = place.and_then(|place| Some((place, contained.get(place)?))) else {
        return Err(wrong(
            "ServiceRequest.specimen[0].reference",
            "no contained Specimen has that id: contain one, or name another",
        ));
    };
    let element = format!("ServiceRequest.contained[{place}]");
    let identifier = body.identifier.first();
    let accession = body.accession_identifier.as_ref();
    let mut ordered = Ordered {
        accession: accession
            .map(|accession| name(&format!("{element}.accessionIdentifier"), accession))
            .transpose()?,
        specimen: identifier
            .map(|identifier| name(&format!("{element}.identifier[0]"), identifier))
            .transpose()?,
        stain: stain(&element, body)?,
        ..Ordered::default()
    };
    for (n, container) in body.container.iter().enumerate() {
        ordered.take(&format!("{element}.container[{n}]"), container)?;
    }
    Ok(ordered)
}

impl Ordered {
    fn take(&mut self, element: &str, container: &ContainerBody) -> Result<(), ApiError> {
        let kind = container.kind.as_ref();
        let code = kind.and_then(|kind| kind.code_of(systems::SNOMED_CT));
        let place = match code {
            Some(PART_CONTAINER) => &mut self.part,
            Some(BLOCK_CONTAINER) => &mut self.block,
            _ => {
                return Err(wrong(
                    &format!("{element}.type"),
                    format!(
                        "its SNOMED CT code ({}) is {PART_CONTAINER} (specimen container, for a \
                         part) or {BLOCK_CONTAINER} (tissue cassette, for a block)",
                        systems::SNOMED_CT
                    ),
                ));
            }
        };
        let element = format!("{element}.identifier");
        let identifier = match container.identifier.as_slice() {
            [one] => one,
            _ => return Err(wrong(&element, "a container has one identifier here")),
        };
        match place.replace(name(&format!("{element}[0]"), identifier)?) {
            None => Ok(()),
            Some(_) => Err(wrong(&element, "an order is of one part and one block")),
        }
    }
}

fn stain(element: &str, body: &ContainedBody) -> Result<Option<PrivateName>, ApiError> {
    let mut stain = None;
    for (n, processing) in body.processing.iter().enumerate() {
        let element = format!("{element}.processing[{n}].procedure");
        let procedure = processing.procedure.as_ref();
        let is_staining = procedure.and_then(|p| p.code_of(systems::SNOMED_CT)) == Some(STAINING);
        let text = procedure.and_then(|procedure| procedure.text.as_deref());
        let (true, Some(text)) = (is_staining, text) else {
            return Err(wrong(
                &element,
                format!(
                    "what is processed here is a stain: code it {} {STAINING} (staining method), \
                     with the stain's name as its text",
                    systems::SNOMED_CT
                ),
            ));
        };
        if stain.replace(named(&element, text)?).is_some() {
            return Err(wrong(&element, "an order is of one stain"));
        }
    }
    Ok(stain)
}

/// A Specimen of ours is a slide that came in.
async fn of_slide(catalog: &Catalog, reference: &str) -> Result<Ordered, ApiError> {
    let unknown = || {
        wrong(
            "ServiceRequest.specimen[0].reference",
            "no such Specimen is known here, or it belongs to no case: contain one that says what \
             is ordered",
        )
    };
    let id = reference.strip_prefix("Specimen/").ok_or_else(unknown)?;
    let id = id.parse().map_err(|_no_id: flow::FlowError| unknown())?;
    let slide = catalog.slide(id).await?.ok_or_else(unknown)?;
    let place = slide.place.ok_or_else(unknown)?;
    let case = catalog.known_case(place.case).await?;
    Ok(Ordered {
        accession: Some(case.accession),
        specimen: None,
        part: place.part,
        block: place.block,
        stain: place.stain,
    })
}

pub(super) fn name(element: &str, identifier: &IdentifierBody) -> Result<PrivateName, ApiError> {
    let element = format!("{element}.value");
    let value = identifier.value.as_deref();
    let value = value.ok_or_else(|| wrong(&element, "it is missing: give one"))?;
    named(&element, value)
}

fn named(element: &str, text: &str) -> Result<PrivateName, ApiError> {
    PrivateName::new(text).map_err(|error| wrong(element, error))
}
