"""What sites are built with: each technology's mark in a page, as its vendor tells its customers to paste it."""

import random

from leadgen.sandbox.fiction.chance import draw
from leadgen.sandbox.fiction.trades import Trade
from leadgen.sandbox.world import SiteKind

PLATFORM_MARKS: dict[str, str] = {
    "WordPress": '<meta name="generator" content="WordPress 6.8.1">\n'
    '<link rel="stylesheet" href="/wp-content/themes/astra/style.css?ver=4.6">\n'
    '<script src="/wp-includes/js/wp-embed.min.js"></script>',
    "Wix": '<meta name="generator" content="Wix.com Website Builder">\n'
    '<script src="https://static.parastorage.com/services/wix-thunderbolt/dist/main.js" async></script>',
    "Squarespace": '<meta name="generator" content="Squarespace">\n'
    '<link rel="stylesheet" href="https://static1.squarespace.com/static/versioned-site-css/site.css">',
    "Shopify": '<meta name="generator" content="Shopify">\n'
    '<script src="https://cdn.shopify.com/s/files/1/0000/assets/theme.js" defer></script>',
    "GoDaddy Website Builder": '<meta name="generator" '
    'content="Starfield Technologies; Go Daddy Website Builder 8.0.0000">\n'
    '<link rel="stylesheet" href="https://img1.wsimg.com/blobby/go/site.css">',
    "Joomla": '<meta name="generator" content="Joomla! - Open Source Content Management">\n'
    '<script src="/media/system/js/core.js"></script>',
}

HEAD_MARKS: dict[str, str] = {
    "Google Analytics": '<script async src="https://www.googletagmanager.com/gtag/js?id=G-{id}"></script>\n'
    "<script>window.dataLayer=window.dataLayer||[];function gtag(){{dataLayer.push(arguments)}}"
    "gtag('js',new Date());gtag('config','G-{id}');</script>",
    "Google Tag Manager": "<script>(function(w,d,s,l,i){{w[l]=w[l]||[];var j=d.createElement(s);j.async=true;"
    "j.src='https://www.googletagmanager.com/gtm.js?id='+i;d.head.appendChild(j)}})"
    "(window,document,'script','dataLayer','GTM-{id}');</script>",
    "Meta Pixel": '<script async src="https://connect.facebook.net/en_US/fbevents.js"></script>\n'
    "<script>window.fbq=window.fbq||function(){{}};fbq('init','{number}');fbq('track','PageView');</script>",
    "Hotjar": '<script async src="https://static.hotjar.com/c/hotjar-{number}.js?sv=6"></script>',
    "jQuery": '<script src="https://code.jquery.com/jquery-3.7.1.min.js"></script>',
    "Google Fonts": '<link rel="stylesheet" href="https://fonts.googleapis.com/css2?family=Lato&amp;display=swap">',
    "Yoast SEO": "<!-- This site is optimized with the Yoast SEO plugin v24.1 -->",
}

