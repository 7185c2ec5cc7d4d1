import { say } from '../words/say';
import type { Names, Placed, Source, ToBeMatched } from './api';

const SOURCES: Record<Source, string> = {
  data_matrix: say('Data Matrix on the label'),
  qr_code: say('QR code on the label'),
  code_128: say('Barcode on the label'),
  scanner_barcode: say('Barcode the scanner read'),
  scanner_accession: say('Accession the scanner was told'),
};

/** One who says which slide it is, and what they say. */
export interface Statement {
  who: string;
  says: string;
  /** `null` where it cannot be compared. */
  names: Names | null;
}

/** All that is said of the slide: what was read, where it was put, and what was ordered for it. */
export function statements({ witnesses, corrected_to, case: placed, ordered }: ToBeMatched): Statement[] {
  const read = witnesses.map(({ source, text, names }) => ({ who: SOURCES[source], says: text, names }));
  const corrected = corrected_to && { who: say('A person, before'), says: namesWords(corrected_to), names: corrected_to };
  const put = placed && { who: say('The case it was put in'), says: placedWords(placed), names: placed };
  const asked = ordered.map((order) => ({ who: say('Ordered'), says: placedWords(order), names: order }));
  return [...read, ...(corrected ? [corrected] : []), ...(put ? [put] : []), ...asked];
}

/** Whether a statement names another slide than one of the others does. */
export function isDisputed(statement: Statement, all: readonly Statement[]): boolean {
  const { names } = statement;
  return names !== null && all.some((other) => other.names !== null && differ(names, other.names));
}

export function whyWords({ standing, witnesses }: ToBeMatched): string {
  if (standing === 'contradicted') return say('These do not name the same slide.');
  if (witnesses.length === 0) return say('Nothing on the label can be read, and no case was given.');
  return say('No order and no case is known by what the label says.');
}

/** What a person most likely wants to write: what the label says, else the scanner. */
export function proposed({ witnesses, case: placed }: ToBeMatched): Names | null {
  return witnesses.find(({ names }) => names !== null)?.names ?? placed;
}

export function namesWords({ accession, part, block }: Names): string {
  return [accession, part, block].filter((word) => word !== null).join(' · ');
}

function placedWords(placed: Placed): string {
  return [namesWords(placed), placed.stain].filter((word) => word !== null).join(' · ');
}

/** Two name two slides where both say something and say it differently; block A1 is block 1 of part A, as the server has it. */
function differ(one: Names, other: Names): boolean {
  const isOther = (a: string | null, b: string | null) => a !== null && b !== null && a !== b;
  const isOneBlock = one.block !== null && letteredBlock(one) === letteredBlock(other);
  return one.accession !== other.accession || isOther(one.part, other.part) || (!isOneBlock && isOther(one.block, other.block));
}

function letteredBlock({ part, block }: Names): string | null {
  const isApart = part !== null && block !== null && /^\p{L}+$/u.test(part) && !block.startsWith(part);
  return isApart ? `${part}${block}` : block;
}
