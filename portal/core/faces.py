"""The faces of a PDF, made so that the text behind the letters can be read back in its order.

A ligature is one glyph for two letters, and readers of PDF do not agree in which order an Arabic pair is then read:
`pdftotext` gives «األدوار» for «الأدوار». So the optional pairs are drawn as two letters, and لا, which no eye accepts
apart, becomes an empty lam beside a glyph that is the whole pair: one glyph for each letter again. (With a vowel
sign between the two, the true ligature remains.)
"""

import io
from functools import cache
from pathlib import Path

from fontTools.otlLib import builder
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables import otTables
from fontTools.ttLib.tables._g_l_y_f import Glyph

LAMS = ("uniFEDF", "uniFEE0")
ALEFS = ("uniFE8E", "uniFE88", "uniFE84", "uniFE82", "uniFB51", "uni0672.fina", "uni0673.fina")
RIGHT_TO_LEFT, IGNORING_MARKS = 1, 8


@cache
def readable(path: Path) -> bytes:
    """The font file with one glyph for each Arabic letter; as it is, where it has no such ligatures."""
    font = TTFont(path)
    lookups = font["GSUB"].table.LookupList.Lookup
    features = [row.Feature for row in font["GSUB"].table.FeatureList.FeatureRecord if row.FeatureTag == "rlig"]
    numbers = {number for feature in features for number in feature.LookupListIndex}
    pairs: dict[tuple[str, str], str] = {}
    for number in numbers:
        pairs |= _lam_alefs(lookups[number])
    if not pairs:
        return path.read_bytes()
    blanks = {lam: _blank(font, lam) for lam in {lam for lam, _alef in pairs}}
    first = min(numbers)
    single = {lam: _append(lookups, builder.buildSingleSubstSubtable({lam: blank})) for lam, blank in blanks.items()}
    whole = {
        pair: _append(lookups, builder.buildSingleSubstSubtable({pair[1]: glyph})) for pair, glyph in pairs.items()
    }
    rest = _append(lookups, builder.buildLigatureSubstSubtable(pairs), flag=RIGHT_TO_LEFT | IGNORING_MARKS)
    lookups[first] = _chain(font, pairs, single, whole)
    for feature in features:
        feature.LookupListIndex = [first, rest]
        feature.LookupCount = 2
    font["GSUB"].table.LookupList.LookupCount = len(lookups)
    stream = io.BytesIO()
    font.save(stream)
    return stream.getvalue()


def _lam_alefs(lookup: otTables.Lookup) -> dict[tuple[str, str], str]:
    tables = [getattr(table, "ExtSubTable", table) for table in lookup.SubTable]
    return {
        (lam, ligature.Component[0]): ligature.LigGlyph
        for table in tables
        for lam, ligatures in getattr(table, "ligatures", {}).items()
        for ligature in ligatures
        if lam in LAMS and len(ligature.Component) == 1 and ligature.Component[0] in ALEFS
    }


def _blank(font: TTFont, lam: str) -> str:
    """A glyph without ink or width, to stand for the lam."""
    name = f"{lam}.blank"
    font["glyf"][name] = Glyph()
    font["hmtx"][name] = (0, 0)
    font.setGlyphOrder(font["glyf"].glyphOrder)
    if "GDEF" in font and font["GDEF"].table.GlyphClassDef:
        font["GDEF"].table.GlyphClassDef.classDefs[name] = 1
    return name


def _append(lookups: list[otTables.Lookup], table: object, flag: int = RIGHT_TO_LEFT) -> int:
    lookups.append(builder.buildLookup([table], flags=flag))
    return len(lookups) - 1


def _chain(
    font: TTFont, pairs: dict[tuple[str, str], str], single: dict[str, int], whole: dict[tuple[str, str], int]
) -> otTables.Lookup:
    """Lam then alef, with nothing between: each replaced by its own lookup."""
    order = font.getReverseGlyphMap()
    tables = []
    for lam, alef in pairs:
        table = otTables.ChainContextSubst()
        table.Format = 3
        for name, glyphs in (("Backtrack", []), ("Input", [lam, alef]), ("LookAhead", [])):
            setattr(table, f"{name}Coverage", [builder.buildCoverage([glyph], order) for glyph in glyphs])
            setattr(table, f"{name}GlyphCount", len(glyphs))
        table.SubstLookupRecord = [_record(0, single[lam]), _record(1, whole[lam, alef])]
        table.SubstCount = 2
        tables.append(table)
    return builder.buildLookup(tables, flags=RIGHT_TO_LEFT)


def _record(place: int, lookup: int) -> otTables.SubstLookupRecord:
    record = otTables.SubstLookupRecord()
    record.SequenceIndex, record.LookupListIndex = place, lookup
    return record
