"""Mails that no person wrote: out of office, acknowledgements, receipts. Headers decide first, then the subject, then words."""

import re

from leadgen.domain.replies.message import Message

_SUBJECT = re.compile(
    r"^\W*(?:(?:re|aw|sv|fw|fwd|tr|antw)\s*:\s*)*\W*(auto(matic)?\s*:|auto(matic)?[- ]?(reply|response|responder"
    r"|answer|mated)|automated (reply|response)|out[- ]of[- ](the )?office|ooo\b|autoreply|i('| a)m (out|away)"
    r"|on (vacation|holiday|leave)|vacation (reply|response|notice)|away (from|message)|absence|abwesen"
    r"|automatische (antwort|rückmeldung)|auto-antwort|(ich bin )?(im urlaub|außer haus|nicht im (büro|haus))|urlaub"
    r"|réponse automatique|réponse d'absence|message d'absence|absence du bureau|absent|en congé|en vacances"
    r"|respuesta autom|fuera de (la )?oficina|mensaje de ausencia|ausente|de vacaciones|resposta autom"
    r"|resposta automática|fora do escritório|ausência|ausente|férias|risposta automatica|fuori (ufficio|sede)"
    r"|assenza|assente|in ferie|automatisch(e)? (antwoord|bericht)|afwezig|niet aanwezig|out of kantoor|vakantie"
    r"|autosvar|automatiskt svar|automatisk svar|frånvaro|fravær|automaattinen vastaus|poissa|automatyczna odpowiedź"
    r"|autoodpowiedź|nieobecn|poza biurem|automatická odpověď|nepřítomn|automatikus válasz|автоответ|автоматическ"
    r"|вне офиса|отпуск|otomatik yanıt|ofis dışı|αυτόματη απάντηση|自動(応答|返信)|不在|休暇|自动(回复|答复)"
    r"|自動回覆|外出|부재|자동 ?(응답|회신)|자동|thank you for (contacting|your (e-?mail|message|inquiry|enquiry))"
    r"|we('| ha)ve received your|your (request|ticket|message|e-?mail)( #?\w+)? (has been|was) received"
    r"|ticket (created|received)|read: |gelesen: |lu : |leído: |lida: |letto: )",
    re.IGNORECASE,
)
ABSENCE = re.compile(
    r"^\W*(on|away on|auf|en|de|em|in|op) (vacation|holidays?|leave|pto|urlaub|vacances|congés?|vacaciones|férias"
    r"|ferie|vakantie)|(out of|not in|away from|returning to|back in)( the| my)? office|out[- ]of[- ]office|\booo\b"
    r"|(on|taking) (annual |parental |maternity |paternity |sick |medical |a |my )*(leave|vacation|holidays?|pto"
    r"|sabbatical)|away (from (my|the) (desk|e-?mail|computer)|until|on|with|this|for|till|through)|limited (access"
    r"|connectivity)|(no|intermittent|little|limited) access to (my )?e-?mail|(will|shall|'ll) (be )?(return|back"
    r"|reply|respond)[^.\n]{0,40}(on|when|after|upon|until|my return)|currently (out|away|travell?ing|on)|i('m"
    r"| am) (away|out|off|travell?ing)\b|office (is|will be) closed|closed for the holiday|abwesen(d|heit)"
    r"|nicht (im (büro|haus|hause)|am (platz|arbeitsplatz)|erreichbar|anwesend)|außer haus|ausser haus|im urlaub"
    r"|in elternzeit|wieder (im büro|erreichbar|für sie|da|zurück)|bin ich wieder|dienstreise|betriebsferien"
    r"|im mutterschutz|absent|en congés?|en vacances|hors du bureau|en déplacement|de retour|mon absence"
    r"|je serai (de retour|absent|injoignable)|fuera de (la |mi )?oficina|de vacaciones|ausente|estaré (fuera"
    r"|de vuelta|de regreso)|de baja|regreso|mi ausencia|fora do (escritório|gabinete)|de férias|em férias"
    r"|estarei (de volta|fora|ausente)|ausência|de licença|fuori (ufficio|sede)|in ferie|sarò (assente|di ritorno"
    r"|fuori)|sono (assente|in ferie|fuori)|rientr(o|erò|ando)|assenza|niet (op|in) (kantoor|het kantoor)|afwezig"
    r"|met (vakantie|verlof)|op vakantie|weer (aanwezig|terug|bereikbaar|op kantoor)|ben ik terug|på semester"
    r"|inte på kontoret|tillbaka|på ferie|ikke på kontoret|ute av kontoret|lomalla|tilbake|nieobecn|na urlopie"
    r"|poza biurem|wracam|nie ma mnie|mimo kancelář|dovolen|nepřítom|szabadság|v kanceláři|в отпуске|отсутств"
    r"|вне офиса|вернусь|izindeyim|ofis dışında|λείπω|εκτός γραφείου|不在|休暇|休業|外出|出張|お休み|戻り次第|休假"
    r"|出差|不在办公室|请假|휴가|부재|출장|자리를 비",
    re.IGNORECASE,
)
_MACHINE = re.compile(
    r"this is an? (automat\w+|auto[- ]?generated|auto[- ]?(reply|response))|automat(ed|ic(ally)?) (reply|response"
    r"|message|e-?mail|generated|sent|acknowledg)|auto[- ]?(reply|response|responder)|do not reply to this (e-?mail"
    r"|message|auto)|automatisch (generiert|erstellt|versandt|erzeugt)|automatische (antwort|nachricht|eingangs)"
    r"|réponse automatique|message (est )?automatique|généré automatiquement|respuesta automática|mensaje automático"
    r"|automáticamente|resposta automática|mensagem automática|automaticamente|risposta automatica"
    r"|messaggio automatico|automatisch (antwoord|bericht|gegenereerd)|自動(返信|応答|送信|配信)|自动(回复|发送)"
    r"|자동 ?(응답|회신|발송)|automatiskt|automatisk (svar|genereret)|автоматическ|automatyczn|automatick",
    re.IGNORECASE,
)
_RECEIPT = re.compile(
    r"(we|i)( have|'ve)? (received|got) your (message|e-?mail|request|enquiry|inquiry|ticket)|(message|e-?mail"
    r"|request|inquiry|enquiry|ticket)( #?\S+)? (has been|was) (received|created|opened|logged|assigned)"
    r"|will (get back|respond|reply|be in touch)[^.\n]{0,40}(within|in|as soon as)|thank(s| you) for (contacting"
    r"|reaching out to|getting in touch with|your (message|e-?mail|inquiry|enquiry) (to|and))|(ihre|deine) (anfrage"
    r"|nachricht|e-?mail|mail)[^.\n]{0,30}(erhalten|eingegangen)|bien reçu votre|hemos recibido (su|tu)"
    r"|recebemos (a )?sua|abbiamo ricevuto|wij hebben uw|お問い合わせ(いただき|ありがとう)|受け付けました",
    re.IGNORECASE,
)
_SHORT = 1500  # characters: an acknowledgement by words alone is short


