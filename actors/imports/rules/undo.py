"""Taking a whole import back: what it made is deleted, what it changed goes back, unless somebody built on it since.

1. An institution the import made stays when anything else hangs on it (a membership, a meeting, a recommendation, a
   notice, a sheet that belongs to it…), or when somebody has edited it or its contact details. The models themselves
   say what hangs on it, so that nothing is forgotten that an app above adds. Only contact details that go themselves
   are no reason to stay: a sheet of the same import that was put under this one was edited, and stays.
2. A field the import wrote goes back to what it was where it still holds what the import wrote
   (`portal.core.taking_back`). The day of the confirmation does so only while nobody has confirmed the sheet since; who
   had confirmed it comes back with it.
3. What stays is kept on the row with its reason, in words that do not need the rows again.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from django.utils.text import Truncator
from django.utils.translation import override

from actors.directory.models import Actor, Contact
from actors.directory.rules.fields import LISTED
from actors.doubles.models import Double
from actors.doubles.rules.relations import Relation, relations_to
from actors.imports.models import ActorImport, ImportRow
from actors.imports.rules.apply import CONFIRMED, Directory, reason_of
from portal.accounts.models import User
from portal.core import history
from portal.core.journal import Act
from portal.core.rows import column
from portal.core.taking_back import Left, Why, take_back

Kept = dict[str, Any]
Outcome = ImportRow.Outcome
#: rows the portal itself makes about sheets: nobody built them
MACHINE_MADE = (ImportRow, Double)
#: as many things as are named of each kind
NAMED = 3
#: and as many characters of a name
NAME = 160
ACTOR, CONTACT = "directory.actor", "directory.contact"
#: the fields of a record by the columns in which they are written
KEYS = {column(field.model, field.name).attname: field.key for field in LISTED} | dict.fromkeys(CONFIRMED, "updated")


class Undoing:
    """What the rows of an import that is taken back need to know."""

    def __init__(self, run: ActorImport, *, by: User | None) -> None:
        self.by = by
        self.directory = Directory(run, by=by, reason=reason_of(run, undoing=True))
        self.own = {reason_of(run), reason_of(run, undoing=True)}
        #: what the import made, by model
        self.made: dict[str, set[int]] = {ACTOR: set(), CONTACT: set()}
        for done in run.rows.exclude(outcome="").values_list("done", flat=True).iterator():
            for label, pk in _made(done):
                self.made[label].add(pk)
        self.reasons: dict[tuple[str, int], list[Kept]] = {}

    def look(self, rows: Sequence[ImportRow]) -> None:
        """Find what was built on what these rows made, in as many queries as there are kinds of links."""
        made: dict[str, set[int]] = {ACTOR: set(), CONTACT: set()}
        for row in rows:
            for label, pk in _made(row.done):
                made[label].add(pk)
        self.directory.look(rows, also=made[ACTOR])
        contacts = Contact.objects.filter(actor__in=made[ACTOR]).values_list("pk", "actor_id")
        owners = {pk: actor for pk, actor in contacts if pk in self.made[CONTACT]}
        made[CONTACT] |= set(owners)
        found: defaultdict[tuple[str, int], list[Kept]] = defaultdict(list)
        for label, model in ((ACTOR, Actor), (CONTACT, Contact)):
            if made[label]:
                self._edited(label, model.history.filter(id__in=made[label]), found)
                for relation in relations_to(model):
                    self._built(label, relation, made[label], found)
        added = (one for row in rows if row.outcome == Outcome.ADDED for one in _made(row.done))
        for pk in set(owners) - {pk for label, pk in added if label == CONTACT}:
            # the contact details are another row's: where they stay, so does their institution
            if reasons := found.get((CONTACT, pk)):
                found[ACTOR, owners[pk]] += reasons
        self.reasons = dict(found)

    def removable(self, rows: Sequence[ImportRow]) -> list[ImportRow]:
        """The rows whose institutions can go: nothing was built on them."""
        return [row for row in rows if row.outcome == Outcome.ADDED and not self._reasons(row)]

    def remove(self, rows: Sequence[ImportRow]) -> None:
        """Delete the institutions these rows made, with the contact details the import made for them, all or none."""
        actors = [row.actor for row in rows if row.actor is not None]
        contacts = [one for one in Contact.objects.filter(actor__in=actors) if one.pk in self.made[CONTACT]]
        history.delete_all(contacts, by=self.by, reason=self.directory.reason)
        history.delete_all(actors, by=self.by, reason=self.directory.reason)
        for row in rows:
            row.actor, row.undone = None, True

    def undo_row(self, row: ImportRow) -> None:
        """Take back what the row did, and say on it what stays and why; the caller saves the row."""
        if row.outcome != Outcome.ADDED:
            row.kept = []
            self._restore(row)
        elif reasons := self._reasons(row):
            row.kept = reasons
        else:
            self.remove([row])
        row.undone = True

    def _reasons(self, row: ImportRow) -> list[Kept]:
        """Why what the row made has to stay."""
        return [kept for one in _made(row.done) for kept in self.reasons.get(one, ())]

    # What was built since.

    def _built(
        self, label: str, relation: Relation, pks: Collection[int], found: dict[tuple[str, int], list[Kept]]
    ) -> None:
        if relation.model in MACHINE_MADE:
            return
        keys = {relation.key(pk): pk for pk in pks}
        rows: QuerySet[Any] = relation.model._base_manager.filter(**{f"{relation.column}__in": list(keys)})
        if relation.kind_column:
            rows = rows.filter(**{relation.kind_column: ContentType.objects.get_for_model(relation.target).pk})
        own = self.made[CONTACT] if relation.model is Contact else ()
        things: defaultdict[int, list[Any]] = defaultdict(list)
        for thing in rows.order_by("pk"):
            if thing.pk not in own:
                things[keys[getattr(thing, relation.column)]].append(thing)
        for pk, named in things.items():
            found[label, pk].append({
                "code": "built_on",
                "model": relation.model._meta.label_lower,
                "field": relation.name,
                "count": len(named),
                "things": [_thing(one) for one in named[:NAMED]],
            })  # fmt: skip

    def _edited(self, label: str, records: QuerySet[Any], found: dict[tuple[str, int], list[Kept]]) -> None:
        """The last change of each that is not the import's own."""
        last: dict[int, Kept] = {}
        others = records.exclude(history_change_reason__in=self.own).select_related("history_user")
        for record in others.order_by("history_date", "history_id"):
            by = str(record.history_user or "")
            last[record.id] = {"code": "edited", "model": label, "at": record.history_date.isoformat(), "by": by}
        for pk, kept in last.items():
            found[label, pk].append(kept)

    # Taking back.

    def _restore(self, row: ImportRow) -> None:
        if row.actor_id is None:
            return
        if self.directory.sheet(row.actor_id) is None:
            if Actor.objects.filter(pk=row.actor_id).exists():
                row.kept = [{"code": "merged"}]
            return
        stays = {one for one in _made(row.done) if self.reasons.get(one)}
        free = [one for one in row.done if (one["model"], int(one["key"])) not in stays]
        left = take_back(free, by=self.by, reason=self.directory.reason)
        row.kept = [{"code": "changed_since", "column": key} for key in dict.fromkeys(_named(left))]
        row.kept += self._reasons(row)
        self.directory.known.pop(row.actor_id, None)


def _made(done: Sequence[Kept]) -> Iterator[tuple[str, int]]:
    """What a row made, by model and key."""
    return ((one["model"], int(one["key"])) for one in done if one["act"] == Act.MADE)


def _named(left: Sequence[Left]) -> Iterator[str]:
    """The fields that were left; of what is gone, and of what it named and is gone, nobody is told."""
    return (KEYS.get(one.column, one.column) for one in left if one.column and one.why not in (Why.GONE, Why.ORPHAN))


def _thing(row: Any) -> dict[str, Any]:
    """What a row is called, by language, and its page without the language in front."""
    address = row.get_absolute_url() if hasattr(row, "get_absolute_url") else ""
    text = {}
    for language, _name in settings.LANGUAGES:
        with override(language):
            text[language] = Truncator(str(row)).chars(NAME)
    return {"text": text, "path": f"/{address.split('/', 2)[-1]}" if address else ""}
