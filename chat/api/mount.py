"""Hangs the doors for programs into the chat's application."""

from fastapi import FastAPI

from chat.api.access import Access
from chat.api.rest import PREFIX, build_rest
from chat.service import Service


def mount_api(app: FastAPI, service: Service, access: Access) -> None:
    """REST under /api/v1, over the service that the pages use."""
    app.mount(PREFIX, build_rest(service, access))
