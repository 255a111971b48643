"""By what a bounce is known that carries no report: who sent it, its subject, and the words in which servers give up."""

import re

from leadgen.domain.replies.bounce_text import server_part
from leadgen.domain.replies.delivery_status import ADDRESS
from leadgen.domain.replies.message import Message

_DAEMON = re.compile(
    r"mailer[-_ ]?daemon|mail[-_ ]?daemon|postmaster|mail[ .]?delivery|delivery[ -]?(sub)?system|mdaemon"
    r"|mail ?administrator"
    r"|mail router|system administrator|systemadministrator|mta\b|bounce|exchange@|microsoftexchange|mailadm"
    r"|smtp.{0,10}service",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    r"undeliver|deliver(y|ed|ing)?\b.{0,40}(fail|delay|status|problem|error|unsuccessful|report|notif|incomplete"
    r"|warning|impossible)"
    r"|fail(ed|ure)?\b.{0,20}(deliver|mail|notice|message)|(returned|bounced|rejected|undelivered|delayed|failed"
    r"|non[- ]?deliverable)"
    r" (mail|message|e-?mail)|(mail|message)\b.{0,20}(fail|not delivered|delay|returned|bounce|error|status|problem"
    r"|warning|block|reject"
    r"|could not|non remis)|\bndr\b|\bnon[- ]?delivery|couldn'?t be delivered|could not (send|deliver)"
    r"|could not be delivered|unable to deliver"
    r"|unzustellbar|nicht (zugestellt|zustellbar)|zustell(ung|fehler)|unbestellbar|fehlgeschlagen|non (remis"
    r"|distribu)|échec|non délivr"
    r"|no (se ha )?(entregad|puede entregar)|no se puede|entrega|devuelto|não (entregue|foi entregue)|devolvid"
    r"|mancato recapito|non recapitat"
    r"|mancata consegna|onbestelbaar|niet (bezorgd|afgeleverd)|недоставлен|не доставлен|不達|配信|送信(エラー"
    r"|できません)|配達"
    r"|エラーメール|退信|退回|投递"
    r"|returned to sender|user unknown|problem with your message|mail ?delivery|nondeliverable|unknown (user"
    r"|address)|error sending|virus"
    r"|message (you sent )?(was )?(blocked|rejected|denied)",
    re.IGNORECASE,
)
_WORDS = re.compile(
    r"(could ?n[o']t|cannot|can ?not|can't|was not|wasn'?t|were not|not been|unable to|failed to|did not"
    r"|not)( be)?( successfully)?"
    r" (be )?(delivered|deliver|reach|sent|receive)|undeliverable|undelivered|delivery\b.{0,60}(fail|delay|abort"
    r"|impossible|unsuccessful|error)"
    r"|permanent (fatal )?(error|failure)|returned to (you|the sender|sender)|following (address|recipient)|(user"
    r"|recipient|mailbox|host|domain|"
    r"address)( is| was)? ?(unknown|not found|full|unavailable|does not exist|doesn't exist|disabled|rejected)"
    r"|did not reach|was(n't| not) found"
    r"|no such (user|recipient|mailbox)|transcript of session|session transcript|failed recipients"
    r"|mail system at host|(message|mail) "
    r"(has been |was )?(bounced|rejected|returned|blocked|delayed)|unrouteable|giving up|nicht (zugestellt"
    r"|zugeleitet|ausgeliefert|erreicht)"
    r"|konnte.{0,80}nicht|n'a pas (pu )?[^.]{0,40}(remis|distribu|livr|délivr)|n'ont pas|no (se )?(ha )?(pudo"
    r"|podido|fue)|não (foi|pôde)|non (è|e') stat"
    r"|kon niet|niet (worden )?(bezorgd|afgeleverd)|не (был|удалось|может)|送信できま|配信(できま|不能)|届けられ"
    r"|投递失败|无法(投递|送达)"
    r"|over quota|error"
    r"|i('m| am) sorry to have to inform|failed|user unknown|unknown user|problem|warning|reason",
    re.IGNORECASE,
)
_SURE_SUBJECT = re.compile(
    r"\W*(mail delivery failed|delivery status notification|undelivered mail|undeliverable:|returned mail:"
    r"|failure notice$|unzustellbar:"
    r"|mail delivery failure)",
    re.IGNORECASE,
)
_REPLY_SUBJECT = re.compile(r"\s*(re|aw|sv|antw)\s*:", re.IGNORECASE)
_TEXT_BOUNCE = re.compile(
    r"permanent fatal errors|could not be delivered to|mail delivery (system|subsystem|failed)"
    r"|wasn't able to deliver|delivery (to the following recipients? )?(has )?failed|delivery status notification"
    r"|undeliverable"
    r"|following recipient|unable to deliver your|transcript of session|message wasn't delivered|address(es)? failed",
    re.IGNORECASE,
)


def looks_bounced(message: Message) -> bool:
    """Whether a mail without a readable report tells that another could not be delivered, or not yet."""
    text = server_part(message.text)[:6000]
    has_words = bool(_WORDS.search(text))
    if message.header("x-failed-recipients") or message.report:
        return True
    if not message.is_mail:
        return bool(_TEXT_BOUNCE.search(text)) and bool(ADDRESS.search(text))
    is_strong = bool(_TEXT_BOUNCE.search(text)) and bool(ADDRESS.search(text))
    if _REPLY_SUBJECT.match(message.subject) and not _DAEMON.search(message.header("from")):
        return is_strong and bool(_SUBJECT.search(message.subject))
    is_daemon = bool(_DAEMON.search(message.header("from")) or _DAEMON.search(message.header("return-path")))
    is_null = message.header("return-path").strip() == "<>"
    has_subject = bool(_SUBJECT.search(message.subject))
    if is_daemon:
        return has_subject or has_words
    if has_words and _SURE_SUBJECT.match(message.subject):
        return True
    return (is_strong and (is_null or has_subject)) or (is_null and has_subject and has_words)
