use std::str;

use axum::http::header;
use bytes::{Buf, Bytes, BytesMut};
use futures::{Stream, StreamExt};
use memchr::memmem::Finder;

use super::boundary::Boundary;
use super::error::StowError;
use crate::ReceiveError;

/// Of the lines before a part's content.
const MOST_HEAD_BYTES: usize = 16 * 1024;
const LINE_END: &[u8] = b"\r\n";
const HEAD_END: &[u8] = b"\r\n\r\n";

/// The parts of a body one after another (RFC 2046 section 5.1.1), each in pieces as they come: no more
/// is held than what the stream gave last. (multer, which forms are read with, reads ahead without
/// bound while the client is faster than the disk, and looks for the first boundary in all that came.)
pub(super) struct Multipart<S> {
    chunks: S,
    delimiter: Finder<'static>,
    waiting: BytesMut,
    place: Place,
    n_bytes: u64,
    most_bytes: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// In a part, or in what stands before the first.
    Content,
    /// Just behind a delimiter.
    Delimiter,
    /// Behind the last one.
    End,
}

/// What the lines before a part's content say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PartHead {
    pub(super) content_type: Option<String>,
}

impl<S, E> Multipart<S>
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
    E: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    /// A body of more than `most_bytes` is refused where it has them.
    pub(super) fn new(chunks: S, boundary: &Boundary, most_bytes: u64) -> Self {
        Self {
            chunks,
            delimiter: Finder::new(&boundary.delimiter()).into_owned(),
            // The first delimiter may be the first line, with no line end before it.
            waiting: BytesMut::from(LINE_END),
            place: Place::Content,
            n_bytes: 0,
            most_bytes,
        }
    }

    /// The next part, past what is left of this one; `None` behind the last.
    pub(super) async fn next_part(&mut self) -> Result<Option<PartHead>, StowError> {
        while self.next_piece().await?.is_some() {}
        if self.place == Place::End {
            return Ok(None);
        }
        self.have(LINE_END.len()).await?;
        if self.waiting.starts_with(b"--") {
            self.place = Place::End;
            self.pass_over_rest().await?;
            return Ok(None);
        }
        let head = self.head().await?;
        self.place = Place::Content;
        Ok(Some(head))
    }

    /// The next bytes of this part; `None` at its end.
    pub(super) async fn next_piece(&mut self) -> Result<Option<Bytes>, StowError> {
        if self.place != Place::Content {
            return Ok(None);
        }
        let n_delimiter = self.delimiter.needle().len();
        loop {
            if let Some(at) = self.delimiter.find(&self.waiting) {
                if at > 0 {
                    return Ok(Some(self.waiting.split_to(at).freeze()));
                }
                self.waiting.advance(n_delimiter);
                self.place = Place::Delimiter;
                return Ok(None);
            }
            // What is left may be the beginning of a delimiter.
            let n_certain = (self.waiting.len() + 1).saturating_sub(n_delimiter);
            if n_certain > 0 {
                return Ok(Some(self.waiting.split_to(n_certain).freeze()));
            }
            self.fill().await?;
        }
    }

    /// From behind a delimiter: the rest of its line, which is blank, and the head.
    async fn head(&mut self) -> Result<PartHead, StowError> {
        let end = loop {
            let seen = &self.waiting[..self.waiting.len().min(MOST_HEAD_BYTES)];
            if let Some(end) = memchr::memmem::find(seen, HEAD_END) {
                break end;
            }
            if seen.len() == MOST_HEAD_BYTES {
                return Err(StowError::Malformed(
                    "what stands before a part's content is too long",
                ));
            }
            self.fill().await?;
        };
        let head = self.waiting.split_to(end);
        self.waiting.advance(HEAD_END.len());
        PartHead::parse(&head)
    }

    /// RFC 2046 has it ignored; a client that still sends would not see the answer.
    async fn pass_over_rest(&mut self) -> Result<(), StowError> {
        loop {
            self.waiting.clear();
            match self.fill().await {
                Ok(()) => {}
                Err(StowError::Truncated) => return Ok(()),
                Err(error) => return Err(error),
            }
        }
    }

    async fn have(&mut self, n_bytes: usize) -> Result<(), StowError> {
        while self.waiting.len() < n_bytes {
            self.fill().await?;
        }
        Ok(())
    }

    async fn fill(&mut self) -> Result<(), StowError> {
        let chunk = self.chunks.next().await.ok_or(StowError::Truncated)?;
        let chunk = chunk.map_err(|source| ReceiveError::Body(source.into()))?;
        self.n_bytes += chunk.len() as u64;
        if self.n_bytes > self.most_bytes {
            return Err(StowError::TooLarge {
                most: self.most_bytes,
            });
        }
        self.waiting.extend_from_slice(&chunk);
        Ok(())
    }
}

