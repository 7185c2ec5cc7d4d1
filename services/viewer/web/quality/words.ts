import type { Abstention, Call, Grade } from '../api/shapes';
import { capital } from '../list/standing';
import { abstentionTitle, leavesFigures } from '../panel/abstention';
import { formatCount, formatProbability, formatValue } from '../units/plain';
import { say } from '../words/say';
import type { AnswerLeft, QualityLayer, QualityLayerInfo, WithoutFlagged } from './api';

interface LayerWords {
  name(): string;
  /** What a value means. */
  meaning(): string;
  /** What lies at the first and the last colour. */
  ends(): [first: string, last: string];
}

/** The layers of quality in words. */
export const QUALITY_LAYERS: Record<QualityLayer, LayerWords> = {
  focus: {
    name: () => say('Focus'),
    meaning: () =>
      say('By how many micrometres edges are smeared. 0.2 to 0.5 is sharp; nuclei lose their outline at about 1.5.'),
    ends: () => [say('sharp'), say('blurred')],
  },
  pen: {
    name: () => say('Pen'),
    meaning: () => say('The share of the tile that has the colour of a pen.'),
    ends: () => [say('none'), say('all of it')],
  },
  fold: {
    name: () => say('Folds'),
    meaning: () => say('The share of the tile where the section seems to lie double.'),
    ends: () => [say('none'), say('a quarter of it and more')],
  },
  coverage: {
    name: () => say('Tissue'),
    meaning: () => say('The share of the tile that is tissue. It flags nothing: the edge of tissue is tissue.'),
    ends: () => [say('none'), say('all of it')],
  },
  flagged: {
    name: () => say('Flagged tiles'),
    meaning: () => say('Tiles that are blurred, under pen or folded beyond the limits.'),
    ends: () => [say('not flagged'), say('flagged')],
  },
};

/** `0.41 µm`, `12 %`. */
export function qualityValue({ unit }: Pick<QualityLayerInfo, 'unit'>, value: number): string {
  if (unit === 'micrometres') return say('{value} µm', { value: formatValue(value) });
  if (unit === 'share') return percent(value);
  return value > 0 ? say('flagged') : say('not flagged');
}

/** `12 %`; what is there at all is not said to be none. */
export function percent(share: number): string {
  if (share > 0 && share < 0.01) return say('< 1 %');
  return say('{percent} %', { percent: Math.round(share * 100) });
}

/** `flagged from 0.9 µm on`; `null` of a layer that flags nothing. */
export function limitWords(info: QualityLayerInfo): string | null {
  return info.limit === null ? null : say('flagged from {limit} on', { limit: qualityValue(info, info.limit) });
}

/** An answer in a few words: `Tumour detected, grade 3, probability 0.97`. */
export function answerWords(answer: {
  call: Call;
  probability: number;
  grade: Grade | null;
  abstention?: Abstention | null | undefined;
}): string {
  const { call, probability, grade, abstention } = answer;
  const figure = say('probability {probability}', { probability: formatProbability(probability) });
  if (abstention) {
    return leavesFigures(abstention) ? `${abstentionTitle(abstention)}, ${figure}` : abstentionTitle(abstention);
  }
  const label = capital(call.label.replaceAll('_', ' '));
  const called = call.is_positive ? say('{label} detected', { label }) : label;
  const graded = grade && say('grade {grade}', { grade: grade.value });
  return [called, graded, figure].filter(Boolean).join(', ');
}

const VERDICTS: Record<AnswerLeft['verdict'], () => string> = {
  holds: () => say('The call holds'),
  changes: () => say('The call changes'),
  no_call: () => say('There is no call either way'),
};

/** Whether the call holds, in one line. */
export function verdictWords(without: WithoutFlagged | null | undefined): string {
  if (!without) return say('Not measured for this result');
  switch (without.kind) {
    case 'nothing_flagged':
      return say('No tile is flagged: the call rests on all of them');
    case 'nothing_left':
      return say('Every tile is flagged: nothing is left to answer from');
    case 'answered':
      return VERDICTS[without.verdict]();
  }
}

/** `Without 12 flagged tiles`. */
export function withoutWords(n_flagged: number): string {
  const count = formatCount(n_flagged);
  return n_flagged === 1 ? say('Without the flagged tile') : say('Without {count} flagged tiles', { count });
}
