"""What a line of a mail is: a quote, its announcement, a header of an older mail, a delimiter, a program's trailer.

The words are those that mail programs write in the languages of their users.
"""

import re

_WROTE = (
    r"(?:(?<!\w)(?:wrote|writes|said|schrieb(?:en)?|(?:hat |het volgende )?geschr(?:ie|e)ben|a écrit|a ecrit|écrit"
    r"|escribi[oó]|ha escrito"
    r"|ha scritto|scrive|escreveu|escreve|schreef|het volgende geschreven|geschreven|skrev|skreiv|kirjoitti"
    r"|napisał(?:a|\(a\)|/a)?|pisze"
    r"|napsal(?:a|\(a\))?|píše|napísal(?:a|\(a\))?|írta|a scris|написал(?:а|\(а\))?|пишет|пише|написав|написа"
    r"|έγραψε|(?:şunu )?yazdı"
    r"|va escriure|đã viết|menulis|skrifaði|rašė|kirjutas|(?:je )?napisa(?:o|la))(?!\w)"
    r"|寫道|写道|寫到|のメール|書きました|のメッセージ|님이 작성|작성|כתב|كتب)"
)
_DATE = (
    r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}|\b\d{1,2}:\d{2}\b|\b(19|20)\d{2}\b|年\s*\d{1,2}\s*月|\d{4}\s*年"
    r"|\b(yesterday|today|gestern|heute|hier|ieri|ayer)\b"
)
_HAS_DATE = re.compile(_DATE, re.IGNORECASE)
_ADDRESS = re.compile(r"[\w.+'-]+(@|\(a\)|&#64;)[\w.-]+")
_OPENER = re.compile(
    r"^[\s>*_-]*(on|at|am|le|el|il|em|no dia|a|op|den|på|dne|dňa|w dniu|dnia|pada|vào|tarihinde|ср|чт|пт|пн|вт|сб"
    r"|вс|в|від|στις|la"
    r"|data|date|in data|il giorno|um|\w{2,4}\.?,|在|于|於|quoting|\d)",
    re.IGNORECASE,
)
_WROTE_COLON = re.compile(
    rf"(?:{_WROTE})[^:：\n]{{0,40}}(\d{{1,2}}[:.h]\d{{2}})?[^:：\n]{{0,20}}[:：]\s*$", re.IGNORECASE
)
_WROTE_LAST = re.compile(rf"(?:{_WROTE})\s*-*\s*$", re.IGNORECASE)
_DATED_SENDER = re.compile(
    r"^[\s>*]*(\d{4}-\d{2}-\d{2}|\d{4}/\d{1,2}/\d{1,2}|\d{4}年\d{1,2}月\d{1,2}日|\d{1,2}[./]\d{1,2}[./]\d{4}"
    r"|\d{4}\. ?\d{1,2}\. ?\d{1,2}\.?)\s?[^\n]{0,24}?(\d{1,2}[:.]\d{2})(:\d{2})?\s*(am|pm|uur|uhr)?[,、:]?\s*((gmt"
    r"|utc)?[+-]\d{1,2}:?\d{2}"
    r"|gmt|utc)?\s*[,:、]?\s*[^\n]{2,80}[^.!?]$",
    re.IGNORECASE,
)
_MARKER = re.compile(
    r"^[\s>*_=-]*("
    r"(original|forwarded|begin forwarded|start of forwarded|reply|replied|quoted) ?(message|mail|e-?mail"
    r"|text)?( follows| from| separator)?"
    r"|begin forwarded message|original appointment|ursprüngliche (nachricht|mail|e-?mail)|originalnachricht"
    r"|original-?nachricht"
    r"|weitergeleitete nachricht|anfang der weitergeleiteten (nachricht|e-?mail)|message (d['’]origine|original"
    r"|transféré|initial)"
    r"|mail original|e-?mail d['’]origine|début du message (réexpédié|transféré)|mensaje (original|reenviado)"
    r"|inicio del mensaje reenviado"
    r"|mensagem (original|encaminhada)|início da mensagem encaminhada|messaggio (originale|inoltrato)"
    r"|inizio (del )?messaggio inoltrato"
    r"|(oorspronkelijk|doorgestuurd|origineel) bericht|begin doorgestuurd bericht|ursprungligt meddelande"
    r"|originalmeddelande"
    r"|vidarebefordrat meddelande|oprindelig meddelelse|opprinnelig melding|original melding|videresendt (besked"
    r"|melding)"
    r"|alkuperäinen viesti|välitetty viesti|wiadomość oryginalna|oryginalna wiadomość|wiadomość przekazana"
    r"|původní zpráva"
    r"|přeposlaná zpráva|eredeti üzenet|mesaj original|исходное сообщение|оригинальное сообщение"
    r"|пересылаемое сообщение"
    r"|пересланное сообщение|первоначальное сообщение|αρχικό μήνυμα|orijinal mesaj|özgün ileti|原始邮件|原始郵件"
    r"|转发的邮件"
    r"|転送メッセージ"
    r"|元のメッセージ|オリジナルメッセージ|원본 메시지|원본 메일|pesan asli|thư gốc"
    r")(?:\s*[:：]?[\s*_=-]*|\s*-{3,}.*)$",
    re.IGNORECASE,
)
_MARKED_ONLY = re.compile(r"^[\s>]*[-_=*]{2,}\s*\S|[:：]\s*$|-{2,}\s*$")
_SENDER = (
    r"from|von|de|da|van|från|fra|od|feladó|lähettäjä|от|від|відправник|από|kimden|gönderen|发件人|寄件者|寄件人"
    r"|差出人|送信者"
    r"|보낸 ?사람"
    r"|expéditeur|remitente|absender|mittente|remetente|afzender|dari|من|מאת|expeditor|desde"
)
_OTHER_HEADER = (
    r"sent|date|to|cc|bcc|subject|reply[- ]to|importance|priority|attachments?|sent by|received|gesendet|datum|an"
    r"|kopie|betreff"
    r"|antwort an|gesendet am|envoyé|date|à|a|objet|cc?|copie|répondre à|enviado( el| em)?|fecha|para|asunto"
    r"|assunto|data|inviato"
    r"|oggetto|risposta|verzonden|aan|onderwerp|datum|skickat|till|ämne|datum|sendt|til|emne|dato|wysłano|do|temat"
    r"|data|odesláno"
    r"|komu|předmět|dátum|predmet|elküldve|címzett|tárgy|lähetetty|vastaanottaja|aihe|päivämäärä|отправлено|дата"
    r"|кому|тема|надіслано"
    r"|копия|ημερομηνία|προς|θέμα|tarih|kime|konu|gönderilme|发送时间|发送日期|日期|收件人|抄送|主题|寄件日期"
    r"|傳送時間|收件者|副本|主旨"
    r"|送信日時|日付|日時|宛先|件名|보낸 ?날짜|보낸 ?시간|받는 ?사람|참조|제목|trimis|către|subiect|kepada|tanggal"
    r"|perihal|message-?id|list"
)
_HEADER = re.compile(
    rf"^[\s>]*[*_]{{0,2}}(?P<name>{_SENDER}|{_OTHER_HEADER})\s?[*_]{{0,2}}\s?[:：][*_]{{0,2}}", re.IGNORECASE
)
_IS_SENDER = re.compile(rf"^(?:{_SENDER})$", re.IGNORECASE)
_QUOTE = re.compile(r"^\s*(>(?![:;])|&gt;|\|\s(?!.*\|)|»)")
_DELIMITER = re.compile(r"^\s*(?:[-_=+~#*—–]{2,}|[-_=+~#*—–](?:\s?[-_=+~#*—–]){4,}|[ᐧ—])\s*$")
_CODE_RULE = re.compile(r"^\s*(```|~~~)")
_DEVICE = (
    r"i-?phone|i-?pad|i-?pod|i-?os|android|blackberry|galaxy|samsung|htc|nokia|lumia|huawei|xiaomi|oneplus|pixel"
    r"|motorola|sony|phone"
    r"|mobile|mobil|handy|handheld|smartphone|tablet|cell|outlook|mailbox|airmail|mail\b|windows|yahoo|gmail|k-9"
    r"|ti-\d|device|mac\b"
    r"|thunderbird|proton|spark|gmx|web\.de|app\b|móvil|celular|cellulare|téléphone|telefoon|telefon|telemóvel"
    r"|dispositivo|gerät"
)
_TRAILER = re.compile(
    rf"^[\s<(\[*_]*(sent|envoy[ée]e?|gesendet|enviad[oa]|inviat[oa]|verzonden|verstuurd|skickat|sendt|lähetetty"
    rf"|wysłan[eoay]|odesláno"
    rf"|отправлено|надіслано|trimis|elküldve|gönderildi|dikirim|poslano|composed|written|typed|posted)"
    rf"\W+(?:[\w-]+\W+)?(from|via|with|by|through|using|on|depuis|de|du|avec|à partir|von|vom|mit|über|desde|con|do"
    rf"|da"
    rf"|pelo|dal?|tramite|vanaf|met"
    rf"|via|från|med|fra|z|ze|pomocí|с|со|из|з|din|my|mon|mijn|mio|mi|meu)\b.{{0,90}}$"
    rf"|^[\s<(\[*_]*(get|download|télécharge[rz]|obtener?|obtenez|holen sie sich|hol dir|laden sie|scarica|baixar"
    rf"|obter|ottieni|download|hämta|hent)"
    rf"\W{{0,3}}(outlook|yahoo|gmail|spark|proton|aqua)\b.{{0,120}}$"
    rf"|^\W*outlook (für|for|pour|para|per|voor)\b.{{0,80}}$"
    rf"|^\W*(von|vom|from|de|da|desde|van) (meine[mr]?|unterwegs|my|mon|mio|mi|meu"
    rf"|mijn)\b.{{0,40}}({_DEVICE}).{{0,40}}$"
    rf"|^\W*(diese|this|ce|este|esta|questo|dit|cette) (nachricht|mail|e-?mail|message|mensaje|messaggio|bericht"
    rf"|mensagem)\b.{{0,30}}\b(von|vom"
    rf"|from|depuis|desde|da|dal|vanaf|met|de|mit)\s+(my|an?|the|mon|ma|une?|meine[mr]|eine[mr]|mi|il mio|mio|meu"
    rf"|mijn|een|o meu)\b.{{0,40}}({_DEVICE}).{{0,60}}$"
    rf"|^\W{{0,3}}(?:\w+ )?from (?:my )?(mobile|iphone|phone|ipad|android)\b.{{0,20}}$"
    rf"|^\W*(從我的|从我的|来自我的|发自我的|發自我的|傳自我的|寄自|发送自).{{0,40}}$|^\W*.{{0,30}}(から送信"
    rf"|から送信されました)\W*$|^\W*.{{0,30}}에서 보냄\W*$"
    rf"|^\W*(本邮件|此邮件).{{0,10}}(发送|来自).{{0,20}}$",
    re.IGNORECASE,
)
_LONGEST_TRAILER = 160
_SPAN = 5  # lines over which an announcement may be wrapped
_LONGEST_ANNOUNCEMENT = 420  # characters


