import type { Commands } from '../slide/commands';
import { keysOf } from './keys';

/** Passes keys on to whatever slide is open, unless they are meant for a field. */
export function listenForKeys(commands: () => Commands | null): void {
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isForField(event)) return;
    const open = commands();
    if (open === null) return;
    const found = keysOf(open).find(({ keys, onlyWhile }) => keys.includes(event.key) && (onlyWhile?.(open) ?? true));
    if (found === undefined) return;
    event.preventDefault();
    found.act(open);
  });
}

/** Whether a key is meant for a field or a dialog. */
export function isForField({ target, key }: KeyboardEvent): boolean {
  if (document.querySelector('dialog[open]')) return true;
  const presses = key === 'Enter' || key === ' ';
  if (presses && target instanceof Element && target.matches('button, a, summary')) return true;
  if (target instanceof HTMLSelectElement || target instanceof HTMLTextAreaElement) return true;
  if (!(target instanceof HTMLInputElement)) return false;
  // A slider takes the arrows, a tick box nothing we use.
  if (target.type === 'checkbox' || target.type === 'radio') return false;
  return target.type !== 'range' || key.startsWith('Arrow');
}
