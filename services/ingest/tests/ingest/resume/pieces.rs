use axum::body::Body;
use axum::http::{Method, StatusCode};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use catalog::FileName;
use flow::{Sha256Digest, SlideReceived};

use super::{PART, Sender, file, metadata, parts, slide_of, small_parts, torn};
use crate::lab::{Lab, Tested};

#[tokio::test]
async fn a_file_in_pieces_is_the_slide_that_a_push_makes() -> Tested {
    let (lab, file) = (Lab::open().await?, file());
    let scanner = Sender::of(&lab, small_parts()).await?;
    let digest = Sha256Digest::of(&file).to_string();
    let told = metadata(&[
        ("filename", "Doe Jäne.svs"),
        ("sha256", &digest),
        ("accession", "S26-1"),
        ("stain", "H&E"),
    ]);
    let path = scanner
        .begin(file.len(), &[("upload-metadata", &told)])
        .await?;
    assert!(!path.contains("Doe") && !path.contains("S26"), "{path}");

    let cuts = [0, 10, 2300, 3499, file.len()];
    for cut in cuts.windows(2) {
        let stands = scanner.head(&path).await?;
        assert_eq!(stands.offset(), Some(cut[0]));
        assert_eq!(stands.header("upload-length"), Some("3500"));
        assert_eq!(stands.header("upload-metadata"), Some(told.as_str()));
        assert_eq!(stands.header("cache-control"), Some("no-store"));
        assert!(stands.header("upload-expires").is_some() && stands.slide().is_none());
        let piece = file[cut[0]..cut[1]].to_vec();
        let answer = scanner.patch(&path, cut[0], &[], piece).await?;
        assert_eq!(answer.status, StatusCode::NO_CONTENT, "{}", answer.text);
        assert_eq!(answer.header("tus-resumable"), Some("1.0.0"));
        assert_eq!(answer.offset(), Some(cut[1]));
    }

    let id = slide_of(&file);
    let slide = id.to_string();
    let done = scanner.head(&path).await?;
    assert_eq!(
        (done.status, done.slide()),
        (StatusCode::OK, Some(slide.as_str()))
    );
    assert_eq!(done.offset(), Some(file.len()));
    // The answer to the last piece was lost, and it is sent again from where the upload stands.
    let again = scanner.patch(&path, file.len(), &[], Body::empty()).await?;
    assert_eq!(
        (again.status, again.slide()),
        (StatusCode::NO_CONTENT, Some(slide.as_str()))
    );
    let kept = scanner
        .ask(Method::DELETE, &path, &[], Body::empty())
        .await?;
    assert_eq!(kept.status, StatusCode::CONFLICT, "{}", kept.text);

    let row = lab.row(id).await?;
    let name = row.file_name.as_ref().map(FileName::reveal);
    assert_eq!(name, Some("Doe Jäne.svs"));
    let place = row.place.ok_or("a case")?;
    assert_eq!(place.stain.as_ref().map(|name| name.reveal()), Some("H&E"));
    assert_eq!(parts(&lab).len(), 0, "the parts are needed no more");
    let original = lab.deps.store.get(&flow::ObjectKey::Original(id)).await?;
    assert!(original == file);
    let announced = lab.deps.queue.subscribe::<SlideReceived>().next().await;
    assert_eq!(announced.message().slide, id);
    let pushed = scanner
        .ask_bare(Method::POST, "/api/v1/slides", &[], Body::from(file))
        .await?;
    assert_eq!(pushed.status, StatusCode::OK, "{}", pushed.text);
    Ok(())
}

#[tokio::test]
async fn a_file_may_come_with_the_beginning_and_by_another_method() -> Tested {
    let (lab, file) = (Lab::open().await?, file());
    let scanner = Sender::of(&lab, small_parts()).await?;
    let bytes = ("content-type", "application/offset+octet-stream");
    let length = ("upload-length", "3500");
    let create = |body: &[u8]| {
        let body = Body::from(body.to_vec());
        let scanner = scanner.clone();
        async move {
            let headers = [bytes, length];
            scanner
                .ask(Method::POST, "/api/v1/uploads", &headers, body)
                .await
        }
    };
    let whole = create(&file).await?;
    assert_eq!(whole.status, StatusCode::CREATED, "{}", whole.text);
    let id = slide_of(&file).to_string();
    assert_eq!(
        (whole.offset(), whole.slide()),
        (Some(3500), Some(id.as_str()))
    );

    let begun = create(&file[..1200]).await?;
    assert_eq!((begun.offset(), begun.slide()), (Some(1200), None));
    let path = begun.header("location").ok_or("a location")?;
    let headers = [
        bytes,
        ("upload-offset", "1200"),
        ("x-http-method-override", "PATCH"),
    ];
    let rest = Body::from(file[1200..].to_vec());
    let done = scanner.ask(Method::POST, path, &headers, rest).await?;
    assert_eq!(
        (done.status, done.slide()),
        (StatusCode::NO_CONTENT, Some(id.as_str()))
    );
    assert_eq!(parts(&lab).len(), 0);
    Ok(())
}