def is_quote(line: str) -> bool:
    """A line that the mail program marked as quoted."""
    return bool(_QUOTE.match(line))


def is_delimiter(line: str) -> bool:
    """A line of nothing but dashes, underscores, stars: what follows is a signature, a footer or an older mail."""
    return bool(_DELIMITER.match(line)) and not _CODE_RULE.match(line)


def is_code_rule(line: str) -> bool:
    """A line that opens or closes a block of code, in which nothing is judged."""
    return line.lstrip().startswith("```")


def is_trailer(line: str) -> bool:
    """What a mail program adds by itself: `Sent from my iPhone`, `Get Outlook for Android`."""
    return len(line) <= _LONGEST_TRAILER and bool(_TRAILER.match(line)) and (_names_device(line) or len(line) < 60)


def is_marker(line: str) -> bool:
    """`-----Original Message-----`, `Begin forwarded message:` and their kin."""
    return bool(_MARKER.match(line)) and bool(_MARKED_ONLY.search(line))


def header_of(line: str) -> str:
    """The name of an older mail's header on this line, in lower case; empty where it is none."""
    match = _HEADER.match(line)
    return match["name"].lower() if match else ""


def is_sender_header(name: str) -> bool:
    """Whether a header of this name says who wrote."""
    return bool(_IS_SENDER.match(name))


