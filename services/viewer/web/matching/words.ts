import { say } from '../words/say';
import type { Names, Placed, SlideIdentity, Source, ToBeMatched } from './api';

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
export function statements({ label, witnesses, corrected_to, case: placed, ordered }: SlideIdentity): Statement[] {
  const read = witnesses.map(({ source, text, names }) => ({ who: SOURCES[source], says: text, names }));
  const unread = { who: say('The label'), says: say('no barcode on it could be read'), names: null };
  const corrected = corrected_to && { who: say('A person, before'), says: namesWords(corrected_to), names: corrected_to };
  const put = placed && { who: say('The case it was put in'), says: placedWords(placed), names: placed };
  const asked = ordered.map((order) => ({ who: say('Ordered'), says: placedWords(order), names: order }));
  return [...(label === 'unread' ? [unread] : []), ...read, ...(corrected ? [corrected] : []), ...(put ? [put] : []), ...asked];
}

/** Whether a statement names another slide than one of the others does. */
export function isDisputed(statement: Statement, all: readonly Statement[]): boolean {
  const { names } = statement;
  return names !== null && all.some((other) => other.names !== null && differ(names, other.names));
}

export function whyWords({ standing, label, witnesses }: ToBeMatched): string {
  if (standing === 'contradicted') return say('These do not name the same slide.');
  if (witnesses.length === 0) {
    return label === 'unread'
      ? say('Nothing on the label can be read, and no case was given.')
      : say('There is no label to read, and no case was given.');
  }
  return say('No order and no case is known by what the label says.');
}

const ON_LABEL: readonly Source[] = ['data_matrix', 'qr_code', 'code_128'];

/** What was read on the label, to stand below its picture; `null` where nobody looked. */
export function readingWords({ label, witnesses }: SlideIdentity): string | null {
  if (label === 'unread') return say('No barcode on the label could be read.');
  const texts = witnesses.filter(({ source }) => ON_LABEL.includes(source)).map(({ text }) => text);
  return texts.length === 0 ? null : say('Read on the label: {text}', { text: texts.join(' · ') });
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
