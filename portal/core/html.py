"""Text people write: plain paragraphs in, a short list of tags out."""

import html
import re
from html.parser import HTMLParser

import nh3

from portal.core.text import direction_of, with_addresses_apart

TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "h3", "h4", "blockquote", "a"}
ATTRIBUTES = {"a": {"href"}, "p": {"dir"}}
#: the elements that are paragraphs of their own, and what they are on paper, under the headings of the paper itself
BLOCKS = {tag: tag for tag in ("p", "ul", "ol", "li", "blockquote")} | {"h3": "h4", "h4": "h5"}
BOLD_OR_SLANTED = re.compile(r"<(/?)([bi])(?=[\s>])", re.IGNORECASE)
#: a table that was pasted: its rows that hold no other table's, their cells, and what parts the words inside one
TABLE = {"table", "tr", "td", "th"}
ROW = re.compile(r"<tr>((?:(?!<tr>).)*?)</tr>", re.DOTALL)
CELL = re.compile(r"<t[dh]>(.*?)</t[dh]>", re.DOTALL)
PARTING = re.compile(r"</?(?:p|br|ul|ol|li|h3|h4|blockquote|table)\b[^>]*>")
BETWEEN_CELLS = " | "
#: so many tables may stand in a cell of one another, more than anybody lays out
DEEPEST = 40
#: a dot, a number or a letter at the beginning of a line, which text processors part from its words with a tab
MARKER = re.compile(r"^[ \t]*([^\w\s«\"(]|o|\(?\w{1,3}[.)\-–])[ \t]*\t[ \t]*", re.MULTILINE)
TABS = re.compile(r"(?<=\S)[ \t]*\t[ \t]*(?=\S)")


def clean(markup: str) -> str:
    """The markup with only the tags of TAGS; scripts, styles and their content are gone.

    The rows of a table become paragraphs, its cells kept apart: what stands in two must not become one number.
    """
    kept = BOLD_OR_SLANTED.sub(lambda tag: f"<{tag[1]}{'strong' if tag[2] in 'bB' else 'em'}", markup)
    if "<t" in kept.lower():
        kept = _clean(kept, TAGS | TABLE)
        for _table in range(DEEPEST):
            kept, rows = ROW.subn(_row, kept)
            if not rows:
                break
    return _clean(kept, TAGS)


def _clean(markup: str, tags: set[str]) -> str:
    return nh3.clean(
        markup, tags=tags, attributes=ATTRIBUTES, url_schemes={"https", "http", "mailto"}, link_rel="noopener nofollow"
    )


def _row(row: re.Match[str]) -> str:
    cells = [_words(cell) for cell in CELL.findall(row[1])]
    return f'<p dir="auto">{BETWEEN_CELLS.join(cells)}</p>' if any(cells) else ""


def _words(cell: str) -> str:
    parts = (" ".join(part.replace("&nbsp;", " ").split()) for part in PARTING.split(cell))
    return (BETWEEN_CELLS if "<table>" in cell else " ").join(filter(None, parts))


def paragraphs(text: str) -> str:
    """Plain text as paragraphs: an empty line begins a new one, a single line break stays.

    A tab parts a marker from its line, else the cells of a table.
    """
    text = TABS.sub(BETWEEN_CELLS, MARKER.sub(r"\1 ", text.replace("\r\n", "\n"))).strip()
    blocks = [block.strip() for block in re.split(r"\n\s*\n", text)]
    markup = "".join(f'<p dir="auto">{html.escape(block).replace("\n", "<br>")}</p>' for block in blocks if block)
    return clean(markup)


def plain(markup: str) -> str:
    """The words of cleaned markup, paragraphs parted by an empty line; the reverse of `paragraphs`."""
    text = re.sub(r"<br\s*/?>", "\n", markup)
    text = re.sub(r"</(p|li|h3|h4|blockquote)>", "\n\n", text)
    text = html.unescape(nh3.clean(text, tags=set()))
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def on_paper(markup: str, otherwise: str) -> str:
    """Cleaned markup for a PDF, which knows no `dir="auto"`: each block and each address says the direction of its
    own text (`otherwise`, where it has no letters).
    """
    writing = _OnPaper(otherwise)
    writing.feed(markup)
    writing.close()
    return "".join(writing.parts)


class _OnPaper(HTMLParser):
    """Writes the markup again; the beginning of a block is written once its text is known."""

    def __init__(self, otherwise: str) -> None:
        super().__init__(convert_charrefs=True)
        self.otherwise = otherwise
        self.parts: list[str] = []
        self.texts: dict[int, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in BLOCKS:
            self.texts[len(self.parts)] = ""
            chosen = dict(attrs).get("dir")
            self.parts.append(f'<{BLOCKS[tag]} dir="{chosen}">' if chosen in {"rtl", "ltr"} else f"<{BLOCKS[tag]}")
        else:
            self.parts.append(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        if tag in BLOCKS and self.texts:
            place, text = self.texts.popitem()
            if not self.parts[place].endswith(">"):
                self.parts[place] += f' dir="{direction_of(text, self.otherwise)}">'
            self.parts.append(f"</{BLOCKS[tag]}>")
        elif tag not in BLOCKS:
            self.parts.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        for place in self.texts:
            self.texts[place] += data
        self.parts.append(with_addresses_apart(html.escape(data, quote=False)))
