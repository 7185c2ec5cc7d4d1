use std::sync::LazyLock;
use std::time::Duration;

use coverslip_slide::{Slide, SlideError, open};
use proptest::prelude::*;
use rustix::time::{ClockId, clock_gettime};

use crate::dicom_file::DicomFile;
use crate::dicom_named::{meta_of, named};
use crate::tiff_file::{Layout, Page, write};
use crate::{decoded, decoder, open_bytes};

/// A mutant of these small files takes a millisecond. Work without bound takes more than this, a
/// busy machine does not.
const MAX_TIME: Duration = Duration::from_secs(60);

/// Opens the bytes and reads every frame of every level: whatever comes, it is an answer, in time.
fn survive(bytes: &[u8]) {
    let start = processor_time();
    read_all(open_bytes(bytes));
    // What is asked of files that store themselves, before they are opened.
    let _named = (meta_of(bytes), named(bytes));
    let taken = processor_time() - start;
    assert!(taken < MAX_TIME, "took {taken:?}");
}

fn read_all(opened: Result<Slide, SlideError>) {
    if let Ok(slide) = opened {
        for (number, level) in slide.levels().iter().enumerate() {
            for tile in level.grid.tiles().take(100) {
                let length = slide.frame_length(number, tile);
                if let (Ok(frame), Some(length)) = (slide.frame(number, tile), length) {
                    assert_eq!(frame.len(), length as usize);
                }
            }
        }
    }
}

/// Of this thread: how long the disk or other programs take does not matter.
fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

static CLASSIC: LazyLock<Vec<u8>> = LazyLock::new(|| tiff(Layout::Classic));
static BIG: LazyLock<Vec<u8>> = LazyLock::new(|| tiff(Layout::BigLittleEndian));
static SAMPLES: LazyLock<Vec<u8>> =
    LazyLock::new(|| write(&[decoded::plain_tiff()], Layout::Classic));
static DICOM: LazyLock<Vec<u8>> = LazyLock::new(|| DicomFile::jpeg(100, 70, 32).write());

fn tiff(layout: Layout) -> Vec<u8> {
    let pages = [
        Page::generated(200, 130, 64).with_shared_tables(),
        Page::generated(100, 65, 64),
    ];
    write(&pages, layout)
}

#[derive(Clone, Debug)]
enum Mutation {
    Flip {
        at: usize,
        bits: u8,
    },
    /// A 32-bit number that is small, huge or points anywhere.
    Number {
        at: usize,
        value: u32,
    },
    Truncate {
        at: usize,
    },
    Copy {
        from: usize,
        to: usize,
        length: usize,
    },
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let number = prop_oneof![
        Just(0),
        Just(1),
        Just(0x7fff_ffff),
        Just(0x8000_0000),
        Just(u32::MAX),
        0..20_000_u32,
        any::<u32>(),
    ];
    prop_oneof![
        (any::<usize>(), 1..=u8::MAX).prop_map(|(at, bits)| Mutation::Flip { at, bits }),
        (any::<usize>(), number).prop_map(|(at, value)| Mutation::Number { at, value }),
        any::<usize>().prop_map(|at| Mutation::Truncate { at }),
        (any::<usize>(), any::<usize>(), 1..64_usize)
            .prop_map(|(from, to, length)| Mutation::Copy { from, to, length }),
    ]
}

/// Mutations fall into `wanted`, where the structure lies, so that most of them matter.
fn mutated(bytes: &[u8], wanted: std::ops::Range<usize>, mutations: &[Mutation]) -> Vec<u8> {
    let place = |at: usize| wanted.start + at % wanted.len();
    let mut bytes = bytes.to_vec();
    for mutation in mutations {
        match *mutation {
            Mutation::Flip { at, bits } => {
                if let Some(byte) = bytes.get_mut(place(at)) {
                    *byte ^= bits;
                }
            }
            Mutation::Number { at, value } => {
                let at = place(at);
                if let Some(number) = bytes.get_mut(at..at + 4) {
                    number.copy_from_slice(&value.to_le_bytes());
                }
            }
            Mutation::Truncate { at } => bytes.truncate(place(at)),
            Mutation::Copy { from, to, length } => {
                let (from, to) = (place(from), place(to));
                if from.max(to) + length <= bytes.len() {
                    bytes.copy_within(from..from + length, to);
                }
            }
        }
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn mutants_of_a_tiff_are_answered(mutations in prop::collection::vec(mutation(), 1..4)) {
        let bytes = CLASSIC.as_slice();
        let directory = u32::from_le_bytes([bytes[4], bytes[5], bytes[6], bytes[7]]) as usize;
        survive(&mutated(bytes, directory.saturating_sub(400)..bytes.len(), &mutations));
        survive(&mutated(bytes, 0..bytes.len(), &mutations));
    }

    #[test]
    fn mutants_of_a_big_tiff_are_answered(mutations in prop::collection::vec(mutation(), 1..4)) {
        let bytes = BIG.as_slice();
        let tail = bytes.len() - 600;
        survive(&mutated(bytes, tail..bytes.len(), &mutations));
    }

    #[test]
    fn mutants_of_a_dicom_file_are_answered(mutations in prop::collection::vec(mutation(), 1..4)) {
        let bytes = DICOM.as_slice();
        survive(&mutated(bytes, 128..bytes.len().min(1200), &mutations));
        survive(&mutated(bytes, 128..bytes.len(), &mutations));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// A child may die of it; the caller gets an error, and the next slide opens all the same.
    #[test]
    fn mutants_are_answered_through_the_child(
        mutations in prop::collection::vec(mutation(), 1..4),
    ) {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("mutant.tiff");
        let bytes = SAMPLES.as_slice();
        std::fs::write(&path, mutated(bytes, bytes.len() - 300..bytes.len(), &mutations))?;
        read_all(open(&path, &decoder()));
        std::fs::write(&path, bytes)?;
        prop_assert!(open(&path, &decoder()).is_ok());
    }
}
