"""Clients as a function has them: they carry out what its role allows, and refuse all else as AWS does."""

from collections.abc import Callable, Mapping
from typing import Any

from ballotcast_tools.runtime.storage.deadline import TooLate
from ballotcast_tools.runtime.storage.writer import StorageFailed
from ballotcast_tools.runtime.template.requests import asked
from ballotcast_tools.runtime.template.roles import Role

from .errors import EXCEPTIONS, error
from .s3 import Pages

Services = Mapping[str, Any]
"""By boto3's names of them."""


class RoleClient:
    """The client of a service, in the hands of a role."""

    exceptions = EXCEPTIONS

    def __init__(self, name: str, service: Any, role: Role, mail_identity: str) -> None:
        self._name, self._service, self._role, self._mail_identity = name, service, role, mail_identity

    def get_paginator(self, operation: str) -> Pages:
        assert operation == "list_objects_v2", operation
        return Pages(self)

    def upload_file(self, path: str, bucket: str, key: str, ExtraArgs: dict[str, str] | None = None) -> None:
        self._require("upload_file", {"Bucket": bucket, "Key": key})
        self._service.upload_file(path, bucket, key, ExtraArgs=ExtraArgs)

    def generate_presigned_url(self, operation: str, *, Params: dict[str, str], ExpiresIn: int) -> str:
        self._require("generate_presigned_url", {"ClientMethod": operation, "Params": Params})
        address: str = self._service.generate_presigned_url(operation, Params=Params, ExpiresIn=ExpiresIn)
        return address

    def close(self) -> None:
        """A boto3 client lets go of its connections here."""

    def list_objects_v2(self, **asked_for: Any) -> dict[str, Any]:
        self._require("list_objects_v2", asked_for)
        found: dict[str, Any] = self._service.list_objects_v2(**asked_for)
        return found

    def __getattr__(self, method: str) -> Callable[..., Any]:
        carry_out = getattr(self._service, method)

        def call(**arguments: Any) -> Any:
            self._require(method, arguments)
            try:
                return carry_out(**arguments)
            except (StorageFailed, TooLate) as failed:
                raise error("ServiceUnavailable", method, str(failed)) from failed

        self.__dict__[method] = call
        return call

    def _require(self, method: str, arguments: dict[str, Any]) -> None:
        for action, resource, context in asked(self._name, method, arguments, mail_identity=self._mail_identity):
            if not self._role.allows(action, resource, context):
                raise error("AccessDeniedException", method, f"{self._role.name} may not {action} on {resource}")


def clients_of(role: Role, services: Services, mail_identity: str) -> dict[str, RoleClient]:
    """`mail_identity`: the domain, or the address, that mails may be sent from."""
    return {name: RoleClient(name, service, role, mail_identity) for name, service in services.items()}
