"""Where an institution is, as the cells of province, commune and code say it together."""

from actors.imports.table.letters import BETWEEN_NAMES, BETWEEN_THEMES, pieces, says_nothing
from actors.imports.table.reasons import Reason, reason
from portal.core.text import normalise
from portal.reference.models import Territory
from portal.reference.resolver import Outcome, Resolved, memory, resolve, resolve_columns

#: the word that says that a region's name follows
REGION = frozenset({"جهه", "لجهه", "بجهه", "region"})
LONGEST_REGION = 4
DOUBTS = {
    Outcome.AMBIGUOUS: "territory_ambiguous",
    Outcome.REVIEW: "territory_to_confirm",
    Outcome.CONFLICT: "territory_conflict",
    Outcome.OUT_OF_REGION: "territory_elsewhere",
    Outcome.NONE: "territory_unknown",
}


def read_place(*, province: str, commune: str, territory: str) -> tuple[str, list[Reason]]:
    """The code of the territory (or the best suggestion, or '') and what is to be said about it.

    `territory` is the cell of codes; a name may stand in it too.
    """
    named, coded = resolve_columns(province, commune), resolve(territory)
    column, text = _speaks(province=province, commune=commune, territory=territory)
    reasons = []
    if commune and province and resolve(province, level=Territory.Level.PROVINCE).outcome is Outcome.NONE:
        reasons.append(reason("province_unknown", "province", province))
    if Outcome.EMPTY in {named.outcome, coded.outcome}:
        said = coded if named.outcome is Outcome.EMPTY else named
        return said.code, reasons + _doubt(said, column, text, province)
    code, doubts = _together(named, coded, column, text, province, territory)
    return code, reasons + doubts


def read_areas(text: str) -> tuple[list[str], list[Reason]]:
    """The codes of the territories a cell lists, each once; those that are not understood are named."""
    codes: dict[str, None] = {}
    reasons = []
    for piece in pieces(text, BETWEEN_NAMES, BETWEEN_THEMES, is_one=_is_territory):
        found = resolve(piece)
        if found.outcome is Outcome.OK:
            codes[found.code] = None
        else:
            reasons.append(reason("area_unknown", "areas", piece, codes=list(found.codes)))
    return list(codes), reasons


def _is_territory(text: str) -> bool:
    return resolve(text).outcome is Outcome.OK


def region_named(*names: str) -> str:
    """The code of the region that a regional body's name says: «… لجهة الشرق», “Direction régionale … de l’Oriental”;
    '' where none is named."""
    for name in names:
        words = name.split()
        for at, word in enumerate(words):
            if normalise(word) in REGION and (code := _region(words[at + 1 : at + 1 + LONGEST_REGION])):
                return code
        if any(normalise(word).startswith("region") for word in words) and (code := _region(words[-1:])):
            return code
    return ""


def _region(words: list[str]) -> str:
    for length in range(len(words), 0, -1):
        found = resolve(" ".join(words[:length]), level=Territory.Level.REGION)
        if found.outcome is Outcome.OK and memory.recall().levels.get(found.code) == Territory.Level.REGION:
            return found.code
    return ""


def _speaks(**cells: str) -> tuple[str, str]:
    """The column that a doubt is about, and its text: the commune's, else the province's, else the code's."""
    for column in ("commune", "province", "territory"):
        if cells[column] and not says_nothing(cells[column]):
            return column, cells[column]
    return "territory", ""


def _doubt(said: Resolved, column: str, text: str, province: str) -> list[Reason]:
    if code := DOUBTS.get(said.outcome):
        return [reason(code, column, text, codes=list(said.codes), province=province)]
    return []


def _together(
    named: Resolved, coded: Resolved, column: str, text: str, province: str, territory: str
) -> tuple[str, list[Reason]]:
    """Names and a code beside each other: they must not contradict; either may be the narrower one."""
    if coded.outcome is Outcome.OK:
        if named.outcome is Outcome.NONE:
            return coded.code, [reason("territory_by_code", column, text, kept=coded.code)]
        agreeing = [code for code in named.codes if _holds(code, coded.code) or _holds(coded.code, code)]
        if agreeing and named.outcome is not Outcome.CONFLICT:
            narrowest = max([coded.code, *agreeing], key=len) if named.outcome is Outcome.OK else coded.code
            return narrowest, []
        codes = sorted({coded.code, *named.codes})
        return coded.code, [reason("territory_conflict", "territory", territory, codes=codes, province=text)]
    if named.outcome is Outcome.OK and coded.outcome is not Outcome.OUT_OF_REGION:
        if named.code in coded.codes:
            return named.code, []
        return named.code, [reason("territory_code_unknown", "territory", territory, kept=named.code)]
    said = coded if coded.outcome is Outcome.OUT_OF_REGION else named
    return said.code, _doubt(said, column, text, province)


def _holds(wide: str, narrow: str) -> bool:
    return narrow == wide or narrow.startswith(f"{wide}.")
