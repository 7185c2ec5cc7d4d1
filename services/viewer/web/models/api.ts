import { get, send } from '../api/client';

/** The JSON of models; each shape is a type of `services/cases`. */
export type ModelState = 'draft' | 'shadow' | 'active' | 'retired';
export type ModelTarget = 'shadow' | 'active' | 'retired';

export interface Model {
  hash: string;
  kind: 'encoder' | 'task';
  name: string;
  version?: string;
  state: ModelState;
  registered_by: string;
  registered_at: string;
}

/** A criterion with what an evaluation showed of it. */
export interface Finding {
  measure: string;
  limit: { at_least: number } | { at_most: number };
  judged_by: 'interval' | 'value';
  /** `null` where the evaluation has no such figure. */
  found: number | null;
  is_met: boolean;
}

export interface Evaluation {
  number: number;
  is_met: boolean;
  verdict: { n_slides: number; least_slides: number; findings: Finding[] };
  added_by: string;
  added_at: string;
}

export interface Change {
  number: number;
  to: ModelState;
  cause: 'registered' | 'adopted' | 'asked' | 'superseded' | 'rolled_back';
  by: string;
  reason?: string;
  at: string;
}

export interface WholeModel extends Model {
  evaluations: Evaluation[];
  history: Change[];
}

/** What a task in shadow would change. */
export interface ShadowComparison {
  /** `null` where no version's results are shown. */
  shown: string | null;
  n_shadow: number;
  n_both: number;
  n_agree: number;
  n_changed: number;
  changes: { shown: string; shadow: string; n_slides: number }[];
}

export interface Rate {
  part: number;
  whole: number;
  rate: number | null;
  chart: { mean: number; low: number; high: number; is_within: boolean } | null;
}

export interface DriftWeek {
  week: string;
  is_over: boolean;
  n_slides: number;
  n_in_reference: number;
  abstentions: Rate;
  overrides: Rate;
  score_stability: number | null;
  distance: { mmd2: number; p_value: number } | null;
}

export interface ScannerDrift {
  scanner: string;
  compared_with: { slides: 'of_this_scanner' | 'of_all_scanners'; n_slides: number } | null;
  weeks: DriftWeek[];
}

export interface Reference {
  from: string;
  to: string;
  n_slides: number;
  stored_by: string;
}

export interface Drift {
  looked_at: string | null;
  reference: Reference | null;
  found: { scanners: ScannerDrift[] } | null;
}

/** A figure with its 95 % interval, or why there is none. */
export type Estimate =
  | { state: 'measured'; value: number; n: number; low: number; high: number }
  | { state: 'without_interval'; value: number; n: number; withheld: 'often_undefined' | 'no_spread' }
  | { state: 'undefined'; reason: 'no_slides' | 'class_absent' | 'nothing_called' | 'one_grade_only' };

/** By measure. */
export type Figures = Readonly<Record<string, Estimate>>;

export interface Subgroup {
  value: string;
  /** Why it has no figures; how many slides it has is not told then. */
  suppressed: 'fewer_than_ten_cases' | 'fewer_than_five_cases_of_a_class' | null;
  n_slides: number | null;
  figures: Figures;
}

export interface SubgroupColumn {
  column: string;
  groups: Subgroup[];
}

/** A group that fares worse than all. */
export interface SubgroupGap {
  column: string;
  value: string;
  measure: string;
  of_group: number;
  of_all: number;
}

export interface SubgroupReport {
  n_scored: number;
  n_signed: number;
  n_abstained: number;
  signed_share: number | null;
  figures: Figures;
  columns: SubgroupColumn[];
  gaps: SubgroupGap[];
  gap_limit: number;
}

export interface Subgroups {
  looked_at: string | null;
  found: SubgroupReport | null;
}

interface AlertOfAnyKind {
  id: string;
  model: string;
  subject: string;
  week: string;
  opened_at: string;
  seen: { by: string; at: string }[];
  closed?: { by: string; reason: string; at: string };
}

export interface DriftAlert extends AlertOfAnyKind {
  kind: 'embedding_distance' | 'abstention_rate' | 'override_rate';
}

export interface SubgroupAlert extends AlertOfAnyKind {
  kind: 'subgroup_gap';
  detail: { gap: SubgroupGap };
}

export type Alert = DriftAlert | SubgroupAlert;

const MODELS = '/api/v1/models';

export async function models(): Promise<Model[]> {
  const { models } = await get<{ models: Model[] }>(MODELS);
  return models;
}

export async function wholeModel(hash: string): Promise<WholeModel> {
  return get(`${MODELS}/${hash}`);
}

export async function shadowOf(hash: string): Promise<ShadowComparison> {
  return get(`${MODELS}/${hash}/shadow`);
}

export async function driftOf(hash: string): Promise<Drift> {
  return get(`${MODELS}/${hash}/drift`);
}

export async function lookAtDrift(hash: string): Promise<Drift> {
  return look(`${MODELS}/${hash}/drift`);
}

export async function subgroupsOf(hash: string): Promise<Subgroups> {
  return get(`${MODELS}/${hash}/subgroups`);
}

export async function measureSubgroups(hash: string): Promise<Subgroups> {
  return look(`${MODELS}/${hash}/subgroups`);
}

/** Whoever asks has seen them, and that is put on record. */
export async function alerts(): Promise<Alert[]> {
  const { alerts } = await get<{ alerts: Alert[] }>('/api/v1/alerts');
  return alerts;
}

export async function closeAlert(id: string, reason: string): Promise<void> {
  await post(`/api/v1/alerts/${id}/close`, { reason });
}

export async function moveModel(hash: string, state: ModelTarget, reason: string): Promise<void> {
  await post(`${MODELS}/${hash}/state`, { state, reason });
}

export async function rollBack(hash: string, reason: string): Promise<void> {
  await post(`${MODELS}/${hash}/rollback`, { reason });
}

async function look<Found>(path: string): Promise<Found> {
  const response = await send(path, { method: 'POST' });
  return (await response.json()) as Found;
}

async function post(path: string, body: unknown): Promise<void> {
  await send(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
}
