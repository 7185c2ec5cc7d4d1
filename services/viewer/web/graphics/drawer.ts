/** What draws the slide: a graphics card, or the processor. */
export type Drawer = 'webgl' | 'canvas';

/** What WebGL calls itself where the processor computes it. */
const SOFTWARE = /swiftshader|llvmpipe|softpipe|software|basic render/i;

/**
 * A browser without a graphics card may still offer WebGL, which the processor then computes; the
 * plain canvas draws the same tiles many times as fast.
 */
export function fittingDrawer(): Drawer {
  const context = document.createElement('canvas').getContext('webgl2', { failIfMajorPerformanceCaveat: true });
  if (context === null) return 'canvas';
  const info = context.getExtension('WEBGL_debug_renderer_info');
  const name: unknown = context.getParameter(info?.UNMASKED_RENDERER_WEBGL ?? context.RENDERER);
  context.getExtension('WEBGL_lose_context')?.loseContext();
  return SOFTWARE.test(String(name)) ? 'canvas' : 'webgl';
}
