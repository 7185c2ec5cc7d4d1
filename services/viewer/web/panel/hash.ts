import { h } from '../dom';
import { shortHash } from '../units/plain';
import { say } from '../words/say';

const SAID_MS = 1200;

/** The start of a hash; a click copies the whole of it. */
export function hashButton(hash: string): HTMLElement {
  const button = h('button', { class: 'hash', title: say('Copy {hash}', { hash }) }, shortHash(hash));
  button.addEventListener('click', () => {
    void navigator.clipboard?.writeText(hash).then(() => {
      button.textContent = say('copied');
      setTimeout(() => (button.textContent = shortHash(hash)), SAID_MS);
    });
  });
  return button;
}
