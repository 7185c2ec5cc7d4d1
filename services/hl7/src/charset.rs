/// In which characters a message is written (MSH-18, HL7 table 0211).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Charset {
    Ascii,
    Utf8,
    /// ISO 8859-1.
    Latin1,
}

impl Charset {
    /// `None` where it is one that is not read here. Where the message says nothing it is ASCII.
    pub(crate) fn named(name: &str) -> Option<Self> {
        match name {
            "" | "ASCII" => Some(Self::Ascii),
            "UNICODE UTF-8" | "UTF-8" => Some(Self::Utf8),
            "8859/1" => Some(Self::Latin1),
            _ => None,
        }
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Ascii => "ASCII",
            Self::Utf8 => "UNICODE UTF-8",
            Self::Latin1 => "8859/1",
        }
    }

    /// `None` where the bytes are not of these characters.
    pub(crate) fn read(self, bytes: Vec<u8>) -> Option<String> {
        match self {
            Self::Ascii if !bytes.is_ascii() => None,
            Self::Ascii | Self::Utf8 => String::from_utf8(bytes).ok(),
            Self::Latin1 => Some(latin1(&bytes)),
        }
    }

    /// Characters that it lacks become question marks.
    pub(crate) fn write(self, text: &str) -> Vec<u8> {
        let last = match self {
            Self::Ascii => 0x7f,
            Self::Latin1 => 0xff,
            Self::Utf8 => return text.as_bytes().to_vec(),
        };
        let byte = |c: char| u8::try_from(u32::from(c)).ok().filter(|byte| *byte <= last);
        text.chars().map(|c| byte(c).unwrap_or(b'?')).collect()
    }
}

/// Every byte is one character, so that any bytes can be read.
pub(crate) fn latin1(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        for (charset, text) in [
            (Charset::Ascii, "Muller"),
            (Charset::Latin1, "Müller"),
            (Charset::Utf8, "Müller 病"),
        ] {
            assert_eq!(Charset::named(charset.name()), Some(charset));
            assert_eq!(charset.read(charset.write(text)).as_deref(), Some(text));
        }
        assert_eq!(Charset::Ascii.read("ü".into()), None);
        assert_eq!(Charset::Utf8.read(vec![0xfc]), None);
        assert_eq!(Charset::Latin1.write("病"), b"?");
        assert_eq!(Charset::named("UNICODE UTF-16"), None);
    }
}
