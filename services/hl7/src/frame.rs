//! MLLP: where a message begins and ends on a line (HL7 v2.5.1 implementation guide, appendix C).

use thiserror::Error;

const START: u8 = 0x0b;
const END: [u8; 2] = [0x1c, 0x0d];

/// A message as it goes over the line.
pub(crate) fn framed(message: &[u8]) -> Vec<u8> {
    let mut frame = Vec::with_capacity(message.len() + 3);
    frame.push(START);
    frame.extend_from_slice(message);
    frame.extend_from_slice(&END);
    frame
}

/// Finds the messages in what a line brings.
#[derive(Debug)]
pub(crate) struct Framer {
    most_bytes: usize,
    /// What came and was not taken yet; it begins with a frame's start, or is empty.
    held: Vec<u8>,
    /// So far no end is in it.
    searched: usize,
}

/// Why the line brings no messages. Nothing of what it brought is repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum NoFrame {
    #[error("what it sent does not begin with the start of a block (0x0B)")]
    NoStart,
    #[error("a block began within another one")]
    Nested,
    #[error("a message has more than {most} bytes")]
    TooLong { most: usize },
}

impl Framer {
    pub(crate) const fn new(most_bytes: usize) -> Self {
        Self {
            most_bytes,
            held: Vec::new(),
            searched: 0,
        }
    }

    pub(crate) fn take_in(&mut self, bytes: &[u8]) {
        self.held.extend_from_slice(bytes);
    }

    /// Whether a message has begun and not ended.
    pub(crate) fn is_within(&self) -> bool {
        !self.held.is_empty()
    }

    /// The next whole message; `None` until more came.
    pub(crate) fn next(&mut self) -> Result<Option<Vec<u8>>, NoFrame> {
        // Some senders end their blocks with a line feed more.
        let n_between = self.held.iter().take_while(|b| matches!(b, b'\r' | b'\n'));
        let n_between = n_between.count();
        self.held.drain(..n_between);
        match self.held.first() {
            None => return Ok(None),
            Some(&START) => {}
            Some(_) => return Err(NoFrame::NoStart),
        }
        let from = self.searched.max(1);
        let rest = self.held.get(from..).unwrap_or_default();
        let end = rest.windows(END.len()).position(|two| two == END);
        let message = self.held.get(1..end.map_or(self.held.len(), |n| from + n));
        let message = message.unwrap_or_default();
        // A first byte of the end may be held that is none of the message's.
        if message.len() > self.most_bytes + 1 - usize::from(end.is_some()) {
            let most = self.most_bytes;
            return Err(NoFrame::TooLong { most });
        }
        if message.contains(&START) {
            return Err(NoFrame::Nested);
        }
        if end.is_none() {
            self.searched = self.held.len().saturating_sub(1);
            return Ok(None);
        }
        let message = message.to_vec();
        self.held.drain(..message.len() + 1 + END.len());
        self.searched = 0;
        Ok(Some(message))
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    fn all(framer: &mut Framer) -> Result<Vec<Vec<u8>>, NoFrame> {
        let mut messages = Vec::new();
        while let Some(message) = framer.next()? {
            messages.push(message);
        }
        Ok(messages)
    }

    #[test]
    fn what_is_no_frame_is_told() {
        for (bytes, error) in [
            (&b"MSH|"[..], NoFrame::NoStart),
            (b"\x0bMSH|\x0b", NoFrame::Nested),
            (b"\x0bMSH|^~\\&|more", NoFrame::TooLong { most: 8 }),
            (b"\x0bMSH|^~\\&|\x1c\x0d", NoFrame::TooLong { most: 8 }),
        ] {
            let mut framer = Framer::new(8);
            framer.take_in(bytes);
            assert_eq!(framer.next(), Err(error), "{bytes:?}");
        }
        let mut framer = Framer::new(8);
        framer.take_in(b"\x0bMSH|^~\\&\x1c");
        assert_eq!(framer.next(), Ok(None));
        framer.take_in(b"\x0d\n");
        assert_eq!(framer.next(), Ok(Some(b"MSH|^~\\&".to_vec())));
        assert_eq!(framer.next(), Ok(None));
        assert!(!framer.is_within());
    }

    proptest! {
        #[test]
        fn messages_are_found_however_the_line_is_cut(
            messages in vec(vec(0x20_u8.., 0..40), 0..6),
            cuts in vec(1_usize..9, 1..30),
        ) {
            let line: Vec<u8> = messages.iter().flat_map(|message| framed(message)).collect();
            let mut framer = Framer::new(64);
            let (mut found, mut rest) = (Vec::new(), &line[..]);
            for cut in cuts.iter().cycle() {
                let (piece, after) = rest.split_at((*cut).min(rest.len()));
                framer.take_in(piece);
                found.extend(all(&mut framer)?);
                rest = after;
                if rest.is_empty() {
                    break;
                }
            }
            prop_assert_eq!(found, messages);
            prop_assert!(!framer.is_within());
        }

        #[test]
        fn any_bytes_are_frames_or_an_error(bytes in vec(any::<u8>(), 0..400)) {
            let mut framer = Framer::new(64);
            framer.take_in(&bytes);
            match all(&mut framer) {
                Ok(messages) => prop_assert!(messages.iter().all(|m| m.len() <= 64)),
                Err(_) => prop_assert!(!bytes.is_empty()),
            }
        }
    }
}
