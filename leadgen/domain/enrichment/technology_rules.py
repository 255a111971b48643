"""Which marks in a page tell which technology: our own rule set, written from vendors' install instructions.

Only data stands here. Raise RULES_VERSION with every change, so that what was read with older rules can be told apart.
"""

from dataclasses import dataclass

RULES_VERSION = "2026-11-27"


@dataclass(frozen=True, slots=True)
class Rule:
    """One technology. Any one mark suffices; all marks are lower case.

    - `hosts`: host names, or parents of them, that the page loads scripts, styles, frames, images or forms from,
      or that its inline scripts name;
    - `linked`: the same, when the page only links there (booking and ordering pages);
    - `generators`: beginnings of `<meta name="generator">`;
    - `markup`: substrings of the HTML;
    - `headers`: `name: value` substrings of the answer's headers; `cookies`: beginnings of cookie names.
    """

    name: str
    category: str
    hosts: tuple[str, ...] = ()
    linked: tuple[str, ...] = ()
    generators: tuple[str, ...] = ()
    markup: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    cookies: tuple[str, ...] = ()


def _hosted(category: str, table: dict[str, str]) -> tuple[Rule, ...]:
    """Rules whose only mark is the host they load from."""
    return tuple(Rule(name, category, hosts=tuple(hosts.split())) for name, hosts in table.items())


def _booked(category: str, table: dict[str, str]) -> tuple[Rule, ...]:
    """Rules for services that a page embeds or just links to."""
    return tuple(
        Rule(name, category, hosts=tuple(hosts.split()), linked=tuple(hosts.split())) for name, hosts in table.items()
    )


_CMS = (
    Rule("WordPress", "cms", generators=("wordpress",), markup=("/wp-content/", "/wp-includes/", "/wp-json/")),
    Rule(
        "Wix",
        "cms",
        ("static.parastorage.com", "static.wixstatic.com"),
        generators=("wix.com",),
        headers=("x-wix-request-id:",),
    ),
    Rule(
        "Squarespace",
        "cms",
        ("static1.squarespace.com", "assets.squarespace.com"),
        generators=("squarespace",),
        markup=("static.squarespace.com", "squarespace-cdn.com"),
        headers=("server: squarespace",),
    ),
    Rule("Weebly", "cms", ("editmysite.com",), generators=("weebly",), markup=("weebly.com/weebly/",)),
    Rule(
        "Webflow",
        "cms",
        ("website-files.com", "assets.website-files.com"),
        generators=("webflow",),
        markup=("data-wf-site=", "data-wf-page="),
    ),
    Rule(
        "GoDaddy Website Builder",
        "cms",
        ("img1.wsimg.com", "nebula.wsimg.com"),
        generators=("go daddy website builder", "starfield technologies", "godaddy website builder"),
    ),
    Rule(
        "Duda",
        "cms",
        ("irp.cdn-website.com", "lirp.cdn-website.com", "dd-cdn.multiscreensite.com", "dudamobile.com"),
        markup=("data-dm-element", "dmbody "),
    ),
    Rule("Joomla", "cms", generators=("joomla",), markup=("/media/system/js/core", "/components/com_content/")),
    Rule(
        "Drupal",
        "cms",
        generators=("drupal",),
        markup=("drupal-settings-json", "/sites/default/files/", "drupal.js"),
        headers=("x-generator: drupal", "x-drupal-cache:"),
    ),
    Rule("HubSpot CMS", "cms", generators=("hubspot",), markup=("/hs-fs/hubfs/", "/_hcms/")),
    Rule("Jimdo", "cms", ("jimdo.com", "jimstatic.com"), generators=("jimdo",)),
    Rule("Strikingly", "cms", ("strikingly.com", "strikinglycdn.com"), generators=("strikingly",)),
    Rule("Site123", "cms", ("cdn-cms-s.f-static.net",), generators=("site123",)),
    Rule("Ghost", "cms", generators=("ghost",)),
    Rule("TYPO3", "cms", generators=("typo3",), markup=("/typo3conf/", "/typo3temp/")),
    Rule("Contao", "cms", generators=("contao",)),
    Rule("Concrete CMS", "cms", generators=("concrete",)),
    Rule("DotNetNuke", "cms", generators=("dotnetnuke",), markup=("/dnn.js", "dnnvariable")),
    Rule("Umbraco", "cms", generators=("umbraco",)),
    Rule("Kentico", "cms", generators=("kentico",), markup=("/cmspages/getresource.ashx",)),
    Rule("Sitecore", "cms", markup=("/-/media/sitecore", "sitecore/shell")),
    Rule("Adobe Experience Manager", "cms", markup=("/etc.clientlibs/", "/etc/designs/")),
    Rule("Craft CMS", "cms", headers=("x-powered-by: craft cms",), cookies=("craftsessionid",)),
    Rule("Carrd", "cms", ("carrd.co",), generators=("carrd",)),
    Rule("Google Sites", "cms", ("sites.google.com",)),
    Rule("Blogger", "cms", ("blogger.com",), generators=("blogger",)),
    Rule("Tilda", "cms", ("tildacdn.com", "tilda.ws"), generators=("tilda",)),
    Rule("Framer", "cms", ("framerusercontent.com",), generators=("framer",)),
    Rule("B12", "cms", ("b12.io",)),
    Rule("Hibu", "cms", ("hibuwebsites.com", "hibu.com")),
    Rule("ProSites", "cms", ("prosites.com",)),
    Rule("Scorpion", "cms", ("scorpion.co",), markup=("scorpiondesign",)),
    Rule("FrontPage", "cms", generators=("microsoft frontpage",)),
    Rule("Homestead", "cms", ("homestead.com",), generators=("homestead",)),
)

