"""One sheet and one script go out, whole, in the order of the layers, and light enough for a slow line."""

import re
from io import StringIO
from pathlib import Path

import brotli
import pytest
from django.conf import settings as portal
from django.core.management import call_command

from portal.core.static import build_static, flattened

PARTS = {
    "css/app.css": "/* why */\n@layer reset, components;\n"
    '@import url("components/card.css") layer(components);\n@import url("reset.css") layer(reset);\n',
    "css/components/card.css": ".card { color: red; }\n",
    "css/reset.css": "/* none */\n* { margin: 0; }\n",
    "js/app.js": '// why\nimport "./one.js";\nimport "./two.js";\n',
    "js/one.js": "const name = 1;\n",
    "js/two.js": "const name = 2;\n",
}


def test_a_sheet_takes_its_parts_in_with_their_layers_and_keeps_the_order_said_first():
    assert flattened("css/app.css", PARTS.__getitem__) == (
        "@layer reset, components;\n"
        "@layer components {\n.card { color: red; }\n}\n"
        "@layer reset {\n* { margin: 0; }\n}\n"
    )  # fmt: skip


def test_a_script_takes_its_parts_in_without_their_names_meeting():
    assert flattened("js/app.js", PARTS.__getitem__) == "// why\n{\nconst name = 1;\n}\n{\nconst name = 2;\n}\n"


@pytest.fixture(scope="module")
def collected(tmp_path_factory):
    """Our own static files and htmx as production serves them."""
    from django.test import override_settings

    folder = tmp_path_factory.mktemp("static")
    storages = {**portal.STORAGES, "staticfiles": {"BACKEND": "portal.core.static.FlattenedManifestStorage"}}
    with override_settings(STATIC_ROOT=str(folder), STORAGES=storages):
        call_command(
            "collectstatic",
            interactive=False,
            verbosity=0,
            ignore_patterns=["admin", "ext", "account", "mfa"],
            stdout=StringIO(),
        )
    return folder


def fingerprinted(folder: Path, pattern: str) -> Path:
    found = [path for path in folder.glob(pattern) if re.search(r"\.[0-9a-f]{12}\.(css|js|svg)$", path.name)]
    assert len(found) == 1, found
    return found[0]


def test_collected_the_sheet_holds_every_part_and_asks_for_nothing_more(collected):
    sheet = fingerprinted(collected, "css/app.*.css").read_text()
    assert "@import" not in sheet
    assert sheet.startswith(
        "@layer reset, tokens, base, layout, components, pages, utilities;\n@layer tokens {\n:root {"
    )
    for part in (portal.BASE_DIR / "static/css").glob("*/*.css"):
        first = next(line.strip() for line in part.read_text().splitlines() if line.startswith("."))
        assert first in sheet, part.name


def test_collected_the_script_holds_every_part(collected):
    script = fingerprinted(collected, "js/app.*.js").read_text()
    assert "import " not in re.sub(r"//.*", "", script)
    for part in (portal.BASE_DIR / "static/js").glob("*.js"):
        if part.name != "app.js":
            assert part.read_text().strip() in script


@pytest.mark.django_db
def test_a_first_visit_weighs_at_most_a_hundred_kilobytes_in_at_most_six_requests(collected, client):
    page = client.get("/ar/accounts/login/")
    asked = re.findall(r'(?:href|src)="/static/([^"]+)"', page.text)
    sent = [brotli.compress(page.content, quality=4)]
    for name in asked:
        stem, _dot, ending = name.rpartition(".")
        served = fingerprinted(collected, f"{stem}.*.{ending}")
        compressed = served.with_name(f"{served.name}.br")
        sent.append((compressed if compressed.exists() else served).read_bytes())
    assert len(sent) <= 6
    assert sum(map(len, sent)) <= 100 * 1024
    assert sum(map(len, sent)) <= 45 * 1024, "the first visit has grown by half: look what came in"


@pytest.fixture
def sources(tmp_path, settings):
    """A folder with one sheet of two parts, to be built beside it."""
    for name, text in PARTS.items():
        path = tmp_path / "sources" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    settings.STATICFILES_DIRS = [tmp_path / "sources"]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATIC_ROOT = tmp_path / "static"
    return tmp_path / "sources"


def sheets(settings):
    return [path.read_text() for path in settings.STATIC_ROOT.glob("css/app.????????????.css")]


def test_static_files_are_built_again_when_a_source_changed_and_only_then(sources, settings):
    assert build_static()
    [first] = sheets(settings)
    assert "color: red" in first
    assert not build_static()
    (sources / "css" / "components" / "card.css").write_text(".card { color: green; }\n")
    assert build_static()
    [second] = sheets(settings)
    assert "color: green" in second


def test_a_build_that_was_interrupted_is_done_again(sources, settings, monkeypatch):
    build_static()
    (sources / "css" / "reset.css").write_text("* { margin: 1px; }\n")

    def interrupted(*args, **kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("portal.core.static.call_command", interrupted)
        with pytest.raises(KeyboardInterrupt):
            build_static()
    assert build_static()
    assert "1px" in sheets(settings)[0]


#: painted by the sheet of one page and named by another’s, on purpose or without meeting on a page
SHARED = {"changes", "counts", "list-line", "logo", "sticky-actions"}


def test_what_the_sheet_of_a_page_paints_by_its_bare_class_no_other_page_uses_for_something_else():
    """All sheets go out as one: a bare `.pick` drew a frame around the list of whom to invite."""
    pages = {path.stem: path.read_text() for path in (Path(portal.BASE_DIR) / "static/css/pages").glob("*.css")}
    bare = re.compile(r"^\.([\w-]+) \{", re.MULTILINE)
    painted = {(page, name) for page, text in pages.items() for name in bare.findall(text)}
    met = {
        name
        for page, name in painted
        for other, text in pages.items()
        if other != page and re.search(rf"\.{name}(?![\w-])", text)
    }
    assert met == SHARED
