import { fill, h } from '../dom';
import type { MatchBook } from '../matching/match-book';
import { MatchList } from '../matching/match-list';
import { mayGovern, ModelPage } from '../models/model-page';
import { say } from '../words/say';
import type { CaseBook } from './case-book';
import type { SlideList } from './list';
import { Worklist } from './worklist';

type Tab = 'cases' | 'slides' | 'matching' | 'models';

/**
 * Cases, single slides, slides of which it is not known which they are, or models: whoever may see cases finds them first, once
 * there are any.
 */
export class ListTabs {
  readonly element: HTMLElement;
  private readonly worklist: Worklist;
  private readonly matches: MatchList;
  private readonly models: ModelPage;
  private readonly tabs: Record<Tab, HTMLElement>;
  private readonly bar: HTMLElement;
  private wasChosen = false;
  private mayGovern = false;

  constructor(
    private readonly cases: CaseBook,
    private readonly slides: SlideList,
    private readonly matching: MatchBook,
    onProblem: (error: unknown) => void,
  ) {
    this.worklist = new Worklist(cases, onProblem);
    this.matches = new MatchList(matching);
    this.models = new ModelPage(onProblem);
    this.tabs = {
      cases: this.tab('cases', say('Worklist')),
      slides: this.tab('slides', say('All slides')),
      matching: this.tab('matching', say('To be matched')),
      models: this.tab('models', say('Models')),
    };
    this.bar = h('div', { class: 'list-tabs', role: 'tablist' }, Object.values(this.tabs));
    this.element = h('div', { class: 'list-tabbed' }, this.bar, this.worklist.element, slides.element, this.matches.element, this.models.element);
    this.show('slides');
    cases.follow(() => this.update());
    matching.follow(() => this.update());
    this.update();
    mayGovern().then((may) => {
      this.mayGovern = may;
      this.update();
    }, onProblem);
  }

  /** J and K go through the slides of the worklist. */
  press(event: KeyboardEvent): void {
    const steps = { j: 1, k: -1 }[event.key];
    if (steps === undefined || this.worklist.element.hidden) return;
    event.preventDefault();
    this.worklist.step(steps);
  }

  private update(): void {
    const hasCases = this.cases.isAllowed && this.cases.isLoaded;
    this.bar.hidden = !hasCases && !this.mayGovern;
    this.tabs.cases.hidden = !hasCases;
    this.tabs.models.hidden = !this.mayGovern;
    const count = this.matching.slides.length;
    fill(this.tabs.matching, say('To be matched ({count})', { count }));
    // Most laboratories hardly ever need it.
    this.tabs.matching.hidden = count === 0 && this.matches.element.hidden;
    if (!this.wasChosen && this.cases.cases.length > 0) this.choose('cases');
  }

  private choose(tab: Tab): void {
    this.wasChosen = true;
    this.show(tab);
  }

  private show(tab: Tab): void {
    this.worklist.element.hidden = tab !== 'cases';
    this.slides.element.hidden = tab !== 'slides';
    this.matches.element.hidden = tab !== 'matching';
    this.models.element.hidden = tab !== 'models';
    if (tab === 'models') this.models.look();
    for (const [name, button] of Object.entries(this.tabs)) button.setAttribute('aria-selected', String(name === tab));
  }

  private tab(name: Tab, words: string): HTMLElement {
    return h('button', { role: 'tab', class: 'list-tab', 'data-tab': name, onclick: () => this.choose(name) }, words);
  }
}
