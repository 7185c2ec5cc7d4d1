import { describe, expect, test } from 'vitest';
import { formatLength, formatPlace, roundLength, scaleBar } from './length';
import { formatMagnification, magnification, umPerPixel } from './magnification';
import { formatBytes, formatProbability, formatSeconds, formatSigned } from './plain';

describe('the scale bar', () => {
  test('is round, fits, and is never shorter than two fifths of the room', () => {
    for (let exponent = -2; exponent < 4; exponent += 0.037) {
      const um_per_px = 10 ** exponent;
      const bar = scaleBar(um_per_px, 160);
      expect(bar.length_px).toBeLessThanOrEqual(160 * (1 + 1e-9));
      expect(bar.length_px).toBeGreaterThanOrEqual(160 * 0.4 * (1 - 1e-9));
      expect(bar.length_px * um_per_px).toBeCloseTo(bar.length_um, 9);
      expect(String(bar.length_um.toExponential())).toMatch(/^[125]e/);
    }
  });

  test('takes the round length itself when it just fits', () => {
    for (const length of [0.1, 0.2, 1, 5, 50, 1000]) expect(roundLength(length)).toBeCloseTo(length);
    expect(roundLength(0.99)).toBeCloseTo(0.5);
  });

  test('names its unit', () => {
    expect([0.2, 5, 200, 1000, 20000].map(formatLength)).toEqual([
      '200 nm',
      '5 µm',
      '200 µm',
      '1 mm',
      '20 mm',
    ]);
  });
});

describe('magnification', () => {
  test('follows the convention that 40x is 0.25 µm per pixel', () => {
    expect(magnification(0.25)).toBe(40);
    expect(umPerPixel(20)).toBe(0.5);
    expect(formatMagnification(magnification(0.499))).toBe('20×');
    expect(formatMagnification(1.25)).toBe('1.3×');
  });
});

describe('numbers for people', () => {
  test('probabilities are never rounded to certainty', () => {
    expect([0, 0.004, 0.123, 0.9973, 1].map(formatProbability)).toEqual([
      '0.00',
      '< 0.01',
      '0.12',
      '> 0.99',
      '1.00',
    ]);
  });

  test('signed values keep their sign and two figures, however small', () => {
    expect([0.314, -0.0001234, 0, -12.6].map(formatSigned)).toEqual(['+0.31', '−0.00012', '0', '−13']);
  });

  test('sizes and times carry their unit', () => {
    expect([999, 1938955, 999_600_000].map(formatBytes)).toEqual(['999 B', '1.94 MB', '1 GB']);
    expect([0.214, 42.4, 185].map(formatSeconds)).toEqual(['0.21 s', '42 s', '3 min 5 s']);
    expect(formatPlace(12345.6)).toBe('12\u202f346');
  });
});
