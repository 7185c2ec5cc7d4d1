import { sentence } from '../api/problem';
import type { Slide } from '../api/shapes';
import { fill, h } from '../dom';
import { section } from '../panel/section';
import { say } from '../words/say';
import { type TaskFailure, taskFailures } from './api';
import { isAnyGone, nextLookMs } from './following';
import { askCommand, attemptWords, nextWords, noticeWords } from './words';

/** For how long after a failure is gone its result may be on the way: who asks by hand takes it away first. */
const ANSWERING_MS = 120_000;
const ANSWERING_LOOK_MS = 5_000;

interface Listener {
  /** There may be a result of a task that had none. */
  answered(): Promise<void>;
  failed(error: unknown): void;
}

/** Which tasks gave no result of the open slide, why, and what happens next; nothing where none failed. */
export class FailureSection {
  private readonly list = h('ul', { class: 'failures' });
  readonly element = section(
    'failed-tasks',
    say('Without a result'),
    h('p', { class: 'hint' }, say('These tasks were asked and gave no result. That says nothing of the slide, nor of the results of others.')),
    this.list,
  );
  /** Leads there from above the result. */
  readonly notice = h('button', { class: 'failure-notice', onclick: () => this.show() });
  private known: readonly TaskFailure[] = [];
  private seen = '';
  private answeringUntil = 0;
  private timer: number | undefined;
  private n_asked = 0;

  constructor(
    private readonly slide: string,
    private readonly listener: Listener,
  ) {
    this.draw();
  }

  /** Asks again where the slide stands elsewhere than before. Before the first read nothing is asked for. */
  update({ status: { state }, awaits_impression, probability }: Slide): void {
    const wereAsked = (state === 'embedded' || state === 'scored') && !awaits_impression;
    const seen = JSON.stringify([wereAsked, state, probability]);
    if (seen === this.seen) return;
    this.seen = seen;
    if (wereAsked) return this.look();
    this.close();
    this.known = [];
    this.draw();
  }

  close(): void {
    // An answer that is under way comes too late.
    this.n_asked += 1;
    clearTimeout(this.timer);
  }

  private look(): void {
    this.load().catch((error: unknown) => {
      // Asked again with the next news of the slide.
      this.seen = '';
      this.listener.failed(error);
    });
  }

  private async load(): Promise<void> {
    this.close();
    const number = this.n_asked;
    const found = await taskFailures(this.slide);
    if (number !== this.n_asked) return;
    const now = Date.now();
    if (isAnyGone(this.known, found)) this.answeringUntil = now + ANSWERING_MS;
    this.known = found;
    this.draw();
    const isAnswering = now < this.answeringUntil;
    const wait = isAnswering ? ANSWERING_LOOK_MS : nextLookMs(found, now);
    if (found.length > 0 || isAnswering) this.timer = window.setTimeout(() => this.look(), wait);
    if (isAnswering) await this.listener.answered();
  }

  private show(): void {
    this.element.open = true;
    this.element.scrollIntoView({ block: 'start' });
    this.element.querySelector('summary')?.focus({ preventScroll: true });
  }

  private draw(): void {
    this.element.hidden = this.known.length === 0;
    this.notice.hidden = this.known.length === 0;
    fill(this.notice, noticeWords(this.known));
    const list = h('ul', { class: 'failures' }, this.known.map((failure) => item(failure, this.slide)));
    // Whoever is about to copy from it keeps what they chose.
    if (!list.isEqualNode(this.list)) this.list.replaceChildren(...list.children);
  }
}

function item(failure: TaskFailure, slide: string): HTMLElement {
  const { task, reason, again_at } = failure;
  return h(
    'li',
    { class: 'failure', 'data-task': task.id },
    h('strong', {}, `${task.id} ${task.version}`),
    // The server speaks English.
    h('p', { class: 'failure-reason', lang: 'en' }, sentence(reason)),
    h('p', { class: 'hint' }, `${attemptWords(failure)} ${nextWords(failure, Date.now())}`),
    again_at === null && h('code', {}, askCommand(slide)),
  );
}
