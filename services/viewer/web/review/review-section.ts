import { addReview, caseOf, me as fetchMe, reports, reviews as fetchReviews } from '../api/cases';
import type { Case, Me, NewReview, Review } from '../api/case-shapes';
import { slide as fetchSlide, predictions } from '../api/client';
import type { Prediction, Slide } from '../api/shapes';
import { type Content, fill, h } from '../dom';
import { section } from '../panel/section';
import { newestOfEachTask } from '../panel/task-picker';
import { say } from '../words/say';
import { caseBlock } from './case-block';
import { history } from './history';
import { impressionForm } from './impression-form';
import { judgementForms } from './judgement-form';
import { reportLinks } from './report-links';
import { ownJudgement } from './words';

interface Known {
  me: Me;
  reviews: Review[];
  results: readonly Prediction[];
  found: Case | null;
}

/** What people say of the open slide: the first read, then whether they go with the AI, then the signature. */
export class ReviewSection {
  readonly element = h('div', { class: 'review-place' });
  private shown = '';
  private n_asked = 0;

  /** `fresh` is told what the slide has become by what was said of it. */
  constructor(
    private readonly fresh: (slide: Slide) => void,
    private readonly failed: (error: unknown) => void,
  ) {}

  /** Fetches again where what is known of the slide has changed. */
  update(slide: Slide): void {
    const { status, case: found, awaits_impression, probability } = slide;
    const state = JSON.stringify([status.state, found, awaits_impression, probability]);
    if (state === this.shown) return;
    this.shown = state;
    this.refresh(slide);
  }

  /** There are other results to judge. They wait for whoever is writing: what is written would be lost. */
  takeResults(slide: Slide): void {
    const fields = this.element.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>('input, textarea');
    if (![...fields].some(isFilledIn)) this.refresh(slide);
  }

  private refresh(slide: Slide): void {
    void this.load(slide).catch(this.failed);
  }

  private async load(slide: Slide): Promise<void> {
    this.n_asked += 1;
    const number = this.n_asked;
    const me = await fetchMe();
    const mayLook = me.roles.some((role) => role === 'pathologist' || role === 'lis');
    if (!mayLook) return;
    const isHidden = slide.awaits_impression ?? false;
    const [reviews, results, found] = await Promise.all([
      isHidden ? [] : fetchReviews(slide.id),
      isHidden || slide.status.state !== 'scored' ? [] : predictions(slide.id).then(newestOfEachTask),
      slide.case ? caseOf(slide.case) : null,
    ]);
    // An answer to an older question came late.
    if (number === this.n_asked) this.draw(slide, { me, reviews, results, found });
  }

  private draw(slide: Slide, known: Known): void {
    const again = () => this.refresh(slide);
    const send = async (review: NewReview) => {
      await addReview(slide.id, review);
      // Also where nothing of the slide itself has changed.
      this.shown = '';
      this.fresh(await fetchSlide(slide.id));
    };
    const { me, found } = known;
    fill(
      this.element,
      section(
        'review',
        say('Review'),
        history(known.reviews),
        me.reviews && forms(slide, known, send),
        !me.reviews && h('p', { class: 'history-by' }, say('Reviews and signatures are for pathologists who logged in by a link.')),
        mayReport(slide, me) && reportLinks({ html: say('Slide report'), pdf: say('Slide report, PDF') }, (form) => reports.slide(slide.id, form)),
        found !== null && caseBlock(found, me, again),
      ),
    );
  }
}

function isFilledIn(field: HTMLInputElement | HTMLTextAreaElement): boolean {
  if (field instanceof HTMLInputElement && field.checked !== field.defaultChecked) return true;
  return field.value !== field.defaultValue;
}

/** Not before the first read, nor for those who may see no patient. */
function mayReport({ status, awaits_impression }: Slide, { roles }: Me): boolean {
  return status.state === 'scored' && !awaits_impression && roles.includes('pathologist');
}

function forms(slide: Slide, known: Known, send: (review: NewReview) => Promise<void>): Content {
  if (slide.awaits_impression) {
    return [
      h('p', { class: 'first-read' }, say('Here the AI is shown after your first read. Look at the slide, then record what you see.')),
      impressionForm(send),
    ];
  }
  const hasImpression = known.reviews.some(({ kind, reviewer }) => kind === 'impression' && reviewer === known.me.name);
  const judge = ({ task }: Prediction) => (review: NewReview) =>
    send({ ...review, amends: ownJudgement(known.reviews, known.me.name, task.id) });
  return [
    known.results.map((result) =>
      h('div', {}, known.results.length > 1 && h('h3', {}, result.task.id), judgementForms(result, judge(result))),
    ),
    !hasImpression && h('details', { class: 'own-impression' }, h('summary', {}, say('Record an impression…')), impressionForm(send)),
  ];
}
