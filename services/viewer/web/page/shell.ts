import { signOutButton } from '../access/sign-out';
import type { Connection } from '../api/events';
import sign from '../icon.svg';
import { fill, h } from '../dom';
import { icon } from '../icons';
import { formatRoute, type Route } from '../route';
import { languageSwitch } from '../words/switch';
import { say } from '../words/say';

/** Where the panel would leave the slide too little room, it is closed until someone asks for it. */
const NARROW = '(max-width: 900px)';

/** The frame around everything: the bar at the top, the list, the slide and the panel beside it. */
export class Shell {
  readonly listPlace = h('div', { class: 'list-place', 'aria-label': say('Slides') });
  readonly stagePlace = h('main', { class: 'stage' });
  readonly panelPlace = h('aside', { class: 'panel', 'aria-label': say('Result') });
  private readonly title = h('span', { class: 'top-title' });
  private readonly connection = h('span', { class: 'connection', role: 'status' });
  private readonly panelToggle = h(
    'button',
    { class: 'icon-button panel-toggle', title: say('Panel (B)'), 'aria-label': say('Panel (B)'), onclick: () => this.togglePanel() },
    icon('panel'),
  );
  private readonly body = h('div', { class: 'body' }, this.listPlace, this.stagePlace, this.panelPlace);

  constructor(root: HTMLElement, failed: (error: unknown) => void) {
    root.append(
      h(
        'header',
        { class: 'top' },
        h('h1', {}, h('a', { class: 'brand', href: formatRoute({ page: 'list' }) }, mark(), 'Coverslip')),
        this.title,
        h('span', { class: 'research' }, say('Research use only')),
        languageSwitch(),
        this.connection,
        this.panelToggle,
        signOutButton(failed),
      ),
      this.body,
    );
    this.showPanel(!window.matchMedia(NARROW).matches);
  }

  /** The list fills the page when no slide is open, stands beside one slide, and leaves several all the room. */
  arrange(page: Route['page']): void {
    this.body.dataset.page = page;
    this.listPlace.setAttribute('role', page === 'list' ? 'main' : 'navigation');
  }

  /** Gives the slide the panel's room, or takes it back. */
  togglePanel(): void {
    this.showPanel(this.body.dataset.panel === 'closed');
  }

  setTitle(name: string | null): void {
    const back = h(
      'a',
      { class: 'icon-button', href: formatRoute({ page: 'list' }), title: say('All slides') },
      icon('back'),
    );
    back.setAttribute('aria-label', say('All slides'));
    fill(this.title, name === null ? null : [back, h('span', { class: 'top-name', title: name }, name)]);
    document.title = name === null ? 'Coverslip' : `${name} · Coverslip`;
  }

  setConnection(state: Connection): void {
    this.connection.dataset.state = state;
    fill(this.connection, state === 'live' ? say('Live') : say('Connecting…'));
  }

  private showPanel(isOpen: boolean): void {
    this.body.dataset.panel = isOpen ? 'open' : 'closed';
    this.panelToggle.setAttribute('aria-expanded', String(isOpen));
  }
}

/** The product's sign: a slide with a piece of tissue. */
function mark(): HTMLElement {
  return h('img', { class: 'mark', src: sign, alt: '' });
}