impl PartHead {
    /// Of what stands between the delimiter and the blank line, without the latter.
    fn parse(head: &[u8]) -> Result<Self, StowError> {
        const NO_HEAD: StowError =
            StowError::Malformed("what stands before a part's content is no list of headers");
        let text = str::from_utf8(head).ok().ok_or(NO_HEAD)?;
        let mut lines = text.split("\r\n");
        let padding = lines.next().unwrap_or_default();
        if !padding.trim_matches([' ', '\t']).is_empty() {
            return Err(StowError::Malformed(
                "a boundary is followed by something on its line",
            ));
        }
        let mut content_type = None;
        for line in lines {
            let (name, value) = line.split_once(':').ok_or(NO_HEAD)?;
            if name
                .trim()
                .eq_ignore_ascii_case(header::CONTENT_TYPE.as_str())
            {
                content_type = Some(value.trim().to_owned());
            }
        }
        Ok(Self { content_type })
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use axum::http::{HeaderMap, HeaderValue};
    use futures::executor::block_on;
    use futures::stream;
    use proptest::prelude::*;

    use super::*;

    type Parts = Vec<(Option<String>, Vec<u8>)>;

    /// Reads a body that comes in chunks of `size` bytes.
    fn read(body: &[u8], size: usize, most_bytes: u64) -> Result<Parts, StowError> {
        let mut headers = HeaderMap::new();
        let kind = HeaderValue::from_static("multipart/related; boundary=b");
        headers.insert(header::CONTENT_TYPE, kind);
        let boundary = Boundary::read(&headers)?;
        let chunks: Vec<_> = body
            .chunks(size)
            .map(|chunk| Ok::<_, Infallible>(Bytes::copy_from_slice(chunk)))
            .collect();
        let mut multipart = Multipart::new(stream::iter(chunks), &boundary, most_bytes);
        block_on(async {
            let mut parts = Vec::new();
            while let Some(head) = multipart.next_part().await? {
                let mut content = Vec::new();
                while let Some(piece) = multipart.next_piece().await? {
                    content.extend_from_slice(&piece);
                }
                parts.push((head.content_type, content));
            }
            Ok(parts)
        })
    }

    fn written(contents: &[Vec<u8>]) -> Vec<u8> {
        let mut body = Vec::new();
        for content in contents {
            body.extend(b"--b\r\nContent-Type: application/dicom\r\n\r\n");
            body.extend(content);
            body.extend(b"\r\n");
        }
        body.extend(b"--b--\r\n");
        body
    }

    #[test]
    fn what_the_standard_allows_around_parts_is_passed_over() -> Result<(), StowError> {
        let body = b"before\r\n--b \t\r\nCONTENT-TYPE:x/y\r\nOther: z\r\n\r\none\r\n--b\r\n\r\n\r\n--b--after";
        let expected = vec![
            (Some("x/y".to_owned()), b"one".to_vec()),
            (None, Vec::new()),
        ];
        for size in 1..body.len() {
            assert_eq!(read(body, size, 1000)?, expected, "{size}");
        }
        assert_eq!(read(b"--b--", 3, 1000)?, Vec::new());
        Ok(())
    }

    #[test]
    fn what_is_no_body_of_parts_is_refused() {
        let bad: [&[u8]; 7] = [
            b"",
            b"garbage",
            b"--b",
            b"--b\r\n",
            b"--b\r\nno header\r\n\r\nx\r\n--b--",
            b"--bad\r\n\r\nx\r\n--b--",
            b"--b\r\n\xff:\r\n\r\nx\r\n--b--",
        ];
        for body in bad {
            assert!(read(body, 5, 1000).is_err(), "{body:?}");
        }
        let long = [b"--b\r\nA: ".to_vec(), vec![b'x'; MOST_HEAD_BYTES]].concat();
        assert!(matches!(
            read(&long, 999, 1 << 20),
            Err(StowError::Malformed(_))
        ));
        let large = written(&[vec![0; 200]]);
        assert!(matches!(
            read(&large, 10, 100),
            Err(StowError::TooLarge { most: 100 })
        ));
    }

    proptest! {
        #[test]
        fn parts_are_read_as_they_were_written_however_they_come(
            contents in prop::collection::vec(prop::collection::vec(prop::sample::select(b"\r\n-b x".to_vec()), 0..60), 1..4),
            size in 1_usize..80,
        ) {
            let has_delimiter = |content: &Vec<u8>| {
                let content = [LINE_END, content, LINE_END].concat();
                content.windows(5).any(|bytes| bytes == b"\r\n--b")
            };
            prop_assume!(!contents.iter().any(has_delimiter));
            let kind = Some("application/dicom".to_owned());
            let expected: Parts = contents.iter().map(|content| (kind.clone(), content.clone())).collect();
            let parts = read(&written(&contents), size, u64::MAX);
            prop_assert_eq!(parts.ok(), Some(expected));
        }

        #[test]
        fn a_body_cut_short_anywhere_is_refused(
            content in prop::collection::vec(any::<u8>(), 0..60),
            cut in 0.0_f64..1.0,
            size in 1_usize..80,
        ) {
            let whole = written(&[content]);
            // The closing boundary ends before the last line end.
            let n_needed = whole.len() - 2;
            let cut = (n_needed as f64 * cut) as usize;
            prop_assert!(read(&whole[..cut], size, u64::MAX).is_err());
        }

        #[test]
        fn any_bytes_are_parts_or_an_error(body in prop::collection::vec(prop::sample::select(b"\r\n-b: x".to_vec()), 0..200), size in 1_usize..50) {
            let _parts = read(&body, size, 150);
        }
    }
}
