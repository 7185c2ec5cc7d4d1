use std::collections::HashMap;
use std::io::Read;

use flate2::read::GzDecoder;
use regex::Regex;

use crate::EncoderError;

/// Of OpenAI's list of merges CLIP uses as many as give 49,408 tokens: without the 512 tokens of
/// single bytes and the two that begin and end a text.
const N_MERGES: usize = 49_152 - 256 - 2;
const BEGINS: &str = "<|startoftext|>";
const ENDS: &str = "<|endoftext|>";
const END_OF_WORD: &str = "</w>";
/// Far above the 3 MB of CLIP's vocabulary.
const MAX_BYTES: u64 = 64 << 20;

/// CLIP's byte-pair encoding (Sennrich et al. 2016), its vocabulary read from a file.
#[derive(Debug)]
pub struct Tokenizer {
    /// Rank of a pair of neighbours: the lowest is merged first.
    ranks: HashMap<(String, String), usize>,
    ids: HashMap<String, u32>,
    words: Regex,
}

impl Tokenizer {
    /// Reads OpenAI's `bpe_simple_vocab_16e6.txt.gz`, or the same without gzip.
    ///
    /// # Errors
    /// If the file is no such list of merges.
    pub fn new(vocabulary: &[u8]) -> Result<Self, EncoderError> {
        let text = unpacked(vocabulary)?;
        let merges: Vec<(String, String)> = text
            .lines()
            .skip(1)
            .take(N_MERGES)
            .map_while(|line| line.split_once(' '))
            .map(|(left, right)| (left.to_owned(), right.to_owned()))
            .collect();
        if merges.len() != N_MERGES {
            return Err(EncoderError::Vocabulary {
                found: merges.len(),
                expected: N_MERGES,
            });
        }
        let bytes: Vec<String> = in_order().map(|byte| shown(byte).to_string()).collect();
        let ending = bytes.iter().map(|byte| format!("{byte}{END_OF_WORD}"));
        let merged = merges.iter().map(|(left, right)| format!("{left}{right}"));
        let all = bytes.iter().cloned().chain(ending).chain(merged);
        let all = all.chain([BEGINS.to_owned(), ENDS.to_owned()]);
        let words = r"(?i)'s|'t|'re|'ve|'m|'ll|'d|\p{L}+|\p{N}|[^\s\p{L}\p{N}]+";
        Ok(Self {
            ids: (0..).zip(all).map(|(id, token)| (token, id)).collect(),
            ranks: (0..).zip(merges).map(|(rank, pair)| (pair, rank)).collect(),
            words: Regex::new(words)?,
        })
    }

    /// The tokens of a text, with the one that begins and the one that ends it; what is longer
    /// than `context` is cut before the end.
    ///
    /// Letters are taken as small ones. HTML and damaged Unicode are not mended.
    pub fn tokens(&self, text: &str, context: usize) -> Vec<u32> {
        let text = text.to_lowercase();
        let mut tokens = vec![self.id(BEGINS)];
        for word in self.words.find_iter(&text) {
            let pieces = self.pieces(word.as_str());
            tokens.extend(pieces.iter().map(|piece| self.id(piece)));
        }
        tokens.truncate(context.saturating_sub(1));
        tokens.push(self.id(ENDS));
        tokens
    }

    /// Every piece is of single bytes or of a merge, so it has an id.
    fn id(&self, token: &str) -> u32 {
        self.ids.get(token).copied().unwrap_or_default()
    }

    fn pieces(&self, word: &str) -> Vec<String> {
        let mut pieces: Vec<String> = word.bytes().map(|byte| shown(byte).to_string()).collect();
        if let Some(last) = pieces.last_mut() {
            last.push_str(END_OF_WORD);
        }
        while let Some((left, right)) = self.first_merge(&pieces) {
            pieces = merged(pieces, &left, &right);
        }
        pieces
    }

    fn first_merge(&self, pieces: &[String]) -> Option<(String, String)> {
        let pairs = pieces.windows(2).filter_map(|pair| {
            let pair = (pair[0].clone(), pair[1].clone());
            let rank = self.ranks.get(&pair)?;
            Some((rank, pair))
        });
        pairs.min_by_key(|(rank, _)| *rank).map(|(_, pair)| pair)
    }
}

/// `left` and `right` as one piece wherever they follow each other.
fn merged(pieces: Vec<String>, left: &str, right: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::with_capacity(pieces.len());
    let mut pieces = pieces.into_iter().peekable();
    while let Some(mut piece) = pieces.next() {
        if piece == left && pieces.next_if(|next| next == right).is_some() {
            piece.push_str(right);
        }
        out.push(piece);
    }
    out
}

fn unpacked(vocabulary: &[u8]) -> Result<String, EncoderError> {
    const GZIP: [u8; 2] = [0x1f, 0x8b];
    let mut text = String::new();
    if vocabulary.starts_with(&GZIP) {
        let mut reader = GzDecoder::new(vocabulary).take(MAX_BYTES);
        reader
            .read_to_string(&mut text)
            .map_err(EncoderError::VocabularyText)?;
    } else {
        let mut reader = vocabulary.take(MAX_BYTES);
        reader
            .read_to_string(&mut text)
            .map_err(EncoderError::VocabularyText)?;
    }
    Ok(text)
}

/// Bytes that are letters or signs of their own stand for themselves in the vocabulary.
fn stands_for_itself(byte: u8) -> bool {
    matches!(byte, b'!'..=b'~' | 0xa1..=0xac | 0xae..=0xff)
}

/// All bytes as the vocabulary numbers them: first those that stand for themselves.
fn in_order() -> impl Iterator<Item = u8> {
    let itself = (0..=255).filter(|&byte| stands_for_itself(byte));
    itself.chain((0..=255).filter(|&byte| !stands_for_itself(byte)))
}

/// The sign of a byte in the vocabulary: itself, or one from U+0100 on.
fn shown(byte: u8) -> char {
    if stands_for_itself(byte) {
        return char::from(byte);
    }
    let before = (0..byte).filter(|&byte| !stands_for_itself(byte)).count();
    char::from_u32(0x100 + before as u32).unwrap_or_default()
}
