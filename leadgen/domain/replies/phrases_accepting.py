"""What people say when they take up an offer, ask about it, or are angry about it, in the larger languages. Words only."""

import re


def _words(*parts: str) -> re.Pattern[str]:
    return re.compile("|".join(parts), re.IGNORECASE | re.MULTILINE)


MEETING = _words(
    r"\b(let'?s|let us|can we|could we|shall we|we could|we can|we should|happy to|glad to|love to|like to|want to"
    r"|able to|open to|down to|up for( a)?|ready to|free to|willing to|would|please|i can"
    r"|keen to)\b[^.!?\n]{0,40}\b(call|chat|talk|meet\w*|"
    r"hop on|jump on|connect|schedule|set up|set something up|book|demo|speak|zoom|teams|grab|get together|sit down"
    r"|discuss (this|it|further) (by|on|over|in))\b",
    r"\b(schedule|book|arrange|set up|setup|plan|organi[sz]e|have|do|put|grab|send (me |us |over )?(a|an|the"
    r"|your)?)\b[^.!?\n]{0,20}\b(call|meeting|chat|demo|time|appointment|zoom|slot|invite|calendar|invitation"
    r"|coffee|something on)\b",
    r"\b(call|ring|phone) me\b|\bgive (me|us) a (call|ring|shout)|(my|direct|cell|mobile|phone) (number|cell|line"
    r"|mobile|phone)( is|:| at)?|calend(ar|ly)|cal\.com|meetings\.hubspot|\b(i'?m|i am|we'?re|we are|am) (free"
    r"|available|around|open|flexible)\b"
    r"(?! to (hear|learn))|\b(are|would) you (be )?(free|available|around)|\b(free|available|works?|good|open"
    r"|suit\w*|does|do|how (is|about|'s)|what about)\b[^.!?\n]{0,25}\b(mon|tues?|wed(nes)?|thurs?|fri|satur"
    r"|sun)(day)?s?\b(?! (morning )?is (bad|"
    r"not))",
    r"\b((mon|tues|wednes|thurs|fri|satur|sun)day|tomorrow|today|next week|this week|afternoon"
    r"|morning)\b[^.!?\n]{0,25}\b(works?|is (good|fine|great|ok|perfect|best)|at \d|\d{1,2} ?(am|pm|:)|would (work"
    r"|be)|suits?|between|after|before|any ?time)|"
    r"\b(what|which) (time|day)s?( \w+)? (work|are you|suit|is good|would|do you)|when (are you|can (you|we)"
    r"|would (you|be)|is a good|works|could)|\b(time slot|availability|send (over )?(some|a few|your) (times|dates"
    r"|slots|availability)|stop by|come by|"
    r"drop by|swing by|in person|face to face)",
    r"\b(termin|telefonat|telefonieren|besprechungs?termin|videocall|video-?call|meeting|gespräch)\b|(rufen|ruf"
    r"|rufe) (sie )?(mich|uns|sie|dich)|treffen wir|(passt|ginge|geht|würde|hätte)[^.!?\n]{0,40}(montag|dienstag"
    r"|mittwoch|donnerstag|freitag|uhr|"
    r"woche|zeit)|(montag|dienstag|mittwoch|donnerstag|freitag)[^.!?\n]{0,30}(uhr|passt|zeit|gut)"
    r"|erreichen mich unter|terminvorschl|wann (haben|hätten|passt|können)",
    r"rendez-vous|\brdv\b|(appele[rz]|rappele[rz])[- ](moi|nous)|(m'|nous )appeler|créneau\w*|disponib\w+|(lundi"
    r"|mardi|mercredi|jeudi|vendredi)[^.!?\n]{0,30}(\d+ ?h|convient|matin|après-midi|possible)|(échanger|discuter"
    r"|parler|appel|visio)[^.!?\n]{0,30}"
    r"(téléphone|vive voix|semaine|visio|appel|lundi|mardi|jeudi)|un appel|quand (êtes|seriez|pouvez|pouvons)",
    r"\b(reunión|reunirnos|cita|llamada|videollamada|una demo)\b|ll[aá]m[ae]\w*|(agendar|programar|concertar"
    r"|coordinar|hablamos|hablar)\b|(lunes|martes|miércoles|jueves|viernes)[^.!?\n]{0,30}(a las|bien|puedo|puede"
    r"|va)|disponib\w+|¿?cu[aá]ndo (puede|podemos|"
    r"podr|tiene)|mi (teléfono|número|móvil|celular)",
    r"\b(reunião|marcar|agendar|chamada|videochamada|uma demo|conversar)\b|lig(ue|uem|a)[- ]?(me|para)|me ligue"
    r"|(segunda|terça|quarta|quinta|sexta)(-feira)?[^.!?\n]{0,30}(às|pode|bom|funciona)|disponív\w+|disponibil\w+"
    r"|quando (pode|podemos|você)|meu "
    r"(telefone|número|celular|whats)",
    r"\b(appuntamento|riunione|incontr\w+|chiamata|videochiamata|una demo)\b|chiam(ami|atemi|i)|mi chiam|(fissare"
    r"|fissiamo|organizz\w+|sentiamoci|vederci|parlarne)|(lunedì|martedì|mercoledì|giovedì"
    r"|venerdì)[^.!?\n]{0,30}(alle|va bene|posso|libero)|"
    r"disponib\w+|quando (potete|possiamo|sei|siete)|mio (numero|cellulare|telefono)",
    r"\b(afspraak|afspreken|belafspraak|inplannen|kennismak\w+|gesprek|een demo)\b|bel(t)? (me|mij|ons)|(maandag"
    r"|dinsdag|woensdag|donderdag|vrijdag)[^.!?\n]{0,30}(uur|kan|past|schikt|goed)|beschikba\w+|wanneer (kun|kan"
    r"|schikt|past|heb)|mijn (nummer|telefoon)",
    r"\b(boka|möte|møte|ring mig|ring meg|spotkanie|zadzwo\w+|встреч\w+|созвон\w+|позвони\w+|toplantı|görüşelim)\b"
    r"|打ち合わせ|打合せ|面談|ミーティング|お電話(ください|いただ|お待ち)|(ご都合|日程|お時間)|开会|会议|见面|打电话"
    r"|通话|电话(联系|沟通)|预约|미팅|회의|통화|전화 ?(주|부탁)|일정",
)
INTERESTED = _words(
    r"\b(very |really |definitely |quite |certainly |potentially |might be |could be |may be |we'?re |i'?m |am "
    r"|are |be )*interested\b|\binterest(ing)?\b(?! rate)|\bintrigu\w+|sounds? (really |very |pretty |like )?(a "
    r"|an )?(good|great|interesting|"
    r"promising|exciting|awesome|perfect|amazing|fantastic|intriguing|cool|nice|fun|useful|helpful|like something"
    r"|worth)|(tell|show) (me|us) more|(hear|learn|know|see|find out|read|understand) (a (bit|little) |some )?more"
    r"|more (info\w*|details|about)|"
    r"(send|forward|share|shoot|e-?mail|get|give|provide)\b( it| that| them| this| me| us| over| along| some| the"
    r"| a| an| your| more| any| us the| through)*( \w+){0,2} ?\b(info\w*|details|over|deck|brochure|pricing|prices"
    r"|proposal|quote|examples?|"
    r"case stud\w+|samples?|link|materials?|one[- ]pager|presentation|it|overview|catalog\w*|estimate|portfolio"
    r"|references)\b",
    r"\b(yes|yep|yeah|yup|sure|absolutely|definitely|of course|certainly|why not|ok(ay)?|great)\b[,.! ]+(please|we"
    r"|i|sounds|let|that|send|would|go|interested|do|tell|happy|more|this)|^\W*(yes|yep|yeah|yup|sure|absolutely"
    r"|definitely|ok|okay|sure thing|go ahead|"
    r"count me in|i'm in|sign (me|us) up|let'?s do it|let'?s go|works for me|i'?d love (that|to|it)|please do"
    r"|go for it|we'?re in)\W*$|count me in|(i'?m|we'?re) in\b[.! ]|sign (me|us) up|let'?s do (it|this)|go ahead"
    r"|\b(love|like|keen|eager|curious|excited|"
    r"open|happy|glad) to (hear|learn|know|see|try|explore|get|find|discuss|understand|give it)|(great|good"
    r"|perfect) timing|(exactly|just) what (we|i)('ve| have)? (need|been|are|were|'re)|(have|'ve) been (looking"
    r"|thinking|meaning|wanting|searching)|"
    r"(looks|this is|seems|that'?s|would be) (really |very |super )?(great|good|interesting|promising|awesome"
    r"|perfect|useful|helpful|exciting|amazing)|we (do |could |really |definitely )*(need|use) (this|help|something"
    r"|some|more|a new)|(next steps?|how do "
    r"we (start|proceed|begin)|get started|move forward|proceed)|(love|like) (the|this|your|it|what)|worth (a "
    r"|exploring|discussing|looking|trying)|\bcurious\b|on board|free trial|try (it|this)( out)?\b",
    r"(bin|sind|wäre\w*|sehr|grundsätzlich|durchaus|generell)[^.!?\n]{0,20}interessiert|interess(ant|iert|e (an"
    r"|besteht|ist|hätte|haben))|hätte\w* interesse|klingt (gut|interessant|spannend|super|toll|vielversprechend)"
    r"|(schicken|senden|schick|send|lassen) "
    r"(sie )?(mir|uns)?[^.!?\n]{0,40}(info\w*|unterlagen|angebot|details|mehr|material|preis\w*|zukommen)|(gerne"
    r"|gern)[^.!?\n]{0,30}(mehr|weitere|info\w*|erfahren|angebot|unterlagen|zu|ja)|mehr (erfahren|informationen"
    r"|infos|details|dazu)|^\W*(ja|gerne|ja,? "
    r"gerne|ja,? bitte)\W*$|neugierig|würde\w* (mich|uns) (freuen|interessieren)",
    r"(suis|sommes|serais|serions|très|vivement)[^.!?\n]{0,15}intéress\w+|intéressant|m'intéresse|nous intéresse"
    r"|(envoye[rz]|transmet\w+|faites)[- ](moi|nous)?[^.!?\n]{0,40}(info\w*|détails|documentation|tarif\w*|devis"
    r"|plaquette|brochure|parvenir|plus)|en savoir "
    r"(plus|davantage)|plus (d'infos?|d'informations|de détails|de précisions)|avec plaisir|volontiers|pourquoi pas"
    r"|^\W*oui\W*$|oui,? (merci|volontiers|avec|bien)|curieu(x|se)",
    r"(estoy|estamos|estaría\w*|muy)[^.!?\n]{0,15}interesad\w+|(me|nos) interesa\w*|interesante|(env[ií]\w+|mánd\w+"
    r"|mand\w+|pás\w+|compart\w+)[^.!?\n]{0,40}(info\w*|detalles|propuesta|precios?|presupuesto|catálogo|más"
    r"|cotización)|(más|mayor) (info\w*|"
    r"detalles)|(quisiera|quiero|gustaría|queremos|me encantaría)[^.!?\n]{0,20}(saber|conocer|más|recibir|ver)"
    r"|suena (bien|genial|interesante|muy)|^\W*s[ií]\W*$|s[ií],? (por favor|gracias|claro|me|nos)|cuéntame"
    r"|claro que s[ií]|adelante",
    r"(tenho|temos|teria\w*|há)[^.!?\n]{0,15}interesse|interessad\w+|(me|nos) interessa|interessante|(envi\w+"
    r"|mand\w+|pass\w+|compartilh\w+)[^.!?\n]{0,40}(info\w*|detalhes|proposta|preços?|orçamento|mais|material"
    r"|catálogo)|mais (info\w*|detalhes|sobre)|(gostaria|"
    r"quero|queremos|gostaríamos)[^.!?\n]{0,20}(saber|conhecer|mais|receber|ver)|parece (bom|ótimo|interessante)"
    r"|^\W*sim\W*$|sim,? (por favor|obrigad|claro|pode|quero)|pode (enviar|mandar)|com certeza",
    r"(sono|siamo|sarei|saremmo|molto)[^.!?\n]{0,15}interessat\w+|(mi|ci) interessa|interessante|(invi\w+|mand\w+"
    r"|gir\w+)[^.!?\n]{0,40}(info\w*|dettagli|preventivo|prezzi|listino|proposta|più|materiale|brochure)|(più"
    r"|maggiori|ulteriori) (info\w*|dettagli)|"
    r"(vorrei|vorremmo|mi piacerebbe|volentieri)[^.!?\n]{0,20}(sapere|saperne|conoscere|ricevere|di più|vedere)?"
    r"|sembra (interessante|buono|ottimo)|^\W*s[iì]\W*$|s[iì],? (grazie|certo|volentieri|mi)|perché no|certamente",
    r"(ben|zijn|zeker|wel|erg)[^.!?\n]{0,15}(geïnteresseerd|interesse)|interessant|klinkt (goed|interessant|leuk"
    r"|veelbelovend)|(stuur|mail|zend)[^.!?\n]{0,40}(info\w*|details|offerte|prijs\w*|meer|brochure|voorstel)"
    r"|meer (informatie|info|weten|details|over)|"
    r"(graag)[^.!?\n]{0,20}(meer|informatie|info|weten|ontvangen|horen)|^\W*(ja|graag|ja graag)\W*$|benieuwd",
    r"\b(intresserad|interesseret|interessert|låter (bra|intressant)|lyder (godt|interessant|bra)|kiinnost\w+"
    r"|jestem zainteresowan\w+|brzmi (dobrze|ciekawie)|интерес(но|ует|ны)|заинтересова\w+|пришлите|ilgileniyor\w*"
    r"|ilginç)\b|興味(が)?(あり|ござい)|詳し(く|い)|資料(を)?(送|"
    r"いただ|お送)|ぜひ|是非|感兴趣|有兴趣|(请|能)?(发|提供)[^。\n]{0,10}(资料|信息|详情|报价)|更多(信息|资料|详情)"
    r"|听起来不错|관심 ?(있|이 있)|자세(한|히)"
    r"|자료(를)? ?(보내|부탁)|좋습니다",
)
QUESTION = _words(
    r"\?|？|¿|\b(how much|how (does|do|many|long|would|is|are|did|can|will)|what (is|are|does|do|would|kind|exactly"
    r"|sort|'s)|what's|which (\w+ )?(is|are|do|does)|who (is|are|else)|where (are|is|do|did)|do you (have|offer"
    r"|work|charge|support|integrate|"
    r"provide|also|guarantee|serve|do)|does (it|this|that|your)|can (you|it|this|your) (\w+ )?(explain|tell|clarify"
    r"|integrate|work|also|handle|do|support|provide|share|elaborate)|is (it|this|there|that) (a|an|possible"
    r"|compatible|available|any|free|"
    r"included|legit)|(i|we)('d| would)? (have|had) (a few|some|a couple( of)?|one|a) (quick )?questions?"
    r"|wondering (if|how|what|whether)|curious (how|what|if|about)|(price|pricing|cost|costs|fee|fees|rates?)\b)",
    r"\b(was kostet|wie (viel|hoch|funktioniert|lange|teuer|läuft|genau)|welche[rsn]?|können sie|bieten sie"
    r"|haben sie|gibt es|preis\w*|kosten|frage)\b|\b(combien|quel(le)?s? (est|sont|prix|tarif)|comment (ça"
    r"|fonctionne|cela)|est-ce (que|qu')|proposez-vous|"
    r"avez-vous|pouvez-vous|prix|tarifs?|coût)\b|\b(cu[aá]nto|cu[aá]l(es)?|cómo (funciona|se)|tienen|ofrecen|pueden"
    r"|precios?|costo|coste)\b",
    r"\b(quanto|qual|quais|como (funciona|é)|vocês (têm|oferecem|trabalham)|preços?|custo|custa)\b|\b(quanto|qual"
    r"|quali|come funziona|avete|offrite|potete|prezzo|prezzi|costo|costa)\b|\b(wat kost|hoeveel|hoe (werkt|lang"
    r"|veel)|kunnen jullie|hebben jullie|bieden "
    r"jullie|prijs|kosten|tarief)\b|сколько|как(ая|ой|ие)|ile kosztuje|いくら|料金|費用|価格|でしょうか|ですか"
    r"|ますか|多少钱|价格|费用|怎么|如何|吗"
    r"|얼마|가격|비용|인가요|나요|까요",
)
COMPLAINT = _words(
    r"\b(this|that|it|your (e-?mails?|messages?)|pure|more|such|just|total|unwanted|sending|send|stop (the|this"
    r"|your)?|reported|marked|marking|flag\w*|report\w*|is|as|fucking|damn|like) (is |are |it |this |you |as |me "
    r"|us )*spam\b|\bspamm(er|ers|ing|ed)\b|"
    r"\bspam(!|\.|$)|unsolicited|\bharass\w*|(report\w*|file|filed|filing|lodge|submit)[^.!?\n]{0,30}(you|this"
    r"|complaint|spam|abuse|ftc|ico|authorities|attorney|domain|google|provider)|\b(legal action|lawsuit|sue you"
    r"|my (lawyer|attorney|solicitor)|our "
    r"(lawyers?|attorneys?|legal|counsel)|illegal|violat\w+|unlawful|can-?spam|gdpr|dsgvo|rgpd|data protection"
    r"|information commissioner|privacy (law|violation)|breach)\b|cease and desist",
    r"(how|where)( the (hell|heck|fuck))? (did|do|have) you (get|find|got|obtain)[^.!?\n]{0,20}(my|our"
    r"|this) (e-?mail|address|details|contact|name|number|info)|fuck|\bf\*+|\bwtf\b|bullshit|scam(mer|mers)?\b"
    r"|\b(how dare|disgust\w*|disgrace\w*|appalling|outrag\w+|sick of|fed "
    r"up|tired of (your|these|this|getting|receiving)|shame on|unprofessional|invasi\w+|annoy\w+|ridiculous|idiots?"
    r"|moron|go to hell|screw you|piss off|blacklist\w*|blocking you|blocked you)\b",
    r"belästig\w*|unerwünscht\w*|spam\b[^.\n]{0,10}(mail|melden|!)|abmahn\w*|rechtsanwalt|anwalt|anzeige"
    r"|unverschämt\w*|rechtliche schritte|woher haben sie|beschwer\w*|harcèlement|harceler|porter plainte|plainte"
    r"|avocat|cnil|illégal\w*|comment avez-vous (eu|obtenu)|démarchage|"
    r"acoso|denunci\w+|abogado|ilegal\w*|queja|reclamação|assédio|advogad\w+|procon|lgpd|denunci\w+|segnal\w+ (come"
    r"|al garante)|garante|avvocato|denuncia|illegale|molest\w+|lastig ?val\w*|klacht|advocaat|aangifte"
    r"|ongevraagd\w*|ongewenst\w*|жалоб\w+|суд\b|迷惑|違法|通報|苦情|"
    r"投诉|举报|骚扰|垃圾邮件|신고|스팸|불법",
)
SARCASM = _words(
    r"\byeah,? right\b|\bsure,? because\b|\boh,? (great|good|joy|wow|wonderful|fantastic|lovely|perfect|yay)"
    r"|\bwow,?\s|just what (i|we) (needed|wanted|always)|(love|enjoy|adore)[^.!?\n]{0,30}(getting|receiving|spam"
    r"|cold|unsolicited|random|another|your (5|five|"
    r"fifth|tenth|10|third|daily))|another (cold|sales|pitch|generic|automated|one of these|ai|\"?personali[sz]ed)"
    r"|how (original|creative|thoughtful|refreshing)|slow clap|bravo|(good luck|thanks) (with that|for (wasting"
    r"|nothing|the spam|filling|cluttering))|\bas if\b|"
    r"\b(lol|lmao|rofl|haha+|hehe)\b|/s\b|🙄|😂|🤣|🤡|👏|because (i|we) (obviously|clearly|totally|have nothing)"
    r"|clearly (you|did|read)|obviously (you|did|an? )|nice try|(can'?t|cannot) wait to (never|not|ignore|delete)"
    r"|my (favou?rite|dream)|not\.\s*$|"
    r"so (original|personal|heartfelt)|thrilled|ha\b[.!,]",
    r"na (toll|super|klar|großartig)|genau das (hat|habe)|super,? noch|ach was|sehr witzig|quelle (joie|surprise"
    r"|chance)|comme c'est original|qué (ilusión|sorpresa|original)|che (bello|gioia|sorpresa)|que (maravilha"
    r"|surpresa)",
)
