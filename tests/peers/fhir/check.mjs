// Asks a running Coverslip by FHIR R4, and has everything it answers validated and taken in by other people's code.
//
//     node check.mjs WORK      a folder for what is painted and stored
//
// An order comes in as a ServiceRequest, a painted slide is pushed and scored, a person reads and signs and amends.
// Before and after each step every resource is read by every way there is, held to R4 by @medplum/core with the codes of
// its required bindings, and all of them go as one transaction to @medplum/fhir-router.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { machine, person, run, start } from './coverslip.mjs';
import { check } from './peer.mjs';
import { takeIn } from './receiver.mjs';

const KINDS = ['ServiceRequest', 'Specimen', 'ImagingStudy', 'Observation', 'DiagnosticReport', 'Device', 'AuditEvent'];
const ACCESSION = 'CANARY-S26-4711';
const PATIENT = 'CANARY-P-7';
const SNOMED = 'http://snomed.info/sct';
const FHIR = '/fhir/R4';

const work = process.argv[2];
const data = join(work, 'data');
const slideFile = join(work, 'fhir-phantom.tiff');
let nChecked = 0;

function valid(answer, status = 200) {
  assert.equal(answer.status, status, JSON.stringify(answer.body));
  assert.equal(answer.type, 'application/fhir+json');
  checked(answer.body);
  return answer.body;
}

function checked(resource) {
  try {
    check(resource);
  } catch (error) {
    throw new Error(`${resource.resourceType}: ${error.message}\n${JSON.stringify(resource, null, 1)}`);
  }
  nChecked += 1;
}

const order = {
  resourceType: 'ServiceRequest',
  status: 'active',
  intent: 'order',
  priority: 'urgent',
  identifier: [{ system: 'https://lis.example/orders', value: 'PLACER-1' }],
  code: { coding: [{ system: 'urn:coverslip:task', code: 'phantom-tumour' }] },
  subject: { identifier: { system: 'https://lis.example/patients', value: PATIENT } },
  specimen: [{ reference: '#glass' }],
  contained: [
    {
      resourceType: 'Specimen',
      id: 'glass',
      identifier: [{ value: 'SP-1' }],
      accessionIdentifier: { value: ACCESSION },
      container: [
        { type: { coding: [{ system: SNOMED, code: '434711009' }] }, identifier: [{ value: 'A' }] },
        { type: { coding: [{ system: SNOMED, code: '434464009' }] }, identifier: [{ value: 'A1' }] },
      ],
      processing: [{ procedure: { coding: [{ system: SNOMED, code: '127790008' }], text: 'H&E' } }],
    },
  ],
};

async function orders(lis) {
  checked(order);
  const send = (body, headers) => lis('POST', `${FHIR}/ServiceRequest`, body, { 'Content-Type': 'application/fhir+json', ...headers });
  const placed = await send(order);
  const made = valid(placed, 201);
  assert.equal(placed.headers.get('location'), `${placed.headers.get('location').split(FHIR)[0]}${FHIR}/ServiceRequest/${made.id}`);
  assert.equal(valid(await send(order)).id, made.id, 'the same order is one');
  const condition = { 'If-None-Exist': 'identifier=https%3A%2F%2Flis.example%2Forders%7CPLACER-1' };
  assert.equal(valid(await send({ ...order, priority: 'stat' }, condition)).id, made.id);
  valid(await send({ ...order, priority: 'stat' }), 409);
  for (const [change, element] of [
    [{ status: 'done' }, 'ServiceRequest.status'],
    [{ priority: 'asap' }, 'ServiceRequest.priority'],
    [{ code: { coding: [{ system: 'http://loinc.org', code: '11526-1' }] } }, 'ServiceRequest.code.coding'],
    [{ subject: { display: 'Doe' } }, 'ServiceRequest.subject.identifier'],
  ]) {
    const refused = valid(await send({ ...order, ...change }), 422);
    assert.deepEqual(refused.issue[0].expression, [element]);
  }
  valid(await send('{'), 400);
  const listed = (await lis('GET', '/api/v1/orders')).body.orders;
  assert.deepEqual(listed.map((o) => [o.id, o.accession, o.part, o.block, o.stain, o.priority]),
    [[made.id, ACCESSION, 'A', 'A1', 'H&E', 'urgent']]);
  return made;
}

