use std::collections::{BTreeMap, HashMap};

use candle_core::{Device, Tensor};

use crate::{AdamW, ParametersError, Snapshot, Variables};

/// Name of the caller's note in the file's metadata.
const NOTE: &str = "note";

/// Everything an interrupted training goes on from, to the last bit: the values, the optimiser's
/// moments and the best values so far.
#[derive(Debug)]
pub struct TrainingState;

impl TrainingState {
    /// A safetensors file. `note` is what else the caller wants to find again.
    pub fn write(
        variables: &Variables,
        optimiser: &AdamW,
        best: &Snapshot,
        note: &str,
    ) -> Result<Vec<u8>, ParametersError> {
        let mut tensors = BTreeMap::new();
        let moments = optimiser.moments();
        for (((name, var), best), (first, second)) in
            variables.iter().zip(best.values()).zip(moments)
        {
            let parts = [var.as_tensor(), best, first, second];
            for (part, tensor) in PARTS.iter().zip(parts) {
                tensors.insert(format!("{part}.{name}"), tensor.clone());
            }
        }
        let metadata = HashMap::from([(NOTE.to_owned(), note.to_owned())]);
        Ok(safetensors::serialize(&tensors, Some(metadata))?)
    }

    /// Sets variables and optimiser to what was written after `n_steps` steps; returns the best
    /// values.
    ///
    /// # Errors
    /// If the bytes are not what [`TrainingState::write`] wrote of these variables.
    pub fn read(
        bytes: &[u8],
        variables: &Variables,
        optimiser: &mut AdamW,
        n_steps: i32,
    ) -> Result<Snapshot, ParametersError> {
        let tensors = candle_core::safetensors::load_buffer(bytes, &Device::Cpu)
            .map_err(ParametersError::Format)?;
        let get = |part: &str, name: &str| -> Result<Tensor, ParametersError> {
            let name = format!("{part}.{name}");
            let found = tensors.get(&name);
            found.cloned().ok_or(ParametersError::Undeclared(name))
        };
        let (mut best, mut moments) = (Vec::new(), Vec::new());
        let [value, best_value, first, second] = PARTS;
        for (name, var) in variables.iter() {
            var.set(&get(value, name)?)?;
            best.push(get(best_value, name)?);
            moments.push((get(first, name)?, get(second, name)?));
        }
        optimiser.resume(n_steps, moments);
        Ok(Snapshot::of(best))
    }

    /// The note given to [`TrainingState::write`].
    pub fn note(bytes: &[u8]) -> Result<String, ParametersError> {
        let (_, header) = safetensors::SafeTensors::read_metadata(bytes)?;
        let notes = header.metadata().as_ref();
        let note = notes.and_then(|notes| notes.get(NOTE));
        note.cloned()
            .ok_or_else(|| ParametersError::Undeclared(NOTE.to_owned()))
    }
}

/// Of each variable: its value, the best one, the first and the second moment.
const PARTS: [&str; 4] = ["value", "best", "first", "second"];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{AdamWConfig, Declaration, Gradients, Seed, seeded};

    fn stepped(variables: &Variables, optimiser: &mut AdamW) -> Result<(), ParametersError> {
        let loss = variables.parameters().get("fc.weight")?.sqr()?.sum_all()?;
        let gradients = Gradients::of(variables, &loss.backward()?)?;
        optimiser.step(variables, &gradients, 0.1)
    }

    fn values(variables: &Variables) -> Result<Vec<f32>, ParametersError> {
        let weight = variables.parameters().get("fc.weight")?;
        Ok(weight.flatten_all()?.to_vec1()?)
    }

    #[test]
    fn goes_on_to_the_same_bits() -> Result<(), ParametersError> {
        let declared = Declaration::linear("fc", 3, 2);
        let draw = || Variables::draw(&declared, &mut seeded(Seed(2), 0));
        let unbroken = draw()?;
        let mut optimiser = AdamW::new(&unbroken, AdamWConfig::default())?;
        stepped(&unbroken, &mut optimiser)?;
        let best = unbroken.snapshot()?;
        stepped(&unbroken, &mut optimiser)?;
        let bytes = TrainingState::write(&unbroken, &optimiser, &best, "after two steps")?;
        stepped(&unbroken, &mut optimiser)?;

        let resumed = draw()?;
        let mut optimiser = AdamW::new(&resumed, AdamWConfig::default())?;
        let best_again = TrainingState::read(&bytes, &resumed, &mut optimiser, 2)?;
        assert_eq!(TrainingState::note(&bytes)?, "after two steps");
        stepped(&resumed, &mut optimiser)?;
        assert_eq!(values(&unbroken)?, values(&resumed)?);
        unbroken.restore(&best)?;
        resumed.restore(&best_again)?;
        assert_eq!(values(&unbroken)?, values(&resumed)?);
        Ok(())
    }

    #[test]
    fn a_cut_state_is_refused() -> Result<(), ParametersError> {
        let declared = Declaration::linear("fc", 3, 2);
        let variables = Variables::draw(&declared, &mut seeded(Seed(2), 0))?;
        let mut optimiser = AdamW::new(&variables, AdamWConfig::default())?;
        let best = variables.snapshot()?;
        let bytes = TrainingState::write(&variables, &optimiser, &best, "")?;
        let cut = &bytes[..bytes.len() / 2];
        assert!(TrainingState::read(cut, &variables, &mut optimiser, 0).is_err());
        assert!(TrainingState::note(&bytes[..4]).is_err());
        Ok(())
    }
}
