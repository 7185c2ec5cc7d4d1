import type {
  Annotation,
  Case,
  CaseList,
  Geometry,
  Me,
  NewReview,
  Review,
  Signature,
} from './case-shapes';
import { get, send } from './client';

const CASES = '/api/v1/cases';
const WORKLIST = '/api/v1/worklist';

let asked: Promise<Me> | null = null;

/** Asked once a page: another session is another page. */
export function me(): Promise<Me> {
  asked ??= get<Me>('/api/v1/me').catch((error: unknown) => {
    asked = null;
    throw error;
  });
  return asked;
}

/** A page of it; `after` is what the page before gave as `next`. */
export async function worklist(standing: 'open' | 'signed', after: string | null): Promise<CaseList> {
  const from = after === null ? '' : `&after=${encodeURIComponent(after)}`;
  return get(`${WORKLIST}?standing=${standing}${from}`);
}

/** A body, not a query: an accession number has no place in an address. */
export async function searchCases(accession: string): Promise<CaseList> {
  return answer(await send(WORKLIST, json('POST', { accession })));
}

export async function caseOf(id: string): Promise<Case> {
  return get(`${CASES}/${id}`);
}

export async function assign(id: string, assignee: string | null): Promise<Case> {
  return answer(await send(`${CASES}/${id}/assignee`, json('PUT', { assignee })));
}

export async function signOff(id: string, signature: Signature): Promise<Case> {
  return answer(await send(`${CASES}/${id}/sign-off`, json('POST', signature)));
}

export async function reviews(slide: string): Promise<Review[]> {
  const { reviews } = await get<{ reviews: Review[] }>(`/api/v1/slides/${slide}/reviews`);
  return reviews;
}

export async function addReview(slide: string, review: NewReview): Promise<Review> {
  return answer(await send(`/api/v1/slides/${slide}/reviews`, json('POST', review)));
}

export async function annotations(slide: string): Promise<Annotation[]> {
  const { features } = await get<{ features: Annotation[] }>(`/api/v1/slides/${slide}/annotations`);
  return features;
}

export async function saveAnnotation(slide: string, id: string, geometry: Geometry, name?: string): Promise<Annotation> {
  const feature = { type: 'Feature', geometry, properties: name === undefined ? {} : { name } };
  return answer(await send(`/api/v1/slides/${slide}/annotations/${id}`, json('PUT', feature)));
}

export async function removeAnnotation(slide: string, id: string): Promise<void> {
  await send(`/api/v1/slides/${slide}/annotations/${id}`, { method: 'DELETE' });
}

function json(method: string, body: unknown): RequestInit {
  return { method, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
}

/** What is known of a slide or a case as one page, or as PDF; made when it is opened. */
export const reports = {
  slide: (id: string, form: 'html' | 'pdf') => `/api/v1/slides/${id}/report.${form}`,
  case: (id: string, form: 'html' | 'pdf') => `${CASES}/${id}/report.${form}`,
};

async function answer<T>(response: Response): Promise<T> {
  return (await response.json()) as T;
}