_SHOPS = (
    Rule(
        "Shopify",
        "ecommerce",
        ("cdn.shopify.com", "myshopify.com", "shopifysvc.com"),
        generators=("shopify",),
        markup=("shopify.theme", "shopify-section"),
        headers=("x-shopid:", "x-shopify-stage:"),
    ),
    Rule(
        "WooCommerce",
        "ecommerce",
        generators=("woocommerce",),
        markup=("/plugins/woocommerce/", "wc_add_to_cart_params", "woocommerce-page"),
    ),
    Rule("BigCommerce", "ecommerce", ("cdn11.bigcommerce.com", "bigcommerce.com"), generators=("bigcommerce",)),
    Rule(
        "Magento",
        "ecommerce",
        generators=("magento",),
        markup=("/static/version1", "mage/cookies", "magento_ui"),
        cookies=("mage-cache",),
    ),
    Rule("PrestaShop", "ecommerce", generators=("prestashop",), markup=("var prestashop",)),
    Rule("OpenCart", "ecommerce", generators=("opencart",), markup=("index.php?route=product/", "catalog/view/theme/")),
    Rule("Ecwid", "ecommerce", ("app.ecwid.com", "ecwid.com"), markup=("xproductbrowser(",)),
    Rule("Square Online", "ecommerce", ("cdn.square.site", "square.online", "cdn2.editmysite.com")),
    Rule("Wix Stores", "ecommerce", markup=("wixstores", "ecom-platform")),
    Rule("Squarespace Commerce", "ecommerce", markup=("sqs-commerce", "squarespace_commerce")),
    Rule("Shopware", "ecommerce", generators=("shopware",), markup=("/bundles/storefront/",)),
    Rule("Lightspeed eCom", "ecommerce", ("cdn.webshopapp.com", "shoplightspeed.com")),
    Rule("Volusion", "ecommerce", ("volusion.com",), markup=("/a/j/volusion.js",)),
    Rule("3dcart", "ecommerce", ("3dcartstores.com",)),
    Rule("Big Cartel", "ecommerce", ("bigcartel.com",), generators=("big cartel",)),
    Rule("GoDaddy Online Store", "ecommerce", ("mysimplestore.com",)),
)

