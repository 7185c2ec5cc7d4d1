use std::time::Duration;

use async_trait::async_trait;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use catalog::UploadRow;
use flow::SlideId;
use s3s::dto::{
    AbortMultipartUploadInput, AbortMultipartUploadOutput, CompleteMultipartUploadInput,
    CompleteMultipartUploadOutput, CreateMultipartUploadInput, CreateMultipartUploadOutput, ETag,
    GetBucketLocationInput, GetBucketLocationOutput, HeadBucketInput, HeadBucketOutput,
    HeadObjectInput, HeadObjectOutput, ListMultipartUploadsInput, ListMultipartUploadsOutput,
    ListObjectsInput, ListObjectsOutput, ListObjectsV2Input, ListObjectsV2Output, ListPartsInput,
    ListPartsOutput, MultipartUpload, Part, PutObjectInput, PutObjectOutput, UploadPartInput,
    UploadPartOutput,
};
use s3s::{S3, S3Request, S3Response, S3Result, s3_error};
use tokio::time::timeout;

use super::access::signer;
use super::error::told;
use super::listing::{Listing, MOST_NAMES, Wanted, timestamp};
use super::names::{SLIDE, given_back, object_name};
use super::object::{begin, begun, meant, part_number, settle, slide};
use super::parts::write;
use super::sums::Announced;
use crate::resume::{ResumeError, Uploads, remove};

/// Clients wait so long for an answer; what takes longer is answered at once, and told in the body when it
/// is known.
const ANSWERED_WITHIN: Duration = Duration::from_secs(20);

/// The bucket. Clones share what it works on.
#[derive(Clone)]
pub(super) struct Incoming {
    uploads: Uploads,
}

impl Incoming {
    pub(super) const fn new(uploads: Uploads) -> Self {
        Self { uploads }
    }

    async fn list(
        &self,
        request: &axum::http::Extensions,
        wanted: &Wanted<'_>,
    ) -> S3Result<Listing> {
        let owner = signer(request)?.key();
        let uploads = self.uploads.deps.catalog.uploaded_objects(&owner).await;
        let uploads = uploads.map_err(|error| told(ResumeError::from(error)))?;
        Ok(Listing::of(&uploads, wanted))
    }
}

#[async_trait]
impl S3 for Incoming {
    async fn head_bucket(
        &self,
        _request: S3Request<HeadBucketInput>,
    ) -> S3Result<S3Response<HeadBucketOutput>> {
        Ok(S3Response::new(HeadBucketOutput::default()))
    }

    async fn get_bucket_location(
        &self,
        _request: S3Request<GetBucketLocationInput>,
    ) -> S3Result<S3Response<GetBucketLocationOutput>> {
        Ok(S3Response::new(GetBucketLocationOutput::default()))
    }

    async fn put_object(
        &self,
        request: S3Request<PutObjectInput>,
    ) -> S3Result<S3Response<PutObjectOutput>> {
        let S3Request {
            input,
            headers,
            extensions,
            trailing_headers,
            ..
        } = request;
        let upload = begin(&self.uploads, &extensions, &input.key, input.metadata).await?;
        let announced = Announced::new(headers, trailing_headers);
        let one = part_number(1)?;
        let written = write(&self.uploads, &upload, one, &announced, input.body).await;
        let digest = match written {
            Ok(digest) => digest,
            Err(error) => {
                remove(&self.uploads.deps, upload.id).await.map_err(told)?;
                return Err(told(error));
            }
        };
        let upload = settle(&self.uploads, upload, &[(one, digest)]).await?;
        let slide = slide(&self.uploads, &upload).await?;
        let output = PutObjectOutput {
            e_tag: upload.entity_tag.map(ETag::Strong),
            ..PutObjectOutput::default()
        };
        Ok(S3Response::with_headers(output, naming(slide)))
    }

    async fn create_multipart_upload(
        &self,
        request: S3Request<CreateMultipartUploadInput>,
    ) -> S3Result<S3Response<CreateMultipartUploadOutput>> {
        let S3Request {
            input, extensions, ..
        } = request;
        let upload = begin(&self.uploads, &extensions, &input.key, input.metadata).await?;
        Ok(S3Response::new(CreateMultipartUploadOutput {
            bucket: Some(input.bucket),
            key: Some(input.key),
            upload_id: Some(upload.id.to_string()),
            ..CreateMultipartUploadOutput::default()
        }))
    }

