import { h } from '../dom';
import { KEYS } from './keyboard';

/** Lists the keys. */
export function showHelp(): void {
  const dialog = h(
    'dialog',
    { class: 'help' },
    h('h2', {}, 'Keyboard'),
    h(
      'dl',
      { class: 'keys' },
      KEYS.map(({ shown, does }) => h('div', {}, h('dt', {}, h('kbd', {}, shown)), h('dd', {}, does))),
    ),
    h('form', { method: 'dialog' }, h('button', {}, 'Close')),
  );
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
