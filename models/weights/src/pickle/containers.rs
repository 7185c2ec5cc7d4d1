use crate::WeightsError;
use crate::pickle::machine::{Known, Machine};
use crate::pickle::{Object, Value};

impl Machine<'_> {
    /// Instructions that make and fill tuples, lists, dictionaries and sets.
    pub(super) fn container(&mut self, opcode: u8) -> Result<Known, WeightsError> {
        match opcode {
            b'(' => self.mark(),
            b')' => self.push_new(Object::Tuple(Vec::new())),
            b']' => self.push_new(Object::List(Vec::new())),
            b'}' => self.push_new(Object::Dict(Vec::new())),
            // A set holds no tensor that could be named: it is made and filled for nothing.
            0x8f => self.push(Value::Inert),
            0x90 => drop(self.pop_to_mark()?),
            0x91 => {
                self.pop_to_mark()?;
                self.push(Value::Inert);
            }
            0x85 => self.tuple_of(1)?,
            0x86 => self.tuple_of(2)?,
            0x87 => self.tuple_of(3)?,
            b't' => {
                let items = self.pop_to_mark()?;
                self.push_new(Object::Tuple(items));
            }
            b'l' => {
                let items = self.pop_to_mark()?;
                self.push_new(Object::List(items));
            }
            b'd' => {
                let items = self.pop_to_mark()?;
                let entries = self.pairs(&items)?;
                self.push_new(Object::Dict(entries));
            }
            b'a' => {
                let item = self.pop()?;
                self.append(vec![item])?;
            }
            b'e' => {
                let items = self.pop_to_mark()?;
                self.append(items)?;
            }
            b's' => {
                let value = self.pop()?;
                let key = self.pop()?;
                self.set(vec![(key, value)])?;
            }
            b'u' => {
                let items = self.pop_to_mark()?;
                let entries = self.pairs(&items)?;
                self.set(entries)?;
            }
            _ => return Ok(Known::No),
        }
        Ok(Known::Yes)
    }

    fn push_new(&mut self, object: Object) {
        let value = self.heap.add(object);
        self.push(value);
    }

    fn tuple_of(&mut self, n_items: usize) -> Result<(), WeightsError> {
        let mut items = Vec::with_capacity(n_items);
        for _ in 0..n_items {
            items.push(self.pop()?);
        }
        items.reverse();
        self.push_new(Object::Tuple(items));
        Ok(())
    }

    fn pairs(&self, items: &[Value]) -> Result<Vec<(Value, Value)>, WeightsError> {
        let (pairs, rest) = items.as_chunks::<2>();
        if !rest.is_empty() {
            return Err(self.fault("a key has no value"));
        }
        Ok(pairs.iter().map(|&[key, value]| (key, value)).collect())
    }

    fn append(&mut self, items: Vec<Value>) -> Result<(), WeightsError> {
        let list = self.top()?;
        let Some(Object::List(present)) = self.heap.object_mut(list) else {
            return Err(self.fault("it appends to what is no list"));
        };
        present.extend(items);
        Ok(())
    }

    fn set(&mut self, entries: Vec<(Value, Value)>) -> Result<(), WeightsError> {
        let dict = self.top()?;
        let Some(Object::Dict(present)) = self.heap.object_mut(dict) else {
            return Err(self.fault("it sets a key of what is no dictionary"));
        };
        present.extend(entries);
        Ok(())
    }
}
