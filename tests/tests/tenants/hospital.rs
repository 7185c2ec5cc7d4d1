use std::fs;

use anyhow::{Context, Result, ensure};
use harness::{Server, phantom};
use reqwest::blocking::RequestBuilder;
use serde_json::{Value, json};

use crate::deployment::{Deployment, NORTH};

const ACCESSION: &str = "S26-9917";
const PATIENT: &str = "P-4104";
const ANNOTATION: &str = "abababababababababababababababab";
const MODEL: &str = "50d858e0985ecc7f60418aaf0cc5ab587f42c2570a884095a9e8ccacd0f6545c";
const REMARK: &str = "some glands of the north are crowded";

/// What FHIR has of a slide in a case.
const KINDS: [&str; 5] = [
    "DiagnosticReport",
    "ImagingStudy",
    "Observation",
    "ServiceRequest",
    "Specimen",
];

/// What north has: a slide with its result in its case, ordered, drawn on and reviewed; a registered
/// model, a webhook with a message, and an upload that goes on.
pub(crate) struct Hospital {
    /// It begins the digest of the slide's bytes.
    slide: String,
    task: String,
    case: String,
    order: String,
    webhook: String,
    message: String,
    upload: String,
    study: String,
    series: String,
    instance: String,
    device: String,
    /// The id of a resource of each of the kinds.
    resources: Vec<(&'static str, String)>,
}

impl Hospital {
    pub(crate) fn found(deployment: &Deployment) -> Result<Self> {
        let server = &deployment.server;
        let webhook =
            json!({"url": "https://lis.example.org/told", "events": ["prediction.ready"]});
        let webhook = said(server.post("/api/v1/webhooks").json(&webhook))?;
        let webhook = text(&webhook["id"])?;

        let slide = server.push_new(painted(deployment)?)?;
        let path = format!("/api/v1/slides/{slide}");
        let order = json!({
            "accession": ACCESSION, "patient": PATIENT, "part": "A", "block": "A1", "stain": "H&E"
        });
        let order = said(server.post("/api/v1/orders").json(&order))?;
        let place = json!({"case": order["case"], "part": "A", "block": "A1", "stain": "H&E"});
        said(server.put(&format!("{path}/case")).json(&place))?;
        server.wait_for_state(&slide, &["scored"])?;
        draw_and_judge(deployment, &path)?;
        let upload = begin_upload(server)?;
        let predictions = server.get_json(&format!("{path}/predictions"))?;
        let instance = server.get_json("/dicomweb/instances?limit=1")?;
        let uid = |tag: &str| text(&instance[0][tag]["Value"][0]);
        let resources = KINDS.map(|kind| Ok((kind, resource(server, kind)?)));
        Ok(Self {
            task: text(&predictions["predictions"][0]["task"]["id"])?,
            case: text(&order["case"])?,
            order: text(&order["id"])?,
            message: message(server, &webhook)?,
            webhook,
            upload,
            study: uid("0020000D")?,
            series: uid("0020000E")?,
            instance: uid("00080018")?,
            device: resource(server, "Device")?,
            resources: resources.into_iter().collect::<Result<_>>()?,
            slide,
        })
    }

    /// What a parameter of an operation's address is where it is to lead to something of north's.
    pub(crate) fn known(&self, address: &str, parameter: &str) -> Option<String> {
        let resource = |kind: &str| {
            let mut all = self.resources.iter();
            all.find(|(known, _)| *known == kind).map(|(_, id)| id)
        };
        Some(
            match parameter {
                "id" if address.starts_with("/api/v1/cases/") => &self.case,
                "id" if address.starts_with("/api/v1/uploads/") => &self.upload,
                "id" if address.starts_with("/api/v1/webhooks/") => &self.webhook,
                "id" => match address.strip_prefix("/fhir/R4/") {
                    Some(of_fhir) => match of_fhir.split('/').next()? {
                        "Device" => &self.device,
                        // It goes by what it is about.
                        "Provenance" => resource("Observation")?,
                        kind => resource(kind)?,
                    },
                    None => &self.slide,
                },
                "task" => &self.task,
                "message" => &self.message,
                "study" => &self.study,
                "series" => &self.series,
                "instance" => &self.instance,
                "annotation" => ANNOTATION,
                "hash" => MODEL,
                // The smallest picture is there of every slide.
                "level" | "column" | "row" => "0",
                _ => return None,
            }
            .to_owned(),
        )
    }

