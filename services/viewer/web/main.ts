import { followSlides } from './api/events';
import { SlideBook } from './list/book';
import { CaseBook } from './list/case-book';
import { SlideList } from './list/list';
import { ListTabs } from './list/list-tabs';
import { isForField, listenForKeys } from './page/keyboard';
import { Notices } from './page/notices';
import { Shell } from './page/shell';
import { SlidePage } from './page/slide-page';
import { formatRoute, parseRoute, type View } from './route';

const notices = new Notices(document.body);
const shell = new Shell(document.body);
const book = new SlideBook();
const cases = new CaseBook((error) => notices.show(error));
const list = new SlideList(book, document.body, (error) => notices.show(error));
const tabs = new ListTabs(cases, list, (error) => notices.show(error));
let slidePage: SlidePage | null = null;
let wasLost = false;

shell.listPlace.append(tabs.element);
listenForKeys(() => slidePage?.commands ?? null);
document.addEventListener('keydown', (event) => {
  const isOurs = slidePage === null && !event.ctrlKey && !event.metaKey && !event.altKey && !isForField(event);
  if (isOurs) tabs.press(event);
});
window.addEventListener('hashchange', follow);
window.addEventListener('unhandledrejection', ({ reason }) => notices.show(reason));
followSlides({
  slide: (slide) => {
    const before = book.get(slide.id);
    book.put(slide);
    // Progress changes no case, and every look at the cases is put on record.
    const isNews = before?.status.state !== slide.status.state || before.probability !== slide.probability;
    if (slide.case && isNews) cases.refreshSoon();
  },
  cases: () => cases.refreshSoon(),
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
  book.refresh().catch((error: unknown) => notices.show(error));
}

/** Shows what the address says. */
function follow(): void {
  const route = parseRoute(location.hash);
  shell.arrange(route.page);
  if (route.page === 'slide' && slidePage?.id === route.id) {
    if (route.view !== null) slidePage.goTo(route.view);
    return;
  }
  slidePage?.close();
  slidePage = route.page === 'slide' ? openPage(route.id, route.view) : null;
  list.setCurrent(slidePage?.id ?? null);
  if (slidePage === null) shell.setTitle(null);
}

function openPage(id: string, view: View | null): SlidePage {
  return new SlidePage(id, { stage: shell.stagePlace, panel: shell.panelPlace }, book, view, {
    named: (name) => shell.setTitle(name),
    // Replaced, not added: the back button leads to the list, not through every movement.
    rest: (resting) => history.replaceState(null, '', formatRoute({ page: 'slide', id, view: resting })),
    failed: (error) => {
      notices.show(error);
      // Pictures do not say why they failed; the list does, for example that the session ended.
      refresh();
    },
  });
}
