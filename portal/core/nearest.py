"""What may have been meant by a query that finds nothing: the same with one word of it as a name or text has it.

A slip is one letter too many, one missing, another one, or two that changed places, in a word of at least four.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import reduce
from itertools import compress
from operator import or_
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast

from portal.core.search import conditions_of
from portal.core.text import normalise, terms, without_article, without_particles

SHORTEST, MOST_TOKENS, MOST_NAMES = 4, 6, 500
#: of each table so many rows are looked at, the last that were made: no index finds half a word
MOST_ROWS = 10_000
#: a word as long as this may be asked for without its ending, of as many letters: a plural, a feminine
LONG, LONGEST_ENDING = 7, 2
WORD = re.compile(r"[^\W_]+(?:['’‘ʼ\u0610-\u065f\u0640][^\W_]*)*")

#: a name or text, and which word of the query may be missing in it
Written = tuple[str, int]


def nearest(query: str, *querysets: QuerySet[Any]) -> str:
    """The query as these rows have it in their words (`search_names` of the model), all its other words found; or ''.

    Asks the database once. The rows are those the reader may see: no other word is offered.
    """
    near = {number: _near(query, number, words) for number, words in _slips(query).items()}
    width = max(len(rows.model.search_names) for rows in querysets)
    asked = [_names(_last(rows), near, width) for rows in querysets] if near else []
    found = asked[0].union(*asked[1:], all=True).order_by()[:MOST_NAMES] if asked else ()
    names = ((row[:width], compress(near, row[width:])) for row in found)
    return next(corrected(query, (("\n".join(texts), number) for texts, numbers in names for number in numbers)), "")


def corrected(query: str, names: Iterable[Written]) -> Iterator[str]:
    """The query with a word as one of the names has it, a slip away; what most names have first."""
    tokens, slips = query.split(), _slips(query)
    found: Counter[Written] = Counter()
    for (whole, number), times in Counter((word, at) for name, at in names for word in WORD.findall(name)).items():
        for word, written in _stems(whole):
            if any(is_slip(asked, word) or _begins_so(asked, word) for asked in slips[number]):
                found[written, number] += times
    for written, number in sorted(found, key=lambda way: (-found[way], way[1], way[0])):
        yield " ".join([*tokens[:number], written, *tokens[number + 1 :]])


def every_word(query: str, names: Iterable[str]) -> Iterator[Written]:
    """The names, in each of which any word of the query may be meant."""
    slips = _slips(query)
    return ((name, number) for name in names for number in slips)


def is_slip(first: str, second: str) -> bool:
    """Whether the two words are one slip apart."""
    same = next((at for at, (one, other) in enumerate(zip(first, second, strict=False)) if one != other), None)
    if same is None:
        return abs(len(first) - len(second)) == 1
    one, other = first[same:], second[same:]
    return (
        one[1:] == other[1:] or one[1:] == other or one == other[1:] or (one[1::-1], one[2:]) == (other[:2], other[2:])
    )


def _begins_so(asked: str, word: str) -> bool:
    """Whether a long word asked for is one slip apart from the word without its ending, as a search finds it."""
    endings = range(1, LONGEST_ENDING + 1) if len(asked) >= LONG else ()
    return any(is_slip(asked, word[:-letters]) for letters in endings)


def _slips(query: str) -> dict[int, set[str]]:
    """The words of the query in which a slip is looked for, by their place in it."""
    tokens = query.split()
    if len(tokens) > MOST_TOKENS:
        return {}
    slips = {number: _asked(token) for number, token in enumerate(tokens)}
    return {number: words for number, words in slips.items() if words}


def _asked(token: str) -> set[str]:
    """The ways in which a text may have the word; none where it is short, or several words."""
    found = terms(token)
    ways = {way for term in found for way in term.alternatives} if len(found) == 1 else set()
    return {way[0] for way in ways if len(way) == 1 and len(way[0]) >= SHORTEST}


def _near(query: str, number: int, words: Iterable[str]) -> Q:
    """Rows that have all other words of the query, and may have this one but for a slip: its first half or its second
    is whole, or the two changed letters where they meet."""
    tokens = query.split()
    others = conditions_of(" ".join(tokens[:number] + tokens[number + 1 :]))
    return Q(*others) & reduce(or_, (condition for word in words for condition in _halves(word)))


def _halves(word: str) -> Iterator[Q]:
    half = len(word) // 2
    yield Q(search_text__contains=f" {word[:half]}")
    yield Q(search_text__contains=word[half:])
    yield Q(search_text__contains=f" {word[: half - 1]}{word[half]}{word[half - 1]}")


def _last(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.model._default_manager.filter(pk__in=rows.order_by("-pk").values("pk")[:MOST_ROWS])


def _names(rows: QuerySet[Any], near: dict[int, Q], width: int) -> QuerySet[Any, Any]:
    """Of each row to which one of the conditions applies its names and texts, as many as `width`, and which apply."""
    names = rows.model.search_names
    columns = [Cast(name, TextField()) for name in names] + [Value("", TextField())] * (width - len(names))
    found = [ExpressionWrapper(condition, BooleanField()) for condition in near.values()]
    return rows.filter(reduce(or_, near.values())).order_by().values_list(*columns, *found)


def _stems(written: str) -> Iterator[tuple[str, str]]:
    """The word as it is compared, without article, and as it is written, without other particles."""
    whole = normalise(written)
    stems = {without_article(stem): stem for stem in reversed([*without_particles(whole)])} if whole else {}
    for word, stem in stems.items():
        yield word, written[len(whole) - len(stem) :]
