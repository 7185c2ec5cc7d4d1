use axum::body::Body;
use axum::http::{Method, StatusCode};
use catalog::Role;
use coverslip_ingest::{ReceiveConfig, UploadConfig};

use super::{PART, Sender, file, metadata, parts, small_parts};
use crate::lab::{Lab, Tested};

/// Headers of a wish to begin, the status of the answer, and a word in it.
type Case<'c> = (&'c [(&'c str, &'c str)], u16, &'c str);

#[tokio::test]
async fn what_the_protocol_forbids_is_refused_before_anything_is_kept() -> Tested {
    let lab = Lab::open().await?;
    let config = ReceiveConfig {
        uploads: UploadConfig {
            most_bytes: 5000,
            part_bytes: PART,
            ..UploadConfig::default()
        },
        ..small_parts()
    };
    let scanner = Sender::of(&lab, config).await?;
    let bad_name = metadata(&[("accession", "")]);
    let cases: [Case<'_>; 8] = [
        (&[], 400, "Upload-Length"),
        (&[("upload-length", "0")], 400, "empty"),
        (&[("upload-length", "+5")], 400, "Upload-Length"),
        (&[("upload-length", "5001")], 413, "5000"),
        (&[("upload-defer-length", "1")], 400, "Upload-Length"),
        (
            &[("upload-concat", "partial"), ("upload-length", "5")],
            400,
            "Upload-Concat",
        ),
        (
            &[("upload-length", "5"), ("upload-metadata", "a b c")],
            400,
            "Upload-Metadata",
        ),
        (
            &[("upload-length", "5"), ("upload-metadata", &bad_name)],
            400,
            "accession",
        ),
    ];
    for (headers, status, word) in cases {
        let answer = scanner
            .ask(Method::POST, "/api/v1/uploads", headers, Body::empty())
            .await?;
        assert_eq!(answer.status.as_u16(), status, "{}", answer.text);
        assert!(answer.text.contains(word), "{}", answer.text);
        assert_eq!(answer.header("tus-resumable"), Some("1.0.0"));
    }
    for version in [None, Some(("tus-resumable", "0.2.2"))] {
        let headers: Vec<_> = version
            .into_iter()
            .chain([("upload-length", "5")])
            .collect();
        let answer = scanner
            .ask_bare(Method::POST, "/api/v1/uploads", &headers, Body::empty())
            .await?;
        assert_eq!(
            answer.status,
            StatusCode::PRECONDITION_FAILED,
            "{}",
            answer.text
        );
        assert_eq!(answer.header("tus-version"), Some("1.0.0"));
    }
    let told = scanner
        .ask_bare(Method::OPTIONS, "/api/v1/uploads", &[], Body::empty())
        .await?;
    assert_eq!(told.status, StatusCode::NO_CONTENT);
    assert_eq!(told.header("tus-max-size"), Some("5000"));
    let extensions = told.header("tus-extension").unwrap_or_default();
    for extension in [
        "creation",
        "creation-with-upload",
        "checksum",
        "termination",
        "expiration",
    ] {
        assert!(
            extensions.split(',').any(|one| one == extension),
            "{extensions}"
        );
    }
    Ok(())
}

#[tokio::test]
async fn pieces_that_do_not_fit_are_refused() -> Tested {
    let (lab, file) = (Lab::open().await?, file());
    let scanner = Sender::of(&lab, small_parts()).await?;
    let path = scanner.begin(file.len(), &[]).await?;
    scanner.patch(&path, 0, &[], file[..1500].to_vec()).await?;

    for offset in [0, 1499, 1501, 9999] {
        let answer = scanner
            .patch(&path, offset, &[], file[..9].to_vec())
            .await?;
        assert_eq!(answer.status, StatusCode::CONFLICT, "{}", answer.text);
    }
    let without = scanner
        .ask(Method::PATCH, &path, &[], Body::from("x"))
        .await?;
    assert_eq!(
        without.status,
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "{}",
        without.text
    );
    // One byte too many, announced and not.
    let long = scanner.patch(&path, 1500, &[], vec![0; 2001]).await?;
    assert_eq!(long.status, StatusCode::PAYLOAD_TOO_LARGE, "{}", long.text);
    let chunks = futures::stream::iter([Ok::<_, std::io::Error>(vec![0_u8; 2001])]);
    let long = scanner
        .patch(&path, 1500, &[], Body::from_stream(chunks))
        .await?;
    assert_eq!(long.status, StatusCode::PAYLOAD_TOO_LARGE, "{}", long.text);
    assert_eq!(scanner.head(&path).await?.offset(), Some(1500));
    Ok(())
}

#[tokio::test]
async fn an_upload_is_its_keys_alone() -> Tested {
    let (lab, file) = (Lab::open().await?, file());
    let config = small_parts();
    let scanner = Sender::of(&lab, config).await?;
    // Of the same name: it is the key that counts.
    let other = Sender::of(&lab, config).await?;
    let path = scanner.begin(file.len(), &[]).await?;
    let asked = [
        other.head(&path).await?,
        other.patch(&path, 0, &[], file).await?,
        other.ask(Method::DELETE, &path, &[], Body::empty()).await?,
        scanner
            .head("/api/v1/uploads/00000000000000000000000000000000")
            .await?,
    ];
    for answer in asked {
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{}", answer.text);
    }
    let reader = Sender::named(&lab, config, "reader", Role::Pathologist).await?;
    assert_eq!(reader.create(5, &[]).await?.status, StatusCode::FORBIDDEN);
    assert_eq!(reader.head(&path).await?.status, StatusCode::FORBIDDEN);
    assert_eq!(scanner.head(&path).await?.offset(), Some(0));
    Ok(())
}

#[tokio::test]
async fn an_upload_that_is_removed_is_gone_with_its_parts() -> Tested {
    let (lab, file) = (Lab::open().await?, file());
    let scanner = Sender::of(&lab, small_parts()).await?;
    let path = scanner.begin(file.len(), &[]).await?;
    scanner.patch(&path, 0, &[], file[..2500].to_vec()).await?;
    assert_eq!(parts(&lab).len(), 3);
    let removed = scanner
        .ask(Method::DELETE, &path, &[], Body::empty())
        .await?;
    assert_eq!(removed.status, StatusCode::NO_CONTENT, "{}", removed.text);
    assert_eq!(lab.files().len(), 0);
    assert_eq!(scanner.head(&path).await?.status, StatusCode::GONE);
    let late = scanner
        .patch(&path, 2500, &[], file[2500..].to_vec())
        .await?;
    assert_eq!(late.status, StatusCode::GONE, "{}", late.text);
    Ok(())
}
