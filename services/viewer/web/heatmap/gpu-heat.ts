import { bindTexture, PixelProgram } from '../graphics/program';
import type { Frame } from '../slide/frame';
import { say } from '../words/say';
import type { Grid } from './grid';
import type { HeatPainter } from './painter';
import { LEAST_COVER, type Shading } from './shading';

/** Stands for "no value": what drivers make of NaN differs. */
const NO_VALUE = -3e38;

/**
 * Finds the cell under a pixel and colours its value. The cell in the middle of the window is counted in
 * whole numbers, so that single precision is exact at any zoom.
 */
const FRAGMENTS = `#version 300 es
precision highp float;
precision highp int;
uniform highp sampler2D values;
uniform sampler2D palette;
uniform vec2 middle;      // of the window, in pixels
uniform ivec2 cell;       // in the middle of the window
uniform vec2 within;      // where in that cell, from 0 to 1
uniform mat2 cells;       // a pixel
uniform vec2 range;       // of values, from the first to the last colour
uniform float threshold;
uniform bool isSigned;
uniform bool fades;
uniform float opacity;
out vec4 colour;
void main() {
  vec2 pixel = vec2(gl_FragCoord.x - middle.x, middle.y - gl_FragCoord.y);
  ivec2 at = cell + ivec2(floor(within + cells * pixel));
  ivec2 size = textureSize(values, 0);
  colour = vec4(0.0);
  if (any(lessThan(at, ivec2(0))) || any(greaterThanEqual(at, size))) return;
  float value = texelFetch(values, at, 0).r;
  if (value < -1e38 || (isSigned ? abs(value) : value) < threshold) return;
  float span = range.y - range.x;
  float share = span > 0.0 ? clamp((value - range.x) / span, 0.0, 1.0) : step(range.y, value);
  float strength = isSigned ? abs(2.0 * share - 1.0) : share;
  float cover = opacity * (fades ? mix(${LEAST_COVER.toFixed(3)}, 1.0, strength) : 1.0);
  colour = vec4(texelFetch(palette, ivec2(round(share * 255.0), 0), 0).rgb * cover, cover);
}`;

/** Colours values on the graphics card, anew for every picture: a change of colours costs nothing. */
export class GpuHeat implements HeatPainter {
  private grid: Grid | null = null;
  private shading: Shading | null = null;

  private constructor(
    readonly element: HTMLCanvasElement,
    private readonly program: PixelProgram,
  ) {
    const { gl } = program;
    program.use();
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
    bindTexture(gl, 0, gl.TEXTURE_2D, 'nearest');
    bindTexture(gl, 1, gl.TEXTURE_2D, 'nearest');
    gl.uniform1i(program.uniform('values'), 0);
    gl.uniform1i(program.uniform('palette'), 1);
  }

  /** `null` where the browser has no WebGL2. */
  static start(): GpuHeat | null {
    const canvas = document.createElement('canvas');
    canvas.className = 'overlays';
    const gl = canvas.getContext('webgl2', { antialias: false, depth: false });
    return gl === null ? null : new GpuHeat(canvas, new PixelProgram(gl, FRAGMENTS));
  }

  show(grid: Grid, shading: Shading): void {
    const { gl } = this.program;
    if (grid !== this.grid) this.upload(grid);
    gl.activeTexture(gl.TEXTURE1);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGB, 256, 1, 0, gl.RGB, gl.UNSIGNED_BYTE, Uint8Array.from(shading.palette));
    this.grid = grid;
    this.shading = shading;
  }

  draw(_context: CanvasRenderingContext2D, frame: Frame): void {
    const { grid, shading } = this;
    if (grid === null || shading === null || this.program.gl.isContextLost()) return;
    this.element.hidden = shading.opacity === 0;
    if (this.element.hidden) return;
    this.fit(frame);
    this.place(frame, grid.cell_um);
    this.colour(shading);
    this.program.draw();
  }

  close(): void {
    this.element.remove();
    this.program.gl.getExtension('WEBGL_lose_context')?.loseContext();
  }

  private upload({ columns, rows, values }: Grid): void {
    const { gl } = this.program;
    const largest = Number(gl.getParameter(gl.MAX_TEXTURE_SIZE));
    if (Math.max(columns, rows) > largest) {
      throw new Error(say('this graphics card shows heatmaps of up to {largest} columns', { largest }));
    }
    gl.activeTexture(gl.TEXTURE0);
    const held = values.map((value) => (Number.isNaN(value) ? NO_VALUE : value));
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.R32F, columns, rows, 0, gl.RED, gl.FLOAT, held);
  }

  private fit({ window, density }: Frame): void {
    const [width, height] = [Math.round(window.width * density), Math.round(window.height * density)];
    if (this.element.width !== width) this.element.width = width;
    if (this.element.height !== height) this.element.height = height;
    this.program.gl.viewport(0, 0, width, height);
  }

  private place({ view, density }: Frame, cell_um: number): void {
    const { gl } = this.program;
    const [x, y] = [view.x_um / cell_um, view.y_um / cell_um];
    const scale = view.um_per_px / density / cell_um;
    const radians = (view.degrees * Math.PI) / 180;
    const [cos, sin] = [Math.cos(radians) * scale, Math.sin(radians) * scale];
    gl.uniform2f(this.program.uniform('middle'), this.element.width / 2, this.element.height / 2);
    gl.uniform2i(this.program.uniform('cell'), Math.floor(x), Math.floor(y));
    gl.uniform2f(this.program.uniform('within'), x - Math.floor(x), y - Math.floor(y));
    // Column by column: the way back from a turned window to the glass.
    gl.uniformMatrix2fv(this.program.uniform('cells'), false, [cos, -sin, sin, cos]);
  }

  private colour({ range, settings, isSigned, opacity }: Shading): void {
    const { gl } = this.program;
    gl.uniform2f(this.program.uniform('range'), range.min, range.max);
    gl.uniform1f(this.program.uniform('threshold'), settings.threshold ?? -1e37);
    gl.uniform1i(this.program.uniform('isSigned'), Number(isSigned));
    gl.uniform1i(this.program.uniform('fades'), Number(settings.emphasis === 'fade'));
    gl.uniform1f(this.program.uniform('opacity'), opacity);
  }
}
