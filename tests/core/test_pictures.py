"""Photographs and drawings as they are kept: upright, small, silent about their place, or refused in words."""

import io
import re
import struct
import subprocess
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django import forms
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import get_resolver
from django.utils import translation
from PIL import Image, ImageCms

from actors.directory.models import Actor
from portal.core import pictures
from portal.core.errors import Refused
from portal.core.forms import Typed
from portal.core.models import FileFault
from portal.core.pictures import CHILD, LOGO, Unreadable, as_data_uri, mended, written_anew
from portal.core.pictures.child import PATIENCE
from portal.core.turns import Busy, turn
from portal.core.uploads import UploadField
from tests.elsewhere import SETUP

GREEN, WHITE = (15, 107, 92), (255, 255, 255)
GPS, MAKER, ORIENTATION, COMMENT = 0x8825, 0x010F, 0x0112, "in the street of the market"
UPSIDE_DOWN = 3


def halves(size=(80, 60)) -> Image.Image:
    """Green above, white below."""
    picture = Image.new("RGB", size, WHITE)
    picture.paste(GREEN, (0, 0, size[0], size[1] // 2))
    return picture


def noise(size) -> Image.Image:
    return Image.effect_noise(size, 60).convert("RGB")


def saved(picture, kind="JPEG", **options) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, kind, **options)
    return stream.getvalue()


def told_by_a_telephone(orientation=UPSIDE_DOWN) -> Image.Exif:
    exif = Image.Exif()
    exif[ORIENTATION], exif[MAKER] = orientation, "Telephone"
    exif.get_ifd(GPS).update({1: "N", 2: (35.0, 10.0, 1.0), 3: "W", 4: (2.0, 55.0, 1.0)})
    return exif


def taken(name: str, content: bytes, **options):
    """The upload as the form hands it on: its name, its content type, and the picture."""
    kept = UploadField(**options).clean(SimpleUploadedFile(name, content))
    return kept.name, kept.content_type, Image.open(kept)


def why_not(name: str, content: bytes) -> str:
    with pytest.raises(forms.ValidationError) as refusal:
        UploadField().clean(SimpleUploadedFile(name, content))
    return refusal.value.messages[0]


def header_of_png(width: int, height: int, bits: int = 8, colour: int = 2) -> bytes:
    """A PNG that says how large it is and holds next to nothing."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    said = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", said) + chunk(b"IDAT", zlib.compress(b"\0" * 64)) + chunk(b"IEND", b"")


def near(colour, wanted) -> bool:
    return all(abs(one - other) < 20 for one, other in zip(colour, wanted, strict=True))


def forms_below(form: type) -> Iterator[type]:
    for below in form.__subclasses__():
        yield below
        yield from forms_below(below)


def test_every_file_that_is_handed_in_goes_one_road():
    assert get_resolver().url_patterns
    fields = {
        f"{form.__name__}.{name}": field
        for form in forms_below(Typed)
        for name, field in getattr(form, "base_fields", {}).items()
        if isinstance(field, forms.FileField)
    }
    assert len(fields) >= 5
    assert [name for name, field in fields.items() if not isinstance(field, UploadField)] == []


def test_a_photograph_is_turned_upright_and_says_nothing_of_where_it_was_taken():
    content = saved(halves().rotate(180), exif=told_by_a_telephone(), comment=COMMENT, dpi=(72, 72), quality=95)
    assert COMMENT.encode() in content
    name, kind, picture = taken("IMG_2041.JPG", content)
    assert (name, kind, picture.size) == ("IMG_2041.jpg", "image/jpeg", (80, 60))
    assert near(picture.getpixel((40, 5)), GREEN)
    assert near(picture.getpixel((40, 55)), WHITE)
    assert not {"exif", "comment", "icc_profile", "dpi"} & set(picture.info)
    assert dict(picture.getexif()) == {}


def test_a_photograph_taken_sideways_is_as_high_as_it_was_wide():
    _name, _kind, picture = taken("a.jpg", saved(halves(), exif=told_by_a_telephone(orientation=6)))
    assert picture.size == (60, 80)


def test_what_is_written_beside_a_picture_may_be_nonsense():
    exif = b"Exif\0\0MM\0*\0\0\0\x08\xff\xff" + b"\x01\x12\0\x03\xff\xff\xff\xff" * 9
    assert taken("a.jpg", saved(halves(), exif=exif))[2].size == (80, 60)


@pytest.mark.parametrize(
    ("kind", "options", "longest"), [("JPEG", {}, 2000), ("PNG", {}, 2000), ("PNG", {"side": LOGO}, 800)]
)
def test_a_picture_is_made_no_longer_than_what_is_needed(kind, options, longest):
    name, _type, picture = taken(f"a.{kind.lower()}", saved(halves((2400, 1200)), kind), **options)
    assert picture.size == (longest, longest // 2)
    assert name == {"JPEG": "a.jpg", "PNG": "a.png"}[kind]


def test_a_drawing_stays_a_drawing_with_what_is_seen_through_it():
    drawing = Image.new("RGBA", (60, 60), (0, 0, 0, 0))
    drawing.paste((*GREEN, 255), (0, 0, 60, 30))
    _name, kind, picture = taken("logo.png", saved(drawing, "PNG", exif=told_by_a_telephone(1)))
    assert (kind, picture.mode, picture.getpixel((5, 5)), picture.getpixel((5, 55))[3]) == (
        "image/png", "RGBA", (*GREEN, 255), 0,
    )  # fmt: skip
    assert "exif" not in picture.info
    palette = halves().convert("P")
    assert taken("logo.png", saved(palette, "PNG"))[2].convert("RGB").getpixel((5, 5)) != WHITE


def test_a_photograph_handed_in_as_png_is_kept_as_a_photograph():
    name, kind, _picture = taken("capture.png", saved(noise((700, 500)), "PNG"))
    assert (name, kind) == ("capture.jpg", "image/jpeg")


def test_a_picture_for_print_is_seen_in_the_colours_of_a_screen():
    _name, kind, picture = taken("a.jpg", saved(Image.new("CMYK", (40, 40), (255, 0, 0, 0)), "JPEG"))
    assert (kind, picture.mode) == ("image/jpeg", "RGB")
    assert near(picture.getpixel((5, 5)), (0, 255, 255))


def test_a_profile_of_colours_is_used_and_not_kept():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    picture = taken("a.png", saved(halves(), "PNG", icc_profile=profile))[2]
    assert "icc_profile" not in picture.info
    assert near(picture.getpixel((5, 5)), GREEN)
    assert taken("a.png", saved(halves(), "PNG", icc_profile=b"no profile"))[2].mode == "RGB"


def test_sixteen_bits_of_grey_become_eight():
    picture = taken("a.png", saved(Image.new("I;16", (40, 40), 0x80FF), "PNG"))[2]
    assert (picture.mode, picture.getpixel((5, 5))) == ("L", 0x80)


def test_a_picture_of_a_telephone_that_writes_heic_is_taken():
    """`photo.heic`: green at the right and white at the left once upright, with a place and a maker in it."""
    content = (Path(__file__).parent / "photo.heic").read_bytes()
    assert b"Telephone" in content
    name, kind, picture = taken("IMG_0001.HEIC", content)
    assert (name, kind, picture.size, dict(picture.getexif())) == ("IMG_0001.jpg", "image/jpeg", (32, 48), {})
    assert near(picture.getpixel((28, 24)), GREEN)
    assert near(picture.getpixel((4, 24)), WHITE)


@pytest.mark.parametrize(
    ("name", "content", "kept"),
    [
        ("photo.heic", saved(halves()), "photo.jpg"),
        ("photo.jpg", saved(halves(), "PNG"), "photo.png"),
        ("photo.png", saved(halves()), "photo.jpg"),
    ],
)
def test_a_picture_under_the_name_of_another_kind_is_kept_as_what_it_is(name, content, kept):
    assert taken(name, content)[0] == kept


MOVING = saved(Image.new("P", (9, 9), 1), "GIF", save_all=True, append_images=[Image.new("P", (9, 9), 2)])
DRAWN = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("photo.jpg", b"%PDF-1.7\n1 0 obj", "not what its name says. Save it again as JPG"),
        ("photo.heic", b"PK\x03\x04" + b"x" * 40, "not what its name says. Save it again as HEIC"),
        ("moving.png", MOVING, "not what its name says"),
        ("moving.gif", MOVING, "Files of this kind are not taken"),
        ("drawing.svg", DRAWN, "Files of this kind are not taken"),
        ("drawing.png", DRAWN, "not what its name says"),
        ("empty.jpg", b"", "empty"),
        ("cut.jpg", saved(noise((300, 300)))[:9000], "cannot be read"),
        ("cut.png", saved(noise((300, 300)), "PNG")[:9000], "cannot be read"),
        ("cut.jpg", b"\xff\xd8\xff\xe0", "cannot be read"),
        ("film.heic", b"\0\0\0\x18ftypisom\0\0\0\0isom", "cannot be read"),
        ("bomb.png", header_of_png(9000, 9000), "9,000 × 9,000 pixels; at most 65 million"),
        ("bomb.png", header_of_png(2**31 - 1, 2**31 - 1, 16, 6), "at most 65 million"),
        ("80.jpg", saved(Image.new("L", (10_000, 8000))), "10,000 × 8,000 pixels; at most 65 million"),
        ("thread.png", header_of_png(60_000, 3), "60,000 × 3 pixels: it is so narrow"),
        ("hollow.png", header_of_png(4000, 4000), "cannot be read"),
    ],
)
def test_what_cannot_be_taken_is_refused_in_words(name, content, sentence):
    with translation.override("en"):
        assert sentence in why_not(name, content)


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("ar", "يبلغ قياس هذه الصورة"), ("fr", "Cette image mesure"), ("en", "This picture measures")],
)
def test_a_picture_too_large_is_refused_in_the_readers_language(language, sentence):
    with translation.override(language):
        assert why_not("bomb.png", header_of_png(9000, 9000)).startswith(sentence)


def test_a_moving_png_is_kept_still():
    moving = saved(halves(), "PNG", save_all=True, append_images=[noise((80, 60))])
    picture = taken("moving.png", moving)[2]
    assert getattr(picture, "n_frames", 1) == 1
    assert near(picture.getpixel((5, 5)), GREEN)


#: a program in which `child` is the module
CHILDREN = f"import sys; sys.path.insert(0, {str(CHILD.parent)!r}); import child; child.bound(); "


def test_the_child_takes_no_more_memory_and_time_than_its_bounds():
    program = CHILDREN + "import signal; print(signal.alarm(0)); bytearray(2 * child.MEMORY)"
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False, text=True)
    assert (int(told.stdout) in range(1, PATIENCE + 1), "MemoryError" in told.stderr) == (True, True)


def test_the_child_dies_with_its_parent():
    """The parent is killed outright while the child waits; the pipe both hold closes when the last of them is gone."""
    waiting = CHILDREN + "print('waits', flush=True); import signal; signal.pause()"
    program = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {waiting!r}])"
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as parent:
        assert parent.stdout.readline() == b"waits\n"
        parent.kill()
        assert parent.stdout.read() == b""


@pytest.mark.parametrize(
    "program", ["import os; os.abort()", "", "raise SystemExit(1)", "import signal; signal.pause()"]
)
def test_a_child_that_falls_or_hangs_is_a_picture_that_cannot_be_read(monkeypatch, tmp_path, program):
    (tmp_path / "child.py").write_text(program)
    monkeypatch.setattr(pictures, "CHILD", tmp_path / "child.py")
    with pytest.raises(Unreadable, match=r"broken|slow"):
        written_anew(b"anything", 100, patience=1)


@pytest.mark.parametrize("program", ["import signal; signal.pause()", "import signal; signal.alarm(1); signal.pause()"])
def test_what_took_too_long_is_not_called_damaged(monkeypatch, tmp_path, program):
    """Ended by its parent, or by itself: on a machine that is busy the picture may be a good one."""
    (tmp_path / "child.py").write_text(program)
    monkeypatch.setattr(pictures, "CHILD", tmp_path / "child.py")
    with pytest.raises(Unreadable, match="slow") as fault:
        written_anew(b"anything", 100, patience=1 if "alarm" not in program else 20)
    with translation.override("en"):
        assert "took too long" in pictures._sentence(fault.value)


def test_who_finds_all_turns_taken_is_told_to_try_again(monkeypatch):
    monkeypatch.setattr(pictures, "AT_ONCE", 1)
    with turn("pictures", 1, 0), pytest.raises(Unreadable, match="busy") as fault:
        written_anew(saved(halves()), 100, patience=0)
    with translation.override("en"):
        assert pictures._sentence(fault.value) == "Many pictures are being read just now. Try again in a moment."
    assert written_anew(saved(halves()), 100)


def test_turns_are_counted_across_processes_and_given_back_by_who_dies(portal_elsewhere, settings):
    settings.VAR = portal_elsewhere.folder
    held = "from portal.core.turns import turn\nwith turn('pictures', 1, 0): print('held', flush=True); input()"
    with portal_elsewhere.start("-c", SETUP + held, stdout=subprocess.PIPE, stdin=subprocess.PIPE) as other:
        assert other.stdout.readline() == "held\n"
        with pytest.raises(Busy), turn("pictures", 1, 0.2):
            pass
        with turn("pictures", 2, 0):
            pass
        other.kill()
    with turn("pictures", 1, 5):
        pass


def test_where_no_process_begins_the_picture_is_refused_with_the_same_sentence(monkeypatch):
    monkeypatch.setattr(pictures.sys, "executable", "/nowhere/python")
    with translation.override("en"), pytest.raises(Refused, match="Many pictures"):
        mended(SimpleUploadedFile("a.png", saved(halves())))


@pytest.mark.parametrize(
    ("content", "begins"),
    [(saved(halves(), "PNG"), "data:image/png;"), (saved(halves()), "data:image/jpeg;"), (b"\x89PNG broken", None)],
)
def test_a_logo_travels_inside_a_pdf_or_is_noted_and_left_out(db, settings, tmp_path, content, begins):
    settings.MEDIA_ROOT = tmp_path
    actor = Actor()
    assert as_data_uri(actor.logo) == ""
    actor.logo.save("logo.png", ContentFile(content), save=False)
    found = as_data_uri(Actor(logo=actor.logo.name).logo)
    assert found == "" if begins is None else re.match(begins, found)
    (tmp_path / actor.logo.name).unlink()
    assert as_data_uri(Actor(logo=actor.logo.name).logo) == ""
    assert list(FileFault.objects.values_list("fault", flat=True)) == ["gone" if begins else "unreadable"]