/** Every resource of every kind, each as a list has it and as it is read. */
async function everything(ask) {
  const all = new Map();
  for (const kind of KINDS) {
    let next = `${FHIR}/${kind}?_count=2`;
    while (next) {
      const page = valid(await ask('GET', next));
      for (const entry of page.entry ?? []) {
        checked(entry.resource);
        assert.ok(!all.has(entry.fullUrl), `${entry.fullUrl} is listed twice`);
        all.set(entry.fullUrl, entry.resource);
        const read = valid(await ask('GET', entry.fullUrl));
        if (kind !== 'AuditEvent') assert.deepEqual(read, entry.resource);
      }
      next = kind === 'AuditEvent' ? undefined : page.link.find((link) => link.relation === 'next')?.url;
    }
  }
  for (const target of [...all.values()].filter((r) => ['Observation', 'DiagnosticReport'].includes(r.resourceType))) {
    const page = valid(await ask('GET', `${FHIR}/Provenance?target=${target.resourceType}/${target.id}`));
    for (const entry of page.entry ?? []) all.set(entry.fullUrl, entry.resource);
  }
  return all;
}

const of = (all, kind) => [...all.values()].filter((resource) => resource.resourceType === kind);
const isResearch = (resource) => resource.meta?.security?.some((label) => label.code === 'HRESCH')
  && resource.meta?.tag?.some((tag) => tag.code === 'research_use_only');
const component = (observation, code) => observation.component.filter((c) => c.code.coding[0].code === code);

/** Whatever a machine says is marked, preliminary, and never a bare number. */
function holdsWhatMachinesSay(all) {
  const said = of(all, 'Observation').filter((observation) => observation.device);
  assert.equal(said.length, 1);
  const [ai] = said;
  assert.equal(ai.status, 'preliminary');
  assert.ok(isResearch(ai));
  assert.ok(ai.valueCodeableConcept || ai.dataAbsentReason);
  for (const code of ['probability', 'threshold', 'prediction-set', 'tissue-tiles']) assert.ok(component(ai, code).length, code);
  for (const resource of all.values()) {
    if (isResearch(resource)) assert.ok(!['final', 'amended', 'corrected'].includes(resource.status), JSON.stringify(resource));
  }
  return ai;
}

/** Every reference to a resource of ours leads to one. */
function holdsTogether(all) {
  const known = new Set([...all.values()].map((resource) => `${resource.resourceType}/${resource.id}`));
  const walk = (value) => {
    if (typeof value?.reference === 'string' && !value.reference.startsWith('#')) {
      assert.ok(known.has(value.reference), `${value.reference} leads nowhere`);
    }
    if (value && typeof value === 'object') Object.values(value).forEach(walk);
  };
  for (const resource of all.values()) if (resource.resourceType !== 'AuditEvent') walk(resource);
}

