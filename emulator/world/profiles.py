"""Which profile a world follows: the options of one edition of a vendor's pages."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from emulator.domain.profiles import ProfileError
from emulator.lazy_model import LazyModel
from emulator.world.vendors import Vendor


def with_profiles(
    vendors: Mapping[str, Vendor], chosen: Mapping[str, str], options: Mapping[str, LazyModel]
) -> dict[str, LazyModel]:
    """Return the options of all platforms after these have been given a profile.

    A profile sets the options that differ between a vendor's profiles, and keeps all others.
    Raises ProfileError for an unknown platform, or a name that is no profile of it.
    """
    changed = dict(options)
    for platform, name in chosen.items():
        if platform not in vendors:
            known = ", ".join(vendors)
            raise ProfileError(platform[:40], f"is not a platform; there are {known}")
        changed[platform] = _with_profile(vendors[platform], name, options.get(platform))
    return changed


def _with_profile(vendor: Vendor, name: str, options: LazyModel | None) -> LazyModel:
    profiles = vendor.profiles
    if name not in profiles:
        allowed = f"must be one of {', '.join(profiles)}" if profiles else "has no profiles"
        raise ProfileError(vendor.name, f"{allowed}, not {name[:40]!r}")
    kept = {} if options is None else options.model_dump()
    for each in _selected_by(vendor):
        kept.pop(each, None)
    return vendor.options(**{**kept, **profiles[name].options})


def profile_of(vendor: Vendor, options: LazyModel) -> str | None:
    """Return the profile that these options follow; None if they follow none of them."""
    hashable: Any = vendor
    for name, expected in _expected(hashable).items():
        if all(getattr(options, each) == value for each, value in expected.items()):
            return name
    return None


@lru_cache(maxsize=64)
def _expected(vendor: Any) -> Mapping[str, Mapping[str, Any]]:
    """Return what the options are that differ between a vendor's profiles, by profile."""
    defaults = {each: getattr(vendor.options, each) for each in _selected_by(vendor)}
    return {name: defaults | dict(each.options) for name, each in vendor.profiles.items()}


def _selected_by(vendor: Vendor) -> Mapping[str, Any]:
    """Return the options that differ between a vendor's profiles."""
    return {option: None for each in vendor.profiles.values() for option in each.options}
