import type OpenSeadragon from 'openseadragon';
import { profile } from '../api/client';
import type { Manifest } from '../api/shapes';
import { Corrector } from './corrector';
import { lookupOf } from './lookup';
import { readProfile } from './profile';

/** Whether colours are corrected by the slide's profile, or why they are not. */
export type ColourState = 'corrected' | 'as scanned' | 'loading' | 'no profile' | 'unusable profile';

interface ColourListener {
  changed(state: ColourState): void;
  /** Why the profile cannot be used. */
  failed(error: unknown): void;
}

/** Corrects the colours of all tiles of a slide by its own profile, where it has one. */
export class SlideColour {
  private corrector: Corrector | null = null;
  private now: ColourState;
  private isClosed = false;

  constructor(
    private readonly viewer: OpenSeadragon.Viewer,
    private readonly manifest: Manifest,
    private readonly listener: ColourListener,
  ) {
    this.now = manifest.icc === null ? 'no profile' : 'loading';
    for (const shown of this.viewers()) shown.addHandler('tile-invalidated', (event) => this.correct(event));
    if (manifest.icc !== null) void this.load();
  }

  get state(): ColourState {
    return this.now;
  }

  /** Corrected, or as scanned; nothing where the slide has no profile that can be used. */
  toggle(): void {
    if (this.corrector !== null) this.show(this.now === 'corrected' ? 'as scanned' : 'corrected');
  }

  close(): void {
    this.isClosed = true;
    this.corrector?.close();
    this.corrector = null;
  }

  private async load(): Promise<void> {
    try {
      const correct = readProfile(await profile(this.manifest.slide));
      if (this.isClosed) return;
      this.corrector = new Corrector(lookupOf(correct));
      this.show('corrected');
    } catch (error) {
      if (this.isClosed) return;
      this.show('unusable profile');
      this.listener.failed(error);
    }
  }

  private show(state: ColourState): void {
    this.now = state;
    for (const shown of this.viewers()) void shown.requestInvalidate(true);
    this.listener.changed(state);
  }

  /** The slide and its small copy. */
  private viewers(): OpenSeadragon.Viewer[] {
    const { navigator } = this.viewer;
    return navigator === undefined || navigator === null ? [this.viewer] : [this.viewer, navigator];
  }

  private async correct({ getData, setData }: OpenSeadragon.TileInvalidatedEvent): Promise<void> {
    if (this.now !== 'corrected') return;
    const picture = (await getData('context2d')) as CanvasRenderingContext2D | undefined;
    if (picture === undefined || this.corrector === null) return;
    await setData(this.corrector.correct(picture), 'context2d');
  }
}
