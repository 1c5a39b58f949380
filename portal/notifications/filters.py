"""The filters of the deliveries."""

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from portal.core.lists import ListFilter
from portal.notifications.models import Notification


class DeliveryFilter(ListFilter):
    """`q` looks in subject and address, since notifications keep no search text."""

    state = django_filters.ChoiceFilter(choices=Notification.State, label=_("State"), empty_label=_("All"))

    class Meta:
        model = Notification
        fields = ("state",)

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        for word in value.split():
            queryset = queryset.filter(Q(subject__icontains=word) | Q(email__icontains=word))
        return queryset
