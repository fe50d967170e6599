"""The word lists of which the made-up reports are made."""

from typing import NamedTuple

__all__ = ["EMOJI", "LANGUAGES", "OUTLETS", "Language"]


class Language(NamedTuple):
    """What reports in one language are made of."""

    tag: str
    sentence: tuple[
        int, int
    ]  # fewest and most words: fewer where they take more bytes, for all reports have about 4 KB
    words: tuple[str, ...]
    names: tuple[tuple[str, str], ...]  # with the type of entity
    open_quote: str
    close_quote: str


def _names(person: str, organization: str, place: str) -> tuple[tuple[str, str], ...]:
    kinds = {"person": person, "organization": organization, "place": place}
    return tuple((name.strip(), kind) for kind, names in kinds.items() for name in names.split(","))


_ENGLISH = """the of and to in a that for on with as was at by from it is be are has had were will would could
said after before over under between against during since while because although however council minister
harbour union strike hospital ward budget vote bridge river valley company engine satellite launch signal
station court judge inquiry witness report page evidence decision appeal hearing school teacher pupil parent
lesson phone study campaign price market export import shipment cargo quay crane worker driver nurse doctor
patient clinic closure funding shortfall estimate quarter annual monthly weekly early late morning evening night
spring summer autumn winter north south east west central local regional national foreign public private senior
junior former acting deputy chief spokesman spokeswoman resident visitor crowd march banner speech letter
message statement answer question denial claim warning promise threat offer refusal talks deal treaty border
patrol exercise vessel convoy aircraft runway railway timetable delay ticket passenger platform repair storm
flood dam reservoir turbine grid supply outage household shop owner tenant landlord rent mortgage interest rate
growth decline rise fall record target limit rule law bill clause amendment committee member majority minority
party leader rival critic supporter adviser expert professor survey sample figure percent million billion
thousand dozen new old large small long short high low strong weak quick slow clear unclear likely unlikely
bitter quiet sudden steady agreed refused announced insisted suggested replied added explained warned confirmed
denied promised demanded expected planned began ended opened closed moved returned reached crossed signed
rejected approved postponed cancelled resumed"""

_ACCENTED = """für über zwischen während natürlich schließlich Bürger Stadträte Gespräch Änderung Prüfung Straße
Brücke Höhe Größe später früher größer kürzlich bestätigte erklärte kündigte entschädigt verhältnismäßig und der
die das ein eine nicht auch nach bei mit von zum zur seit gegen ohne Haus Stadion Rat Abstimmung Kosten Bau Plan
Verein Trainer Fläche Märkte Läden Gebäude Verträge Beiträge Vorschläge Sitzung Bericht Zeuge Urteil Gericht
Richter Anwalt Kläger Schüler Lehrer Mutter Väter Söhne Töchter Garten Gärten Wald Wälder Fluss Flüsse Ufer
Hafen Häfen Schiff Schiffe Küste heute gestern morgen abends nachts immer selten häufig kaum beinahe ungefähr
genau deutlich möglich unmöglich nötig"""

_CYRILLIC = """и в не на что он как это по но из за от для при после перед между против город совет министр
больница мост река порт союз рабочий забастовка решение суд судья свидетель отчёт голосование бюджет школа
учитель ученик цена рынок компания спутник станция сигнал запуск поезд вокзал задержка билет пассажир ремонт
наводнение плотина энергия дом магазин владелец жилец договор граница учения судно самолёт аэропорт утро вечер
ночь весна лето осень зима север юг восток запад новый старый большой малый долгий короткий высокий низкий
сильный слабый ясный вероятный горький тихий сказал ответил добавил объяснил предупредил подтвердил отверг
пообещал потребовал ожидал начал закончил открыл закрыл"""

LANGUAGES = {
    "english": Language(
        "en",
        (8, 19),
        tuple(_ENGLISH.split()),
        _names(
            "Corwin Hale, Ada Marsh, Tomas Reed, Ines Calder, Joan Whitlock, Peter Sands, Mara Quill, Leo Farrow",
            "Dockers' Union, Port Authority, Valley Trust, Orbit Systems, Court of Appeal, National Wire, Town Council",
            "Tidewater, Northgate, Elm Valley, Free Quay, Upland, Sandholm, East Ferry",
        ),
        '"',
        '"',
    ),
    "accented": Language(
        "de",
        (7, 17),
        tuple(_ACCENTED.split()),
        _names(
            "Jürgen Köhler, Änne Weiß, Zoë Müller, Søren Bjørn, François Lefèvre, Łukasz Żak",
            "Bürgerverein Elmtal, Stadträte für Grün, Größe & Söhne, Société Générale du Fleuve",
            "Düsselfurt, Großmühl, Øresby, Château-Thibaut",
        ),
        "„",
        "“",
    ),
    "cyrillic": Language(
        "ru",
        (4, 10),
        tuple(_CYRILLIC.split()),
        _names(
            "Анна Речная, Пётр Северов, Ольга Мостовая, Иван Тихий",
            "Союз докеров, Городской совет, Речной суд",
            "Северогорск, Приречье, Мостовой",
        ),
        "«",
        "»",
    ),
}

EMOJI = ("🚢", "📡", "🏥", "𝒳", "🎓", "👩🏽‍⚖️", "𐍈")  # noqa: RUF001 - characters outside of the basic plane are meant

OUTLETS = tuple(
    f"{place} {kind}" for place in ("Tidewater", "Upland", "Elmtal") for kind in ("Post", "Ledger", "Mercury")
)
