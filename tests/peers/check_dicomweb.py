"""Asks a running Coverslip by DICOMweb with other people's clients and compares with what is stored.

    check_dicomweb.py DATA      the data folder of an installation with tiled slides

Starts the real binary on a free port over that folder. For every slide: dicomweb-client finds its
study, series and instances; metadata is what pydicom reads from the file; frames, bulk data and
whole instances are the stored bytes; dciodvfy finds no error in what was retrieved; wsidicom reads
the same regions over the network as from the files.
"""

import io
import sys
import tempfile
import warnings
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pydicom
import wsidicom
from dicomweb_client.api import DICOMwebClient
from PIL import Image
from pydicom.encaps import generate_frames
from wsidicom import WsiDicomWebClient

from check_pyramid import Tally, check_conformance, pixels_of
from running import Server

JPEG_BASELINE = "1.2.840.10008.1.2.4.50"
WSI = "1.2.840.10008.5.1.4.1.1.77.1.6"
# They describe how a file is stored, and frames are asked for by their numbers.
OFFSET_TABLES = (0x7FE00001, 0x7FE00002)
SLIM = 'multipart/related; type="application/octet-stream"; transfer-syntax=*'


class Stored:
    """The files of one slide, as pydicom reads them."""

    def __init__(self, directory):
        self.files = sorted(directory.glob("level-*.dcm"))
        self.data_sets = [pydicom.dcmread(file) for file in self.files]
        self.study = self.data_sets[0].StudyInstanceUID
        self.series = self.data_sets[0].SeriesInstanceUID

    def frames(self, level):
        data_set = self.data_sets[level]
        return list(generate_frames(data_set.PixelData, number_of_frames=data_set.NumberOfFrames))


def comparable(data_set):
    """What a data set says, as text, so that numbers read from JSON and from a file are the same."""
    kept = {}
    for element in data_set:
        if element.tag in OFFSET_TABLES or element.tag == 0x7FE00010 or element.tag == 0x00282000:
            continue
        if element.VR == "SQ":
            kept[element.tag] = [comparable(item) for item in element.value]
        elif element.VR in ("DS", "FL", "FD"):
            many = element.value if element.VM > 1 else [element.value]
            kept[element.tag] = [round(float(value), 9) for value in many if value not in (None, "")]
        else:
            kept[element.tag] = str(element.value or "")
    return kept


def check_search(client, stored, tally):
    (study,) = client.search_for_studies(search_filters={"StudyInstanceUID": stored.study})
    tally.check("search finds the study", study["0020000D"]["Value"] == [stored.study])
    # The server analyses its slides meanwhile, and results are further instances of the study.
    tally.check("a study counts its instances", study["00201208"]["Value"][0] >= len(stored.files))
    (series,) = client.search_for_series(stored.study, search_filters={"Modality": "SM"})
    tally.check("a series counts its instances", series["00201209"]["Value"] == [len(stored.files)])
    tally.check("search finds the series", series["0020000E"]["Value"] == [stored.series])
    found = client.search_for_instances(
        stored.study,
        stored.series,
        fields=["TotalPixelMatrixColumns", "AvailableTransferSyntaxUID"],
        search_filters={"SOPClassUID": WSI},
    )
    uids = [instance["00080018"]["Value"][0] for instance in found]
    tally.check("search finds the instances", uids == [str(d.SOPInstanceUID) for d in stored.data_sets])
    for instance, data_set in zip(found, stored.data_sets):
        wide = instance["00480006"]["Value"][0]
        tally.check("a field that was included", wide == data_set.TotalPixelMatrixColumns)
        tally.check("the transfer syntax", instance["00083002"]["Value"] == [JPEG_BASELINE])
    tally.check("no other study", not client.search_for_studies(search_filters={"StudyInstanceUID": "1.2.3"}))
    tally.check("no patient", not client.search_for_studies(search_filters={"PatientID": "1"}))


def check_metadata(client, stored, tally):
    lists = [
        [one for one in client.retrieve_study_metadata(stored.study) if one["00080060"]["Value"] == ["SM"]],
        client.retrieve_series_metadata(stored.study, stored.series),
    ]
    for described in lists:
        tally.check("as many descriptions as instances", len(described) == len(stored.files))
    for level, data_set in enumerate(stored.data_sets):
        described = client.retrieve_instance_metadata(stored.study, stored.series, data_set.SOPInstanceUID)
        tally.check(f"level {level}: one metadata whoever asks", all(one[level] == described for one in lists))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            read = pydicom.Dataset.from_json(described)
        expected, found = comparable(data_set), comparable(read)
        differing = [tag for tag in expected.keys() | found.keys() if expected.get(tag) != found.get(tag)]
        tally.check(f"level {level}: metadata differs in {differing}", not differing)
        profile = described["00480105"]["Value"][0]["00282000"]["BulkDataURI"]
        (bytes_of_profile,) = client.retrieve_bulkdata(profile)
        in_file = data_set.OpticalPathSequence[0].ICCProfile
        tally.check(f"level {level}: colour profile", in_file.rstrip(b"\0") == bytes_of_profile.rstrip(b"\0"))


