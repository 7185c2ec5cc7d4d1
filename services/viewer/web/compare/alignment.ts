import type { View } from '../route';

/**
 * How another slide lies against the first: a place `p` of the first is `turn(p) + (x_um, y_um)` there.
 * Both are seen at one scale, so that cells are as large on either.
 */
export interface Alignment {
  x_um: number;
  y_um: number;
  /** Clockwise, from 0 up to 360. */
  degrees: number;
}

/** What the other slide must show beside this view of the first. */
export function toOther(view: View, alignment: Alignment): View {
  const [x, y] = turned(view.x_um, view.y_um, alignment.degrees);
  return {
    x_um: x + alignment.x_um,
    y_um: y + alignment.y_um,
    um_per_px: view.um_per_px,
    degrees: circle(view.degrees - alignment.degrees),
  };
}

/** What the first slide must show beside this view of the other. */
export function toFirst(view: View, alignment: Alignment): View {
  const [x_um, y_um] = turned(view.x_um - alignment.x_um, view.y_um - alignment.y_um, -alignment.degrees);
  return { x_um, y_um, um_per_px: view.um_per_px, degrees: circle(view.degrees + alignment.degrees) };
}

/** The alignment by which two views show the same. */
export function alignmentOf(first: View, other: View): Alignment {
  const degrees = circle(first.degrees - other.degrees);
  const [x, y] = turned(first.x_um, first.y_um, degrees);
  return { x_um: other.x_um - x, y_um: other.y_um - y, degrees };
}

function turned(x: number, y: number, degrees: number): [number, number] {
  const radians = (degrees * Math.PI) / 180;
  const [cos, sin] = [Math.cos(radians), Math.sin(radians)];
  return [cos * x - sin * y, sin * x + cos * y];
}

function circle(degrees: number): number {
  return ((degrees % 360) + 360) % 360;
}
