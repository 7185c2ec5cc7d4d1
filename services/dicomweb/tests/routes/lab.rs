//! A store and a catalog with slides in them, and the router over both.

use std::error::Error;
use std::path::PathBuf;

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use bytes::Bytes;
use catalog::{Catalog, NewDicomInstance, NewSlide};
use coverslip_dicomweb::DicomwebState;
use flow::{
    DicomImageKind, DicomUid, LevelNumber, MppSource, ObjectKey, PyramidIndex, Sha256Digest,
    SlideId, SlideManifest, SlideStatus, SlideUids, TissueMask, UidRole,
};
use http::{AccessControl, FirstReadRule, Protected, Role, Transport};
use phantom::{PhantomSpec, write_slide};
use pyramid::{BuiltPyramid, PyramidPlan};
use serde_json::Value;
use slide::{DecoderCommand, Slide};
use store::Store;
use tempfile::TempDir;
use tower::ServiceExt;

pub(crate) type Failure = Box<dyn Error>;
pub(crate) type TestResult = Result<(), Failure>;

pub(crate) const JPEG_BASELINE: &str = "1.2.840.10008.1.2.4.50";

pub(crate) struct Lab {
    pub(crate) store: Store,
    pub(crate) catalog: Catalog,
    pub(crate) access: AccessControl,
    router: Protected,
    token: String,
    folder: TempDir,
}

