"""A runtime: data, services, functions, and what calls them; the front is put before it by __main__."""

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ballotcast.clock import Clock, system_clock
from ballotcast_tools.stack.mailbox import Mail, TextMessage

from .assembly import SCHEMAS, Services
from .control import Control
from .data import Data
from .faults import Faults
from .figures import Figures
from .functions.loading import FunctionWiring, LoadedFunction
from .functions.outcomes import FunctionFailed, NoSuchFunction
from .functions.workers import Workers
from .machines.engine import Engine
from .machines.tasks import Tasks
from .messages_kept import KeptMessages, read_html
from .metrics import Metrics, resident_memory
from .options import Options
from .services.clients import clients_of
from .sources.feedback import Feedback
from .sources.mail_rows import MailRows
from .sources.mail_server import mail_server
from .sources.smtp import Postman
from .sources.sources import Sources
from .storage.database import Database
from .template.deployment import Function
from .template.reading import read_deployment
from .template.roles import Role
from .upkeep import Upkeep

SERVICE_THREADS, FUNCTION_THREADS = 4, 8
"""For the tasks of state machines."""
PATIENCE = 5.0
"""Seconds that calls of background functions have to end; what does not is done again at the next start."""


class Runtime:
    """`project`: the checkout, with template.yaml and functions/. Raises what a start can find wrong with the data."""

    def __init__(self, options: Options, project: Path, mailbox_page: str, clock: Clock = system_clock) -> None:
        data = Data(options.directory)
        data.make()
        key = data.master_key
        address = {"PUBLIC_URL": options.address}
        self.options, self.data = options, data
        self.deployment = read_deployment(project / "template.yaml", options.parameters, address)
        common = {"API_URL": options.local_address, **({} if options.smtp_url else {"MAILBOX_PAGE": mailbox_page})}
        self._functions = {
            name: replace(function, environment={**function.environment, **common})
            for name, function in self.deployment.functions.items()
        }
        self.database = Database(data.database, SCHEMAS)
        self.services = Services(self.deployment, self.database, data, key, options, clock)
        self._clients: dict[str, Mapping[str, Any]] = {}
        functions = project / "functions"
        self.workers = Workers(options.workers, self._clients, _paths(functions), _environment())
        self._threads = [ThreadPoolExecutor(number, "task") for number in (SERVICE_THREADS, FUNCTION_THREADS)]
        self.engine = Engine(
            self.database,
            {machine.arn: machine for machine in self.deployment.machines.values()},
            Tasks(self._clients_of, self.invoke),
            services=self._threads[0],
            functions=self._threads[1],
            clock=clock,
        )
        self._sources = Sources(self.deployment, self.services.queues, self.invoke, clock)
        mails = MailRows(self.database, clock)
        expiring = [self.services.dynamodb.expire, self.services.s3.expire, mails.forget]
        self._upkeep = Upkeep([*self._sources.tasks(), *expiring], self.database.empty_log)
        self._postman = self._make_postman(clock) if options.smtp_url else None
        self.metrics = Metrics()
        Figures(self.deployment, self.database, clock).register(self.metrics)
        self.metrics.register(
            "ballotcast_memory_bytes", "gauge", "Resident memory.", resident_memory(lambda: self.workers.pids)
        )
        self.services.add(self.engine, self._sources.rules)
        self.faults = Faults()
        services = self.faults.around(self.services.by_name)
        for function in self._functions.values():
            self._clients[function.id] = clients_of(function.role, services, self.deployment.mail_identity)
        with_routes = {route.function for route in self.deployment.routes}
        self._control: Control | None = None
        self._kept = KeptMessages()
        self.ready = False
        self._loaded = {name: self._load(self._functions[name]) for name in sorted(with_routes)}

    def start(self) -> None:
        """Continue with what an earlier process left, and begin to call background functions."""
        self.services.s3.delete_strays()
        self.engine.start()
        self._sources.start()
        self._upkeep.start()
        self.metrics.start()
        if self._postman:
            self._postman.start()
        self._control = Control(self.data.control, {**self.services.by_name, "faults": self.faults})

    def invoke(self, name: str, event: Any) -> Any:
        """Call a function and return its result. Raises FunctionFailed, FunctionTimedOut and NoSuchFunction.

        One with routes runs in the calling thread; any other in a worker process, and waits until one is free.
        """
        if loaded := self._loaded.get(name):
            try:
                return loaded(event)
            except Exception as error:
                raise FunctionFailed(type(error).__name__, str(error)) from error
        if name not in self._functions:
            raise NoSuchFunction(name)
        return self.workers.invoke(self._functions[name], event)

    def healthy(self) -> dict[str, Any] | None:
        """Return what `/health` shows; None before the start, and if nothing can be written any more."""
        return {"status": "ok"} if self.ready and self.database.failure is None else None

    def messages(self) -> tuple[list[Mail], list[TextMessage]]:
        """Return the mails and text messages that are kept for the mailbox."""
        return self._kept.read(self.database.reader())

    def html_of(self, mail: str) -> str:
        """Return the HTML of the mail with this id; empty if none such is kept."""
        return read_html(self.database.reader(), mail)

    def stop(self) -> None:
        """End what runs, and put everything into the database's file."""
        self.ready = False
        if self._control:
            self._control.stop()
        self.metrics.stop()
        if self._postman:
            self._postman.stop(PATIENCE)
        self._sources.stop(PATIENCE)
        self._upkeep.stop()
        self.engine.stop()
        self.workers.stop()
        for threads in self._threads:
            threads.shutdown()
        self.database.close()

    def _make_postman(self, clock: Clock) -> Postman:
        feedback = Feedback(self.deployment, self.invoke, clock)
        our_name = urlsplit(self.options.address).hostname or "localhost"
        return Postman(self.database, mail_server(self.options.smtp_url), feedback, our_name, clock=clock)

    def _clients_of(self, role: Role) -> Mapping[str, Any]:
        return clients_of(role, self.services.by_name, self.deployment.mail_identity)

    def _load(self, function: Function) -> LoadedFunction:
        wiring = partial(FunctionWiring, function.environment, self._clients[function.id])
        return LoadedFunction(function.id, function.handler, function.memory, function.timeout, wiring)


def _paths(functions: Path) -> list[Path]:
    return [functions, Path(__file__).resolve().parents[2]]


def _environment() -> dict[str, str]:
    """What a worker inherits: nothing of AWS, nothing secret."""
    kept = {"PATH", "LANG", "HOME", "TMPDIR", "PYTHONUNBUFFERED"}
    return {name: value for name, value in os.environ.items() if name in kept or name.startswith("POWERTOOLS_")}