_BOOKING = _booked("booking", {
    "Calendly": "calendly.com",
    "Acuity Scheduling": "acuityscheduling.com squarespacescheduling.com as.me",
    "NexHealth": "nexhealth.com",
    "Zocdoc": "zocdoc.com",
    "LocalMed": "localmed.com",
    "Dentrix": "dentrixascend.com",
    "Weave": "getweave.com weaveconnect.com",
    "Solutionreach": "solutionreach.com",
    "Lighthouse 360": "lh360.com",
    "RevenueWell": "revenuewell.com",
    "Modento": "modento.io modento.com",
    "Doctible": "doctible.com",
    "Doctolib": "doctolib.fr doctolib.de doctolib.it",
    "Jane": "janeapp.com",
    "SimplePractice": "simplepractice.com",
    "PatientPop": "patientpop.com",
    "Phreesia": "phreesia.com",
    "Klara": "klara.com",
    "Square Appointments": "square.site/appointments squareup.com/appointments app.squareup.com book.squareup.com",
    "Vagaro": "vagaro.com",
    "Booksy": "booksy.com",
    "Fresha": "fresha.com shedul.com",
    "StyleSeat": "styleseat.com",
    "GlossGenius": "glossgenius.com",
    "Schedulicity": "schedulicity.com",
    "Boulevard": "joinblvd.com",
    "Zenoti": "zenoti.com",
    "Phorest": "phorest.com",
    "Mindbody": "mindbodyonline.com healcode.com mindbody.io",
    "Mangomint": "mangomint.com",
    "Setmore": "setmore.com",
    "SimplyBook.me": "simplybook.me simplybook.it",
    "YouCanBookMe": "youcanbook.me youcanbookme.com",
    "Appointlet": "appointlet.com",
    "10to8": "10to8.com",
    "Cal.com": "cal.com",
    "HubSpot Meetings": "meetings.hubspot.com",
    "Microsoft Bookings": "outlook.office365.com/owa/calendar outlook.office.com/book",
    "Housecall Pro": "housecallpro.com",
    "Jobber": "getjobber.com clienthub.getjobber.com",
    "ServiceTitan": "servicetitan.com scheduleengine.net",
    "Workiz": "workiz.com",
    "JobNimbus": "jobnimbus.com",
    "Thumbtack": "thumbtack.com/scheduling",
    "OpenTable": "opentable.com opentable.co.uk",
    "Resy": "resy.com",
    "Tock": "exploretock.com",
    "SevenRooms": "sevenrooms.com",
    "Yelp Reservations": "yelp.com/reservations yelpreservations.com",
    "TheFork": "thefork.com lafourchette.com",
    "Cloudbeds": "cloudbeds.com",
    "SiteMinder": "siteminder.com thebookingbutton.com",
    "Little Hotelier": "littlehotelier.com",
    "SynXis": "synxis.com",
    "FareHarbor": "fareharbor.com",
    "Peek": "peek.com book.peek.com",
    "Checkfront": "checkfront.com",
    "Bookeo": "bookeo.com",
    "Xola": "xola.com",
    "Clio Grow": "grow.clio.com",
    "Lawmatics": "lawmatics.com",
    "TaxDome": "taxdome.com",
    "PetDesk": "petdesk.com",
    "Vetstoria": "vetstoria.com",
    "Gingr": "gingrapp.com",
    "Time To Pet": "timetopet.com",
    "Tekmetric": "tekmetric.com",
    "Shopmonkey": "shopmonkey.io shopmonkey.cloud",
    "AutoOps": "autoops.com",
    "Pike13": "pike13.com",
    "Glofox": "glofox.com",
})  # fmt: skip

_ORDERING = _booked("ordering", {
    "Toast": "toasttab.com toast.site",
    "ChowNow": "chownow.com",
    "Olo": "olo.com",
    "Slice": "slicelife.com",
    "BentoBox": "getbento.com",
    "Popmenu": "popmenu.com",
    "DoorDash": "doordash.com",
    "Uber Eats": "ubereats.com",
    "Grubhub": "grubhub.com",
    "Clover Online Ordering": "clover.com",
    "Menufy": "menufy.com",
    "GloriaFood": "gloriafood.com fbgcdn.com",
})  # fmt: skip

