"""Words that tell little of which business is meant: legal forms, trades, connectives; and parts of a house."""


def word_set(text: str) -> frozenset[str]:
    """The words of a table written as running text."""
    return frozenset(text.split())


LEGAL_FORMS = word_set(
    """llc inc incorporated corp corporation co company ltd limited llp lp pllc pc pa plc gmbh mbh ag kg ohg ug ev sarl
    sas sasu sa srl srls snc sl slu bv nv oy oyj ab aps kk sdn bhd pte pty pvt private doo dd sro kft zrt ltda eireli
    mei cv rl"""
)

CONNECTIVES = word_set(
    """and the of at in on by for a an de del la le les el los las di da do das dos du des der die den und
    et y e von to with"""
)

TRADE_WORDS = word_set(
    """restaurant restaurants ristorante restaurante cafe caffe coffee bar grill grille pub tavern pizza
    pizzeria deli diner bistro kitchen house cuisine food foods bakery eatery lounge steakhouse burger
    burgers sushi bbq barbecue catering school academy elementary high primary middle college university
    institute learning education library kindergarten preschool nursery care child children childrens early
    head start program center church chapel temple parish mosque presbyterian lutheran methodist baptist
    catholic park field playground garden gardens hall building tower plaza square court place station stop
    terminal bridge garage parking lot museum theater gallery dental dentist dentistry orthodontics clinic
    medical hospital health healthcare physicians doctors doctor dr md dds pharmacy drugs drugstore therapy
    wellness physical family hotel motel inn suites lodge resort hostel apartments apartment residence
    residences salon spa hair nails nail barber barbershop beauty store shop shops market supermarket
    supercenter mart outlet boutique gifts auto automotive car cars motors tire tires repair collision body
    law legal attorney attorneys lawyer lawyers office offices firm accounting tax insurance agency realty
    realtor realtors bank credit union financial advisors mortgage investments services service solutions
    group associates association society partners enterprises international national systems consulting
    management construction contractors contractor plumbing heating cooling electric electrical roofing
    landscaping cleaning laundry laundromat cleaners storage moving gym fitness yoga club studio studios pet
    vet veterinary animal grooming taco tacos taqueria cantina fries shakes wings noodle noodles ramen bagel
    bagels sandwich sandwiches subs ice cream tea juice wine wines beer brewing brewery spirits gyros buffet
    express creamery donuts doughnuts pies bread breakfast thai indian chinese mexican italian japanese
    vietnamese korean french mediterranean american greek asian seafood department city county community
    public branch site location chicken hotels trattoria osteria farmacia scuola banco banca clinica
    consultorio academia loja mercado tienda panaderia escola colegio igreja boulangerie boucherie pharmacie
    ecole mairie apotheke praxis friseur gasthaus gasthof schule kirche"""
)

SPECIALISMS = word_set(
    """atm grooming vaccination training parts service optical vision photo pediatric pediatrics cardiology
    oncology radiology imaging surgery orthopedics neurology nephrology urology dermatology rehabilitation
    laboratory emergency maternity hematology endocrinology rheumatology gastroenterology ophthalmology
    mortgage"""
)
