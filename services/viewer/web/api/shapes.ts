/** The JSON the server speaks; each shape is a type of `crates/flow` or of `services/cases`. */
import type { WithoutFlagged } from '../quality/api';

export type Stage = 'receive' | 'tile' | 'embed' | 'score' | 'evidence';

export interface Progress {
  stage: Stage;
  done: number;
  total: number;
}

export interface StageTiming {
  stage: Stage;
  wall_s: number;
  /** Of these, the seconds in which the encoder computed. */
  busy_s?: number;
}

export type State = 'received' | 'tiled' | 'embedded' | 'scored' | 'held' | 'quarantined';

export interface Status {
  state: State;
  reason?: { code: 'missing_mpp' | 'coarser_than_encoder' | 'no_tissue' | 'stopped' | 'identity' | 'unmatched' } | string;
}

export interface Call {
  label: string;
  is_positive: boolean;
}

export interface Grade {
  scale: string;
  value: number;
  expected: number;
  /** P(grade > k) for k = 0, 1, ... */
  exceedance: number[];
}

export interface Size {
  width: number;
  height: number;
}

export interface Slide {
  id: string;
  file_name?: string | null;
  received_at: string;
  n_bytes?: number;
  status: Status;
  /** For people: why the slide is held or quarantined, and what to do. */
  reason_text?: string | null;
  mpp?: number | null;
  size?: Size | null;
  progress?: Progress | null;
  timings: StageTiming[];
  call?: Call | null;
  /** If there is one, `call` is not the slide's answer. */
  abstention?: Abstention | null;
  probability?: number | null;
  grade?: Grade | null;
  /** The case it belongs to, for those who may see what can name a patient. */
  case?: string | null;
  /** Whether the result is kept back until this reader has recorded an impression. */
  awaits_impression?: boolean;
}

export interface SlidePage {
  slides: Slide[];
  /** Passed back as `after` for the next page; absent on the last. */
  next?: string | null;
}

export interface Level {
  level: number;
  size: Size;
  mpp: number;
  n_frames: number;
  origin: 'copied' | 'transcoded' | 'halved';
  bytes: number;
}

/** A grid of square cells from the top left of level 0; eight cells a byte, lowest bit first. */
export interface TissueMask {
  cell_um: number;
  columns: number;
  rows: number;
  cells: string;
}

export interface Manifest {
  slide: string;
  original: string;
  pyramid: string;
  format: string;
  scanner: string | null;
  mpp: number;
  mpp_source: 'file' | 'operator';
  objective_power: number | null;
  size: Size;
  tile: Size;
  levels: Level[];
  associated: { name: string; size: Size }[];
  /** Of a slide whose label and macro were removed on request; the methods are codes of DICOM. */
  deidentification?: { removed: string[]; methods: string[] };
  icc: { sha256: string; bytes: number } | null;
  tissue: TissueMask;
}

/** A slide that has a pyramid. */
export interface Tiled {
  manifest: Manifest;
  /** Where its tiles are: the Deep Zoom description, as OpenSeadragon takes it. */
  deepZoom: object;
}

/** On the glass, in micrometres from the top left of level 0. */
export interface MicrometreRect {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface TopTile {
  rect_um: MicrometreRect;
  /** Share of the attention; all tiles of the slide sum to 1. */
  attention: number;
  /** The probability that the result gives, if this tile were the whole slide; absent where a service does not say. */
  tile_probability?: number;
}

/** The answers that cannot be ruled out; one is a call. */
export interface PredictionSet {
  labels: string[];
  /** The share of slides of a class that may miss their true answer. */
  alpha: number;
  basis:
    | { kind: 'calibrated' }
    | { kind: 'too_few_calibration_slides'; label: string; n_slides: number; needed: number };
}

/** Why a result is not a call, with the figures behind it. */
export type Abstention =
  | { reason: 'scanner_not_allowed'; scanner: string | null; allowed: string[] }
  | { reason: 'mpp_not_allowed'; mpp: number; finest: number; coarsest: number }
  | { reason: 'too_little_tissue'; n_instances: number; fewest: number }
  | { reason: 'covariates_unknown'; covariates: string[] }
  | { reason: 'out_of_distribution'; distance: number; limit: number; quantile: number }
  | { reason: 'declined'; words: string }
  | { reason: 'uncertain'; n_labels: number };

export interface ClassProbability {
  label: string;
  probability: number;
}

export interface Prediction {
  slide: string;
  pyramid: string;
  encoder: { name: string; hash: string };
  /** What those who published the encoder allow; absent in older results. */
  encoder_terms?: { licence: string; intended_use: string } | null;
  task: { id: string; version: string; hash: string };
  regulatory_status: 'research_use_only';
  call: Call;
  probability: number;
  threshold: number;
  grade: Grade | null;
  /** Absent where the task is not calibrated for it. */
  set?: PredictionSet | null;
  /** If there is one, `call` and `grade` are not the slide's answer. */
  abstention?: Abstention | null;
  /** Of a task that answers with one of several classes. */
  class_probabilities?: ClassProbability[];
  top_tiles: TopTile[];
  n_instances: number;
  /** Absent in results from before this was measured. */
  evidence?: Evidence;
}

/** What a result rests on. */
export interface Evidence {
  layers: { layer: Layer; faithfulness: Faithfulness }[];
  decisive: Decisive;
  /** Absent where the quality of the tiles was not measured. */
  without_flagged?: WithoutFlagged;
}

/** 0 is no better than random, 1 is perfect; `null` where it cannot be told. */
export interface Faithfulness {
  deletion: number | null;
  insertion: number | null;
}

export type Decisive =
  | { kind: 'smallest_set'; tiles: DecisiveTile[]; probability: number }
  | { kind: 'no_small_set'; most_tiles: number }
  | { kind: 'most_suspicious'; tile: DecisiveTile }
  /** The model is a service elsewhere. */
  | { kind: 'not_told' };

export interface DecisiveTile {
  rect_um: MicrometreRect;
  /** The probability that the result gives, if this tile were the whole slide. */
  tile_probability: number;
}

export type Layer = 'attention' | 'tile' | 'leave_out' | 'neighbourhood';

export interface HeatmapFile {
  cell_um: number;
  columns: number;
  rows: number;
  /** Little-endian f32 in base64, row by row; NaN where no tile was looked at. */
  values: string;
}

/** Of a slide that is still being embedded: what each tile says alone, of those that are there. */
export interface LayerSoFar extends HeatmapFile {
  task: string;
  version: string;
  n_tiles: number;
  /** All that will be embedded. */
  n_all: number;
}

/** RFC 9457. */
export interface ProblemBody {
  title?: string;
  detail?: string;
  status?: number;
  request_id?: string;
}
