// In the browser: shows what a study holds as Slim does, each series by itself. `window.slim` is what the check calls.
const { metadata, viewer: viewers } = window.dicomMicroscopyViewer;
const { DICOMwebClient } = window.DICOMwebClient.api;

const container = document.getElementById('viewport');
const problems = [];
let series;
let levels;
let viewer;
let map;
let looked;
let isBlurred = true;

window.slim = {
  async open(token) {
    const client = new DICOMwebClient({
      url: `${location.origin}/dicomweb`,
      headers: { Authorization: `Bearer ${token}` },
    });
    const [study] = await client.searchForStudies();
    series = await allSeries(client, study['0020000D'].Value[0]);
    const images = of('SM').flat().map((one) => new metadata.VLWholeSlideMicroscopyImage({ metadata: one }));
    levels = images.filter(({ ImageType }) => ['VOLUME', 'THUMBNAIL'].includes(ImageType[2]));
    viewer = new viewers.VolumeImageViewer({ client, metadata: levels, errorInterceptor: noted });
    map = viewer.getMap();
    viewer.render({ container });
    // Colour profiles come before the slide.
    while (map.getTarget() === undefined) await new Promise((next) => requestAnimationFrame(next));
    return series.map(({ modality, instances }) => `${modality} ${instances.length}`).sort();
  },

  /** So many slide pixels to a pixel of the page, around this slide pixel. */
  async look(place) {
    looked = place;
    await drawn();
  },

  /** Where slide pixels are on the page. */
  places: (points) => points.map((point) => map.getPixelFromCoordinate(at(point))),

  addMaps() {
    for (const maps of ofSlide('OT', metadata.ParametricMap)) viewer.addParameterMappings(maps);
    return viewer.getAllParameterMappings().map(({ uid, label }) => {
      const [{ SharedFunctionalGroupsSequence: groups }] = viewer.getParameterMappingMetadata(uid);
      const [{ RealWorldValueSlope: slope, RealWorldValueIntercept: intercept }] = groups[0].RealWorldValueMappingSequence;
      const [{ WindowCenter: center, WindowWidth: width }] = groups[0].FrameVOILUTSequence;
      const { data: colours } = viewer.getParameterMappingStyle(uid).paletteColorLookupTable;
      return { uid, label, slope, intercept, center, width, colours };
    });
  },

  /** As neighbours are drawn into each other, and how much of the slide is seen behind. */
  async showMap(uid, { opacity, blurred }) {
    if (blurred !== isBlurred) viewer.toggleParametricMapInterpolation();
    isBlurred = blurred;
    viewer.showParameterMapping(uid, { opacity });
    await drawn();
  },

  async hideMap(uid) {
    viewer.hideParameterMapping(uid);
    await drawn();
  },

  async showSegments() {
    for (const found of ofSlide('SEG', metadata.Segmentation)) viewer.addSegments(found);
    for (const { uid } of viewer.getAllSegments()) viewer.showSegment(uid);
    await drawn();
    return viewer.getAllSegments().map(({ label }) => label);
  },

  async hideSegments() {
    for (const { uid } of viewer.getAllSegments()) viewer.hideSegment(uid);
    await drawn();
  },

  async showAnnotations() {
    for (const instance of of('ANN').flat()) {
      viewer.addAnnotationGroups(new metadata.MicroscopyBulkSimpleAnnotations({ metadata: instance }));
    }
    for (const { uid } of viewer.getAllAnnotationGroups()) viewer.showAnnotationGroup(uid);
    await drawn();
    return viewer.getAllAnnotationGroups().map(({ label }) => label);
  },

  bare: (isBare) => container.classList.toggle('bare', isBare),
  problems: () => problems,
};

async function allSeries(client, studyInstanceUID) {
  const found = await client.searchForSeries({ studyInstanceUID });
  return Promise.all(
    found.map(async (one) => ({
      modality: one['00080060'].Value[0],
      instances: await client.retrieveSeriesMetadata({ studyInstanceUID, seriesInstanceUID: one['0020000E'].Value[0] }),
    })),
  );
}

function of(wanted) {
  return series.filter(({ modality }) => modality === wanted).map(({ instances }) => instances);
}

/** Slim passes over what is not of the slide's frame of reference and of its container, and takes the rest of a series as one. */
function ofSlide(modality, Kind) {
  const [level] = levels;
  const isOfSlide = (one) =>
    one.FrameOfReferenceUID === level.FrameOfReferenceUID && one.ContainerIdentifier === level.ContainerIdentifier;
  const all = of(modality).map((instances) => instances.map((one) => new Kind({ metadata: one })).filter(isOfSlide));
  return all.filter(({ length }) => length > 0);
}

/** Its rows go down from -1. */
function at([x, y]) {
  return [x, -1 - y];
}

function noted(error) {
  problems.push(`viewer: ${error.message}`);
  return error;
}

/** Waits until all that is in sight has come and was drawn. Whatever is shown anew moves the view: it is moved back. */
function drawn() {
  const view = map.getView();
  view.cancelAnimations();
  view.setResolution(looked.resolution);
  view.setCenter(at([looked.x, looked.y]));
  return new Promise((done) => {
    map.once('rendercomplete', done);
    map.render();
  });
}
