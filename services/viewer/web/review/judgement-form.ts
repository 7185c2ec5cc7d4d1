import type { NewReview, OverrideReason } from '../api/case-shapes';
import type { Prediction } from '../api/shapes';
import { h } from '../dom';
import { say } from '../words/say';
import { reviewForm } from './review-form';
import { REASONS } from './words';

type Send = (review: NewReview) => Promise<void>;

/** Asks whether a person goes with the result that is shown. */
export function judgementForms(prediction: Prediction, send: Send): HTMLElement {
  const { task, abstention } = prediction;
  const of = { task: task.id, task_hash: task.hash };
  const accept = reviewForm('accept-form', say('Accept result'), null, () => send({ kind: 'accept', ...of }));
  return h(
    'div',
    { class: 'judgement' },
    !abstention && accept,
    h('details', { class: 'override' }, h('summary', {}, say('Override result…')), overrideForm(prediction, send)),
  );
}

function overrideForm(prediction: Prediction, send: Send): HTMLFormElement {
  const { task, call, grade, abstention } = prediction;
  const reasons = Object.entries(REASONS).filter(([code]) => (code === 'no_answer') === Boolean(abstention) || code === 'other');
  const labels = knownLabels(prediction).map((label) => h('option', { value: label }));
  const list = `labels-of-${task.id}`;
  const fields = [
    h(
      'label',
      {},
      say('Finding'),
      h('input', { type: 'text', name: 'label', required: true, maxlength: 64, list, autocomplete: 'off' }),
      h('datalist', { id: list }, labels),
    ),
    h('label', { class: 'tick' }, h('input', { type: 'checkbox', name: 'positive', checked: !call.is_positive }), say('Positive')),
    grade !== null && h('label', {}, say('Grade'), h('input', { name: 'grade', type: 'number', min: 0, max: 255, step: 1 })),
    h(
      'label',
      {},
      say('Reason'),
      h('select', { name: 'reason', required: true }, reasons.map(([value, words]) => h('option', { value }, words))),
    ),
    h('textarea', { name: 'text', rows: 3, required: true, maxlength: 4000, 'aria-label': say('Why'), placeholder: say('Why') }),
  ];
  return reviewForm('override-form', say('Override'), fields, (given) =>
    send({
      kind: 'override',
      task: task.id,
      task_hash: task.hash,
      finding: {
        call: { label: (given.get('label') as string).trim(), is_positive: given.has('positive') },
        grade: given.get('grade') ? Number(given.get('grade')) : null,
      },
      reason: given.get('reason') as OverrideReason,
      text: given.get('text') as string,
    }),
  );
}

/** The task's own words, as far as its result shows them. */
function knownLabels({ call, set, class_probabilities }: Prediction): string[] {
  const classes = (class_probabilities ?? []).map(({ label }) => label);
  return [...new Set([...(set?.labels ?? []), ...classes, call.label])];
}
