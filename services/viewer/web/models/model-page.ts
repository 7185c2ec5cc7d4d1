import { me } from '../api/cases';
import { fill, h } from '../dom';
import { say } from '../words/say';
import { alertList, openAlertOf } from './alert-list';
import { type Alert, alerts, type Model, models, type SubgroupGap } from './api';
import { ModelCard } from './model-card';

/** Which models there are, whether people see what they say, and what is not as it was. */
export class ModelPage {
  readonly element: HTMLElement;
  private readonly alertPlace = h('div', { class: 'model-alerts' });
  private readonly list = h('ul', { class: 'models' });
  private alerts: readonly Alert[] = [];
  private models: readonly Model[] = [];
  private cards: ModelCard[] = [];
  private readonly opened = new Set<string>();

  constructor(private readonly onProblem: (error: unknown) => void) {
    this.element = h(
      'section',
      { class: 'model-page', 'aria-label': say('Models') },
      h('h2', {}, say('Open alerts')),
      this.alertPlace,
      h('h2', {}, say('Models')),
      this.list,
    );
  }

  /** Whoever looks has seen the alerts, so they are asked for when somebody does. */
  look(): void {
    this.load().catch(this.onProblem);
  }

  private async load(): Promise<void> {
    [this.models, this.alerts] = await Promise.all([models(), alerts()]);
    this.drawAlerts();
    this.drawModels();
  }

  private async loadAlerts(): Promise<void> {
    this.alerts = await alerts();
    this.drawAlerts();
  }

  private drawAlerts(): void {
    const showGroups = (alert: Alert) => this.cards.find(({ model }) => model.hash === alert.model)?.showGroups();
    fill(this.alertPlace, alertList(this.alerts, this.models, { closed: () => this.look(), showGroups }));
  }

  private drawModels(): void {
    for (const { isOpen, model } of this.cards) if (isOpen) this.opened.add(model.hash);
      else this.opened.delete(model.hash);
    this.cards = this.models.map((model) => new ModelCard(model, {
      changed: () => this.look(),
      looked: () => this.loadAlerts(),
      alertOf: (of, gap) => this.alertOf(of, gap),
      failed: this.onProblem,
    }));
    for (const card of this.cards) if (this.opened.has(card.model.hash)) card.open();
    const none = h('li', { class: 'hint' }, say('No model is registered. Those in service are shown as ever.'));
    this.list.replaceChildren(...(this.cards.length === 0 ? [none] : this.cards.map(({ element }) => element)));
  }

  private alertOf(model: Model, gap: SubgroupGap): (() => void) | null {
    const alert = openAlertOf(this.alerts, model, gap);
    if (alert === undefined) return null;
    return () => {
      const card = this.alertPlace.querySelector<HTMLElement>(`[data-alert="${alert.id}"]`);
      card?.scrollIntoView({ block: 'center' });
      card?.focus({ preventScroll: true });
    };
  }
}

/** Whether whoever is logged in may see models. */
export async function mayGovern(): Promise<boolean> {
  const { roles } = await me();
  return roles.some((role) => role === 'engineer' || role === 'admin');
}
