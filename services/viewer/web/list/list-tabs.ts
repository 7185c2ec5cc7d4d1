import { h } from '../dom';
import { say } from '../words/say';
import type { CaseBook } from './case-book';
import type { SlideList } from './list';
import { Worklist } from './worklist';

type Tab = 'cases' | 'slides';

/** Cases or single slides: whoever may see cases finds them first, once there are any. */
export class ListTabs {
  readonly element: HTMLElement;
  private readonly worklist: Worklist;
  private readonly tabs: Record<Tab, HTMLElement>;
  private readonly bar: HTMLElement;
  private wasChosen = false;

  constructor(
    private readonly cases: CaseBook,
    private readonly slides: SlideList,
    onProblem: (error: unknown) => void,
  ) {
    this.worklist = new Worklist(cases, onProblem);
    this.tabs = { cases: this.tab('cases', say('Worklist')), slides: this.tab('slides', say('All slides')) };
    this.bar = h('div', { class: 'list-tabs', role: 'tablist' }, this.tabs.cases, this.tabs.slides);
    this.element = h('div', { class: 'list-tabbed' }, this.bar, this.worklist.element, slides.element);
    this.show('slides');
    cases.follow(() => this.update());
    this.update();
  }

  /** J and K go through the slides of the worklist. */
  press(event: KeyboardEvent): void {
    const steps = { j: 1, k: -1 }[event.key];
    if (steps === undefined || this.worklist.element.hidden) return;
    event.preventDefault();
    this.worklist.step(steps);
  }

  private update(): void {
    this.bar.hidden = !this.cases.isAllowed || !this.cases.isLoaded;
    if (!this.wasChosen && this.cases.cases.length > 0) this.choose('cases');
  }

  private choose(tab: Tab): void {
    this.wasChosen = true;
    this.show(tab);
  }

  private show(tab: Tab): void {
    this.worklist.element.hidden = tab !== 'cases';
    this.slides.element.hidden = tab !== 'slides';
    for (const [name, button] of Object.entries(this.tabs)) button.setAttribute('aria-selected', String(name === tab));
  }

  private tab(name: Tab, words: string): HTMLElement {
    return h('button', { role: 'tab', class: 'list-tab', 'data-tab': name, onclick: () => this.choose(name) }, words);
  }
}
