import type { Commands } from '../slide/commands';
import { PRESETS } from '../units/magnification';

interface Key {
  keys: readonly string[];
  /** The key and what it does, for the help page. */
  shown: string;
  does: string;
  act(commands: Commands): void;
  /** When it does that; always, if absent. */
  when?(commands: Commands): boolean;
}

const whileMeasuring = ({ measure }: Commands) => measure.isMeasuring;

/** Every key there is. */
export const KEYS: readonly Key[] = [
  { keys: ['+', '='], shown: '+', does: 'Zoom in', act: (to) => to.movement.zoomBy(1) },
  { keys: ['-', '_'], shown: '−', does: 'Zoom out', act: (to) => to.movement.zoomBy(-1) },
  { keys: ['0'], shown: '0', does: 'Whole slide', act: (to) => to.movement.showAll() },
  ...PRESETS.map((magnification, position) => ({
    keys: [String(position + 1)],
    shown: String(position + 1),
    does: `${magnification}×`,
    act: (to: Commands) => to.movement.zoomToMagnification(magnification),
  })),
  { keys: ['ArrowLeft'], shown: '←', does: 'Move left', act: (to) => to.movement.panBy(-1, 0) },
  { keys: ['ArrowRight'], shown: '→', does: 'Move right', act: (to) => to.movement.panBy(1, 0) },
  { keys: ['ArrowUp'], shown: '↑', does: 'Move up', act: (to) => to.movement.panBy(0, -1) },
  { keys: ['ArrowDown'], shown: '↓', does: 'Move down', act: (to) => to.movement.panBy(0, 1) },
  { keys: ['h'], shown: 'H', does: 'Heatmap on or off', act: (to) => to.toggleHeatmap() },
  { keys: ['t'], shown: 'T', does: 'Tissue outline on or off', act: (to) => to.toggleTissue() },
  { keys: ['m'], shown: 'M', does: 'Tile marks on or off', act: (to) => to.toggleMarks() },
  { keys: ['n'], shown: 'N', does: 'Next top tile', act: (to) => to.stepTile(1) },
  { keys: ['p'], shown: 'P', does: 'Previous top tile', act: (to) => to.stepTile(-1) },
  { keys: ['r'], shown: 'R', does: 'Turn right', act: (to) => to.movement.turn(1) },
  { keys: ['R'], shown: 'Shift R', does: 'Turn left', act: (to) => to.movement.turn(-1) },
  { keys: ['u'], shown: 'U', does: 'Upright again', act: (to) => to.movement.upright() },
  { keys: ['l'], shown: 'L', does: 'Measure a line', act: (to) => to.measure.toggle('line') },
  { keys: ['a'], shown: 'A', does: 'Measure an area', act: (to) => to.measure.toggle('area') },
  { keys: [' '], shown: 'Space', does: 'Measuring: place in the middle', act: (to) => to.measure.placeInMiddle(), when: whileMeasuring },
  { keys: ['Enter'], shown: 'Enter', does: 'Measuring: close the area', act: (to) => to.measure.finish(), when: whileMeasuring },
  { keys: ['Backspace'], shown: 'Backspace', does: 'Measuring: one place back', act: (to) => to.measure.takeBack(), when: whileMeasuring },
  { keys: ['Escape'], shown: 'Esc', does: 'Measuring: give up', act: (to) => to.measure.cancel(), when: whileMeasuring },
  { keys: ['c'], shown: 'C', does: 'Copy a link to this place', act: (to) => to.copyLink() },
  { keys: ['f'], shown: 'F', does: 'Full screen', act: (to) => to.toggleFullScreen() },
  { keys: ['?'], shown: '?', does: 'This list', act: (to) => to.showHelp() },
];

/** Passes keys on to whatever slide is open, unless they are meant for a field. */
export function listenForKeys(commands: () => Commands | null): void {
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isForField(event)) return;
    const open = commands();
    if (open === null) return;
    const found = KEYS.find(({ keys, when }) => keys.includes(event.key) && (when?.(open) ?? true));
    if (found === undefined) return;
    event.preventDefault();
    found.act(open);
  });
}

function isForField({ target, key }: KeyboardEvent): boolean {
  if (document.querySelector('dialog[open]')) return true;
  const presses = key === 'Enter' || key === ' ';
  if (presses && target instanceof Element && target.matches('button, a, summary')) return true;
  if (target instanceof HTMLSelectElement || target instanceof HTMLTextAreaElement) return true;
  if (!(target instanceof HTMLInputElement)) return false;
  // A slider takes the arrows, a tick box nothing we use.
  if (target.type === 'checkbox' || target.type === 'radio') return false;
  return target.type !== 'range' || key.startsWith('Arrow');
}
