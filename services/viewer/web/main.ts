import { followSlides } from './api/events';
import { SlideBook } from './list/book';
import { SlideList } from './list/list';
import { listenForKeys } from './page/keyboard';
import { Notices } from './page/notices';
import { Shell } from './page/shell';
import { SlidePage } from './page/slide-page';
import { formatRoute, parseRoute } from './route';
import type { Shown } from './slide/open-slide';

const notices = new Notices(document.body);
const shell = new Shell(document.body);
const book = new SlideBook();
const list = new SlideList(book, document.body, (error) => notices.show(error));
let slidePage: SlidePage | null = null;
let wasLost = false;

shell.listPlace.append(list.element);
listenForKeys(() => slidePage?.commands ?? null);
window.addEventListener('hashchange', follow);
window.addEventListener('unhandledrejection', ({ reason }) => notices.show(reason));
followSlides({
  slide: (slide) => book.put(slide),
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
  book.refresh().catch((error: unknown) => notices.show(error));
}

/** Shows what the address says. */
function follow(): void {
  const route = parseRoute(location.hash);
  shell.arrange(route.page);
  if (route.page === 'slide' && slidePage?.id === route.id) {
    slidePage.goTo(route);
    return;
  }
  slidePage?.close();
  slidePage = route.page === 'slide' ? openPage(route.id, route) : null;
  list.setCurrent(slidePage?.id ?? null);
  if (slidePage === null) shell.setTitle(null);
}

function openPage(id: string, shown: Shown): SlidePage {
  return new SlidePage(id, { stage: shell.stagePlace, panel: shell.panelPlace }, book, shown, {
    named: (name) => shell.setTitle(name),
    // Replaced, not added: the back button leads through leaps, not through every movement.
    rest: ({ view, layer }) =>
      history.replaceState(null, '', formatRoute({ page: 'slide', id, view, ...(layer && { layer }) })),
    leap: () => history.pushState(null, '', location.hash),
    failed: (error) => {
      notices.show(error);
      // Pictures do not say why they failed; the list does, for example that the session ended.
      refresh();
    },
  });
}
