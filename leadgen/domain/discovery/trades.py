"""The trades people look for: what they are called, and how Google (types) and Yelp (aliases) file them.

Google types are those of Table A of the Places documentation: the first is what a search can be filtered by. Yelp
aliases are those of its category list; the first is what a search can be filtered by.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from leadgen.domain.identity.names import fold, words_of

_NOT_PLURAL = ("ss", "us", "is")


def singular(word: str) -> str:
    """A word without its plural: dentists -> dentist, bakeries -> bakery, churches -> church, fitness -> fitness."""
    if len(word) <= 3 or not word.endswith("s") or word.endswith(_NOT_PLURAL):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "xes", "sses")):
        return word[:-2]
    return word[:-1]


@lru_cache(maxsize=8_192)
def phrase(text: str) -> tuple[str, ...]:
    """The words of a trade or category in the singular: `hair_salon`, `Hair Salons` and `Beauty > Hair Salon` agree."""
    last = re.split(r"\s*>\s*", fold(text))[-1]
    return tuple(singular(word) for word in words_of(last.replace("_", " ").replace("&", " and ").replace("'", "")))


@dataclass(frozen=True, slots=True)
class Trade:
    """One line of business. `sector` groups trades that one business may well mix; `part_of` is a wider trade.

    `names` are all its calls, types and aliases as phrases. `stems` begin the words that give the trade away in a name
    (`dent` in Lamar Dentistry).
    """

    name: str
    sector: str
    names: frozenset[tuple[str, ...]]
    google_types: tuple[str, ...]
    yelp_aliases: tuple[str, ...]
    stems: tuple[str, ...]
    part_of: str | None


# [sector], then a trade a line: names | Google types | Yelp aliases | stems | part of.
# A line that is indented continues the one before.
_TABLE = """
[health]
dentist, dentistry, dental clinic, dental office, dental practice, dental care, dental, general dentistry | dentist
    dental_clinic | dentists generaldentistry cosmeticdentists | dent dds dmd smile
orthodontist, orthodontics | | orthodontists | orthodon braces | dentist
oral surgeon, endodontist, periodontist, pediatric dentist | | oralsurgeons endodontists periodontists
    pediatric_dentists | endodon periodon | dentist
doctor, physician, medical clinic, medical practice, family doctor, family practice, medical center | doctor
    medical_clinic | physicians familydr internalmed | medic physician md clinic
chiropractor, chiropractic | chiropractor | chiropractors | chiro spine spinal
physical therapist, physical therapy, physiotherapist, physiotherapy | physiotherapist | physicaltherapy | physio
    rehab
optometrist, optician, eye doctor, eye care, optometry | | optometrists opticians | optom optic eye vision
veterinarian, vet, veterinary, veterinary clinic, animal hospital, veterinary care | veterinary_care | vet
    animal_hospitals | vet animal
pharmacy, drugstore, drug store | pharmacy drugstore | pharmacy drugstores | pharmac drug rx
hospital | hospital general_hospital | hospitals | hospital
medical spa, med spa, skin care clinic, dermatologist | skin_care_clinic | medicalspa dermatology skincare | medspa
    derma skin aesthetic
therapist, counselor, psychologist, psychotherapist, mental health clinic, counseling | | c_and_mh psychologists |
    counsel psych therap
[beauty]
hair salon, hairdresser, hair stylist, salon, hair care, beauty salon, hair | hair_salon hair_care beauty_salon |
    hair hairstylists beautysvc | hair salon cuts stylist beauty
barber, barber shop, barbershop | barber_shop | barbers | barber cuts
nail salon, manicurist | nail_salon | othersalons | nail mani
spa, day spa, massage, massage therapist | spa massage massage_spa | spas massage dayspas | spa massage
tattoo shop, tattoo studio, tattoo artist, tattoo, tattoo parlor | body_art_service | tattoo | tattoo ink
tanning salon, tanning studio | tanning_studio | tanning | tan
[fitness]
gym, fitness center, fitness club, health club, fitness | gym fitness_center | gyms healthtrainers | gym fit
    crossfit
yoga studio, yoga | yoga_studio | yoga | yoga
pilates studio, pilates | | pilates | pilates
martial arts school, martial art, karate school, dojo | | martialarts | martial karate jiu dojo
[food]
restaurant, eatery, dining | restaurant | restaurants | restaurant grill kitchen bistro ristorante
pizzeria, pizza place, pizza shop, pizza, pizza restaurant | pizza_restaurant | pizza | pizz | restaurant
fast food, fast food restaurant, burger joint, burger restaurant | fast_food_restaurant | hotdogs burgers | burger |
    restaurant
