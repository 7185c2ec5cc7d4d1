import { beginFirstView } from './first-view';
import { parseRoute } from './route';

// Stands in the page itself, before its styles: a small picture of the slide is on its way before any other file is.
const route = parseRoute(location.hash);
if (route.page === 'slide' && route.view === null) beginFirstView(route.id);
