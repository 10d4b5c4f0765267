import time, pytest
from qa_app.database import saving
from tests.browser.moderation_states import moderations_of_every_state
from tests.browser.test_every_moderation_page import PAGES, path
from tests.browser.looking import *
def test_world(app, with_passwords):
    t=time.time()
    with app.app_context(), saving():
        k=moderations_of_every_state(with_passwords)
    print(time.time()-t)
    for a,b in k.items(): print(a,b)
