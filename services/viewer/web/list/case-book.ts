import { me as fetchMe, searchCases, worklist } from '../api/cases';
import type { Case, CaseList, Me } from '../api/case-shapes';

type Reader = () => void;

/** A burst of events is one question to the server. */
const PAUSE_MS = 400;

/** The cases of the worklist, in the server's order of urgency, and who reads them. */
export class CaseBook {
  me: Me | null = null;
  cases: readonly Case[] = [];
  /** False until the first answer has come. */
  isLoaded = false;
  /** False for those who may not see cases, such as engineers. */
  isAllowed = true;
  /** Whether there are older cases than those of the pages that were asked for. */
  hasMore = false;
  private n_pages = 1;
  private standing: 'open' | 'signed' = 'open';
  /** How the accession number looked for begins; all cases of the standing where it is empty. */
  private wanted = '';
  private timer: ReturnType<typeof setTimeout> | null = null;
  private n_asked = 0;
  private readonly readers = new Set<Reader>();

  constructor(private readonly onProblem: (error: unknown) => void) {}

  show(standing: 'open' | 'signed'): void {
    this.standing = standing;
    this.n_pages = 1;
    this.refresh();
  }

  find(accession: string): void {
    this.wanted = accession.trim();
    this.refreshSoon();
  }

  loadMore(): void {
    this.n_pages += 1;
    this.refresh();
  }

  refreshSoon(): void {
    if (this.timer !== null) return;
    this.timer = setTimeout(() => {
      this.timer = null;
      this.refresh();
    }, PAUSE_MS);
  }

  refresh(): void {
    this.load().catch(this.onProblem);
  }

  /** Calls `reader` after every change; the answer stops it. */
  follow(reader: Reader): () => void {
    this.readers.add(reader);
    return () => this.readers.delete(reader);
  }

  private async load(): Promise<void> {
    if (!this.isAllowed) return;
    this.n_asked += 1;
    const number = this.n_asked;
    this.me ??= await fetchMe();
    this.isAllowed = this.me.roles.some((role) => role === 'pathologist' || role === 'lis');
    if (!this.isAllowed) return this.announce();
    const list = await (this.wanted === '' ? this.pages() : searchCases(this.wanted));
    // An answer to an older question came late.
    if (number !== this.n_asked) return;
    this.cases = list.cases;
    this.hasMore = (list.next ?? null) !== null;
    this.isLoaded = true;
    this.announce();
  }

  /** As many pages as were asked for, each in the server's order of urgency. */
  private async pages(): Promise<CaseList> {
    const list: CaseList = { cases: [], next: null };
    for (let page = 0; page < this.n_pages; page += 1) {
      const { cases, next } = await worklist(this.standing, list.next ?? null);
      list.cases.push(...cases);
      list.next = next ?? null;
      if (list.next === null) break;
    }
    return list;
  }

  private announce(): void {
    for (const reader of this.readers) reader();
  }
}
