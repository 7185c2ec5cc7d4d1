import { askAhead } from './api/ahead';
import { showFirstView } from './first-view';
import { parseRoute } from './route';
import { speakWanted } from './words/language';

// A small picture of the slide is on its way before the rest of the viewer is.
const route = parseRoute(location.hash);
let firstView = Promise.resolve();
if (route.page === 'slide') {
  if (route.view === null) firstView = showFirstView(route.id);
  askAhead(route.id);
}
// Whatever says a text comes after its language.
await speakWanted();
await firstView;
await import('./application');
