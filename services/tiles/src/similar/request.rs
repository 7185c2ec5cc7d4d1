use flow::{Sha256Digest, TileIndex};
use serde::{Deserialize, Serialize};

use super::error::SimilarError;
use super::region::{MOST_POSITIONS, Region};

pub(super) const MOST_HITS: usize = 100;
/// Characters; a CLIP reads some 70 words.
pub(super) const MOST_TEXT: usize = 1_000;

/// The body of a search.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SearchBody {
    region: Option<Region>,
    /// Columns and rows of the slide's grid of tiles.
    tiles: Option<Vec<TileIndex>>,
    text: Option<String>,
    #[serde(default)]
    scope: Scope,
    #[serde(default = "a_strip")]
    hits: usize,
    /// By what its bags go; the slide's own if not given.
    encoder: Option<Sha256Digest>,
}

/// Where to look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Scope {
    #[default]
    Slide,
    /// The slides of its case.
    Case,
    /// All slides.
    All,
}

/// A search that makes sense.
#[derive(Debug)]
pub(super) struct Search {
    pub(super) wanted: Wanted,
    pub(super) scope: Scope,
    pub(super) n_hits: usize,
    pub(super) encoder: Option<Sha256Digest>,
}

/// What is looked for.
#[derive(Debug)]
pub(super) enum Wanted {
    Like(Place),
    Described(String),
}

/// A place of the slide.
#[derive(Clone, Debug)]
pub(super) enum Place {
    Region(Region),
    Tiles(Vec<TileIndex>),
}

impl SearchBody {
    pub(super) fn checked(self) -> Result<Search, SimilarError> {
        if !(1..=MOST_HITS).contains(&self.hits) {
            return Err(SimilarError::Hits(self.hits));
        }
        let wanted = match (self.region, self.tiles, self.text) {
            (Some(region), None, None) => Wanted::Like(Place::Region(checked_region(region)?)),
            (None, Some(tiles), None) => Wanted::Like(Place::Tiles(checked_tiles(tiles)?)),
            (None, None, Some(text)) => Wanted::Described(checked_text(text)?),
            _ => return Err(SimilarError::NotOne),
        };
        Ok(Search {
            wanted,
            scope: self.scope,
            n_hits: self.hits,
            encoder: self.encoder,
        })
    }
}

impl Wanted {
    /// For the audit trail: what a person wrote may name somebody.
    pub(super) const fn by(&self) -> &'static str {
        match self {
            Self::Like(Place::Region(_)) => "region",
            Self::Like(Place::Tiles(_)) => "tiles",
            Self::Described(_) => "text",
        }
    }
}

const fn a_strip() -> usize {
    12
}

fn checked_region(region: Region) -> Result<Region, SimilarError> {
    match region.n_positions() {
        n if n > MOST_POSITIONS => Err(SimilarError::Positions(n)),
        _ => Ok(region),
    }
}

fn checked_tiles(tiles: Vec<TileIndex>) -> Result<Vec<TileIndex>, SimilarError> {
    match tiles.len() {
        n if n > MOST_POSITIONS => Err(SimilarError::Positions(n)),
        _ => Ok(tiles),
    }
}

fn checked_text(text: String) -> Result<String, SimilarError> {
    let n_characters = text.trim().chars().count();
    match (1..=MOST_TEXT).contains(&n_characters) {
        true => Ok(text),
        false => Err(SimilarError::Text(n_characters)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn checked(body: Value) -> Result<Search, String> {
        let body: SearchBody = serde_json::from_value(body).map_err(|error| error.to_string())?;
        body.checked().map_err(|error| error.to_string())
    }

    #[test]
    fn a_search_says_one_thing_and_the_rest_has_a_default() -> Result<(), String> {
        let point = json!({"type": "Point", "coordinates": [1, 2]});
        let search = checked(json!({ "region": point }))?;
        assert_eq!((search.scope, search.n_hits), (Scope::Slide, 12));
        assert_eq!(search.wanted.by(), "region");
        let search = checked(json!({ "text": "mitosis", "scope": "all", "hits": 3 }))?;
        assert_eq!((search.scope, search.n_hits), (Scope::All, 3));
        Ok(())
    }

    #[test]
    fn what_makes_no_sense_is_refused_with_its_reason() {
        let refused = |body| checked(body).expect_err("it is refused");
        assert!(refused(json!({})).contains("one of `region`"));
        let both = json!({"tiles": [{"column": 1, "row": 1}], "text": "x"});
        assert!(refused(both).contains("one of `region`"));
        assert!(refused(json!({"text": " "})).contains("0 characters"));
        assert!(refused(json!({"text": "x", "hits": 0})).contains("1 to 100"));
        assert!(refused(json!({"text": "x", "hits": 101})).contains("1 to 100"));
        assert!(refused(json!({"text": "x", "everywhere": true})).contains("everywhere"));
        let many = vec![[1.0, 1.0]; MOST_POSITIONS + 1];
        let many = json!({"region": {"type": "MultiPoint", "coordinates": many}});
        assert!(refused(many).contains("simplify"));
    }
}
