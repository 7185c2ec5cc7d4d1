use axum::http::{StatusCode, header};
use pyramid::{PyramidReader, decode_jpeg};
use serde_json::Value;

use crate::lab::{JPEG_BASELINE, Lab, TestResult};

const DICOM: &str = "application/dicom";
const JPEG: &str = "image/jpeg";

#[tokio::test]
async fn instances_are_the_stored_bytes() -> TestResult {
    let (lab, tiled) = Lab::with_slide().await?;
    let n_levels = tiled.index.levels.len() as u8;
    assert!(n_levels > 1);
    for level in 0..n_levels {
        let stored = tiled.stored(&lab, level).await?;
        let several = lab.get(&tiled.instance(level)).await?;
        let parts = several.parts(DICOM)?;
        assert_eq!(parts.len(), 1);
        let syntax = format!("Content-Type: {DICOM}; transfer-syntax={JPEG_BASELINE}");
        assert!(parts[0].0.contains(&syntax), "{}", parts[0].0);
        assert!(parts[0].1 == stored, "level {level}");
        let single = lab.accepting(&tiled.instance(level), DICOM).await?;
        assert_eq!(single.status, StatusCode::OK);
        assert!(single.body == stored, "level {level}");
    }
    for path in [tiled.study(), tiled.series()] {
        let parts = lab.get(&path).await?.parts(DICOM)?;
        assert_eq!(parts.len(), usize::from(n_levels));
        for (level, (_, content)) in (0..).zip(parts) {
            assert!(
                content == tiled.stored(&lab, level).await?,
                "{path} {level}"
            );
        }
    }
    Ok(())
}

#[tokio::test]
async fn what_is_held_is_not_sent_again() -> TestResult {
    let (lab, tiled) = Lab::with_slide().await?;
    for path in [
        tiled.instance(0),
        format!("{}/metadata", tiled.study()),
        format!("{}/frames/1,2", tiled.instance(0)),
        format!("{}/rendered", tiled.instance(0)),
        format!("{}/bulkdata/00282000", tiled.instance(0)),
    ] {
        let first = lab.get(&path).await?;
        let tag = first.header(header::ETAG).to_owned();
        assert_eq!(first.header(header::VARY), "accept");
        let again = lab.ask(&path, &[("if-none-match", &tag)]).await?;
        assert_eq!(again.status, StatusCode::NOT_MODIFIED, "{path}");
        assert!(again.body.is_empty());
    }
    Ok(())
}

#[tokio::test]
async fn frames_are_the_stored_bytes_in_the_order_asked() -> TestResult {
    let (lab, tiled) = Lab::with_slide().await?;
    let path = format!("{}/frames/3,1,9", tiled.instance(0));
    let accepts = [
        (
            "multipart/related; type=\"application/octet-stream\"; transfer-syntax=*",
            "application/octet-stream",
        ),
        ("*/*", JPEG),
        ("multipart/related; type=\"*/*\"", JPEG),
        (
            "multipart/related; type=\"image/jpeg\"; transfer-syntax=1.2.840.10008.1.2.4.50",
            JPEG,
        ),
    ];
    for (accept, kind) in accepts {
        let parts = lab.accepting(&path, accept).await?.parts(kind)?;
        assert_eq!(parts.len(), 3, "{accept}");
        for (number, (head, content)) in [3, 1, 9].into_iter().zip(parts) {
            let syntax = format!("Content-Type: {kind}; transfer-syntax={JPEG_BASELINE}");
            assert!(head.contains(&syntax), "{head}");
            assert!(
                head.contains(&format!("/frames/{number}\r\n"))
                    || head.ends_with(&format!("/frames/{number}"))
            );
            assert!(content == tiled.frame(&lab, 0, number).await?);
        }
    }
    let one = format!("{}/frames/2", tiled.instance(0));
    let single = lab.accepting(&one, JPEG).await?;
    assert!(single.body == tiled.frame(&lab, 0, 2).await?);
    let by_query = format!("{one}?accept=image/jpeg");
    assert!(lab.accepting(&by_query, DICOM).await?.body == single.body);
    Ok(())
}

