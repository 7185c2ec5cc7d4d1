import type { Correction } from './profile';

/** Steps along each channel: between them the graphics card mixes. */
export const SIDE = 33;

/** Corrected colours at every step of red, green and blue; red runs fastest, as textures have it. */
export type Lookup = Float32Array;

export function lookupOf(correct: Correction): Lookup {
  const lookup = new Float32Array(SIDE ** 3 * 3);
  let at = 0;
  for (let blue = 0; blue < SIDE; blue += 1) {
    for (let green = 0; green < SIDE; green += 1) {
      for (let red = 0; red < SIDE; red += 1) {
        lookup.set(correct([red / (SIDE - 1), green / (SIDE - 1), blue / (SIDE - 1)]), at);
        at += 3;
      }
    }
  }
  return lookup;
}
