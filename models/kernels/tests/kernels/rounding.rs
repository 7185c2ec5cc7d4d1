use coverslip_kernels::{
    Activation, Ending, InstructionSet, KernelsError, Linear, Machine, Operand, PackedMatrix, bf16,
    multiply,
};

/// Products are exact here, so what is written is the rounding alone.
#[test]
fn bf16_is_rounded_to_nearest_even() {
    // Units in the last place of bf16 at 1 are 2^-7; halves of it are ties.
    let unit = 2.0_f32.powi(-7);
    let cases = [
        (1.0 + 0.5 * unit, 1.0),
        (1.0 + 1.5 * unit, 1.0 + 2.0 * unit),
        (1.0 + 0.5 * unit + 2.0_f32.powi(-20), 1.0 + unit),
        (-1.0 - 0.5 * unit, -1.0),
        (-1.0 - 1.5 * unit, -1.0 - 2.0 * unit),
        (3.0e38, 3.004_055_3e38),
    ];
    let biases = cases.map(|(value, _)| value);
    let layer = Linear {
        weight: &[0.0; 6],
        bias: &biases,
        n_inputs: 1,
        n_outputs: 6,
    };
    for machine in Machine::all() {
        let packed = PackedMatrix::new(machine, layer);
        let mut to = Operand::<bf16>::zeros(1, 6);
        let ending = Ending::Written {
            to: &mut to,
            first: 0,
            activation: Activation::None,
        };
        multiply(&Operand::zeros(1, 1), 0..1, &packed, ending);
        for (found, (value, expected)) in to.row(0).iter().zip(cases) {
            let (found, set) = (found.to_f32(), machine.instruction_set());
            let relative = (found - expected).abs() / expected.abs();
            assert!(relative < 1e-6, "{set}: {value} became {found}");
            assert_eq!(found, bf16::from_f32(value).to_f32(), "{set}");
        }
    }
}

#[test]
fn instruction_sets_go_by_their_names() -> Result<(), KernelsError> {
    for set in InstructionSet::ALL {
        assert_eq!(set.to_string().parse::<InstructionSet>()?, set);
    }
    let error = "mmx".parse::<InstructionSet>().expect_err("none of ours");
    assert!(error.to_string().contains("avx512-bf16"), "{error}");
    assert!(Machine::all().any(|machine| machine == Machine::best()));
    assert_eq!(
        Machine::with(InstructionSet::Portable)?.instruction_set(),
        InstructionSet::Portable
    );
    Ok(())
}
