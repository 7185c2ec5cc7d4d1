import type { ImpressionCode, NewReview } from '../api/case-shapes';
import { h } from '../dom';
import { say } from '../words/say';
import { IMPRESSIONS } from './words';
import { reviewForm } from './review-form';

/** Asks what a person sees, before or beside what the AI says. */
export function impressionForm(send: (review: NewReview) => Promise<void>): HTMLFormElement {
  const codes = Object.entries(IMPRESSIONS) as [ImpressionCode, string][];
  const choice = h(
    'fieldset',
    { class: 'choices' },
    h('legend', {}, say('Your impression')),
    codes.map(([value, words]) =>
      h('label', {}, h('input', { type: 'radio', name: 'impression', value, required: true }), words),
    ),
  );
  const text = h('textarea', { name: 'text', rows: 2, maxlength: 4000, 'aria-label': say('Remarks'), placeholder: say('Remarks') });
  return reviewForm('impression-form', say('Record impression'), [choice, text], (fields) =>
    send({
      kind: 'impression',
      impression: fields.get('impression') as ImpressionCode,
      text: (fields.get('text') as string).trim() || undefined,
    }),
  );
}