async function searches(lis, made, all) {
  const [report] = of(all, 'DiagnosticReport');
  const find = async (kind, query) => (valid(await lis('GET', `${FHIR}/${kind}?${query}`)).entry ?? []).map((e) => e.resource.id);
  const ask = async (kind, form) => valid(await lis('POST', `${FHIR}/${kind}/_search`, new URLSearchParams(form).toString(),
    { 'Content-Type': 'application/x-www-form-urlencoded' }));
  const byBody = async (kind, form) => ((await ask(kind, form)).entry ?? []).map((e) => e.resource.id);
  assert.deepEqual(await find('DiagnosticReport', `based-on=ServiceRequest/${made.id}`), [report.id]);
  assert.deepEqual(await find('DiagnosticReport', `status=${report.status}`), [report.id]);
  assert.deepEqual(await find('DiagnosticReport', 'status=registered'), []);
  assert.deepEqual(await find('DiagnosticReport', '_lastUpdated=lt2020'), []);
  assert.deepEqual(await find('ServiceRequest', '_lastUpdated=ge2020'), [made.id]);
  assert.equal((await find('Observation', `based-on=${made.id}`)).length, of(all, 'Observation').length);
  for (const form of [{ identifier: ACCESSION }, { 'subject:identifier': PATIENT }, { patient: PATIENT, _count: '1' }]) {
    assert.deepEqual(await byBody('DiagnosticReport', form), [report.id]);
    assert.ok(!JSON.stringify((await ask('DiagnosticReport', form)).link).includes('CANARY'));
  }
  assert.deepEqual(await byBody('ServiceRequest', { identifier: 'https://lis.example/orders|PLACER-1' }), [made.id]);
  assert.deepEqual(await byBody('ServiceRequest', { identifier: 'https://lis.example/orders|PLACER-2' }), []);
  assert.deepEqual(await byBody('ImagingStudy', { subject: 'CANARY-P-8' }), []);
  const study = of(all, 'ImagingStudy')[0];
  const uid = `${study.identifier[0].system}|${study.identifier[0].value}`;
  assert.deepEqual(await find('ImagingStudy', `identifier=${encodeURIComponent(uid)}`), [study.id]);
  valid(await lis('GET', `${FHIR}/DiagnosticReport?identifier=X-1`), 400);
  valid(await lis('GET', `${FHIR}/Observation?_sort=date`), 400);
  valid(await lis('GET', `${FHIR}/Observation?status=done`), 400);
  valid(await lis('GET', `${FHIR}/Patient`), 404);
  valid(await lis('GET', `${FHIR}/DiagnosticReport/nobody`), 404);
  valid(await lis('GET', `${FHIR}/AuditEvent`), 403);
  valid(await lis('PUT', `${FHIR}/DiagnosticReport/${report.id}`, report), 405);
  valid(await lis('POST', `${FHIR}/DiagnosticReport`, report), 405);
  valid(await lis('GET', `${FHIR}/metadata`, undefined, { Accept: 'application/fhir+xml' }), 406);
}

async function agreesWithDicomweb(lis, all) {
  const study = of(all, 'ImagingStudy')[0];
  const uid = study.identifier[0].value.replace('urn:oid:', '');
  // Results are further series there.
  const { body } = await lis('GET', `/dicomweb/studies/${uid}/instances?Modality=SM`);
  const stored = body.map((instance) => instance['00080018'].Value[0]).sort();
  assert.deepEqual(study.series[0].instance.map((instance) => instance.uid).sort(), stored);
}

async function scored(admin, slide) {
  for (let n = 0; n < 600; n += 1) {
    const { body } = await admin('GET', `/api/v1/slides/${slide}`);
    if (body.status.state === 'scored') return;
    assert.ok(!['held', 'quarantined'].includes(body.status.state), JSON.stringify(body));
    await new Promise((done) => setTimeout(done, 200));
  }
  throw new Error('the slide was not scored in two minutes');
}

