use crate::WeightsError;
use crate::pickle::machine::{Known, Machine};
use crate::pickle::{Object, Value};
use crate::torch::global::Global;
use crate::torch::rebuild;

impl Machine<'_> {
    /// Instructions that name something of Python's and would call it.
    pub(super) fn call(&mut self, opcode: u8) -> Result<Known, WeightsError> {
        match opcode {
            b'c' => {
                let (module, name) = (self.reader.line()?, self.reader.line()?);
                let global = Global::find(module, name)?;
                self.push(Value::Global(global));
            }
            0x93 => self.stack_global()?,
            // INST names and makes in one; nothing that weights need is made so.
            b'i' => {
                let (module, name) = (self.reader.line()?, self.reader.line()?);
                return Err(Global::foreign(module, name));
            }
            b'Q' => {
                let named = self.pop()?;
                let storage = rebuild::storage(&self.heap, named);
                let storage = storage.map_err(|what| self.fault(what))?;
                let value = self.heap.add(Object::Storage(storage));
                self.push(value);
            }
            // REDUCE and NEWOBJ.
            b'R' | 0x81 => {
                let arguments = self.pop()?;
                let callable = self.pop()?;
                let result = self.result_of(callable, arguments)?;
                self.push(result);
            }
            b'b' => self.build()?,
            _ => return Ok(Known::No),
        }
        Ok(Known::Yes)
    }

    fn stack_global(&mut self) -> Result<(), WeightsError> {
        let name = self.pop()?;
        let module = self.pop()?;
        let (Some(module), Some(name)) = (self.heap.text(module), self.heap.text(name)) else {
            return Err(self.fault("it names something by what is no text"));
        };
        let global = Global::find(module, name)?;
        self.push(Value::Global(global));
        Ok(())
    }

    fn result_of(&mut self, callable: Value, arguments: Value) -> Result<Value, WeightsError> {
        let Value::Global(global) = callable else {
            return Err(self.fault("it calls what is no function"));
        };
        let result = rebuild::result_of(&mut self.heap, global, arguments);
        result.map_err(|what| self.fault(what))
    }

    /// Attributes: an ordered dictionary has `_metadata`, which says nothing about values; those of
    /// a value without meaning have none either.
    fn build(&mut self) -> Result<(), WeightsError> {
        self.pop()?;
        let target = self.top()?;
        let harmless =
            target == Value::Inert || matches!(self.heap.object(target), Some(Object::Dict(_)));
        if harmless {
            return Ok(());
        }
        Err(self.fault("it sets attributes of what has none"))
    }
}
