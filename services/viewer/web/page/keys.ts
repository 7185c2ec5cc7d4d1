import type { Commands } from '../slide/commands';
import { PRESETS } from '../units/magnification';
import { say } from '../words/say';

interface Key {
  keys: readonly string[];
  /** The key and what it does, for the help page. */
  shown: string;
  does: string;
  act(commands: Commands): void;
  /** The part of the page it is for; every page has the rest. */
  of?: 'overlays' | 'measure' | 'compare';
  onlyWhile?(commands: Commands): boolean;
}

const isMeasuring = ({ measure }: Commands) => measure?.isMeasuring ?? false;

/** Every key there is. */
const KEYS: readonly Key[] = [
  { keys: ['+', '='], shown: '+', does: say('Zoom in'), act: (to) => to.movement.zoomBy(1) },
  { keys: ['-', '_'], shown: '−', does: say('Zoom out'), act: (to) => to.movement.zoomBy(-1) },
  { keys: ['0'], shown: '0', does: say('Whole slide'), act: (to) => to.movement.showAll() },
  ...PRESETS.map((magnification, position) => ({
    keys: [String(position + 1)],
    shown: String(position + 1),
    does: `${magnification}×`,
    act: (to: Commands) => to.movement.zoomToMagnification(magnification),
  })),
  { keys: ['ArrowLeft'], shown: '←', does: say('Move left'), act: (to) => to.movement.panBy(-1, 0) },
  { keys: ['ArrowRight'], shown: '→', does: say('Move right'), act: (to) => to.movement.panBy(1, 0) },
  { keys: ['ArrowUp'], shown: '↑', does: say('Move up'), act: (to) => to.movement.panBy(0, -1) },
  { keys: ['ArrowDown'], shown: '↓', does: say('Move down'), act: (to) => to.movement.panBy(0, 1) },
  { keys: ['h'], shown: 'H', does: say('Heatmap on or off'), act: (to) => to.overlays?.toggleHeatmap(), of: 'overlays' },
  { keys: ['t'], shown: 'T', does: say('Tissue outline on or off'), act: (to) => to.overlays?.toggleTissue(), of: 'overlays' },
  { keys: ['m'], shown: 'M', does: say('Tile marks on or off'), act: (to) => to.overlays?.toggleMarks(), of: 'overlays' },
  { keys: ['n'], shown: 'N', does: say('Next top tile'), act: (to) => to.overlays?.stepTile(1), of: 'overlays' },
  { keys: ['p'], shown: 'P', does: say('Previous top tile'), act: (to) => to.overlays?.stepTile(-1), of: 'overlays' },
  { keys: ['r'], shown: 'R', does: say('Turn right'), act: (to) => to.movement.turn(1) },
  { keys: ['R'], shown: 'Shift R', does: say('Turn left'), act: (to) => to.movement.turn(-1) },
  { keys: ['u'], shown: 'U', does: say('Upright again'), act: (to) => to.movement.upright() },
  { keys: ['l'], shown: 'L', does: say('Measure a line'), act: (to) => to.measure?.toggle('line'), of: 'measure' },
  { keys: ['a'], shown: 'A', does: say('Measure an area'), act: (to) => to.measure?.toggle('area'), of: 'measure' },
  { keys: [' '], shown: 'Space', does: say('Measuring: place in the middle'), act: (to) => to.measure?.placeInMiddle(), of: 'measure', onlyWhile: isMeasuring },
  { keys: ['Enter'], shown: 'Enter', does: say('Measuring: close the area'), act: (to) => to.measure?.finish(), of: 'measure', onlyWhile: isMeasuring },
  { keys: ['Backspace'], shown: 'Backspace', does: say('Measuring: one place back'), act: (to) => to.measure?.takeBack(), of: 'measure', onlyWhile: isMeasuring },
  { keys: ['Escape'], shown: 'Esc', does: say('Measuring: give up'), act: (to) => to.measure?.cancel(), of: 'measure', onlyWhile: isMeasuring },
  { keys: ['b'], shown: 'B', does: say('Panel open or closed'), act: (to) => to.overlays?.togglePanel(), of: 'overlays' },
  { keys: ['i'], shown: 'I', does: say('Colours corrected or as scanned'), act: (to) => to.toggleColour() },
  { keys: ['s'], shown: 'S', does: say('Side by side'), act: (to) => to.chooseBeside() },
  { keys: ['y'], shown: 'Y', does: say('Side by side: move together or apart'), act: (to) => to.compare?.toggleLink(), of: 'compare' },
  { keys: ['c'], shown: 'C', does: say('Copy a link to this place'), act: (to) => to.copyLink() },
  { keys: ['f'], shown: 'F', does: say('Full screen'), act: (to) => to.toggleFullScreen() },
  { keys: ['?'], shown: '?', does: say('This list'), act: (to) => to.showHelp() },
];

/** The keys that this page knows. */
export function keysOf(commands: Commands): Key[] {
  return KEYS.filter(({ of }) => of === undefined || commands[of] !== undefined);
}
