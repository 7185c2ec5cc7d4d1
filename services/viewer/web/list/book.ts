import { slidePage } from '../api/client';
import type { Slide } from '../api/shapes';

type Reader = () => void;

/** The slides this page knows of, kept current by the server's events. */
export class SlideBook {
  private readonly slides = new Map<string, Slide>();
  private readonly readers = new Set<Reader>();
  private next: string | null = null;
  /** False until the first page has come. */
  isLoaded = false;

  /** Newest first. */
  newestFirst(): Slide[] {
    return [...this.slides.values()].sort((a, b) => b.received_at.localeCompare(a.received_at));
  }

  get(id: string): Slide | undefined {
    return this.slides.get(id);
  }

  get hasMore(): boolean {
    return this.next !== null;
  }

  put(slide: Slide): void {
    this.slides.set(slide.id, slide);
    this.announce();
  }

  /** Fetches the newest page: at the start, and after events may have been missed. */
  async refresh(): Promise<void> {
    const page = await slidePage();
    for (const slide of page.slides) this.slides.set(slide.id, slide);
    if (!this.isLoaded) this.next = page.next ?? null;
    this.isLoaded = true;
    this.announce();
  }

  async loadMore(): Promise<void> {
    if (this.next === null) return;
    const page = await slidePage(this.next);
    for (const slide of page.slides) this.slides.set(slide.id, slide);
    this.next = page.next ?? null;
    this.announce();
  }

  /** Calls `reader` after every change; the answer stops it. */
  follow(reader: Reader): () => void {
    this.readers.add(reader);
    return () => this.readers.delete(reader);
  }

  private announce(): void {
    for (const reader of this.readers) reader();
  }
}
