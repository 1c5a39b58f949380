"""The catalogues keep the law of words: placeholders, plural forms, punctuation, Moroccan months, no forbidden word."""

import re
from pathlib import Path

import pytest
from babel.messages import pofile

LOCALE = Path(__file__).resolve().parent.parent / "locale"
FORMS = {"ar": 6, "fr": 2}
PLACEHOLDER = re.compile(r"%\([a-z_]+\)[a-z]|%[ds]|\{[a-z_]*\}")
# the name of a table says nothing to the person who fills a form
MAY_BE_LEFT_OUT = {"%(model_name)s"}
TAG = re.compile(r"</?[a-z]+")
MARKUP = re.compile(r"<[^>]+>")
LATIN_RUN = re.compile(r"\u2066[^\u2069]*\u2069|<bdi>.*?</bdi>|CC BY 4\.0")
FORBIDDEN = {
    "ar": re.compile(
        r"سبتمبر|نوفمبر|يوليو(?!ز)|أغسطس|مايو|ديسمبر|إبريل"
        r"|البلدي|تداخل الاختصاصات|وثيقة إثبات|مراقب(?!ة)|غير شرعي|غير الشرعي|حوكمة"
        r"|\bالمهاجر\b|نقطة الاتصال الأصلية|الرجاء|يُرجى|نقط الاتصال|\bحلول\b|مشرف\w* على الدليل"
        r"|\b(?:أعيدوا|احفظوا|اختاروا|حددوا|سجلوا|اكتبوا|أضيفوا|ابحثوا|جربوا|انتظروا|اجمعوا|حرروا)\b"
        r"|عدم الجواب[^.]*موافق"
    ),
    "fr": re.compile(
        r"clandestin|municipalité|\bconvoqu|\bréférencement\b|\b[Tt]u\b|\b[Tt]on\b"
        r"|réputée? (?:acquis|consentir)|\btacite",
        re.IGNORECASE,
    ),
}
NOT_THE_REGION = re.compile(r"(?:ال)?جه(?:ة|ات) (?:الداعية|المنظمة|المعنية|المكلفة|المختصة|أخرى)|من جهتنا")


def messages(language: str) -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    """Every message: its place in the file, what is said in English, what the catalogue says."""
    with (LOCALE / language / "LC_MESSAGES" / "django.po").open("rb") as file:
        catalogue = pofile.read_po(file, locale=language)
    rows = []
    for message in catalogue:
        if message.id:
            said = message.id if isinstance(message.id, tuple) else (message.id,)
            told = message.string if isinstance(message.string, tuple) else (message.string,)
            rows.append((f"{message.context or ''}|{said[0]}", said, told))
    assert len(rows) > 1000
    return rows


def wrong(language: str, is_wrong) -> list[tuple[str, str]]:
    """The messages a rule refuses, with the words at fault."""
    return [(key, text) for key, _, told in messages(language) for text in told if is_wrong(text)]


languages = pytest.mark.parametrize("language", ["ar", "fr"])


@languages
def test_nothing_is_left_untranslated_or_in_doubt(language):
    with (LOCALE / language / "LC_MESSAGES" / "django.po").open("rb") as file:
        assert [message.id for message in pofile.read_po(file, locale=language) if message.id and message.fuzzy] == []
    assert [key for key, _, told in messages(language) if not all(told)] == []


SAID = re.compile(r'\b(?:_|gettext|gettext_lazy|gettext_noop)\(\s*"((?:[^"\\]|\\.)*)"\s*\)|{% translate "([^"]*)"')
ROOT = LOCALE.parent


@languages
def test_every_sentence_of_a_page_and_of_the_code_stands_in_the_catalogue(language):
    known = {said[0] for _, said, _ in messages(language)}
    packages = ("portal", "actors", "meetings", "recommendations")
    files = [path for name in packages for path in (ROOT / name).rglob("*.py")]
    files += [path for path in (ROOT / "templates").rglob("*") if path.is_file()]
    found = ((path, one or other) for path in files for one, other in SAID.findall(path.read_text()))
    said = [(path, text.replace('\\"', '"')) for path, text in found]
    assert len(said) > 1000
    assert [f"{path.relative_to(ROOT)}: {text}" for path, text in said if text not in known] == []


@languages
def test_a_countable_message_has_every_form_of_its_language(language):
    counted = [(key, told) for key, said, told in messages(language) if len(said) == 2]
    assert len(counted) > 20
    assert [key for key, told in counted if len(told) != FORMS[language]] == []


@languages
def test_a_translation_names_only_what_its_message_names(language):
    faults = []
    for key, said, told in messages(language):
        known = {name for text in said for name in PLACEHOLDER.findall(text)}
        for text in told:
            used = set(PLACEHOLDER.findall(text))
            if used - known or (len(said) == 1 and known - used - MAY_BE_LEFT_OUT):
                faults.append((key, text))
    assert faults == []


@languages
def test_a_countable_message_shows_its_number_where_the_form_stands_for_many_numbers(language):
    faults = []
    for key, said, told in messages(language):
        known = set(PLACEHOLDER.findall(said[-1]))
        many = told[3:] if language == "ar" else told[1:]
        if len(said) == 2 and any(set(PLACEHOLDER.findall(text)) != known for text in many):
            faults.append(key)
    assert faults == []


