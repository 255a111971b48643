"""Whether somebody asks not to be written to again. Such words win over all others, in whatever mail they stand.

A footer that explains how to unsubscribe, and a sentence that denies the wish, are no request.
"""

import re

_REQUEST = re.compile(
    # English
    r"\bun-?subscribe\b|\bunsub(scribed)?\b|\bopt(ing)?[- ]?(me )?out\b|(remove|take|delete|drop|strike|scratch"
    r"|erase|get)\b[^.!?\n]{0,25}\b(me|us|my|our|this|the) ?[^.!?\n]{0,40}?(off|from|out of) (of )?(your|the|this"
    r"|any|all|future|these)?[^.!?\n]{0,20}(list|data ?base|mail|contact|e-?mails|record|system|crm|outreach"
    r"|sequence|campaign|files?|distribution)|\b(remove|delete) (me|us)\b|\b(remove|delete|erase) (my|our) (e-?mail"
    r"|address|contact|data|details|info\w*|name|personal)\b|take (me|us|(this|my|our|the) (address"
    r"|e-?mail( address)?|name|contact|account|number)) off\b|(like|want|wish|ask\w*|need|request\w*|demand\w*|told"
    r"|begg\w+)( you| to| already| twice| before| again| that| i| we| be| please)* (to )?(be )?(removed|taken off"
    r"|unsubscribed|stop\b|remove (me|us|my)|deleted from|off (of )?(this|your|the) )|(may|can|must|do|shall)( not"
    r"|n'?t)( longer| further)? use (my|our|this) (e-?mail|address|data|name|details|contact|information)|(block"
    r"|filter)\w* (you|this|your)( \w+)? (sender|address|domain|e-?mails?)|(stop|quit|cease|refrain from"
    r"|desist from)\b[^.!?\n]{0,25}\b(e-?mail\w*|contact\w*|messag\w*|writ\w+|spam\w*|send\w*|mailing\w*|bother\w*"
    r"|soliciting|reaching|pestering|harass\w*|following up|sales|outreach|these|this|communicat\w*)"
    r"|cease and desist|(cancel|end|terminate) (my|our) (subscription|membership|sign-?up)|\bde-?list (me|us)\b"
    r"|cease all|discontinue[^.!?\n]{0,20}(e-?mail|contact|mail|messag|communicat)|(no longer|do not|don'?t"
    r"|not)( ever)? (want|wish|like|care|need) to (be )?(contacted|e-?mailed|hear from|receive|solicited|get (any"
    r"|these|your|e-?mail))|(do not|don'?t|never|no longer|please not|not to)( ever| want| wish| you to"
    r"| to)* ?(be )?(e-?mail(ed)?|contact(ed)?|writ(e|ten)|messag(e|ed)|send|sent|solicit\w*|reach out|spam|receive"
    r"|hear from)\b[^.!?\n]{0,30}\b(me|us|again|any ?more|you|e-?mails?|messages|mail|mails|this address|ever"
    r"|further|future)|^\W*no (e-?mails?|mails?|messages)\b[^.!?\n]{0,12}$|no (more|further|additional) (e-?mails?"
    r"|messages?|contact|mail|communications?|correspondence|outreach|follow)|lose my (e-?mail|address|number"
    r"|contact)|(do not|don'?t) (want|wish|need|like) (any|to receive|to get|to be|your|these|this"
    r"|more)[^.!?\n]{0,30}(e-?mails?|messages|contact\w*|mails?|communication)|leave (me|us) alone"
    r"|off (of )?your (mailing |e-?mail |contact |distribution |call )?list|never (e-?mail|contact|write|message)"
    r"|do[- ]not[- ](contact|e-?mail|mail)\b|right to (erasure|be forgotten)|object to (the )?processing"
    r"|withdraw (my|our) consent|delete (all )?(my|our) (personal )?data|(no longer|not) interested in (receiving"
    r"|getting|hearing)|\b(erasure|deletion|removal) of (my|our|all)|(not for|no|against) solicit\w*|^\W*(no|enough"
    r"|not? any)( of)?( this)? ?more( of (this|these))?\W*$|(enough|no)[.!,]+ ?(please )?(stop|remove)|(please|pls"
    r"|plz|kindly|just) (remove|stop)\W*$|would you (please )?stop\W*\?|(contact|e-?mail|call|write) (me"
    r"|us) (further|any ?more)\b|\boff (of )?(this|the|your) (\w+ )?list\b|^\W*((please|pls|plz|kindly|just|ok|hi"
    r"|hello)\W+)*(stop|remove|cancel|quit|end|opt ?out)\W*(please|pls|now|it|thanks|thank you|thx|immediately)?\W*$"
    r"|\bstop it\b"
    # German
    r"|abmeld(en|ung)|abbestell|austragen|(aus|von) (ihrem|eurem|dem|ihrer|eurer|der|diesem|dieser"
    r"|allen)[^.!?\n]{0,30}(verteiler|liste|datenbank|newsletter|mailing)|(keine|nicht)[^.!?\n]{0,30}(weiteren?|mehr"
    r"|künftig|zukünftig|in zukunft)?[^.!?\n]{0,20}(e-?mails?|mails|nachrichten|werbung|newsletter|anfragen"
    r"|anschreiben|post)[^.!?\n]{0,30}(mehr|senden|schicken|zusenden|erhalten|bekommen|wünsche|zuschicken|empfangen)"
    r"|(nicht|nie)( mehr| wieder| weiter)+ ?(zu )?(an(zu)?schreib|kontakti|schreib|an(zu)?mail|belästig|kontaktier"
    r"|melden)\w*|keine werbung|keine (weiteren?|werbe)[- ]?(e-?mails?|mails|nachrichten|kontakt\w*|anfragen"
    r"|werbung)|lösch\w+[^.!?\n]{0,40}(daten|adresse|mail|mich|uns|kontakt)|(daten|adresse|mich"
    r"|kontakt\w*)[^.!?\n]{0,40}(lösch|entfern|streich)\w*|entfernen sie (mich|uns|meine)|nehmen sie (mich|uns|meine"
    r"|unsere)[^.!?\n]{0,40}(raus|heraus|von|aus)|widerspr(eche|uch)[^.!?\n]{0,60}|unterlass\w*|(nehm\w*"
    r"|nimm) (sie )?(mich|uns) (bitte )?(da )?(he)?raus|\bstoppez\b|\bb[oó]rr[ae](me|nos)\b|tragen sie (mich"
    r"|uns)[^.!?\n]{0,25}\baus\b|meld\w+ (sie )?(mich|uns)[^.!?\n]{0,25}\bab\b|kontaktier\w+ sie (mich"
    r"|uns)[^.!?\n]{0,20}nicht (mehr|wieder|weiter)|(sehen|weitere[rn]?)[^.!?\n]{0,40}kontakt\w*[^.!?\n]{0,10} ab(zu"
    r"|\b)|lassen sie (mich|uns) in ruhe|(hören|hört|hör) (sie |bitte )*(damit )?auf|unaufgefordert"
    # French
    r"|désabonn|desabonn|désinscri|desinscri|(ne|plus)[^.!?\n]{0,30}(contact\w+|écri\w+|recevoir|envoy\w+"
    r"|sollicit\w+|relanc\w+)[^.!?\n]{0,15}plus|ne (plus|pas|souhait\w+ plus|veux plus"
    r"|désire plus)[^.!?\n]{0,25}(me |nous |m'|nous|être )?(contact\w+|écri\w+|recevoir|envoy\w+|sollicit\w+"
    r"|relanc\w+|démarch\w+)|(retir|supprim|enlev|ray|effac)\w*[- ]?[^.!?\n]{0,50}(liste|base|fichier|adresse"
    r"|données|coordonnées|mailing)|plus (de |d')?(mails?|e-?mails?|messages?|courriels?)\b|cesser (tout|toute|de "
    r"|d')|(cessez|arrêtez|arretez|stop)[^.!?\n]{0,30}(mails?|écri|envoy|contact|spam|message|harcel)|m['’]?opposer"
    r"|droit à l['’]oubli"
    # Spanish
    r"|darme de baja|dar de baja|darnos de baja|dadme de baja|deme de baja|desuscri|desinscri|\bla baja\b|(no|nunca"
    r"|dejen? de|deje de|dejad de|paren? de)[^.!?\n]{0,30}(escrib\w+|contact\w+|env[ií]\w+|mand\w+|molest\w+"
    r"|recib\w+)[^.!?\n]{0,20}(más|mas|correo\w*|e-?mails?|mensajes)|(dejen?|deje|dejad|paren?) de (escrib|contact"
    r"|envi|mand|molest)\w*|no (me|nos) (contact|escrib|vuelv|mand|env[ií]|molest)\w*|(eliminen?|borren?|qu[ií]te\w*"
    r"|elimine|borre|quite|sáque|retiren?|sacar|eliminar|borrar|quitar)\w*[^.!?\n]{0,40}(lista|datos|correo|base"
    r"|direcci)|no (deseo|quiero|queremos|deseamos) (recibir|que me|más)"
    # Portuguese
    r"|descadastr|cancelar (a |minha )?(inscrição|subscrição|assinatura)|(remov|retir|tir|exclu|elimin"
    r"|apag)\w*[^.!?\n]{0,40}(lista|e-?mail|cadastro|base|dados|contato|contacto)|(não|nao|pare de|parem de"
    r"|parar de)[^.!?\n]{0,30}(envi\w+|escrev\w+|contat\w+|contact\w+|receber|mand\w+)[^.!?\n]{0,20}(mais|e-?mails?"
    r"|mensagens)|(pare|parem) de (envi|mand|escrev|contat|contact|me )\w*|não (me|nos) (contat|contact|envi|mand"
    r"|escrev)\w*"
    # Italian
    r"|disiscri|cancell(ate|i|a|ar|arm|azion)\w*[^.!?\n]{0,40}(lista|iscrizione|mailing|indirizzo|dati|email"
    r"|newsletter|nominativo|database)|cancellatemi|rimuov\w*[^.!?\n]{0,40}(lista|indirizzo|email|dati|mailing"
    r"|database|contatt\w+|mi\b)|rimuovetemi|toglie(te|re)mi|toglimi|(non|smett\w+ di|basta)[^.!?\n]{0,30}(scriv\w+"
    r"|contatt\w+|invi\w+|mand\w+|ricev\w+)[^.!?\n]{0,20}(più|piu|mail|email|messaggi)|non (contattate|scrivete"
    r"|contattar|scriver|inviate|inviar|mandate)\w*|\bbasta (con |e?-?mail|spam|messagg|mail)|smettetela"
    # Dutch, Nordic, Polish, Russian, Turkish
    r"|uitschrijv|afmeld(en)?|schrijf (me|mij|ons) uit|(geen|niet)[^.!?\n]{0,30}(mails?|e-?mails?|berichten"
    r"|benader\w*|contact\w*|mailen|schrijven|reclame)[^.!?\n]{0,20}(meer|ontvangen|op te nemen)|(niet"
    r"|nooit) meer[^.!?\n]{0,20}(mailen|contact|benader|schrijv|e-?mail)\w*|(verwijder|haal"
    r"|schrap)\w*[^.!?\n]{0,40}(lijst|bestand|gegevens|adres|database|mailing)|avregistrer|avprenumerer"
    r"|avsluta prenumeration|ta bort (mig|oss|min)|sluta (maila|mejla|kontakta|skicka)|afmeld|avmeld|fjern (mig|meg"
    r"|min)|(ikke|inte) (flere|fler|kontakt\w+|send\w*|mer)[^.!?\n]{0,20}(mails?|e-?post|mig|meg|oss|igen|mejl)"
    r"|wypisa(ć|nie|ć mnie)|proszę (o )?(usun|wypis|nie (pis|kontakt|wysył|przesył))\w*|usuń|usunięcie|nie życzę"
    r"|odhlásit|отпи[сш]|\bне (пиш|присыл|беспоко|звон)\w*|(не|прекратите|хватит)[^.!?\n]{0,20}(пис|присыл|беспоко"
    r"|отправл|рассыл|спам)\w*|удалите|уберите|listeden çıkar|aboneliği|bir daha (yazma|mail)"
    # Japanese, Chinese, Korean
    r"|配信(を)?(停止|解除|不要|拒否)|(メール|連絡|送信|ご案内)[^。\n]{0,12}(不要|停止|止めて|やめて|お控え|控えて"
    r"|しないで|送らないで)|送らないで|(登録|購読|リスト)[^。\n]{0,10}(解除|削除|外して)|削除してください"
    r"|今後[^。\n]{0,15}(不要|結構|お断り)|退订|取消订阅|(不要|别|请勿|勿)再?[^。\n]{0,6}(发|联系|联络|打扰|骚扰|寄)"
    r"|移除|수신 ?거부|(보내지|연락하지) ?(마|말)|구독 ?(취소|해지)|삭제해",
    re.IGNORECASE | re.MULTILINE,
)
_NEAR = (  # a verb of writing beside a refusal, in either order, with no comma between
    (
        r"schreib\w*|kontaktier\w*|anruf\w*|\bruf\w*|send\w*|schick\w*|belästig\w*|anschreib\w*|mailen|zusend\w*",
        r"nicht (mehr|weiter|wieder|noch ?mal)|nie (mehr|wieder)|keine? (weiter\w+|mehr)",
    ),
    (
        r"contact\w*|écri\w*|envo[iy]\w*|sollicit\w*|démarch\w*|relanc\w*|appel\w*|spam\w*",
        r"\bne\b[^,.]{0,25} plus|\bcess\w+|\barrêt\w+|\barret\w+|\bplus jamais",
    ),
    (
        r"escrib\w*|contact\w*|env[ií]\w*|mand\w*|molest\w*|llam\w*",
        r"no [^,.]{0,20}más|no vuelv\w+|\bdej\w+ de\b|\bpar(e|en|ad) de\b|nunca más|\bbasta de",
    ),
    (
        r"envi\w*|mand\w*|escrev\w*|conta(c)?t\w*|incomod\w*|receber",
        r"n[ãa]o [^,.]{0,20}mais|\bpar(e|em|ar) de\b|nunca mais|\bdeix\w+ de\b|\bchega de",
    ),
    (
        r"scriv\w*|contatt\w*|invi\w*|mand\w*|disturb\w*|ricever\w*",
        r"non [^,.]{0,20}più|smett\w+ (di|con)|\bbasta\b|mai più|\bcess\w+ di",
    ),
    (
        r"mail\w*|schrijv\w*|schrijf\w*|bericht\w*|benader\w*|stur\w*|stuur\w*|contact\w*",
        r"niet meer|geen [^,.]{0,20}meer|nooit meer|\bstop met\b",
    ),
    (
        r"пис\w*|пиш\w*|присыл\w*|отправ\w*|рассыл\w*|беспоко\w*|звон\w*",
        r"\bне\b[^,.]{0,15}больше|больше не|прекрат\w+|хватит|перестан\w+|\bне пиш",
    ),
    (r"メール|連絡|配信|送信|案内|営業", r"不要|停止|止め|やめ|控え|しないで|お断り|結構です"),
    (r"发|联系|联络|打扰|邮件|骚扰|来信", r"不要再|别再|请勿|停止|勿再|不要给"),
)
_TAKE_OUT = (  # a verb of removing beside what is to be removed
    (
        r"lösch\w*|streich\w*|entfern\w*|trag\w* (sie )?(mich|uns)|meld\w* (sie )?(mich|uns)",
        r"(mein|unser)\w* (e-?mail|mail|adress|daten|kontakt)\w*|mich|uns|verteiler",
    ),
    (
        r"supprim\w*|retir\w*|enlev\w*|effac\w*|ray[eo]\w*|radi\w*",
        r"(mon|ma|mes|notre|nos) (adresse|nom|données|coordonnées|mail|e-?mail)|\b(me|moi|nous)\b",
    ),
    (
        r"elimin\w*|borr\w*|qu[ií]t\w*|s[aá]qu?\w*|retir\w*|remuev\w*|suprim\w*|solicit\w* la baja",
        r"\b(mi|mis|nuestro\w*|nuestra\w*) (correo|datos|direcc|nombre|e-?mail)\w*|lista|la baja",
    ),
    (
        r"remov\w*|retir\w*|\btir[ea]\w*|exclu\w*|apag\w*|sair",
        (
            r"(meu|minha|meus|nosso|nossa) (e-?mail|nome|dados|contat|contact|endereç|cadastro)\w*|-me\b|-nos\b"
            r"|\bda lista"
        ),
    ),
    (
        r"rimuov\w*|rimozione|cancell\w*|elimin\w*|togli\w*|toglier\w*",
        r"(mio|mia|miei|nostro|nostra|nostri) (indirizzo|email|e-mail|dati|nome|contatt)\w*|\blista\b|elenc\w*",
    ),
    (
        r"verwijder\w*|haal\w*|schrap\w*|schrijf|meld",
        r"(mijn|ons|onze) (e-?mail|adres|gegevens|naam)\w*|(mij|me|ons) (van|uit|af)|\blijst\b",
    ),
    (r"удал\w*|убер\w*|исключ\w*|отпи[сш]\w*", r"адрес\w*|меня|нас\b|рассылк\w*|данн\w*|баз\w*"),
    (r"削除|解除|外して|抹消", r"リスト|登録|アドレス|情報"),
    (
        r"eras\w*|delet\w*|remov\w*|purg\w*|drop|expung\w*",
        r"\b(my|our) (personal )?(data|information|details|address|e-?mail|contact|record|name|info)\w*",
    ),
)


