import { get, send } from '../api/client';
import type { Slide } from '../api/shapes';

/** The JSON of which slide a slide is; each shape is a type of `services/cases`. */
export type Source = 'data_matrix' | 'qr_code' | 'code_128' | 'scanner_barcode' | 'scanner_accession';

export interface Names {
  accession: string;
  part: string | null;
  block: string | null;
}

export interface Witness {
  source: Source;
  text: string;
  /** `null` where the text means nothing to this laboratory. */
  names: Names | null;
}

export interface Placed extends Names {
  stain: string | null;
}

export interface SlideIdentity {
  slide: Slide;
  /** To be sent back with a correction. */
  revision: number;
  standing: 'matched' | 'open' | 'contradicted' | 'unmatched';
  since: string | null;
  /** What became of the picture of the label; `null` where nobody looked. */
  label: 'absent' | 'unread' | 'read' | null;
  witnesses: Witness[];
  corrected_to: Names | null;
  case: Placed | null;
  ordered: Placed[];
  /** Of the label, for those who may see it. */
  picture: 'label' | 'macro' | null;
}

/** A slide that waits to be told which it is. */
export interface ToBeMatched extends SlideIdentity {
  standing: 'contradicted' | 'unmatched';
  since: string;
}

export interface Correction {
  accession: string;
  part?: string | undefined;
  block?: string | undefined;
  stain?: string | undefined;
  reason: string;
  revision: number;
}

/** Those that wait longest; more come as these are settled. */
export async function toBeMatched(): Promise<ToBeMatched[]> {
  const { slides } = await get<{ slides: ToBeMatched[] }>('/api/v1/reconciliation');
  return slides;
}

export async function identityOf(id: string): Promise<SlideIdentity> {
  return get(`/api/v1/slides/${id}/identity`);
}

export async function correctIdentity(id: string, correction: Correction): Promise<void> {
  await send(`/api/v1/slides/${id}/identity`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(correction),
  });
}
