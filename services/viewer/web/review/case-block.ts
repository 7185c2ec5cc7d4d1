import { reports, signOff } from '../api/cases';
import type { Case, Me, Signature } from '../api/case-shapes';
import { h } from '../dom';
import { caseState, count, resultWords, tone } from '../list/case-words';
import { formatTime } from '../units/plain';
import { reportLinks } from './report-links';
import { reviewForm } from './review-form';

/** The case of the slide that is open: what all its slides say together, and its signature. */
export function caseBlock(found: Case, me: Me, signed: () => void): HTMLElement {
  const sign = () => confirmSignature(found, signed);
  return h(
    'div',
    { class: 'case-block' },
    h('h3', {}, `Case ${found.accession}`),
    h('p', { class: 'case-state' }, caseState(found)),
    (found.results ?? []).map((result) =>
      h('p', {}, h('span', { class: `badge ${tone(result)}` }, resultWords(result)), ` ${result.task}`),
    ),
    (found.signed ?? []).map(({ version, signer, signed_at, amendment }) =>
      h('p', { class: 'history-by' }, `Version ${version} signed by ${signer}, ${formatTime(signed_at)}`, amendment && `: ${amendment}`),
    ),
    !found.awaits_impression && me.roles.includes('pathologist') && reportLinks('Case', (form) => reports.case(found.id, form)),
    me.reviews && !found.awaits_impression && h('button', { class: 'sign', onclick: sign }, signWords(found)),
  );
}

function signWords({ state }: Case): string {
  return state === 'signed' ? 'Amend signature…' : 'Sign case…';
}

/** Asks once more, and for what must be said: why with slides unfinished, why again. */
function confirmSignature(found: Case, signed: () => void): void {
  const { seen, unfinished, state, slides } = found;
  if (seen === null) return;
  const n_unfinished = unfinished?.length ?? 0;
  const fields = [
    h('p', {}, `You sign what ${count(slides.length, 'slide')} of case ${found.accession} say together. It is final in your name.`),
    (found.results ?? []).map((result) => h('p', {}, `${result.task}: ${resultWords(result)}`)),
    h('label', {}, 'Statement (optional)', h('textarea', { name: 'statement', rows: 2, maxlength: 4000 })),
    n_unfinished > 0 &&
      h(
        'label',
        { class: 'must-say' },
        `${count(n_unfinished, 'slide')} without any answer: why is it signed?`,
        h('textarea', { name: 'despite_unfinished', rows: 2, required: true, maxlength: 4000 }),
      ),
    state === 'signed' &&
      h(
        'label',
        { class: 'must-say' },
        'Why is the signed version amended?',
        h('textarea', { name: 'amendment', rows: 2, required: true, maxlength: 4000 }),
      ),
  ];
  const send = async (given: FormData) => {
    const said = (name: string) => (given.get(name) as string | null)?.trim() || undefined;
    const signature: Signature = {
      seen,
      statement: said('statement'),
      despite_unfinished: said('despite_unfinished'),
      amendment: said('amendment'),
    };
    await signOff(found.id, signature);
    dialog.close();
    signed();
  };
  const dialog = h(
    'dialog',
    { class: 'sign-dialog', 'aria-label': 'Sign case' },
    h('h2', {}, 'Sign case'),
    reviewForm('sign-form', 'Sign', fields, send),
    h('form', { method: 'dialog' }, h('button', {}, 'Not yet')),
  );
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
