"""The papers that the portal makes, as a text to be searched: what was really printed in the long walk, and the pages
that go to the printer in the quick one."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from portal.core import pdf
from tests.security.conftest import LONG


class Unprinted:
    """Stands for WeasyPrint's HTML, and gives the page back."""

    def __init__(self, *, string: str, **_how: Any) -> None:
        self.string = string

    def write_pdf(self, **_how: Any) -> bytes:
        return self.string.encode()


@contextmanager
def printing() -> Iterator[None]:
    if LONG:
        yield
    else:
        with patch.object(pdf, "HTML", Unprinted):
            yield


def text_of(content: bytes) -> bytes:
    """Of a PDF its text and what it says of itself."""
    if not content.startswith(b"%PDF"):
        return content
    told = (["pdftotext", "-raw", "-", "-"], ["pdfinfo", "-"])
    return b"".join(subprocess.run(command, input=content, capture_output=True, check=False).stdout for command in told)