#[tokio::test]
async fn what_came_before_a_connection_broke_counts_to_the_last_byte() -> Tested {
    let (lab, file) = (Lab::open().await?, file());
    let scanner = Sender::of(&lab, small_parts()).await?;
    let path = scanner.begin(file.len(), &[]).await?;
    let mut stands = 0;
    for cut in [1, PART, 2 * PART + 499, file.len() - 1] {
        let answer = scanner
            .patch(&path, stands, &[], torn(&file[stands..cut]))
            .await?;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{}", answer.text);
        stands = cut;
        assert_eq!(scanner.head(&path).await?.offset(), Some(stands));
    }
    // Less came than was announced, and the connection ended as if that were all.
    let headers = [("content-length", "1")];
    let answer = scanner
        .patch(&path, stands, &headers, Body::empty())
        .await?;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{}", answer.text);
    let done = scanner
        .patch(&path, stands, &[], file[stands..].to_vec())
        .await?;
    assert_eq!(done.slide(), Some(slide_of(&file).to_string().as_str()));
    Ok(())
}

#[tokio::test]
async fn with_a_checksum_all_bytes_of_a_request_count_or_none() -> Tested {
    let (lab, file) = (Lab::open().await?, file());
    let scanner = Sender::of(&lab, small_parts()).await?;
    let path = scanner.begin(file.len(), &[]).await?;
    let sum = |bytes: &[u8]| {
        let digest = Sha256Digest::of(bytes);
        format!("sha256 {}", STANDARD.encode(digest.as_bytes()))
    };
    let right = sum(&file[..2500]);
    let checked = [("upload-checksum", right.as_str())];

    let wrong = scanner
        .patch(&path, 0, &checked, file[..2499].to_vec())
        .await?;
    assert_eq!(wrong.status.as_u16(), 460, "{}", wrong.text);
    let cut = scanner
        .patch(&path, 0, &checked, torn(&file[..2500]))
        .await?;
    assert_eq!(cut.status, StatusCode::BAD_REQUEST, "{}", cut.text);
    let unknown = [("upload-checksum", "crc32 AAAA")];
    let unknown = scanner.patch(&path, 0, &unknown, file.clone()).await?;
    assert_eq!(unknown.status, StatusCode::BAD_REQUEST, "{}", unknown.text);
    assert_eq!(scanner.head(&path).await?.offset(), Some(0));
    assert_eq!(
        parts(&lab).len(),
        0,
        "nothing is left of what does not count"
    );

    let good = scanner
        .patch(&path, 0, &checked, file[..2500].to_vec())
        .await?;
    assert_eq!(
        (good.status, good.offset()),
        (StatusCode::NO_CONTENT, Some(2500))
    );
    // What was kept before stays.
    let wrong = scanner
        .patch(&path, 2500, &checked, file[2500..].to_vec())
        .await?;
    assert_eq!(wrong.status.as_u16(), 460, "{}", wrong.text);
    assert_eq!(scanner.head(&path).await?.offset(), Some(2500));
    let right = sum(&file[2500..]);
    let checked = [("upload-checksum", right.as_str())];
    let done = scanner
        .patch(&path, 2500, &checked, file[2500..].to_vec())
        .await?;
    assert_eq!(done.slide(), Some(slide_of(&file).to_string().as_str()));
    Ok(())
}

#[tokio::test]
async fn a_file_that_is_not_the_one_announced_leaves_nothing() -> Tested {
    let (lab, file) = (Lab::open().await?, file());
    let scanner = Sender::of(&lab, small_parts()).await?;
    let other = Sha256Digest::of(b"another").to_string();
    let told = metadata(&[("sha256", &other)]);
    let path = scanner
        .begin(file.len(), &[("upload-metadata", &told)])
        .await?;
    let refused = scanner.patch(&path, 0, &[], file.clone()).await?;
    assert_eq!(
        refused.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{}",
        refused.text
    );
    assert!(lab.row(slide_of(&file)).await.is_err());
    assert_eq!(lab.files().len(), 0);
    assert_eq!(scanner.head(&path).await?.status, StatusCode::GONE);
    Ok(())
}

#[tokio::test]
async fn a_slide_that_is_in_another_case_is_told_and_kept() -> Tested {
    let (lab, file) = (Lab::open().await?, file());
    let scanner = Sender::of(&lab, small_parts()).await?;
    for (accession, status) in [("S26-1", 204), ("CANARY-2", 422)] {
        let told = metadata(&[("accession", accession)]);
        let path = scanner
            .begin(file.len(), &[("upload-metadata", &told)])
            .await?;
        let answer = scanner.patch(&path, 0, &[], file.clone()).await?;
        assert_eq!(answer.status.as_u16(), status, "{}", answer.text);
        assert!(!answer.text.contains("CANARY"), "{}", answer.text);
        let slide = slide_of(&file).to_string();
        assert_eq!(scanner.head(&path).await?.slide(), Some(slide.as_str()));
    }
    assert_eq!(parts(&lab).len(), 0);
    Ok(())
}
