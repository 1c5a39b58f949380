"""Search in stored text: every word of the query must begin a word of the record.

Upper apps hang in here what the core cannot know: an expander answers with the other spellings of a name.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import reduce
from itertools import chain, islice
from operator import or_
from typing import Any

from django.apps import apps
from django.db.models import FETCH_PEERS, Model, Q, QuerySet

from portal.core.text import SMALL, QueryTerm, searchable, terms, without_particles

Words = tuple[str, ...]
#: takes bare words (`portal.core.text.bare_words`), answers with all spellings of the name they are, or nothing
Expander = Callable[[Words], Iterable[Words]]

#: names longer than this are not looked up as a whole
LONGEST_NAME = 6
#: rows whose texts are written anew at a time
PORTION = 500
_expanders: list[Expander] = []


def register_expander(expander: Expander) -> None:
    """Called from `AppConfig.ready()` of the app that knows the names."""
    if expander not in _expanders:
        _expanders.append(expander)


def find[M: Model](queryset: QuerySet[M], query: str) -> QuerySet[M]:
    """The rows whose `search_text` has every word of the query, or another spelling of a name in it."""
    return queryset.filter(*conditions_of(query))


def conditions_of(query: str) -> list[Q]:
    """The same as conditions, one for each word or name of the query."""
    return [_condition(alternatives) for alternatives in alternatives_of(query)]


def alternatives_of(query: str) -> list[Sequence[Words]]:
    """The query cut into names and words, the longest name first; for each, the ways in which a text may have it."""
    asked = terms(query)
    cut: list[Sequence[Words]] = []
    while asked:
        length, alternatives = _longest_name(asked)
        cut.append(_shortest(alternatives))
        asked = asked[length:]
    return [piece for piece in cut if not SMALL.issuperset(chain.from_iterable(piece))] or cut


def reindex(queryset: QuerySet[Any]) -> int:
    """Write `search_text` anew from each row's `search_parts()`; returns how many rows changed.

    Written past the history, the one place where that is right on a model that has one: the text is derived, so it is
    no change a person made, and a save would write a history row (and run signals) for each nightly rebuild.
    """
    model, changed = queryset.model, 0
    links = [field.name for field in model._meta.many_to_many]
    # What the parts of one row are read from is read for all rows of its portion at once.
    rows = queryset.fetch_mode(FETCH_PEERS).prefetch_related(*links).iterator(chunk_size=PORTION)
    while portion := list(islice(rows, PORTION)):
        stale = []
        for row in portion:
            text = searchable(row.search_parts())
            if text != row.search_text:
                row.search_text = text
                stale.append(row)
        changed += model._base_manager.bulk_update(stale, ["search_text"])
    return changed


def reindex_all() -> list[tuple[str, int, int]]:
    """`reindex` for every model that can be searched: its name, how many rows changed, how many there are."""
    searched = [
        model for model in apps.get_models() if hasattr(model, "search_parts") and hasattr(model, "search_text")
    ]
    return [
        (model._meta.label, reindex(model._default_manager.all()), model._default_manager.count()) for model in searched
    ]


def _condition(alternatives: Sequence[Words]) -> Q:
    """One alternative or another; each distinctive word (the longest) is looked for once, and first, as a scan of
    the table costs by the words it looks for. Words are letters and digits: nothing in them means anything to LIKE."""
    by_word: dict[str, list[Words]] = {}
    for words in alternatives:
        by_word.setdefault(max(words, key=len), []).append(words)
    condition = Q()
    for longest, group in by_word.items():
        others = [Q(*(_has(word) for word in words if word != longest)) for words in group]
        condition |= _has(longest) & (reduce(or_, others) if all(others) else Q())
    return condition


def _has(word: str) -> Q:
    return Q(search_text__contains=f" {word}")


def _longest_name(asked: list[QueryTerm]) -> tuple[int, list[Words]]:
    for length in range(min(LONGEST_NAME, len(asked)), 1, -1):
        words = tuple(word for term in asked[:length] for word in term.words)
        if spellings := _spellings(words):
            return length, [words, *spellings]
    own = dict.fromkeys((asked[0].words, *asked[0].alternatives))
    return 1, [*own, *(spelling for words in own for spelling in _spellings(words))]


def _spellings(words: Words) -> list[Words]:
    """Of the name as it stands, else of the name behind a particle: «بوجدة»."""
    for first in without_particles(words[0]):
        if found := [spelling for expander in _expanders for spelling in expander((first, *words[1:]))]:
            return found
    return []


def _shortest(alternatives: list[Words]) -> list[Words]:
    """Without those that another one makes needless: what has «قرية أركمان» has «أركمان»."""
    kept: list[Words] = []
    for words in sorted(set(alternatives), key=lambda words: (len(words), sum(map(len, words)), words)):
        if not any(all(any(word.startswith(short) for word in words) for short in other) for other in kept):
            kept.append(words)
    return kept
