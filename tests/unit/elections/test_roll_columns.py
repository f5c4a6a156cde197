"""Which column is which, by the names that programs and people give them."""

import pytest

from ballotcast.elections.roll_columns import Columns, UnknownColumns, find_columns


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("Name,Given Name,Family Name,E-mail 1 - Value,E-mail 2 - Value,Phone 1 - Value", Columns(3, (0,), 5)),
        ("First Name,Middle Name,Last Name,E-mail Address,Mobile Phone,Primary Phone", Columns(3, (0, 2), 4)),
        ("Email Address,First Name,Last Name,Phone Number", Columns(0, (1, 2), 3)),
        ("Nachname,Vorname,E-Mail-Adresse,Telefonnummer,Sprache", Columns(2, (1, 0), 3, 4)),
        ("Name,Vorname,EMail", Columns(2, (1, 0))),
        ("Nom,Prénom,Adresse électronique,Téléphone portable,Langue", Columns(2, (1, 0), 3, 4)),
        ("Nombre,Apellidos,Correo electrónico,Móvil,Idioma", Columns(2, (0, 1), 3, 4)),
        ("NOMBRE Y APELLIDOS,CORREO_ELECTRÓNICO", Columns(1, (0,))),
        ("courriel,nom complet", Columns(0, (1,))),
        ("  e-mail: ,Name", Columns(0, (1,))),
    ],
)
def test_headers_of_programs_and_languages(header: str, expected: Columns) -> None:
    assert find_columns(header.split(",")) == expected


def test_two_columns_that_may_be_the_same_thing_are_a_question() -> None:
    with pytest.raises(UnknownColumns, match=r"2 \(Handy\), 3 \(Mobile\)"):
        find_columns(["Email", "Handy", "Mobile"])