def announcement_length(lines: list[str]) -> int:
    """Over how many of these lines `On Monday Ann wrote:` is spread, from the first on; 0 where none begins here."""
    first = lines[0].strip()
    if not first or len(first) > _LONGEST_ANNOUNCEMENT:
        return 0
    if _SELF_EVIDENT.match(first) or (_SHORT_WROTE.match(first) and _next_is_quote(lines)):
        return 1
    if _DATED_SENDER.match(first) and not _HAS_SENTENCE_END.search(first):
        return _with_wrapped_address(lines)
    may_have_gaps = bool(_OPENER.match(first) and _HAS_DATE.search(first))
    joined = ""
    for count, line in enumerate(lines[:_SPAN], start=1):
        joined = f"{joined} {line.strip()}".strip()
        if _announces(joined):
            rest = " ".join(each.strip() for each in lines[1:count])
            return count if may_have_gaps or not _announces(rest) else 0
        is_over = not line.strip() and not may_have_gaps
        if is_over or (count > 1 and is_quote(line) and not _WRAPPED_END.match(line)):
            break
    return 0


_SELF_EVIDENT = re.compile(
    rf"^(quoting .{{2,80}}[:：]|\* .{{2,80}}[>)] \[.{{6,40}}\]:|thus spake .{{2,80}}:"
    rf"|.{{2,60}} via .{{2,60}} {_WROTE}\s?[:：]"
    r"|\d{4}[-/.]\d{1,2}[-/.]\d{1,2} [^@]{0,60}<[^<>@\s]+@[^<>\s]+>:?"
    r"|[-\s]*(forwarded|weitergeleitet|transféré|reenviado) (by|von|par|por) .{2,90}\d{4}.{0,20})$",
    re.IGNORECASE,
)
_SHORT_WROTE = re.compile(rf"^[\[@\w][\w .@\]'-]{{0,50}}(?:さんは)?\s?{_WROTE}\s?[:：]$", re.IGNORECASE)


