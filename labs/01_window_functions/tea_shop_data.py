"""The data sets of Leaf & Kettle. Each has all six tables and serves all eight tasks.

| data set     | what is nasty about it                                                               |
|--------------|--------------------------------------------------------------------------------------|
| sample       | nothing: it's the one that the README shows                                          |
| ties         | equal times, equal sellers, equal amounts, visitors who begin at the same instant    |
| holes        | missing months and days, imported addresses, lost pages, products that never sold    |
| borders      | exactly a week, 30 minutes, a part of a second, the turn of the year, off the        |
|              | podium, a customer on a journey, visitors who come back the next day                 |
| midnight     | payments round midnight and the end of the month in three zones, changing clocks     |
| refunds      | days and months that come to zero or less, a hundred refunds, addresses to be        |
|              | forgotten, clicks that one visitor made at once                                      |
| empty, one   | no rows but the stores and the catalogue; one row a table                            |
| small, large | all of it at random, and which store is in which zone too                            |

The seed decides the random ones, and in which order the rows of all of them are inserted. The same seed gives the
same rows on every Python. Instants are written in UTC. Categories are lower-case words of one kind, so that every
collation sorts them alike.
"""

import functools
import random
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from harness import Dataset

SCHEMA = Path(__file__).with_name("schema.sql").read_text(encoding="utf-8")

STORES = [(1, "Leaf & Kettle Lisbon", "Europe/Lisbon"), (2, "Leaf & Kettle Auckland", "Pacific/Auckland")]
LISBON, AUCKLAND, HALIFAX = 1, 2, 3

# The columns that a missing tie-breaker would leave undecided, by table (positions in a row).
TIES = {"customer_address": (1, 3), "payment": (1, 3), "click": (1, 2)}


@functools.cache
def shop(name: str, seed: int) -> Dataset:
    """Make the data set `name`, its rows in an order that the seed decides. Raises KeyError for an unknown name."""
    rng = random.Random(f"{seed}:{name}")  # noqa: S311 - a test's data, not a secret
    rows_of = at_random(rng, **SIZES[name]) if name in SIZES else HAND_WRITTEN[name]
    shuffled = {table: in_heap_order(rows, TIES.get(table), rng) for table, rows in rows_of.items()}
    return Dataset(name=name, schema=SCHEMA, tables=shuffled, seed=seed)


def in_heap_order(rows, tie, rng):
    """Shuffle the rows. Rows that tie end up forwards in every other group and backwards in the rest.

    So neither the order of insertion nor a stable sort can stand in for a tie-breaker, whichever the seed.
    """
    heap = list(rows)
    rng.shuffle(heap)
    if tie:
        places = defaultdict(list)
        for place, row in enumerate(heap):
            places[tuple(row[column] for column in tie)].append(place)
        groups = [group for group in places.values() if len(group) > 1]
        for number, group in enumerate(groups):
            in_turn = sorted((heap[place] for place in group), reverse=number % 2 == 1)
            for place, row in zip(group, in_turn, strict=True):
                heap[place] = row
    return heap


