import { h } from '../dom';
import { reviewForm } from '../review/review-form';
import { say } from '../words/say';

/** Asks a person whether they mean it, and why. */
export function confirmWithReason(title: string, follows: string, does: string, act: (reason: string) => Promise<void>): void {
  const reason = h('textarea', { name: 'reason', rows: 3, maxlength: 1000, required: true, 'aria-label': say('Reason'), placeholder: say('Reason') });
  const form = reviewForm('confirm-form', does, reason, async (fields) => {
    // The server takes one line.
    await act((fields.get('reason') as string).trim().replaceAll(/\s+/g, ' '));
    dialog.close();
  });
  const cancel = h('button', { type: 'button', class: 'confirm-cancel', onclick: () => dialog.close() }, say('Cancel'));
  form.append(cancel);
  const dialog = h('dialog', { class: 'confirm', 'aria-label': title }, h('h2', {}, title), h('p', {}, follows), form);
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  reason.focus();
}
