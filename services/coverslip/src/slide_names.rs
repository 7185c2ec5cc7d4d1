//! Which slide a person means: its id, or the name of the file that was pushed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::Result;
use catalog::{Catalog, FileName, Page};
use flow::{ObjectKey, Sha256Digest, SlideId};
use store::Store;

/// Slides in one page of the catalog.
const PAGE: u32 = 1000;

/// Every slide of a catalog by its names.
pub(crate) struct SlideNames {
    slides: BTreeSet<SlideId>,
    /// With and without the file's ending.
    by_file_name: BTreeMap<String, Vec<SlideId>>,
}

impl SlideNames {
    pub(crate) async fn read(catalog: &Catalog) -> Result<Self> {
        let mut names = Self {
            slides: BTreeSet::new(),
            by_file_name: BTreeMap::new(),
        };
        let mut after = None;
        loop {
            let rows = catalog.slides(Page { after, limit: PAGE }).await?;
            for row in &rows {
                let file_name = row.file_name.as_ref().map(FileName::reveal);
                names.add(row.id, file_name.unwrap_or_default());
            }
            match rows.last() {
                Some(last) => after = Some(last.id),
                None => return Ok(names),
            }
        }
    }

    fn add(&mut self, slide: SlideId, file_name: &str) {
        self.slides.insert(slide);
        let names = BTreeSet::from([file_name, without_ending(file_name)]);
        for name in names.into_iter().filter(|name| !name.is_empty()) {
            let same = self.by_file_name.entry(name.to_owned()).or_default();
            same.push(slide);
        }
    }

    /// The slide, or in words why none is meant.
    pub(crate) fn find(&self, name: &str) -> Result<SlideId, String> {
        if let Ok(slide) = name.parse()
            && self.slides.contains(&slide)
        {
            return Ok(slide);
        }
        match self.by_file_name.get(name).map(Vec::as_slice) {
            Some([slide]) => Ok(*slide),
            Some(several) => Err(format!(
                "{} slides were pushed under the name `{name}`: use the slide's id",
                several.len()
            )),
            None => Err(format!(
                "no slide has the id or was pushed under the name `{name}`: `coverslip ingest` its \
                 file first, or name the slide"
            )),
        }
    }

    /// Those that have a bag of this encoder.
    pub(crate) async fn with_bag(
        &self,
        store: &Store,
        encoder: Sha256Digest,
    ) -> Result<Vec<SlideId>> {
        let mut found = Vec::new();
        for slide in self.slides.iter().copied() {
            if store.exists(&ObjectKey::Bag(slide, encoder)).await? {
                found.push(slide);
            }
        }
        Ok(found)
    }

    /// The pushed file's name without its ending, where that means this slide alone; else its id.
    pub(crate) fn name_of(&self, slide: SlideId) -> String {
        let own = |(_, slides): &(&String, &Vec<SlideId>)| slides.as_slice() == [slide];
        let own = self.by_file_name.iter().filter(own);
        let shortest = own.map(|(name, _)| name).min_by_key(|name| name.len());
        shortest.cloned().unwrap_or_else(|| slide.to_string())
    }
}

fn without_ending(file_name: &str) -> &str {
    let stem = Path::new(file_name).file_stem();
    stem.and_then(|stem| stem.to_str()).unwrap_or(file_name)
}

#[cfg(test)]
mod tests {
    use flow::Sha256Digest;

    use super::*;

    fn slide(of: &[u8]) -> SlideId {
        SlideId::from_digest(&Sha256Digest::of(of))
    }

    #[test]
    fn by_id_and_by_file_name_unless_two_share_it() {
        let mut names = SlideNames {
            slides: BTreeSet::new(),
            by_file_name: BTreeMap::new(),
        };
        let (a, b, c, d) = (slide(b"a"), slide(b"b"), slide(b"c"), slide(b"d"));
        names.add(a, "case.1.svs");
        names.add(b, "twin.svs");
        names.add(c, "twin.tiff");
        names.add(d, "");
        assert_eq!(names.find("case.1"), Ok(a));
        assert_eq!(names.find("case.1.svs"), Ok(a));
        assert_eq!(names.find(&a.to_string()), Ok(a));
        assert_eq!(names.find("twin.tiff"), Ok(c));
        assert!(
            names
                .find("twin")
                .is_err_and(|why| why.starts_with("2 slides"))
        );
        assert!(names.find("").is_err());
        let stranger = slide(b"e").to_string();
        assert!(
            names
                .find(&stranger)
                .is_err_and(|why| why.contains(&stranger))
        );
        assert_eq!(names.name_of(a), "case.1");
        assert_eq!(names.name_of(b), "twin.svs");
        assert_eq!(names.name_of(d), d.to_string());
    }
}