async function main() {
  run('phantom', slideFile, '--size', '4096', '--tumour', '0.2', '--grade', '3', '--seed', '90002');
  const server = await start(data, join(work, 'fhir-log'), '--research-results', 'marked');
  try {
    const [lis, admin, reader] = [machine(server, data, 'lis'), machine(server, data, 'admin'), await person(server)];
    const refused = await fetch(`${server.base}${FHIR}/metadata`);
    assert.equal(refused.status, 401);
    checked(await refused.json());
    valid(await lis('GET', `${FHIR}/metadata`));

    const made = await orders(lis);
    const pushed = await admin('POST', '/api/v1/slides', readFileSync(slideFile), { 'X-Accession': ACCESSION, 'X-Part': 'A', 'X-Block': 'A1', 'X-Stain': 'H%26E' });
    assert.equal(pushed.status, 201);
    const slide = pushed.body.id;
    await scored(admin, slide);

    const before = await everything(admin);
    holdsTogether(before);
    const ai = holdsWhatMachinesSay(before);
    const [report] = of(before, 'DiagnosticReport');
    assert.equal(report.status, 'preliminary');
    assert.ok(isResearch(report));
    assert.ok(report.result.some((result) => result.reference === `Observation/${ai.id}`));
    assert.ok(of(before, 'Device').every(isResearch));
    await searches(lis, made, before);
    await agreesWithDicomweb(lis, before);
    await takeIn(before);

    const say = async (path, body) => {
      const answer = await reader('POST', path, body);
      assert.equal(answer.status, 201, JSON.stringify(answer.body));
      return answer.body;
    };
    const caseOf = async () => (await reader('GET', `/api/v1/cases/${report.id}`)).body;
    const [result] = (await reader('GET', `/api/v1/slides/${slide}/predictions`)).body.predictions;
    const judged = { task: result.task.id, task_hash: result.task.hash };
    const said = await say(`/api/v1/slides/${slide}/reviews`, { kind: 'accept', ...judged });
    const unsigned = of(await everything(admin), 'Observation').find((o) => o.performer && !o.device);
    assert.equal(unsigned.status, 'preliminary');
    await say(`/api/v1/cases/${report.id}/sign-off`, { seen: (await caseOf()).seen, statement: 'Adenocarcinoma.' });

    const signed = await everything(admin);
    holdsTogether(signed);
    holdsWhatMachinesSay(signed);
    const [final] = of(signed, 'DiagnosticReport');
    assert.equal(final.status, 'final');
    assert.equal(final.conclusion, 'Adenocarcinoma.');
    assert.ok(!isResearch(final));
    const results = final.result.map((r) => of(signed, 'Observation').find((o) => r.reference === `Observation/${o.id}`));
    assert.ok(results.length === 2 && results.every((o) => o.status === 'final' && !o.device && !isResearch(o)));
    assert.equal(of(signed, 'ServiceRequest')[0].status, 'completed');
    assert.ok(of(signed, 'Provenance').some((p) => p.agent[0].type.coding[0].code === 'legal'));
    await searches(lis, made, signed);
    await takeIn(signed);

    const corrected = result.grade?.value === 2 ? 1 : 2;
    await say(`/api/v1/slides/${slide}/reviews`, {
      kind: 'override', ...judged, amends: said.number, reason: 'wrong_grade', text: 'less of it than that',
      finding: { call: result.call, grade: corrected },
    });
    const since = of(await everything(admin), 'Observation').find((o) => o.performer && o.specimen && !o.device);
    assert.equal(component(since, 'judgement')[0].valueCodeableConcept.coding[0].code, 'accept', 'what was signed stands');
    await say(`/api/v1/cases/${report.id}/sign-off`, { seen: (await caseOf()).seen, statement: 'Lower grade.', amendment: 'recounted' });
    const amended = await everything(admin);
    holdsTogether(amended);
    holdsWhatMachinesSay(amended);
    assert.equal(of(amended, 'DiagnosticReport')[0].status, 'amended');
    const read = of(amended, 'Observation').find((o) => o.performer && o.specimen && !o.device);
    assert.equal(read.status, 'amended');
    assert.equal(read.id, since.id);
    assert.equal(component(read, 'grade')[0].valueInteger, corrected);
    await takeIn(amended);

    assert.ok(server.log().includes('answered a request'), 'the log tells of no request');
    assert.ok(!server.log().includes('CANARY'), 'an accession number or a patient is in the log');
  } finally {
    server.stop();
  }
  console.log(`FHIR: ${nChecked} resources valid`);
}

await main();
