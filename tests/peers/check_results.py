"""Reads what tells of a slide's results by DICOMweb with other people's programs.

    check_results.py DATA      the data folder of an installation with an analysed slide

Starts the real binary on a free port over that folder. highdicom opens the parametric maps, the segmentation, the
annotations and the report, and their values are those of the heatmap and the prediction that REST gives; dciodvfy
finds no error beyond dciodvfy-allow.txt, dsrdump reads the report; the palette is the standard's. Then slide and
results go to an Orthanc by STOW-RS and come back from it as they were.
"""

import base64
import json
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path
from urllib.parse import urlsplit

import highdicom
import numpy as np
import pydicom
from dicomweb_client.api import DICOMwebClient
from pydicom.data import get_palette_files

from check_dicomweb import comparable
from check_pyramid import Tally, check_conformance
from orthanc import Orthanc
from running import Server

EXPLICIT = "1.2.840.10008.1.2.1"
# As dciodvfy names them.
KINDS = {"OT": "ParametricMap", "SEG": "Segmentation", "ANN": "MicroscopyBulkSimpleAnnotations", "SR": "Comprehensive3DSR"}


class Told:
    """The instances of a study that tell of results, by modality, as pydicom reads them from files."""

    def __init__(self, server, client, study, work, tally):
        self.by_modality = {}
        self.files = []
        for found in client.search_for_instances(study):
            modality = found["00080060"]["Value"][0]
            answer = server.get(found["00081190"]["Value"][0], "application/dicom")
            path = work / f"{modality}-{len(self.files)}.dcm"
            path.write_bytes(answer.content)
            data_set = pydicom.dcmread(path)
            self.files.append(path)
            self.by_modality.setdefault(modality, []).append(data_set)
            if modality in KINDS:
                check_conformance(path, tally, KINDS[modality])
                tally.check(f"{path.name}: its syntax", data_set.file_meta.TransferSyntaxUID == EXPLICIT)
        self.slide = self.by_modality["SM"][0]


def rest(server, path):
    return server.get(path, "application/json").json()


def heatmap(server, slide, task, layer):
    grid = rest(server, f"/api/v1/slides/{slide}/heatmaps/{task}/{layer}.json")
    values = np.frombuffer(base64.b64decode(grid["values"]), dtype="<f4")
    return values.reshape(grid["rows"], grid["columns"]), grid["cell_um"]


def check_maps(told, server, slide, prediction, tally):
    layers = [one["layer"] for one in prediction["evidence"]["layers"]]
    tally.check("a map of each layer", len(told.by_modality["OT"]) == len(layers))
    for layer, data_set in zip(layers, told.by_modality["OT"]):
        values, cell_um = heatmap(server, slide, prediction["task"]["id"], layer)
        pmap = highdicom.pm.ParametricMap.from_dataset(data_set)
        where = f"map {layer}"
        tally.check(f"{where}: its size", (pmap.TotalPixelMatrixRows, pmap.TotalPixelMatrixColumns) == values.shape)
        stored = pmap.get_total_pixel_matrix(
            apply_real_world_transform=False, apply_palette_color_lut=False, apply_icc_profile=False
        )
        stored = np.asarray(stored)
        tally.check(f"{where}: gaps", np.array_equal(stored == 0, np.isnan(values)))
        mapping = pmap.SharedFunctionalGroupsSequence[0].RealWorldValueMappingSequence[0]
        slope, intercept = mapping.RealWorldValueSlope, mapping.RealWorldValueIntercept
        real = stored * slope + intercept
        off = np.nanmax(np.abs(np.where(np.isnan(values), np.nan, real - values)))
        tally.check(f"{where}: values, {off} off of {slope}", off <= slope / 2 * 1.001 + 1e-6)
        by_highdicom = np.asarray(pmap.get_total_pixel_matrix(apply_real_world_transform=True, apply_icc_profile=False))
        same = np.abs(np.where(stored == 0, 0, by_highdicom - real)).max()
        tally.check(f"{where}: highdicom's values, {same} off", same < 1e-6)
        spacing = pmap.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence[0].PixelSpacing
        tally.check(f"{where}: spacing", abs(float(spacing[0]) * 1000 - cell_um) < 1e-6)
        tally.check(f"{where}: frame of reference", pmap.FrameOfReferenceUID == told.slide.FrameOfReferenceUID)
        if layer in ("attention", "tile"):
            check_palette(pmap, tally)


def check_palette(pmap, tally):
    (standard,) = [pydicom.dcmread(file) for file in get_palette_files("hotiron.dcm")]
    for colour in ("Red", "Green", "Blue"):
        keyword = f"{colour}PaletteColorLookupTableData"
        ours = np.frombuffer(pmap[keyword].value, "<u2") // 257
        tally.check(f"hot iron: {colour}", np.array_equal(ours, np.frombuffer(standard[keyword].value, np.uint8)))


def check_segmentation(told, server, slide, prediction, tally):
    (data_set,) = told.by_modality["SEG"]
    values, _ = heatmap(server, slide, prediction["task"]["id"], "tile")
    seg = highdicom.seg.Segmentation.from_dataset(data_set)
    found = np.asarray(seg.get_total_pixel_matrix(combine_segments=True))
    with np.errstate(invalid="ignore"):
        expected = values >= (prediction["threshold"] or 0.5)
    tally.check(f"segmentation: {found.sum()} tiles", np.array_equal(found.astype(bool).squeeze(), expected))