_CHAT = _hosted("chat", {
    "Intercom": "widget.intercom.io intercom.io intercomcdn.com",
    "Drift": "js.driftt.com drift.com",
    "Tawk.to": "tawk.to",
    "LiveChat": "livechatinc.com livechat.com",
    "Podium": "podium.com",
    "Zendesk Chat": "zopim.com zdassets.com",
    "Tidio": "tidio.co tidiochat.com",
    "Olark": "olark.com",
    "Crisp": "crisp.chat",
    "Birdeye": "birdeye.com",
    "Freshchat": "wchat.freshchat.com freshchat.com",
    "HubSpot Chat": "js.usemessages.com",
    "Smartsupp": "smartsuppchat.com",
    "LivePerson": "liveperson.net lpsnmedia.net",
    "Kenect": "kenect.com",
    "Webchat.so": "webchat.so",
    "ApexChat": "apexchat.com blazeo.com",
    "Ngage": "ngagelive.com",
    "JivoChat": "jivosite.com jivochat.com",
    "Chatra": "chatra.io",
    "Gorgias": "gorgias.chat",
    "ManyChat": "manychat.com",
    "Userlike": "userlike.com userlike-cdn-widgets.s3-eu-west-1.amazonaws.com",
    "Zoho SalesIQ": "salesiq.zoho.com salesiq.zohopublic.com",
    "LeadConnector": "leadconnectorhq.com msgsndr.com",
    "Simplifeye": "simplifeye.co",
})  # fmt: skip
_CHAT_LINKS = (
    Rule("Facebook Messenger Chat", "chat", markup=("fb-customerchat", "sdk/xfbml.customerchat.js")),
    Rule("WhatsApp Chat", "chat", linked=("wa.me", "api.whatsapp.com")),
)

_PIXELS = (
    Rule(
        "Google Analytics",
        "analytics",
        ("google-analytics.com", "analytics.google.com"),
        markup=(
            "googletagmanager.com/gtag/js",
            "gtag('config', 'g-",
            "gtag('config','g-",
            "gtag('config', 'ua-",
            "_gaq.push(",
            "ga('create'",
        ),
    ),
    Rule("Matomo", "analytics", markup=("matomo.js", "piwik.js")),
    Rule("Google Tag Manager", "tag_manager", markup=("googletagmanager.com/gtm.js", "googletagmanager.com/ns.html")),
    Rule(
        "Meta Pixel",
        "pixel",
        markup=(
            "connect.facebook.net/en_us/fbevents.js",
            "fbevents.js",
            "fbq('init'",
            'fbq("init"',
            "facebook.com/tr?id=",
        ),
    ),
    Rule(
        "Google Ads",
        "pixel",
        ("googleadservices.com", "googleads.g.doubleclick.net"),
        markup=("gtag('config', 'aw-", "gtag('config','aw-", "google_conversion_id"),
    ),
    Rule("TikTok Pixel", "pixel", ("analytics.tiktok.com",), markup=("ttq.load(",)),
    Rule("LinkedIn Insight", "pixel", ("snap.licdn.com", "px.ads.linkedin.com")),
    Rule("Pinterest Tag", "pixel", ("ct.pinterest.com",), markup=("pintrk('load'",)),
    Rule("Microsoft Advertising", "pixel", ("bat.bing.com",)),
    Rule("Snap Pixel", "pixel", ("sc-static.net",)),
    Rule("X Pixel", "pixel", ("static.ads-twitter.com",)),
)
_ANALYTICS = _hosted("analytics", {
    "Hotjar": "static.hotjar.com hotjar.com",
    "Microsoft Clarity": "clarity.ms",
    "Matomo": "matomo.cloud cdn.matomo.cloud",
    "Plausible": "plausible.io",
    "Fathom": "usefathom.com",
    "Mixpanel": "mxpnl.com mixpanel.com",
    "Segment": "cdn.segment.com",
    "Heap": "heapanalytics.com",
    "Crazy Egg": "crazyegg.com",
    "FullStory": "fullstory.com",
    "Mouseflow": "mouseflow.com",
    "Lucky Orange": "luckyorange.com",
    "Adobe Analytics": "omtrdc.net adobedtm.com",
    "Cloudflare Web Analytics": "static.cloudflareinsights.com",
    "StatCounter": "statcounter.com",
    "Jetpack Stats": "stats.wp.com",
    "Quantcast": "quantserve.com",
    "Yandex Metrica": "mc.yandex.ru",
    "HubSpot Analytics": "js.hs-analytics.net",
    "Simple Analytics": "simpleanalyticscdn.com",
})  # fmt: skip

_CALLS = _hosted("call_tracking", {
    "CallRail": "callrail.com",
    "CallTrackingMetrics": "tctm.co calltrackingmetrics.com",
    "Marchex": "marchex.io voicestar.com",
    "WhatConverts": "whatconverts.com ksrndkehqnwntyxlhgto.com",
    "Invoca": "invoca.net invocacdn.com",
})  # fmt: skip

