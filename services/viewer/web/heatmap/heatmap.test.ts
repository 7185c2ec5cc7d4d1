import { beforeAll, describe, expect, test } from 'vitest';
import type { HeatmapFile } from '../api/shapes';
import { COLORMAPS, palette, paletteStep } from './colormap';
import { cellAt, percentile, readGrid, share, shareBelow, sortedValues, valueAt } from './grid';
import { faithfulnessWords } from './layers';
import { FIRST_SETTINGS, type HeatSettings, withLayer, withScale } from './settings';
import { Shading } from './shading';

function file(values: number[], columns: number): HeatmapFile {
  const bytes = new Uint8Array(Float32Array.from(values).buffer);
  const packed = btoa(String.fromCharCode(...bytes));
  return { cell_um: 112, columns, rows: values.length / columns, values: packed };
}

beforeAll(() => {
  // Node has no canvas; only the pixels of ImageData are used.
  globalThis.ImageData = class {
    data: Uint8ClampedArray;
    constructor(
      readonly width: number,
      readonly height: number,
    ) {
      this.data = new Uint8ClampedArray(width * height * 4);
    }
  } as unknown as typeof ImageData;
});

describe('colour maps', () => {
  test('have the ends their authors published', () => {
    const ends = (name: (typeof COLORMAPS)[number]) => {
      const colours = palette(name);
      return [[...colours.slice(0, 3)], [...colours.slice(-3)]];
    };
    expect(ends('viridis')).toEqual([[68, 1, 84], [253, 231, 37]]);
    expect(ends('magma')).toEqual([[0, 0, 4], [252, 253, 191]]);
    expect(ends('coolwarm')).toEqual([[59, 76, 192], [180, 4, 38]]);
  });

  test('the sequential ones grow steadily lighter', () => {
    for (const name of ['viridis', 'magma', 'inferno', 'cividis'] as const) {
      const colours = palette(name);
      const light = Array.from({ length: 256 }, (_, step) => {
        const [red, green, blue] = colours.slice(step * 3, step * 3 + 3) as unknown as number[];
        return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
      });
      for (let step = 8; step < 256; step += 8) {
        expect(light[step]!, `${name} at ${step}`).toBeGreaterThan(light[step - 8]!);
      }
    }
  });

  test('shares outside 0 to 1 take the end colours', () => {
    expect([-3, 0, 0.5, 1, 7].map(paletteStep)).toEqual([0, 0, 128, 255, 255]);
  });
});

describe('a heatmap', () => {
  const grid = readGrid(file([Number.NaN, 0.5, 2, 1, 4, Number.NaN], 3));

  test('is read back with its gaps', () => {
    expect(valueAt(grid, 0, 0)).toBeNull();
    expect(valueAt(grid, 112, 111.9)).toBe(0.5);
    expect(valueAt(grid, 112, 112)).toBe(4);
    expect(valueAt(grid, -1, 0)).toBeNull();
    expect(valueAt(grid, 336, 0)).toBeNull();
  });

  test('that does not fill its grid is refused', () => {
    expect(() => readGrid({ ...file([1, 2], 2), columns: 3 })).toThrow('do not fill');
  });

  test('has percentiles over the values there are', () => {
    const sorted = sortedValues(grid);
    expect([...sorted]).toEqual([0.5, 1, 2, 4]);
    expect([0, 50, 100].map((percent) => percentile(sorted, percent))).toEqual([0.5, 1.5, 4]);
    expect(percentile(new Float32Array(), 50)).toBeNaN();
  });

  test('has a rank for each value, and a place for each cell', () => {
    expect([0.5, 1, 3, 9].map((value) => shareBelow(sortedValues(grid), value))).toEqual([0, 0.25, 0.75, 1]);
    expect(shareBelow(new Float32Array(), 1)).toBe(0);
    expect(cellAt(grid, 130, 50)).toEqual({ x: 112, y: 0, width: 112, height: 112 });
  });

  const settings: HeatSettings = { ...FIRST_SETTINGS, emphasis: 'even', scale: 'value', low: 0, high: 2 };

  function painted(change: Partial<HeatSettings>): (cell: number) => number[] {
    const { data } = new Shading({ ...settings, ...change }, grid).paint(grid);
    return (cell) => [...data.slice(cell * 4, cell * 4 + 4)];
  }

  test('is clear below the threshold and coloured by its range above', () => {
    const pixel = painted({ threshold: 1 });
    expect(pixel(0)).toEqual([0, 0, 0, 0]);
    expect(pixel(1)).toEqual([0, 0, 0, 0]);
    expect(pixel(4)).toEqual([253, 231, 37, 255]);
    expect(pixel(3)).toEqual([...palette('viridis').slice(128 * 3, 128 * 3 + 3), 255]);
  });

  test('lets the slide through where values are low, but never hides them', () => {
    const pixel = painted({ emphasis: 'fade' });
    expect(pixel(4)[3]).toBe(255);
    expect(pixel(1)[3]).toBeGreaterThan(30);
    expect(pixel(1)[3]).toBeLessThan(pixel(3)[3]!);
    expect(pixel(0)[3]).toBe(0);
  });

  test('has the same ends whether they are said as percentiles or as values', () => {
    const asPercentiles = { ...settings, scale: 'percentile' as const, low: 0, high: 100 };
    expect(new Shading(asPercentiles, grid).range).toEqual({ min: 0.5, max: 4 });
    expect(withScale(asPercentiles, 'value', grid)).toMatchObject({ scale: 'value', low: 0.5, high: 4 });
  });

  test('with one value everywhere still has a colour', () => {
    expect(share(3, { min: 3, max: 3 })).toBe(1);
    expect(share(2, { min: 3, max: 3 })).toBe(0);
  });
});

describe('a signed layer', () => {
  const grid = readGrid(file([-1, 0, 4, Number.NaN], 2));
  const settings = withLayer({ ...FIRST_SETTINGS, colormap: 'magma' }, 'leave_out');

  test('has 0 in the middle of diverging colours', () => {
    expect(settings.colormap).toBe('coolwarm');
    const { range } = new Shading({ ...settings, high: 100 }, grid);
    expect(range).toEqual({ min: -4, max: 4 });
    expect(new Shading({ ...settings, scale: 'value', high: 2 }, grid).range).toEqual({ min: -2, max: 2 });
  });

  test('is clear where nothing speaks for or against, and below the threshold on both sides', () => {
    const cover = (change: Partial<HeatSettings>) => {
      const { data } = new Shading({ ...settings, high: 100, ...change }, grid).paint(grid);
      return [0, 1, 2, 3].map((cell) => data[cell * 4 + 3]!);
    };
    const [against, nothing, speaksFor, none] = cover({ emphasis: 'fade' });
    expect(none).toBe(0);
    expect(nothing).toBeLessThan(against!);
    expect(against).toBeLessThan(speaksFor!);
    expect(cover({ emphasis: 'even', threshold: 0.5 })).toEqual([255, 0, 255, 0]);
  });

  test('gives back sequential colours when another layer is chosen', () => {
    expect(withLayer(settings, 'attention').colormap).toBe('viridis');
  });
});

test('faithfulness is one figure, and says so where it cannot be told', () => {
  expect(faithfulnessWords({ deletion: 0.9, insertion: 0.7 }).short).toBe('faithfulness 0.80');
  expect(faithfulnessWords({ deletion: 0.9, insertion: null }).short).toBe('faithfulness 0.90');
  expect(faithfulnessWords({ deletion: null, insertion: null }).short).toBe('faithfulness cannot be told');
});