def check_frames(server, client, stored, tally):
    for level, data_set in enumerate(stored.data_sets):
        uids = (stored.study, stored.series, data_set.SOPInstanceUID)
        # Encapsulated frames are padded to an even length; the JPEG in them ends before.
        frames = stored.frames(level)
        numbers = list(range(1, len(frames) + 1))[:40]

        def same(found, numbers=numbers, frames=frames):
            expected = [frames[number - 1] for number in numbers]
            return len(found) == len(expected) and all(a.startswith(b) for a, b in zip(expected, found))

        where = f"level {level}: frames"
        tally.check(f"{where} by default", same(client.retrieve_instance_frames(*uids, numbers)))
        for kind in (("image/jpeg", JPEG_BASELINE), ("application/octet-stream", "*")):
            found = client.retrieve_instance_frames(*uids, numbers, media_types=(kind,))
            tally.check(f"{where} as {kind}", same(found))
        path = "/dicomweb/studies/{}/series/{}/instances/{}".format(*uids)
        for accept in (SLIM, "*/*"):
            answer = server.get(f"{path}/frames/1", accept)
            tally.check(f"{where} for {accept}", answer.status_code == 200 and frames[0].rstrip(b"\0") in answer.content)
        outside = server.get(f"{path}/frames/{len(frames) + 1}", "*/*")
        tally.check(f"{where} outside", outside.status_code == 404 and str(len(frames)) in outside.json()["detail"])
        refused = server.get(f"{path}/frames/1", 'multipart/related; type="image/jp2"')
        tally.check(f"{where} in a form there is not", refused.status_code == 406)
        drawn = client.retrieve_instance_frames_rendered(*uids, [1], media_types=("image/png",))
        decoded = pixels_of(Image.open(io.BytesIO(frames[0])))
        shown = pixels_of(Image.open(io.BytesIO(drawn)))
        inside = decoded[: shown.shape[0], : shown.shape[1]]
        # An edge in colour that is subsampled is smoothed by some decoders and not by others.
        near = np.abs(inside.astype(int) - shown.astype(int)).mean() < 2
        tally.check(f"{where} rendered", near)


def check_instances(client, stored, work, tally):
    for level, (file, data_set) in enumerate(zip(stored.files, stored.data_sets)):
        got = client.retrieve_instance(
            stored.study,
            stored.series,
            data_set.SOPInstanceUID,
            media_types=(("application/dicom", JPEG_BASELINE),),
        )
        tally.check(f"level {level}: pydicom reads the instance", comparable(got) == comparable(data_set))
        path = f"/studies/{stored.study}/series/{stored.series}/instances/{data_set.SOPInstanceUID}"
        answer = client._session.get(client.base_url + path, headers={"Accept": "application/dicom"})
        tally.check(f"level {level}: the stored bytes", answer.content == file.read_bytes())
        retrieved = work / file.name
        retrieved.write_bytes(answer.content)
        check_conformance(retrieved, tally)
    found = client.retrieve_series(stored.study, stored.series)
    uids = [data_set.SOPInstanceUID for data_set in found]
    tally.check("the series is all instances", uids == [d.SOPInstanceUID for d in stored.data_sets])


def regions(level):
    """Places and sizes: corners, the middle, and across tile borders."""
    width, height = level.size.width, level.size.height
    side = min(300, width, height)
    places = [(0, 0), (width - side, height - side), ((width - side) // 2, (height - side) // 2)]
    return [(place, (side, side)) for place in places]


def check_regions(server, stored, tally):
    client = WsiDicomWebClient(DICOMwebClient(server.base + "/dicomweb", session=server.session))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        remote = wsidicom.WsiDicom.open_web(client, stored.study, stored.series)
    with remote, wsidicom.WsiDicom.open(stored.files) as local:
        sizes = [[level.size for level in slide.levels] for slide in (remote, local)]
        tally.check(f"wsidicom sees the same levels: {sizes}", sizes[0] == sizes[1])
        for level in local.levels:
            for place, size in regions(level):
                there = pixels_of(remote.read_region(place, level.level, size))
                here = pixels_of(local.read_region(place, level.level, size))
                tally.check(f"wsidicom: level {level.level} at {place}", np.array_equal(there, here))


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    data = sys.argv[1]
    tally = Tally()
    pyramids = sorted(Path(data).glob("objects/slides/*/pyramid"))
    tally.check("there are slides", bool(pyramids))
    with Server(data) as server, tempfile.TemporaryDirectory() as work:
        client = DICOMwebClient(server.base + "/dicomweb", session=server.session)
        client.set_http_retry_params(retry=False)
        # It sends its host without the port (RFC 9110 section 7.2 wants both), so that links, which name the
        # host that was asked, would lead to port 80.
        client.host = urlsplit(server.base).netloc
        tally.check("all slides are found", len(client.search_for_studies()) == len(pyramids))
        for directory in pyramids:
            stored = Stored(directory)
            check_search(client, stored, tally)
            check_metadata(client, stored, tally)
            check_frames(server, client, stored, tally)
            check_instances(client, stored, Path(work), tally)
            check_regions(server, stored, tally)
    print(f"{tally.passed} passed, {len(tally.failures)} failed")
    sys.exit(1 if tally.failures else 0)


if __name__ == "__main__":
    main()