def utc(text):
    """Read an instant as people write it: "2025-01-29 10:00", in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def addresses(*rows):
    """Give rows of customer_address; the time is text, or None for an imported row."""
    return [(number, customer, city, utc(time) if time else None) for number, customer, city, time in rows]


def payments(*rows):
    """Give rows of payment; time and amount are text."""
    return [(number, customer, store, utc(time), Decimal(paid)) for number, customer, store, time, paid in rows]


def clicks(*rows):
    """Give rows of click; the time is text."""
    return [(number, visitor, utc(time), page) for number, visitor, time, page in rows]


def catalogue(**categories):
    """Give the rows of product and sale from names and units: `black={"Assam": [3, 1]}` is two sales of Assam."""
    product, sale = [], []
    for category, teas in categories.items():
        for name, quantities in teas.items():
            product.append((len(product) + 1, category, name))
            for quantity in quantities:
                sale.append((len(sale) + 1, len(product), quantity))
    return product, sale


def tables(customer_address, products_and_sales, payment, click, store=STORES):
    """Put the six tables together, in the order in which foreign keys let them be loaded."""
    product, sale = products_and_sales
    return {
        "store": store,
        "customer_address": customer_address,
        "product": product,
        "sale": sale,
        "payment": payment,
        "click": click,
    }


# By day in Lisbon and in the evening in Auckland the wall shows the date of UTC. Only "midnight" leaves these hours.
HAND_WRITTEN = {
    "sample": tables(
        addresses(
            (1, 1, "Lisbon", "2025-01-10 09:00"),
            (2, 2, "Auckland", "2025-01-12 02:00"),
            (3, 1, "Porto", "2025-01-25 14:30"),
            (4, 3, "Hamilton", "2025-02-01 03:15"),
            (5, 2, "Wellington", "2024-11-30 22:40"),  # on paper first, typed in late
        ),
        catalogue(
            black={"Assam": [3, 1], "Ceylon": [2], "Darjeeling": [2, 1], "Earl Grey": [1]},
            green={"Gunpowder": [1], "Sencha": [3]},
        ),
        payments(
            (1, 1, LISBON, "2025-01-29 10:00", "12.50"),
            (2, 2, AUCKLAND, "2025-01-30 03:00", "30.00"),
            (3, 1, LISBON, "2025-01-31 11:30", "7.50"),
            (4, 2, AUCKLAND, "2025-02-01 02:15", "24.00"),
            (5, 1, LISBON, "2025-02-03 16:45", "30.50"),
            (6, 1, LISBON, "2025-02-03 17:20", "-5.00"),
            (7, 3, AUCKLAND, "2025-02-02 04:00", "18.00"),
        ),
        clicks(
            (1, 1, "2025-02-03 09:00", "home"),
            (2, 1, "2025-02-03 10:15", "help"),
            (3, 1, "2025-02-03 09:10", "sencha"),
            (4, 2, "2025-02-03 11:05", "home"),
            (5, 2, "2025-02-03 11:20", "assam"),
            (6, 1, "2025-02-03 09:25", "basket"),
        ),
    ),
    # Six rows are what Postgres sorts without moving equal ones, so in_heap_order decides for certain; with more,
    # an answer without a tie-breaker could be right by luck. Where there are more, as in click, so many pairs tie
    # that no luck lasts for all of them.
    "ties": tables(
        addresses(
            (1, 1, "Lisbon", "2025-01-10 09:00"),
            (2, 1, "Porto", "2025-01-10 09:00"),
            (3, 2, "Napier", "2025-01-11 03:00"),
            (4, 2, "Nelson", "2025-01-11 03:00"),
            (5, 3, "Evora", "2025-01-13 09:00"),
            (6, 3, "Tomar", "2025-01-13 09:00"),
        ),
        catalogue(
            black={"Ceylon": [4, 2], "Assam": [6], "Darjeeling": [5], "Earl Grey": [3]},
            green={"Bancha": [3, 1], "Gencha": [4], "Gunpowder": [1], "Longjing": [4], "Sencha": [7]},
            oolong={"Dong Ding": [3], "Milky": [2, 1], "Tie Guan": [8], "Wuyi": [6]},
        ),
        payments(
            (1, 1, LISBON, "2025-02-10 10:00", "10.00"),
            (2, 1, LISBON, "2025-02-10 10:00", "2.50"),
            (3, 1, LISBON, "2025-02-10 10:00", "4.00"),
            (4, 2, LISBON, "2025-02-10 12:00", "20.00"),
            (5, 2, LISBON, "2025-02-10 12:00", "6.00"),
            (6, 1, LISBON, "2025-02-10 12:00", "6.00"),
        ),
        clicks(
            (1, 1, "2025-02-03 10:00", "home"),
            (2, 1, "2025-02-03 10:00", "sencha"),
            (3, 2, "2025-02-03 10:10", "assam"),
            (4, 2, "2025-02-03 10:10", "help"),
            (5, 1, "2025-02-03 10:25", "basket"),
            (6, 1, "2025-02-03 10:25", "checkout"),
            # Five visitors at the same instant, as a newsletter brings them; visitor 1 comes back after them.
            (7, 3, "2025-02-03 11:30", "home"),
            (8, 3, "2025-02-03 11:30", "milky"),
            (9, 4, "2025-02-03 11:30", "sencha"),
            (10, 4, "2025-02-03 11:30", "help"),
            (11, 5, "2025-02-03 11:30", "assam"),
            (12, 5, "2025-02-03 11:30", "basket"),
            (13, 6, "2025-02-03 11:30", "home"),
            (14, 6, "2025-02-03 11:30", "sencha"),
            (15, 7, "2025-02-03 11:30", "milky"),
            (16, 7, "2025-02-03 11:30", "checkout"),
            (17, 1, "2025-02-03 12:30", "help"),
            (18, 1, "2025-02-03 12:30", "assam"),
        ),
    ),
    "holes": tables(
        addresses(
            (1, 1, "Lisbon", None),
            (2, 1, "Porto", "2025-01-10 09:00"),
            (3, 2, "Auckland", "2025-01-11 03:00"),
            (4, 2, "Napier", None),  # an import may come late
            (5, 3, "Faro", None),
            (6, 3, "Braga", "2025-01-12 09:00"),
            (7, 3, "Tomar", "2025-01-20 09:00"),
            (8, 4, "Evora", None),
            (9, 5, "Sintra", None),
            (10, 5, "Coimbra", "1969-07-21 09:00"),  # before the moment from which computers count
        ),
        catalogue(
            black={"Assam": [2, 2], "Ceylon": [1], "Darjeeling": []},
            green={"Bancha": [], "Gunpowder": [], "Sencha": []},
            white={"Baimudan": [1]},
        ),
        payments(
            (1, 1, LISBON, "2024-02-20 10:00", "10.00"),  # the month before March, but a year too early
            (2, 1, LISBON, "2025-03-09 09:30", "8.00"),
            (3, 1, LISBON, "2025-03-01 11:00", "20.00"),
            (4, 4, LISBON, "2025-03-03 12:00", "4.00"),
            (5, 2, AUCKLAND, "2025-05-14 02:00", "50.00"),
            (6, 1, LISBON, "2025-04-07 10:00", "40.00"),
            (7, 2, AUCKLAND, "2025-02-10 03:00", "25.00"),
            (8, 2, AUCKLAND, "2025-02-13 04:00", "35.00"),
            (9, 3, AUCKLAND, "2025-06-02 05:00", "75.00"),
            (10, 1, LISBON, "2025-03-09 08:15", "2.00"),
            (11, 3, AUCKLAND, "2025-08-11 03:00", "45.00"),  # the month before last is only 61 days before
            (12, 3, AUCKLAND, "2026-01-12 03:00", "60.00"),
            (13, 3, AUCKLAND, "2026-03-10 03:00", "30.00"),  # and without a February, only 59
        ),
        clicks(
            (1, 1, "2025-02-03 10:00", None),
            (2, 1, "2025-02-03 10:05", "sencha"),
            (3, 1, "2025-02-03 10:10", "basket"),
            (4, 2, "2025-02-03 12:00", "home"),
            (5, 2, "2025-02-03 12:10", None),
            (6, 2, "2025-02-03 12:20", "assam"),
            (7, 3, "2025-02-03 14:00", "home"),
            (8, 3, "2025-02-03 14:15", None),
            (9, 4, "2025-02-03 16:00", None),
        ),
    ),
    "borders": tables(
        addresses(
            (1, 1, "Lisbon", "2024-12-31 23:59:59.999999"),
            (2, 1, "Porto", "2025-01-01 00:00"),
            (3, 2, "Napier", "2025-01-01 00:00"),
            (4, 3, "Evora", "2025-01-05 15:00"),
            (5, 3, "Tomar", "2025-01-05 09:00"),  # the same day, earlier
            (6, 4, "Nelson", "2025-01-06 03:00:00.4"),
            (7, 4, "Wellington", "2025-01-06 03:00:00.1"),  # the same second, earlier
        ),
        catalogue(
            black={"Assam": [9], "Ceylon": [8], "Darjeeling": [7], "Earl Grey": [6], "Keemun": []},
            green={"Gunpowder": [2], "Sencha": [1]},
        ),
        payments(
            (1, 1, LISBON, "2024-12-28 10:00", "10.00"),
            (2, 1, LISBON, "2024-12-29 10:00", "20.00"),
            (3, 1, LISBON, "2024-12-30 10:00", "30.00"),
            (4, 1, LISBON, "2024-12-31 10:00", "40.00"),
            (5, 1, LISBON, "2025-01-01 10:00", "50.00"),
            (6, 1, LISBON, "2025-01-02 10:00", "60.00"),
            (7, 1, LISBON, "2025-01-03 10:00", "70.00"),
            (8, 1, LISBON, "2025-01-04 10:00", "95.00"),
            (9, 1, AUCKLAND, "2024-12-30 03:00", "80.00"),  # on a journey
            (10, 2, AUCKLAND, "2025-01-02 03:00", "20.00"),
        ),
        clicks(
            (1, 1, "2025-02-03 10:00", "home"),
            (2, 1, "2025-02-03 10:30", "sencha"),  # exactly 30 minutes later
            (3, 1, "2025-02-03 11:00:01", "basket"),  # one second more
            (4, 1, "2025-02-03 11:30:01", "help"),
            (5, 2, "2025-02-03 20:00", "home"),
            (6, 2, "2025-02-03 21:05", "assam"),  # over an hour, but its minutes are 5
            (7, 2, "2025-02-04 21:10", "help"),  # over a day, but its hours are 0
            (8, 3, "2025-02-05 09:00", "home"),
            (9, 3, "2025-02-05 09:30:00.4", "milky"),  # a part of a second more than 30 minutes
        ),
    ),
    "midnight": tables(
        addresses(
            (1, 1, "Lisbon", "2025-03-31 22:59"),
            (2, 1, "Porto", "2025-03-31 23:00"),
        ),
        catalogue(black={"Assam": [2], "Ceylon": [1]}),
        payments(
            (1, 1, LISBON, "2025-03-29 23:30", "10.00"),  # 23:30 on 29 March, winter time
            (2, 1, LISBON, "2025-03-30 23:30", "20.00"),  # 00:30 on 31 March, summer time
            (3, 1, LISBON, "2025-03-31 22:59", "5.00"),  # 23:59 on 31 March
            (4, 1, LISBON, "2025-03-31 23:00", "40.00"),  # 00:00 on 1 April
            (5, 1, LISBON, "2025-10-20 23:30", "15.00"),  # 00:30 on 21 October, summer time
            (6, 1, LISBON, "2025-10-26 23:30", "25.00"),  # 23:30 on 26 October, winter time
            (7, 1, LISBON, "2025-10-27 00:00", "35.00"),  # 00:00 on 27 October: 145 hours after the 21st began
            (8, 1, LISBON, "2025-10-31 23:30", "45.00"),  # 23:30 on 31 October
            (9, 1, LISBON, "2025-11-01 00:00", "55.00"),  # 00:00 on 1 November
            (10, 2, AUCKLAND, "2025-03-31 10:59", "12.00"),  # 23:59 on 31 March, summer time
            (11, 2, AUCKLAND, "2025-03-31 11:00", "18.00"),  # 00:00 on 1 April
            (12, 2, AUCKLAND, "2025-04-06 11:30", "24.00"),  # 23:30 on 6 April, winter time
            (13, 2, AUCKLAND, "2025-04-06 12:00", "36.00"),  # 00:00 on 7 April: 145 hours after the 1st began
            (14, 2, AUCKLAND, "2025-04-30 11:30", "48.00"),  # 23:30 on 30 April
            (15, 2, AUCKLAND, "2025-04-30 12:00", "60.00"),  # 00:00 on 1 May
            (16, 3, HALIFAX, "2025-04-01 02:59", "14.00"),  # 23:59 on 31 March, summer time
            (17, 3, HALIFAX, "2025-04-01 03:00", "28.00"),  # 00:00 on 1 April
            (18, 3, HALIFAX, "2025-03-31 21:30", "7.00"),  # 18:30 on 31 March
        ),
        clicks(
            (1, 1, "2025-02-03 23:10", "home"),
            (2, 1, "2025-02-03 23:35", "sencha"),
            (3, 1, "2025-02-04 00:00", "milky"),
            (4, 1, "2025-02-04 00:25", "basket"),
            (5, 2, "2025-02-03 22:10", "home"),
            (6, 2, "2025-02-03 22:30", "help"),
        ),
        store=[*STORES, (HALIFAX, "Leaf & Kettle Halifax", "America/Halifax")],
    ),
    "refunds": tables(
        addresses(
            (1, 1, "Lisbon", "2025-01-10 09:00"),
            (2, 1, None, "2025-01-15 09:00"),
            (3, 2, None, "2025-01-11 03:00"),
            (4, 2, "Napier", "2025-01-16 03:00"),
            (5, 3, None, "2025-01-12 09:00"),
        ),
        catalogue(black={"Assam": [4], "Ceylon": [1]}, white={"Baimudan": [2]}),
        payments(
            (1, 1, LISBON, "2025-01-10 10:00", "20.00"),
            (2, 1, LISBON, "2025-01-12 10:00", "-20.00"),
            (3, 1, LISBON, "2025-02-11 10:00", "15.00"),
            (4, 1, LISBON, "2025-03-12 10:00", "-5.00"),
            (5, 2, LISBON, "2025-04-14 10:00", "10.00"),
            (6, 2, LISBON, "2025-05-15 10:00", "20.00"),
            (7, 3, AUCKLAND, "2025-01-15 03:00", "10.00"),
            (8, 3, AUCKLAND, "2025-02-17 03:00", "-30.00"),
            (9, 3, AUCKLAND, "2025-03-19 03:00", "-10.00"),
            # 105 cups bought at once, and brought back one by one.
            (10, 4, LISBON, "2024-06-03 10:00", "105.00"),
            *[(10 + cup, 4, LISBON, f"2024-06-03 {10 + cup // 60}:{cup % 60:02}", "-1.00") for cup in range(1, 106)],
            # A month of less than one is still more than zero.
            (116, 3, AUCKLAND, "2025-04-18 03:00", "0.50"),
            (117, 3, AUCKLAND, "2025-05-20 03:00", "2.00"),
        ),
        clicks(
            (1, 1, "2025-02-03 10:00", "help"),
            (2, 1, "2025-02-03 10:05", "refund"),
            # What one visitor does twice at one moment has happened twice.
            (3, 1, "2025-02-03 10:05", "refund"),
            (4, 1, "2025-02-03 10:05", "basket"),
            (5, 1, "2025-02-03 11:00", "help"),
            (6, 1, "2025-02-03 11:00", "help"),
        ),
    ),
    "empty": tables([], catalogue(black={"Assam": [], "Ceylon": []}, white={"Baimudan": []}), [], []),
    "one": tables(
        addresses((1, 1, "Lisbon", "2025-01-10 09:00")),
        catalogue(black={"Assam": [1]}),
        payments((1, 1, LISBON, "2025-01-10 10:00", "0.01")),
        clicks((1, 1, "2025-02-03 10:00", "home")),
        store=STORES[:1],
    ),
}

SIZES = {
    "small": {"people": 4, "products": 8, "rows": 16},
    "large": {"people": 60, "products": 90, "rows": 700},
}

CATEGORIES = ["black", "green", "herbal", "oolong", "white"]
CITIES = ["Lisbon", "Porto", "Braga", "Auckland", "Napier", "Nelson"]
PAGES = ["home", "sencha", "assam", "basket", "checkout", "help"]
# Between two clicks of a visitor: from no time at all to days, most often round the 30 minutes that matter.
PAUSES = [
    timedelta(0),
    timedelta(seconds=20),
    timedelta(minutes=10),
    timedelta(minutes=29, seconds=59),
    timedelta(minutes=30),
    timedelta(minutes=30, seconds=1),
    timedelta(minutes=65),
    timedelta(days=1, minutes=3),
]


def at_random(rng, *, people, products, rows):
    """Draw `rows` rows each of addresses, sales, payments and clicks of `people` customers, with every trap in them."""

    def one_of(values):
        return values[rng.randrange(len(values))]

    def chance(percent):
        return rng.randrange(100) < percent

    def numbers():
        # A table's numbers, in an order that has nothing to do with time.
        ids = list(range(1, rows + 1))
        rng.shuffle(ids)
        return ids

    zones = ["Europe/Lisbon", "Pacific/Auckland", "America/Halifax"]
    rng.shuffle(zones)
    store = [(number, f"Leaf & Kettle {zone}", zone) for number, zone in enumerate(zones, start=1)]

    start = utc("2024-10-01 00:00")
    months = [month for month in range(14) if chance(70)] or [0]

    def some_time():
        # Hours on the quarter, so that midnights and ties are hit; whole months are left out.
        return start + timedelta(days=30 * one_of(months) + rng.randrange(30), minutes=15 * rng.randrange(96))

    customer_address = []
    for number in numbers():
        customer, recorded = 1 + rng.randrange(people), None if chance(15) else some_time()
        if customer_address and chance(30):
            _, customer, _, recorded = one_of(customer_address)
        customer_address.append((number, customer, None if chance(15) else one_of(CITIES), recorded))

    payment = []
    for number in numbers():
        customer, at, paid = 1 + rng.randrange(people), one_of(store)[0], some_time()
        if payment and chance(25):
            _, customer, at, paid, _ = one_of(payment)
        cents = -rng.randrange(1, 9000) if chance(30) else rng.randrange(1, 9000)
        payment.append((number, customer, at, paid, Decimal(cents).scaleb(-2)))

    product = [(number, one_of(CATEGORIES), f"Tea {number}") for number in range(1, products + 1)]
    on_sale = [number for number, category, _ in product if category != "herbal" and chance(75)] or [1]
    sale = [(number, one_of(on_sale), 1 + rng.randrange(4)) for number in numbers()]

    # At one moment a newsletter goes out, and half of the visitors come at once.
    click, last_seen, newsletter = [], {}, some_time()
    for number in numbers():
        visitor = 1 + rng.randrange(people)
        time = last_seen[visitor] + one_of(PAUSES) if visitor in last_seen else one_of([newsletter, some_time()])
        last_seen[visitor] = time
        click.append((number, visitor, time, None if chance(15) else one_of(PAGES)))

    return tables(customer_address, (product, sale), payment, click, store=store)
