import { explain } from '../api/problem';
import { type Content, fill, h } from '../dom';
import { hashButton } from '../panel/hash';
import { formatTime } from '../units/plain';
import { say } from '../words/say';
import {
  type Drift,
  driftOf,
  lookAtDrift,
  type Model,
  moveModel,
  rollBack,
  type ShadowComparison,
  shadowOf,
  type WholeModel,
  wholeModel,
} from './api';
import { confirmWithReason } from './confirm';
import { driftView } from './drift-view';
import { evaluationView } from './evaluation-view';
import { causeWords, stateWords, type Step, stepsFrom } from './words';

/** What is known of a model, and what a person may do with it. */
export class ModelCard {
  readonly element: HTMLElement;
  private readonly more = h('div', { class: 'model-more' });
  private readonly details = h('details', { class: 'model-details' }, h('summary', {}, say('Evaluation, shadow and drift')), this.more);

  constructor(
    private readonly model: Model,
    private readonly changed: () => void,
    private readonly onProblem: (error: unknown) => void,
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

  private load(): void {
    this.draw().catch(this.onProblem);
  }

  private async draw(): Promise<void> {
    const { hash, kind, state } = this.model;
    const isTask = kind === 'task';
    const [whole, shadow, drift] = await Promise.all([
      wholeModel(hash),
      isTask && state !== 'draft' ? shadowOf(hash) : null,
      isTask ? driftOf(hash) : null,
    ]);
    fill(this.more, evaluationView(whole.evaluations), shadow && shadowView(shadow), drift && this.driftSection(drift), historyView(whole));
  }

  private driftSection(drift: Drift): HTMLElement {
    const message = h('p', { class: 'form-message', role: 'status' });
    const look = async (button: HTMLButtonElement) => {
      button.disabled = true;
      try {
        await lookAtDrift(this.model.hash);
        this.changed();
      } catch (error) {
        fill(message, explain(error));
        button.disabled = false;
      }
    };
    const button = h('button', { onclick: () => void look(button) }, say('Look now'));
    return h('section', { class: 'model-part' }, h('div', { class: 'model-part-head' }, h('h4', {}, say('Drift')), button), message, driftView(drift));
  }

  private button(step: Step): HTMLElement {
    const { hash, name, version } = this.model;
    const title = `${step.does}: ${name} ${version ?? ''}`.trim();
    const act = async (reason: string) => {
      await (step.to === 'before' ? rollBack(hash, reason) : moveModel(hash, step.to, reason));
      this.changed();
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
