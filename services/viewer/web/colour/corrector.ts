import { bindTexture, PixelProgram } from '../graphics/program';
import { say } from '../words/say';
import { type Lookup, SIDE } from './lookup';

/** Mixes eight steps of the lookup; the outermost steps lie in the middle of the outermost texels. */
const FRAGMENTS = `#version 300 es
precision highp float;
precision highp sampler3D;
uniform sampler2D tile;
uniform sampler3D lookup;
out vec4 colour;
void main() {
  ivec2 size = textureSize(tile, 0);
  vec4 scanned = texelFetch(tile, ivec2(gl_FragCoord.x, float(size.y) - gl_FragCoord.y), 0);
  vec3 place = (scanned.rgb * ${SIDE - 1}.0 + 0.5) / ${SIDE}.0;
  colour = vec4(clamp(texture(lookup, place).rgb, 0.0, 1.0), 1.0) * scanned.a;
}`;

/** Corrects pictures by a lookup, on the graphics card. */
export class Corrector {
  private readonly canvas = document.createElement('canvas');
  private readonly program: PixelProgram;

  /** Throws where the browser has no WebGL2. */
  constructor(lookup: Lookup) {
    const gl = this.canvas.getContext('webgl2', { antialias: false, depth: false });
    if (gl === null) throw new Error(say('this browser has no WebGL2, which corrects the colours: use a current browser'));
    this.program = new PixelProgram(gl, FRAGMENTS);
    this.program.use();
    // The pixels count as they were scanned, whatever profile a browser would read into them.
    gl.pixelStorei(gl.UNPACK_COLORSPACE_CONVERSION_WEBGL, gl.NONE);
    bindTexture(gl, 0, gl.TEXTURE_2D, 'nearest');
    bindTexture(gl, 1, gl.TEXTURE_3D, 'linear');
    gl.texImage3D(gl.TEXTURE_3D, 0, gl.RGB16F, SIDE, SIDE, SIDE, 0, gl.RGB, gl.FLOAT, lookup);
    gl.uniform1i(this.program.uniform('tile'), 0);
    gl.uniform1i(this.program.uniform('lookup'), 1);
  }

  /** The same picture in sRGB. */
  correct(picture: CanvasRenderingContext2D): CanvasRenderingContext2D {
    const { gl } = this.program;
    const { width, height } = picture.canvas;
    if (this.canvas.width !== width) this.canvas.width = width;
    if (this.canvas.height !== height) this.canvas.height = height;
    gl.viewport(0, 0, width, height);
    gl.activeTexture(gl.TEXTURE0);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, picture.canvas);
    this.program.draw();
    picture.drawImage(this.canvas, 0, 0);
    return picture;
  }

  close(): void {
    this.program.gl.getExtension('WEBGL_lose_context')?.loseContext();
  }
}
