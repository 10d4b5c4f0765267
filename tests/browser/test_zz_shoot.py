import pytest
from tests.browser.test_every_audit_page import *
from tests.browser import test_every_audit_page as m
SHOTS={AUDITOR:[("audits.index",""),("audits.show","empty"),("audits.show","half"),("audits.show","returned"),("audits.show","final"),("audits.section","half"),("audits.findings","half"),("audits.finding","half"),("audits.voices","half"),("audits.overall","half"),("audits.review","half"),("audits.identifying","half"),("audits.version","half"),("audits.versions","half"),("audits.conversation","half"),("audits.points","waiting"),("audits.points","returned"),("audits.record","final"),("audits.thanks","half"),("audits.unstart","joint"),("audits.declare_interest","empty"),("audits.concern","empty"),("concerns.show",""),("moderation.raise_after_audit","final")],
"worker":[("audits.contribution","half"),("audits.contribution","empty"),("audits.facts","waiting"),("audits.reply","waiting"),("audits.show","final"),("audits.what_to_expect","")],
"qa_lead":[("audits.co_auditor","empty"),("audits.co_auditor","joint"),("audits.withdraw","half"),("audits.index",""),("audits.show","half")],
PARTNER:[("audits.show","joint")],
MODERATOR:[("moderation.queue",""),("moderation.show",""),("moderation.show_result","final"),("concerns.show","")]}
def test_shoot(walker, path):
    for key, pages in SHOTS.items():
        p=walker(); p.sign_in(key)
        for e,s in pages:
            p.page.goto(p.address+path(e,s))
            for w in (1200,320):
                p.page.set_viewport_size({"width":w,"height":900})
                p.page.screenshot(path=f"/tmp/shots/{key}-{e}-{s}-{w}.png",full_page=True)
