"""Stores DICOM slides in a running Coverslip with other people's clients and asks for them again.

    check_stow.py PYRAMID      the level-NN.dcm files of one slide

Starts the real binary on a free port over an empty folder. dicomweb-client stores two slides of one study,
made of the pyramid under UIDs of their own with a patient in the header, and Orthanc's DICOMweb plugin pushes
a third. All are found and retrieved under the UIDs that they came with: frames are the bytes that were sent,
wsidicom reads the same regions, and no patient is in anything that comes back.
"""

import sys
import tempfile
import time
import warnings
from pathlib import Path
from urllib.parse import urlsplit

import pydicom
from dicomweb_client.api import DICOMwebClient
from pydicom.encaps import generate_frames
from pydicom.uid import generate_uid

from check_dicomweb import Stored, check_regions
from check_pyramid import Tally
from orthanc import Orthanc
from running import Server

PATIENT = "CANARY^ANNA"
SAME_UID_OTHER_BYTES = 45070
NO_WHOLE_SLIDE_IMAGE = 290


def instances(directory, study, suffix):
    """The levels as another scanner would send them: new UIDs, a patient, a preamble that is no zeros."""
    series, made = generate_uid(), []
    for file in sorted(directory.glob("level-*.dcm")):
        data_set = pydicom.dcmread(file)
        data_set.StudyInstanceUID = study
        data_set.SeriesInstanceUID = series
        data_set.SOPInstanceUID = generate_uid()
        data_set.file_meta.MediaStorageSOPInstanceUID = data_set.SOPInstanceUID
        data_set.ContainerIdentifier = f"S26-{suffix}"
        data_set.PatientName = PATIENT
        data_set.preamble = b"MZ" + bytes(126)
        made.append(data_set)
    return made


def frames_of(data_set):
    return list(generate_frames(data_set.PixelData, number_of_frames=data_set.NumberOfFrames))


def wait_for_series(client, study, n_series, tally):
    """Slides are found once they are tiled."""
    for _ in range(300):
        found = client.search_for_series(study, search_filters={"Modality": "SM"})
        if len(found) == n_series:
            return
        time.sleep(0.2)
    tally.check(f"{n_series} series of {study} are found, not {len(found)}", False)


def check_came_back(server, client, sent, work, tally):
    full = sent[0]
    uids = (full.StudyInstanceUID, full.SeriesInstanceUID, full.SOPInstanceUID)
    (study,) = client.search_for_studies(search_filters={"StudyInstanceUID": uids[0]})
    tally.check("the study is found", study["0020000D"]["Value"] == [uids[0]])
    got = client.retrieve_instance(*uids)
    named = (got.StudyInstanceUID, got.SeriesInstanceUID, got.SOPInstanceUID)
    tally.check("what is retrieved has the UIDs that were stored", named == uids)
    tally.check("frames are the bytes that were sent", frames_of(got) == frames_of(full))
    folder = work / str(uids[1])
    folder.mkdir()
    for level, data_set in enumerate(client.retrieve_series(*uids[:2])):
        file = folder / f"level-{level:02}.dcm"
        data_set.save_as(file)
        tally.check(f"level {level}: no patient", PATIENT.encode() not in file.read_bytes())
    check_regions(server, Stored(folder), tally)


def check_client(server, client, directory, work, tally):
    study = generate_uid()
    slides = [instances(directory, study, suffix) for suffix in (1, 2)]
    for sent in slides:
        answer = client.store_instances(sent, study)
        tally.check("all are stored", len(answer.ReferencedSOPSequence) == len(sent))
        answer = client.store_instances(sent[:1])
        tally.check("stored again is stored", len(answer.ReferencedSOPSequence) == 1)
    wait_for_series(client, study, len(slides), tally)
    for sent in slides:
        check_came_back(server, client, sent, work, tally)
    changed = slides[0][0]
    changed.Manufacturer = "Somebody else"
    check_refused(server, changed, SAME_UID_OTHER_BYTES, tally)
    changed.SOPClassUID = changed.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.2"
    changed.SOPInstanceUID = changed.file_meta.MediaStorageSOPInstanceUID = generate_uid()
    check_refused(server, changed, NO_WHOLE_SLIDE_IMAGE, tally)


def check_refused(server, data_set, reason, tally):
    """The client only warns of what is not stored."""
    with tempfile.NamedTemporaryFile() as file:
        data_set.save_as(file.name)
        content = Path(file.name).read_bytes()
    head = b"--x\r\nContent-Type: application/dicom\r\n\r\n"
    answer = post(server, head + content + b"\r\n--x--")
    (failed,) = answer.json()["00081198"]["Value"]
    found = (answer.status_code, failed["00081197"]["Value"])
    tally.check(f"{found} and not 409, {reason}", found == (409, [reason]))


def post(server, body):
    kind = 'multipart/related; type="application/dicom"; boundary=x'
    return server.session.post(server.base + "/dicomweb/studies", data=body, headers={"Content-Type": kind})


def check_garbage(server, tally):
    for body in (b"", b"garbage", b"--x--", b"--x\r\n\r\ngarbage\r\n--x--", b"--x\r\n\r\n" + bytes(128) + b"DICM\r\n--x--"):
        status = post(server, body).status_code
        tally.check(f"garbage is answered {status}", status in (400, 409))


def check_orthanc(server, client, directory, work, tally):
    sent = instances(directory, generate_uid(), 3)
    authorization = server.session.headers["Authorization"]
    ours = {"Url": server.base + "/dicomweb/", "HttpHeaders": {"Authorization": authorization}}
    with Orthanc(work, {"coverslip": ours}) as orthanc:
        ids = []
        for number, data_set in enumerate(sent):
            file = work / f"sent-{number}.dcm"
            data_set.save_as(file)
            answer = orthanc.session.post(orthanc.base + "/instances", data=file.read_bytes())
            ids.append(answer.json()["ID"])
        job = {"Resources": ids, "Synchronous": True}
        answer = orthanc.session.post(f"{orthanc.root}/servers/coverslip/stow", json=job)
        tally.check(f"Orthanc pushes: {answer.status_code} {answer.text}", answer.status_code == 200)
    wait_for_series(client, sent[0].StudyInstanceUID, 1, tally)
    check_came_back(server, client, sent, work, tally)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    warnings.simplefilter("ignore")
    directory, tally = Path(sys.argv[1]), Tally()
    with tempfile.TemporaryDirectory() as work, Server(work + "/data", role="admin") as server:
        client = DICOMwebClient(server.base + "/dicomweb", session=server.session)
        client.set_http_retry_params(retry=False)
        client.host = urlsplit(server.base).netloc
        check_garbage(server, tally)
        check_client(server, client, directory, Path(work), tally)
        check_orthanc(server, client, directory, Path(work), tally)
    print(f"{tally.passed} passed, {len(tally.failures)} failed")
    sys.exit(1 if tally.failures else 0)


if __name__ == "__main__":
    main()
