"""Hangs the doors for programs into the chat's application."""

from importlib.util import find_spec

from fastapi import FastAPI

from chat.api.access import Access
from chat.api.completions import build_completions
from chat.api.rest import build_rest
from chat.service import Service


def mount_api(app: FastAPI, service: Service, access: Access) -> None:
    """REST, OpenAI's form of it, and where `wence[mcp]` is installed the protocol of agents, over the service that the pages use; a key's
    rate counts over all."""
    app.mount("/api/v1", build_rest(service, access))
    app.mount("/v1", build_completions(service, access))
    if find_spec("mcp"):
        from chat.api.agents import mount_agents

        mount_agents(app, service, access)
