use super::UsageWork;

const HEADER: &str = "period,kind,name,version,model,slides,tiles,seconds\r\n";

/// Rows as CSV by RFC 4180.
pub fn to_csv(rows: &[UsageWork]) -> String {
    let mut text = HEADER.to_owned();
    for row in rows {
        let version = row.version.as_ref().map(ToString::to_string);
        let cells = [
            row.period.clone().unwrap_or_default(),
            row.kind.to_owned(),
            row.name.clone(),
            version.unwrap_or_default(),
            row.model.to_string(),
            row.slides.to_string(),
            row.tiles.to_string(),
            format!("{:.3}", row.seconds),
        ];
        let cells = cells.map(|cell| quoted(&cell));
        text.push_str(&cells.join(","));
        text.push_str("\r\n");
    }
    text
}

fn quoted(cell: &str) -> String {
    // Spreadsheets take a cell that begins so for a formula.
    let cell = match cell.starts_with(['=', '+', '-', '@', '\t']) {
        true => format!("'{cell}"),
        false => cell.to_owned(),
    };
    match cell.contains(['"', ',', '\r', '\n']) {
        true => format!("\"{}\"", cell.replace('"', "\"\"")),
        false => cell,
    }
}

#[cfg(test)]
mod tests {
    use flow::Sha256Digest;

    use super::*;

    #[test]
    fn what_would_end_a_cell_is_quoted() {
        let of = |name: &str| UsageWork {
            period: Some("2026-11".to_owned()),
            kind: "embedded",
            name: name.to_owned(),
            version: None,
            model: Sha256Digest::of(b"encoder"),
            slides: 2,
            tiles: 2048,
            seconds: 1.5,
        };
        let rows = [of("a \"small\" one, f32"), of("=cmd()")];
        let csv = to_csv(&rows);
        let lines: Vec<&str> = csv.split("\r\n").collect();
        let model = Sha256Digest::of(b"encoder");
        assert_eq!(
            lines[1],
            format!("2026-11,embedded,\"a \"\"small\"\" one, f32\",,{model},2,2048,1.500")
        );
        assert!(lines[2].starts_with("2026-11,embedded,'=cmd(),"), "{csv}");
        assert_eq!((lines.len(), lines[3]), (4, ""));
    }
}
