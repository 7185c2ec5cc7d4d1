import { say } from '../words/say';
import { clamp } from './curves';
import type { Colour } from './srgb';

/** Colours on a grid over all colours; the last channel runs fastest, as ICC profiles have it. */
export class Cube {
  constructor(
    private readonly sides: Colour,
    private readonly values: Float32Array,
  ) {
    if (sides.some((side) => side < 2)) throw new RangeError(say('a table of fewer than two steps'));
  }

  /** Mixes the four corners of the tetrahedron that holds the colour, as colour management systems do. */
  at(colour: Colour): Colour {
    const strides: Colour = [this.sides[1] * this.sides[2] * 3, this.sides[2] * 3, 3];
    let corner = 0;
    const steps = colour.map((share, channel) => {
      const last = this.sides[channel]! - 1;
      const position = clamp(share) * last;
      const below = Math.min(Math.floor(position), last - 1);
      corner += below * strides[channel]!;
      return { rest: position - below, stride: strides[channel]! };
    });
    // From the lower corner to the upper one along the longest way first.
    steps.sort((one, other) => other.rest - one.rest);
    const mixed: [number, number, number] = [0, 0, 0];
    let weight = 1 - steps[0]!.rest;
    for (let step = 0; step <= 3; step += 1) {
      for (let channel = 0; channel < 3; channel += 1) mixed[channel]! += weight * this.values[corner + channel]!;
      if (step === 3) break;
      corner += steps[step]!.stride;
      weight = steps[step]!.rest - (steps[step + 1]?.rest ?? 0);
    }
    return mixed;
  }
}
