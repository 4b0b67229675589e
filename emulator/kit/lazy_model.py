"""Models whose defaults can be read without pydantic, for a vendor's options."""

from emulator.lazy_model import LazyModel, model_of

__all__ = ["LazyModel", "model_of"]