/// A slide in storage.
pub(crate) struct Tiled {
    pub(crate) slide: SlideId,
    pub(crate) index: PyramidIndex,
    pub(crate) uids: SlideUids,
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Lab {
    pub(crate) async fn open() -> Result<Self, Failure> {
        let folder = tempfile::tempdir()?;
        let store = Store::local(&folder.path().join("objects"))?;
        let catalog = Catalog::open(&folder.path().join("catalog.sqlite")).await?;
        let access = AccessControl::new(catalog.clone(), Transport::Http);
        let token = access.issue_token("engineer", &[Role::Engineer]).await?;
        let state = DicomwebState::new(store.clone(), catalog.clone());
        Ok(Self {
            router: http::protect(coverslip_dicomweb::router(state), access.clone()),
            token: token.reveal().to_owned(),
            store,
            catalog,
            access,
            folder,
        })
    }

    /// What another process answers.
    pub(crate) async fn elsewhere(&self, path: &str, accept: &str) -> Result<Answer, Failure> {
        let state = DicomwebState::new(self.store.clone(), self.catalog.clone());
        let router = http::protect(coverslip_dicomweb::router(state), self.access.clone());
        self.ask_of(router, path, &[("accept", accept)]).await
    }

    /// The same, of an installation with this rule.
    pub(crate) fn reading_first(self, rule: FirstReadRule) -> Self {
        let state = DicomwebState::new(self.store.clone(), self.catalog.clone());
        let router = coverslip_dicomweb::router(state.reading_first(rule));
        Self {
            router: http::protect(router, self.access.clone()),
            ..self
        }
    }

    /// With one slide of three levels in it.
    pub(crate) async fn with_slide() -> Result<(Self, Tiled), Failure> {
        let lab = Self::open().await?;
        let tiled = lab.tile(1).await?;
        Ok((lab, tiled))
    }

    pub(crate) async fn receive(&self, seed: u8) -> Result<SlideId, Failure> {
        let digest = Sha256Digest::of(&[seed]);
        let id = SlideId::from_digest(&digest);
        let new = NewSlide::of(digest, 1);
        self.catalog.register(new).await?;
        Ok(id)
    }

    /// Paints a slide of 700 pixels and tiles it as every slide is tiled.
    pub(crate) async fn tile(&self, seed: u8) -> Result<Tiled, Failure> {
        let id = self.receive(seed).await?;
        self.tile_under(id, seed, SlideUids::derived(&id)).await
    }

    /// The same of one that came under these UIDs.
    pub(crate) async fn tile_came(&self, seed: u8, uids: SlideUids) -> Result<Tiled, Failure> {
        let id = self.receive(seed).await?;
        let new = NewDicomInstance {
            uids: uids.clone(),
            kind: DicomImageKind::FullResolution,
            digest: Sha256Digest::of(&[seed]),
            n_bytes: 1,
            slide: Some(id),
        };
        self.catalog.keep_instance(&new).await?;
        self.tile_under(id, seed, uids).await
    }

    async fn tile_under(&self, id: SlideId, seed: u8, uids: SlideUids) -> Result<Tiled, Failure> {
        let path = self.folder.path().join(format!("{seed}.tiff"));
        write_slide(&PhantomSpec::benign(700, seed.into()), &path, &|_| {})?;
        let no_decoder = DecoderCommand {
            program: PathBuf::from("/nonexistent/decoder"),
            arguments: Vec::new(),
        };
        let slide = slide::open(&path, &no_decoder)?;
        let plan = PyramidPlan {
            slide: id,
            uids: uids.clone(),
            mpp: slide.facts().mpp.ok_or("a phantom has an mpp")?,
            jpeg_quality: 85,
            deidentified_by: Vec::new(),
        };
        let scratch = self.store.scratch()?;
        let built = pyramid::build(&slide, &plan, scratch.path(), &|_progress| {})?;
        self.keep(&slide, plan, &built).await?;
        self.catalog.set_status(id, &SlideStatus::Tiled).await?;
        Ok(Tiled {
            slide: id,
            index: built.index,
            uids,
        })
    }

    async fn keep(&self, slide: &Slide, plan: PyramidPlan, built: &BuiltPyramid) -> TestResult {
        let id = plan.slide;
        for level in &built.levels {
            let key = ObjectKey::PyramidLevel(id, level.level);
            self.store.put_file(&key, &level.file).await?;
        }
        let index = built.index_bytes.clone().into();
        self.store.put(&ObjectKey::PyramidIndex(id), index).await?;
        let facts = slide.facts();
        let manifest = SlideManifest {
            slide: id,
            original: Sha256Digest::of(b"original"),
            pyramid: built.hash,
            format: facts.format.clone(),
            scanner: facts.scanner.clone(),
            mpp: plan.mpp,
            mpp_source: MppSource::File,
            objective_power: facts.objective_power,
            size: facts.size,
            tile: slide.levels()[0].grid.tile,
            levels: Vec::new(),
            associated: Vec::new(),
            deidentification: None,
            icc: None,
            tissue: TissueMask::new(32.0, 1, 1, vec![true])?,
            uids: Some(plan.uids),
        };
        let manifest = serde_json::to_vec(&manifest)?.into();
        self.store
            .put(&ObjectKey::SlideManifest(id), manifest)
            .await?;
        Ok(())
    }

    pub(crate) async fn get(&self, path: &str) -> Result<Answer, Failure> {
        self.ask(path, &[]).await
    }

    pub(crate) async fn accepting(&self, path: &str, accept: &str) -> Result<Answer, Failure> {
        self.ask(path, &[("accept", accept)]).await
    }

    /// With further headers, which may replace the access token. `path` is below `/dicomweb`.
    pub(crate) async fn ask(
        &self,
        path: &str,
        headers: &[(&str, &str)],
    ) -> Result<Answer, Failure> {
        self.ask_of(self.router.clone(), path, headers).await
    }

    async fn ask_of(
        &self,
        router: Protected,
        path: &str,
        headers: &[(&str, &str)],
    ) -> Result<Answer, Failure> {
        let path = format!("/dicomweb{path}");
        let mut request = Request::get(path).header(header::HOST, "lab.example:8080");
        if !headers.iter().any(|(name, _)| *name == "authorization") {
            let bearer = format!("Bearer {}", self.token);
            request = request.header(header::AUTHORIZATION, bearer);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = router.oneshot(request.body(Body::empty())?).await?;
        let (parts, body) = response.into_parts();
        Ok(Answer {
            status: parts.status,
            headers: parts.headers,
            body: to_bytes(body, usize::MAX).await?,
        })
    }

    /// Asks for results that must be there.
    pub(crate) async fn search(&self, path: &str) -> Result<Vec<Value>, Failure> {
        let answer = self.get(path).await?;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text());
        assert_eq!(
            answer.header(header::CONTENT_TYPE),
            "application/dicom+json"
        );
        Ok(serde_json::from_slice(&answer.body)?)
    }
}

impl Tiled {
    pub(crate) fn uid(&self, role: UidRole) -> String {
        let uid = match role {
            UidRole::Study => self.uids.study.clone(),
            UidRole::Series => self.uids.series.clone(),
            UidRole::Level(level) => self.uids.level(&self.slide, level),
            other => DicomUid::derive(&self.slide, other),
        };
        uid.to_string()
    }

