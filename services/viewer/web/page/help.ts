import { h } from '../dom';
import type { Commands } from '../slide/commands';
import { say } from '../words/say';
import { keysOf } from './keys';

/** Lists the keys that do something here. */
export function showHelp(commands: Commands): void {
  const dialog = h(
    'dialog',
    { class: 'help' },
    h('h2', {}, say('Keyboard')),
    h(
      'dl',
      { class: 'keys' },
      keysOf(commands).map(({ shown, does }) => h('div', {}, h('dt', {}, h('kbd', {}, shown)), h('dd', {}, does))),
    ),
    h('form', { method: 'dialog' }, h('button', {}, say('Close'))),
  );
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
