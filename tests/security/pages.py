"""Every address of the portal with the things it shows, who sees those, and who may act there: in the words of
`visible_to` and of the rules, asked directly."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from django.contrib.auth.models import AnonymousUser

from actors.directory import models as sheets
from actors.directory import permissions as directory
from actors.doubles.models import Double, Merge
from actors.doubles.permissions import can_merge
from actors.imports.models import ActorImport, ImportRow
from actors.imports.permissions import can_import
from actors.roles import permissions as roles
from actors.roles.models import Responsibility
from meetings import permissions as meetings
from meetings.models import AgendaItem, Document, Invitation, Meeting, Report
from portal.accounts.models import SavedView
from portal.notifications.models import Notification
from portal.notifications.permissions import can_see_deliveries
from recommendations import permissions as recommendations
from recommendations.models import Assignment, Evidence, FollowUp, Recommendation
from tests.test_routes import Route

Rule = Callable[[Any, Any], object]
#: shown, led on, or told that the time for it is over
HERE = {200, 302, 409}


@dataclass(frozen=True)
class Page:
    """What an address shows, which of these somebody sees, and who of those may be there."""

    model: Any
    rule: Rule | None = None
    seen: Callable[[Any], Any] | None = None
    #: who may is led nowhere where there is nothing yet to do it to
    needs_more: bool = False

    def rows(self, user: Any) -> Any:
        return self.model.objects.visible_to(user) if self.seen is None else self.seen(user)


def steered(user: Any, found: Recommendation) -> bool:
    return meetings.steers(user, found.meeting)


def readable_minutes(user: Any) -> Any:
    """Of whoever takes part, and of whoever reads what was adopted."""
    rows = Meeting.objects.visible_to(user)
    adopted = [row.pk for row in rows if hasattr(row, "minutes") and row.minutes.versions.exists()]
    read = [row.pk for row in rows.filter(pk__in=adopted) if meetings.can_read_adopted_minutes(user, row)]
    return rows.filter(pk__in={*read, *(row.pk for row in rows if meetings.can_see_inside(user, row))})


def public_results(_user: Any) -> Any:
    return Meeting.objects.visible_to(AnonymousUser()).held_in_public()  # type: ignore[arg-type]


def known_invitations(user: Any) -> Any:
    inside = [row.pk for row in Meeting.objects.visible_to(user) if meetings.can_see_inside(user, row)]
    return Invitation.objects.filter(meeting__in=inside)


def kept_contacts(user: Any) -> Any:
    return sheets.Contact.objects.kept_by(user).filter(actor__in=sheets.Actor.objects.visible_to(user))


def of_seen_recommendations(user: Any) -> Any:
    return Assignment.objects.filter(recommendation__in=Recommendation.objects.visible_to(user))


def of_meetings(rule: Rule | None, *names: str) -> dict[str, Page]:
    return {f"meetings:{name}": Page(Meeting, rule) for name in names}


def of_recommendations(rule: Rule | None, *names: str) -> dict[str, Page]:
    return {f"recommendations:{name}": Page(Recommendation, rule) for name in names}


def of_actors(rule: Rule | None, *names: str) -> dict[str, Page]:
    return {f"directory:{name}": Page(sheets.Actor, rule) for name in names}


IMPORTS = ("actor_import", "cancel_import", "import_columns", "import_left_out", "import_result", "retry_import",
           "import_rows", "decide_rows", "start_import", "undo_import")  # fmt: skip
ITEMS = Page(
    AgendaItem,
    lambda user, item: meetings.can_edit_agenda(user, item.meeting),
    lambda user: AgendaItem.objects.filter(meeting__in=Meeting.objects.visible_to(user)),
)
PAGES = {
    **of_meetings(None, "meeting", "participation", "calendar", "documents", "report"),
    **of_meetings(meetings.can_edit_meeting, "edit_meeting", "prepare_next"),
    **of_meetings(
        meetings.can_announce_meeting, "announce_meeting", "cancel_meeting", "postpone_meeting", "reannounce_meeting",
        "hold_meeting", "close_meeting",
    ),
    **of_meetings(meetings.can_edit_agenda, "add_item", "add_items"),
    **of_meetings(meetings.can_invite, "invite"),
    **of_meetings(meetings.can_record_attendance, "record_attendance", "add_attendee"),
    **of_meetings(meetings.can_record_minutes, "record_minutes"),
    **of_meetings(meetings.can_edit_documents, "add_document"),
    **of_meetings(meetings.can_make_report, "make_report"),
    **of_meetings(meetings.can_read_reminders, "meeting_reminders"),
    **{
        f"meetings:{name}": Page(
            Meeting,
            meetings.can_record_minutes,
            needs_more=True,
        )
        for name in ("circulate_minutes", "adopt_minutes", "reopen_minutes")
    },
    "meetings:review_minutes": Page(
        Meeting,
        lambda user, meeting: meetings.can_review_minutes(user, meeting.minutes),
        lambda user: Meeting.objects.visible_to(user).exclude(minutes=None),
    ),
    "meetings:minutes": Page(Meeting, None, readable_minutes),
    "meetings:edit_item": ITEMS,
    "meetings:move_item": ITEMS,
    "meetings:remove_item": ITEMS,
    "meetings:answer_invitation": Page(
        Invitation,
        lambda user, one: meetings.can_answer_invitation(user, one) or meetings.can_invite(user, one.meeting),
        known_invitations,
    ),
    **{
        f"meetings:{name}": Page(
            Invitation, lambda user, one: meetings.can_invite(user, one.meeting), known_invitations
        )
        for name in ("remind_invitation", "revoke_links", "withdraw_invitation")
    },
    "meetings:download_document": Page(Document),
    "meetings:remove_document": Page(
        Document,
        lambda user, one: meetings.can_edit_documents(user, one.meeting),
        lambda user: Document.objects.visible_to(user).exclude(meeting=None),
    ),
    "meetings:download_report": Page(
        Report, None, lambda user: Report.objects.visible_to(user).filter(state=Report.State.READY)
    ),
    "meetings:download_annex": Page(
        Report, None, lambda user: Report.objects.visible_to(user).filter(state=Report.State.READY).exclude(annex="")
    ),
    **{
        f"meetings:{name}": Page(Report, lambda user, one: meetings.can_make_report(user, one.meeting))
        for name in ("report_status", "retry_report")
    },
    **of_recommendations(None, "recommendation"),
    **of_recommendations(steered, "adopt_recommendation", "edit_recommendation", "drop_recommendation"),
    **of_recommendations(steered, "reopen_recommendation", "link_passage", "assign"),
    **of_recommendations(recommendations.can_read_reminders, "recommendation_reminders"),
    **of_recommendations(recommendations.can_report, "report_progress"),
    **of_recommendations(recommendations.can_confirm, "confirm_recommendation", "contest_recommendation"),
    "recommendations:meeting_results": Page(Meeting, None, public_results),
    "recommendations:results_picture": Page(Meeting, None, public_results),
    "recommendations:meeting_recommendations": Page(Meeting),
    "recommendations:draft_recommendation": Page(Meeting, meetings.steers),
    "recommendations:cut_recommendation": Page(Meeting, meetings.steers, needs_more=True),
    "recommendations:adopt_drafts": Page(Meeting, meetings.steers),
    "recommendations:answer_assignment": Page(Assignment, recommendations.can_answer, of_seen_recommendations),
    "recommendations:accept_assignment": Page(Assignment, recommendations.can_answer, of_seen_recommendations),
    "recommendations:withdraw_assignment": Page(
        Assignment, lambda user, one: steered(user, one.recommendation), of_seen_recommendations
    ),
    "recommendations:clear_follow_up": Page(FollowUp, recommendations.can_clear),
    "recommendations:download_evidence": Page(
        Evidence, None, lambda user: Evidence.objects.visible_to(user).exclude(file="")
    ),
    **of_actors(None, "actor", "actor_activity"),
    "directory:actor_logo": Page(
        sheets.Actor, None, lambda user: sheets.Actor.objects.visible_to(user).exclude(logo="")
    ),
    **of_actors(directory.can_edit_actor, "edit_actor", "confirm_actor", "add_contact"),
    **of_actors(directory.can_edit_actor, "add_focal_point", "offer_account"),
    "directory:withdraw_offer": Page(sheets.AccountOffer, lambda user, one: directory.can_edit_actor(user, one.actor)),
    **of_actors(directory.can_see_changes, "actor_changes"),
    **of_actors(directory.can_see_focal_points, "focal_points"),
    **of_actors(directory.can_hand_over, "hand_over"),
    "roles:actor_roles": Page(sheets.Actor),
    "directory:space": Page(sheets.Space),
    "directory:edit_space": Page(sheets.Space, directory.can_edit_space),
    "directory:add_member": Page(sheets.Space, directory.can_add_member),
    "directory:end_member": Page(sheets.SpaceMember, directory.can_end_member),
    "directory:proposed_change": Page(sheets.ProposedChange),
    "directory:accept_change": Page(sheets.ProposedChange),
    "directory:refuse_change": Page(sheets.ProposedChange),
    "directory:withdraw_change": Page(sheets.ProposedChange),
    **{
        f"directory:{name}": Page(
            sheets.Contact, lambda user, one: directory.can_edit_actor(user, one.actor), kept_contacts
        )
        for name in ("edit_contact", "remove_contact")
    },
    "directory:end_focal_point": Page(
        sheets.FocalPoint,
        lambda user, one: directory.can_edit_actor(user, one.actor),
        lambda user: sheets.FocalPoint.objects.filter(contact__in=kept_contacts(user)),
    ),
    "directory:end_membership": Page(sheets.Membership, lambda user, one: directory.can_edit_actor(user, one.actor)),
    "directory:hand_over_sheet": Page(sheets.HandOver),
    "directory:call_off_hand_over": Page(sheets.HandOver, lambda user, one: directory.can_hand_over(user, one.actor)),
    "directory:printout": Page(sheets.Printout),
    "directory:retry_printout": Page(sheets.Printout),
    "directory:download_printout": Page(
        sheets.Printout,
        None,
        lambda user: sheets.Printout.objects.visible_to(user).filter(state=sheets.Printout.State.READY),
    ),
    **{f"imports:{name}": Page(ActorImport, lambda user, _run: can_import(user)) for name in IMPORTS},
    "imports:decide_row": Page(
        ImportRow, None, lambda user: ImportRow.objects.filter(run__in=ActorImport.objects.visible_to(user))
    ),
    "doubles:merge": Page(Merge, lambda user, _one: can_merge(user)),
    "doubles:undo_merge": Page(Merge),
    **{f"doubles:{name}": Page(Double) for name in ("duplicate", "settle_double", "reopen_double")},
    "roles:edit_role": Page(Responsibility, roles.can_edit_role),
    "roles:end_role": Page(Responsibility, roles.can_edit_role),
    "roles:confirm_role": Page(Responsibility, roles.can_answer_role),
    "roles:contest_role": Page(Responsibility, roles.can_answer_role),
    "home:remove_view": Page(SavedView),
    "notifications:open_notification": Page(Notification, None, Notification.objects.of),
    "notifications:resend_notification": Page(
        Notification, lambda user, _one: can_see_deliveries(user), lambda _user: Notification.objects.all()
    ),
}  # fmt: skip
#: the acts that begin with no thing, and who may
ACTS: dict[str, Callable[[Any], object]] = {
    **dict.fromkeys(
        ("home:me", "home:save_view", "notifications:read_notifications", "meetings:renew_feed", "meetings:stop_feed"),
        attrgetter("is_authenticated"),
    ),
    **dict.fromkeys(("roles:print_matrix", "directory:print_coverage"), directory.can_order_printout),
    **dict.fromkeys(("directory:add_actor", "directory:batch"), directory.can_add_actor),
    **dict.fromkeys(("doubles:find_doubles", "doubles:merge_actors"), can_merge),
    "directory:add_space": directory.can_add_space,
    "directory:ask_confirmation": directory.can_see_upkeep,
    "imports:imports": can_import,
    "meetings:add_meeting": meetings.can_add_meeting,
    "roles:add_role": roles.can_enter_roles,
}
#: what names no row: a kind of list, a file of the demonstration, a signed link, a cell, a change of a sheet
OTHERWISE = {"home:waiting", "notifications:read_mail", "directory:confirm_from_mail", "directory:report_from_mail",
             "roles:matrix_cell", "directory:take_back", "directory:answer_offer", "meetings:answer_by_link",
             "meetings:calendar_by_link"}  # fmt: skip


def is_public(route: Route) -> bool:
    return "@login_not_required" in inspect.getsource(route.function)  # type: ignore[arg-type]


def answers(route: Route, user: Any, is_seen: bool, row: Any) -> set[object]:
    """What somebody who opens the address of `row` may be answered; `row` is None where there is no such thing."""
    if not user.is_authenticated and not is_public(route):
        return {"sign in"}
    source = inspect.getsource(route.function)  # type: ignore[arg-type]
    if "@require_POST" in source:
        return {405}
    if "@stands_on" in source:
        return {302}
    rule = PAGES[route.name].rule
    if not is_seen:
        return {404}
    may = HERE | ({404} if PAGES[route.name].needs_more else set())
    return may if rule is None or rule(user, row) else {403}
