"""What no hand meant to type: control characters, impossible years, files without a name, words that would be lost."""

import io
import re
from pathlib import Path

import pytest
from django import forms
from django.contrib.auth.models import AnonymousUser
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.test import RequestFactory
from django.utils import translation
from openpyxl import load_workbook

from portal.core.dates import CASABLANCA
from portal.core.exports import export
from portal.core.forms import DateField, DateTimeField, PortalForm
from portal.core.text import CONTROLS, without_controls
from portal.core.typed import SentForm, typed_in
from portal.core.uploads import UploadField

ROOT = Path(__file__).resolve().parents[2]


class DayForm(PortalForm):
    title = forms.CharField()
    on = DateField(required=False)
    at = DateTimeField(required=False)


def _form(**data):
    query = QueryDict(mutable=True)
    query.update({"title": "x"} | data)
    return DayForm(query)


def test_a_space_takes_the_place_of_control_characters_in_what_was_typed():
    form = _form(title="سطر\x0b\x00 أول\nثان\ufffe\x08")
    assert form.is_valid()
    assert form.cleaned_data["title"] == "سطر أول\nثان"


def test_a_title_of_control_characters_alone_is_no_title():
    assert "title" in _form(title="\x08\x0b").errors


@pytest.mark.parametrize("typed", ["01/01/0207", "31/12/9999", "٣١/١٢/٩٩٩٩", "0001-01-01", "1/1/1899", "1/1/2200"])
def test_a_year_nobody_can_mean_is_refused_at_its_field(typed):
    form = _form(on=typed, at_0=typed, at_1="10:00", at_day=typed, at_time="10:00")
    with translation.override("en"):
        assert form.errors["on"] == ["Write a year between 1900 and 2199."]
        assert "Write a year between 1900 and 2199." in form.errors["at"]


DAYS = [
    "08/02/2027",
    "٠٨/٠٢/٢٠٢٧",
    "۰۸/۰۲/۲۰۲۷",
    "2027-02-08",
    " ٨/٢/٢٠٢٧ ",
    "8 / 2 / 2027",
    "\u200f8/2/2027\u200f",
    "8.2.27",
]
DAYS += [
    "2027/02/08",
    "8 février 2027",
    "8 FEVRIER 2027",
    "Lundi 8 février 2027",
    "8 فبراير 2027",
    "الاثنين ٨ فبراير ٢٠٢٧",
]
DAYS += ["8 February 2027", "8 févr. 2027", "8 Feb 2027", "8–2–2027"]


@pytest.mark.parametrize("typed", DAYS)
def test_a_day_is_understood_as_people_write_it(typed):
    form = _form(on=typed)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["on"].isoformat() == "2027-02-08"


@pytest.mark.parametrize(("typed", "day"), [("1er décembre 2026", "2026-12-01"), ("1 دجنبر 2026", "2026-12-01")])
def test_a_month_is_called_as_in_morocco(typed, day):
    form = _form(on=typed)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["on"].isoformat() == day


HOURS = ["12:30", "12h30", "12 h 30", "12H30", "١٢:٣٠", "12.30", "12,30", "12٫30", "1230", "12 h 30 min", "12:30:00"]
HOURS += ["12:30\u200f", "12س30"]


@pytest.mark.parametrize("typed", HOURS)
def test_an_hour_is_understood_as_people_write_it(typed):
    form = _form(at_day="08/02/2027", at_time=typed)
    assert form.is_valid(), form.errors
    assert f"{form.cleaned_data['at']:%M}" == "30"
    assert form.cleaned_data["at"].astimezone(CASABLANCA).hour == 12


@pytest.mark.parametrize("typed", ["9h", "9 h", "09h", "9H00", "٩ س", "9 heures"])
def test_a_whole_hour_needs_no_minutes(typed):
    form = _form(at_day="08/02/2027", at_time=typed)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["at"].astimezone(CASABLANCA).strftime("%H:%M") == "09:00"


@pytest.mark.parametrize(
    ("day", "hour"), [("08/02/2027", "25h"), ("08/02/2027", "12h75"), ("32/02/2027", "9h"), ("8 brumaire 2027", "9h"),
                      ("08/02/2027", "midi"), ("0", "9h"), ("1/1/2", "9h"), ("08/02/2027", "123"),
                      ("08/02/2027", "9"), ("08/02/2027", "9:"), ("//", "::")]
)  # fmt: skip
def test_what_is_neither_day_nor_hour_is_refused(day, hour):
    assert "at" in _form(at_day=day, at_time=hour).errors


