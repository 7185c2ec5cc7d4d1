/** The JSON of cases, reviews and annotations; each shape is a type of `services/cases`. */
import type { Call, Slide } from './shapes';

export interface Me {
  name: string;
  roles: string[];
  /** Whether this person may review and sign. */
  reviews: boolean;
}

export type Priority = 'routine' | 'urgent' | 'stat';

export type CaseState = 'awaiting_slides' | 'analysing' | 'ready' | 'in_review' | 'signed';

/** What all slides of a case say together, by the rule: any positive, worst grade. */
export interface TaskResult {
  task: string;
  call: 'positive' | 'negative' | 'open' | 'by_class';
  worst_grade: number | null;
  n_slides: number;
  n_positive: number;
  n_negative: number;
  abstaining: string[];
  without: string[];
  n_by_person: number;
  labels: Record<string, number>;
}

export interface CaseSlide extends Slide {
  part: string | null;
  block: string | null;
  stain: string | null;
  judgement: Review | null;
}

export interface Signed {
  version: number;
  signer: string;
  signed_at: string;
  changed_since: boolean;
  results: TaskResult[];
  statement: string | null;
  despite_unfinished: string | null;
  amendment: string | null;
}

export interface Case {
  id: string;
  accession: string;
  patient: string | null;
  priority: Priority;
  opened_at: string;
  assignee: string | null;
  state: CaseState;
  slides: CaseSlide[];
  /** Then all that follows is absent. */
  awaits_impression: boolean;
  results: TaskResult[] | null;
  unfinished: string[] | null;
  /** Sent with a signature: what it is about. */
  seen: string | null;
  /** The newest first. */
  signed: Signed[] | null;
}

export interface CaseList {
  cases: Case[];
  next?: string | null;
}

export type ImpressionCode = 'benign' | 'suspicious' | 'malignant' | 'uncertain';

export type OverrideReason =
  | 'false_positive'
  | 'false_negative'
  | 'wrong_class'
  | 'wrong_grade'
  | 'artefact'
  | 'out_of_scope'
  | 'no_answer'
  | 'other';

export interface Finding {
  call: Call;
  grade?: number | null;
}

interface SeenResult {
  task: { id: string; version: string; hash: string };
  call: Call;
  grade: number | null;
  abstained: boolean;
}

export type Review = { number: number; reviewer: string; reviewed_at: string; amends: number | null; text?: string } & (
  | { kind: 'impression'; impression: ImpressionCode; blind: boolean }
  | { kind: 'accept'; result: SeenResult }
  | { kind: 'override'; result: SeenResult; finding: Finding; reason: OverrideReason }
);

export type NewReview = { text?: string | undefined; amends?: number | undefined } & (
  | { kind: 'impression'; impression: ImpressionCode }
  | { kind: 'accept'; task: string; task_hash: string }
  | { kind: 'override'; task: string; task_hash: string; finding: Finding; reason: OverrideReason }
);

export interface Signature {
  seen: string;
  statement?: string | undefined;
  despite_unfinished?: string | undefined;
  amendment?: string | undefined;
}

export type Position = [x: number, y: number];

/** In pixels of level 0. */
export type Geometry =
  | { type: 'Point'; coordinates: Position }
  | { type: 'LineString'; coordinates: Position[] }
  | { type: 'Polygon'; coordinates: Position[][] }
  | { type: 'MultiPolygon'; coordinates: Position[][][] };

export interface Annotation {
  type: 'Feature';
  id: string;
  geometry: Geometry;
  properties: {
    name?: string;
    classification?: { name: string; color?: [number, number, number] };
    coverslip: { author: string; drawn_at: string; version: number };
  };
}
