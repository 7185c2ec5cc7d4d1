// The least page that shows a slide of iipsrv, with the settings of our own viewer that bear on speed. The address
// says which slide, and where on the page: SLIDE?x=&y=&width=&height=
const query = new URLSearchParams(location.search);
const stage = document.getElementById('stage');
for (const [side, name] of [['left', 'x'], ['top', 'y'], ['width', 'width'], ['height', 'height']]) {
  stage.style[side] = `${query.get(name)}px`;
}
const viewer = OpenSeadragon({
  element: stage,
  tileSources: `/iipsrv.fcgi?DeepZoom=${query.get('slide')}.dzi`,
  drawer: 'canvas',
  showNavigationControl: false,
  showNavigator: true,
  navigatorPosition: 'TOP_RIGHT',
  navigatorSizeRatio: 0.18,
  animationTime: 0.5,
  springStiffness: 9,
  blendTime: 0.08,
  visibilityRatio: 0.25,
  maxImageCacheCount: 800,
  imageLoaderLimit: 8,
  gestureSettingsMouse: { clickToZoom: false, dblClickToZoom: true, flickEnabled: true },
});
viewer.addHandler('open', () => {
  const image = viewer.world.getItemAt(0);
  const say = (isLoaded) => (stage.dataset.loaded = String(isLoaded));
  image.addHandler('fully-loaded-change', ({ fullyLoaded }) => say(fullyLoaded));
  say(image.getFullyLoaded());
});
viewer.addHandler('tile-load-failed', () => (stage.dataset.failed = String(Number(stage.dataset.failed ?? 0) + 1)));
