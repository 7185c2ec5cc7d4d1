import { paths } from './client';
import type { Slide } from './shapes';

export type Connection = 'live' | 'lost';

interface Listener {
  /** A slide as it is now. */
  slide(slide: Slide): void;
  /** Something about some case has changed. */
  cases(): void;
  /** `live` comes again after every break: what happened in between must be fetched. */
  connection(state: Connection): void;
}

const RETRY_MS = 3000;

/** Follows every slide's progress for as long as the page is open. */
export function followSlides(listener: Listener): void {
  const source = new EventSource(paths.events);
  source.addEventListener('open', () => listener.connection('live'));
  source.addEventListener('slide', (event: MessageEvent<string>) => {
    listener.slide(JSON.parse(event.data) as Slide);
  });
  source.addEventListener('cases', () => listener.cases());
  source.addEventListener('error', () => {
    listener.connection('lost');
    // The browser tries again by itself after a break, but not after an answer such as 401.
    if (source.readyState === EventSource.CLOSED) {
      setTimeout(() => followSlides(listener), RETRY_MS);
    }
  });
}