def _next_is_quote(lines: list[str]) -> bool:
    following = next((line for line in lines[1:] if line.strip()), "")
    return is_quote(following)


_WRAPPED_END = re.compile(rf"^\s*>\s*[:：]?\s*$|^\s*>\s*,?\s*{_WROTE}", re.IGNORECASE)  # `>` that closed an address
_HAS_SENTENCE_END = re.compile(r"[a-z]{3,}[.!?](\s|$)")


def _with_wrapped_address(lines: list[str]) -> int:
    return 2 if len(lines) > 1 and re.match(r"^\s*<?[\w.+-]+@[\w.-]+>?\s*[:：]?\s*$", lines[1]) else 1


def _announces(text: str) -> bool:
    if len(text) > _LONGEST_ANNOUNCEMENT:
        return False
    dated, addressed = bool(_HAS_DATE.search(text)), bool(_ADDRESS.search(text))
    if _WROTE_COLON.search(text):
        return addressed or (dated and bool(_OPENER.match(text))) or _is_name_only(text)
    if _WROTE_LAST.search(text):
        return dated and (addressed or bool(_OPENER.match(text)))
    ends_open = text.rstrip().endswith((":", "："))
    begins = bool(re.match(rf"^[\s>*]*{_WROTE}", text, re.IGNORECASE))
    if ends_open and addressed and dated:
        return begins or bool(_OPENER.match(text)) or bool(re.search(_WROTE, text, re.IGNORECASE))
    return False


def _is_name_only(text: str) -> bool:
    """`Some One wrote:` is an announcement only if nothing but a name stands before the verb."""
    before = re.split(_WROTE, text, maxsplit=1, flags=re.IGNORECASE)[0].strip()
    words = before.split()
    return 2 <= len(words) <= 4 and all(word[:1].isupper() for word in words)


def _names_device(line: str) -> bool:
    return bool(re.search(_DEVICE, line, re.IGNORECASE)) or "aka.ms" in line
