//! A painted slide as a scanner's file: Aperio's, with a page of its label, and patients named in tags.

use anyhow::{Context, Result, ensure};

/// What a phantom says of itself in each level's description.
const PLAIN: &[u8; 28] = b"Synthetic slide, no patient.";
/// As long. By its first word readers take the file for Aperio's.
const TAG: &[u8; 28] = b"Aperio Canary-Tag-Meier 1950";
/// By the first word of its second line the page is known to be the label.
const LABEL: &[u8] = b"Aperio Canary-Label \nlabel 64x16|Barcode = Canary-Barcode\0";

const WIDTH: u32 = 64;
const HEIGHT: u32 = 16;

/// Types of values (TIFF 6.0 section 2).
const ASCII: u16 = 2;
const SHORT: u16 = 3;
const LONG: u16 = 4;

/// Tag, type, how many, and the value or where it lies.
type Entry = (u16, u16, u32, u32);

/// `phantom` is a classic TIFF.
pub(crate) fn tagged(phantom: &[u8]) -> Result<Vec<u8>> {
    ensure!(phantom.starts_with(b"II*\0"), "no little-endian TIFF");
    let mut file = with_tags(phantom)?;
    let link = last_link(&file)?;
    let n_bytes = (WIDTH * HEIGHT * 3) as usize;
    let pixels: Vec<u8> = b"Canary-Pixels "
        .iter()
        .copied()
        .cycle()
        .take(n_bytes)
        .collect();
    let strip = append(&mut file, &pixels)?;
    let description = append(&mut file, LABEL)?;
    let bits = append(&mut file, &[8, 0, 8, 0, 8, 0])?;
    let page: [Entry; 12] = [
        (254, LONG, 1, 1),
        (256, LONG, 1, WIDTH),
        (257, LONG, 1, HEIGHT),
        (258, SHORT, 3, bits),
        (259, SHORT, 1, 1),
        (262, SHORT, 1, 2),
        (270, ASCII, LABEL.len() as u32, description),
        (273, LONG, 1, strip),
        (277, SHORT, 1, 3),
        (278, LONG, 1, HEIGHT),
        (279, LONG, 1, pixels.len() as u32),
        (284, SHORT, 1, 1),
    ];
    let page = append(&mut file, &directory(&page))?;
    file[link..link + 4].copy_from_slice(&page.to_le_bytes());
    Ok(file)
}

fn with_tags(phantom: &[u8]) -> Result<Vec<u8>> {
    let mut file = phantom.to_vec();
    let places = phantom.windows(PLAIN.len()).enumerate();
    let places: Vec<_> = places
        .filter(|(_, bytes)| bytes == PLAIN)
        .map(|(at, _)| at)
        .collect();
    ensure!(!places.is_empty(), "a phantom describes itself otherwise");
    for at in places {
        file[at..at + TAG.len()].copy_from_slice(TAG);
    }
    Ok(file)
}

/// Where the last directory says that none follows.
fn last_link(file: &[u8]) -> Result<usize> {
    let mut link = 4;
    loop {
        let directory = number(file, link)? as usize;
        if directory == 0 {
            return Ok(link);
        }
        let n_entries = file.get(directory..directory + 2).context("a directory")?;
        let n_entries = u16::from_le_bytes([n_entries[0], n_entries[1]]);
        link = directory + 2 + 12 * usize::from(n_entries);
    }
}

fn number(file: &[u8], at: usize) -> Result<u32> {
    let bytes = file.get(at..at + 4).context("the file is too short")?;
    Ok(u32::from_le_bytes(bytes.try_into()?))
}

/// Where the bytes lie, on a boundary of words.
fn append(file: &mut Vec<u8>, bytes: &[u8]) -> Result<u32> {
    file.resize(file.len().next_multiple_of(4), 0);
    let at = u32::try_from(file.len())?;
    file.extend_from_slice(bytes);
    Ok(at)
}

fn directory(entries: &[Entry]) -> Vec<u8> {
    let mut bytes = (entries.len() as u16).to_le_bytes().to_vec();
    for (tag, kind, count, value) in entries {
        bytes.extend(tag.to_le_bytes());
        bytes.extend(kind.to_le_bytes());
        bytes.extend(count.to_le_bytes());
        bytes.extend(value.to_le_bytes());
    }
    bytes.extend([0; 4]);
    bytes
}
