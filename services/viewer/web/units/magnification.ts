/** An objective of 10x is by convention 1 µm per pixel, 40x is 0.25. */
const UM_PER_PX_AT_1X = 10;

/** What the number keys 1 to 9 zoom to. */
export const PRESETS = [1, 2, 4, 5, 10, 20, 40, 60, 80] as const;

export function magnification(um_per_px: number): number {
  return UM_PER_PX_AT_1X / um_per_px;
}

export function umPerPixel(magnification: number): number {
  return UM_PER_PX_AT_1X / magnification;
}

/** `0.6×`, `7.3×`, `20×`. */
export function formatMagnification(value: number): string {
  return `${value < 10 ? Number(value.toFixed(1)) : Math.round(value)}×`;
}

/** `0.499 µm/px`. */
export function formatResolution(um_per_px: number): string {
  return `${Number(um_per_px.toPrecision(3))} µm/px`;
}
