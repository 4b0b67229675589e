"""A local stand-in for the voicebot platforms that integrators build on."""

__version__ = "0.1.0"
