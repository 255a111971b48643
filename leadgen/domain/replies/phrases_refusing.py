"""What people say when they turn an offer down, put it off or pass it on, in the larger languages. Words only, no decisions."""

import re


def _words(*parts: str) -> re.Pattern[str]:
    return re.compile("|".join(parts), re.IGNORECASE | re.MULTILINE)


WRONG_PERSON = _words(
    r"\b(not|n[o']t) the (right|correct|best|appropriate|proper) (person|contact|one|department|e-?mail|address|guy"
    r"|team)|\bwrong (person|contact|department|guy|company|email|e-mail|address|number)",
    r"no longer( \w+)? (with|at|part of|employed|here|there|associated|a member)\b|(no longer|not"
    r"|n[o']t)( \w+)? (work(ing)? (here|there|at|for|in)|in charge|in (this|that) (role|position)|involved|handl\w+"
    r"|responsible|deal\w*|manag\w+|make (those|these|that)|the one|my (area|department|responsibility|call|decision"
    r"|role))\b(?! (well|out|today|until|right now|for us))",
    r"(has|have|'ve|'s) (left|retired|moved on|departed)( from)? (the|our|this)? ?(company|firm|organi[sz]ation"
    r"|practice|team|business|office|agency)?|left (the|that|this) (company|firm|organi[sz]ation|practice)|(resigned"
    r"|retired|passed away|changed (jobs|roles|positions))",
    r"(should|you('ll| will|'d| would)? (want|need)( to)?|please|try|best( to)?|better( to)?|better off|would|can"
    r"|could|kindly|instead)[^.!?\n]{0,25}\b(contact|reach(ing)? out to|speak(ing)? (to|with)|talk(ing)? (to|with)"
    r"|e-?mail(ing)?|write( to)?|direct (this|your|it)[^.!?\n]{0,20}to|get in touch with|ask(ing)?|try(ing)?"
    r"|address)\b[^.!?\n]{0,40}?(instead|\b(?!I\b|I'|You|We|Monday|Tuesday|Wednesday|Thursday"
    r"|Friday)(?-i:[A-Z])[a-zà-ÿ]+|[\w.+-]+@|our |my (colleague|boss|manager|partner|wife|husband|co)|the (owner"
    r"|office manager|manager|person|marketing|it|purchasing))",
    r"(forward(ed|ing)?|pass(ed|ing)?|sen[dt]) (this|it|your (e-?mail|message|note|info\w*))( on| along"
    r"| over)? to\b(?![^.!?\n]{0,30}(excited|interested|love|like))|(loop|cc|copy|add)(ing|ped|'?d|ied"
    r"|ed)? (in )?(?-i:[A-Z])[a-z]+|(?-i:[A-Z][a-z]+) (is (the|our|in charge|responsible)|handles|runs|manages"
    r"|takes care|deals|makes|would be (the|your|better|best))|(contact|e-?mail|write to) (him|her"
    r"|them)( directly)?( at| instead)|(handled|managed|decided|owned) by (our|my|the|corporate|head)",
    r"(contact|ask|try|find|talk to|email|need) (someone|somebody) else|(should|needs? to|ought to|must|has to) (go"
    r"|be sent|be directed|be addressed) to|(my|our|the) (corporate|head) office|corporate (office )?(handles"
    r"|decides|makes)|sold (the|my|our) (business|practice|shop|company|store|restaurant)|adding (my|our)\b"
    r"|nothing to do with|(that'?s|that is|it'?s) (?-i:[A-Z])[a-z]+('s)? ?(\.|$|department|job|area|call|decision"
    r"|who)|(i'?m|i am) (just |only )?(an? |the )?(intern|receptionist|assistant|bookkeeper|temp|student|volunteer"
    r"|front desk)|\b(he|she|they|(?-i:[A-Z])[a-z]+) left( in| last| us| at| back| a|\.|$)|why (did you|you"
    r"|are you) (e-?mail|writ|contact)\w* me|(come|comes|made|handled|decided|done|go through)( \w+)? (from|at|by"
    r"|through) (our |the )?(hq|head ?quarters|corporate|head office|franchis\w+)|don'?t (handle|make|deal with"
    r"|manage|take care)|have the wrong|mistaken (me|us)|not me\b|i('m| am) (just|only) the|new (contact|manager"
    r"|owner)( \w+)? is|same name",
    r"(nicht|falsche[rn]?)[^.!?\n]{0,30}(zuständig|verantwortlich|richtige[rn]? (person|ansprechpartner|adresse)"
    r"|ansprechpartner|person|adressat)|(wenden|richten) sie (sich |ihre )[^.!?\n]{0,40}\ban\b|(zuständig"
    r"|ansprechpartner\w*)[^.!?\n]{0,20}\bist\b|nicht mehr (im|bei|in|für)[^.!?\n]{0,30}(unternehmen|firma|tätig|uns"
    r"|beschäftigt)|(dafür|hierfür|damit|da) (ist|sind|kümmert) [^.!?\n]{0,40}(zuständig|verantwortlich|ansprech)"
    r"|zuständig (ist|wäre|dafür ist)|(firma|unternehmen) verlassen|ausgeschieden|weitergeleitet an"
    r"|leite[^.!?\n]{0,40}weiter",
    r"(pas|plus)[^.!?\n]{0,25}(la bonne personne|le bon (contact|interlocuteur|service)|en charge|responsable"
    r"|dans (l'entreprise|la société))|mauvaise personne|(contacte[rz]|adresse[rz]|écri(vez|re)|voir avec"
    r"|joindre)[^.!?\n]{0,30}(plutôt|mon collègue|ma collègue|m\.|mme|monsieur|madame|[\w.+-]+@"
    r"|(?-i:[A-Z][a-zà-ÿ]+))|voyez avec|s'en occupe|c'est [^.!?\n]{0,30} qui (gère|s'occupe|décide)"
    r"|pas de mon ressort|ne travaille plus|a quitté|transmis(e)? à|je transmets",
    r"(no soy|no es|persona)[^.!?\n]{0,20}(la persona|equivocada|indicad\w|adecuad\w|encargad\w|responsable)"
    r"|(contact[ea]\w*|escrib[ae]\w*|dir[ií]ja\w*|habl[ea]\w*)[^.!?\n]{0,20}(con|a) (mi|la|el|[\w.+-]+@"
    r"|(?-i:[A-Z][a-zà-ÿ]+))|(encargad[oa]|responsable) de (esto|eso|este)|(lo|se) (lleva|encarga)\b|(paso|remito"
    r"|reenv[ií]o|derivo) (tu|su|este|el) [^.!?\n]{0,25} a\b|ya no trabaj\w+|no me encargo|encargad[oa] (es|de)",
    r"(não sou|pessoa)[^.!?\n]{0,20}(a pessoa|errada|certa|indicada|responsável)|(contact[ea]\w*|fal[ea]\w*"
    r"|escrev\w+|procur\w+)[^.!?\n]{0,12}(com|o|a|para) (meu|minha|[\w.+-]+@|(?-i:[A-Z][a-zà-ÿ]+))|não é comigo"
    r"|quem (cuida|trata|decide|resolve)|(já )?não trabalh\w+|não trabalha mais|responsável (é|por)",
    r"(non sono|persona)[^.!?\n]{0,20}(la persona|sbagliata|giusta|corretta|responsabile|competente)|(contatt\w+"
    r"|scriv\w+|rivolg\w+|parl\w+)[^.!?\n]{0,20}(al|alla|con|a|il|la) (mio|mia|collega|[\w.+-]+@"
    r"|(?-i:[A-Z][a-zà-ÿ]+))|(deve|dovete|dovrebbe|bisogna) (parlare|chiedere|rivolger\w+|sentire|contattare)"
    r"|se ne occupa|di questo si occupa|non lavora più|non mi occupo|non (è|e') più",
    r"(niet|verkeerde)[^.!?\n]{0,25}(juiste (persoon|contact)|persoon|verantwoordelijk|aanspreekpunt)|(neem"
    r"|contact)[^.!?\n]{0,15}contact[^.!?\n]{0,10}met|ga(at)? daar niet over|daar(over)? gaat|gaat (hier|daar)over"
    r"|(werkt|werk) (hier )?niet meer|doorgestuurd|doorgezet",
    r"担当(者)?(では|じゃ)(ない|ありません|ございません)|担当(が|は)[^。\n]{0,15}(変わ|異動|別)|退職|异动|离职|不(是"
    r"|负责)[^。\n]{0,8}(负责人|这)|请联系|담당자가 아니|퇴사",
)
NOT_INTERESTED = _words(
    r"\b(not|n['o]t|never|no longer|un)[ -]?(be |really |very |currently |at all |particularly |too |all that "
    r"|even )*interested|\bno,? (thank|thx|ty|tks|thanks)|\b(no|zero|little) interest\b|decided against|(gracias"
    r"|grazie|merci|danke|obrigad[oa]|bedankt|thanks|thank you),? (pero|ma|mais|aber|mas|maar|but) (no|non|nein|não"
    r"|nee)\b|\b(we|i)('ll| will|'m going to|'re going to|) (have to )?pass\b|\bpass(ing)? on (this|it|that)"
    r"|hard pass|^\W*(no|nope|nah|pass)\W*$|(isn'?t|not|wasn'?t|aren'?t)( \w+)? (a |the )?(good |right |great )?(fit"
    r"|match)\b|\bnot (for (us|me|our)|something|what|our|my thing|looking|in the market|needed|necessary|relevant"
    r"|applicable|required|worth|convinced|going to)\b",
    r"(do|does|did|would|wo|ca|have)( not|n'?t)( really| currently| have| ever)?( a| any)? ?(do (any|online|that"
    r"|this|it|much|cold)|need|require|want|see (the|a|any)|think (so|it|this)|buy|use outside|have (any |a )?(need"
    r"|use|interest|budget))|(of )?no use (to|for) (us|me)|stick(ing)? with (what|our|the)|\bhard (no|pass)\b"
    r"|happy as (we|things)|(don'?t|not) want (it|this|that|any|your (service|product|help))|\bbut no\b[.,! ]*($"
    r"|thank|we|i)|(do|does|did|handle\w*|manage\w*) (it|this|that|everything|all of (it|this|that|our)"
    r"|our own)?[^.!?\n]{0,12} ?(ourselves|myself|internally|in-?house)|(it|this|that|everything|things|all)('s"
    r"| is)? (\w+ )?covered|(doesn'?t|does not|don'?t|won'?t) (apply|work for|make sense|fit|concern|suit|really)"
    r"|too (expensive|pricey|much money)|prefer (to|not|our|local)|(won'?t|will not|not|aren'?t)( be)? (moving|going"
    r"|proceeding|pursuing|moving ahead|interested|needing)|no (need|use)( (for|of)|[.,!]|$)|\bso,? no([.!,]|$)"
    r"|different direction|(nephew|niece|son|daughter|wife|husband|brother|sister|friend|cousin|partner|agency|guy"
    r"|team|company|someone|somebody)\b[^.!?\n]{0,25} (does|handles|runs|manages|takes care of|doing|handling"
    r"|for (this|that|it))|(have|got|hired|use|using) (someone|somebody|an? (\w+ )?(agency|freelancer|consultant|guy"
    r"|company|person|team|firm|vendor|provider))|(already|currently) (have|use|using|work(ing)?|got|covered"
    r"|partnered|do(ing)?|happy|set|under contract|signed)|(we're|we are|i'm|i am) (all )?(set|good|covered|fine|ok"
    r"|happy|satisfied|sorted)\b(?! (for|with) (\w+day|\d|a call))|happy (with|where)|satisfied with|in[- ]house"
    r"|(thanks|thank you),? but (no|we|i)|(have to|must) decline|respectfully decline|we('ve| have) decided (not"
    r"|against|to go with)|went with (another|a different)|(zero|no) (desire|intention)|waste of (my )?time"
    r"|out of business|clos(ed|ing) (the|our|down)|no budget|can(not|'t) afford|don'?t (outsource|work with (outside"
    r"|agencies))",
    r"(kein(en|e)?|nicht)( \w+){0,3} ?(interess\w+|bedarf|verwendung|benötig\w*|relevant|infrage|in frage|notwendig)"
    r"|kein interesse|nein,? danke|(haben|nutzen|arbeiten) (wir )?(dafür |hierfür |da )?(bereits|schon)|(sind"
    r"|bin)[^.!?\n]{0,20}(zufrieden|versorgt|bedient)|bereits (versorgt|gut aufgestellt|einen)|passt nicht"
    r"|bleib\w+ (wir )?(bei|mit) (unser|dem|der)\w*|brauche\w* (wir|ich) (das |es )?nicht|(sehe\w*|bringt"
    r"|bietet)[^.!?\n]{0,25}kein\w*|kein (thema|mehrwert)|müssen (leider )?ablehnen|lehnen (wir )?ab|^\W*nein\W*$",
    r"(pas|aucun(ement)?|non)[^.!?\n]{0,25}(intéress\w+|besoin|intérêt|concern\w+)|non,? merci|ne (nous"
    r"|m')?[^.!?\n]{0,10}intéresse pas|(avons|ai|travaillons|sommes) déjà|pas (pour nous|intéress)|(décline"
    r"|décliner)|pas donner suite|satisfaits? de",
    r"no[^.!?\n]{0,15}(me|nos|estoy|estamos|est[aá]n?)[^.!?\n]{0,12}interes\w+|no,? gracias|no (lo )?(necesit\w+"
    r"|requer\w+|tenemos (interés|necesidad)|tengo interés)|ya (tenemos|contamos|trabajamos|usamos|tengo)|no (nos"
    r"|me) (hace falta|convence|interesa|conviene|sirve)|sin interés|no (estamos|estoy|buscamos"
    r"|busco)\b[^.!?\n]{0,20}(buscando|interesad|esto|este|nada)?|no es para (nosotros|mí)|declin",
    r"(não|nao|sem)[^.!?\n]{0,20}(interess\w+|precis\w+|necessit\w+)|não,? obrigad|\bdispens[oa]\w*|não é (do"
    r"|de) (nosso|meu) interesse|já (temos|tenho|usamos|trabalhamos|contamos)|não é para (nós|mim)",
    r"non[^.!?\n]{0,20}(interess\w+|bisogno|necessit\w+|serve)|no,? grazie|(abbiamo|ho|lavoriamo) già|già (forniti"
    r"|coperti|abbiamo)|non (fa|è) (per|al caso)|siamo (a posto|soddisfatti)",
    r"(geen|niet)[^.!?\n]{0,20}(interesse|behoefte|geïnteresseerd|nodig|relevant)|nee,? (bedankt|dank)|(hebben"
    r"|werken|gebruiken)[^.!?\n]{0,10} al |(zijn|ben)[^.!?\n]{0,20}tevreden",
    r"\b(inte|ikke|ei)\b[^.!?\n]{0,15}(intresser\w+|interess\w+|kiinnost\w+|behov)|nej,? tack|nej,? tak|nei,? takk"
    r"|nie(ste)?[^.!?\n]{0,15}(zainteresowan\w+|jeste)|nie,? dziękuj|не(т)?[^.!?\n]{0,15}(интерес\w+|нужн\w+)"
    r"|нет,? спасибо|ilgilenmiyor",
    r"興味(は|が)?(ない|ありません|ございません)|必要(は)?(ない|ありません|ございません)|間に合って|お断り|見送(り"
    r"|ら)|結構です|不感兴趣|没有?兴趣|不需要|不用了|관심 ?(없|이 없)|필요 ?없|괜찮습니다",
)
LIMITED_IN_TIME = _words(
    r"\b(at (this|the) (time|moment|stage|point|present)|right now|just now|for now|currently|at present|presently"
    r"|yet|this (year|quarter|month)|today|these days|moment|derzeit|zurzeit|zur zeit|momentan|im augenblick|aktuell"
    r"|pour (le moment|l'instant)|actuellement|en ce moment|por (ahora|el momento|enquanto|agora)|en este momento"
    r"|actualmente|de momento|no momento|atualmente|neste momento|al momento|per ora|per il momento|attualmente"
    r"|adesso|op dit moment|momenteel|voorlopig|för (tillfället|närvarande)|for (øyeblikket|øjeblikket)|obecnie"
    r"|na razie|сейчас|пока)\b|今(は|の(ところ|段階))|現時点|目前|暂时|现在(不|没)|현재|지금은",
)
NOT_NOW = _words(
    r"\bnot (right |just )?(now|yet|today|this (year|month|quarter|week))\b|\bnot (at|for) (this|the|now|at) ?(time"
    r"|moment|stage|point|present)?\b|(bad|poor|not (a|the) (good|right|best|great)|wrong|tough|terrible) (time"
    r"|timing|moment)|(timing|time) (is|isn'?t|'s)( not| just)?( \w+)? (right|off|good|great|ideal|bad|wrong)"
    r"|maybe (later|next|in (the|a|\w+)|after|some ?(time|day)|down)|(next|later this|until|early|after|before"
    r"|start of|beginning of) (the )?(quarter|year|month|spring|summer|fall|autumn|winter|q[1-4]|fiscal|january"
    r"|february|march|april|may|june|july|august|september|october|november|december)\b|\bq[1-4]\b|(just|recently"
    r"|already) (renewed|re-?signed|extended|signed (a|an|with|up))|(renewed|locked in|committed)( \w+){0,4} (for"
    r"|until|through|till)|let (me|us) (get|make it|survive) (through|past)|\b(circle|check|swing|loop) back\b"
    r"|(check|circle|touch|come|get|loop|follow|reach|ping|try|ask|contact|connect|revisit|write|call|email|e-mail"
    r"|hit)( (me|us|this|it|back|up|out|base|again|with|to|in|on|this conversation|the conversation"
    r"|up with))* (again |back )?(in (a|an|the|\d|two|three|four|five|six|few|several|couple|q\d|january|february"
    r"|march|april|may|june|july|august|september|october|november|december|spring|summer|fall|autumn|winter|20\d\d"
    r"|about|early|mid|late)|next(?! (week|mon|tue|wed|thu|fri|sat|sun))|later(?! (today|this week))|after|once|when"
    r"|then|around|closer|sometime)|(revisit|reconsider|look at|think about|discuss|talk about|explore) (this|it"
    r"|that) (again |more )?(later|next|in|after|once|when|down)|down the (road|line|track)|(too|very|really|super"
    r"|crazy|extremely|pretty|so|swamped) (busy|slammed|hectic|tied)|swamped|slammed|on hold|(budget|spending"
    r"|hiring)[^.!?\n]{0,30}(freeze|frozen|spent|next|locked|tight|allocated|until)|(in|after) (a few|several"
    r"|a couple( of)?|\d+|two|three|six) (weeks|months)|(keep|hold) (this|it|your (info\w*|e-?mail"
    r"|details))( on file| for| in mind)|in the future|future reference|(not|isn'?t) (a|our|my|the) (top )?(priority"
    r"|focus)|other priorities|ask me again|remind me|(under|in|locked into) (a )?contract (until|through|till)"
    r"|contract (ends|expires|is up|runs)|some other time|another time|not ready",
    r"(nicht|jetzt|erst)[^.!?\n]{0,15}(jetzt|im moment|derzeit|zurzeit|aktuell|momentan|der richtige zeitpunkt)"
    r"|zu einem späteren zeitpunkt|später( noch)?( ein)?mal|(nächste[ns]?|kommende[ns]?|anfang|ende"
    r"|frühestens)( \w+)? (jahr\w*|quartal\w*|monat\w*|frühjahr|sommer|herbst|winter|januar|februar|märz|april|mai"
    r"|juni|juli|august|september|oktober|november|dezember)|(melden|schreiben|kontaktieren|fragen"
    r"|rufen) sie [^.!?\n]{0,25}(wieder|nochmal|noch einmal|in \w+ (wochen|monaten)|im (januar|februar|märz|april"
    r"|mai|juni|juli|august|september|oktober|november|dezember|frühjahr|frühling|sommer|herbst|winter|neuen jahr)"
    r"|später)|in (ein paar|einigen|einem|zwei|drei|sechs|\d+) (halben |viertel)?(wochen|monaten|jahr\w*|monat)"
    r"|(bitte |erst )?im (januar|februar|märz|april|mai|juni|juli|august|september|oktober|november|dezember"
    r"|frühjahr|herbst|winter|neuen jahr)( \w+)? (melden|wieder|nochmal)|hochbetrieb|hochsaison|keine zeit"
    r"|kein budget (mehr )?(dieses|für dieses)|ungünstig|vielleicht später",
    r"(pas|plus tard)[^.!?\n]{0,15}(pour (le moment|l'instant)|maintenant|tout de suite|encore|le bon moment"
    r"|d'actualité|cette année)|plus tard|pas avant|(recontact\w*|revenez|relancez|rappelez"
    r"|reprenez contact)[^.!?\n]{0,40}(dans|en|à|après|au|l'année|le mois|plus)|(l'année|le mois|le trimestre"
    r"|la rentrée)[^.!?\n]{0,5} ?prochain\w*|l'an prochain|l'année prochaine|à la rentrée|dans (quelques|deux|trois"
    r"|six|\d+) (mois|semaines)|trop occup\w+|débord\w+",
    r"(no|ahora|quizás?|tal vez)[^.!?\n]{0,15}(ahora|por (ahora|el momento)|en este momento|de momento"
    r"|es (un )?buen momento|más adelante)|más (adelante|tarde)|(contácte\w*|escríba\w*|llámem?\w*"
    r"|vuelv[ae]\w*( a \w+)?|hable\w*|retom\w+)[^.!?\n]{0,40}(en|el próximo|dentro|después|más)|(próximo"
    r"|siguiente) (año|mes|trimestre)|(año|mes) que viene|(después|luego|pasado|tras) (del?|el|la|las) (verano"
    r"|vacaciones|navidad\w*|fiestas|año)|en (unos|dos|tres|seis|\d+) meses|muy ocupad",
    r"(não|agora|talvez)[^.!?\n]{0,15}(agora|(no|neste) momento|por enquanto|é (um )?bom momento|mais (tarde"
    r"|para frente))|mais (tarde|para a frente|pra frente|adiante)|(volte|retorne|entre em contato|fale|ligue"
    r"|contacte)[^.!?\n]{0,40}(em|no próximo|daqui|depois|mais)|(próximo|próxima) (ano|mês|trimestre|semestre)"
    r"|(segundo|próximo|primeiro) (semestre|trimestre)|(depois|após) (do|das|de) (verão|férias|natal|carnaval|ano)"
    r"|ano que vem|mês que vem|daqui a",
    r"(non|forse|magari)[^.!?\n]{0,15}(ora|adesso|al momento|in questo momento|per il momento|per ora|è il momento"
    r"|più avanti)|più (avanti|tardi)|(ricontatt\w+|risent\w+|riscriv\w+|richiam\w+)[^.!?\n]{0,40}(tra|fra|a|in|il"
    r"|dopo|più|nel)|(prossimo|prossima) (anno|mese|trimestre)|(anno|mese) prossimo|(dopo|passat\w+) (l'estate"
    r"|le (vacanze|ferie|feste)|natale|agosto)|fra (qualche|due|tre|\d+) (mesi|settimane)|molto occupat",
    r"(niet|nu)[^.!?\n]{0,10}(nu|op dit moment|momenteel|het juiste moment)|later (dit jaar|nog|eens|een keer)"
    r"|(volgend|komend)e? (jaar|kwartaal|maand)|(neem|probeer|mail|bel)[^.!?\n]{0,40}(over|in|na|volgend|later)\b"
    r"|over (een paar|enkele|\d+|twee|drie) (weken|maanden)|te druk|inte (just nu|nu)|ikke (nu|lige nu|akkurat nå)"
    r"|nästa (år|kvartal|månad)|nie teraz|później|не сейчас|позже|в следующем (году|месяце|квартале)",
    r"また(の機会|後日|今度)|来(年|月|期)|(今|現在)は(難し|忙し|時期)|時期尚早|改めて|以后再|过(段时间|几个月)|(明年"
    r"|下个?月|下季度)|暂时不|나중에|다음 ?(달|분기|해|에)|내년",
)
