"""The trades that worlds are made of: how each source calls them and what their businesses are named, sell and say."""

from dataclasses import dataclass, replace
from functools import cache

from leadgen.sandbox.errors import WorldError


@dataclass(frozen=True, slots=True)
class Trade:
    """One line of business. `name` is what a person types to look for it ("dentists")."""

    name: str
    singular: str
    google_type: str
    google_title: str
    yelp_alias: str
    yelp_title: str
    schema_type: str  # of schema.org
    customers: str
    endings: tuple[str, ...]  # last part of a name: "Family Dental"
    services: tuple[str, ...]
    owner_titles: tuple[str, ...]
    manager_titles: tuple[str, ...]
    staff_titles: tuple[str, ...]
    legal_suffixes: tuple[str, ...]
    booking: tuple[str, ...]  # booking technologies its sites embed
    keywords: tuple[str, ...]  # words of a source's category that tell this trade
    typical_employees: int


def _words(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(","))


_COMPANY = ("LLC", "Inc.", "Co.")
_PRACTICE = ("PLLC", "P.A.", "PC")

TRADES: tuple[Trade, ...] = (
    Trade(
        name="dentists",
        singular="dentist",
        google_type="dentist",
        google_title="Dentist",
        yelp_alias="dentists",
        yelp_title="Dentists",
        schema_type="Dentist",
        customers="patients",
        endings=_words(
            "Family Dental, Dental, Dental Care, Dentistry, Smiles, Dental Studio, Dental Group, Dental Arts,"
            " Family Dentistry, Dental Clinic"
        ),
        services=_words(
            "cleanings and exams, dental implants, Invisalign, root canals, teeth whitening, pediatric"
            " dentistry, emergency dentistry, crowns and bridges, porcelain veneers, wisdom tooth removal,"
            " sedation dentistry, dentures"
        ),
        owner_titles=_words("Owner & Dentist, Lead Dentist and Owner, Founder"),
        manager_titles=_words("Practice Manager, Office Manager"),
        staff_titles=_words("Dental Hygienist, Associate Dentist, Patient Coordinator, Dental Assistant"),
        legal_suffixes=(*_PRACTICE, "DDS"),
        booking=("NexHealth", "Zocdoc"),
        keywords=("dentist", "dental"),
        typical_employees=9,
    ),
    Trade(
        name="plumbers",
        singular="plumber",
        google_type="plumber",
        google_title="Plumber",
        yelp_alias="plumbing",
        yelp_title="Plumbing",
        schema_type="Plumber",
        customers="homeowners",
        endings=_words(
            "Plumbing, Plumbing & Drain, Plumbing Services, Rooter, Plumbing Co, Pipe & Drain, Plumbing Pros"
        ),
        services=_words(
            "drain cleaning, water heater replacement, slab leak repair, sewer camera inspection, repiping,"
            " gas line repair, tankless water heaters, toilet and faucet repair, backflow testing,"
            " hydro jetting, sump pumps"
        ),
        owner_titles=_words("Owner, Owner & Master Plumber, Founder"),
        manager_titles=_words("Operations Manager, Service Manager"),
        staff_titles=_words("Journeyman Plumber, Dispatcher, Apprentice Plumber, Estimator"),
        legal_suffixes=_COMPANY,
        booking=("Housecall Pro", "Calendly"),
        keywords=("plumb", "plumbing", "plumber"),
        typical_employees=7,
    ),
    Trade(
        name="restaurants",
        singular="restaurant",
        google_type="restaurant",
        google_title="Restaurant",
        yelp_alias="restaurants",
        yelp_title="Restaurants",
        schema_type="Restaurant",
        customers="guests",
        endings=_words(
            "Kitchen, Grill, Cantina, Bistro, Table, Smokehouse, Diner, Trattoria, Noodle House, Taqueria,"
            " Chophouse, Oyster Bar"
        ),
        services=_words(
            "weekend brunch, private dining, catering, happy hour, wood-fired grill, a seasonal tasting menu,"
            " live music on Fridays, patio seating, vegan menu, takeout and delivery, craft cocktails"
        ),
        owner_titles=_words("Owner, Chef & Owner, Founder"),
        manager_titles=_words("General Manager, Events Manager"),
        staff_titles=_words("Sous Chef, Bar Manager, Host, Pastry Chef"),
        legal_suffixes=_COMPANY,
        booking=("OpenTable", "Resy"),
        keywords=("restaurant", "cafe", "pub", "bar", "diner", "coffee", "brewery", "eatery", "bistro"),
        typical_employees=22,
    ),
    Trade(
        name="hotels",
        singular="hotel",
        google_type="hotel",
        google_title="Hotel",
        yelp_alias="hotels",
        yelp_title="Hotels",
        schema_type="Hotel",
        customers="guests",
        endings=_words("Hotel, Inn, Suites, Lodge, House Hotel, Inn & Suites, Boutique Hotel, Motor Court"),
        services=_words(
            "airport shuttle, meeting rooms, a rooftop bar, complimentary breakfast, wedding blocks, pet-friendly"
            " rooms, an outdoor pool, extended stays, a fitness center, electric vehicle charging"
        ),
        owner_titles=_words("Owner, Proprietor, Managing Partner"),
        manager_titles=_words("General Manager, Director of Sales"),
        staff_titles=_words("Front Office Manager, Events Coordinator, Head of Housekeeping, Concierge"),
        legal_suffixes=_COMPANY,
        booking=("Cloudbeds", "SiteMinder"),
        keywords=("hotel", "accommodation", "resort", "inn", "motel", "lodge", "campground", "rv", "holiday"),
        typical_employees=30,
    ),
    Trade(
        name="lawyers",
        singular="law firm",
        google_type="lawyer",
        google_title="Lawyer",
        yelp_alias="lawyers",
        yelp_title="Lawyers",
        schema_type="LegalService",
        customers="clients",
        endings=_words("Law, Law Firm, Law Group, Legal, Attorneys at Law, Law Office, Trial Lawyers"),
        services=_words(
            "personal injury, family law, estate planning, business formation, immigration, criminal defense,"
            " real estate closings, employment disputes, probate, mediation, traffic tickets"
        ),
        owner_titles=_words("Founding Partner, Managing Attorney, Owner & Attorney"),
        manager_titles=_words("Firm Administrator, Office Manager"),
        staff_titles=_words("Associate Attorney, Paralegal, Legal Assistant, Intake Specialist"),
        legal_suffixes=(*_PRACTICE, "LLP"),
        booking=("Clio Grow", "Calendly"),
        keywords=("lawyer", "law", "attorney", "legal"),
        typical_employees=8,
    ),
    Trade(
        name="gyms",
        singular="gym",
        google_type="gym",
        google_title="Gym",
        yelp_alias="gyms",
        yelp_title="Gyms",
        schema_type="ExerciseGym",
        customers="members",
        endings=_words("Fitness, Gym, Strength & Conditioning, Athletic Club, Training, Barbell Club, Fitness Studio"),
        services=_words(
            "personal training, small group classes, a 6-week starter program, nutrition coaching, open gym,"
            " youth athletics, yoga and mobility, indoor cycling, boxing classes, body composition scans"
        ),
        owner_titles=_words("Owner, Owner & Head Coach, Founder"),
        manager_titles=_words("General Manager, Membership Manager"),
        staff_titles=_words("Personal Trainer, Coach, Front Desk Lead, Yoga Instructor"),
        legal_suffixes=_COMPANY,
        booking=("Mindbody", "Calendly"),
        keywords=("gym", "fitness", "yoga", "martial"),
        typical_employees=8,
    ),
    Trade(
        name="salons",
        singular="salon",
        google_type="hair_salon",
        google_title="Hair Salon",
        yelp_alias="hair",
        yelp_title="Hair Salons",
        schema_type="HairSalon",
        customers="clients",
        endings=_words("Salon, Hair Studio, Hair & Color, Salon & Spa, Beauty Bar, Hair Lounge, Blowout Bar"),
        services=_words(
            "balayage, cut and style, bridal hair, keratin treatments, hair extensions, color correction, men's"
            " cuts, blowouts, makeup, scalp treatments, brow shaping"
        ),
        owner_titles=_words("Owner, Owner & Stylist, Founder"),
        manager_titles=_words("Salon Manager, Front Desk Manager"),
        staff_titles=_words("Senior Stylist, Colorist, Stylist, Receptionist"),
        legal_suffixes=_COMPANY,
        booking=("Vagaro", "Square Appointments"),
        keywords=("salon", "hair", "spa", "beauty", "barber", "nail"),
        typical_employees=6,
    ),
    Trade(
        name="roofers",
        singular="roofing company",
        google_type="roofing_contractor",
        google_title="Roofing Contractor",
        yelp_alias="roofing",
        yelp_title="Roofing",
        schema_type="RoofingContractor",
        customers="homeowners",
        endings=_words("Roofing, Roofing & Exteriors, Roof Co, Roofing Solutions, Roofing & Siding, Roof Repair"),
        services=_words(
            "roof replacement, storm damage repair, metal roofing, gutter installation, free inspections,"
            " insurance claim help, flat roofs, skylights, tile roofing, attic ventilation"
        ),
        owner_titles=_words("Owner, President, Founder"),
        manager_titles=_words("Project Manager, Sales Manager"),
        staff_titles=_words("Estimator, Crew Lead, Office Coordinator, Inspector"),
        legal_suffixes=_COMPANY,
        booking=("JobNimbus", "Calendly"),
        keywords=("roofing", "roof", "contractor", "siding"),
        typical_employees=11,
    ),
    Trade(
        name="accountants",
        singular="accounting firm",
        google_type="accounting",
        google_title="Accountant",
        yelp_alias="accountants",
        yelp_title="Accountants",
        schema_type="AccountingService",
        customers="clients",
        endings=_words("CPA, Accounting, Tax & Accounting, Bookkeeping, Tax Advisors, CPA Group, Financial"),
        services=_words(
            "tax preparation, monthly bookkeeping, payroll, audit support, QuickBooks set-up, business"
            " valuation, sales tax filing, outsourced CFO work, nonprofit accounting, IRS representation"
        ),
        owner_titles=_words("Owner & CPA, Managing Partner, Founder"),
        manager_titles=_words("Office Manager, Tax Manager"),
        staff_titles=_words("Senior Accountant, Bookkeeper, Staff Accountant, Client Services Associate"),
        legal_suffixes=(*_PRACTICE, "LLP"),
        booking=("Calendly", "TaxDome"),
        keywords=("accounting", "accountant", "tax", "bookkeeping", "financial"),
        typical_employees=7,
    ),
    Trade(
        name="veterinarians",
        singular="veterinary clinic",
        google_type="veterinary_care",
        google_title="Veterinarian",
        yelp_alias="vet",
        yelp_title="Veterinarians",
        schema_type="VeterinaryCare",
        customers="pet owners",
        endings=_words("Animal Hospital, Veterinary Clinic, Pet Clinic, Vet Care, Animal Care, Pet Hospital"),
        services=_words(
            "wellness exams, vaccinations, dental cleaning for pets, spay and neuter, digital X-rays,"
            " microchipping, boarding, urgent care, exotic pets, laser therapy, house calls"
        ),
        owner_titles=_words("Owner & Veterinarian, Medical Director, Founder"),
        manager_titles=_words("Hospital Manager, Practice Manager"),
        staff_titles=_words("Associate Veterinarian, Veterinary Technician, Client Care Lead, Groomer"),
        legal_suffixes=(*_PRACTICE, "DVM"),
        booking=("PetDesk", "Vetstoria"),
        keywords=("veterinarian", "veterinary", "animal", "pet"),
        typical_employees=12,
    ),
    Trade(
        name="auto repair",
        singular="auto repair shop",
        google_type="car_repair",
        google_title="Auto Repair Shop",
        yelp_alias="autorepair",
        yelp_title="Auto Repair",
        schema_type="AutoRepair",
        customers="drivers",
        endings=_words("Auto Repair, Automotive, Auto Care, Garage, Motor Works, Auto Service, Tire & Auto"),
        services=_words(
            "brake repair, oil changes, state inspections, transmission service, engine diagnostics, tires and"
            " alignment, hybrid service, air conditioning repair, fleet maintenance, pre-purchase inspections"
        ),
        owner_titles=_words("Owner, Owner & Master Technician, Founder"),
        manager_titles=_words("Service Manager, Shop Manager"),
        staff_titles=_words("Service Advisor, ASE Technician, Parts Manager, Apprentice"),
        legal_suffixes=_COMPANY,
        booking=("Tekmetric", "Calendly"),
        keywords=("auto", "automotive", "car", "tire", "mechanic"),
        typical_employees=7,
    ),
    Trade(
        name="bakeries",
        singular="bakery",
        google_type="bakery",
        google_title="Bakery",
        yelp_alias="bakeries",
        yelp_title="Bakeries",
        schema_type="Bakery",
        customers="customers",
        endings=_words("Bakery, Bakehouse, Bread Co, Cakes, Patisserie, Pies & Pastries, Sweet Shop"),
        services=_words(
            "wedding cakes, sourdough bread, custom birthday cakes, gluten-free pastries, wholesale bread,"
            " coffee and espresso, breakfast tacos, cookie boxes, baking classes, catering trays"
        ),
        owner_titles=_words("Owner, Owner & Baker, Founder"),
        manager_titles=_words("Bakery Manager, Wholesale Manager"),
        staff_titles=_words("Head Baker, Cake Decorator, Barista, Counter Lead"),
        legal_suffixes=_COMPANY,
        booking=("Square Online", "Toast"),
        keywords=("bakery", "donut", "dessert", "cake"),
        typical_employees=9,
    ),
)

