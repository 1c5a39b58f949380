"""Bytes of a PDF from a template: tagged (PDF/UA), with its language, title and outline, in our own embedded face."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

from django.template.loader import get_template, render_to_string
from django.utils.translation import get_language_info, override
from weasyprint import CSS, HTML
from weasyprint.formatting_structure.boxes import LineBox
from weasyprint.html import UA
from weasyprint.layout import inline
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from portal.core.faces import readable

FACE = "IBM Plex Sans Arabic"
WEIGHTS = {400: "Regular", 600: "SemiBold", 700: "Bold"}
FONTS = Path(str(files("fontpkg_ibm_plex_sans_arabic") / "files")).resolve()

# Pango's font map is shared by everything one process renders.
_rendering = Lock()


class OwnFilesOnly(URLFetcher):
    """Hands out the fonts' folder and `data:` addresses; text that people wrote can fetch nothing else."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=("file", "data"), allow_redirects=False)

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        if not url.lower().startswith("file:"):
            return super().fetch(url, headers)
        path = Path(url2pathname(urlsplit(url).path)).resolve()
        if not path.is_relative_to(FONTS):
            raise ValueError(f"A PDF may not read {url}")
        return URLFetcherResponse(url, readable(path), {"Content-Type": "font/ttf"})


class Paper(HTML):
    """A document that has neither footnotes nor notes, and marks before nothing but the lines of a list.

    The engine's own stylesheet gives every element five boxes for them, each with its style.
    """

    def _ua_stylesheets(self, forms: bool = False) -> list[CSS]:
        return super()._ua_stylesheets(forms) if forms else [_plain()]


@cache
def _plain() -> CSS:
    rules = re.sub(r"^::(footnote|note)-.*$", "", UA, flags=re.MULTILINE)
    return CSS(string=re.sub(r"^::marker", "li::marker", rules, flags=re.MULTILINE))


@contextmanager
def _each_line_once() -> Iterator[None]:
    """Lines that nothing floats beside are laid out once.

    The engine lays a line out again when it turns out higher than the room asked for it beside what floats; from right
    to left every line does, though nothing floats. No stylesheet here floats anything: there is as much room as wanted.
    """
    asked = inline.avoid_collisions

    def found(context: Any, box: Any, containing_block: Any, outer: bool = True) -> Any:
        place = asked(context, box, containing_block, outer=outer)
        if isinstance(box, LineBox) and not context.excluded_shapes and box.height == 0:
            box.height = float("inf")
        return place

    inline.avoid_collisions = found
    try:
        yield
    finally:
        inline.avoid_collisions = asked


def render_pdf(
    template: str, context: dict[str, Any], *, language: str, title: str, author: str, stylesheet: str
) -> bytes:
    """Render `template`, which begins at `<html>`, in `language` as a PDF/UA-1 file.

    It gets `language`, `direction`, `title` and `author` beside the context. `stylesheet` is found among the
    templates and parsed once for each process. Whatever the template raises is raised.
    """
    with override(language):
        direction = "rtl" if get_language_info(language)["bidi"] else "ltr"
        facts = {"language": language, "direction": direction, "title": title, "author": author}
        html = render_to_string(template, context | facts)
    with _rendering, _each_line_once():
        fonts = _fonts()
        document = Paper(string=html, base_url=FONTS.as_uri() + "/", url_fetcher=_fetcher())
        content: bytes = document.write_pdf(
            font_config=fonts, stylesheets=[_stylesheet(stylesheet)], pdf_variant="pdf/ua-1", custom_metadata=False
        )
    return content


@cache
def _fetcher() -> OwnFilesOnly:
    return OwnFilesOnly()


@cache
def _fonts() -> FontConfiguration:
    """The faces, made known to Pango once for each process."""
    fonts = FontConfiguration()
    CSS(string=_faces(), base_url=FONTS.as_uri() + "/", font_config=fonts, url_fetcher=_fetcher())
    return fonts


def _faces() -> str:
    return "".join(
        f"@font-face {{ font-family: '{FACE}'; font-weight: {weight}; src: url('IBMPlexSansArabic-{name}.ttf'); }}"
        for weight, name in WEIGHTS.items()
    )


@cache
def _stylesheet(name: str) -> CSS:
    return CSS(string=get_template(name).render({}), font_config=_fonts(), url_fetcher=_fetcher())
