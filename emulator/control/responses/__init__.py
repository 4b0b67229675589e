"""The responses of the control API, for its OpenAPI document: no request needs these models.

Every field is listed; a response with another one fits no schema.
"""
