"""Whether somebody asks not to be written to again. Such words win over all others, in whatever mail they stand.

A footer that explains how to unsubscribe, and a sentence that denies the wish, are no request.
"""

import re

_REQUEST = re.compile(
    # English
    r"\bun-?subscribe\b|\bunsub(scribed)?\b|\bopt(ing)?[- ]?(me )?out\b|(remove|take|delete|drop|strike|scratch"
    r"|erase|get)\b[^.!?\n]{0,25}\b(me|us|my|our|this"
    r"|the) ?[^.!?\n]{0,40}?(off|from|out of) (of )?(your|the|this|any|all|future|these)?[^.!?\n]{0,20}(list"
    r"|data ?base|mail|contact|e-?mails|record|system|crm"
    r"|outreach|sequence|campaign|files?|distribution)|\b(remove|delete) (me|us)\b|\b(remove|delete|erase) (my|our) "
    r"(e-?mail|address|contact|data|details|info\w*|name|personal)\b|take (me|us) off\b"
    r"|(stop|quit|cease|refrain from|desist from)\b[^.!?\n]{0,25}\b(e-?mail\w*|contact\w*|messag\w*|writ\w+|spam\w*"
    r"|send\w*|mailing\w*|bother\w*|soliciting|"
    r"reaching|pestering|harass\w*|following up|sales|outreach|these|this|communicat\w*)|cease and desist|cease all"
    r"|discontinue[^.!?\n]{0,20}(e-?mail|contact|mail|messag|communicat)"
    r"|(no longer|do not|don'?t|not)( ever)? (want|wish|like|care|need) to (be )?(contacted|e-?mailed|hear from"
    r"|receive|solicited|get (any|these|your|e-?mail))"
    r"|(do not|don'?t|never|no longer|please not|not to)( ever| want| wish| you to| to)* ?(be )?(e-?mail(ed)?"
    r"|contact(ed)?|writ(e|ten)|messag(e|ed)|send|sent"
    r"|solicit\w*|reach out|spam|receive|hear from)\b[^.!?\n]{0,30}\b(me|us|again|any ?more|you|e-?mails?|messages"
    r"|mail|mails|this address|ever|further|future)"
    r"|no (more|further|additional) (e-?mails?|messages?|contact|mail|communications?|correspondence|outreach"
    r"|follow)|lose my (e-?mail|address|number|contact)"
    r"|(do not|don'?t) (want|wish) (any|to receive|to get|to be)[^.!?\n]{0,30}(e-?mails?|messages|contact\w*|mails?"
    r"|communication)|leave (me|us) alone"
    r"|off (of )?your (mailing |e-?mail |contact |distribution |call )?list|never (e-?mail|contact|write|message)"
    r"|do[- ]not[- ](contact|e-?mail|mail)\b|right to (erasure|be "
    r"forgotten)|object to (the )?processing|withdraw (my|our) consent|delete (all )?(my|our) (personal )?data"
    r"|^\W*(please )?(stop|remove|cancel|quit|end|opt ?out)\W*(please|now|it|thanks|thank you)?\W*$|\bstop it\b"
    # German
    r"|abmeld(en|ung)|abbestell|austragen|(aus|von) (ihrem|eurem|dem|ihrer|eurer|der|diesem|dieser"
    r"|allen)[^.!?\n]{0,30}(verteiler|liste|datenbank|newsletter|mailing)"
    r"|(keine|nicht)[^.!?\n]{0,30}(weiteren?|mehr|künftig|zukünftig|in zukunft)?[^.!?\n]{0,20}(e-?mails?|mails"
    r"|nachrichten|werbung|newsletter|anfragen|anschreiben|post)"
    r"[^.!?\n]{0,30}(mehr|senden|schicken|zusenden|erhalten|bekommen|wünsche|zuschicken|empfangen)|(nicht"
    r"|nie)( mehr| wieder| weiter)+ ?(zu )?(an(zu)?schreib|kontakti|"
    r"schreib|an(zu)?mail|belästig|kontaktier|melden)\w*|keine (weiteren?|werbe)[- ]?(e-?mails?|mails|nachrichten"
    r"|kontakt\w*|anfragen|werbung)"
    r"|lösch\w+[^.!?\n]{0,40}(daten|adresse|mail|mich|uns|kontakt)|(daten|adresse|mich"
    r"|kontakt\w*)[^.!?\n]{0,40}(lösch|entfern|streich)\w*|entfernen sie (mich|uns|meine)"
    r"|nehmen sie (mich|uns|meine|unsere)[^.!?\n]{0,40}(raus|heraus|von|aus)|widerspr(eche|uch)[^.!?\n]{0,60}"
    r"|unterlass\w*|kontaktier\w+ sie (mich|uns)[^.!?\n]{0,20}nicht (mehr|wieder|weiter)|(sehen"
    r"|weitere[rn]?)[^.!?\n]{0,40}kontakt\w*[^.!?\n]{0,10} ab(zu|\b)|lassen sie (mich|uns) in ruhe"
    r"|(hören|hört|hör) (sie |bitte )*(damit )?auf|unaufgefordert"
    # French
    r"|désabonn|desabonn|désinscri|desinscri|(ne|plus)[^.!?\n]{0,30}(contact\w+|écri\w+|recevoir|envoy\w+"
    r"|sollicit\w+|relanc\w+)[^.!?\n]{0,15}plus"
    r"|ne (plus|pas|souhait\w+ plus|veux plus|désire plus)[^.!?\n]{0,25}(me |nous |m'|nous|être )?(contact\w+"
    r"|écri\w+|recevoir|envoy\w+|sollicit\w+|relanc\w+|démarch\w+)"
    r"|(retir|supprim|enlev|ray|effac)\w*[- ]?[^.!?\n]{0,50}(liste|base|fichier|adresse|données|coordonnées"
    r"|mailing)|plus (de |d')?(mails?|e-?mails?|messages?|courriels?)\b"
    r"|cesser (tout|toute|de |d')|(cessez|arrêtez|arretez|stop)[^.!?\n]{0,30}(mails?|écri|envoy|contact|spam"
    r"|message|harcel)|m['’]?opposer|droit à l['’]oubli"
    # Spanish
    r"|darme de baja|dar de baja|darnos de baja|dadme de baja|deme de baja|desuscri|desinscri|\bla baja\b"
    r"|(no|nunca|dejen? de|deje de|dejad de|paren? de)[^.!?\n]{0,30}(escrib\w+|contact\w+|env[ií]\w+|mand\w+"
    r"|molest\w+|recib\w+)[^.!?\n]{0,20}(más|mas|correo\w*|e-?mails?|mensajes)"
    r"|(dejen?|deje|dejad|paren?) de (escrib|contact|envi|mand|molest)\w*|no (me|nos) (contact|escrib|vuelv|mand"
    r"|env[ií]|molest)\w*|(eliminen?|borren?|quiten?|"
    r"elimine|borre|quite|sáque|retiren?|sacar|eliminar|borrar|quitar)\w*[^.!?\n]{0,40}(lista|datos|correo|base"
    r"|direcci)|no (deseo|quiero|queremos|deseamos) (recibir|que me|más)"
    # Portuguese
    r"|descadastr|cancelar (a |minha )?(inscrição|subscrição|assinatura)|(remov|retir|tir|exclu|elimin"
    r"|apag)\w*[^.!?\n]{0,40}(lista|e-?mail|cadastro|base|dados|contato|contacto)"
    r"|(não|nao|pare de|parem de|parar de)[^.!?\n]{0,30}(envi\w+|escrev\w+|contat\w+|contact\w+|receber"
    r"|mand\w+)[^.!?\n]{0,20}(mais|e-?mails?|mensagens)|(pare|parem) de (envi|mand|"
    r"escrev|contat|contact|me )\w*|não (me|nos) (contat|contact|envi|mand|escrev)\w*"
    # Italian
    r"|disiscri|cancell(ate|i|a|ar|arm|azion)\w*[^.!?\n]{0,40}(lista|iscrizione|mailing|indirizzo|dati|email"
    r"|newsletter|nominativo|database)|cancellatemi|rimuov\w*[^.!?\n]{0,40}"
    r"(lista|indirizzo|email|dati|mailing|database|contatt\w+|mi\b)|rimuovetemi|toglie(te|re)mi|toglimi|(non"
    r"|smett\w+ di|basta)[^.!?\n]{0,30}(scriv\w+|contatt\w+|invi\w+|mand\w+|ricev\w+)"
    r"[^.!?\n]{0,20}(più|piu|mail|email|messaggi)|non (contattate|scrivete|contattar|scriver|inviate|inviar"
    r"|mandate)\w*|smettetela"
    # Dutch, Nordic, Polish, Russian, Turkish
    r"|uitschrijv|afmeld(en)?|schrijf (me|mij|ons) uit|(geen|niet)[^.!?\n]{0,30}(mails?|e-?mails?|berichten"
    r"|benader\w*|contact\w*|mailen|schrijven|reclame)[^.!?\n]{0,20}(meer|ontvangen|op te nemen)"
    r"|(niet|nooit) meer[^.!?\n]{0,20}(mailen|contact|benader|schrijv|e-?mail)\w*|(verwijder|haal"
    r"|schrap)\w*[^.!?\n]{0,40}(lijst|bestand|gegevens|adres|database|mailing)"
    r"|avregistrer|avprenumerer|avsluta prenumeration|ta bort (mig|oss|min)|sluta (maila|mejla|kontakta|skicka)"
    r"|afmeld|avmeld|fjern (mig|meg|min)|(ikke|inte) (flere|fler|kontakt\w+|send\w*|mer)[^.!?\n]{0,20}(mails?"
    r"|e-?post|mig|meg|oss|igen|mejl)|wypisa(ć|nie|ć mnie)|proszę (o )?(usun|wypis|nie (pis|kontakt|wysył"
    r"|przesył))\w*|usuń|usunięcie|nie życzę|odhlásit|отпи[сш]|(не|прекратите|хватит)[^.!?\n]{0,20}(пис|присыл|"
    r"беспоко|отправл|рассыл|спам)\w*|удалите|уберите|listeden çıkar|aboneliği|bir daha (yazma|mail)"
    # Japanese, Chinese, Korean
    r"|配信(を)?(停止|解除|不要|拒否)|(メール|連絡|送信|ご案内)[^。\n]{0,12}(不要|停止|止めて|やめて|お控え|控えて"
    r"|しないで|送らないで)|送らないで|(登録|購読"
    r"|リスト)[^。\n]{0,10}(解除|削除|外して)|削除してください|今後[^。\n]{0,15}(不要|結構|お断り)"
    r"|退订|取消订阅|(不要|别|请勿|勿)再?[^。\n]{0,6}(发|联系|联络|打扰|骚扰|寄)|移除|수신 ?거부|(보내지"
    r"|연락하지) ?(마|말)|구독 ?(취소|해지)|삭제해",
    re.IGNORECASE | re.MULTILINE,
)
_DENIED = re.compile(
    r"((do|did|does|would|should|will|can) ?n[o']t|not|never|no need to|instead of|before|rather than) (want to "
    r"|mean to |wish to |need to |like to |have to |be )*"
    r"(un-?subscrib\w*|remov\w*|opt\w* ?out|delet\w*|stop\w*)|(how|where|can|do|does|what)\b[^.!?\n]{0,60}(your"
    r"|customers?|clients?|users?|patients?|people|recipients?|they|leads?)"
    r"[^.!?\n]{0,40}(unsubscribe|opt[- ]out|removed?)[^.!\n]{0,60}\?|(unsubscribe|opt-?out) (rate|link|button|page"
    r"|handling|feature|list|process|requests?|management|compliance)"
    r"|don'?t stop|stop by|no (more )?need to (stop|remove)|\buntil\b|\bbefore\b|hasta (el|la|que)\b|bis (ich|zum"
    r"|zu meiner|ende)\b|jusqu'(à|au)|nicht (abmelden|abbestellen|löschen)|pas (me )?désabonner|bus stop|one-?stop"
    r"|non-?stop",
    re.IGNORECASE,
)
_FOOTER = re.compile(
    r"(to|click( here)?( to)?|you (can|may)|if you[^.\n]{0,60}|link to|here to|wish to"
    r"|want to) ?(be )?(un-?subscribe|opt[- ]out|stop receiving|remove yourself|be removed)[^.\n]{0,80}"
    r"(click|here|link|reply|visit|http|follow|below|write|e-?mail|preferences|please)|unsubscribe( here"
    r"| now)?\W*(https?:|<http|\||$)|manage (your )?(preferences|subscription)|view in browser"
    r"|update your preferences|(klicken|hier)[^.\n]{0,40}(abmelden|abbestellen)|(zum |newsletter )?(abmelden"
    r"|abbestellen)[^.\n]{0,40}(klick|hier|link|https?)|pour (vous désabonner|vous désinscrire|ne plus)"
    r"[^.\n]{0,60}(cliquez|ici|lien)|para (darse de baja|cancelar)[^.\n]{0,60}(clic|aquí|enlace|clique|aqui)"
    r"|per (cancellarti|disiscriverti|non ricevere)[^.\n]{0,60}(clicca|qui)"
    r"|this (e-?mail|message)[^.\n]{0,80}(intended|confidential)|if you (are not|have received)[^.\n]{0,120}(delete"
    r"|destroy|error)|please (delete|destroy)[^.\n]{0,40}(e-?mail|message|copies|it\b)[^.\n]{0,60}"
    r"(sender|error|copies|system|immediately)|(irrtümlich|versehentlich)[^.\n]{0,120}|(erreur|error|errore"
    r"|engano)[^.\n]{0,80}(supprim|elimin|cancell|borr|apag)|not the intended recipient",
    re.IGNORECASE,
)
_ALONE = re.compile(r"^\W*un-?subscribe\W*(me\W*)?(please\W*|now\W*|thanks?\W*)*$", re.IGNORECASE)


def opt_out_words(text: str) -> re.Match[str] | None:
    """Where the text asks not to be contacted again; None where it does not."""
    for match in _REQUEST.finditer(text):
        start = max(text.rfind("\n", 0, match.start()), *(text.rfind(mark, 0, match.start()) for mark in ".!?。")) + 1
        ends = [place for mark in "\n.!?。" if (place := text.find(mark, match.end())) >= 0]
        sentence = text[start : min(ends, default=len(text)) + 1]
        if _ALONE.match(sentence) or not (_DENIED.search(sentence) or _is_footer(text, match)):
            return match
    return None


def _is_footer(text: str, match: re.Match[str]) -> bool:
    around = text[max(0, match.start() - 160) : match.end() + 120]
    offset = match.start() - max(0, match.start() - 160)
    return any(each.start() <= offset < each.end() for each in _FOOTER.finditer(around))
