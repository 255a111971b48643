"""The text of an HTML mail, line by line as a mail program shows it, with quoted blocks marked by `>`."""

from html.parser import HTMLParser

_BLOCKS = frozenset(
    {
        "address",
        "article",
        "blockquote",
        "br",
        "center",
        "dd",
        "div",
        "dl",
        "dt",
        "fieldset",
        "footer",
        "form",
        "h1",
        "h2",
    }
    | {"h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "table", "tr", "ul"}
)
_SPACED = frozenset({"p", "ul", "ol", "table", "h1", "h2", "h3", "h4"})
_UNSEEN = frozenset({"style", "script", "head", "title", "template"})
_RULE = "________________________________"


def html_to_text(html: str) -> str:
    """The visible text. A `blockquote` becomes lines beginning with `> `, a rule a line of underscores."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.end_line()
    return "\n".join(reader.lines).strip("\n")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = []
        self._line: list[str] = []
        self._quotes = 0
        self._unseen = 0
        self._depth = 0  # of the last line
        self._gap: int | None = None  # the depth at which a paragraph ended: an empty line is due there
        self._kept = 0  # depth of <pre>, whose spaces count

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        if tag in _UNSEEN:
            self._unseen += 1
        elif tag == "body":
            self._unseen = 0  # a head that was never closed hides nothing
        if tag in _BLOCKS:
            self.end_line(always=tag == "br")
            if tag in _SPACED:
                self._space()
        if tag in {"td", "th"}:
            self._line.append(" ")
        elif tag == "blockquote":
            self._quotes += 1
        elif tag == "hr":
            self.lines.append(self._marked(_RULE))
        elif tag == "pre":
            self._kept += 1
        elif tag == "li":
            self._line.append("- ")

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen = max(0, self._unseen - 1)
        if tag in _BLOCKS and tag not in {"br", "hr"}:
            self.end_line()
            if tag in _SPACED:
                self._space()
        if tag == "blockquote":
            self._quotes = max(0, self._quotes - 1)
        elif tag == "pre":
            self._kept = max(0, self._kept - 1)

    def handle_data(self, data: str) -> None:
        if self._unseen:
            return
        if self._kept:
            first, *rest = data.split("\n")
            self._line.append(first)
            for line in rest:
                self.end_line(always=True)
                self._line.append(line)
        else:
            self._line.append(data)

    def end_line(self, *, always: bool = False) -> None:
        """Close the line being read; an empty one only where a break says so."""
        text = "".join(self._line)
        text = text.rstrip() if self._kept else " ".join(text.split())
        if text or always:
            if text and self._gap == self._quotes == self._depth and self.lines and self.lines[-1].strip(" >"):
                self.lines.append(self._marked(""))
            self._gap = None
            self._depth = self._quotes
            self.lines.append(self._marked(text))
        self._line = []

    def _space(self) -> None:
        self._gap = self._quotes

    def _marked(self, text: str) -> str:
        return f"{'> ' * self._quotes}{text}".rstrip() if self._quotes else text
