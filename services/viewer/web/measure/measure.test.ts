import { describe, expect, test } from 'vitest';
import { asGeometry, sizeWords } from './as-annotation';
import { Draft } from './draft';
import { MeasurementKeeper } from './keeper';
import { area_um2, boundsOf, length_um, type Measurement, measureWords, type Place } from './measurement';

const SQUARE: Place[] = [[90_000, 50_000], [90_400, 50_000], [90_400, 50_400], [90_000, 50_400]];

describe('a measurement', () => {
  test('of a line is the distance between its ends', () => {
    const line: Measurement = { kind: 'line', places: [[10, 20], [310, 420]] };
    expect(length_um(line)).toBe(500);
    expect(measureWords(line)).toBe('500 µm');
  });

  test('of an area is what its corners enclose, whichever way round', () => {
    expect(area_um2(SQUARE)).toBe(160_000);
    expect(area_um2([...SQUARE].reverse())).toBe(160_000);
    expect(length_um({ kind: 'area', places: SQUARE })).toBe(1600);
    expect(measureWords({ kind: 'area', places: SQUARE })).toBe('0.16 mm², 1.6 mm around');
    expect(area_um2([[0, 0], [30, 0], [0, 40]])).toBe(600);
  });

  test('has bounds to show it by', () => {
    expect(boundsOf({ kind: 'area', places: SQUARE })).toEqual({ x: 90_000, y: 50_000, width: 400, height: 400 });
  });
});

describe('a measurement that is kept with the slide', () => {
  test('has the same size as an annotation', () => {
    const line: Measurement = { kind: 'line', places: [[10, 20], [310, 420]] };
    expect(asGeometry(line, 0.5)).toEqual({ type: 'LineString', coordinates: [[20, 40], [620, 840]] });
    expect(sizeWords(asGeometry(line, 0.5), 0.5)).toBe('500 µm');
    const area: Measurement = { kind: 'area', places: SQUARE };
    const geometry = asGeometry(area, 0.25);
    expect(geometry.type === 'Polygon' && geometry.coordinates[0]!.at(-1)).toEqual([360_000, 200_000]);
    expect(sizeWords(geometry, 0.25)).toBe(measureWords(area));
    expect(sizeWords({ type: 'Point', coordinates: [1, 2] }, 0.5)).toBeNull();
  });
});

describe('a draft', () => {
  test('of a line ends with its second place', () => {
    const draft = new Draft('line');
    expect(draft.add([0, 0], 5)).toBeNull();
    expect(draft.add([3, 0], 5)).toBeNull();
    expect(draft.add([100, 0], 5)).toEqual({ kind: 'line', places: [[0, 0], [100, 0]] });
  });

  test('of an area ends where it began, but not before it encloses anything', () => {
    const draft = new Draft('area');
    draft.add([0, 0], 5);
    draft.add([100, 0], 5);
    expect(draft.add([101, 1], 5)).toBeNull();
    expect(draft.finish()).toBeNull();
    draft.add([100, 100], 5);
    expect(draft.add([2, 2], 5)?.places).toEqual([[0, 0], [100, 0], [100, 100]]);
  });

  test('gives a place back', () => {
    const draft = new Draft('area');
    for (const place of SQUARE) draft.add(place, 5);
    draft.takeBack();
    expect(draft.finish()?.places).toEqual(SQUARE.slice(0, 3));
  });
});

describe('the keeper', () => {
  function storage(): Pick<Storage, 'getItem' | 'setItem'> & { kept: Map<string, string> } {
    const kept = new Map<string, string>();
    return { kept, getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => void kept.set(key, value) };
  }

  test('gives each slide its own', () => {
    const shelf = storage();
    const area: Measurement = { kind: 'area', places: SQUARE };
    new MeasurementKeeper('one', shelf).write([area]);
    expect(new MeasurementKeeper('one', shelf).read()).toEqual([area]);
    expect(new MeasurementKeeper('two', shelf).read()).toEqual([]);
  });

  test('drops what it does not understand', () => {
    const shelf = storage();
    const keeper = new MeasurementKeeper('one', shelf);
    keeper.write([]);
    const key = [...shelf.kept.keys()][0]!;
    for (const text of ['{', '{}', '[1, null, {"kind":"line","places":[[1,2]]}]', '[{"kind":"area","places":[[1,2],[3,4],["5",6]]}]']) {
      shelf.kept.set(key, text);
      expect(keeper.read()).toEqual([]);
    }
  });
});
