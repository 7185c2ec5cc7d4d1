import { describe, expect, test } from 'vitest';
import { lookupOf, SIDE } from './lookup';
import { bytesOfBase64 } from '../api/base64';
import { readProfile, UnusableProfile } from './profile';
import reference from './reference.json';

type Name = keyof typeof reference.profiles;
const NAMES = Object.keys(reference.profiles) as Name[];
const pixels = bytes(reference.pixels);
/** The first colours are those of a stained slide. */
const STAINED = 200;

function bytes(hex: string): number[] {
  return Array.from(hex.matchAll(/../g), ([byte]) => Number.parseInt(byte, 16));
}

function profile(name: Name): ArrayBuffer {
  return bytesOfBase64(reference.profiles[name].icc).buffer;
}

/** What the graphics card does with the lookup: mixes the eight steps around a colour. */
function sample(lookup: Float32Array, colour: readonly number[]): number[] {
  const place = colour.map((share) => share * (SIDE - 1));
  const mixed = [0, 0, 0];
  for (let corner = 0; corner < 8; corner += 1) {
    let [weight, at] = [1, 0];
    place.forEach((position, channel) => {
      const below = Math.min(Math.floor(position), SIDE - 2);
      const upper = (corner >> channel) & 1;
      weight *= upper ? position - below : 1 - (position - below);
      at += (below + upper) * SIDE ** channel * 3;
    });
    for (let channel = 0; channel < 3; channel += 1) mixed[channel]! += weight * lookup[at + channel]!;
  }
  return mixed;
}

/** sRGB bytes in CIE L*a*b* under D65, where the distance of two colours is how different they look. */
function lab(rgb: readonly number[]): number[] {
  const [r, g, b] = rgb.map((byte) => (byte <= 10.31475 ? byte / 3294.6 : ((byte / 255 + 0.055) / 1.055) ** 2.4)) as [number, number, number];
  const f = (t: number) => (t > (6 / 29) ** 3 ? Math.cbrt(t) : t / (3 * (6 / 29) ** 2) + 4 / 29);
  const x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505);
  const y = f(0.2126 * r + 0.7152 * g + 0.0722 * b);
  const z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

/** Mean CIE76 difference and largest difference of a channel over all colours, and that of stained ones. */
function errors(correct: (colour: number[]) => readonly number[], expected: readonly number[]) {
  let [sum, largest, stained] = [0, 0, 0];
  for (let at = 0; at < pixels.length; at += 3) {
    const found = correct(pixels.slice(at, at + 3).map((byte) => byte / 255)).map((share) => Math.round(Math.min(1, Math.max(0, share)) * 255));
    const wanted = expected.slice(at, at + 3);
    sum += Math.hypot(...lab(found).map((value, axis) => value - lab(wanted)[axis]!));
    const off = Math.max(...found.map((byte, channel) => Math.abs(byte - wanted[channel]!)));
    largest = Math.max(largest, off);
    if (at < STAINED * 3) stained = Math.max(stained, off);
  }
  return { mean: sum / (pixels.length / 3), largest, stained };
}

describe.each(NAMES)('the profile %s', (name) => {
  const expected = bytes(reference.profiles[name].corrected);
  const correct = readProfile(profile(name));

  test('gives what littlecms gives', () => {
    const { mean, largest } = errors((colour) => correct(colour as [number, number, number]), expected);
    expect(mean).toBeLessThan(0.2);
    expect(largest).toBeLessThanOrEqual(1);
  });

  test('gives it through the lookup as well', () => {
    const lookup = lookupOf(correct);
    const { mean, largest, stained } = errors((colour) => sample(lookup, colour), expected);
    expect(mean).toBeLessThan(0.15);
    // Its primaries are so wide that stains lie beyond sRGB, where they are cut off.
    expect(stained).toBeLessThanOrEqual(name === 'matrix-gamma' ? 9 : 1);
    // Saturated colours at the edge of what sRGB can show, where its curve is steep.
    expect(largest).toBeLessThanOrEqual(16);
  });
});

test('what is no profile of RGB colours is refused, with the reason', () => {
  const broken = new Uint8Array(profile('lut-8'));
  broken.set([0x47, 0x52, 0x41, 0x59], 16);
  expect(() => readProfile(broken.buffer)).toThrow(/GRAY colours, not of RGB/);
  expect(() => readProfile(new ArrayBuffer(200))).toThrow(UnusableProfile);
  expect(() => readProfile(profile('lut-8').slice(0, 2000))).toThrow(RangeError);
});
