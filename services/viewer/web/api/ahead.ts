import { slide, tiled } from './client';
import type { Slide, Tiled } from './shapes';

/** What was asked for ahead and nobody has taken yet. */
const slides = new Map<string, Promise<Slide>>();
/** `null` of a slide that may have no pyramid. */
const pyramids = new Map<string, Promise<Tiled | null>>();

/** Asks for what the page of a slide asks for first, while the rest of the viewer still loads. */
export function askAhead(id: string): void {
  const found = slide(id);
  keep(slides, id, found);
  keep(pyramids, id, found.then((known) => (isTiled(known) ? tiled(id) : null)));
}

export async function slideAheadOrNow(id: string): Promise<Slide> {
  return (await take(slides, id)) ?? slide(id);
}

export async function tiledAheadOrNow(id: string): Promise<Tiled> {
  return (await take(pyramids, id)) ?? tiled(id);
}

function keep<T>(kept: Map<string, Promise<T>>, id: string, answer: Promise<T>): void {
  // Whoever takes it learns why there is none.
  answer.catch(() => undefined);
  kept.set(id, answer);
}

/** Once: it grows old. */
function take<T>(kept: Map<string, Promise<T>>, id: string): Promise<T> | undefined {
  const answer = kept.get(id);
  kept.delete(id);
  return answer;
}

function isTiled({ status: { state } }: Slide): boolean {
  return state === 'tiled' || state === 'embedded' || state === 'scored';
}
