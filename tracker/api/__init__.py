"""The REST interface under `/api/v1`: one file for each resource, described at `/api/openapi.json`."""
