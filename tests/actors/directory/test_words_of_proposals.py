"""The mails about changes of a sheet: whole, translated, in the manner of letters, in every language."""

import re

import pytest
from django.conf import settings

from actors.directory.models import Actor, ProposedChange
from portal.notifications.actions import notify
from portal.notifications.rules.messages import render
from portal.notifications.rules.recipients import Recipient
from tests.notifications.test_words_of_mails import ARABIC, CLOSES, LATIN_WORD, OPENINGS, lines_of

KINDS = ("directory.change_proposed", "directory.change_answered")


def contexts():
    names = [Actor._meta.get_field(name).verbose_name for name in ("name_fr", "seat")]
    accepted = {"accepted": True, "applied": names, "left": names[:1]}
    return ({}, {"person": "موظفة", "fields": names}, accepted, {"accepted": False, "reason": "تسمية مستعملة"})


def written(kind, language, proposal, context):
    [row] = notify(Recipient("office@example.org", language), kind=kind, about=proposal, context=context)
    return row, render(row)


@pytest.fixture
def proposal(commune, manager):
    return ProposedChange.objects.create(actor=commune, values={"kind": ["commune", "other"]}, proposed_by=manager)


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_whole_in_every_language(kind, language, proposal):
    for context in contexts():
        row, message = written(kind, language, proposal, context)
        assert row.path.startswith(f"/{language}/")
        for text in (row.subject, message.text, message.html):
            assert text.strip()
            for mark in ("{{", "{%", "%(", "None", "&amp;", "&#x27;", "\u2068\u2069"):
                assert mark not in text, (mark, text)
        assert OPENINGS[language] in message.text
        assert CLOSES[language] in message.text
        assert message.html.count('class="button"') == 1
        assert f"{settings.SITE_ADDRESS}{row.path}" in message.text


@pytest.mark.parametrize("kind", KINDS)
def test_arabic_mails_hold_no_sentence_left_in_english_and_french_ones_are_french(kind, proposal):
    for context in contexts():
        row, message = written(kind, "ar", proposal, context)
        assert ARABIC.search(row.subject)
        assert LATIN_WORD.findall(re.sub(r"https?://\S+", "", f"{row.subject}\n{message.text}")) == []
        _french, french_message = written(kind, "fr", proposal, context)
        _english, english_message = written(kind, "en", proposal, context)
        assert not set(lines_of(french_message)) & set(lines_of(english_message))
