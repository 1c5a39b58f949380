import time
from pathlib import Path
import pytest
from tests.meetings.large import large_meeting
from meetings.reports.collect import collect
from meetings.actions.reports import make_report
from meetings.reports import work
@pytest.mark.django_db
def test_render(settings):
    settings.IS_DEMO=True
    m=large_meeting()
    for lang in ("ar","fr"):
        for aud in ("participants","public"):
            t=time.time(); data=collect(m,language=lang,audience=aud); t1=time.time()
            r,_=make_report(m,language=lang,audience=aud,data=data,by=None)
            for i in range(3):
                t2=time.time(); c=work.render(r); print(lang,aud,"collect %.3f"%(t1-t),"render %.3f"%(time.time()-t2), len(c))
            Path(f"/tmp/tansiq/h6b_{lang}_{aud}.pdf").write_bytes(c)