steakhouse, steak house | steak_house | steak | steak | restaurant
diner, buffet, food court, gastropub, bar and grill | diner | diners buffets | diner | restaurant
cafe, coffee shop, coffee house, coffee, tea house, tea room | cafe coffee_shop | coffee cafes | cafe coffee
    espresso roast
bakery, bakeries, cake shop, pastry shop, bagel shop, donut shop, donut | bakery | bakeries donuts bagels | bak cake
    pastr bread donut
ice cream shop, dessert shop, frozen yogurt shop | ice_cream_shop | icecream desserts | cream gelato yogurt
bar, pub, tavern, cocktail bar, wine bar, sports bar, irish pub, beer bar, lounge | bar | bars pubs | bar pub tavern
    saloon
brewery, craft brewery, brewpub | | breweries brewpubs | brew
caterer, catering, catering service, catering company | catering_service | catering | cater
food truck, food stand | | foodtrucks | truck
[lodging]
hotel, boutique hotel, resort, resort hotel, inn, extended stay hotel | hotel resort_hotel inn extended_stay_hotel |
    hotels resorts | hotel inn suites resort lodge
motel | motel | | motel | hotel
bed and breakfast, guest house, guesthouse | bed_and_breakfast guest_house | bedbreakfast guesthouses | breakfast
    guest
campground, rv park, camp site | campground rv_park | campgrounds rvparks | camp rv
vacation rental, holiday rental, cabin, cottage | cottage | vacation_rentals | rental cabin
[home]
plumber, plumbing, plumbing company, plumbing contractor | plumber | plumbing | plumb drain rooter
electrician, electrical contractor, electric company | electrician | electricians | electric
hvac, hvac contractor, hvac company, hvac service, heating and cooling, air conditioning, heating contractor | |
    hvac | hvac heating cooling air ac
roofer, roofing, roofing contractor, roofing company | roofing_contractor | roofing | roof
painter, painting contractor, house painter, painting company | painter | painters | paint
landscaper, landscaping, landscaping company, lawn care, gardener, lawn service | | landscaping gardeners
    lawnservices | landscap lawn garden yard
contractor, general contractor, construction company, builder, home builder, remodeler | | contractors homebuilders
    | construct build remodel contract
cleaning service, cleaning company, house cleaner, maid service, janitorial service, cleaner | | homecleaning
    officecleaning | clean maid janitor
pest control, pest control service, exterminator | | pest_control | pest extermin termite
locksmith | locksmith | locksmiths | lock key
mover, moving company, moving service | moving_company | movers | mov
pool service, pool cleaner, pool builder | | poolservice poolcleaners | pool
garage door service, garage door | | garage_door_services | garage door
tree service, arborist | | treeservices | tree arbor
flooring company, flooring store, flooring | | flooring | floor carpet tile
solar company, solar installer, solar panel installer | | solarinstallation | solar
[auto]
auto repair, mechanic, auto shop, car repair, auto mechanic, car mechanic, auto repair shop, car repair shop |
    car_repair | autorepair | auto mechanic motor garage repair
car dealer, car dealership, auto dealer | car_dealer | car_dealers usedcardealers | motors auto cars ford toyota
    honda nissan chevrolet
car wash, auto detailing, car detailing | car_wash | carwash auto_detailing | wash detail
tire shop, tire store | | tires | tire
body shop, auto body shop, collision repair | | bodyshops | body collision
gas station, petrol station | gas_station | servicestations | gas fuel
car rental, car rental agency | car_rental | carrental | rental
[professional]
lawyer, attorney, law firm, law office, legal service, law | lawyer | lawyers personal_injury divorce
    criminaldefense estateplanning | law attorney legal esq
accountant, accounting, accounting firm, cpa, bookkeeper, tax preparer, tax service | accounting | accountants
    bookkeepers taxservices | account cpa tax bookkeep
insurance agency, insurance agent, insurance broker, insurance | insurance_agency | insurance | insur
real estate agency, realtor, real estate agent, real estate broker, real estate | real_estate_agency |
    realestateagents | real realt propert homes
