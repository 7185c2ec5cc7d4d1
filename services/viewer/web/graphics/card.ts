/** What WebGL calls itself where the processor computes it. */
const SOFTWARE = /swiftshader|llvmpipe|softpipe|software|basic render/i;

let known: boolean | null = null;

/**
 * Whether a graphics card draws. A browser without one may still offer WebGL, which the processor then
 * computes; the plain canvas draws the same pictures several times as fast.
 */
export function hasGraphicsCard(): boolean {
  known ??= looksLikeCard();
  return known;
}

function looksLikeCard(): boolean {
  const context = document.createElement('canvas').getContext('webgl2', { failIfMajorPerformanceCaveat: true });
  if (context === null) return false;
  const info = context.getExtension('WEBGL_debug_renderer_info');
  const name: unknown = context.getParameter(info?.UNMASKED_RENDERER_WEBGL ?? context.RENDERER);
  context.getExtension('WEBGL_lose_context')?.loseContext();
  return !SOFTWARE.test(String(name));
}
