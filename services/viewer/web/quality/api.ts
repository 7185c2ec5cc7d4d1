import { get } from '../api/client';
import type { Abstention, Call, Grade, HeatmapFile } from '../api/shapes';

/** What a map of a slide's quality shows; each shape here is a type of `crates/flow`. */
export type QualityLayer = 'focus' | 'pen' | 'fold' | 'coverage' | 'flagged';

export interface QualityLayerInfo {
  layer: QualityLayer;
  unit: 'micrometres' | 'share' | 'flag';
  /** From which value on a tile is flagged; `null` of a layer that flags none by itself. */
  limit: number | null;
  /** The ends of its colours. */
  usual_range: { min: number; max: number };
}

export interface QualitySummary {
  n_tiles: number;
  /** Tiles of which focus could be told. */
  n_focus: number;
  n_blurred: number;
  n_pen: number;
  n_fold: number;
  n_flagged: number;
  coverage: number;
  blur_um: { p5: number; p50: number; p95: number } | null;
}

export interface QualityOverview {
  slide: string;
  encoder: string;
  summary: QualitySummary;
  layers: QualityLayerInfo[];
}

/** What the task says without the flagged tiles. */
export type WithoutFlagged = { quality: string; n_flagged: number } & (
  | { kind: 'nothing_flagged' }
  | { kind: 'nothing_left' }
  | ({ kind: 'answered' } & AnswerLeft)
);

export interface AnswerLeft {
  call: Call;
  probability: number;
  grade: Grade | null;
  /** If there is one, `call` and `grade` are no answer. */
  abstention?: Abstention | null;
  verdict: 'holds' | 'changes' | 'no_call';
}

/** Over the tiles of this encoder; without one, of the encoder of the slide's newest result. */
export async function quality(id: string, encoder?: string): Promise<QualityOverview> {
  const over = encoder === undefined ? '' : `?encoder=${encoder}`;
  return get(`/api/v1/slides/${id}/quality${over}`);
}

export async function qualityLayer({ slide, encoder }: QualityOverview, layer: QualityLayer): Promise<HeatmapFile> {
  return get(`/api/v1/slides/${slide}/quality/${layer}.json?encoder=${encoder}`);
}
