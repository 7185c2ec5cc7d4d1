use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{
    EncoderRef, EncoderTerms, FlowError, MicrometreRect, Mpp, Sha256Digest, SlideId, TileIndex,
    UntrainedMpp,
};

const WHAT: &str = "bag chunk";
const MAGIC: &[u8; 8] = b"CSBAGCHK";
const VERSION: u32 = 1;
const HEADER_BYTES: usize = 20;
const POSITION_BYTES: usize = 16;

/// Instances in one chunk but the last: a chunk is what a crash can cost.
pub const INSTANCES_PER_CHUNK: usize = 512;

/// A slide's embeddings: this header, and chunks that hold the instances in its order.
///
/// Written after its chunks: when it exists, the bag is whole. It holds nothing that differs from
/// run to run, so the same slide and encoder give the same bytes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BagHeader {
    pub slide: SlideId,
    pub pyramid: Sha256Digest,
    pub encoder: EncoderRef,
    pub precision: Precision,
    /// What it was computed on; not said of processors.
    #[serde(default, skip_serializing_if = "DeviceKind::is_cpu")]
    pub device: DeviceKind,
    /// Number of values in one embedding.
    pub dimension: u32,
    /// Resolution at which the encoder saw the tiles.
    pub mpp: Mpp,
    /// Only where the encoder was not trained at `mpp`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub untrained_mpp: Option<UntrainedMpp>,
    /// Not in bags older than this field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoder_terms: Option<EncoderTerms>,
    /// Side of the square tile on the glass, and the pitch of the grid of `columns` and `rows` from
    /// the top left. Our own tiles lie on it, those of an imported bag near it.
    pub tile_um: f64,
    pub columns: u32,
    pub rows: u32,
    pub n_instances: u64,
    pub chunks: Vec<BagChunkRef>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BagChunkRef {
    pub n_instances: u32,
    pub sha256: Sha256Digest,
}

/// Arithmetic of the encoder's forward pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    F32,
    Bf16,
    /// Products of the blocks in bytes, scaled by rows and by columns; all else in f32.
    Int8,
}

/// What an encoder's forward pass is computed on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DeviceKind {
    #[default]
    Cpu,
    /// NVIDIA GPUs.
    Cuda,
}

impl DeviceKind {
    /// Left out of bags and results, many of which are older than this.
    pub(crate) fn is_cpu(&self) -> bool {
        *self == Self::Cpu
    }
}

impl fmt::Display for Precision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::F32 => "f32",
            Self::Bf16 => "bf16",
            Self::Int8 => "int8",
        })
    }
}

impl FromStr for Precision {
    type Err = FlowError;

    fn from_str(text: &str) -> Result<Self, FlowError> {
        let mut all = [Self::F32, Self::Bf16, Self::Int8].into_iter();
        all.find(|precision| precision.to_string() == text)
            .ok_or_else(|| FlowError::parse("precision", text, "f32, bf16 or int8"))
    }
}

impl BagHeader {
    /// Where an instance's tile lies on the grid of tiles.
    pub fn cell(&self, instance: &Instance) -> TileIndex {
        let step = |um: f64| (um / self.tile_um).round() as u32;
        TileIndex {
            column: step(instance.x_um),
            row: step(instance.y_um),
        }
    }
}

/// Where an instance's tile lies: top left corner in micrometres.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Instance {
    pub x_um: f64,
    pub y_um: f64,
}

impl Instance {
    pub fn rect(&self, tile_um: f64) -> MicrometreRect {
        MicrometreRect::square(self.x_um, self.y_um, tile_um)
    }
}

/// Some instances of a bag with their embeddings.
#[derive(Clone, Debug, PartialEq)]
pub struct BagChunk {
    pub instances: Vec<Instance>,
    /// `instances.len() * dimension` values, one instance after another.
    pub embeddings: Vec<f32>,
    pub dimension: u32,
}

