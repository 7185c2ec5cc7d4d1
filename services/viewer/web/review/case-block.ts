import { reports, signOff } from '../api/cases';
import type { Case, Me, Signature } from '../api/case-shapes';
import { h } from '../dom';
import { caseState, resultWords, tone } from '../list/case-words';
import { formatTime } from '../units/plain';
import { say } from '../words/say';
import { reportLinks } from './report-links';
import { reviewForm } from './review-form';

/** The case of the slide that is open: what all its slides say together, and its signature. */
export function caseBlock(found: Case, me: Me, signed: () => void): HTMLElement {
  const sign = () => confirmSignature(found, signed);
  return h(
    'div',
    { class: 'case-block' },
    h('h3', {}, say('Case {accession}', { accession: found.accession })),
    h('p', { class: 'case-state' }, caseState(found)),
    (found.results ?? []).map((result) =>
      h('p', {}, h('span', { class: `badge ${tone(result)}` }, resultWords(result)), ` ${result.task}`),
    ),
    (found.signed ?? []).map(({ version, signer, signed_at, amendment }) =>
      h(
        'p',
        { class: 'history-by' },
        say('Version {version} signed by {signer}, {time}', { version, signer, time: formatTime(signed_at) }),
        amendment && h('q', {}, amendment),
      ),
    ),
    !found.awaits_impression &&
      me.roles.includes('pathologist') &&
      reportLinks({ html: say('Case report'), pdf: say('Case report, PDF') }, (form) => reports.case(found.id, form)),
    me.reviews && !found.awaits_impression && h('button', { class: 'sign', onclick: sign }, signWords(found)),
  );
}

function signWords({ state }: Case): string {
  return state === 'signed' ? say('Amend signature…') : say('Sign case…');
}

function finalWords(n_slides: number, accession: string): string {
  if (n_slides === 1) return say('You sign what 1 slide of case {accession} says. It is final in your name.', { accession });
  return say('You sign what {count} slides of case {accession} say together. It is final in your name.', {
    count: n_slides,
    accession,
  });
}

function unfinishedWords(n_slides: number): string {
  if (n_slides === 1) return say('1 slide without any answer: why is it signed?');
  return say('{count} slides without any answer: why is it signed?', { count: n_slides });
}

/** Asks once more, and for what must be said: why with slides unfinished, why again. */
function confirmSignature(found: Case, signed: () => void): void {
  const { seen, unfinished, state, slides } = found;
  if (seen === null) return;
  const n_unfinished = unfinished?.length ?? 0;
  const fields = [
    h('p', {}, finalWords(slides.length, found.accession)),
    (found.results ?? []).map((result) => h('p', {}, say('{task}: {result}', { task: result.task, result: resultWords(result) }))),
    h('label', {}, say('Statement (optional)'), h('textarea', { name: 'statement', rows: 2, maxlength: 4000 })),
    n_unfinished > 0 &&
      h(
        'label',
        { class: 'must-say' },
        unfinishedWords(n_unfinished),
        h('textarea', { name: 'despite_unfinished', rows: 2, required: true, maxlength: 4000 }),
      ),
    state === 'signed' &&
      h(
        'label',
        { class: 'must-say' },
        say('Why is the signed version amended?'),
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
    { class: 'sign-dialog', 'aria-label': say('Sign case') },
    h('h2', {}, say('Sign case')),
    reviewForm('sign-form', say('Sign'), fields, send),
    h('form', { method: 'dialog' }, h('button', {}, say('Not yet'))),
  );
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
