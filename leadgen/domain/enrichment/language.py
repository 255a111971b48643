"""The language a page is written in, as a two-letter code (ISO 639-1)."""

import re
from collections import Counter

from selectolax.lexbor import LexborHTMLParser

from leadgen.domain.identity.words import word_set

_CODE = re.compile(r"[a-z]{2}(?=[-_]|$)")
_WORD = re.compile(r"[a-zà-öø-ÿßœ]+")
_COMMON_WORDS = {
    "en": word_set("the and of to in for is our you your with we are on from this that"),
    "es": word_set("el la los las de y en para con que nuestro nuestra una por su es"),
    "fr": word_set("le la les des et en pour avec nous vous notre votre une est dans sur"),
    "de": word_set("der die das und für mit wir sie ist den von ein eine auf unsere ihre"),
    "pt": word_set("o os as de e em para com que nosso nossa uma por seu não são"),
    "it": word_set("il lo gli di e per con che nostro nostra una della sono del nel"),
    "nl": word_set("de het een en van voor met wij zijn onze uw op te is dat"),
}
_LEAST_WORDS = 20


def _by_words(text: str) -> str | None:
    """The language whose commonest words occur most, when enough of them do."""
    words = Counter(_WORD.findall(text[:20_000].lower()))
    if sum(words.values()) < _LEAST_WORDS:
        return None
    counts = {code: sum(words[word] for word in common) for code, common in _COMMON_WORDS.items()}
    best = max(counts, key=counts.__getitem__)
    return best if counts[best] >= 0.08 * sum(words.values()) else None


def find_language(tree: LexborHTMLParser, text: str) -> str | None:
    """What the page declares (`<html lang>`, `Content-Language`, `og:locale`), else what its commonest words say.

    Templates declare English whatever is written, so for a page declared English the words decide where they can.
    """
    root = tree.css_first("html")
    meta = tree.css_first('meta[http-equiv="content-language" i],meta[property="og:locale" i]')
    declared = (root.attributes.get("lang") if root else None) or (meta.attributes.get("content") if meta else None)
    code = _CODE.match((declared or "").strip().lower())
    if code and code[0] != "en":
        return code[0]
    return _by_words(text) or (code[0] if code else None)
