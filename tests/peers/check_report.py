"""Reads the reports that a running Coverslip makes, as page and as PDF.

    check_report.py DATA      the data folder of an installation with scored slides

Starts the real binary on a free port over that folder. For every slide and for its case: the page
stands alone; pypdf reads the same words and the same pictures from the PDF as stand on the page, and
every page of the PDF says what the results are for.
"""

import base64
import io
import sys
from html.parser import HTMLParser

from PIL import Image
from pypdf import PdfReader

from check_pyramid import Tally
from running import Server

# Longer words are broken where a line of the PDF ends.
LONGEST_WORD = 14


class Page(HTMLParser):
    """What stands on a page: its words, its pictures, and all that names another place."""

    def __init__(self, text):
        super().__init__()
        self.words, self.pictures, self.tags, self.links = [], [], set(), []
        self.is_text = True
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        self.is_text = tag not in ("style", "title")
        for name, value in attributes:
            if name == "src":
                kind, _, data = value.partition(",")
                self.links += [] if kind == "data:image/jpeg;base64" else [value]
                self.pictures.append(base64.b64decode(data))
            elif name in ("href", "action", "srcset", "data", "poster"):
                self.links.append(value)

    def handle_data(self, data):
        if self.is_text:
            self.words += data.split()


def check(server, path, tally):
    answer = server.get(f"{path}.html")
    tally.check(f"{path}.html", answer.status_code == 200)
    policy = answer.headers["Content-Security-Policy"]
    tally.check("nothing may be fetched", "default-src 'none'" in policy and "no-store" in answer.headers["Cache-Control"])
    page = Page(answer.text)
    tally.check(f"the page stands alone, but for {page.links}", not page.links and not page.tags & {"script", "link", "iframe"})

    answer = server.get(f"{path}.pdf")
    tally.check(f"{path}.pdf", answer.status_code == 200 and answer.headers["Content-Type"] == "application/pdf")
    pdf = PdfReader(io.BytesIO(answer.content), strict=True)
    pages = [one.extract_text() for one in pdf.pages]
    for number, text in enumerate(pages, 1):
        tally.check(f"page {number}: what it is for", "Research use only" in text)
        tally.check(f"page {number}: its number", f"page {number} of {len(pages)}" in text)
    printed = set(" ".join(pages).split())
    short = {word for word in page.words if len(word) <= LONGEST_WORD}
    tally.check(f"{len(short)} words but {sorted(short - printed)}", len(short) > 60 and not short - printed)
    # A report that is made a minute later says so; all else is the same.
    sizes = sorted(Image.open(io.BytesIO(picture)).size for picture in page.pictures)
    found = sorted(image.image.size for one in pdf.pages for image in one.images)
    tally.check(f"pictures of {sizes} but {found}", sizes and sizes == found)
    return page


def main(data):
    tally = Tally()
    with Server(data) as server:
        slides = server.get("/api/v1/slides").json()["slides"]
        assert slides, "there is no slide to report"
        for slide in slides:
            path = f"/api/v1/slides/{slide['id']}"
            page = check(server, f"{path}/report", tally)
            words = " ".join(page.words)
            (result,) = server.get(f"{path}/predictions").json()["predictions"]
            for said in (result["task"]["hash"], result["encoder"]["hash"], "PRELIMINARY, not signed", slide["id"]):
                tally.check(f"the page says {said}", said in words)
            tally.check("a picture a region", len(page.pictures) == 2 + min(8, len(result["top_tiles"])))
            case = server.session.put(server.base + f"{path}/case", json={"accession": "S26-4711", "stain": "H&E"}).json()
        page = check(server, f"/api/v1/cases/{case['id']}/report", tally)
        tally.check("all slides of the case", all(slide["id"] in " ".join(page.words) for slide in slides))
        tally.check("the accession stands in it", "S26-4711" in page.words)
        answer = server.get("/api/v1/slides/" + "0" * 32 + "/report.pdf")
        tally.check("a slide that is not there", answer.status_code == 404)
    print(f"reports of {len(slides)} slides and of their case: {tally.passed} checks passed, {len(tally.failures)} failed")
    sys.exit(bool(tally.failures))


main(sys.argv[1])
