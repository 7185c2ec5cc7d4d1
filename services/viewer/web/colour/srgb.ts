/** Three channels. */
export type Colour = readonly [number, number, number];

/** The profile connection space's white (ICC.1:2022, 7.2.16). */
const D50: Colour = [0.9642, 1, 0.8249];
/** The black of perceptual tables of version 4, in XYZ (ICC.1:2022, 6.3.4.3). */
const PERCEPTUAL_BLACK: Colour = [0.00336, 0.0034731, 0.00287];

/** XYZ under D50 to linear sRGB: IEC 61966-2-1 primaries, adapted to D50 by Bradford's method. */
const TO_LINEAR: readonly Colour[] = [
  [3.1338561, -1.6168667, -0.4906146],
  [-0.9787684, 1.9161415, 0.033454],
  [0.0719453, -0.2289914, 1.4052427],
];

/**
 * XYZ under D50 to sRGB. What sRGB cannot show lies below 0 or above 1: cut off only after mixing, for a
 * lookup of cut colours would bend those beside them.
 */
export function toSrgb([x, y, z]: Colour): Colour {
  const encode = ([a, b, c]: Colour) => encoded(a * x + b * y + c * z);
  return [encode(TO_LINEAR[0]!), encode(TO_LINEAR[1]!), encode(TO_LINEAR[2]!)];
}

export function fromXyz(xyz: Colour): Colour {
  return xyz;
}

/** CIE L*a*b* under D50 to XYZ. */
export function fromLab([l, a, b]: Colour): Colour {
  const y = (l + 16) / 116;
  const [x, z] = [y + a / 500, y - b / 200];
  return [D50[0] * cubed(x), D50[1] * cubed(y), D50[2] * cubed(z)];
}

/** Stretches the lightness so that the perceptual black becomes 0 and white stays. */
export function scaleBlack(xyz: Colour): Colour {
  const stretch = (at: 0 | 1 | 2) => {
    const [white, black] = [D50[at], PERCEPTUAL_BLACK[at]];
    return ((xyz[at] - black) * white) / (white - black);
  };
  return [stretch(0), stretch(1), stretch(2)];
}

function cubed(t: number): number {
  return t > 6 / 29 ? t ** 3 : 3 * (6 / 29) ** 2 * (t - 4 / 29);
}

function encoded(linear: number): number {
  if (linear < 0) return -encoded(-linear);
  return linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055;
}
