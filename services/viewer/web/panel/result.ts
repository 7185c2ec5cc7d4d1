import type { ClassProbability, Grade, Prediction, PredictionSet } from '../api/shapes';
import { h, setVariable } from '../dom';
import { capital } from '../list/standing';
import { formatCount, formatProbability } from '../units/plain';
import { abstentionWords, leavesFigures, setWords } from './abstention';
import { hashButton } from './hash';
import { facts, section } from './section';

/** What the task says of the slide, with what made it. */
export function resultSection(prediction: Prediction): HTMLElement {
  return section(
    'result',
    'Result',
    h('p', { class: 'research-line' }, 'Research use only. Not for diagnosis.'),
    callLine(prediction),
    leavesFigures(prediction.abstention) && figures(prediction),
    leavesFigures(prediction.abstention) && prediction.set && setBlock(prediction.set),
    !prediction.abstention && prediction.grade && gradeBlock(prediction.grade),
    facts(
      ['Task', `${prediction.task.id} ${prediction.task.version}`],
      ['Encoder', prediction.encoder.name],
      ['Encoder licence', prediction.encoder_terms?.licence],
      ['Encoder use', prediction.encoder_terms?.intended_use],
      ['Tiles read', formatCount(prediction.n_instances)],
      ['Task hash', hashButton(prediction.task.hash)],
      ['Encoder hash', hashButton(prediction.encoder.hash)],
      ['Pyramid hash', hashButton(prediction.pyramid)],
    ),
  );
}

function figures(prediction: Prediction): HTMLElement {
  return prediction.class_probabilities?.length
    ? classBlock(prediction.class_probabilities)
    : probabilityBar(prediction);
}

/** The call; where the task abstains, that there is none, and why. */
function callLine({ call, grade, abstention }: Prediction): HTMLElement {
  if (abstention) {
    return h(
      'div',
      { class: 'call open' },
      h('strong', {}, 'No call'),
      h('span', {}, abstentionWords(abstention)),
      leavesFigures(abstention) && h('span', {}, 'The figures below are for a person to judge.'),
    );
  }
  const label = capital(call.label.replaceAll('_', ' '));
  return h(
    'div',
    { class: `call ${call.is_positive ? 'positive' : 'negative'}` },
    h('strong', {}, call.is_positive ? `${label} detected` : label),
    grade && h('span', {}, `Grade ${grade.value} of ${grade.exceedance.length}`),
  );
}

/** The probability as a point between 0 and 1, with the threshold it is judged by. */
function probabilityBar({ probability, threshold, call, abstention }: Prediction): HTMLElement {
  const side = call.is_positive ? 'positive' : 'negative';
  const track = h(
    'div',
    { class: `track ${abstention ? 'open' : side}` },
    h('span', { class: 'track-fill' }),
    h('span', { class: 'track-threshold' }),
  );
  setVariable(track, 'share', probability);
  setVariable(track, 'threshold', threshold);
  const ends = h(
    'div',
    { class: 'track-ends' },
    h('span', {}, '0'),
    h('span', { class: 'track-threshold-label' }, `threshold ${formatProbability(threshold)}`),
    h('span', {}, '1'),
  );
  setVariable(ends, 'threshold', threshold);
  return h(
    'div',
    { class: 'probability' },
    h('div', { class: 'probability-line' }, 'Calibrated probability', h('strong', {}, formatProbability(probability))),
    track,
    ends,
  );
}

function setBlock(set: PredictionSet): HTMLElement {
  const { labels, promise } = setWords(set);
  return h(
    'div',
    { class: 'answer-set' },
    h('div', { class: 'probability-line' }, 'Cannot be ruled out', h('strong', {}, labels)),
    h('p', { class: 'hint' }, promise),
  );
}

/** `exceedance[k]` is the probability that the grade is above k, so of at least k + 1. */
function gradeBlock(grade: Grade): HTMLElement {
  return h(
    'div',
    { class: 'grade' },
    h('div', { class: 'probability-line' }, `Grade (${grade.scale})`, h('strong', {}, String(grade.value))),
    h('p', { class: 'hint' }, `Expected ${grade.expected.toFixed(1)}. How likely it is to be at least:`),
    h(
      'ol',
      { class: 'exceedance' },
      grade.exceedance.map((probability, k) => shareBar(`Grade ${k + 1}`, probability)),
    ),
  );
}

/** One of several classes is called; how likely each is. */
function classBlock(classes: readonly ClassProbability[]): HTMLElement {
  return h(
    'div',
    { class: 'grade' },
    h('div', { class: 'probability-line' }, 'Calibrated probability'),
    h('ol', { class: 'exceedance' }, classes.map(({ label, probability }) => shareBar(label, probability))),
  );
}

function shareBar(words: string, probability: number): HTMLElement {
  const bar = h('span', { class: 'bar' });
  setVariable(bar, 'share', probability);
  return h(
    'li',
    {},
    h('span', {}, words),
    bar,
    h('span', { class: 'number' }, formatProbability(probability)),
  );
}
