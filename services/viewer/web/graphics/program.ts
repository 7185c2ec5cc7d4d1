import { say } from '../words/say';

/** Two triangles over all of the canvas. */
const VERTICES = `#version 300 es
void main() {
  gl_Position = vec4(vec2(gl_VertexID & 1, gl_VertexID >> 1) * 4.0 - 1.0, 0.0, 1.0);
}`;

/** A WebGL2 program that computes every pixel of its canvas by one fragment shader. */
export class PixelProgram {
  private readonly program: WebGLProgram;
  private readonly places = new Map<string, WebGLUniformLocation | null>();

  constructor(
    readonly gl: WebGL2RenderingContext,
    fragments: string,
  ) {
    this.program = gl.createProgram();
    for (const [kind, source] of [[gl.VERTEX_SHADER, VERTICES], [gl.FRAGMENT_SHADER, fragments]] as const) {
      const shader = gl.createShader(kind);
      if (shader === null) throw new Error(say('the graphics card has no memory left: close other pages'));
      gl.shaderSource(shader, source);
      gl.compileShader(shader);
      gl.attachShader(this.program, shader);
    }
    gl.linkProgram(this.program);
    if (!gl.getProgramParameter(this.program, gl.LINK_STATUS) && !gl.isContextLost()) {
      throw new Error(say('the graphics card refuses a program: {log}', { log: gl.getProgramInfoLog(this.program) ?? '' }));
    }
  }

  uniform(name: string): WebGLUniformLocation | null {
    if (!this.places.has(name)) this.places.set(name, this.gl.getUniformLocation(this.program, name));
    return this.places.get(name)!;
  }

  /** Makes it the program that uniforms are set of. */
  use(): void {
    this.gl.useProgram(this.program);
  }

  draw(): void {
    this.gl.drawArrays(this.gl.TRIANGLES, 0, 3);
  }
}

/** A texture on a unit of its own, whose values are read as they are or, if linear, mixed. */
export function bindTexture(
  gl: WebGL2RenderingContext,
  unit: number,
  target: GLenum,
  filter: 'nearest' | 'linear',
): WebGLTexture {
  const texture = gl.createTexture();
  gl.activeTexture(gl.TEXTURE0 + unit);
  gl.bindTexture(target, texture);
  const value = filter === 'linear' ? gl.LINEAR : gl.NEAREST;
  gl.texParameteri(target, gl.TEXTURE_MIN_FILTER, value);
  gl.texParameteri(target, gl.TEXTURE_MAG_FILTER, value);
  for (const side of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T, gl.TEXTURE_WRAP_R]) {
    gl.texParameteri(target, side, gl.CLAMP_TO_EDGE);
  }
  return texture;
}
