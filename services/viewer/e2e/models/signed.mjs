// A laboratory that judged and signed what a task said of its slides.
import { ask } from '../opening.mjs';

/** Of each class at one site: enough for figures, and too few. */
const SITES = { lung: 6, colon: 6, skin: 2 };
/** In this site so many calls of each class are overridden. */
const MISTAKEN = { site: 'lung', calls: 5 };

/** Signs the slides that the task called, each the only one of its patient; in one site nearly all calls were wrong. */
export async function signSlides(page) {
  const { slides } = await ask(page, 'GET', '/slides');
  const called = slides.filter(({ call, abstention }) => call && !abstention);
  for (const isPositive of [true, false]) {
    const ofClass = called.filter(({ call }) => call.is_positive === isPositive);
    const sites = Object.entries(SITES).flatMap(([site, count]) => Array(count).fill(site));
    if (ofClass.length < sites.length) throw new Error(`of ${slides.length} slides ${ofClass.length} were called so`);
    for (const [at, site] of sites.entries()) {
      await signSlide(page, ofClass[at], site, site === MISTAKEN.site && at < MISTAKEN.calls);
    }
  }
}

async function signSlide(page, { id, call }, site, isMistaken) {
  const accession = `G26-${id.slice(0, 8)}`;
  await ask(page, 'PUT', `/slides/${id}/covariates`, { site });
  await ask(page, 'POST', '/orders', { accession, patient: `P-${id.slice(0, 8)}`, stain: 'H&E' });
  const { id: found } = await ask(page, 'PUT', `/slides/${id}/case`, { accession, block: 'A1', stain: 'H&E' });
  const { predictions } = await ask(page, 'GET', `/slides/${id}/predictions`);
  const { task } = predictions[0];
  await ask(page, 'POST', `/slides/${id}/reviews`, {
    task: task.id,
    task_hash: task.hash,
    ...(isMistaken ? override(call) : { kind: 'accept' }),
  });
  const { seen } = await ask(page, 'GET', `/cases/${found}`);
  await ask(page, 'POST', `/cases/${found}/sign-off`, { seen });
}

function override({ is_positive }) {
  const call = is_positive ? { label: 'benign', is_positive: false } : { label: 'tumour', is_positive: true };
  const reason = is_positive ? 'false_positive' : 'false_negative';
  return { kind: 'override', finding: { call, grade: null }, reason, text: 'seen under the microscope' };
}
