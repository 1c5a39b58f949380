"""What people do with recommendations."""

from recommendations.actions.assigning import answer_assignment, assign, withdraw_assignment
from recommendations.actions.confirming import (
    confirm_recommendation,
    contest_recommendation,
    drop_recommendation,
    reopen_recommendation,
)
from recommendations.actions.drafting import (
    adopt_drafts,
    adopt_recommendation,
    draft_recommendation,
    edit_recommendation,
    link_passage,
)
from recommendations.actions.following import clear_follow_up, report_progress, send_back_follow_up

__all__ = [
    "adopt_drafts",
    "adopt_recommendation",
    "answer_assignment",
    "assign",
    "clear_follow_up",
    "confirm_recommendation",
    "contest_recommendation",
    "draft_recommendation",
    "drop_recommendation",
    "edit_recommendation",
    "link_passage",
    "reopen_recommendation",
    "report_progress",
    "send_back_follow_up",
    "withdraw_assignment",
]
