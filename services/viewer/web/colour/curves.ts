import { say } from '../words/say';
import type { ByteReader } from './reader';

/** From 0 to 1 onto 0 to 1. */
export type Curve = (share: number) => number;

/** A curve, and where the data after it begins. */
export interface CurveRead {
  curve: Curve;
  end: number;
}

/** Reads a `curv` or a `para` element. */
export function readCurve(reader: ByteReader, at: number): CurveRead {
  const kind = reader.text(at, 4);
  if (kind === 'para') return readParametric(reader, at);
  if (kind !== 'curv') throw new RangeError(say('a curve of the kind {kind}', { kind }));
  const count = reader.uint32(at + 8);
  const end = at + 12 + count * 2;
  if (count === 0) return { curve: (share) => share, end };
  if (count === 1) {
    const gamma = reader.uint16(at + 12) / 256;
    return { curve: (share) => share ** gamma, end };
  }
  return { curve: tableCurve(reader.shares(at + 12, count, 2)), end };
}

/** As many curves as there are channels, one after the other, each at a multiple of four bytes. */
export function readCurves(reader: ByteReader, at: number): Curve[] {
  let next = at;
  return Array.from({ length: 3 }, () => {
    const { curve, end } = readCurve(reader, next);
    next = Math.ceil(end / 4) * 4;
    return curve;
  });
}

/** Straight lines between evenly spaced values. */
export function tableCurve(values: Float32Array): Curve {
  const last = values.length - 1;
  return (share) => {
    const position = clamp(share) * last;
    const below = Math.min(Math.floor(position), last - 1);
    const low = values[below]!;
    return low + (values[below + 1]! - low) * (position - below);
  };
}

export function clamp(share: number): number {
  return Math.min(1, Math.max(0, share));
}

/** How many figures each of the five functions has (ICC.1:2022, table 68). */
const FIGURES = [1, 3, 4, 5, 7];

function readParametric(reader: ByteReader, at: number): CurveRead {
  const kind = reader.uint16(at + 8);
  const count = FIGURES[kind];
  if (count === undefined) throw new RangeError(say('a parametric curve of type {kind}', { kind }));
  const figures = Array.from({ length: count }, (_, index) => reader.fixed(at + 12 + index * 4));
  return { curve: parametric(kind, figures), end: at + 12 + count * 4 };
}

function parametric(kind: number, figures: readonly number[]): Curve {
  const [g = 1, a = 1, b = 0, third = 0, fourth = 0, e = 0, f = 0] = figures;
  switch (kind) {
    case 0:
      return (x) => x ** g;
    case 1:
      return (x) => (x >= -b / a ? (a * x + b) ** g : 0);
    case 2:
      return (x) => (x >= -b / a ? (a * x + b) ** g + third : third);
    default:
      // c is the slope below d; type 4 adds e above d and f below.
      return (x) => (x >= fourth ? (a * x + b) ** g + e : third * x + f);
  }
}
