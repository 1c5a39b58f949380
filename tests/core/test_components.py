"""Icons, chips, bars, fields: what the component library draws."""

from datetime import timedelta

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import engines
from django.template.loader import render_to_string
from django.utils import translation

from portal.core.dates import today
from portal.core.forms import PortalForm
from portal.core.quantities import percent_text
from portal.core.templatetags.components import kind_of, numbers, parts_of


def draw(source: str, **context) -> str:
    return engines["django"].from_string(source).render(context)


def test_an_icon_is_hidden_from_those_who_listen_unless_it_says_something():
    assert 'aria-hidden="true"' in draw('{% icon "check" %}')
    assert '<span class="visually-hidden">Late</span>' in draw('{% icon "clock" label="Late" %}')


def test_only_arrows_turn_with_the_direction_of_the_page():
    assert 'class="icon icon-arrow-right mirror"' in draw('{% icon "arrow-right" %}')
    assert 'class="icon icon-check"' in draw('{% icon "check" %}')
    assert 'class="icon icon-arrow-right"' in draw('{% icon "arrow-right" mirror=False %}')


def test_a_chip_escapes_what_it_is_told():
    assert (
        draw("{% chip label tone='ok' %}", label="<b>a</b>")
        == '<span class="chip" data-tone="ok">&lt;b&gt;a&lt;/b&gt;</span>'
    )


def test_a_component_sees_its_parameters_and_its_block_only():
    drawn = draw(
        '{% component "card" title=name tone="late" %}<p>{{ inside }}</p>{% endcomponent %}',
        name="<Name>",
        inside="x & y",
        note="not passed",
    )
    assert '<section class="card" data-tone="late">' in drawn
    assert "<h2>&lt;Name&gt;</h2>" in drawn
    assert "<p>x &amp; y</p>" in drawn
    assert "not passed" not in drawn


@pytest.mark.parametrize(
    ("days", "tone", "text"), [(-3, "danger", "3 days late"), (7, "attention", "7 days left"), (8, "", "8 days left")]
)
def test_a_countdown_warms_up_as_the_day_comes(days, tone, text):
    with translation.override("en"):
        drawn = draw("{% countdown day %}", day=today() + timedelta(days=days))
    assert f'data-tone="{tone}"' in drawn
    assert text in drawn


def test_without_a_day_there_is_no_countdown():
    assert draw("{% countdown day %}", day=None) == ""


def test_the_parts_of_a_bar_fill_it_with_thin_gaps_and_small_parts_stay_visible():
    parts = parts_of([("a", 98, "ok"), ("b", 1, "danger"), ("c", 0, "none"), ("d", 1, "info")])
    assert [part.start for part in parts] == ["0.00", "97.42", "99.22", "99.22"]
    assert [part.width for part in parts] == ["96.82", "1.20", "0.00", "0.78"]


def test_an_empty_bar_divides_by_nothing():
    assert [part.width for part in parts_of([("a", 0, "ok")])] == ["0.00"]


def test_a_bar_out_of_a_total_leaves_the_rest_empty():
    (part,) = parts_of([("present", 7, "ok")], total=14)
    assert part.width == "50.00"


def test_a_bar_is_written_for_svg_in_every_language():
    with translation.override("fr"):
        drawn = draw("{% strip counts %}", counts=[("a", 1, "ok"), ("b", 2, "danger")])
    assert 'width="33.13"' in drawn


def test_progress_says_its_number_and_is_silent_without_one():
    assert 'value="50" max="100"' in draw("{% progress value %}", value=50)
    assert f">{percent_text(0)}</bdi>" in draw("{% progress value %}", value=0)
    assert draw("{% progress value %}", value=None).strip() == ""


def test_long_lists_of_pages_are_shortened():
    assert numbers(Paginator(range(1000), 25).page(7)) == [1, "…", 6, 7, 8, "…", 40]


class Letter(forms.Form):
    text = forms.CharField()
    mailbox = forms.EmailField(required=False, help_text="Where to write")
    day = forms.DateField(widget=forms.DateInput)
    chosen = forms.ChoiceField(choices=[("a", "A")], widget=forms.RadioSelect)


def test_what_people_write_runs_its_own_way_and_mails_run_left_to_right():
    form = Letter()
    assert 'dir="auto"' in draw("{% control field %}", field=form["text"])
    assert 'dir="ltr"' in draw("{% control field %}", field=form["mailbox"])
    assert 'dir="ltr"' in draw("{% control field %}", field=form["day"])
    assert kind_of(form["chosen"]) == "choices"


def test_a_form_renders_with_labels_help_and_errors_tied_to_their_fields():
    with translation.override("en"):
        drawn = draw("{{ form }}", form=Letter({"mailbox": "nobody"}))
    assert '<label for="id_mailbox">Mailbox <span class="optional">(optional)</span></label>' in drawn
    assert 'id="id_mailbox_helptext">Where to write</div>' in drawn
    assert 'aria-invalid="true" aria-describedby="id_mailbox_helptext id_mailbox_error"' in drawn
    assert 'id="id_text_error"' in drawn
    assert "<legend>Chosen</legend>" in drawn


def test_messages_for_htmx_go_to_the_place_that_is_already_there():
    drawn = draw('{% include "components/messages.html" %}', messages=[], out_of_band=True)
    assert 'hx-swap-oob="beforeend:#messages"' in drawn
    assert 'id="messages"' not in drawn


@pytest.mark.parametrize(
    ("label", "said"),
    [
        ("Title", "Title</a>: Too long."),
        ("Adopted in session.", "Adopted in session.</a> Too long."),
        ("ما الخلل؟", "ما الخلل؟</a> Too long."),
        ("Where does it stand?", "Where does it stand?</a> Too long."),
    ],
)
def test_no_colon_follows_a_label_that_ends_by_itself(label, said):
    class Typed(PortalForm):
        name = forms.CharField(label=label)

    form = Typed({"name": "…"})
    form.add_error("name", "Too long.")
    with translation.override("en"):
        assert said in str(render_to_string("components/error_summary.html", {"form": form}))
