import { h } from '../dom';
import { reviewForm } from '../review/review-form';
import { say } from '../words/say';
import { correctIdentity, type ToBeMatched } from './api';
import { proposed } from './words';

/** Longest name the laboratory may give a thing, in characters. */
const LONGEST_NAME = 64;

/** Asks a person which slide it is, and why they say so. */
export function matchForm(entry: ToBeMatched, settled: () => void): HTMLFormElement {
  const names = proposed(entry);
  const content = [
    field('accession', say('Accession'), names?.accession, true),
    field('part', say('Part'), names?.part, false),
    field('block', say('Block'), names?.block, false),
    field('stain', say('Stain'), entry.case?.stain, false),
    h('textarea', { name: 'reason', rows: 2, maxlength: 4000, required: true, 'aria-label': say('Reason'), placeholder: say('Reason') }),
  ];
  return reviewForm('match-form', say('This is the slide'), content, async (fields) => {
    const text = (name: string) => (fields.get(name) as string).trim() || undefined;
    await correctIdentity(entry.slide.id, {
      accession: text('accession') ?? '',
      part: text('part'),
      block: text('block'),
      stain: text('stain'),
      reason: text('reason') ?? '',
      revision: entry.revision,
    });
    settled();
  });
}

function field(name: string, words: string, value: string | null | undefined, required: boolean): HTMLElement {
  return h('label', {}, h('span', {}, words), h('input', { name, required, value: value ?? '', maxlength: LONGEST_NAME, autocomplete: 'off' }));
}