@languages
def test_markup_and_edges_of_a_message_survive_translation(language):
    faults = []
    for key, said, told in messages(language):
        for text in told:
            isolated = [tag for tag in TAG.findall(text) if "bdi" not in tag]
            if isolated != [tag for tag in TAG.findall(said[0]) if "bdi" not in tag]:
                faults.append((key, text))
            if said[0].startswith("\n") != text.startswith("\n") or said[0].endswith("\n") != text.endswith("\n"):
                faults.append((key, text))
            if said[0].endswith(" ") != text.endswith(" "):
                faults.append((key, text))
            if text.count("<bdi>") != text.count("</bdi>"):
                faults.append((key, text))
    assert faults == []


def test_arabic_sentences_carry_arabic_punctuation():
    def is_wrong(text: str) -> bool:
        bare = LATIN_RUN.sub("", MARKUP.sub("", text))
        return bool(re.search(r"[،؛؟ء-ي\s)»]\s*[,;?](?!\w)", bare) or re.search(r"« | »|[“”]", bare))

    assert wrong("ar", is_wrong) == []


def test_arabic_tanwin_stands_before_its_alif_and_the_preposition_touches_its_number():
    assert wrong("ar", lambda text: re.search(r"اً", text)) != []
    assert wrong("ar", lambda text: re.search(r"ًا|بـ |\bب %\(", text)) == []


def test_french_has_its_own_apostrophe_quotes_and_spaces():
    assert wrong("fr", lambda text: "'" in MARKUP.sub("", text)) == []
    assert wrong("fr", lambda text: re.search(r"«[^\u00a0\u202f]|[^\u00a0\u202f]»|[“”]", text)) == []
    assert (
        wrong("fr", lambda text: re.search(r"[^\s\u00a0\u202f?!…][;!?](?:\s|$)| [;!?:](?:\s|$)", MARKUP.sub("", text)))
        == []
    )


def test_french_spaces_before_a_mark_are_narrow_and_before_a_colon_are_not():
    def is_wrong(text: str) -> bool:
        bare = PLACEHOLDER.sub("0", MARKUP.sub("", text))
        return bool(re.search(r"[ \u00a0][;!?](?:\s|$)|[ \u00a0]%|n°[ \u00a0]|[ \u202f]:(?:\s|$)", bare))

    assert wrong("fr", is_wrong) == []


@pytest.mark.parametrize("language", ["ar", "fr"])
def test_a_sentence_speaks_of_one_institution_in_words(language):
    one = {"ar": 1, "fr": 0}[language]
    counted = re.compile(r"\b(?:de|à|par|pour|sur|avec) %\(\w+\)[ds] institution\b|%\(\w+\)[ds] مؤسسة")
    told = [(key, forms[one]) for key, said, forms in messages(language) if len(said) == 2]
    assert len(told) > 20
    assert [key for key, text in told if counted.search(text)] == []


@languages
def test_no_word_is_put_between_ascii_quotes(language):
    assert wrong(language, lambda text: '"' in MARKUP.sub("", text)) == []


@languages
def test_forbidden_words_and_foreign_months_are_absent(language):
    assert wrong(language, FORBIDDEN[language].search) == []


def test_the_word_for_region_means_the_region_only():
    assert wrong("ar", NOT_THE_REGION.search) == []


@languages
def test_the_states_read_as_the_list_of_words_has_them(language):
    words = {
        ("state of a recommendation", "adopted – not started"): ("معتمدة – لم يُشرع فيها", "Adoptée – non entamée"),
        ("state of a recommendation", "in progress"): ("في طور الإنجاز", "En cours de réalisation"),
        ("state of a recommendation", "continuous"): ("مستمرة", "En continu"),
        ("state of a recommendation", "blocked"): ("متعثرة", "En difficulté"),
        ("state of a recommendation", "done – waiting for confirmation"): (
            "منجزة – في انتظار التأكيد",
            "Réalisée – à confirmer",
        ),
        ("state of a recommendation", "confirmed"): ("إنجاز مؤكد", "Réalisation confirmée"),
        ("state of a recommendation", "contested"): ("محل تحفظ", "Réserves émises"),
        ("state of a recommendation", "dropped"): ("صُرف النظر عنها", "Retirée"),
        ("", "announced"): ("مبرمج", "Programmée"),
        ("", "held"): ("انعقد", "Tenue"),
        ("", "file closed"): ("ملف مكتمل", "Dossier clôturé"),
        ("invitation", "confirmed"): ("أكدت حضورها", "Présence confirmée"),
        ("invitation", "declined"): ("اعتذرت", "S’est excusée"),
        ("", "arrived during the meeting"): ("التحقت أثناء اللقاء", "Arrivée en cours de séance"),
        ("", "absent"): ("متغيبة", "Absente"),
        ("people concerned", "all"): ("الجميع", "Tous"),
    }
    said = {key: told[0] for key, _, told in messages(language)}
    place = ["ar", "fr"].index(language)
    assert {key: said[f"{key[0]}|{key[1]}"] for key in words} == {key: told[place] for key, told in words.items()}
