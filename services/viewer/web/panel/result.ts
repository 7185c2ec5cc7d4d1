import type { ClassProbability, Grade, Prediction, PredictionSet } from '../api/shapes';
import { h, setVariable } from '../dom';
import { capital } from '../list/standing';
import { formatCount, formatProbability } from '../units/plain';
import { labelWords, scaleWords } from '../words/labels';
import { say } from '../words/say';
import { abstentionWords, leavesFigures, setWords } from './abstention';
import { hashButton } from './hash';
import { facts, section } from './section';

/** What the task says of the slide, with what made it. */
export function resultSection(prediction: Prediction): HTMLElement {
  return section(
    'result',
    say('Result'),
    h('p', { class: 'research-line' }, say('Research use only. Not for diagnosis.')),
    callLine(prediction),
    leavesFigures(prediction.abstention) && figures(prediction),
    leavesFigures(prediction.abstention) && prediction.set && setBlock(prediction.set),
    !prediction.abstention && prediction.grade && gradeBlock(prediction.grade),
    facts(
      [say('Task'), `${prediction.task.id} ${prediction.task.version}`],
      [say('Encoder'), prediction.encoder.name],
      [say('Encoder licence'), prediction.encoder_terms?.licence],
      [say('Encoder use'), prediction.encoder_terms?.intended_use],
      [say('Tiles read'), formatCount(prediction.n_instances)],
      [say('Task hash'), hashButton(prediction.task.hash)],
      [say('Encoder hash'), hashButton(prediction.encoder.hash)],
      [say('Pyramid hash'), hashButton(prediction.pyramid)],
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
      h('strong', {}, say('No call')),
      h('span', {}, abstentionWords(abstention)),
      leavesFigures(abstention) && h('span', {}, say('The figures below are for a person to judge.')),
    );
  }
  const label = capital(labelWords(call.label));
  return h(
    'div',
    { class: `call ${call.is_positive ? 'positive' : 'negative'}` },
    h('strong', {}, call.is_positive ? say('{finding} detected', { finding: label }) : label),
    grade && h('span', {}, say('Grade {grade} of {highest}', { grade: grade.value, highest: grade.exceedance.length })),
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
    h('span', { class: 'track-threshold-label' }, say('threshold {value}', { value: formatProbability(threshold) })),
    h('span', {}, '1'),
  );
  setVariable(ends, 'threshold', threshold);
  return h(
    'div',
    { class: 'probability' },
    h('div', { class: 'probability-line' }, say('Calibrated probability'), h('strong', {}, formatProbability(probability))),
    track,
    ends,
  );
}

function setBlock(set: PredictionSet): HTMLElement {
  const { labels, promise } = setWords(set);
  return h(
    'div',
    { class: 'answer-set' },
    h('div', { class: 'probability-line' }, say('Cannot be ruled out'), h('strong', {}, labels)),
    h('p', { class: 'hint' }, promise),
  );
}

/** `exceedance[k]` is the probability that the grade is above k, so of at least k + 1. */
function gradeBlock(grade: Grade): HTMLElement {
  return h(
    'div',
    { class: 'grade' },
    h('div', { class: 'probability-line' }, say('Grade ({scale})', { scale: scaleWords(grade.scale) }), h('strong', {}, String(grade.value))),
    h('p', { class: 'hint' }, say('Expected {grade}. How likely it is to be at least:', { grade: grade.expected.toFixed(1) })),
    h(
      'ol',
      { class: 'exceedance' },
      grade.exceedance.map((probability, k) => shareBar(say('Grade {grade}', { grade: k + 1 }), probability)),
    ),
  );
}

/** One of several classes is called; how likely each is. */
function classBlock(classes: readonly ClassProbability[]): HTMLElement {
  return h(
    'div',
    { class: 'grade' },
    h('div', { class: 'probability-line' }, say('Calibrated probability')),
    h('ol', { class: 'exceedance' }, classes.map(({ label, probability }) => shareBar(labelWords(label), probability))),
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
