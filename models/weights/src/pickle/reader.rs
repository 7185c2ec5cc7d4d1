use crate::WeightsError;

/// Reads a pickle from its start, never past its end.
#[derive(Debug)]
pub(crate) struct Reader<'a> {
    bytes: &'a [u8],
    position: usize,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, position: 0 }
    }

    /// Bytes read so far.
    pub(crate) fn position(&self) -> usize {
        self.position
    }

    pub(crate) fn fault(&self, what: impl Into<String>) -> WeightsError {
        WeightsError::Pickle {
            position: self.position,
            what: what.into(),
        }
    }

    pub(crate) fn take(&mut self, length: u64) -> Result<&'a [u8], WeightsError> {
        let rest = self.bytes.get(self.position..).unwrap_or_default();
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        let Some(taken) = rest.get(..length) else {
            return Err(self.fault("it ends early"));
        };
        self.position += length;
        Ok(taken)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], WeightsError> {
        let taken = self.take(N as u64)?;
        taken
            .first_chunk()
            .copied()
            .ok_or_else(|| self.fault("it ends early"))
    }

    pub(crate) fn u8(&mut self) -> Result<u8, WeightsError> {
        Ok(u8::from_le_bytes(self.array()?))
    }

    pub(crate) fn u32(&mut self) -> Result<u32, WeightsError> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    /// UTF-8 of that many bytes.
    pub(crate) fn text(&mut self, length: u64) -> Result<&'a str, WeightsError> {
        let bytes = self.take(length)?;
        str::from_utf8(bytes).map_err(|error| self.fault(format!("a text is not UTF-8 ({error})")))
    }

    /// UTF-8 up to the next line feed, which is read and left out.
    pub(crate) fn line(&mut self) -> Result<&'a str, WeightsError> {
        let rest = self.bytes.get(self.position..).unwrap_or_default();
        let length = rest.iter().position(|&byte| byte == b'\n');
        let length = length.ok_or_else(|| self.fault("it ends early"))?;
        let line = self.text(length as u64)?;
        self.position += 1;
        Ok(line)
    }
}
