"""The words by which a name with a title is known from other words (A11)."""

from typing import Final


def set_of(words: str) -> frozenset[str]:
    """The words of a text that is easier to read than a list of them."""
    return frozenset(words.split())


TITLES: Final = set_of(
    "mr mrs ms miss mx dr doctor prof professor rev revd reverend pastor imam rabbi canon"
    " judge hhj nurse sir dame master pc wpc dc ds di sgt sergeant pcso"
)
CERTAIN: Final = set_of("mr mrs mx prof professor rev revd reverend")
"""After these nearly any capitalised word is a name: Mrs May and Mr English are people."""

KIN: Final = set_of(
    "aunt auntie aunty uncle nan nana nanna nanny nannie gran granny grannie grandma grandmother"
    " grandad granddad grandpa grandfather gramps mum mummy mother mom dad daddy father stepmum"
    " stepdad stepmother stepfather brother stepbrother sister stepsister cousin niece nephew son"
    " daughter baby twin boyfriend girlfriend carer carers stepson stepdaughter"
)
FAMILY: Final = "[Ff]amily|children|siblings|brothers|sisters|twins|household|boys|girls"

PARTICLES: Final = set_of(
    "van von de der den da di del della la le el al bin bint ibn ap ab ter ten dos das do du st"
    " ní mac mc"
)

_FUNCTION = (
    "a about after again against all also although always am an and any are as at away be because"
    " been before being both but by came can could did do does done down each either for from gave"
    " get gets go goes going got had has have having he her here him his how i if in into is it its"
    " just knows may might more must my neither never no nor not now of off often on once only or"
    " other our out over rang said saw say saying says seen she should since so some still such"
    " than that the their them then there these they this those through to today told tomorrow"
    " too took under until up upon very was we well went were what when where which while"
    " who whom whose why will with without would yes yet you your etc eg ie x xx"
)
FUNCTION_WORDS: Final = TITLES | set_of(_FUNCTION)

_VERBS = (
    " agreed alone asked attended attends became began believes called confirmed contacted declined"
    " denied described did disclosed explained expressed feels felt found gives informed kept left"
    " likes made needs picked presented provided reported refused remains replied requested"
    " returned sent shared spoke stated thinks thought tried visited wanted wants wrote"
)
NOT_AFTER_SMALL: Final = FUNCTION_WORDS | set_of(_VERBS)
"""What a small-letter surname cannot be: "mrs dunmore said", but not "mrs said"."""

_DAYS = (
    "monday tuesday wednesday thursday friday saturday sunday january february march april june"
    " july august september october november december christmas easter ramadan eid diwali"
)
_ROLES = (
    "access action adult advocate agency appointment appointments assessment assistant attendance"
    " audit auditor board breakfast bureau camhs care carer carers case centre chair chairs chief"
    " child childminder children chronology cin class clinic clinical club college community"
    " complaint conference consultant contact contacts copy core council counsellor county court"
    " cp date deputy designated director doctor early education emergency enquiry escalation"
    " evidence family father file form foster general gp group guardian head health help helpline"
    " home hospital house household housing independent infant infants iro judge junior key"
    " lane lead learning leader legal life line list local magistrate maternity matron meeting"
    " mental midwife midwives minutes mother multi national nhs night note notes nurse nursery"
    " nursing office officer officers ofsted order panel parent parents partner partners pathway"
    " permanence personal placement plan plans police post practice practitioner pre primary"
    " private probation programme project protection psychologist public pupil record records"
    " reception referral report reports residential review reviewing reviews road room safeguarding"
    " school secondary section senior service services session sessions sgo sibling social"
    " solicitor specialist staff stage statement station strategy street student summary"
    " supervision support supervisor surgery targeted teacher teaching team teams therapist therapy"
    " trust unit unknown user visit visiting visitor visits voice ward welfare work worker workers"
    " year young youth"
)
_BABY = "bank basics blues box grow massage steps swim talk wipes"
_PRODUCTS = "word excel office outlook forms sharepoint society powerpoint project windows access"
_PEOPLES = (
    "afghan african albanian american arab arabic asian bangladeshi bengali black brazilian british"
    " bulgarian caribbean catholic chinese christian congolese czech dutch english eritrean"
    " ethiopian european french german ghanaian greek gypsy hindu hungarian indian iranian iraqi"
    " irish italian jamaican jewish kenyan kosovan kurdish latvian lithuanian muslim nigerian"
    " pakistani polish portuguese punjabi roma romanian russian scottish sikh slovak somali spanish"
    " sudanese swedish syrian tamil thai traveller turkish ukrainian urdu vietnamese welsh white"
    " zimbabwean maths science history geography"
)
NOT_A_NAME: Final = TITLES | set_of(
    " ".join((_FUNCTION, _VERBS, _DAYS, _ROLES, _BABY, _PRODUCTS, _PEOPLES))
)
"""What a capitalised word is where it may be something else than a name: after "Miss" or "Dr", as
the second word after a title, and after "mum" or "the"."""

SURNAMES_TOO: Final = set_of(
    "black christian court day english french head house judge lane law march may page parent"
    " police price rose welsh white young"
)
"""Words among them that are surnames after a capitalised title: "Dr Young", "Ms White"."""

NOT_A_HOUSEHOLD: Final = set_of(
    "whole wider extended birth foster adoptive nuclear blended supporting strengthening stronger"
    " troubled looked disabled unborn younger older eldest oldest youngest two three four five six"
    " same first second third new immediate maternal paternal refugee host focus"
    " local northern southern eastern western central"
)
AFTER_A_HOUSEHOLD: Final = (
    "hub|centre|center|court|worker|workers|support|practitioner|home|services|service|team"
    "|help|trust|fund|society|act|law|division|solutions|learning|network|plan"
)
