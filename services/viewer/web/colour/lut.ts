import { say } from '../words/say';
import { clamp, type Curve, readCurves, tableCurve } from './curves';
import { Cube } from './cube';
import type { ByteReader } from './reader';
import type { Colour } from './srgb';

/** The space that a table's values are in. */
export type Connection = 'XYZ ' | 'Lab ';

/** Into XYZ under D50, or into Lab with its usual numbers. */
type Lut = (colour: Colour) => Colour;

/** Reads a lookup table of any of the three kinds. */
export function readLut(reader: ByteReader, at: number, connection: Connection): Lut {
  const kind = reader.text(at, 4);
  if (kind !== 'mft1' && kind !== 'mft2' && kind !== 'mAB ') throw new RangeError(say('a table of the kind {kind}', { kind }));
  if (reader.byte(at + 8) !== 3 || reader.byte(at + 9) !== 3) throw new RangeError(say('a table of other than three channels'));
  if (kind === 'mAB ') return inOrder(readStages(reader, at), decoder(connection, 'mAB '));
  return inOrder(readOldTable(reader, at, kind), decoder(connection, kind));
}

function inOrder(stages: readonly Lut[], decode: Lut): Lut {
  return (colour) => decode(stages.reduce((now, stage) => stage(now), colour));
}

/** Input curves, cells, output curves; the matrix is for XYZ input only and is left out. */
function readOldTable(reader: ByteReader, at: number, kind: 'mft1' | 'mft2'): Lut[] {
  const width = kind === 'mft1' ? 1 : 2;
  const side = reader.byte(at + 10);
  const [n_in, n_out] = width === 1 ? [256, 256] : [reader.uint16(at + 48), reader.uint16(at + 50)];
  const inputs = at + (width === 1 ? 48 : 52);
  const cells = inputs + 3 * n_in * width;
  const outputs = cells + side ** 3 * 3 * width;
  const tables = (from: number, count: number) =>
    [0, 1, 2].map((channel) => tableCurve(reader.shares(from + channel * count * width, count, width)));
  const cube = new Cube([side, side, side], reader.shares(cells, side ** 3 * 3, width));
  return [eachBy(tables(inputs, n_in)), (colour) => cube.at(colour), eachBy(tables(outputs, n_out))];
}

/** Curves, cells, curves, matrix, curves; all but the last may be absent. */
function readStages(reader: ByteReader, at: number): Lut[] {
  const [b, matrix, m, cells, a] = [12, 16, 20, 24, 28].map((offset) => reader.uint32(at + offset));
  const stages: Lut[] = [];
  if (a) stages.push(eachBy(readCurves(reader, at + a)));
  if (cells) stages.push(readCells(reader, at + cells));
  if (m) stages.push(eachBy(readCurves(reader, at + m)));
  if (matrix) stages.push(readMatrixWithOffset(reader, at + matrix));
  if (b) stages.push(eachBy(readCurves(reader, at + b)));
  return stages;
}

function readCells(reader: ByteReader, at: number): Lut {
  const sides: Colour = [reader.byte(at), reader.byte(at + 1), reader.byte(at + 2)];
  const width = reader.byte(at + 16) === 1 ? 1 : 2;
  const cube = new Cube(sides, reader.shares(at + 20, sides[0] * sides[1] * sides[2] * 3, width));
  return (colour) => cube.at(colour);
}

function readMatrixWithOffset(reader: ByteReader, at: number): Lut {
  const figures = Array.from({ length: 12 }, (_, index) => reader.fixed(at + index * 4));
  const row = ([x, y, z]: Colour, of: number) =>
    figures[of * 3]! * x + figures[of * 3 + 1]! * y + figures[of * 3 + 2]! * z + figures[9 + of]!;
  return (colour) => [row(colour, 0), row(colour, 1), row(colour, 2)];
}

function eachBy(curves: readonly Curve[]): Lut {
  return ([x, y, z]) => [curves[0]!(clamp(x)), curves[1]!(clamp(y)), curves[2]!(clamp(z))];
}

/** From shares to numbers: 1 means 100 L*, or nearly 2 in XYZ; 16-bit tables keep version 2's Lab. */
function decoder(connection: Connection, kind: 'mft1' | 'mft2' | 'mAB '): Lut {
  if (connection === 'XYZ ') return ([x, y, z]) => [x * (65535 / 32768), y * (65535 / 32768), z * (65535 / 32768)];
  if (kind !== 'mft2') return ([l, a, b]) => [l * 100, a * 255 - 128, b * 255 - 128];
  return ([l, a, b]) => [(l * 65535) / 652.8, (a * 65535) / 256 - 128, (b * 65535) / 256 - 128];
}
