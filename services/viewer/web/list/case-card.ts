import { assign } from '../api/cases';
import type { Case, CaseSlide, Me } from '../api/case-shapes';
import { type Content, h } from '../dom';
import { formatRoute } from '../route';
import { formatTime } from '../units/plain';
import { say } from '../words/say';
import { callBadge, standingLine, thumbnail } from './card';
import { caseState, PRIORITY_WORDS, resultWords, tone } from './case-words';
import { Part } from './part';
import { isViewable, slideName } from './standing';

/** One case of the worklist: what it is, what its slides say together, and the slides. */
export class CaseCard {
  readonly element: HTMLElement;
  private readonly head = new Part(h('div', { class: 'case-head' }));
  private readonly slides = new Part(h('ul', { class: 'case-slides' }));
  private readonly assignment = new Part(h('div', { class: 'case-assignment' }));

  constructor(
    id: string,
    private readonly onProblem: (error: unknown) => void,
  ) {
    this.element = h(
      'li',
      { class: 'case', 'data-case': id },
      this.head.element,
      this.assignment.element,
      this.slides.element,
    );
  }

  update(found: Case, me: Me | null): void {
    this.element.dataset.state = found.state;
    const { slides: _drawnBelow, ...rest } = found;
    this.head.draw([rest, found.slides.length], () => head(found));
    this.slides.draw(found.slides, () => slides(found));
    this.assignment.draw([found.assignee, me?.name], () => this.assignmentLine(found, me));
  }

  private assignmentLine({ id, assignee }: Case, me: Me | null): Content {
    const give = (name: string | null) => () => void assign(id, name).catch(this.onProblem);
    return [
      h('span', { class: 'case-assignee' }, assignee === null ? say('Nobody has it') : say('With {name}', { name: assignee })),
      me !== null && assignee !== me.name && h('button', { onclick: give(me.name) }, say('Take it')),
      assignee !== null && h('button', { onclick: give(null) }, say('Put back')),
    ];
  }
}

function head(found: Case): Content {
  return [
    h('strong', { class: 'case-accession' }, found.accession),
    found.patient !== null && h('span', { class: 'case-patient' }, say('Patient {id}', { id: found.patient })),
    found.priority !== 'routine' && h('span', { class: `priority ${found.priority}` }, PRIORITY_WORDS[found.priority]),
    h('span', { class: 'case-state' }, caseState(found)),
    found.awaits_impression && h('span', { class: 'badge open' }, say('First read needed')),
    (found.results ?? []).map((result) => h('span', { class: `badge ${tone(result)}` }, resultWords(result))),
    h('span', { class: 'case-time' }, sinceWords(found)),
  ];
}

function sinceWords({ slides, opened_at }: Case): string {
  const time = formatTime(opened_at);
  if (slides.length === 1) return say('1 slide, since {time}', { time });
  return say('{count} slides, since {time}', { count: slides.length, time });
}

/** A case without slides keeps a place for the keyboard to stop at. */
function slides({ slides }: Case): Content {
  return slides.map((slide) => h('li', { 'data-slide': slide.id }, slideLink(slide)));
}

function slideLink(slide: CaseSlide): HTMLElement {
  const place = [slide.part, slide.block, slide.stain].filter((word) => word !== null).join(' · ');
  return h(
    'a',
    { class: 'case-slide', href: formatRoute({ page: 'slide', id: slide.id, view: null }) },
    h('span', { class: 'card-picture' }, isViewable(slide) && thumbnail(slide)),
    h(
      'span',
      { class: 'card-words' },
      h('span', { class: 'card-name' }, place === '' ? slideName(slide) : place),
      callBadge(slide) ?? standingLine(slide),
      slide.judgement && h('span', { class: 'case-judged' }, say('Reviewed by {name}', { name: slide.judgement.reviewer })),
    ),
  );
}