    pub(crate) fn study(&self) -> String {
        format!("/studies/{}", self.uid(UidRole::Study))
    }

    pub(crate) fn series(&self) -> String {
        format!("{}/series/{}", self.study(), self.uid(UidRole::Series))
    }

    pub(crate) fn instance(&self, level: u8) -> String {
        let uid = self.uid(UidRole::Level(LevelNumber(level)));
        format!("{}/instances/{uid}", self.series())
    }

    pub(crate) async fn stored(&self, lab: &Lab, level: u8) -> Result<Bytes, Failure> {
        let key = ObjectKey::PyramidLevel(self.slide, LevelNumber(level));
        Ok(lab.store.get(&key).await?)
    }

    /// A frame's bytes; frames count from 1.
    pub(crate) async fn frame(&self, lab: &Lab, level: u8, n: usize) -> Result<Bytes, Failure> {
        let frames = self.index.level(LevelNumber(level)).ok_or("no level")?;
        let range = frames.frames()[n - 1].bytes();
        let stored = self.stored(lab, level).await?;
        Ok(stored.slice(range.start as usize..range.end as usize))
    }
}

impl Answer {
    pub(crate) fn header(&self, name: header::HeaderName) -> &str {
        let value = self.headers.get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_default()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Asserts that this is a problem answer, and gives its detail.
    pub(crate) fn problem(&self, status: StatusCode) -> Result<String, Failure> {
        assert_eq!(self.status, status, "{}", self.text());
        assert_eq!(
            self.header(header::CONTENT_TYPE),
            "application/problem+json"
        );
        let problem: Value = serde_json::from_slice(&self.body)?;
        Ok(problem["detail"].as_str().ok_or("no detail")?.to_owned())
    }

    /// Heads and contents of the parts, taken apart as RFC 2046 says and no other way.
    pub(crate) fn parts(&self, kind: &str) -> Result<Vec<(String, Vec<u8>)>, Failure> {
        assert_eq!(self.status, StatusCode::OK, "{}", self.text());
        let length = self.header(header::CONTENT_LENGTH);
        assert_eq!(length, self.body.len().to_string());
        let content_type = self.header(header::CONTENT_TYPE);
        let start = format!("multipart/related; type=\"{kind}\"; boundary=");
        let boundary = content_type.strip_prefix(&start).ok_or("another type")?;
        let delimiter = format!("\r\n--{boundary}");
        let mut body = b"\r\n".to_vec();
        body.extend_from_slice(&self.body);
        let mut pieces = split(&body, delimiter.as_bytes()).into_iter();
        assert_eq!(pieces.next(), Some(&b""[..]));
        let mut pieces: Vec<_> = pieces.collect();
        assert_eq!(pieces.pop(), Some(&b"--\r\n"[..]));
        pieces.into_iter().map(part).collect()
    }
}

fn part(piece: &[u8]) -> Result<(String, Vec<u8>), Failure> {
    let piece = piece.strip_prefix(b"\r\n").ok_or("no line end")?;
    let end = piece.windows(4).position(|bytes| bytes == b"\r\n\r\n");
    let end = end.ok_or("a part has no head")?;
    let head = std::str::from_utf8(&piece[..end])?.to_owned();
    let content = piece[end + 4..].to_vec();
    assert!(head.contains(&format!("Content-Length: {}", content.len())));
    Ok((head, content))
}

fn split<'a>(mut bytes: &'a [u8], delimiter: &[u8]) -> Vec<&'a [u8]> {
    let mut pieces = Vec::new();
    while let Some(at) = bytes
        .windows(delimiter.len())
        .position(|window| window == delimiter)
    {
        pieces.push(&bytes[..at]);
        bytes = &bytes[at + delimiter.len()..];
    }
    pieces.push(bytes);
    pieces
}
