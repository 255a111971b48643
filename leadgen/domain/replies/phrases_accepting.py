"""What people say when they take up an offer, ask about it, or are angry about it, in the larger languages. Words only."""

import re


def _words(*parts: str) -> re.Pattern[str]:
    return re.compile("|".join(parts), re.IGNORECASE | re.MULTILINE)


MEETING = _words(
    r"\b(let'?s|let us|can we|could we|shall we|we could|we can|we should|happy to|glad to|love to|like to|want to"
    r"|able to|open to|down to|up for( a)?|ready to|free to|willing to|would|please|i can"
    r"|keen to)\b[^.!?\n]{0,40}\b(call|chat|talk|meet\w*|hop on|jump on|connect|schedule|set up|set something up"
    r"|book|demo|speak|zoom|teams|grab|get together|sit down|discuss (this|it|further) (by|on|over|in))\b",
    r"\b(schedule|book|arrange|set up|setup|plan|organi[sz]e|(?<!you )have|(?<!you )do|put|grab|send (me |us "
    r"|over )?(a|an|the|your)?)\b[^.!?\n]{0,20}\b(call|meeting|chat|demo|time|appointment|zoom|slot|invite|calendar"
    r"|invitation|coffee|something on)\b",
    r"(what'?s|what is|send me) your (number|phone|cell)|\bi('ll| will| can|'d) (call|ring|phone) (you|u)\b|\b(call"
    r"|ring|phone) (me|us|(the|our|my) (office|shop|store|cell|line|clinic|practice|number|front desk|mobile))\b"
    r"|\bgive (me|us) a (call|ring|shout)|(my|direct|cell|mobile|phone|our) (\w+ )?(number|cell|line|mobile"
    r"|phone)( is|:| at| -)? ?[(+\d]|(number|cell|line) is\b|(booking|scheduling|calendar) (link|page)|times? (that"
    r"|which|to|when) (work|suit|talk|meet|we)|set (something|anything|it|a time) up|swing by|reach me (at|on|by)"
    r"|calend(ar|ly)|cal\.com|meetings\.hubspot|\b(i'?m|i am|we'?re|we are|am) (free|available|around|open"
    r"|flexible)\b(?! to (hear|learn))|\b(are|would) you (be )?(free|available|around)|\b(free|available|works?|good"
    r"|open|suit\w*|does|do|how (is|about|'s)|what about)\b[^.!?\n]{0,25}\b(mon|tues?|wed(nes)?|thurs?|fri|satur"
    r"|sun)(day)?s?\b(?! (morning )?is (bad|not))",
    r"\b((mon|tues|wednes|thurs|fri|satur|sun)day|tomorrow|today|next week|this week|afternoon"
    r"|morning)\b[^.!?\n]{0,25}\b(works?|is (good|fine|great|ok|perfect|best)|at \d|\d{1,2} ?(am|pm|:)|would (work"
    r"|be)|suits?|between|after|before|any ?time)|\b(what|which) (time|day)s?( \w+)? (work|are you|suit|is good"
    r"|would|do you)|when (are you|can (you|we)|would (you|be)|is a good|works|could)|\b(time slot|availability"
    r"|send (over )?(some|a few|your) (times|dates|slots|availability)|stop by|come by|drop by|swing by|in person"
    r"|face to face)",
    r"\b(termin|telefonat|telefonieren|besprechungs?termin|videocall|video-?call|meeting|gespräch)\b|(rufen|ruf"
    r"|rufe) (sie )?(mich|uns|sie|dich)|anrufen|treffen wir|(wir uns|uns)[^.!?\n]{0,20} treffen|(passt|ginge|geht"
    r"|würde|hätte)[^.!?\n]{0,40}(montag|dienstag|mittwoch|donnerstag|freitag|uhr|woche|zeit)|(montag|dienstag"
    r"|mittwoch|donnerstag|freitag)[^.!?\n]{0,30}(uhr|passt|zeit|gut)|erreichen mich unter|terminvorschl|wann (haben"
    r"|hätten|passt|können)",
    r"rendez-vous|\brdv\b|(appele[rz]|rappele[rz])[- ](moi|nous)|(m'|nous )appeler|créneau\w*|disponib\w+|(lundi"
    r"|mardi|mercredi|jeudi|vendredi)[^.!?\n]{0,30}(\d+ ?h|convient|matin|après-midi|possible)|(échanger|discuter"
    r"|parler|appel|visio)[^.!?\n]{0,30}(téléphone|vive voix|semaine|visio|appel|lundi|mardi|jeudi)|un appel"
    r"|s'appeler|m'appeler|quand (êtes|seriez|pouvez|pouvons)",
    r"\b(reunión|reunirnos|cita|llamada|videollamada|una demo)\b|ll[aá]m[ae]\w*|(agendar|programar|concertar"
    r"|coordinar|hablamos|hablar)\b|(lunes|martes|miércoles|jueves|viernes)[^.!?\n]{0,30}(a las|bien|puedo|puede|va)"
    r"|disponib\w+|¿?cu[aá]ndo (puede|podemos|podr|tiene)|\bquedamos\b|mi (teléfono|número|móvil|celular)",
    r"\b(reunião|marcar|agendar|chamada|videochamada|uma demo|conversar)\b|(podemos|vamos|posso) (falar|conversar)"
    r"|lig(ue|uem|a)[- ]?(me|para)|me lig(ue|a)\b|(segunda|terça|quarta|quinta|sexta)(-feira)?[^.!?\n]{0,30}(às|pode"
    r"|bom|funciona)|disponív\w+|disponibil\w+|quando (pode|podemos|você)|meu (telefone|número|celular|whats)",
    r"\b(appuntamento|riunione|incontr\w+|chiamata|videochiamata|una demo)\b|chiam(ami|atemi|i)|mi chiam|(fissare"
    r"|fissiamo|organizz\w+|sentiamoci|vederci|parlarne)|(lunedì|martedì|mercoledì|giovedì"
    r"|venerdì)[^.!?\n]{0,30}(alle|va bene|posso|libero)|disponib\w+|quando (potete|possiamo|sei|siete)|mio (numero"
    r"|cellulare|telefono)",
    r"\b(afspraak|afspreken|belafspraak|inplannen|kennismak\w+|gesprek|een demo)\b|bel(t)? (me|mij|ons)|\bbellen\b"
    r"|(maandag|dinsdag|woensdag|donderdag|vrijdag)[^.!?\n]{0,30}(uur|kan|past|schikt|goed)|beschikba\w+"
    r"|wanneer (kun|kan|schikt|past|heb)|mijn (nummer|telefoon)",
    r"\b(boka|möte|møte|ring mig|ring meg|spotkanie|zadzwo\w+|встреч\w+|созвон\w+|позвони\w+|toplantı|görüşelim)\b"
    r"|打ち合わせ|打合せ|面談|ミーティング|お電話(ください|いただ|お待ち)|(ご都合|日程|お時間)|开会|会议|见面|打电话"
    r"|通话|电话(联系|沟通)|预约|미팅|회의|통화|전화 ?(주|부탁)|일정",
)
INTERESTED = _words(
    r"\b(very |really |definitely |quite |certainly |potentially |might be |could be |may be |we'?re |i'?m |am |are "
    r"|be )*interested\b|\binterest(ing)?\b(?! rate)|\bintrigu\w+|sounds? (really |very |pretty |like )?(a "
    r"|an )?(good|great|interesting|promising|exciting|awesome|perfect|amazing|fantastic|intriguing|cool|nice|fun"
    r"|useful|helpful|like something|like a plan|plan|worth)|(tell|show) (me|us) more|(hear|learn|know|see|find out"
    r"|read|understand) (a (bit|little) |some )?more|more (info\w*|details|about)|(send|forward|share|shoot|e-?mail"
    r"|get|give|provide)\b( it| that| them| this| me| us| over| along| some| the| a| an| your| more| any| us the"
    r"| through)*( \w+){0,2} ?\b(info\w*|details|over|deck|brochure|pricing|prices|proposal|quote|examples?"
    r"|case stud\w+|samples?|link|background|rates?|fees|terms|sheet|list|agreement|menu|materials?|one[- ]pager"
    r"|presentation|it|overview|catalog\w*|estimate|portfolio|references)\b",
    r"\b(yes|yep|yeah|yup|sure|absolutely|definitely|of course|certainly|why not|ok(ay)?|great)\b[,.! ]+(please|we|i"
    r"|sounds|let|that|send|would|go|interested|do|tell|happy|more|this)|^\W*(yes|yep|yeah|yup|sure|absolutely"
    r"|definitely|ok|okay|sure thing|go ahead|count (me|us) in\b|(what|anything) (else )?(do )?you need from (me|us)"
    r"|timely|i'm in|sign (me|us) up|let'?s do it|let'?s go|works for me|i'?d love (that|to|it)|please do|go for it"
    r"|we'?re in)\W*$|count me in|(i'?m|we'?re) in\b[.! ]|sign (me|us) up|let'?s do (it|this)|go ahead|\b(love|like"
    r"|keen|eager|curious|excited|open|happy|glad) to (hear|learn|know|see|try|explore|get|find|discuss|understand"
    r"|give it)|(great|good|perfect) timing|caught my (eye|attention)|let'?s (move|go|get|do) (ahead|forward|started"
    r"|going)|(tell|show) me how|(have|got) my attention|(i|we)('d|'ll| would| will) (definitely |certainly "
    r"|gladly )?(look at|take a look|check (it|this|that) out|give it a (shot|try|go))|give (it|this) a (shot|try"
    r"|go)|how soon can (we|you) (start|begin)|(e-?mail|send|give|get) (me|us)( over)? the (specifics|details"
    r"|particulars|rundown|numbers|basics)|\btimely\b|count (me|us) in\b|what (do|would|else do) you need from (me"
    r"|us)|(exactly|just) what (we|i)('ve| have)? (need|been|are|were|'re)|(have|'ve) been (looking|thinking|meaning"
    r"|wanting|searching)|(looks|this is|seems|that'?s|would be) (really |very |super )?(great|good|interesting"
    r"|promising|awesome|perfect|useful|helpful|exciting|amazing)|we (do |could |really |definitely )*(need"
    r"|use) (this|help|something|some|more|a new)|(next steps?|how do we (start|proceed|begin)|get started"
    r"|move forward|proceed)|(love|like) (the|this|your|it|what)|worth (a |exploring|discussing|looking|trying)"
    r"|\bcurious\b|(look|looked|looking) into (this|it|that)|get (going|rolling|started)|how to (start|proceed|begin"
    r"|sign up)|(would|will|might|could|'d|'ll) (definitely |certainly )?consider|likes? (it|this|the idea)"
    r"|been looking|open to (a|this|it|the|trying|hearing|learning|ideas)|why not\b|(be|very|really|most) helpful"
    r"|on board|free trial|try (it|this)( out)?\b",
    r"(bin|sind|wäre\w*|sehr|grundsätzlich|durchaus|generell)[^.!?\n]{0,20}interessiert|interess(ant|iert|e (an"
    r"|besteht|ist|hätte|haben))|(hätte\w*|habe\w*|besteht|ist|wäre) [^.!?\n]{0,25}interesse|(hört"
    r"|hörte) sich (\w+ )?(gut|interessant|spannend|super|toll|vielversprechend)|klingt (\w+ )?(gut|interessant"
    r"|spannend|super|toll|vielversprechend)|(schicken|senden|schick|send|lassen) (sie )?(mir"
    r"|uns)?[^.!?\n]{0,40}(info\w*|unterlagen|angebot|details|mehr|material|preis\w*|zukommen)|(gerne"
    r"|gern)[^.!?\n]{0,30}(mehr|weitere|info\w*|erfahren|angebot|unterlagen|zu|ja)|mehr (erfahren|informationen"
    r"|infos|details|dazu)|^\W*(ja|gerne|ja,? gerne|ja,? bitte)\W*$|neugierig|würde\w* (mich|uns) (freuen"
    r"|interessieren)",
    r"(suis|sommes|serais|serions|très|vivement)[^.!?\n]{0,15}intéress\w+|intéressant|m'intéresse|nous intéresse"
    r"|(envoye[rz]|transmet\w+|faites)[- ](moi|nous)?[^.!?\n]{0,40}(info\w*|détails|documentation|tarif\w*|devis"
    r"|plaquette|brochure|parvenir|plus)|preneur|dites-m['’]en|en dire (plus|davantage)|en savoir (plus|davantage)"
    r"|plus (d'infos?|d'informations|de détails|de précisions)|avec plaisir|volontiers|pourquoi pas|^\W*oui\W*$"
    r"|oui,? (je veux|merci|volontiers|avec|bien)|curieu(x|se)",
    r"(estoy|estamos|estaría\w*|muy)[^.!?\n]{0,15}interesad\w+|(me|nos) interesa\w*|interesante|(env[ií]\w+|mánd\w+"
    r"|mand\w+|pás\w+|compart\w+)[^.!?\n]{0,40}(info\w*|detalles|propuesta|precios?|presupuesto|catálogo|más"
    r"|cotización)|(más|mayor) (info\w*|detalles)|(quisiera|quiero|gustaría|queremos"
    r"|me encantaría)[^.!?\n]{0,20}(saber|conocer|más|recibir|ver)|suena (bien|genial|interesante|muy)|^\W*s[ií]\W*$"
    r"|s[ií],? (por favor|gracias|claro|me|nos)|cuéntame|claro que s[ií]|adelante",
    r"(tenho|temos|teria\w*|há)[^.!?\n]{0,15}interesse|interessad\w+|(me|nos) interessa|interessante|(envi\w+"
    r"|mand\w+|pass\w+|compartilh\w+)[^.!?\n]{0,40}(info\w*|detalhes|proposta|preços?|orçamento|mais|material"
    r"|catálogo)|mais (info\w*|detalhes|sobre)|(gostaria|quero|queremos|gostaríamos)[^.!?\n]{0,20}(saber|conhecer"
    r"|mais|receber|ver)|parece (bom|ótimo|interessante)|^\W*sim\W*$|sim,? (por favor|obrigad|claro|pode|quero)"
    r"|pode (enviar|mandar)|com certeza",
    r"(sono|siamo|sarei|saremmo|molto)[^.!?\n]{0,15}interessat\w+|(mi|ci) interessa|interessante|(invi\w+|mand\w+"
    r"|gir\w+)[^.!?\n]{0,40}(info\w*|dettagli|preventivo|prezzi|listino|proposta|più|materiale|brochure)|(più"
    r"|maggiori|ulteriori) (info\w*|dettagli)|(vorrei|vorremmo|mi piacerebbe|volentieri)[^.!?\n]{0,20}(sapere"
    r"|saperne|conoscere|ricevere|di più|vedere)?|sembra (interessante|buono|ottimo)|^\W*s[iì]\W*$|s[iì],? (grazie"
    r"|certo|volentieri|mi)|perché no|certamente",
    r"(ben|zijn|zeker|wel|erg)[^.!?\n]{0,15}(geïnteresseerd|interesse)|interessant|lijkt me (leuk|goed|interessant"
    r"|wel wat)|stuur maar|klinkt (goed|interessant|leuk|veelbelovend)|(stuur|mail|zend)[^.!?\n]{0,40}(info\w*"
    r"|details|offerte|prijs\w*|meer|brochure|voorstel)|^\W*ja,? (interesse|graag)|volgende stap|meer (informatie"
    r"|info|weten|details|over)|(graag)[^.!?\n]{0,20}(meer|informatie|info|weten|ontvangen|horen)|^\W*(ja|graag"
    r"|ja graag)\W*$|benieuwd",
    r"\b(intresserad|interesseret|interessert|låter (bra|intressant)|lyder (godt|interessant|bra)|kiinnost\w+"
    r"|jestem zainteresowan\w+|brzmi (dobrze|ciekawie)|интерес(но|ует|ны)|заинтересова\w+|пришлите|ilgileniyor\w*"
    r"|ilginç)\b|興味(が)?(あり|ござい)|詳し(く|い)|資料(を)?(送|いただ|お送)|ぜひ|是非|感兴趣|有兴趣|(请|能)?(发"
    r"|提供)[^。\n]{0,10}(资料|信息|详情|报价)|更多(信息|资料|详情)|听起来不错|관심 ?(있|이 있)|자세(한|히)"
    r"|자료(를)? ?(보내|부탁)|좋습니다",
)
QUESTION = _words(
    r"\?|？|¿|\b(how much|how (does|do|many|long|would|is|are|did|can|will)|what (is|are|does|do|would|kind|exactly"
    r"|sort|'s)|what's|which (\w+ )?(is|are|do|does)|who (is|are|else)|where (are|is|do|did)|do you (have|offer|work"
    r"|charge|support|integrate|provide|also|guarantee|serve|do)|does (it|this|that|your)|can (you|it|this"
    r"|your) (\w+ )?(explain|tell|clarify|integrate|work|also|handle|do|support|provide|share|elaborate)|is (it|this"
    r"|there|that) (a|an|possible|compatible|available|any|free|included|legit)|(i|we)('d| would)? (have|had) (a few"
    r"|some|a couple( of)?|one|a) (quick )?questions?|wondering (if|how|what|whether)|curious (how|what|if|about)"
    r"|(price|pricing|cost|costs|fee|fees|rates?)\b)",
    r"\b(was kostet|wie (viel|hoch|funktioniert|lange|teuer|läuft|genau)|welche[rsn]?|können sie|bieten sie"
    r"|haben sie|gibt es|preis\w*|kosten|frage)\b|\b(combien|quel(le)?s? (est|sont|prix|tarif)|comment (ça"
    r"|fonctionne|cela)|est-ce (que|qu')|proposez-vous|avez-vous|pouvez-vous|prix|tarifs?|coût)\b|\b(cu[aá]nto"
    r"|cu[aá]l(es)?|cómo (funciona|se)|tienen|ofrecen|pueden|precios?|costo|coste)\b",
    r"\b(quanto|qual|quais|como (funciona|é)|vocês (têm|oferecem|trabalham)|preços?|custo|custa)\b|\b(quanto|qual"
    r"|quali|come funziona|avete|offrite|potete|prezzo|prezzi|costo|costa)\b|\b(wat kost|hoeveel|hoe (werkt|lang"
    r"|veel)|kunnen jullie|hebben jullie|bieden jullie|prijs|kosten|tarief)\b|сколько|как(ая|ой|ие)|ile kosztuje"
    r"|いくら|料金|費用|価格|でしょうか|ですか|ますか|多少钱|价格|费用|怎么|如何|吗|얼마|가격|비용|인가요|나요|까요",
)
COMPLAINT = _words(
    r"\b(this|that|it|your (e-?mails?|messages?)|pure|more|such|just|total|unwanted|sending|send|stop (the|this"
    r"|your)?|reported|marked|marking|flag\w*|report\w*|is|as|fucking|damn|like) (is |are |it |this |you |as |me "
    r"|us )*spam\b|\bspamm(er|ers|ing|ed)\b|\bspam(!|\.|$)|unsolicited|\bharass\w*|\bunwanted\b|(what"
    r"|wtf) (the )?(hell|heck|fuck|is) (is )?wrong with|nuisance|(report\w*|file|filed|filing|lodge"
    r"|submit)[^.!?\n]{0,30}(you|this|complaint|spam|abuse|ftc|ico|authorities|attorney|domain|google|provider)"
    r"|\b(legal action|lawsuit|sue you|my (lawyer|attorney|solicitor)|our (lawyers?|attorneys?|legal|counsel)"
    r"|illegal|violat\w+|unlawful|can-?spam|gdpr|dsgvo|rgpd|data protection|information commissioner|privacy (law"
    r"|violation)|breach)\b|cease and desist",
    r"(how|where)( the (hell|heck|fuck))? (did|do|have) you (get|find|got|obtain)[^.!?\n]{0,20}(my|our"
    r"|this) (e-?mail|address|details|contact|name|number|info)|fuck|\bf\*{2,}|\bwtf\b|bullshit|scam(mer|mers)?\b"
    r"|\b(how dare|disgust\w*|disgrace\w*|appalling|outrag\w+|sick of|fed up|tired of (your|these|this|getting"
    r"|receiving)|shame on|unprofessional|invasi\w+|annoy\w+|ridiculous|idiots?|moron|go to hell|screw you|piss off"
    r"|blacklist\w*|blocking you|blocked you)\b",
    r"belästig\w*|unerwünscht\w*|spam\b[^.\n]{0,10}(mail|melden|!)|abmahn\w*|versto(ß|ss)\w*|\buwg\b|rechtsanwalt"
    r"|anwalt|anzeige|unverschämt\w*|rechtliche schritte|woher haben sie|beschwer\w*|harcèlement|harceler"
    r"|porter plainte|plainte|avocat|cnil|illégal\w*|comment avez-vous (eu|obtenu)|démarchage|acoso|denunci\w+"
    r"|abogado|ilegal\w*|queja|reclamação|assédio|advogad\w+|procon|lgpd|denunci\w+|segnal\w+ (come|al garante)"
    r"|garante|avvocato|denuncia|illegale|molest\w+|lastig ?val\w*|klacht|advocaat|aangifte|ongevraagd\w*"
    r"|ongewenst\w*|жалоб\w+|суд\b|迷惑|違法|通報|苦情|投诉|举报|骚扰|垃圾邮件|신고|스팸|불법",
)
SARCASM = _words(
    r"\byeah,? right\b|\bsure,? because\b|\boh,? (great|good|joy|wow|wonderful|fantastic|lovely|perfect|yay)"
    r"|\bwow,?\s|just what (i|we) (needed|wanted|always)|(love|enjoy|adore)[^.!?\n]{0,30}(getting|receiving|spam"
    r"|cold|unsolicited|random|another|your (5|five|fifth|tenth|10|third|daily))|another (cold|sales|pitch|generic"
    r"|automated|one of these|ai|.?personali[sz]ed)|how (original|creative|thoughtful|refreshing)|slow clap|bravo"
    r"|(good luck|thanks) (with that|for (wasting|nothing|the spam|filling|cluttering))|\bas if\b|\b(lol|lmao|rofl"
    r"|haha+|hehe)\b|/s\b|🙄|😂|🤣|🤡|👏|because (i|we) (obviously|clearly|totally|have nothing)|clearly (you|did"
    r"|read)|obviously (you|did|an? )|nice try|(can'?t|cannot) wait to (never|not|ignore|delete)|my (favou?rite"
    r"|dream)|not\.\s*$|so (original|personal|heartfelt)|thrilled|ha\b[.!,]",
    r"na (toll|super|klar|großartig)|genau das (hat|habe)|super,? noch|ach was|sehr witzig|quelle (joie|surprise"
    r"|chance)|comme c'est original|qué (ilusión|sorpresa|original)|che (bello|gioia|sorpresa)|que (maravilha"
    r"|surpresa)",
)
