"""Stores of both kinds."""

from __future__ import annotations

from store_servers import empty_url, kind, made_file, server, store, store_url

__all__ = ["empty_url", "kind", "made_file", "server", "store", "store_url"]
