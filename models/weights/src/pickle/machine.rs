use std::collections::HashMap;

use crate::WeightsError;
use crate::pickle::reader::Reader;
use crate::pickle::{Heap, MAX_STEPS, Value};

/// What a pickle came to.
#[derive(Debug)]
pub(crate) struct Pickled {
    pub(crate) heap: Heap,
    pub(crate) root: Value,
    /// Bytes up to and with the last instruction.
    pub(crate) length: usize,
}

/// The state between two instructions.
#[derive(Debug)]
pub(super) struct Machine<'a> {
    pub(super) reader: Reader<'a>,
    pub(super) heap: Heap,
    pub(super) memo: HashMap<usize, Value>,
    stack: Vec<Value>,
    /// Heights of the stack at which MARKs stand.
    marks: Vec<usize>,
}

/// Whether an instruction belongs to the group that was asked.
pub(super) enum Known {
    Yes,
    No,
}

const STOP: u8 = b'.';

/// Follows one pickle from the start of `bytes` to its STOP.
///
/// # Errors
/// `ForeignGlobal` for a name that tensors do not need, `Pickle` for an instruction that plain
/// values do not need, and where the pickle is damaged.
pub(crate) fn run(bytes: &[u8]) -> Result<Pickled, WeightsError> {
    let mut machine = Machine {
        reader: Reader::new(bytes),
        heap: Heap::default(),
        memo: HashMap::new(),
        stack: Vec::new(),
        marks: Vec::new(),
    };
    for _ in 0..MAX_STEPS {
        let opcode = machine.reader.u8()?;
        if opcode == STOP {
            let root = machine.pop()?;
            return Ok(Pickled {
                heap: machine.heap,
                root,
                length: machine.reader.position(),
            });
        }
        machine.step(opcode)?;
    }
    Err(machine.fault(format!("it has more than {MAX_STEPS} instructions")))
}

impl Machine<'_> {
    fn step(&mut self, opcode: u8) -> Result<(), WeightsError> {
        let groups = [Self::literal, Self::container, Self::remember, Self::call];
        for group in groups {
            if let Known::Yes = group(self, opcode)? {
                return Ok(());
            }
        }
        let shown = char::from(opcode).escape_default();
        Err(self.fault(format!(
            "the instruction '{shown}' is not one that weights need; \
             convert the file to safetensors where you trust it"
        )))
    }

    pub(super) fn fault(&self, what: impl Into<String>) -> WeightsError {
        self.reader.fault(what)
    }

    pub(super) fn push(&mut self, value: Value) {
        self.stack.push(value);
    }

    pub(super) fn mark(&mut self) {
        self.marks.push(self.stack.len());
    }

    /// Never what lies below a MARK.
    pub(super) fn pop(&mut self) -> Result<Value, WeightsError> {
        let top = self.top()?;
        self.stack.pop();
        Ok(top)
    }

    pub(super) fn top(&self) -> Result<Value, WeightsError> {
        let floor = self.marks.last().copied().unwrap_or(0);
        let above = self.stack.get(floor..).unwrap_or_default();
        let top = above.last().copied();
        top.ok_or_else(|| self.fault("it takes from an empty stack"))
    }

    /// Everything above the last MARK, in the order it was pushed, and the MARK.
    pub(super) fn pop_to_mark(&mut self) -> Result<Vec<Value>, WeightsError> {
        let floor = self.marks.pop();
        let floor = floor.ok_or_else(|| self.fault("it has no mark"))?;
        Ok(self.stack.split_off(floor))
    }
}