    async fn upload_part(
        &self,
        request: S3Request<UploadPartInput>,
    ) -> S3Result<S3Response<UploadPartOutput>> {
        let S3Request {
            input,
            headers,
            extensions,
            trailing_headers,
            ..
        } = request;
        let access = signer(&extensions)?;
        let upload = begun(&self.uploads, access, &input.upload_id, &input.key).await?;
        let number = part_number(input.part_number)?;
        let announced = Announced::new(headers, trailing_headers);
        let written = write(&self.uploads, &upload, number, &announced, input.body).await;
        let digest = written.map_err(told)?;
        Ok(S3Response::new(UploadPartOutput {
            e_tag: Some(ETag::Strong(digest.to_string())),
            ..UploadPartOutput::default()
        }))
    }

    /// The same again, after an answer that was lost, gives the same answer.
    async fn complete_multipart_upload(
        &self,
        request: S3Request<CompleteMultipartUploadInput>,
    ) -> S3Result<S3Response<CompleteMultipartUploadOutput>> {
        let S3Request {
            input, extensions, ..
        } = request;
        let access = signer(&extensions)?;
        let upload = begun(&self.uploads, access, &input.upload_id, &input.key).await?;
        let upload = settle(&self.uploads, upload, &meant(input.multipart_upload)?).await?;
        let entity_tag = upload.entity_tag.clone();
        let completed = move || CompleteMultipartUploadOutput {
            bucket: Some(input.bucket.clone()),
            key: Some(input.key.clone()),
            e_tag: entity_tag.clone().map(ETag::Strong),
            ..CompleteMultipartUploadOutput::default()
        };
        let uploads = self.uploads.clone();
        let mut joining = tokio::spawn(async move { slide(&uploads, &upload).await });
        if let Ok(joined) = timeout(ANSWERED_WITHIN, &mut joining).await {
            let slide = joined.map_err(|stopped| told(ResumeError::Stopped(stopped)))??;
            return Ok(S3Response::with_headers(completed(), naming(slide)));
        }
        let joined = async move {
            let joined = joining.await;
            joined.map_err(|stopped| told(ResumeError::Stopped(stopped)))??;
            Ok(completed())
        };
        Ok(S3Response::new(CompleteMultipartUploadOutput {
            future: Some(Box::pin(joined)),
            ..CompleteMultipartUploadOutput::default()
        }))
    }

    async fn abort_multipart_upload(
        &self,
        request: S3Request<AbortMultipartUploadInput>,
    ) -> S3Result<S3Response<AbortMultipartUploadOutput>> {
        let (input, access) = (&request.input, signer(&request.extensions)?);
        let upload = begun(&self.uploads, access, &input.upload_id, &input.key).await?;
        remove(&self.uploads.deps, upload.id).await.map_err(told)?;
        Ok(S3Response::new(AbortMultipartUploadOutput::default()))
    }

    async fn list_parts(
        &self,
        request: S3Request<ListPartsInput>,
    ) -> S3Result<S3Response<ListPartsOutput>> {
        let access = signer(&request.extensions)?;
        let input = &request.input;
        let upload = begun(&self.uploads, access, &input.upload_id, &input.key).await?;
        let parts = self.uploads.deps.catalog.numbered_parts(upload.id).await;
        let parts = parts.map_err(|error| told(ResumeError::from(error)))?;
        let after = input.part_number_marker.unwrap_or_default();
        let most = input.max_parts.unwrap_or(MOST_NAMES).clamp(0, MOST_NAMES);
        let mut parts: Vec<Part> = parts
            .into_iter()
            .map(|part| Part {
                part_number: Some(part.number.get().into()),
                size: Some(part.n_bytes.cast_signed()),
                e_tag: Some(ETag::Strong(part.digest.to_string())),
                last_modified: Some(timestamp(part.stored_at)),
                ..Part::default()
            })
            .filter(|part| part.part_number > Some(after))
            .collect();
        let is_truncated = parts.len() > usize::try_from(most).unwrap_or_default();
        parts.truncate(usize::try_from(most).unwrap_or_default());
        Ok(S3Response::new(ListPartsOutput {
            bucket: Some(input.bucket.clone()),
            key: Some(input.key.clone()),
            upload_id: Some(input.upload_id.clone()),
            max_parts: Some(most),
            part_number_marker: Some(after),
            next_part_number_marker: parts.last().and_then(|part| part.part_number),
            is_truncated: Some(is_truncated),
            parts: Some(parts),
            ..ListPartsOutput::default()
        }))
    }