#[tokio::test]
async fn frames_that_are_not_there_or_cannot_be_had_so_are_told() -> TestResult {
    let (lab, tiled) = Lab::with_slide().await?;
    let instance = tiled.instance(0);
    for list in ["10", "1,10", "4294967295"] {
        let answer = lab.get(&format!("{instance}/frames/{list}")).await?;
        let detail = answer.problem(StatusCode::NOT_FOUND)?;
        assert!(detail.contains("1 to 9"), "{detail}");
    }
    for list in ["0", "x", "1,", "-1", "1,,2"] {
        let answer = lab.get(&format!("{instance}/frames/{list}")).await?;
        let detail = answer.problem(StatusCode::BAD_REQUEST)?;
        assert!(detail.contains("frames"), "{detail}");
    }
    let one = format!("{instance}/frames/1");
    for accept in [
        "multipart/related; type=\"image/jp2\"",
        "multipart/related; type=\"application/octet-stream\"; transfer-syntax=1.2.840.10008.1.2.1",
        "image/png",
    ] {
        let detail = lab.accepting(&one, accept).await?;
        let detail = detail.problem(StatusCode::NOT_ACCEPTABLE)?;
        assert!(detail.contains(JPEG_BASELINE), "{detail}");
    }
    let bad = lab.accepting(&one, "image/jpeg; q=2").await?;
    assert!(bad.problem(StatusCode::BAD_REQUEST)?.contains("Accept"));
    Ok(())
}

#[tokio::test]
async fn metadata_is_what_the_header_says() -> TestResult {
    let (lab, tiled) = Lab::with_slide().await?;
    for level in 0..tiled.index.levels.len() as u8 {
        let answer = lab
            .get(&format!("{}/metadata", tiled.instance(level)))
            .await?;
        assert_eq!(
            answer.header(header::CONTENT_TYPE),
            "application/dicom+json"
        );
        let described: Vec<Value> = serde_json::from_slice(&answer.body)?;
        let [described] = &described[..] else {
            return Err("one instance has one description".into());
        };
        let stored = tiled.stored(&lab, level).await?;
        let object = dicom_object::from_reader(&stored[..])?;
        // All but the two offset tables, which say where frames lie in the file.
        let told = described.as_object().ok_or("an object")?.len();
        assert_eq!(told, object.iter().count() - 2);
        for element in object.iter() {
            let tag = element.header().tag;
            if [0x0001, 0x0002].contains(&tag.element()) && tag.group() == 0x7fe0 {
                continue;
            }
            let json = &described[format!("{:04X}{:04X}", tag.group(), tag.element())];
            assert_eq!(json["vr"], element.vr().to_string(), "{tag}");
            let uris = element.vr() == dicom_core::VR::OB;
            assert_eq!(json.get("BulkDataURI").is_some(), uris, "{tag}");
        }
        let base = format!("http://lab.example:8080/dicomweb{}", tiled.instance(level));
        assert_eq!(
            described["7FE00010"]["BulkDataURI"],
            format!("{base}/bulkdata/7FE00010")
        );
        let profile = &described["00480105"]["Value"][0]["00282000"];
        assert_eq!(profile["BulkDataURI"], format!("{base}/bulkdata/00282000"));
    }
    Ok(())
}

#[tokio::test]
async fn studies_and_series_are_described_instance_by_instance() -> TestResult {
    let (lab, tiled) = Lab::with_slide().await?;
    let mut one_by_one = Vec::new();
    for level in 0..tiled.index.levels.len() as u8 {
        let path = format!("{}/metadata", tiled.instance(level));
        one_by_one.extend(lab.search(&path).await?);
    }
    for path in [tiled.study(), tiled.series()] {
        assert_eq!(lab.search(&format!("{path}/metadata")).await?, one_by_one);
    }
    let path = format!("{}/metadata", tiled.study());
    let xml = "multipart/related; type=\"application/dicom+xml\"";
    let answer = lab.accepting(&path, xml).await?;
    answer.problem(StatusCode::NOT_ACCEPTABLE)?;
    let answer = lab.accepting(&path, "application/json").await?;
    assert_eq!(answer.header(header::CONTENT_TYPE), "application/json");
    Ok(())
}

