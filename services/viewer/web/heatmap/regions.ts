import type { MicrometreRect } from '../api/shapes';
import { fill, h } from '../dom';
import { formatSurface } from '../units/length';
import { formatCount } from '../units/plain';
import { say } from '../words/say';
import type { Ring } from './contours';

const LISTED = 5;

/** The regions above the threshold in words, the largest of them leading to their place. */
export class RegionList {
  readonly element = h('div', { class: 'regions' });

  constructor(private readonly onChoose: (rect: MicrometreRect) => void) {}

  show(rings: readonly Ring[]): void {
    this.element.hidden = rings.length === 0;
    const outer = rings.filter(({ area_um2 }) => area_um2 > 0).sort((one, other) => other.area_um2 - one.area_um2);
    const area_um2 = rings.reduce((sum, ring) => sum + ring.area_um2, 0);
    const area = formatSurface(area_um2);
    fill(
      this.element,
      h('p', { class: 'hint' }, summary(outer.length, area)),
      h(
        'div',
        { class: 'region-buttons' },
        outer.slice(0, LISTED).map((ring) => {
          const { x, y, width, height } = ring;
          const onclick = () => this.onChoose({ x, y, width, height });
          return h('button', { title: say('Show this region'), onclick }, formatSurface(ring.area_um2));
        }),
      ),
    );
  }
}

function summary(n_regions: number, area: string): string {
  if (n_regions === 1) return say('1 region above the threshold, {area} in all. The largest:', { area });
  return say('{count} regions above the threshold, {area} in all. The largest:', { count: formatCount(n_regions), area });
}