_PAYMENT = _hosted("payment", {
    "Stripe": "js.stripe.com checkout.stripe.com buy.stripe.com",
    "PayPal": "paypal.com paypalobjects.com",
    "Square Payments": "squareupsandbox.com web.squarecdn.com squarecdn.com",
    "Braintree": "braintreegateway.com braintree-api.com",
    "Authorize.Net": "authorize.net",
    "Klarna": "klarna.com klarnacdn.net",
    "Affirm": "affirm.com",
    "Afterpay": "afterpay.com",
    "CareCredit": "carecredit.com",
    "Sunbit": "sunbit.com",
    "Cherry": "withcherry.com",
    "Amazon Pay": "payments-amazon.com",
})  # fmt: skip

_MARKETING = _hosted("email_marketing", {
    "Mailchimp": "chimpstatic.com list-manage.com mailchimp.com",
    "Klaviyo": "klaviyo.com",
    "Constant Contact": "constantcontact.com ctctcdn.com",
    "ActiveCampaign": "activehosted.com trackcmp.net",
    "Brevo": "sibforms.com sibautomation.com brevo.com",
    "Kit": "convertkit.com ck.page kit.com",
    "AWeber": "aweber.com",
    "GetResponse": "getresponse.com",
    "MailerLite": "mailerlite.com mlcdn.com",
    "Omnisend": "omnisnippet1.com omnisend.com",
    "Campaign Monitor": "createsend.com createsend1.com",
    "Privy": "privy.com",
})  # fmt: skip
_CRM = _hosted("crm", {
    "HubSpot": "js.hs-scripts.com js.hsforms.net hsforms.com hs-banner.com",
    "Salesforce": "webto.salesforce.com salesforce.com force.com",
    "Pardot": "pi.pardot.com pardot.com",
    "Marketo": "marketo.net marketo.com mktoresp.com",
    "Zoho": "zohopublic.com zoho.com",
    "Keap": "infusionsoft.com keap.com",
    "Pipedrive": "pipedrive.com pipedriveassets.com",
})  # fmt: skip
_REVIEWS = _hosted("reviews", {
    "Trustpilot": "trustpilot.com",
    "Elfsight": "elfsight.com elfsightcdn.com",
    "Reputation.com": "reputation.com",
    "NiceJob": "nicejob.com nicejob.co",
    "Grade.us": "grade.us",
    "Swell": "swellcx.com",
    "Yotpo": "yotpo.com",
    "Trustindex": "trustindex.io",
})  # fmt: skip
_FORMS = _hosted("forms", {
    "Typeform": "typeform.com",
    "JotForm": "jotform.com jotfor.ms jotform.us",
    "Wufoo": "wufoo.com",
    "Formstack": "formstack.com",
    "Google Forms": "docs.google.com/forms",
    "Cognito Forms": "cognitoforms.com",
    "123FormBuilder": "123formbuilder.com",
})  # fmt: skip