    async fn list_multipart_uploads(
        &self,
        request: S3Request<ListMultipartUploadsInput>,
    ) -> S3Result<S3Response<ListMultipartUploadsOutput>> {
        let owner = signer(&request.extensions)?.key();
        let uploads = self.uploads.deps.catalog.numbered_uploads(&owner).await;
        let uploads = uploads.map_err(|error| told(ResumeError::from(error)))?;
        let prefix = request.input.prefix.clone().unwrap_or_default();
        let shown = |upload: UploadRow| {
            let key = upload.object.as_ref()?.reveal().to_owned();
            key.starts_with(&prefix).then(|| MultipartUpload {
                key: Some(key),
                upload_id: Some(upload.id.to_string()),
                initiated: Some(timestamp(upload.touched_at)),
                ..MultipartUpload::default()
            })
        };
        Ok(S3Response::new(ListMultipartUploadsOutput {
            bucket: Some(request.input.bucket.clone()),
            uploads: Some(uploads.into_iter().filter_map(shown).collect()),
            is_truncated: Some(false),
            prefix: request.input.prefix,
            ..ListMultipartUploadsOutput::default()
        }))
    }

    async fn head_object(
        &self,
        request: S3Request<HeadObjectInput>,
    ) -> S3Result<S3Response<HeadObjectOutput>> {
        let owner = signer(&request.extensions)?.key();
        let object = object_name(&request.input.key)?;
        let found = self
            .uploads
            .deps
            .catalog
            .uploaded_object(&owner, &object)
            .await;
        let found = found.map_err(|error| told(ResumeError::from(error)))?;
        let found = found.ok_or_else(|| s3_error!(NoSuchKey))?;
        let slide = slide(&self.uploads, &found).await?;
        let output = HeadObjectOutput {
            content_length: Some(found.n_bytes.cast_signed()),
            e_tag: found.entity_tag.map(ETag::Strong),
            last_modified: Some(timestamp(found.touched_at)),
            metadata: Some(given_back(found.metadata.as_ref(), slide)),
            ..HeadObjectOutput::default()
        };
        Ok(S3Response::with_headers(output, naming(slide)))
    }

    async fn list_objects_v2(
        &self,
        request: S3Request<ListObjectsV2Input>,
    ) -> S3Result<S3Response<ListObjectsV2Output>> {
        let input = request.input;
        let after = input
            .continuation_token
            .as_deref()
            .or(input.start_after.as_deref());
        let most = input.max_keys.unwrap_or(MOST_NAMES).clamp(0, MOST_NAMES);
        let wanted = Wanted {
            prefix: input.prefix.as_deref().unwrap_or_default(),
            delimiter: input.delimiter.as_deref(),
            after: after.unwrap_or_default(),
            most: usize::try_from(most).unwrap_or_default(),
        };
        let listing = self.list(&request.extensions, &wanted).await?;
        Ok(S3Response::new(ListObjectsV2Output {
            key_count: i32::try_from(listing.len()).ok(),
            max_keys: Some(most),
            is_truncated: Some(listing.next.is_some()),
            contents: Some(listing.objects),
            common_prefixes: Some(listing.prefixes),
            next_continuation_token: listing.next,
            name: Some(input.bucket),
            prefix: input.prefix,
            delimiter: input.delimiter,
            continuation_token: input.continuation_token,
            start_after: input.start_after,
            ..ListObjectsV2Output::default()
        }))
    }

    async fn list_objects(
        &self,
        request: S3Request<ListObjectsInput>,
    ) -> S3Result<S3Response<ListObjectsOutput>> {
        let input = request.input;
        let most = input.max_keys.unwrap_or(MOST_NAMES).clamp(0, MOST_NAMES);
        let wanted = Wanted {
            prefix: input.prefix.as_deref().unwrap_or_default(),
            delimiter: input.delimiter.as_deref(),
            after: input.marker.as_deref().unwrap_or_default(),
            most: usize::try_from(most).unwrap_or_default(),
        };
        let listing = self.list(&request.extensions, &wanted).await?;
        Ok(S3Response::new(ListObjectsOutput {
            max_keys: Some(most),
            is_truncated: Some(listing.next.is_some()),
            contents: Some(listing.objects),
            common_prefixes: Some(listing.prefixes),
            next_marker: listing.next,
            name: Some(input.bucket),
            prefix: input.prefix,
            delimiter: input.delimiter,
            marker: input.marker,
            ..ListObjectsOutput::default()
        }))
    }
}

/// Which slide it is.
fn naming(slide: SlideId) -> HeaderMap {
    let value = HeaderValue::from_str(&slide.to_string());
    let name = HeaderName::from_static(SLIDE);
    value.map(|value| (name, value)).into_iter().collect()
}
