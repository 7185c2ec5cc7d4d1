//! The slopes written out by hand against differences of the loss.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::layer::Layer;
use crate::network::{Attention, Network};
use crate::recipe::Recipe;

const DIMENSION: usize = 7;
const N_INSTANCES: usize = 5;
const STEP: f32 = 3e-4;
/// A rate of 1 without momentum: what learning takes off a value is its slope.
const ONCE: Recipe = Recipe {
    rate: 1.0,
    momentum: 0.0,
    weight_decay: 0.0,
    epochs: 1,
};

fn network(attention: Attention) -> Network {
    Network::new(DIMENSION, attention, &mut ChaCha8Rng::seed_from_u64(5))
}

fn instances() -> Vec<f32> {
    let n_values = DIMENSION * N_INSTANCES;
    (0..n_values).map(|at| (at as f32 * 1.7).sin()).collect()
}

fn layers(network: &mut Network) -> Vec<&mut Layer> {
    let Network {
        layers,
        content,
        gate,
        score,
        classifier,
        ..
    } = network;
    let mut all: Vec<&mut Layer> = layers.iter_mut().collect();
    all.extend([content, score, classifier]);
    all.extend(gate.as_mut());
    all
}

/// Every other hidden value is dropped, the same ones each time.
fn logit(network: &mut Network) -> f32 {
    let mut turn = 0;
    network.forward(&instances(), || {
        turn += 1;
        if turn % 2 == 0 { 0.0 } else { 2.0 }
    })
}

fn assert_slopes(attention: Attention) {
    let mut taught = network(attention);
    logit(&mut taught);
    taught.learn(&instances(), 1.0, 2.0, &ONCE);
    let n_layers = layers(&mut taught).len();
    for layer in 0..n_layers {
        let n_weights = layers(&mut taught)[layer].weight.len();
        let mut largest = 0.0_f32;
        for at in (0..n_weights).step_by(n_weights.div_ceil(40)) {
            let moved = |by: f32| {
                let mut network = network(attention);
                layers(&mut network)[layer].weight[at] += by;
                logit(&mut network)
            };
            let expected = (moved(STEP) - moved(-STEP)) / (2.0 * STEP);
            let before = layers(&mut network(attention))[layer].weight[at];
            let found = before - layers(&mut taught)[layer].weight[at];
            largest = largest.max(found.abs());
            assert!(
                (found - expected).abs() < 2e-3 + 0.02 * expected.abs(),
                "{attention:?} layer {layer} weight {at}: {found}, not {expected}"
            );
        }
        assert!(largest > 1e-5, "{attention:?} layer {layer} learns nothing");
    }
}

#[test]
fn of_attention_and_of_gated_attention() {
    assert_slopes(Attention::Plain);
    assert_slopes(Attention::Gated);
}
