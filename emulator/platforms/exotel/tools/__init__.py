"""The VoiceBot Tools Server: tools with versions and tests, knowledge bases, tables, tenants."""
