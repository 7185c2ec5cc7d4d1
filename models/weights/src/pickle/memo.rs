use crate::WeightsError;
use crate::pickle::machine::{Known, Machine};

impl Machine<'_> {
    /// Instructions that remember a value, recall it or throw it away.
    pub(super) fn remember(&mut self, opcode: u8) -> Result<Known, WeightsError> {
        match opcode {
            b'q' => {
                let place = self.reader.u8()?;
                self.put(place.into())?;
            }
            b'r' => {
                let place = self.reader.u32()?;
                self.put(place as usize)?;
            }
            0x94 => self.put(self.memo.len())?,
            b'h' => {
                let place = self.reader.u8()?;
                self.get(place.into())?;
            }
            b'j' => {
                let place = self.reader.u32()?;
                self.get(place as usize)?;
            }
            b'0' => drop(self.pop()?),
            b'1' => drop(self.pop_to_mark()?),
            _ => return Ok(Known::No),
        }
        Ok(Known::Yes)
    }

    fn put(&mut self, place: usize) -> Result<(), WeightsError> {
        let value = self.top()?;
        self.memo.insert(place, value);
        Ok(())
    }

    fn get(&mut self, place: usize) -> Result<(), WeightsError> {
        let value = self.memo.get(&place).copied();
        let value = value.ok_or_else(|| self.fault("it recalls what it never kept"))?;
        self.push(value);
        Ok(())
    }
}
