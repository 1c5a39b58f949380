"""Reasons as sentences."""

import pytest
from django.utils.translation import override

from actors.imports.rules.words import SENTENCES, Namer, heading, sentence, word
from actors.imports.table.reasons import LEVELS, SHOWN, reason

pytestmark = pytest.mark.django_db
MORE = {"kept": "x", "before": "y", "row": 3, "length": 9, "most": 8, "province": "z", "codes": ["02"], "suggested": ""}


@pytest.mark.parametrize("code", sorted(LEVELS))
@pytest.mark.parametrize("language", ["ar", "fr", "en"])
def test_every_reason_is_a_whole_sentence_in_every_language(code, language):
    with override(language):
        text = sentence(reason(code, "name_ar", "القيمة", **MORE))

    assert text
    assert "%(" not in text
    assert "القيمة" in text or "%(value)s" not in str(SENTENCES[code])


def test_a_reason_needs_nothing_but_its_code():
    for code in LEVELS:
        assert sentence(reason(code))


def test_what_is_named_is_isolated_and_codes_are_told_by_name(region):
    with override("fr"):
        text = sentence(reason("territory_to_confirm", "commune", "فرخانة", codes=["02.381.01.03"]))

    assert "\u2068فرخانة\u2069" in text
    assert "(02.381.01.03)\u2069" in text


def test_lists_of_codes_are_told_by_name(region):
    with override("en"):
        told = sentence(reason("differs", "themes", "health · housing", before="employment"))

    assert "Health" in told
    assert "Housing" in told
    assert "Employment" in told


def test_values_are_told_as_people_read_them(region):
    namer = Namer()

    with override("fr"):
        assert namer.value("phone", "+212536000111") == "05 36 00 01 11"
        assert namer.value("kind", "association").lower() == "association"
        assert namer.value("notes", "") == ""
        assert heading("other_phones") == "Téléphone"


def test_a_very_long_cell_is_repeated_only_in_part():
    assert len(reason("long_text", "notes", "a" * 5000)["value"]) == SHOWN + 1


def test_a_verdict_in_the_words_of_the_lists():
    warning = [reason("phone_none", "phone", "-")]

    assert word("new", [], needs_choice=False) == "import"
    assert word("new", warning, needs_choice=False) == "import_with_warning"
    assert word("unchanged", warning, needs_choice=False) == "merge"
    assert word("changes", [], needs_choice=True) == "review"
    assert word("rejected", [], needs_choice=True) == "reject"
