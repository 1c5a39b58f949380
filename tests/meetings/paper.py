"""A report's PDF, and its words as poppler finds them on the pages."""

import re
import subprocess
import unicodedata

from meetings import work
from meetings.actions.reports import make_report
from meetings.reports.collect import collect
from portal.core.acting import THE_PORTAL


def paper(meeting, tmp_path, language="ar", audience="participants", **fields):
    """The path of the PDF."""
    data = collect(meeting, language=language, audience=audience, **fields)
    report, _new = make_report(meeting, language=language, audience=audience, data=data, by=THE_PORTAL)
    path = tmp_path / f"{language}-{audience}.pdf"
    path.write_bytes(work.render(report))
    return path


def pages(path):
    """The lines of each page; the last one is its foot."""
    said = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True).stdout
    return [
        [" ".join(line.split()) for line in page.splitlines() if line.strip()] for page in _bare(said).split("\f")[:-1]
    ]


def _bare(text):
    """Without what readers of the text layer add, and without the vowel signs, whose place they do not agree on."""
    return "".join(letter for letter in text if unicodedata.category(letter) not in {"Cf", "Mn"})


def words(path):
    """(page, left, top, right, word), in points from the upper left corner."""
    said = subprocess.run(["pdftotext", "-bbox", path, "-"], capture_output=True, text=True, check=True).stdout
    found = []
    for number, page in enumerate(said.split("<page ")[1:], start=1):
        for left, top, right, word in re.findall(
            r'xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="[\d.]+">(.*?)</word>', page
        ):
            found.append((number, float(left), float(top), float(right), _bare(word)))
    return found


def place(path, word):
    """(page, left, top, right) of the first such word; Arabic ones are told as they lie, from the left."""
    return next(row[:4] for row in words(path) if row[4] in {word, word[::-1]})


def whole(path):
    return " ".join(" ".join(page) for page in pages(path))