def is_automatic(message: Message, reply: str) -> bool:
    """Whether a machine wrote this answer. `reply` is its text without what it quotes.

    RFC 3834's Auto-Submitted and the vendors' own headers decide; a list's Precedence alone does not.
    """
    if by_headers(message) or _SUBJECT.match(message.subject):
        return True
    text = reply[:_SHORT]
    if _MACHINE.search(text) and (ABSENCE.search(text) or _RECEIPT.search(text) or len(reply) < _SHORT):
        return True
    return speaks_of_absence(reply)


def by_headers(message: Message) -> bool:
    """Whether the headers alone say that no person wrote it."""
    submitted = message.header("auto-submitted").split(";")[0].strip().lower()
    if submitted and submitted != "no":
        return True
    if "disposition-notification" in message.header("content-type").lower():
        return True  # a receipt for having read it
    names = {name for name, _ in message.headers}
    if names & {
        "x-autoreply",
        "x-autorespond",
        "x-autoreply-from",
        "x-autoresponder",
        "x-mail-autoreply",
        "x-vacation",
    }:
        return message.header("x-autoreply").lower() != "no"
    if message.header("x-auto-response-suppress").lower() == "all" and _SUBJECT.match(message.subject):
        return True
    return message.header("precedence").lower() in {"auto_reply", "auto-reply"} or (
        message.header("precedence").lower() in {"bulk", "junk"} and bool(_SUBJECT.match(message.subject))
    )


