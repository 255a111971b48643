"""Sentences of a page that give orders to a model instead of telling of the business.

No list of such sentences is ever complete. It is the second line: the first are the fence around strangers' text, answers that
must fit a schema, and quotes that must stand on the page. What a wrong guess costs here is one paragraph not quoted.
"""

import re

_TASK = r"(?:instructions?|rules|prompts?|tasks?|assignments?|orders?|commands?|guidelines|directives|requests?|texts?)"
_YOURS = r"(?:instructions?|rules|prompts?|tasks?|assignments?|commands?|guidelines|directives)"
_BEFORE = r"(?:all|any|every|everything|above|previous|preceding|prior|earlier|foregoing|before|your|these|those|the)"
_PIECE = (
    r"(?:poems?|essays?|stor(?:y|ies)|songs?|lyrics|manifesto|plea|speech|haiku|sonnet|limerick|letter|tweets?|paragraphs?"
    r"|script|dialogue|summary|article|python|javascript|sql|code|program|function|quer(?:y|ies)|statements?|joke|list of)"
)
_LANGUAGES = (
    r"(?:english|french|german|spanish|italian|russian|chinese|japanese|portuguese|turkish|arabic|croatian|serbian)"
)

_WISH = r"(?:want|need|would like|'d like|urgently need|order|command|ask|expect)"
_QUALIFIED = r"(?:new |next |first |original |initial |real |only |own |system |hidden |secret )*"

_ORDERS = re.compile(
    rf"\b(?:ignore|disregard|forget|overlook|override|skip|leave|drop|delete|erase|omit)\b.{{0,40}}\b{_BEFORE}\b.{{0,40}}"
    rf"\b(?:{_TASK}|information|conversation|said|told|written|behind|that|this|it)\b"
    rf"|\b(?:ignore|disregard|forget)\b.{{0,20}}\b(?:{_TASK}|everything|all|the user|that|this|it)\b"
    r"|\b(?:new|next|another|further|more|different|following|real|actual|only|other) (?:and \w+ )?"
    rf"(?:{_TASK}|challenges?|questions?)\b|\bfirst (?:command|request|sentence|task|question) is\b"
    rf"|\byour {_QUALIFIED}(?:{_YOURS}|role|goal|system|response|reply|answer|message)\b"
    r"|\b(?:act|behave|respond|answer|reply|speak|write|talk) (?:only )?(?:as|like|in the (?:style|role) of)"
    r" (?:a|an|the|if|though|you)\b"
    r"|\bpretend\b|\brole[- ]?play|\bplay the role\b|\bimagine (?:that )?you\b|\bput yourself\b|\bin character\b"
    r"|\bbreak character\b"
    r"|\b(?:now )?you are (?:now|no longer|a|an|the|my|going to|to|not|completely|\w+gpt)\b"
    r"|\bnow you (?:are|will|must|should)\b|\bi (?:instruct|command|order) you\b"
    rf"|\bi {_WISH} you(?:r help)?\b|\bhow do you (?:answer|respond|say)\b"
    r"|\b(?:show|tell|give|repeat|print|output|reveal|display|list|summari[sz]e|return|translate|spell)\b.{0,40}"
    rf"\b(?:prompts?|instructions?|(?:the|all|following|previous|above) (?:texts?|sentences?|words?)|{_LANGUAGES})\b"
    r"|\b(?:write|generate|create|compose|draft|develop|make|provide|produce|invent|give me|tell me)\b.{0,40}"
    rf"\b{_PIECE}\b|\bwrite me\b"
    r"|\b(?:do not|don't|never|without) (?:print|say|mention|reveal|output|answer|respond|explain|tell|writing|printing"
    r"|write explanations)\b"
    r"|\binstead,? (?:print|say|output|respond|reply|write|answer)\b|\b(?:respond|reply|answer) (?:only )?with\b"
    r"|\b(?:answer|help (?:me )?with) (?:me )?(?:the|this|my|another|following)\b|\bstop (?:all|everything|for a moment)\b"
    r"|\b(?:well|very well) done\b|\bstart (?:over|from the (?:front|beginning))\b"
    r"|\b(?:all|that) (?:of that )?was a (?:lie|joke|test)\b"
    r"|\b(?:ai|language|chat) ?(?:systems?|models?|assistants?|agents?|bots?)\b|\b(?:chat)?gpt\b|\bllms?\b|\bas an ai\b"
    r"|\b(?:system|developer) (?:prompt|message|override)\b|\bprompts?\b|\binjection\b.{0,20}\b(?:success|prompt|sql)"
    r"|<<\s*/?sys\s*>>|\[/?inst\]|<\|\w+\|>|[\"']role[\"']\s*:|\bbegin(?:ning)? of (?:the )?(?:prompt|conversation)\b"
    r"|\bscore (?:of|to|it|this)\b.{0,20}\b100\b|\btier[ -]?a\b|\bperfect lead\b"
    r"|(?:^|[.!?:\n]\s*)(?:state|say|repeat|claim|write)\b(?: that\b| after me\b| yes\b| no\b|:|\s*[\"“])"
    r"|\bstop\W{1,3}(?:say|write|print)\b|\btranslate (?:to|into|the)\b|\byour (?:embeddings|directions|thoughts)\b"
    r"|\b(?:ignoriere?(?: sie)?|vergiss|vergessen sie) (?:alle|alles|die|das)\b"
    r"|\b(?:neue[nrs]?|folgende[nrs]?|weitere[nrs]?) (?:aufgaben?|anweisung|fragen?|texte?)\b"
    r"|\b(?:vorherige|obige|bisherige)[nrs]? (?:\w+ )?(?:texte?s?|anweisungen|informationen|instruktionen|angaben)\b"
    r"|\bich (?:möchte|will), dass (?:sie|du)\b|\bschreibe? (?:nun|mir|jetzt|eine?n?)\b|\b(?:jetzt|nun) bist du\b"
    r"|\b(?:generieren|verfassen) sie\b|\b(?:verfasse|formuliere|generiere) (?:nun|mir|für|eine?n?)\b"
    r"|\bstell dir vor, du\b|\bdu bist (?:nun|jetzt|eine?)\b|\bignorez\b|\boubliez\b"
    r"|\b(?:olvida|ignora|ignore|olvide) (?:todas?|todo|las)\b|\bzaboravi sve\b|\bзабудьте все\b",
    re.IGNORECASE | re.DOTALL,
)
_LINKS = re.compile(r"https?://|\bwww\.|\S@\S+\.\w", re.IGNORECASE)
_BETWEEN_SENTENCES = re.compile(r"(?<=[.!?])(?=\s)|(?<=\n)")  # of no width: the pieces are the whole text


def gives_orders(text: str) -> bool:
    """Whether the text speaks to a model: orders it, casts it, or asks for its instructions."""
    return _ORDERS.search(text) is not None


def leads_away(text: str) -> bool:
    """Whether the text carries a link or an address, which no statement of ours does."""
    return _LINKS.search(text) is not None


def is_question(text: str) -> bool:
    """Whether the text only asks: a question tells nothing that could be quoted."""
    sentences = [sentence.strip() for sentence in _BETWEEN_SENTENCES.split(text) if sentence.strip(" .!?\n\"'")]
    return bool(sentences) and all(sentence.rstrip("\"')* ").endswith("?") for sentence in sentences)


def without_orders(text: str) -> str:
    """The text without the paragraphs that speak to a model: what stands beside an order is of the same hand. The others
    keep every character.
    """
    if not gives_orders(text):
        return text
    return "".join(paragraph for paragraph in text.splitlines(keepends=True) if not gives_orders(paragraph))
