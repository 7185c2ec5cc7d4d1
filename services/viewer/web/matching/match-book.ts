import { me } from '../api/cases';
import { type ToBeMatched, toBeMatched } from './api';

type Reader = () => void;

/** A burst of events is one question to the server. */
const PAUSE_MS = 400;

/** The slides that wait to be told which they are, for those who may know. */
export class MatchBook {
  slides: readonly ToBeMatched[] = [];
  private timer: ReturnType<typeof setTimeout> | null = null;
  private n_asked = 0;
  private readonly readers = new Set<Reader>();

  constructor(private readonly onProblem: (error: unknown) => void) {}

  refreshSoon(): void {
    if (this.timer !== null) return;
    this.timer = setTimeout(() => {
      this.timer = null;
      this.load().catch(this.onProblem);
    }, PAUSE_MS);
  }

  /** Calls `reader` after every change; the answer stops it. */
  follow(reader: Reader): () => void {
    this.readers.add(reader);
    return () => this.readers.delete(reader);
  }

  private async load(): Promise<void> {
    this.n_asked += 1;
    const number = this.n_asked;
    const { roles } = await me();
    if (!roles.some((role) => role === 'pathologist' || role === 'lis')) return;
    const slides = await toBeMatched();
    // An answer to an older question came late.
    if (number !== this.n_asked) return;
    this.slides = slides;
    for (const reader of this.readers) reader();
  }
}
