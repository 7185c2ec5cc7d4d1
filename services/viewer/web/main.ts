import { askAhead } from './api/ahead';
import { firstViewShown } from './first-view';
import { parseRoute } from './route';
import { speakWanted } from './words/language';

const route = parseRoute(location.hash);
if (route.page === 'slide') askAhead(route.id);
// Whatever says a text comes after its language.
await speakWanted();
await firstViewShown();
// Not preloaded: a browser would compile it while it draws the first view.
await import('./application');
