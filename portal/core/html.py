"""Text people write: plain paragraphs in, a short list of tags out."""

import html
import re

import nh3

TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "h3", "h4", "blockquote", "a"}
ATTRIBUTES = {"a": {"href"}, "p": {"dir"}}


def clean(markup: str) -> str:
    """The markup with only the tags of TAGS; scripts, styles and their content are gone."""
    return nh3.clean(
        markup, tags=TAGS, attributes=ATTRIBUTES, url_schemes={"https", "http", "mailto"}, link_rel="noopener nofollow"
    )


def paragraphs(text: str) -> str:
    """Plain text as paragraphs: an empty line begins a new one, a single line break stays."""
    blocks = [block.strip() for block in re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip())]
    markup = "".join(f'<p dir="auto">{html.escape(block).replace("\n", "<br>")}</p>' for block in blocks if block)
    return clean(markup)


def plain(markup: str) -> str:
    """The words of cleaned markup, paragraphs parted by an empty line; the reverse of `paragraphs`."""
    text = re.sub(r"<br\s*/?>", "\n", markup)
    text = re.sub(r"</(p|li|h3|h4|blockquote)>", "\n\n", text)
    text = html.unescape(nh3.clean(text, tags=set()))
    return re.sub(r"\n{3,}", "\n\n", text).strip()
