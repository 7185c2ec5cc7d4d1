import { me } from '../api/cases';
import { fill, h } from '../dom';
import { say } from '../words/say';
import { alertList } from './alert-list';
import { type Alert, alerts, type Model, models } from './api';
import { ModelCard } from './model-card';

/** Which models there are, whether people see what they say, and what is not as it was. */
export class ModelPage {
  readonly element: HTMLElement;
  private readonly alerts = h('div', { class: 'model-alerts' });
  private readonly list = h('ul', { class: 'models' });
  private cards: ModelCard[] = [];
  private readonly opened = new Set<string>();

  constructor(private readonly onProblem: (error: unknown) => void) {
    this.element = h(
      'section',
      { class: 'model-page', 'aria-label': say('Models') },
      h('h2', {}, say('Open alerts')),
      this.alerts,
      h('h2', {}, say('Models')),
      this.list,
    );
  }

  /** Whoever looks has seen the alerts, so they are asked for when somebody does. */
  look(): void {
    this.load().catch(this.onProblem);
  }

  private async load(): Promise<void> {
    const [all, open] = await Promise.all([models(), alerts()]);
    this.draw(all, open);
  }

  private draw(all: readonly Model[], open: readonly Alert[]): void {
    const again = () => this.look();
    fill(this.alerts, alertList(open, all, again));
    for (const card of this.cards) if (card.isOpen) this.opened.add(card.element.dataset.hash!);
      else this.opened.delete(card.element.dataset.hash!);
    this.cards = all.map((model) => new ModelCard(model, again, this.onProblem));
    for (const card of this.cards) if (this.opened.has(card.element.dataset.hash!)) card.open();
    const none = h('li', { class: 'hint' }, say('No model is registered. Those in service are shown as ever.'));
    this.list.replaceChildren(...(this.cards.length === 0 ? [none] : this.cards.map(({ element }) => element)));
  }
}

/** Whether whoever is logged in may see models. */
export async function mayGovern(): Promise<boolean> {
  const { roles } = await me();
  return roles.some((role) => role === 'engineer' || role === 'admin');
}