    /// The same text where its names are nobody's.
    pub(crate) fn made_up(&self, text: &str) -> String {
        let mut made_up = text.to_owned();
        for secret in self.secrets() {
            let mut letters: Vec<char> = secret.chars().collect();
            if let Some(last) = letters.last_mut() {
                *last = if *last == '1' { '2' } else { '1' };
            }
            made_up = made_up.replace(secret, &letters.into_iter().collect::<String>());
        }
        made_up
    }

    /// What nobody else may be told.
    pub(crate) fn secrets(&self) -> Vec<&str> {
        let own = [
            &self.slide,
            &self.case,
            &self.order,
            &self.webhook,
            &self.message,
            &self.upload,
            &self.study,
            &self.series,
            &self.instance,
        ];
        let own = own.into_iter().map(String::as_str);
        own.chain([ACCESSION, PATIENT, ANNOTATION, MODEL, REMARK, NORTH])
            .chain(self.resources.iter().map(|(_, id)| id.as_str()))
            .collect()
    }
}

/// For searches whose examples are of another case: what they are where they look for north's.
pub(crate) fn looking_for_norths(example: &str) -> String {
    example
        .replace("P-7", PATIENT)
        .replace("S26-4711", ACCESSION)
}

pub(crate) fn painted(deployment: &Deployment) -> Result<Vec<u8>> {
    let file = deployment.folder().join("phantom.tiff");
    let size = ["--size", "2048", "--seed", "90151"];
    phantom(
        &file,
        &[&["--tumour", "0.2", "--grade", "3"], &size[..]].concat(),
    )?;
    Ok(fs::read(file)?)
}

/// A model that is registered, something drawn, and what a person thinks of the slide.
fn draw_and_judge(deployment: &Deployment, slide: &str) -> Result<()> {
    let server = &deployment.server;
    let model = json!({
        "criteria": {
            "figures": [
                {"judged_by": "interval", "limit": {"at_least": 0.9}, "measure": "auc"}
            ],
            "least_slides": 100,
        },
        "model": {
            "kind": "task", "id": "norths-task", "version": "2.0.0", "hash": MODEL,
            "encoder": MODEL,
        },
    });
    said(server.post("/api/v1/models").json(&model))?;
    let point = json!({"type": "Feature", "geometry": {"type": "Point", "coordinates": [1, 2]}});
    said(
        server
            .put(&format!("{slide}/annotations/{ANNOTATION}"))
            .json(&point),
    )?;
    let impression = json!({"kind": "impression", "impression": "suspicious", "text": REMARK});
    let person = deployment.person(NORTH, "pathologist")?;
    person.say(&format!("{slide}/reviews"), &impression)?;
    Ok(())
}

/// The id of an upload of which nothing came yet.
fn begin_upload(server: &Server) -> Result<String> {
    let begun = server
        .post("/api/v1/uploads")
        .header("Tus-Resumable", "1.0.0")
        .header("Upload-Length", "100")
        .send()?;
    ensure!(begun.status() == 201, "{}", begun.status());
    let location = begun.headers().get("location").context("a location")?;
    let id = location.to_str()?.rsplit('/').next();
    Ok(id.context("an id")?.to_owned())
}

/// The id of what the webhook was to be told.
fn message(server: &Server, webhook: &str) -> Result<String> {
    let told = server.get_json(&format!("/api/v1/webhooks/{webhook}/deliveries"))?;
    text(&told["deliveries"][0]["id"]).with_context(|| told.to_string())
}

fn resource(server: &Server, kind: &str) -> Result<String> {
    let bundle = server.get_json(&format!("/fhir/R4/{kind}"))?;
    text(&bundle["entry"][0]["resource"]["id"]).with_context(|| format!("{kind}: {bundle}"))
}

fn said(request: RequestBuilder) -> Result<Value> {
    let answer = request.send()?;
    let (status, text) = (answer.status(), answer.text()?);
    ensure!(status.is_success(), "{status}: {text}");
    Ok(serde_json::from_str(&text).unwrap_or_default())
}

fn text(value: &Value) -> Result<String> {
    Ok(value.as_str().context("a text")?.to_owned())
}