class Rows(list):
    export_format = "xlsx"

    @property
    def queryset(self):
        return self


def test_a_spreadsheet_is_made_of_texts_it_cannot_hold():
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    response = export(request, Rows(["سطر\x08\x0b", "=1+1"]), [("Title", lambda row: row)], "rows")
    sheet = load_workbook(io.BytesIO(response.getvalue())).active
    response.file_to_stream.close()
    assert [(cell.value, cell.data_type) for cell in sheet["A"]] == [("Title", "s"), ("سطر", "s"), ("=1+1", "s")]


def test_the_kinds_of_files_are_listed_in_the_signs_of_the_language():
    for language, said in (("ar", "JPG، PDF"), ("fr", "JPG, PDF")):
        with translation.override(language):
            assert UploadField(kinds=(".pdf", ".jpg")).kinds_text == said


def test_the_size_of_a_file_that_is_too_large_is_never_rounded_down_to_the_limit(settings):
    settings.MEDIA_MAX_MB = 1
    upload = SimpleUploadedFile("a.pdf", b"%PDF-1.4" + b"x" * 1024 * 1024)
    with translation.override("fr"), pytest.raises(forms.ValidationError) as refused:
        UploadField().clean(upload)
    assert refused.value.error_list[0].params == {"size": "1,1\u00a0Mo", "limit": "1\u00a0Mo"}


def test_a_file_that_is_all_ending_keeps_its_kind(db):
    from recommendations.models import Evidence

    evidence = Evidence()
    evidence.take_file(SimpleUploadedFile(".pdf", b"%PDF-1.4"))
    assert (evidence.file_name, evidence.file_kind, evidence.content_type) == ("file.pdf", "PDF", "application/pdf")


def test_what_was_written_and_chosen_is_kept_but_no_secret(rf: RequestFactory):
    sent = {"text": "ما قيل في اللقاء", "kind": "short", "word": "نعم"} | dict.fromkeys(
        ("password1", "reset_code", "access-token", "csrfmiddlewaretoken"), "a long secret"
    )
    for headers in ({"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://testserver"}):
        typed = typed_in(rf.post("/ar/x/", sent, headers=headers))
        assert typed.texts == ["ما قيل في اللقاء", "نعم"]
        assert typed.inputs == [("text", "ما قيل في اللقاء"), ("kind", "short"), ("word", "نعم")]
        assert typed.has_secrets


def test_the_short_name_of_a_space_is_no_secret_and_its_form_is_sent_again(rf: RequestFactory):
    sent = {"code": "NDR", "name_fr": "Espace de coordination"}
    typed = typed_in(rf.post("/fr/x/", sent, headers={"Sec-Fetch-Site": "same-origin"}))
    assert (typed.inputs, typed.has_secrets) == (list(sent.items()), False)


def test_a_moment_a_form_carries_along_is_sent_again_and_not_called_written(rf: RequestFactory):
    sent = {"date_answered": "2026-12-17T10:00:00+00:00", "note": "2026-12-17"}
    typed = typed_in(rf.post("/ar/x/", sent, headers={"Sec-Fetch-Site": "same-origin"}))
    assert (typed.texts, typed.inputs) == ([], list(sent.items()))


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}, {}])
def test_nothing_another_site_wrote_is_shown(rf: RequestFactory, headers):
    assert typed_in(rf.post("/ar/x/", {"text": "words of another site"}, headers=headers)) == SentForm()


def test_translated_sentences_are_marked_with_names_that_makemessages_knows():
    renamed = re.compile(r"import n?p?gettext(?:_lazy)? as (?!_\b)\w+")
    ours = [
        path
        for folder in ("portal", "actors", "meetings", "recommendations")
        for path in (ROOT / folder).rglob("*.py")
        if renamed.search(path.read_text())
    ]
    assert ours == []


def test_a_text_of_nothing_but_blanks_is_read_once_and_not_from_each_of_them():
    """A visitor may send as many as a form takes: a pattern that begins with any number of blanks would look for what
    stands behind them from every one, and the worker would look for hours."""
    blanks = " " * 2_000_000
    assert without_controls(f"{blanks}x") == f"{blanks}x"
    assert without_controls(f"a{blanks}\x00{blanks}b") == "a b"
    assert not CONTROLS.search(blanks)