_PARTS = (
    Rule("Elementor", "page_builder", generators=("elementor",), markup=("/plugins/elementor/",)),
    Rule("Divi", "page_builder", markup=("/themes/divi/", "et_pb_section")),
    Rule("WPBakery", "page_builder", markup=("/plugins/js_composer/", "wpb_row")),
    Rule("Beaver Builder", "page_builder", markup=("/plugins/bb-plugin/", "fl-builder-content")),
    Rule("Contact Form 7", "forms", markup=("/plugins/contact-form-7/", "wpcf7-form")),
    Rule("Gravity Forms", "forms", markup=("/plugins/gravityforms/", "gform_wrapper")),
    Rule("WPForms", "forms", markup=("/plugins/wpforms", "wpforms-container")),
    Rule("Ninja Forms", "forms", markup=("/plugins/ninja-forms/",)),
    Rule("Yoast SEO", "seo", markup=("yoast seo plugin", "yoast-schema-graph")),
    Rule("Rank Math", "seo", markup=("rank-math-schema", "search engine optimization by rank math")),
    Rule("All in One SEO", "seo", markup=("all in one seo",)),
    Rule("React", "framework", markup=("data-reactroot", "react-dom")),
    Rule("Next.js", "framework", markup=("/_next/static/", "__next_data__"), headers=("x-powered-by: next.js",)),
    Rule("Nuxt", "framework", markup=("/_nuxt/", "__nuxt__")),
    Rule("Gatsby", "framework", generators=("gatsby",), markup=("___gatsby",)),
    Rule("Vue.js", "framework", markup=("data-v-app", "vue.min.js", "vue.global")),
    Rule("Angular", "framework", markup=("ng-version=",)),
    Rule("jQuery", "framework", ("code.jquery.com",), markup=("jquery.min.js", "jquery.js", "/jquery-")),
    Rule("Bootstrap", "framework", markup=("bootstrap.min.css", "bootstrap.min.js", "bootstrap.bundle")),
    Rule("PHP", "language", headers=("x-powered-by: php",), cookies=("phpsessid",)),
    Rule(
        "ASP.NET",
        "language",
        markup=('name="__viewstate"',),
        headers=("x-powered-by: asp.net", "x-aspnet-version:"),
        cookies=("asp.net_sessionid",),
    ),
    Rule("Cloudflare", "cdn", ("cdnjs.cloudflare.com",), markup=("/cdn-cgi/",), headers=("server: cloudflare",)),
    Rule("Vercel", "hosting", headers=("server: vercel", "x-vercel-id:")),
    Rule("Netlify", "hosting", headers=("server: netlify", "x-nf-request-id:")),
    Rule("WP Engine", "hosting", headers=("x-powered-by: wp engine", "wpe-backend:")),
    Rule("Flash", "outdated", markup=("application/x-shockwave-flash", '.swf"')),
)
_CDN = _hosted("cdn", {
    "jsDelivr": "cdn.jsdelivr.net",
    "Amazon CloudFront": "cloudfront.net",
    "Fastly": "fastly.net",
})  # fmt: skip
_MAPS = _hosted("maps", {
    "Google Maps": "maps.googleapis.com maps.google.com google.com/maps",
    "Mapbox": "api.mapbox.com",
})  # fmt: skip
_FONTS = _hosted("fonts", {
    "Google Fonts": "fonts.googleapis.com fonts.gstatic.com",
    "Adobe Fonts": "use.typekit.net p.typekit.net",
    "Font Awesome": "use.fontawesome.com kit.fontawesome.com",
})  # fmt: skip
_CAPTCHA = _hosted("captcha", {
    "reCAPTCHA": "google.com/recaptcha recaptcha.net",
    "hCaptcha": "hcaptcha.com",
    "Turnstile": "challenges.cloudflare.com",
})  # fmt: skip
_VIDEO = _hosted("video", {
    "YouTube Embed": "youtube.com/embed youtube-nocookie.com youtube.com/iframe_api",
    "Vimeo": "player.vimeo.com",
    "Wistia": "fast.wistia.com fast.wistia.net",
})  # fmt: skip
_ACCESSIBILITY = _hosted("accessibility", {
    "accessiBe": "acsbapp.com acsbap.com",
    "UserWay": "userway.org",
    "AudioEye": "audioeye.com",
    "EqualWeb": "equalweb.com",
})  # fmt: skip
_CONSENT = _hosted("consent", {
    "OneTrust": "cookielaw.org onetrust.com",
    "Cookiebot": "cookiebot.com",
    "Termly": "termly.io",
    "CookieYes": "cdn-cookieyes.com",
    "iubenda": "iubenda.com",
    "Usercentrics": "usercentrics.eu",
})  # fmt: skip
_PARKING = _hosted("parking", {
    "Sedo Parking": "sedoparking.com",
    "ParkingCrew": "parkingcrew.net",
    "Bodis": "bodis.com",
    "Afternic Lander": "img1.wsimg.com/parking-lander",
    "Namecheap Parking": "parkingpage.namecheap.com",
    "Above.com Parking": "above.com",
})  # fmt: skip

RULES: tuple[Rule, ...] = (
    *_CMS, *_SHOPS, *_BOOKING, *_ORDERING, *_CHAT, *_CHAT_LINKS, *_PIXELS, *_ANALYTICS, *_CALLS, *_PAYMENT, *_MARKETING,
    *_CRM, *_REVIEWS, *_FORMS, *_PARTS, *_CDN, *_MAPS, *_FONTS, *_CAPTCHA, *_VIDEO, *_ACCESSIBILITY, *_CONSENT, *_PARKING,
)  # fmt: skip