#[tokio::test]
async fn bulk_data_is_where_metadata_says() -> TestResult {
    let (lab, tiled) = Lab::with_slide().await?;
    let reader = PyramidReader::open(&lab.store, tiled.slide).await?;
    let expected = reader.icc().await?;
    for level in 0..tiled.index.levels.len() as u8 {
        let path = format!("{}/bulkdata/00282000", tiled.instance(level));
        let parts = lab.get(&path).await?.parts("application/octet-stream")?;
        assert_eq!(parts.len(), 1);
        assert_eq!(parts[0].1, expected);
        let single = lab.accepting(&path, "application/vnd.iccprofile").await?;
        assert_eq!(single.body, expected);
    }
    let path = format!("{}/bulkdata/7FE00010", tiled.instance(0));
    let parts = lab.get(&path).await?.parts(JPEG)?;
    assert_eq!(parts.len(), 9);
    for (number, (_, content)) in (1..).zip(parts) {
        assert!(content == tiled.frame(&lab, 0, number).await?);
    }
    Ok(())
}

#[tokio::test]
async fn pictures_have_the_form_and_size_asked_for() -> TestResult {
    let (lab, tiled) = Lab::with_slide().await?;
    let size = async |path: &str| -> Result<(u32, u32), crate::lab::Failure> {
        let answer = lab.get(path).await?;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text());
        assert_eq!(answer.header(header::CONTENT_TYPE), JPEG);
        let size = decode_jpeg(&answer.body)?.size;
        Ok((size.width, size.height))
    };
    let instance = tiled.instance(0);
    assert_eq!(
        size(&format!("{}/thumbnail", tiled.study())).await?,
        (256, 256)
    );
    assert_eq!(
        size(&format!("{}/thumbnail", tiled.series())).await?,
        (256, 256)
    );
    assert_eq!(size(&format!("{instance}/rendered")).await?, (700, 700));
    assert_eq!(
        size(&format!("{instance}/rendered?viewport=350,900&quality=50")).await?,
        (350, 350)
    );
    assert_eq!(
        size(&format!("{}/rendered", tiled.instance(1))).await?,
        (350, 350)
    );
    assert_eq!(
        size(&format!("{instance}/frames/1/rendered")).await?,
        (256, 256)
    );
    // The last frame hangs over the slide's edge, and only what is inside is shown.
    assert_eq!(
        size(&format!("{instance}/frames/9/rendered")).await?,
        (188, 188)
    );
    assert_eq!(
        size(&format!("{instance}/frames/1/thumbnail?viewport=64,64")).await?,
        (64, 64)
    );

    let path = format!("{instance}/frames/5/rendered");
    let png = lab.accepting(&path, "image/png").await?;
    let decoder = png::Decoder::new(std::io::Cursor::new(png.body.to_vec()));
    let mut reader = decoder.read_info()?;
    let mut pixels = vec![0; 256 * 256 * 3];
    reader.next_frame(&mut pixels)?;
    let frame = decode_jpeg(&tiled.frame(&lab, 0, 5).await?)?;
    assert!(pixels == frame.pixels, "a PNG loses nothing");
    Ok(())
}

#[tokio::test]
async fn pictures_that_cannot_be_drawn_are_refused() -> TestResult {
    let (lab, tiled) = Lab::with_slide().await?;
    let instance = tiled.instance(0);
    for query in [
        "viewport=0,1",
        "viewport=1",
        "quality=0",
        "window=1,2,linear",
        "iccprofile=srgb",
    ] {
        let answer = lab.get(&format!("{instance}/rendered?{query}")).await?;
        answer.problem(StatusCode::BAD_REQUEST)?;
    }
    let several = lab.get(&format!("{instance}/frames/1,2/rendered")).await?;
    several.problem(StatusCode::BAD_REQUEST)?;
    let outside = lab.get(&format!("{instance}/frames/10/rendered")).await?;
    assert!(outside.problem(StatusCode::NOT_FOUND)?.contains("1 to 9"));
    let gif = lab
        .accepting(&format!("{instance}/rendered"), "image/gif")
        .await?;
    gif.problem(StatusCode::NOT_ACCEPTABLE)?;
    Ok(())
}