impl BagChunk {
    /// Little-endian: magic, version, dimension, number of instances; x and y of every instance as
    /// f64; then every embedding as f32.
    pub fn encode(&self) -> Vec<u8> {
        let n_bytes = HEADER_BYTES
            + self.instances.len() * POSITION_BYTES
            + self.embeddings.len() * size_of::<f32>();
        let mut out = Vec::with_capacity(n_bytes);
        out.extend_from_slice(MAGIC);
        out.extend_from_slice(&VERSION.to_le_bytes());
        out.extend_from_slice(&self.dimension.to_le_bytes());
        out.extend_from_slice(&(self.instances.len() as u32).to_le_bytes());
        for instance in &self.instances {
            out.extend_from_slice(&instance.x_um.to_le_bytes());
            out.extend_from_slice(&instance.y_um.to_le_bytes());
        }
        for value in &self.embeddings {
            out.extend_from_slice(&value.to_le_bytes());
        }
        out
    }

    pub fn decode(bytes: &[u8]) -> Result<Self, FlowError> {
        let damaged = |detail| FlowError::damaged(WHAT, detail);
        let (header, body) = bytes
            .split_at_checked(HEADER_BYTES)
            .ok_or_else(|| damaged("it ends too early"))?;
        if &header[..8] != MAGIC {
            return Err(damaged("it does not start with its magic bytes"));
        }
        let word = |at: usize| {
            u32::from_le_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]])
        };
        let (version, dimension, n_instances) = (word(8), word(12), word(16) as usize);
        if version != VERSION {
            return Err(FlowError::Version {
                what: WHAT,
                found: version,
                supported: VERSION,
            });
        }
        let expected =
            (n_instances as u64).saturating_mul(POSITION_BYTES as u64 + 4 * u64::from(dimension));
        if body.len() as u64 != expected {
            return Err(damaged("its length does not fit its number of instances"));
        }
        let (positions, embeddings) = body.split_at(n_instances * POSITION_BYTES);
        Ok(Self {
            instances: bytemuck::pod_collect_to_vec::<u8, [[u8; 8]; 2]>(positions)
                .into_iter()
                .map(|[x, y]| Instance {
                    x_um: f64::from_le_bytes(x),
                    y_um: f64::from_le_bytes(y),
                })
                .collect(),
            embeddings: bytemuck::pod_collect_to_vec::<u8, [u8; 4]>(embeddings)
                .into_iter()
                .map(f32::from_le_bytes)
                .collect(),
            dimension,
        })
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    #[test]
    fn a_tile_is_in_the_cell_it_lies_in() {
        let header = header(0.1 + 0.2, 3, 2);
        let cells = [(2.0, 0.0), (0.0, 1.0)].map(|(column, row)| {
            header.cell(&Instance {
                x_um: column * header.tile_um,
                y_um: row * header.tile_um,
            })
        });
        let expected = [(2, 0), (0, 1)].map(|(column, row)| TileIndex { column, row });
        assert_eq!(cells, expected);
    }

    /// Of a bag with nothing in it.
    pub(crate) fn header(tile_um: f64, columns: u32, rows: u32) -> BagHeader {
        let digest = Sha256Digest::of(b"slide");
        BagHeader {
            slide: SlideId::from_digest(&digest),
            pyramid: digest,
            encoder: EncoderRef {
                name: "test".to_owned(),
                hash: digest,
            },
            precision: Precision::F32,
            device: DeviceKind::Cpu,
            dimension: 2,
            mpp: Mpp::new(0.5).expect("an mpp"),
            untrained_mpp: None,
            encoder_terms: None,
            tile_um,
            columns,
            rows,
            n_instances: 0,
            chunks: Vec::new(),
        }
    }

    fn example() -> BagChunk {
        BagChunk {
            instances: vec![
                Instance {
                    x_um: 0.0,
                    y_um: 112.0,
                },
                Instance {
                    x_um: 112.0,
                    y_um: 112.0,
                },
            ],
            embeddings: vec![1.0, -2.5, 3.0, 4.0, 5.0, 6.0],
            dimension: 3,
        }
    }

    #[test]
    fn written_and_read_back() -> Result<(), FlowError> {
        let chunk = example();
        assert_eq!(BagChunk::decode(&chunk.encode())?, chunk);
        Ok(())
    }

    #[test]
    fn a_cut_or_foreign_chunk_is_refused() {
        let bytes = example().encode();
        for n_bytes in 0..bytes.len() {
            assert!(BagChunk::decode(&bytes[..n_bytes]).is_err());
        }
        assert!(BagChunk::decode(&[0; 64]).is_err());
    }
}
