import { type Content, fill, h } from '../dom';
import { hashButton } from '../panel/hash';
import { formatTime } from '../units/plain';
import { say } from '../words/say';
import {
  driftOf,
  lookAtDrift,
  measureSubgroups,
  type Model,
  moveModel,
  rollBack,
  type ShadowComparison,
  shadowOf,
  type SubgroupGap,
  type Subgroups,
  subgroupsOf,
  type WholeModel,
  wholeModel,
} from './api';
import { confirmWithReason } from './confirm';
import { driftView } from './drift-view';
import { evaluationView } from './evaluation-view';
import { subgroupView } from './subgroup-view';
import { watchSection } from './watch-section';
import { causeWords, stateWords, type Step, stepsFrom } from './words';

interface ModelCardListener {
  /** It is in another state. */
  changed(): void;
  /** Somebody had it looked at: alerts may have been opened. */
  looked(): Promise<void>;
  /** Goes to the open alert that tells of a gap; `null` where there is none. */
  alertOf(model: Model, gap: SubgroupGap): (() => void) | null;
  failed(error: unknown): void;
}

/** What is known of a model, and what a person may do with it. */
export class ModelCard {
  readonly element: HTMLElement;
  private readonly more = h('div', { class: 'model-more' });
  private readonly details = h('details', { class: 'model-details' }, h('summary', {}, say('Evaluation, shadow, drift and groups of slides')), this.more);
  /** Its groups of slides, once they are drawn. */
  private groups: HTMLElement | null = null;
  private leadsToGroups = false;

  constructor(
    readonly model: Model,
    private readonly listener: ModelCardListener,
  ) {
    this.details.addEventListener('toggle', () => this.details.open && this.load());
    const steps = model.kind === 'task' ? stepsFrom(model.state) : [];
    this.element = h(
      'li',
      { class: 'model', 'data-state': model.state, 'data-hash': model.hash },
      h(
        'div',
        { class: 'model-head' },
        h('h3', {}, `${model.name} ${model.version ?? ''}`.trim()),
        h('span', { class: 'model-state' }, stateWords(model.state)),
        h('span', { class: 'hint' }, model.kind === 'task' ? say('Task') : say('Encoder')),
        hashButton(model.hash),
        h('span', { class: 'model-steps' }, steps.map((step) => this.button(step))),
      ),
      this.details,
    );
  }

  get isOpen(): boolean {
    return this.details.open;
  }

  open(): void {
    this.details.open = true;
  }

  /** Opens it where its groups of slides are. */
  showGroups(): void {
    this.leadsToGroups = true;
    if (this.isOpen) this.goToGroups();
    else this.open();
  }

  private goToGroups(): void {
    if (!this.leadsToGroups || this.groups === null) return;
    this.leadsToGroups = false;
    this.groups.scrollIntoView({ block: 'start' });
    this.groups.querySelector('h4')?.focus({ preventScroll: true });
  }

  private load(): void {
    this.draw().catch((error: unknown) => this.listener.failed(error));
  }

  private async draw(): Promise<void> {
    const { hash, kind, state } = this.model;
    const isTask = kind === 'task';
    const [whole, shadow, drift, groups] = await Promise.all([
      wholeModel(hash),
      isTask && state !== 'draft' ? shadowOf(hash) : null,
      isTask ? this.driftSection() : null,
      isTask ? this.groupSection() : null,
    ]);
    this.groups = groups;
    fill(this.more, evaluationView(whole.evaluations), shadow && shadowView(shadow), drift, groups, historyView(whole));
    this.goToGroups();
  }

  private async driftSection(): Promise<HTMLElement> {
    const { hash } = this.model;
    const look = () => this.alerting(lookAtDrift(hash));
    return watchSection({ title: say('Drift'), found: await driftOf(hash), does: say('Look now'), look, view: driftView });
  }

  private async groupSection(): Promise<HTMLElement> {
    const { hash } = this.model;
    const found = await subgroupsOf(hash);
    const look = () => this.alerting(measureSubgroups(hash));
    const view = (shown: Subgroups) => subgroupView(shown, (gap) => this.listener.alertOf(this.model, gap));
    return watchSection({ title: say('Groups of slides'), found, does: say('Measure now'), look, view });
  }

  private async alerting<Found>(look: Promise<Found>): Promise<Found> {
    const found = await look;
    await this.listener.looked();
    return found;
  }

  private button(step: Step): HTMLElement {
    const { hash, name, version } = this.model;
    const title = `${step.does}: ${name} ${version ?? ''}`.trim();
    const act = async (reason: string) => {
      await (step.to === 'before' ? rollBack(hash, reason) : moveModel(hash, step.to, reason));
      this.listener.changed();
    };
    return h('button', { onclick: () => confirmWithReason(title, step.follows, step.does, act) }, `${step.does}…`);
  }
}

function shadowView({ shown, n_shadow, n_both, n_agree, n_changed, changes }: ShadowComparison): Content {
  if (shown === null || n_shadow === 0) return null;
  return h(
    'section',
    { class: 'model-part' },
    h('h4', {}, say('Beside the version that is shown')),
    h('p', {}, say('{both} slides by both: {agree} calls agree, {changed} change.', { both: n_both, agree: n_agree, changed: n_changed })),
    h('ul', { class: 'model-changes' }, changes.map((change) => h('li', {}, `${change.shown} → ${change.shadow}: ${change.n_slides}`))),
  );
}

function historyView({ history }: WholeModel): HTMLElement {
  const line = (change: WholeModel['history'][number]) => {
    const words = [stateWords(change.to), causeWords(change), change.by, formatTime(change.at), change.reason];
    return h('li', {}, words.filter(Boolean).join(' · '));
  };
  return h('section', { class: 'model-part' }, h('h4', {}, say('History')), h('ol', { class: 'model-history' }, [...history].reverse().map(line)));
}
