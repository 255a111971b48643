"""What servers say when they turn a mail away, reason by reason, in the larger languages. Words only, no decisions.

The order counts: the more particular words stand before those that could mean several things.
"""

import re

_WORDS: tuple[tuple[str, str], ...] = (
    ("mailboxfull", r"has too many messages"),
    ("systemfull", r"insufficient system|system storage"),
    ("policyviolation", r"content presents a potential|for policy reasons"),
    (
        "rejected",
        (
            r"sender (address )?(was )?(rejected|denied|refused)|sender verif|badmailfrom|envelope sender is in"
            r"|provide a valid from|rejected (your )?sender|from: domain is invalid"
        ),
    ),
    (
        "blocked",
        (
            r"use the smtp server of your isp|banned sending ip|client host .{0,60}blocked"
            r"|access to this mail system has been rejected|reached your daily relay quota"
        ),
    ),
    ("userunknown", r"recipient address rejected: (access denied|undeliverable|user|unknown)"),
    (
        "authfailure",
        (
            r"\bdmarc\b|\bspf\b|\bdkim\b|unauthenticated|sender policy framework|openspf|purported responsible"
            r"|sender ?id\b.*fail|authentication (check|results?|failure)"
        ),
    ),
    (
        "requireptr",
        (
            r"reverse dns|\brdns\b|\bptr\b|ip name lookup|(cannot|can't|could not|unable to) (find"
            r"|resolve) your (host|ip|address|reverse|domain)|hostname verification|forward[- ]confirmed|no reverse"
            r"|valid sender domain"
        ),
    ),
    (
        "notcompliantrfc",
        (
            r"rfc ?\d{3,4}[- ]?complian|not rfc|multiple addresses in from|multiple subject|duplicate header"
            r"|bare (lf|cr)"
        ),
    ),
    ("virusdetected", r"\bvirus|malware|trojan|infected"),
    ("badreputation", r"reputation|senderscore|senderbase"),
    (
        "speeding",
        (
            r"rate[- ]limit(?!.{0,40}reputation)|receiving mail (at|too)|too (many|much) (messages|emails|mails"
            r"|mail)\b|too (fast|quickly)|throttl|deferred due to (user complaints|excessive)|slow down"
        ),
    ),
    (
        "toomanyconn",
        r"too many (\w+ )*(connections|sessions)|connection (limit|rate)|max.{0,10}connections",
    ),
    ("mailboxfull", r"has too many messages|mailbox[^.\n]{0,30}exceed|messages in [^.]{0,40}mailbox exceeded"),
    ("exceedlimit", r"message.{0,30}exceeds? .{0,20}recipient.{0,20}limit"),
    (
        "mesgtoobig",
        (
            r"(message|mail|size|nachricht)\b.{0,30}(too (large|big)|exceed.{0,30}(size|limit|maximum)|zu gro"
            r"|überschreit)|too big|too large|(size|length) (limit|exceed)|larger than|maximum (message "
            r"|allowed )?size|exceed.{0,20}(message )?size|trop (gros|volumineux)|demasiado grande|troppo grande"
            r"|5\.3\.4|5\.2\.3"
        ),
    ),
    (
        "mailboxfull",
        (
            r"(mailbox|mailfolder|mail ?box|inbox|account|user|recipient|mail spool|maildir|folder"
            r"|postfach)[^.\n]{0,40}\b(full|quota|voll)|over ?quota|quota (is )?(exceed|full)|quota[- ]?(violation"
            r"|limit)|exceed.{0,40}quota|disk ?quota|out of (storage|disk)|storage (space|limit|quota)|(insufficient"
            r"|not enough) (disk|storage|space|system storage)|mailbox size|space.{0,20}(exceeded|allocated)"
            r"|is full\b|voll\b|(bo[îi]te|messagerie).{0,30}pleine|(buzón|casilla).{0,30}llen|casella.{0,30}piena"
            r"|caixa.{0,30}cheia|(postbus|mailbox).{0,20}vol\b|переполнен|容量|いっぱい|超過|已满|邮箱.{0,6}满"
            r"|overquota|quotaexceeded"
        ),
    ),
    (
        "suspend",
        (
            r"(account|mailbox|user|recipient|address|domain|email|e-mail|he)\b[^.\n]{0,40}\b(disabled|suspended"
            r"|inactive|deactivated|discontinued|locked|not active|frozen|dormant|blocked temporarily)"
            r"|disabled (recipient|account|mailbox|user|due)|(inactive|suspended|expired|closed) (account|mailbox"
            r"|user|recipient)|(gesperrt|deaktiviert|désactivé|suspendu|desactivad|disattivat|sospes|gedeactiveerd"
            r"|отключен|заблокирован)|禁用|停止され|vdeliver: invalid.*disabled"
        ),
    ),
    (
        "hasmoved",
        (
            r"has (been )?moved|no longer (at|with|works?|uses|exists at)|(address|e-?mail|mailbox"
            r"|addr).{0,30}(has )?(been )?(changed|replaced|moved)|new (e-?mail )?address|user not local; please try"
            r"|is now at\b|5\.1\.6"
        ),
    ),
    (
        "notaccept",
        (
            r"(host|domain|server|it)[^.\n]{0,40}(does not|doesn't|do not|never) (accept"
            r"|receive)s? (any )?(e-?)?mail|null ?mx|not accepting (mail|messages|network)|no mail (is )?accepted"
            r"|smtp service not available|mail receiving disabled|name server:? \.: host not found"
        ),
    ),
    (
        "mailererror",
        (
            r"command (died|failed|returned|output|time)|procmail:|x-unix;|exit(ed)? (status|with|code)|\bpipe\b"
            r"|mailer error|pipeline|vacation: |local delivery failed"
        ),
    ),
    (
        "hostunknown",
        (
            r"host(name)? (or domain name )?(was )?(unknown|not (found|known)|name lookup fail)|unknown (host"
            r"|domain)|no such (host|domain)|(domain|host)( name)? <?[\w.-]{1,60}>? (couldn'?t|could not|does not"
            r"|doesn'?t|was not|is not|not|cannot) (be )?(found|exist|resolve|valid|known)|(domain"
            r"|host)( name)?[^.:;<\n]{0,40}(not (exist|found|known|valid|reachable)|is (invalid|unknown)"
            r"|isn'?t valid|unknown|lookup fail|couldn'?t be found|could not be found)|domain (does not|doesn'?t"
            r"|must) (exist|resolve)|(un|not )rout(e)?able (mail )?domain|nxdomain|name or service not known"
            r"|illegal host|bad destination (host|system)|look ?up host|no (valid )?mail exchanger"
            r"|unrouteable address|couldn't find any host|name service error.*not found|(no|find) (mx"
            r"|a) (or a )?record|all relevant mx records point|dns server returned answer with no data|dns error"
            r"|domain.{0,20}nicht (gefunden|existier|erreichbar)|domaine inconnu|ドメイン.{0,20}(存在|見つか)"
            r"|badhost|invalid (host|domain)|nosuchdomain|unrouteable mail domain"
        ),
    ),
    (
        "userunknown",
        (
            r"(user|recipient|mailbox|account|address|mail ?drop|addressee|alias|member|person|name|id|e-?mail|he"
            r"|subscriber|customer)s?\b[^.;\n]{0,60}?\b(not (be )?(found|exist|known|recogni[sz]ed|listed|valid"
            r"|local|present|in (our|the)|have)|unknown|(is|was|were)?n[o']t (found|exist|exists|known|valid|a valid"
            r"|have|listed)|doesn'?t (exist|have)|does not (exist|have)|do(es)?n'?t exist|un-?available|invalid"
            r"|couldn'?t be found|could not be found|wasn'?t found|gone|non[- ]?existent|undeliverable|incorrect"
            r"|cannot be (found|reached|verified)|not (a|our) (known|valid)|ambiguous|bad)\b|(no|not a|not an"
            r"|not our|unknown|invalid|bad|incorrect|illegal|non-?existent|undefined|nonexistent|wrong"
            r"|no such) (such )?(local |valid |known |destination |email |e-mail |mail ?|virtual |remote )?(users?"
            r"|recipients?|mailbox(es)?|account|addressee|address(es)?|alias|customer|person|name|member|id|e-?mail"
            r"|local ?part|forwarding|here)\b|no mailbox|validrcptto|5\.1\.0 address rejected|адрес\w* не (найден"
            r"|существ)|user not (in|exist)|delivery to this (user|address)|does not have an? .{0,40}account"
            r"|doesn'?t have an? .{0,40}account|\bnot known (here|at)|nicht (bekannt|gefunden|vorhanden)|unbekannt"
            r"|existiert nicht|(empfänger|adresse).{0,40}ungültig|(utilisateur|destinataire|adresse).{0,40}(inconnu"
            r"|inexist|introuvable|n'existe)|n'existe pas|(usuario|destinatario|cuenta|dirección"
            r"|buzón).{0,40}(no existe|desconocid|no (fue|se) encontr|inexistent|no válid)|(utente|destinatario"
            r"|casella|indirizzo).{0,40}(inesistent|sconosciut|non (esiste|trovat|valid))|(usuário|utilizador"
            r"|destinatário|endereço|conta).{0,40}(não (existe|encontrad)|desconhecid|inexistent|inválid)|(gebruiker"
            r"|ontvanger|adres).{0,40}(onbekend|bestaat niet|niet gevonden)|пользовател.{0,40}не (найден|существ)"
            r"|не существует|見つかりません|存在しま|宛先.{0,20}(不明|ありません)|不存在|无此用户|recipnotfound"
            r"|recipientnotfound|recipient not found|user ?unknown|unknown ?user"
            r"|account that you tried to reach does not exist|rejected: (undeliverable|user)|no account"
            r"|not listed in|mailbox unavailable|bad address|unknown address|5\.1\.1[01]?\b|5\.1\.3\b"
        ),
    ),
    (
        "spamdetected",
        (
            r"\bspam\b|spam[- ](message|mail|content|score|detect|like|filter)|\bube\b|\buce\b|\bjunk\b|unsolicited"
            r"|considered as spam|bulk (e-?)?mail|spamassassin|content (rejected|scan)|suspected spam"
        ),
    ),
    (
        "norelaying",
        (
            r"relay(ing)?\b[^.\n]{0,30}(denied|prohibit|not (allowed|permitted|enabled)|reject|access)"
            r"|not? (permitted|allowed) to relay|unable to relay|we do not relay|relay (not|access)|isn'?t in (my"
            r"|our) (list of )?allowed|\brcpthosts\b|no relay|not a gateway|cannot relay|open relay"
        ),
    ),
    (
        "blocked",
        (
            r"black ?list|block ?list|\brbl\b|dnsbl|spamhaus|spamcop|barracudacentral|sorbs|is (currently )?(blocked"
            r"|banned|listed)|banned (sending )?(ip|host)|blocked (by|using|for|from|because)|has been blocked"
            r"|client host rejected|refused to talk|not accepting connections|your (ip|host|server"
            r"|mail ?server)[^.\n]{0,50}(reject|block|denied|not (allowed|permitted))|access denied"
            r"|connection (refused|dropped) by (policy|recipient)|greylist|graylist|unauthorized ip|5\.7\.60[0-9]"
        ),
    ),
    (
        "policyviolation",
        (
            r"\bpolic(y|ies)\b|content presents a potential|security (issue|risk|reason|problem)"
            r"|attachment.{0,40}(not|blocked|prohibit|type)|(executable|banned|dangerous|prohibited) (file"
            r"|attachment|content|name)|prohibited|header.{0,20}(reject|not allowed)"
        ),
    ),
    (
        "syntaxerror",
        r"syntax error|command (not|unrecognized|out of)|sequence of commands|bad sequence|unrecognized command",
    ),
    (
        "contenterror",
        (
            r"8-?bit|mime|media (type|not)|conversion (required|failed)|line too long|improper|malformed (header"
            r"|message)|charset|too many (levels|parts)|empty message|message content|5\.6\.\d"
        ),
    ),
    (
        "rejected",
        (
            r"sender[^.\n]{0,60}(reject|denied|refused|invalid|not (accept|allow|exist|valid|authenticated)|unknown"
            r"|verif|address|domain)|rejected (sender|by sender|from)|your (e-?mail|address"
            r"|domain)[^.\n]{0,40}(reject|denied|not (allowed|accept))|mail from[^.\n]{0,60}(reject|invalid|not)"
            r"|(not|no) (authorized|authorised|allowed|permission|permitted) to send|accept(s)? mail(s)? only"
            r"|address rejected by|member only|closed (mailing )?list|moderat|from:? address|restricted|5\.1\.[78]\b"
            r"|badsender|return path"
        ),
    ),
    ("expired", r"timed?[ -]?out|did not accept our requests to connect"),
    (
        "networkerror",
        (
            r"too many hops|mail (forwarding )?loop|routing loop|loop(ing|s)? (detected|back|to)|hop count|(network"
            r"|host|destination) (is )?unreachable|no route to host|connection (refused|reset|lost|closed)"
            r"|could not connect|unable to connect|couldn'?t connect|mx (record )?points? (back )?to|dns (query"
            r"|lookup|server)|name ?server|establish an smtp connection|tls\b|handshake|remote host said nothing"
            r"|5\.4\.(6|14)\b"
        ),
    ),
    (
        "expired",
        (
            r"time[ds]?[ -]?out|expired|too (old|long)|retry (time|timeout|limit)|delay(ed|ing)?|(still"
            r"|not yet) (been )?(delivered|undelivered|trying)|not been able to|(delivery|queue) (time|period)"
            r"|will (be )?(retried|retry|continue|keep)|retries|after \d+ (hours|days)|could not be delivered (for"
            r"|within|in)|giving up|gave up|queued|warning|message only|trying for|zeitüberschreitung|verzögert"
            r"|dépass|retard|4\.4\.[127]\b|x\.4\.7|undelivered for|no(t)? answer(ing)?|remote host (is )?(down|not)"
            r"|not respond"
        ),
    ),
    ("systemfull", r"(system|file ?system|disk|no space|spool)[^.\n]{0,30}(full|left|space)|insufficient system"),
    (
        "systemerror",
        (
            r"(system|server|configuration|local|internal|service|directory|queue|resource|i/o|processing"
            r"|lookup)[^.\n]{0,30}(error|problem|unavailable|fail)|not configured|try (again )?later"
            r"|temporary failure|temporarily|over ?load|too busy|config|unable to (open|create|write)|maintenance"
        ),
    ),
    (
        "filtered",
        (
            r"recipient (address )?(rejected|refused|restriction)|filter|refus(ed|e) (by|de)|rejected|not accept"
            r"|undeliverable|cannot (be delivered|accept)|could(n'?t| not) be delivered|delivery failed|user reject"
            r"|reject"
        ),
    ),
)
REASON_WORDS = tuple((reason, re.compile(words, re.IGNORECASE)) for reason, words in _WORDS)
"""The reasons and how servers word them, in the order in which they are tried."""