BODY_MARKS: dict[str, str] = {
    "Intercom": '<script async src="https://widget.intercom.io/widget/{id}"></script>',
    "Tawk.to": '<script async src="https://embed.tawk.to/{id}/default"></script>',
    "LiveChat": '<script async src="https://cdn.livechatinc.com/tracking.js"></script>',
    "Podium": '<script defer src="https://connect.podium.com/widget.js#ORG_TOKEN={id}"></script>',
    "Calendly": '<script async src="https://assets.calendly.com/assets/external/widget.js"></script>',
    "NexHealth": '<script async src="https://app.nexhealth.com/embed/{id}.js"></script>',
    "Zocdoc": '<script async src="https://offsiteschedule.zocdoc.com/plugin/embed"></script>',
    "Housecall Pro": '<script async src="https://online-booking.housecallpro.com/script.js?token={id}"></script>',
    "OpenTable": '<script src="https://www.opentable.com/widget/reservation/loader?rid={number}"></script>',
    "Resy": '<script src="https://widgets.resy.com/embed.js"></script>',
    "Cloudbeds": '<script src="https://hotels.cloudbeds.com/widget/load/{id}"></script>',
    "SiteMinder": '<script src="https://canvas.siteminder.com/widgets/{id}.js"></script>',
    "Clio Grow": '<script async src="https://grow.clio.com/intake/{id}.js"></script>',
    "Mindbody": '<script async src="https://widgets.mindbodyonline.com/javascripts/healcode.js"></script>',
    "Vagaro": '<script async src="https://www.vagaro.com/resources/widgetloader/{id}"></script>',
    "Square Appointments": '<script async src="https://square.site/appointments/buyer/widget/{id}.js"></script>',
    "JobNimbus": '<script async src="https://webapi.jobnimbus.com/forms/{id}.js"></script>',
    "TaxDome": '<script async src="https://app.taxdome.com/widgets/{id}.js"></script>',
    "PetDesk": '<script async src="https://booking.petdesk.com/widget/{id}.js"></script>',
    "Vetstoria": '<script async src="https://us.vetstoria.com/booking/{id}.js"></script>',
    "Tekmetric": '<script async src="https://booking.tekmetric.com/widget/{id}.js"></script>',
    "Square Online": '<script async src="https://cdn.square.site/app/online-store/{id}.js"></script>',
    "Toast": '<script async src="https://www.toasttab.com/embed/{id}.js"></script>',
    "reCAPTCHA": '<script async src="https://www.google.com/recaptcha/api.js"></script>',
    "Mailchimp": '<script async src="https://chimpstatic.com/mcjs-connected/js/{id}.js"></script>',
}

_PLATFORMS: dict[SiteKind, dict[str | None, float]] = {
    "good": {"WordPress": 0.38, "Squarespace": 0.20, "Wix": 0.18, "Shopify": 0.06, None: 0.18},
    "weak": {"GoDaddy Website Builder": 0.22, "WordPress": 0.20, "Wix": 0.16, "Joomla": 0.07, None: 0.35},
}
_SOMETIMES: dict[SiteKind, dict[str, float]] = {
    "good": {
        "Google Analytics": 0.6, "Google Tag Manager": 0.3, "Meta Pixel": 0.3, "Hotjar": 0.08, "jQuery": 0.4,
        "Google Fonts": 0.5, "reCAPTCHA": 0.25, "Mailchimp": 0.15,
    },
    "weak": {"Google Analytics": 0.2, "Meta Pixel": 0.06, "jQuery": 0.4, "Google Fonts": 0.15},
}  # fmt: skip
_CHATS = ("Intercom", "Tawk.to", "LiveChat", "Podium")


def choose_technologies(rng: random.Random, trade: Trade, kind: SiteKind) -> tuple[str, ...]:
    """What a good or weak site uses, its platform first."""
    platform = draw(rng, _PLATFORMS[kind])
    chosen = [platform] if platform else []
    chosen += [name for name, likelihood in _SOMETIMES[kind].items() if rng.random() < likelihood]
    if kind == "good":
        if platform == "WordPress" and rng.random() < 0.5:
            chosen.append("Yoast SEO")
        if rng.random() < 0.45:
            chosen.append(rng.choice(trade.booking))
        if rng.random() < 0.25:
            chosen.append(rng.choice(_CHATS))
    return tuple(chosen)


def marks(rng: random.Random, technologies: tuple[str, ...]) -> tuple[str, str]:
    """The HTML that belongs in the head and the HTML that belongs at the end of the body."""
    ids = {"id": f"{rng.getrandbits(40):010X}", "number": str(rng.randint(10**6, 10**7))}
    head = [PLATFORM_MARKS[t] for t in technologies if t in PLATFORM_MARKS]
    head += [HEAD_MARKS[t].format(**ids) for t in technologies if t in HEAD_MARKS]
    body = [BODY_MARKS[t].format(**ids) for t in technologies if t in BODY_MARKS]
    return "\n".join(head), "\n".join(body)
