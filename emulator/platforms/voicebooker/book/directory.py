"""The directory of businesses: which business has a number, an appointment type or a product."""

from dataclasses import dataclass

from emulator.domain.errors import ConflictError, UnknownError
from emulator.kit.records import Collection
from emulator.platforms.voicebooker.book.businesses import AppointmentType, Business, Product


@dataclass(frozen=True, slots=True)
class Bookable:
    """A product of an appointment type, with its business."""

    business: Business
    type: AppointmentType
    product: Product


class BusinessDirectory:
    """Finds businesses at a cost that does not grow with their number."""

    def __init__(self, businesses: Collection[Business]) -> None:
        self._businesses = businesses
        self.reindex()

    def reindex(self) -> None:
        """Compute the indexes from the records."""
        self._by_sip: dict[str, str] = {}
        self._by_type: dict[str, str] = {}
        self._by_product: dict[str, str] = {}
        for business in self._businesses:
            self._index(business)

    def put(self, business: Business) -> None:
        """Add or replace a business; ConflictError for an id that another business has."""
        before = self._businesses.find(business.id)
        for noun, index, ids in self._ids(business):
            for each in ids:
                if index.get(each, business.id) != business.id:
                    raise ConflictError(f"the {noun} {each} belongs to another business")
        if before is not None:
            self._unindex(before)
        self._businesses.add(business)
        self._index(business)

    def remove(self, business: Business) -> None:
        """Remove a business."""
        self._unindex(business)
        self._businesses.remove(business.id)

    def _ids(self, business: Business) -> tuple[tuple[str, dict[str, str], list[str]], ...]:
        return (
            ("sipId", self._by_sip, business.sip_ids),
            ("appointment type", self._by_type, [each.id for each in business.appointment_types]),
            ("product", self._by_product, [each.id for each in business.products]),
        )

    def _index(self, business: Business) -> None:
        for _, index, ids in self._ids(business):
            index.update(dict.fromkeys(ids, business.id))

    def _unindex(self, business: Business) -> None:
        for _, index, ids in self._ids(business):
            for each in ids:
                del index[each]

    def has_sip(self, sip_id: str) -> bool:
        """Check whether a business has this number."""
        return sip_id in self._by_sip

    def of_sip(self, sip_id: str) -> Business:
        """Return the business that has a number, or raise UnknownError."""
        return self._owner(self._by_sip, "sipId", sip_id)

    def of_type(self, type_id: str) -> Business:
        """Return the business that has an appointment type, or raise UnknownError."""
        return self._owner(self._by_type, "appointment type", type_id)

    def of_product(self, product_id: str) -> Business:
        """Return the business that has a product, or raise UnknownError."""
        return self._owner(self._by_product, "product", product_id)

    def _owner(self, index: dict[str, str], noun: str, key: str) -> Business:
        if key not in index:
            raise UnknownError(noun, key)
        return self._businesses.get(index[key])

    def bookable(self, type_id: str, product_id: str) -> Bookable:
        """Return what these ids name; UnknownError, also for a product of another type."""
        business = self.of_type(type_id)
        found = business.type_of(type_id)
        if product_id not in found.products:
            self.of_product(product_id)
            raise UnknownError(f"product of {found.name}", product_id)
        return Bookable(business, found, business.product(product_id))
