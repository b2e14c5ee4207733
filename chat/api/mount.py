"""Hangs the doors for programs into the chat's application."""

from fastapi import FastAPI

from chat.api.access import Access
from chat.api.completions import build_completions
from chat.api.rest import build_rest
from chat.service import Service


def mount_api(app: FastAPI, service: Service, access: Access) -> None:
    """REST and OpenAI's form of it, over the service that the pages use; a key's rate counts over both."""
    app.mount("/api/v1", build_rest(service, access))
    app.mount("/v1", build_completions(service, access))
