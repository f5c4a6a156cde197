"""Which column of a table holds what a roll keeps: by the names that programs and people give them, or as chosen.

Known are the headers of Excel, Google Contacts, Outlook and Mailchimp, and what people write in English, German, French
and Spanish. Two columns that may be the same thing are a question, not a guess: `AmbiguousColumns`.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from ballotcast.faults import FaultError


def _headers(listed: str) -> frozenset[str]:
    """Headers in their `known_form`, listed with commas."""
    return frozenset(" ".join(name.split()) for name in listed.split(","))


EMAIL = _headers(
    """email, e mail, mail, email address, e mail address, emailaddress, mail address, primary email,
    primary email address, e mail 1 value, e mail 1, email 1, e mail address 1, emailadresse, e mail adresse,
    email adresse, mailadresse, mail adresse, e mail anschrift, adresse e mail, adresse email, adresse mail, courriel,
    adresse courriel, adresse de courriel, courrier electronique, adresse electronique, adresse de messagerie, mel,
    correo, correo electronico, direccion de correo electronico, direccion de correo, direccion de email,
    direccion de e mail"""
)
FULL = _headers(
    """full name, fullname, display name, displayname, name surname, name and surname, file as, anzeigename,
    vollstandiger name, vor und nachname, vorname nachname, vorname und nachname, nom complet, nom et prenom,
    nombre completo, nombre y apellidos, nombre y apellido"""
)
NAME = _headers("name, nom, nombre")
"""A whole name, or half of one, as the columns next to it tell."""
GIVEN = _headers("given name, first name, firstname, forename, vorname, rufname, prenom")
FAMILY = _headers(
    """family name, last name, lastname, surname, nachname, familienname, zuname, nom de famille, apellido, apellidos"""
)
MOBILE = _headers(
    """mobile, mobile phone, mobile number, cell, cell phone, sms, sms phone number, handy, handynummer, mobil,
    mobilnummer, mobiltelefon, portable, telephone portable, telephone mobile, numero de portable, movil,
    telefono movil, celular"""
)
PHONE = _headers(
    """phone, phone number, telephone, telephone number, phone 1 value, primary phone, telefon, telefonnummer, tel,
    numero de telephone, telefono, numero de telefono"""
)
LANGUAGE = _headers("language, lang, preferred language, locale, sprache, langue, idioma, lengua")

NAMED = 20
"""Columns that are told by name, each by as many of its letters as `NAME_LENGTH`."""
NAME_LENGTH = 40
KEPT = ("email", "name", "phone", "language")
_CHOICE = re.compile(r"(email|name|phone|language):([1-9]\d{0,3}(?:\+[1-9]\d{0,3}){0,3})")


class UnknownColumns(FaultError):
    """No column is known to hold the addresses, or several may be the same thing: somebody has to choose."""


@dataclass(frozen=True)
class Columns:
    """Places in a row, from 0; several for a name that stands in parts. header: whether the first row names them."""

    email: int
    name: tuple[int, ...] = ()
    phone: int | None = None
    language: int | None = None
    header: bool = True

    @property
    def used(self) -> frozenset[int]:
        return frozenset({self.email, *self.name, *(one for one in (self.phone, self.language) if one is not None)})


def find_columns(header: Sequence[str]) -> Columns:
    """The columns by their names. Raises UnknownColumns, with both readings where there are two."""
    names = [known_form(name) for name in header]
    email = _one(header, names, EMAIL, "email")
    if email is None:
        if any("@" in name for name in header):  # a voter, whose address is not repeated
            raise UnknownColumns("no-header")
        raise UnknownColumns("no-email-column", names=", ".join(shown_names(header)))
    phone = _one(header, names, MOBILE, "phone")
    if phone is None:
        phone = _one(header, names, PHONE, "phone")
    return Columns(email, _name(header, names), phone, _one(header, names, LANGUAGE, "language"))


def chosen_columns(choice: str, *, header: bool = True) -> Columns:
    """What somebody chose: `email:2,name:1+3,phone:5`, places from 1. Raises UnknownColumns."""
    parts = [_CHOICE.fullmatch(part) for part in choice.split(",")]
    chosen = {part[1]: tuple(int(place) - 1 for place in part[2].split("+")) for part in parts if part}
    if not all(parts) or len(chosen) < len(parts) or "email" not in chosen:
        raise UnknownColumns("bad-choice")
    single = {what: chosen[what] for what in ("email", "phone", "language") if what in chosen}
    places = [place for each in chosen.values() for place in each]
    if any(len(each) > 1 for each in single.values()) or len(set(places)) < len(places):
        raise UnknownColumns("bad-choice")
    first = {what: each[0] for what, each in single.items()}
    return Columns(first["email"], chosen.get("name", ()), first.get("phone"), first.get("language"), header)


def known_form(name: str) -> str:
    """A header as it is looked up: without accents, invisible characters and punctuation, in lower case."""
    plain = unicodedata.normalize("NFKD", name)
    kept = "".join(one for one in plain if unicodedata.category(one) not in ("Mn", "Cf", "Cc"))
    return " ".join(re.sub(r"[^\w]+|_", " ", kept.casefold()).split())


def shown_names(names: Sequence[str]) -> list[str]:
    """Headers to be told, in lower case: at most 20, each shortened."""
    cleaned = (" ".join(name.split()).lower()[:NAME_LENGTH] for name in names)
    return [name for name in dict.fromkeys(cleaned) if name][:NAMED]


def _one(header: Sequence[str], names: Sequence[str], known: frozenset[str], what: str) -> int | None:
    found = [place for place, name in enumerate(names) if name in known]
    if len(found) > 1:
        told = ", ".join(f"{place + 1} ({header[place].strip()[:NAME_LENGTH]})" for place in found[:2])
        raise UnknownColumns("two-columns", what=what, names=told)
    return found[0] if found else None


def _name(header: Sequence[str], names: Sequence[str]) -> tuple[int, ...]:
    """Where the name stands: in one column, or in two, the given name first."""
    full = _one(header, names, FULL, "name")
    if full is not None:
        return (full,)
    name, given, family = (_one(header, names, known, "name") for known in (NAME, GIVEN, FAMILY))
    if name is not None and (given is None) == (family is None):
        return (name,)  # alone, or next to both of its parts
    if family is None:
        family = name  # German “Name, Vorname”, French “Nom, Prénom”
    elif given is None:
        given = name  # Spanish “Nombre, Apellidos”
    return tuple(place for place in (given, family) if place is not None)
