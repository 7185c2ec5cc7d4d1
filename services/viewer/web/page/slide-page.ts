import { slideAheadOrNow, tiledAheadOrNow } from '../api/ahead';
import { predictions } from '../api/client';
import type { Slide } from '../api/shapes';
import { fill, h } from '../dom';
import { FailureSection } from '../failures/failure-section';
import { dropFirstView } from '../first-view';
import type { SlideBook } from '../list/book';
import { mppForm } from '../list/mpp-form';
import { isViewable, lacksMpp, obstacle, slideName, standing, standingWords } from '../list/standing';
import { newestOfEachTask } from '../panel/task-picker';
import { DrawingSection } from '../review/drawing-section';
import { ReviewSection } from '../review/review-section';
import { SimilarSection } from '../similar/section';
import { OpenSlide, type OpenSlideListener, type Places, type Shown } from '../slide/open-slide';
import { say } from '../words/say';

interface SlidePageListener extends OpenSlideListener {
  named(name: string): void;
}

/** The page of one slide, from the moment it is known until it is left. */
export class SlidePage {
  private open: OpenSlide | null = null;
  private isOpening = false;
  private isClosed = false;
  private shownState = '';
  private hasResult = false;
  private shownResults = '';
  private readonly stopFollowing: () => void;
  private readonly review: ReviewSection;
  private readonly failures: FailureSection;
  private drawing: DrawingSection | null = null;
  private similar: SimilarSection | null = null;
  private readonly places: Places;

  constructor(
    readonly id: string,
    frame: Pick<Places, 'stage' | 'panel'>,
    private readonly book: SlideBook,
    private readonly first: Shown,
    private readonly listener: SlidePageListener,
  ) {
    this.review = new ReviewSection((fresh) => book.put(fresh), (error) => this.fail(error));
    this.failures = new FailureSection(id, { answered: () => this.showNewResults(), failed: (error) => this.fail(error) });
    this.places = { ...frame, failures: this.failures, people: h('div', { class: 'people' }, this.review.element) };
    this.stopFollowing = book.follow(() => this.update());
    fill(frame.stage, h('p', { class: 'stage-message' }, say('Loading…')));
    this.reservePanel();
    void this.start().catch((error: unknown) => this.fail(error));
  }

  get commands(): OpenSlide | null {
    return this.open;
  }

  goTo(shown: Shown): void {
    this.open?.goTo(shown);
  }

  close(): void {
    this.isClosed = true;
    dropFirstView();
    this.stopFollowing();
    this.open?.close();
    this.drawing?.close();
    this.similar?.close();
    this.failures.close();
    fill(this.places.stage);
    fill(this.places.panel);
  }

  /** The slide may be on no page of the list that was loaded. */
  private async start(): Promise<void> {
    const known = this.book.get(this.id);
    if (known === undefined) this.book.put(await slideAheadOrNow(this.id));
    else this.update();
  }

  private update(): void {
    const slide = this.book.get(this.id);
    if (slide === undefined || this.isClosed) return;
    this.listener.named(slideName(slide));
    this.review.update(slide);
    this.failures.update(slide);
    this.similar?.update(slide);
    if (this.open !== null) void this.showStanding(this.open, slide).catch((error: unknown) => this.fail(error));
    else if (isViewable(slide)) void this.openSlide().catch((error: unknown) => this.fail(error));
    else this.showObstacle(slide);
  }

  private async openSlide(): Promise<void> {
    if (this.isOpening) return;
    this.isOpening = true;
    const found = await tiledAheadOrNow(this.id).finally(() => (this.isOpening = false));
    if (this.isClosed || this.open !== null) return;
    this.reservePanel();
    const open = new OpenSlide(this.places, found, this.first, this.listener);
    this.open = open;
    this.drawing = new DrawingSection(
      found.manifest,
      (overlay) => open.drawOver(overlay),
      (keep) => open.keepMeasurementsWith((measurement) => keep(measurement)),
      (error) => this.fail(error),
    );
    this.similar = new SimilarSection(found.manifest, (overlay) => open.drawOver(overlay), {
      show: (rect) => open.leapTo(rect),
      nameOf: (id) => this.nameOf(id),
      failed: (error) => this.fail(error),
    });
    this.places.people.append(this.drawing.element, this.similar.element);
    this.shownState = '';
    this.update();
  }

  /** Fetches the results once they are there; until then shows the progress as it comes. */
  private async showStanding(open: OpenSlide, slide: Slide): Promise<void> {
    const { status, awaits_impression } = slide;
    const { state } = status;
    if (awaits_impression || (state !== 'scored' && !this.hasResult)) open.showProgress(slide);
    if (awaits_impression || state !== 'scored' || this.shownState === state) return;
    this.shownState = state;
    await this.showResults(open, slide);
  }

  /** Shows the results there are, of the task that is shown now if it has one. Whether they are others than before. */
  private async showResults(open: OpenSlide, slide: Slide): Promise<boolean> {
    const results = newestOfEachTask(await predictions(this.id));
    const [first] = results;
    const found = JSON.stringify(results);
    if (this.isClosed || first === undefined || found === this.shownResults) return false;
    this.shownResults = found;
    this.hasResult = true;
    open.showResult(slide, results, results.find(({ task }) => task.id === open.chosenTask) ?? first);
    return true;
  }

  /** A task that had none may have a result: of that the slide itself need not tell. */
  private async showNewResults(): Promise<void> {
    const slide = this.book.get(this.id);
    if (this.open === null || slide?.status.state !== 'scored' || slide.awaits_impression) return;
    if (await this.showResults(this.open, slide)) this.review.takeResults(slide);
  }

  private showObstacle(slide: Slide): void {
    const state = JSON.stringify([slide.status, slide.progress]);
    if (state === this.shownState) return;
    this.shownState = state;
    dropFirstView();
    fill(this.places.panel);
    fill(
      this.places.stage,
      h(
        'div',
        { class: 'stage-message' },
        h('h2', {}, standingWords(standing(slide))),
        h('p', {}, obstacle(slide)),
        lacksMpp(slide) && mppForm(slide.id),
        slide.status.state === 'received' && h('p', {}, say('The slide opens here as soon as it is tiled.')),
      ),
    );
  }

  /** The panel keeps its room from the start: the slide would change its size when it came. */
  private reservePanel(): void {
    fill(this.places.panel, h('p', { class: 'panel-message' }, say('Loading…')));
  }

  /** Slides that the list has not loaded, or whose names this reader does not see, have their ids. */
  private nameOf(id: string): string {
    const slide = this.book.get(id);
    return slide === undefined ? id.slice(0, 8) : slideName(slide);
  }

  private fail(error: unknown): void {
    if (!this.isClosed) this.listener.failed(error);
  }
}