def check_annotations(told, prediction, mpp, tally):
    (data_set,) = told.by_modality["ANN"]
    ann = highdicom.ann.MicroscopyBulkSimpleAnnotations.from_dataset(data_set)
    (group,) = ann.get_annotation_groups()
    rectangles = group.get_graphic_data(coordinate_type="2D")
    tiles = prediction["top_tiles"]
    tally.check(f"annotations: {len(rectangles)}", len(rectangles) == len(tiles))
    for rectangle, tile in zip(rectangles, tiles):
        rect = tile["rect_um"]
        expected = np.array([rect["x"], rect["y"], rect["x"] + rect["width"], rect["y"] + rect["height"]]) / mpp
        found = [*rectangle.min(axis=0), *rectangle.max(axis=0)]
        tally.check(f"annotations: {found}", np.allclose(found, expected, rtol=1e-6))
    names, figures, _ = group.get_measurements()
    tally.check(f"annotations: {[name.meaning for name in names]}", len(names) == 2)
    for column, key in enumerate(("attention", "tile_probability")):
        tally.check(f"annotations: {key}", np.allclose(figures[:, column], [tile[key] for tile in tiles], rtol=1e-6))


def items_of(data_set):
    """Every content item of a report with its meaning."""
    for item in data_set.get("ContentSequence", []):
        yield item.ConceptNameCodeSequence[0].CodeMeaning, item
        yield from items_of(item)


def check_report(told, prediction, path, tally):
    (data_set,) = told.by_modality["SR"]
    report = highdicom.sr.Comprehensive3DSR.from_dataset(data_set)
    flags = (report.CompletionFlag, report.VerificationFlag, report.PreliminaryFlag)
    tally.check(f"report: {flags}", flags == ("PARTIAL", "UNVERIFIED", "PRELIMINARY"))
    tally.check("report: its title", data_set.ConceptNameCodeSequence[0].CodeValue == "126000")
    groups = report.content.get_image_measurement_groups()
    tally.check("report: one group of template 1501", len(groups) == 1)
    items = dict(items_of(data_set))
    number = lambda meaning: float(items[meaning].MeasuredValueSequence[0].FloatingPointValue)
    probability = number("Calibrated probability of the finding")
    tally.check(f"report: {probability}", probability == prediction["probability"])
    tally.check("report: tiles", number("Tiles of tissue that were looked at") == prediction["n_instances"])
    call = items["Call of the task"].ConceptCodeSequence[0].CodeMeaning
    tally.check(f"report: {call}", call == prediction["call"]["label"])
    algorithm = (items["Algorithm Name"].TextValue, items["Algorithm Version"].TextValue)
    tally.check(f"report: {algorithm}", algorithm == (prediction["task"]["id"], prediction["task"]["version"]))
    says_hash = prediction["task"]["hash"] in json.dumps(data_set.to_json_dict())
    tally.check("report: the model's hash", says_hash)
    dumped = subprocess.run(["dsrdump", path], capture_output=True, text=True, check=False)
    readable = dumped.returncode == 0 and "PRELIMINARY" in dumped.stdout and "Error" not in dumped.stderr
    tally.check(f"dsrdump: {dumped.stderr}", readable)


def check_orthanc(told, study, work, tally):
    sent = [pydicom.dcmread(file) for file in told.files]
    with Orthanc(work) as orthanc:
        client = DICOMwebClient(orthanc.root, session=orthanc.session)
        stored = client.store_instances(sent)
        tally.check("Orthanc stores all", len(stored.ReferencedSOPSequence) == len(sent))
        for file, data_set in zip(told.files, sent):
            url = f"{orthanc.base}/tools/lookup"
            (found,) = orthanc.session.post(url, data=str(data_set.SOPInstanceUID)).json()
            url = f"{orthanc.base}/instances/{found['ID']}/file"
            (work / "back.dcm").write_bytes(orthanc.session.get(url).content)
            back = pydicom.dcmread(work / "back.dcm")
            tally.check(f"Orthanc: {file.name} comes back", comparable(back) == comparable(data_set))
            same = back.get("PixelData") == data_set.get("PixelData")
            tally.check(f"Orthanc: {file.name}, its pixels", same)
        modalities = {one["00080060"]["Value"][0] for one in client.search_for_series(study)}
        tally.check(f"Orthanc finds {modalities}", modalities == set(told.by_modality))


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    data, tally = sys.argv[1], Tally()
    warnings.simplefilter("ignore")
    (slide,) = [folder.name for folder in Path(data).glob("objects/slides/*")]
    with Server(data) as server, tempfile.TemporaryDirectory() as work:
        client = DICOMwebClient(server.base + "/dicomweb", session=server.session)
        client.set_http_retry_params(retry=False)
        client.host = urlsplit(server.base).netloc
        (found,) = client.search_for_studies()
        study = found["0020000D"]["Value"][0]
        tally.check(f"modalities {found['00080061']['Value']}", found["00080061"]["Value"] == ["ANN", "OT", "SEG", "SM", "SR"])
        (prediction,) = rest(server, f"/api/v1/slides/{slide}/predictions")["predictions"]
        mpp = rest(server, f"/api/v1/slides/{slide}")["mpp"]
        told = Told(server, client, study, Path(work), tally)
        check_maps(told, server, slide, prediction, tally)
        check_segmentation(told, server, slide, prediction, tally)
        check_annotations(told, prediction, mpp, tally)
        report = next(file for file in told.files if file.name.startswith("SR"))
        check_report(told, prediction, report, tally)
        check_orthanc(told, study, Path(work), tally)
    print(f"{tally.passed} passed, {len(tally.failures)} failed")
    sys.exit(1 if tally.failures else 0)


if __name__ == "__main__":
    main()
