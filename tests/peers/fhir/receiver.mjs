// @medplum/fhir-router: a FHIR server that takes in what we answered. It validates nothing itself: peer.mjs does.
import assert from 'node:assert/strict';

import './websocket.mjs';

const { FhirRouter, MemoryRepository } = await import('@medplum/fhir-router');

/** All resources as one transaction, each of which must be created and be found again. */
export async function takeIn(all) {
  const [router, repository] = [new FhirRouter(), new MemoryRepository()];
  // It gives what it takes in ids of its own.
  const resources = structuredClone([...all.values()]);
  const ask = (method, url, body) =>
    router.handleRequest({ method, url, body, params: {}, query: {}, headers: {} }, repository);
  const entry = resources.map((resource) => ({
    resource,
    request: { method: 'POST', url: resource.resourceType },
  }));
  const [outcome, answer] = await ask('POST', '/', { resourceType: 'Bundle', type: 'transaction', entry });
  assert.equal(outcome.id, 'ok', JSON.stringify(outcome));
  const statuses = answer.entry.map((item) => item.response.status);
  assert.deepEqual(new Set(statuses), new Set(['201']), JSON.stringify(answer.entry.filter((item) => item.response.status !== '201')));
  for (const [n, item] of answer.entry.entries()) {
    const [found, resource] = await ask('GET', `/${item.response.location.split('/').slice(-2).join('/')}`);
    assert.equal(found.id, 'ok', JSON.stringify(found));
    assert.equal(resource.status, resources[n].status);
  }
}
