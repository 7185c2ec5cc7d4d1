import { clamp, readCurve } from './curves';
import type { ByteReader } from './reader';
import type { Colour } from './srgb';

/** Reads a matrix with curves, into XYZ under D50; `null` where the profile has none. */
export function readMatrix(reader: ByteReader, tags: ReadonlyMap<string, number>): ((colour: Colour) => Colour) | null {
  const places = ['r', 'g', 'b'].map((channel) => ({ column: tags.get(`${channel}XYZ`), curve: tags.get(`${channel}TRC`) }));
  const channels = places.flatMap(({ column, curve }) => {
    if (column === undefined || curve === undefined) return [];
    return [{ xyz: [8, 12, 16].map((at) => reader.fixed(column + at)), curve: readCurve(reader, curve).curve }];
  });
  if (channels.length !== 3) return null;
  return (colour) => {
    const linear = channels.map(({ curve }, at) => clamp(curve(colour[at]!)));
    const sum = (row: number) => channels.reduce((total, { xyz }, at) => total + xyz[row]! * linear[at]!, 0);
    return [sum(0), sum(1), sum(2)];
  };
}
