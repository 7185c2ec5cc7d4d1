/** Gives the page the whole screen, or takes it back. */
export function toggleFullScreen(): Promise<void> {
  return document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen();
}
