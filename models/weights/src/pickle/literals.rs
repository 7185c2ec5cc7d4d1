use crate::WeightsError;
use crate::pickle::machine::{Known, Machine};
use crate::pickle::{Object, Value};

impl Machine<'_> {
    /// Instructions that push a value which stands in the pickle itself, or nothing.
    pub(super) fn literal(&mut self, opcode: u8) -> Result<Known, WeightsError> {
        match opcode {
            b'N' => self.push(Value::None),
            0x88 => self.push(Value::Bool(true)),
            0x89 => self.push(Value::Bool(false)),
            b'G' => {
                self.reader.array::<8>()?;
                self.push(Value::Inert);
            }
            // PROTO and FRAME.
            0x80 => drop(self.reader.array::<1>()?),
            0x95 => drop(self.reader.array::<8>()?),
            _ => {
                if let Known::No = self.integer(opcode)? {
                    return self.text_or_bytes(opcode);
                }
            }
        }
        Ok(Known::Yes)
    }

    fn integer(&mut self, opcode: u8) -> Result<Known, WeightsError> {
        let value = match opcode {
            b'J' => Value::Integer(i32::from_le_bytes(self.reader.array()?).into()),
            b'K' => Value::Integer(self.reader.u8()?.into()),
            b'M' => Value::Integer(u16::from_le_bytes(self.reader.array()?).into()),
            0x8a => {
                let length = self.reader.u8()?;
                long(self.reader.take(length.into())?)
            }
            0x8b => {
                let length = self.reader.u32()?;
                long(self.reader.take(length.into())?)
            }
            _ => return Ok(Known::No),
        };
        self.push(value);
        Ok(Known::Yes)
    }

    fn text_or_bytes(&mut self, opcode: u8) -> Result<Known, WeightsError> {
        let length = match opcode {
            // SHORT_BINSTRING, SHORT_BINBYTES, SHORT_BINUNICODE
            b'U' | b'C' | 0x8c => self.reader.u8()?.into(),
            // BINSTRING, BINBYTES, BINUNICODE
            b'T' | b'B' | b'X' => self.reader.u32()?.into(),
            // BINBYTES8, BINUNICODE8, BYTEARRAY8
            0x8e | 0x8d | 0x96 => u64::from_le_bytes(self.reader.array()?),
            _ => return Ok(Known::No),
        };
        let value = match opcode {
            b'X' | 0x8c | 0x8d => self.unicode(length)?,
            b'U' | b'T' => self.python2_string(length)?,
            _ => {
                self.reader.take(length)?;
                Value::Inert
            }
        };
        self.push(value);
        Ok(Known::Yes)
    }

    fn unicode(&mut self, length: u64) -> Result<Value, WeightsError> {
        let text = self.reader.text(length)?.to_owned();
        Ok(self.heap.add(Object::Text(text)))
    }

    /// Python 2 keeps names and raw bytes alike; only what is text can be a name.
    fn python2_string(&mut self, length: u64) -> Result<Value, WeightsError> {
        let bytes = self.reader.take(length)?;
        let text = str::from_utf8(bytes).map(str::to_owned);
        Ok(text.map_or(Value::Inert, |text| self.heap.add(Object::Text(text))))
    }
}

/// Two's complement, little-endian, of any length; one that does not fit is no count of anything.
fn long(bytes: &[u8]) -> Value {
    let negative = bytes.last().is_some_and(|last| last & 0x80 != 0);
    let mut padded = [if negative { 0xff } else { 0 }; 16];
    let Some(start) = padded.get_mut(..bytes.len()) else {
        return Value::Inert;
    };
    start.copy_from_slice(bytes);
    Value::Integer(i128::from_le_bytes(padded))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_integers_are_signed() {
        assert_eq!(long(&[]), Value::Integer(0));
        assert_eq!(long(&[0xff]), Value::Integer(-1));
        assert_eq!(long(&[0xff, 0]), Value::Integer(255));
        assert_eq!(long(&[1; 17]), Value::Inert);
    }
}
