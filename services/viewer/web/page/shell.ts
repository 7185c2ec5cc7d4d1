import type { Connection } from '../api/events';
import sign from '../icon.svg';
import { fill, h } from '../dom';
import { icon } from '../icons';
import { formatRoute, type Route } from '../route';

/** The frame around everything: the bar at the top, the list, the slide and the panel beside it. */
export class Shell {
  readonly listPlace = h('div', { class: 'list-place' });
  readonly stagePlace = h('main', { class: 'stage' });
  readonly panelPlace = h('aside', { class: 'panel', 'aria-label': 'Result' });
  private readonly title = h('span', { class: 'top-title' });
  private readonly connection = h('span', { class: 'connection', role: 'status' });
  private readonly body = h('div', { class: 'body' }, this.listPlace, this.stagePlace, this.panelPlace);

  constructor(root: HTMLElement) {
    root.append(
      h(
        'header',
        { class: 'top' },
        h('a', { class: 'brand', href: formatRoute({ page: 'list' }) }, mark(), 'Coverslip'),
        this.title,
        h('span', { class: 'research' }, 'Research use only'),
        this.connection,
      ),
      this.body,
    );
  }

  /** The list fills the page when no slide is open, stands beside one slide, and leaves several all the room. */
  arrange(page: Route['page']): void {
    this.body.dataset.page = page;
  }

  setTitle(name: string | null): void {
    const back = h(
      'a',
      { class: 'icon-button', href: formatRoute({ page: 'list' }), title: 'All slides' },
      icon('back'),
    );
    back.setAttribute('aria-label', 'All slides');
    fill(this.title, name === null ? null : [back, h('span', { class: 'top-name', title: name }, name)]);
    document.title = name === null ? 'Coverslip' : `${name} · Coverslip`;
  }

  setConnection(state: Connection): void {
    this.connection.dataset.state = state;
    fill(this.connection, state === 'live' ? 'Live' : 'Connecting…');
  }
}

/** The product's sign: a slide with a piece of tissue. */
function mark(): HTMLElement {
  return h('img', { class: 'mark', src: sign, alt: '' });
}
