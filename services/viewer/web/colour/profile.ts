import { say } from '../words/say';
import { readLut } from './lut';
import { readMatrix } from './matrix';
import { ByteReader } from './reader';
import { type Colour, fromLab, fromXyz, scaleBlack, toSrgb } from './srgb';

/** A colour profile that cannot be used here, and why. */
export class UnusableProfile extends Error {}

/** Turns a colour as scanned, from 0 to 1, into sRGB, where what cannot be shown lies beyond 0 or 1. */
export type Correction = (colour: Colour) => Colour;

const PERCEPTUAL = 0;

/**
 * Reads an ICC profile (ICC.1:2022, versions 2 and 4) of an RGB scanner, camera or display: a matrix with
 * curves, or lookup tables (`mft1`, `mft2`, `mAB `). Its own rendering intent chooses the table.
 */
export function readProfile(bytes: ArrayBuffer): Correction {
  const reader = new ByteReader(bytes);
  if (reader.text(36, 4) !== 'acsp') throw new UnusableProfile(say('it is not an ICC profile'));
  const [space, connection] = [reader.text(16, 4), reader.text(20, 4)];
  if (space !== 'RGB ') throw new UnusableProfile(say('it is of {space} colours, not of RGB', { space: space.trim() }));
  if (connection !== 'XYZ ' && connection !== 'Lab ') throw new UnusableProfile(say('it connects by {space}', { space: connection.trim() }));
  const version = reader.byte(8);
  const intent = reader.uint32(64);
  const tags = readTags(reader);
  const table = tags.get(`A2B${Math.min(intent, 2)}`) ?? tags.get('A2B0');
  if (table === undefined) return matrixCorrection(reader, tags);
  const lut = readLut(reader, table, connection);
  const toXyz = connection === 'Lab ' ? fromLab : fromXyz;
  // Perceptual tables of version 4 map black to a fixed, printable black (ICC.1:2022, 6.3.4.3).
  const black = version >= 4 && intent === PERCEPTUAL ? scaleBlack : (xyz: Colour) => xyz;
  return (colour) => toSrgb(black(toXyz(lut(colour))));
}

function matrixCorrection(reader: ByteReader, tags: ReadonlyMap<string, number>): Correction {
  const matrix = readMatrix(reader, tags);
  if (matrix === null) throw new UnusableProfile(say('it has neither a matrix nor a lookup table'));
  return (colour) => toSrgb(matrix(colour));
}

/** Where each tag's data begins. */
function readTags(reader: ByteReader): Map<string, number> {
  const tags = new Map<string, number>();
  const count = reader.uint32(128);
  for (let at = 0; at < count; at += 1) {
    const entry = 132 + at * 12;
    tags.set(reader.text(entry, 4), reader.uint32(entry + 4));
  }
  return tags;
}