def speaks_of_absence(reply: str) -> bool:
    """Whether a text without headers is an absence note: it says so in its first lines, not in passing."""
    first = "\n".join(line for line in reply.split("\n") if line.strip())[:500]
    return bool(_STRONG_ABSENCE.search(first))


_STRONG_ABSENCE = re.compile(
    r"\booo\b (until|till|thru|through|from|this|next|today)|(at|attending) an? (\w+ )?(conference|offsite"
    r"|trade show|training)\b[^?\n]{0,80}(respond|reply|back|limited|spotty|return)|i('m| am| will be"
    r"|'ll be)( currently)? (out of (the )?(office|town)|on (annual |parental |maternity |paternity |sick "
    r"|medical )?(leave|vacation|holiday)|away (from|until|on)|travell?ing)|(office|practice|clinic|shop|store) (is"
    r"|will be|are) (now |currently )?closed|closed (for the (holidays?|season)|until)|(will )?re-?open(s|ing)? on"
    r"|out of (the )?office (until|from|through|and|with|reply|this|next|message)|currently out of|(limited|no"
    r"|intermittent) access to (my )?e-?mail|bin (bis|vom|ab) [^\n?]{1,30} (nicht (da|im|erreichbar)|weg|abwesend"
    r"|im urlaub)|ich (bin|befinde mich) (derzeit|aktuell|momentan|zur zeit|zurzeit|vom|bis|ab|im|in|heute|leider"
    r"|noch|auf)[^\n]{0,60}(urlaub|abwesend|nicht (im|erreich|am)|haus|elternzeit|dienstreise)|nicht im (büro"
    r"|hause?)|je suis (actuellement )?(absent|en congé|en vacances|en déplacement|hors)|(actuellement"
    r"|je serai) absent|me encuentro (fuera|ausente|de vacaciones)|(estoy|estaré) (fuera de|ausente|de vacaciones)"
    r"|estou (fora|ausente|de férias|em férias)|estarei (fora|ausente|de férias)|sono (attualmente )?(fuori (ufficio"
    r"|sede)|in ferie|assente)|sarò (assente|fuori|in ferie)|\bassent[ei] (fino|dal)|(off|out|home) sick|sick today"
    r"|ik ben (momenteel |op dit moment |tot )?[^.\n]{0,40}(afwezig|niet (op|in|bereikbaar|aanwezig)|vakantie"
    r"|verlof)|jag är (på semester|inte|borta|frånvarande)|jeg er (på ferie|ikke|ute|bortrejst)|olen (lomalla"
    r"|poissa)|przebywam na urlopie|jestem (na urlopie|nieobecn)|jsem (na dovolené|mimo)|я (в отпуске|отсутств"
    r"|нахожусь)|нахожусь в отпуске|不在(に|と|の|です|中)|休暇(を|中|のため|をいただ)|出張(中|のため)|我(正在|目前"
    r"|现在|将)?[^。\n]{0,10}(休假|出差|外出|不在)|휴가 ?중|부재 ?중|izindeyim|ofis dışındayım",
    re.IGNORECASE,
)
