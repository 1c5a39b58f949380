"""The button that leaves a form cannot be taken for one that acts."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

LEAVES = ("Leave without saving", "Leave without changing anything")
ROOT = Path(settings.BASE_DIR)
#: labels of what acts: in a template's button or the parameters of one, in a view's context
SAID = (
    re.compile(r'<button[^>]*>(?:{% icon [^%]*%})?{% translate "([^"]+)"(?: context "([^"]+)")?'),
    re.compile(r'(?:submit|label)=_\("([^"]+)"()\)'),
    re.compile(r'"?submit"?[:=] ?_\("([^"]+)"()\)'),
)


def labels() -> set[tuple[str, str]]:
    """English text and context of every button found that acts."""
    folders = (ROOT / name for name in ("templates", "actors", "meetings", "recommendations", "portal"))
    files = (file for folder in folders for kind in ("*.html", "*.py") for file in folder.rglob(kind))
    return {found for file in files for text in [file.read_text()] for said in SAID for found in said.findall(text)}


def first_word(text: str) -> str:
    return text.split()[0].casefold().removeprefix("ال")


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
def test_leaving_begins_with_a_word_no_act_begins_with(language):
    acts = labels()
    assert len(acts) > 60
    with override(language):
        leaving = {first_word(_(text)) for text in LEAVES}
        said = {pgettext(context, text) if context else _(text) for text, context in acts}
    assert [text for text in said if first_word(text) in leaving] == []