def _beside(pairs: tuple[tuple[str, str], ...], apart: int) -> re.Pattern[str]:
    between = rf"[^.,;!?\n。、]{{0,{apart}}}?"
    both = (rf"(?:{one})\b{between}(?:{other})|(?:{other}){between}\b(?:{one})" for one, other in pairs)
    eastern = (
        rf"(?:{one}){between}(?:{other})|(?:{other}){between}(?:{one})" for one, other in pairs if one[0] > "\u3000"
    )
    return re.compile("|".join((*both, *eastern)), re.IGNORECASE)


_VERBS = (_beside(_NEAR, 16), _beside(_TAKE_OUT, 30))
_DENIED = re.compile(
    r"((do|did|does|would|should|will|can) ?n[o']t|not|never|no need to|instead of|before|rather than) (want to "
    r"|mean to |wish to |need to |like to |have to |be )*(un-?subscrib\w*|remov\w*|opt\w* ?out|delet\w*|stop\w*)"
    r"|(how|where|can|do|does|what)\b[^.!?\n]{0,60}(your|customers?|clients?|users?|patients?|people|recipients?"
    r"|they|leads?)[^.!?\n]{0,40}(unsubscribe|opt[- ]out|removed?)[^.!\n]{0,60}\?|(unsubscribe|opt-?out) (rate|link"
    r"|button|page|handling|feature|list|process|requests?|management|compliance)|don'?t stop|hesit|\besit|\bdud[ea]"
    r"|zögern|\binstead\b|(^|[.!?\n]\s*|\band |\bbut )(we|i|they|he|she)( have|'ve|'d| had| just| already"
    r"| also)? (stop|delete|remove|cancel|drop|erase)(s|d|ped|led)?\b|(can|does|will|do|could) (your|the|this|it)\b"
    r"|stop by|no (more )?need to (stop|remove)|\buntil\b|\bbefore\b|hasta (el|la|que)\b|bis (ich|zum|zu meiner"
    r"|ende)\b|jusqu'(à|au)|nicht (abmelden|abbestellen|löschen)|pas (me )?désabonner|bus stop|one-?stop|non-?stop",
    re.IGNORECASE,
)
_FOOTER = re.compile(
    r"(to|click( here)?( to)?|you (can|may)|if you[^.\n]{0,60}|link to|here to|wish to"
    r"|want to) ?(be )?(un-?subscribe|opt[- ]out|stop receiving|remove yourself|be removed)[^.\n]{0,80}(click|here"
    r"|link|reply|visit|http|follow|below|write|e-?mail|preferences|please)|unsubscribe( here| now)?\W*(https?:"
    r"|<http|\||$)|manage (your )?(preferences|subscription)|view in browser|update your preferences|(klicken"
    r"|hier)[^.\n]{0,40}(abmelden|abbestellen)|(zum |newsletter )?(abmelden|abbestellen)[^.\n]{0,40}(klick|hier|link"
    r"|https?)|pour (vous désabonner|vous désinscrire|ne plus)[^.\n]{0,60}(cliquez|ici|lien)|para (darse de baja"
    r"|cancelar)[^.\n]{0,60}(clic|aquí|enlace|clique|aqui)|per (cancellarti|disiscriverti"
    r"|non ricevere)[^.\n]{0,60}(clicca|qui)|this (e-?mail|message)[^.\n]{0,80}(intended|confidential)"
    r"|if you (are not|have received)[^.\n]{0,120}(delete|destroy|error)|please (delete|destroy)[^.\n]{0,40}(e-?mail"
    r"|message|copies|it\b)[^.\n]{0,60}(sender|error|copies|system|immediately)|(irrtümlich"
    r"|versehentlich)[^.\n]{0,120}|(erreur|error|errore|engano)[^.\n]{0,80}(supprim|elimin|cancell|borr|apag)"
    r"|not the intended recipient",
    re.IGNORECASE,
)
_ALONE = re.compile(
    r"^\W*un-?subscribe\W*(me\W*)?(please\W*|now\W*|thanks?\W*)*$|how (do|can) (i|we) (un-?subscribe|opt[- ]out"
    r"|get off)|(can|could|would|will) you (please )?(remove|unsubscribe|take) (me|us)",
    re.IGNORECASE,
)


def opt_out_words(text: str) -> re.Match[str] | None:
    """Where the text asks not to be contacted again; None where it does not."""
    found = [match for pattern in (_REQUEST, *_VERBS) for match in pattern.finditer(text)]
    for match in sorted(found, key=lambda each: each.start()):
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
