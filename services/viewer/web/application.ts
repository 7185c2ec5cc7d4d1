import { followSlides } from './api/events';
import { ComparePage } from './compare/compare-page';
import { pickSlides } from './compare/picker';
import { SlideBook } from './list/book';
import { CaseBook } from './list/case-book';
import { SlideList } from './list/list';
import { ListTabs } from './list/list-tabs';
import { awaitsMatch } from './list/standing';
import { MatchBook } from './matching/match-book';
import { isForField, listenForKeys } from './page/keyboard';
import { Notices } from './page/notices';
import { Shell } from './page/shell';
import { SlidePage } from './page/slide-page';
import { type CompareRoute, formatRoute, parseRoute, type Route, type View } from './route';

type OpenRoute = Exclude<Route, { page: 'list' }>;
type SlideRoute = Extract<Route, { page: 'slide' }>;

interface OpenPage {
  key: string;
  page: SlidePage | ComparePage;
  /** Another place on it. */
  goTo(route: OpenRoute): void;
}

const notices = new Notices(document.body);
const shell = new Shell(document.body, (error) => notices.show(error));
const book = new SlideBook();
const cases = new CaseBook((error) => notices.show(error));
const list = new SlideList(book, document.body, (error) => notices.show(error));
const matching = new MatchBook((error) => notices.show(error));
const tabs = new ListTabs(cases, list, matching, (error) => notices.show(error));
let open: OpenPage | null = null;
let wasLost = false;

shell.listPlace.append(tabs.element);
listenForKeys(() => open?.page.commands ?? null);
document.addEventListener('keydown', (event) => {
  const isOurs = open === null && !event.ctrlKey && !event.metaKey && !event.altKey && !isForField(event);
  if (isOurs) tabs.press(event);
});
window.addEventListener('hashchange', follow);
window.addEventListener('unhandledrejection', ({ reason }) => notices.show(reason));
followSlides({
  slide: (slide) => {
    const before = book.get(slide.id);
    book.put(slide);
    if (awaitsMatch(slide) !== (before !== undefined && awaitsMatch(before))) matching.refreshSoon();
    // Progress changes no case, and every look at the cases is put on record.
    const isNews = before?.status.state !== slide.status.state || before.probability !== slide.probability;
    if (slide.case && isNews) cases.refreshSoon();
  },
  cases: () => {
    cases.refreshSoon();
    if (matching.slides.length > 0) matching.refreshSoon();
  },
  connection: (state) => {
    shell.setConnection(state);
    // Before it is live, events are missed; when it breaks, the answer tells why (a session that ended).
    if (state === 'live' || !wasLost) refresh();
    wasLost = state === 'lost';
  },
});
refresh();
follow();

function refresh(): void {
  cases.refreshSoon();
  matching.refreshSoon();
  book.refresh().catch((error: unknown) => notices.show(error));
}

/** Shows what the address says. */
function follow(): void {
  const route = parseRoute(location.hash);
  shell.arrange(route.page);
  if (open !== null && route.page !== 'list' && pageKey(route) === open.key) return open.goTo(route);
  open?.page.close();
  open = route.page === 'list' ? null : openPage(route);
  list.setCurrent(route.page === 'slide' ? route.id : null);
  if (open === null) shell.setTitle(null);
}

/** Routes of one key are places of one page. */
function pageKey(route: OpenRoute): string {
  return route.page === 'slide' ? route.id : route.ids.join();
}

function openPage(route: OpenRoute): OpenPage {
  const key = pageKey(route);
  if (route.page === 'slide') {
    const page = openSlide(route);
    return { key, page, goTo: (other) => other.page === 'slide' && page.goTo(other) };
  }
  const page = openCompared(route);
  return { key, page, goTo: (other) => other.page === 'compare' && page.goTo(other) };
}

function openSlide({ id, view, layer }: SlideRoute): SlidePage {
  const places = { stage: shell.stagePlace, panel: shell.panelPlace };
  return new SlidePage(id, places, book, { view, layer }, {
    named: (name) => shell.setTitle(name),
    // Replaced, not added: the back button leads through leaps, not through every movement.
    rest: (shown) => replace({ page: 'slide', id, view: shown.view, ...(shown.layer && { layer: shown.layer }) }),
    togglePanel: () => shell.togglePanel(),
    leap: () => history.pushState(null, '', location.hash),
    chooseBeside: (resting) => chooseBeside([id], resting),
    failed,
  });
}

function openCompared(route: CompareRoute): ComparePage {
  return new ComparePage(route, shell.stagePlace, book, {
    named: (name) => shell.setTitle(name),
    rest: replace,
    keep: (ids, view) => compare(ids, view),
    chooseBeside,
    failed,
  });
}

function chooseBeside(ids: readonly string[], view: View | null): void {
  pickSlides(book, ids, (chosen) => compare(chosen, view));
}

/** The view stays only where its slide stays the first. */
function compare(ids: readonly string[], view: View | null): void {
  const [first, ...others] = ids;
  if (first === undefined) return;
  location.hash = formatRoute(
    others.length === 0 ? { page: 'slide', id: first, view: null } : { page: 'compare', ids, view, alignments: null },
  );
}

function replace(route: OpenRoute): void {
  history.replaceState(null, '', formatRoute(route));
}

function failed(error: unknown): void {
  notices.show(error);
  // Pictures do not say why they failed; the list does, for example that the session ended.
  refresh();
}