property manager, property management, property management company | | propertymgmt | property manag
financial advisor, financial planner, wealth manager | | financialadvising | financ wealth advis
mortgage broker, mortgage lender | | mortgagebrokers | mortgage lend
bank, credit union | bank | banks | bank credit
marketing agency, advertising agency, digital agency, web designer, web design agency | | marketing advertising
    web_design | market media digital agency design
architect, architecture firm | | architects | architect
it service, it company, computer repair | | itservices | tech comput it
travel agency, travel agent | travel_agency | travelagents | travel tour
employment agency, staffing agency, recruiter | | employmentagencies | staff recruit employ
[care]
day care, daycare, childcare, child care, preschool, child care agency, nursery school | child_care_agency preschool
    | childcare preschools | child kid daycare preschool learning academy nursery
nursing home, assisted living, senior living, home health care, assisted living facility | | assistedliving
    homehealthcare | senior living care
school, private school, elementary school, high school | school primary_school secondary_school | elementaryschools
    highschools privateschools | school academy
university, college | university | collegeuniv | universit college
tutor, tutoring center, tutoring, driving school, music school, dance studio, language school | | tutoring
    driving_schools musicschools dance_schools | tutor driving music dance
church, place of worship | church | churches | church chapel
[pet]
pet groomer, dog groomer, pet grooming, dog grooming | | groomer | groom paw
pet boarding, dog boarding, kennel, pet sitter, dog day care, dog walker | | petboarding pet_sitting | kennel board
    paw
pet store, pet shop | pet_store | petstore | pet
[retail]
florist, flower shop, flowers and gifts shop | florist | florists | flor flower bloom
jeweler, jewelry store, jewelry shop | jewelry_store | jewelry | jewel diamond gold
clothing store, boutique, clothing boutique, fashion boutique, apparel store | clothing_store | fashion womenscloth
    menscloth | boutique cloth apparel fashion
furniture store | furniture_store | furniture | furnitur
hardware store | hardware_store | hardware | hardware
book store, bookstore, bookshop | book_store | bookstores | book
grocery store, supermarket, grocer | grocery_store supermarket | grocery | grocer market foods
liquor store, wine shop | liquor_store | beer_and_wine | liquor wine spirits
convenience store | convenience_store | convenience | mart
cell phone store, mobile phone store, phone repair shop | cell_phone_store | mobilephones | phone mobile wireless
medical supply store, medical supply, beauty supply store, dental supply store | | medicalsupplies | supply
dry cleaner, laundromat, laundry, dry cleaning | laundry | drycleaninglaundry laundromat | clean laundr
self storage, storage unit | storage | selfstorage | storage
print shop, printing service, sign maker, printer | | signmaking printing | print sign
[events]
photographer, photography studio, wedding photographer, event photography | | photographers eventphotography | photo
wedding venue, event venue, venue, banquet hall | event_venue wedding_venue | venues | venue hall event
wedding planner, event planner, party planner, event planning | | wedding_planning eventplanning | event wedding
    planner
funeral home, mortuary, funeral service | funeral_home | funeralservices | funeral mortuary cremat
movie theater, cinema | movie_theater | movietheaters | cinema theater
museum, art gallery | museum art_gallery | museums galleries | museum gallery
"""


def _read_table(table: str) -> Iterator[Trade]:
    sector = ""
    for line in re.sub(r"\n {4}", " ", table.strip()).splitlines():
        if line.startswith("["):
            sector = line.strip("[]")
            continue
        calls, types, aliases, stems, part_of = (cell.strip() for cell in f"{line}|".split("|")[:5])
        names = [name.strip() for name in calls.split(",")]
        filed_as = {phrase(call) for call in (*names, *types.split(), *aliases.split())}
        yield Trade(
            name=names[0],
            sector=sector,
            names=frozenset(filed_as),
            google_types=tuple(types.split()),
            yelp_aliases=tuple(aliases.split()),
            stems=tuple(stems.split()),
            part_of=part_of or None,
        )


TRADES = tuple(_read_table(_TABLE))
BY_NAME: dict[tuple[str, ...], Trade] = {name: trade for trade in reversed(TRADES) for name in trade.names}
_LONGEST = max(len(name) for name in BY_NAME)


def trade_ending(words: tuple[str, ...]) -> Trade | None:
    """The trade a phrase ends with, by its longest name: `emergency plumber` is a plumber, `law school` a school."""
    for length in range(min(len(words), _LONGEST), 0, -1):
        trade = BY_NAME.get(words[-length:])
        if trade is not None:
            return trade
    return None