_ANY_BUSINESS = Trade(
    name="local businesses",
    singular="local business",
    google_type="establishment",
    google_title="Establishment",
    yelp_alias="localservices",
    yelp_title="Local Services",
    schema_type="LocalBusiness",
    customers="customers",
    endings=_words("Company, Services, Group, Shop"),
    services=_words(
        "free consultations, same-day service, online orders, gift cards, on-site visits, maintenance plans,"
        " bulk orders, custom work, weekend appointments, delivery, repairs, rentals"
    ),
    owner_titles=_words("Owner, President, Founder"),
    manager_titles=_words("General Manager, Office Manager"),
    staff_titles=_words("Sales Associate, Customer Service Lead, Specialist, Coordinator"),
    legal_suffixes=_COMPANY,
    booking=("Calendly", "Square Appointments"),
    keywords=(),
    typical_employees=8,
)


def trade_named(category: str) -> Trade:
    """The trade that a person calls by its plural, its singular, Google's type or Yelp's alias.

    Raises:
        WorldError: no world can be made for that trade.
    """
    wanted = category.strip().casefold().replace("_", " ")
    for trade in TRADES:
        calls = (trade.name, trade.singular, trade.google_type.replace("_", " "), trade.yelp_alias, trade.yelp_title)
        if wanted in {call.casefold() for call in calls}:
            return trade
    raise WorldError(
        f"The sandbox cannot make a world of {category!r}.",
        remedy=f"Choose one of: {', '.join(trade.name for trade in TRADES)}; or load listings from a CSV file.",
    )


@cache
def trade_of_type(google_type: str) -> Trade:
    """The trade of a category as files and Google spell it ("mexican_restaurant"), which keeps its own name.

    Never fails: what no trade knows becomes a local business of that name.
    """
    words = google_type.replace("_", " ")
    tokens = set(words.split())
    base = next((trade for trade in TRADES if tokens & {*trade.keywords, trade.google_type}), _ANY_BUSINESS)
    if base.google_type == google_type:
        return replace(base, name=words)
    return replace(
        base,
        name=words,
        singular=words or base.singular,
        google_type=google_type or base.google_type,
        google_title=words.title() or base.google_title,
        yelp_alias=google_type.replace("_", "") or base.yelp_alias,
        yelp_title=words.title() or base.yelp_title,
    )
