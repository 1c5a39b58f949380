"""Words in one form: what a search must find and what it must not."""

import csv
from pathlib import Path

import pytest
from django.template import Context, Template
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.core.text import (
    bare_words,
    fold_digits,
    matches,
    normalise,
    one_line,
    searchable,
    with_whole_references,
    words,
)

with (Path(__file__).parent / "search_pairs.csv").open(encoding="utf-8") as _file:
    PAIRS = list(csv.DictReader(_file))
BY_ALIAS = [pair for pair in PAIRS if pair["why"].startswith("alias")]
BY_LETTERS = [pair for pair in PAIRS if pair not in BY_ALIAS]
LETTERS = st.text(st.sampled_from("ابةتجحدرسشصضطظعغفقكلمنهويىءأإآؤئپڭݣگکیـ\u064b\u0651\u0650\u200f'’ abcéïœŒÇ٠٢۳9-—"))


def _why(pair):
    return pair["why"]


@pytest.mark.parametrize("pair", BY_LETTERS, ids=_why)
def test_every_pair_without_an_alias_holds(pair):
    assert matches(pair["query"], pair["text"]) is (pair["should_match"] == "yes")


@pytest.mark.parametrize("pair", BY_ALIAS, ids=_why)
def test_letters_alone_do_not_join_the_spellings_of_a_name(pair):
    assert not matches(pair["query"], pair["text"])


def test_the_pairs_are_all_there():
    assert len(PAIRS) == 111
    assert sum(pair["should_match"] == "yes" for pair in PAIRS) == 86


@settings(deadline=None)  # the machine may be busy
@given(st.text() | LETTERS)
def test_normalising_twice_is_normalising_once(text):
    assert normalise(normalise(text)) == normalise(text)


@settings(deadline=None)  # the machine may be busy
@given(st.text() | LETTERS)
def test_a_text_is_found_by_itself(text):
    assert matches(" ".join(text.split()[:20]), text)


@settings(deadline=None)  # the machine may be busy
@given(LETTERS, st.integers(1, 12))
def test_a_text_is_found_while_a_word_is_being_typed(text, length):
    for word in normalise(text).split()[:20]:
        assert matches(word[:length], text)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("مَسْؤُول", "مسوول"),
        ("الهجــــرة", "الهجره"),
        ("ٱلمغرب", "المغرب"),
        ("لقاءً", "لقا"),
        ("ﻻجئين", "لاجيين"),
        ("فݣيݣ گرسيف ڭفايت برکان", "فكيك كرسيف كفايت بركان"),
        ("Œuvre\u00a0: l’Éducation", "oeuvre l education"),
        ("Oulad M'hand", "oulad m hand"),
        ("Ras-El-Ma", "ras el ma"),
        ("دورة ٢٠٢٧ و۲۰۲۸", "دوره 2027 و2028"),
        ("İzmir straße", "izmir strasse"),
        ("\u200fبركان\u200e\ufeff", "بركان"),
        ("a\x00b", "a b"),
        (" — ", ""),
    ],
)
def test_a_text_has_one_form(text, form):
    assert normalise(text) == form


@pytest.mark.parametrize("pair", [("ظ", "ض"), ("ه", "ح"), ("ق", "ك"), ("ط", "ت")])
def test_letters_that_make_other_words_stay_apart(pair):
    assert normalise(pair[0]) != normalise(pair[1])


def test_digits_of_every_script_become_ours_and_nothing_else_changes():
    assert fold_digits("٠٨/٠٢/۲۰۲۷ غشت ½ É") == "08/02/2027 غشت ½ É"


def test_a_word_is_found_without_its_particles():
    assert words("وبالناظور") == ("وبالناظور", "بالناظور", "الناظور", "ناظور")
    assert words("للمهاجرين") == ("للمهاجرين", "لمهاجرين", "مهاجرين")
    assert words("فاس") == ("فاس",)
    assert words("وجدة") == ("وجده", "جده")
    assert words("Oulad M'hand") == ("oulad", "m", "hand", "mhand")


def test_a_query_may_glue_the_article_to_a_particle():
    assert matches("للمهاجرين", "حماية المهاجرين")
    assert matches("بالناظور", "جماعة الناظور")
    assert not matches("بركان", "دوار ركان")


def test_what_is_stored_holds_each_word_once_between_spaces():
    assert searchable(["جماعة الناظور", None, "", "Nador, Nador"]) == " جماعه الناظور ناظور nador "
    assert searchable([None, " — "]) == ""


def test_a_name_is_looked_up_without_article_and_elision():
    assert bare_words("الناظور") == ("ناظور",)
    assert bare_words("Région de l’Oriental") == ("region", "de", "oriental")
    assert bare_words("M'hajer") == ("m", "hajer")


def test_a_query_without_words_matches_everything():
    assert matches(" ؟! ", "جماعة الناظور")


def test_a_query_as_long_as_a_book_is_cut():
    assert matches("الناظور " * 5000, "جماعة الناظور")


@pytest.mark.parametrize("reference", ["TST-2026-04", "MEETING-2026-04-R12", "A12-2026-104", "CCI-NADOR-2026-01"])
def test_a_reference_among_words_stays_on_one_line(reference):
    drawn = Template("{{ text|whole }}").render(Context({"text": f"PV – \u2068{reference}\u2069 <b>"}))
    assert drawn == f'PV – \u2068<bdi class="nowrap" dir="ltr">{reference}</bdi>\u2069 &lt;b&gt;'


@pytest.mark.parametrize("text", ["2026-11-23", "05-36-2026-11a", "/ar/meetings/TST-2026-04/", "tst-2026-04", "R-2026"])
def test_what_is_no_reference_is_left_as_it_is(text):
    assert with_whole_references(text) == text


def test_one_line_keeps_the_spaces_that_hold_words_together():
    assert one_line(" a\n  b\t c\u202f: n°\u202f3\u00a0% \n") == "a b c\u202f: n°\u202f3\u00a0%"
