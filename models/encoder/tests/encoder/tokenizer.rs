//! The same tokens as open_clip, with CLIP's real vocabulary.

use coverslip_encoder::{EncoderError, Tokenizer};
use serde::Deserialize;

use crate::{Tested, fixture};

/// One of `fixtures/tokens.json`, which `reference/make_tokens.py` wrote.
#[derive(Debug, Deserialize)]
struct Tokenised {
    text: String,
    tokens: Vec<u32>,
}

#[test]
fn tokens_are_those_of_open_clip() -> Tested {
    let Some(vocabulary) = test_data::real("clip/bpe_simple_vocab_16e6.txt.gz") else {
        return Ok(());
    };
    let tokenizer = Tokenizer::new(&std::fs::read(vocabulary)?)?;
    let expected = std::fs::read(fixture("tokens.json"))?;
    let expected: Vec<Tokenised> = serde_json::from_slice(&expected)?;
    assert!(expected.len() >= 10);
    for Tokenised { text, tokens } in expected {
        assert_eq!(tokenizer.tokens(&text, 77), tokens, "{text}");
    }
    Ok(())
}

#[test]
fn a_file_that_is_no_vocabulary_is_refused() {
    let error = Tokenizer::new(b"#version: 0.2\ni n\nt h\n").expect_err("two merges");
    assert!(matches!(error, EncoderError::Vocabulary { found: 2, .. }));
    assert!(error.to_string().contains("has 2 merges"), "{error}");
}
