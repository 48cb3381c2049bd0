"""The data sets of Spoke & Sprocket. Each has all tables and serves all eight tasks.

| data set     | what is nasty about it                                                                    |
|--------------|-------------------------------------------------------------------------------------------|
| sample       | nothing: it's the one that the README shows                                               |
| diamonds     | the same thing reached on two ways, equal lines, names, prices, places; two orders a day  |
| loops        | belts, hauliers and groups in circles, circles that cross; equal debts, huge quantities,  |
|              | neighbours of one place                                                                   |
| orphans      | several roots, managers who have left, what nobody can reach, what nobody has ordered     |
| deep         | ten thousand managers in a row, a ring of belts, groups in groups, more than a year       |
| numbers      | 9, 10 and -1, numbers against the order of the tree, dear legs that lead to cheap ones    |
| corners      | just the average, an entrance on the way, ' > ' in a name, a line that nobody gives work,  |
|              | managers who have left with any number, routes that differ in 9 and 10 only               |
| empty, one   | no rows; one row a table                                                                  |
| small, large | all of it at random                                                                       |

The seed decides the random ones, and in which order the rows of all of them are inserted. The same seed gives the
same rows on every Python.
"""

import functools
import random
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

from harness import Dataset

SCHEMA = Path(__file__).with_name("schema.sql").read_text(encoding="utf-8")


@functools.cache
def factory(name: str, seed: int) -> Dataset:
    """Make the data set `name`, its rows in an order that the seed decides. Raises KeyError for an unknown name."""
    rng = random.Random(f"{seed}:{name}")  # noqa: S311 - a test's data, not a secret
    rows_of = at_random(rng, **SIZES[name]) if name in SIZES else HAND_WRITTEN[name]()
    for rows in rows_of.values():
        rng.shuffle(rows)
    return Dataset(name=name, schema=SCHEMA, tables=rows_of, seed=seed)


def numbered(rows):
    """Put a number before each row, from 1."""
    return [(number, *row) for number, row in enumerate(rows, start=1)]


def orders(**of):
    """Give sales orders by customer, each with its lines and payments: `Ann=([(2, "10.00")], ["5.00"])`."""
    lines, paid = [], []
    for number, (sold, amounts) in enumerate(of.values(), start=1):
        lines += [(number, quantity, Decimal(price)) for quantity, price in sold]
        paid += [(number, Decimal(amount)) for amount in amounts]
    return {"sales_order": numbered((name,) for name in of), "order_line": numbered(lines), "payment": numbered(paid)}


def people(*rows):
    """Give employees as (number, name, manager)."""
    return {"employee": list(rows)}


def parts(bicycles, names, lists):
    """Give parts, numbered by their place in `names`, and parts lists: `{"wheel": [("spoke", 36)]}`.

    What stands behind a dot is no part of the name: "lamp" and "lamp.2" are two parts called lamp.
    """
    number = {name: place for place, name in enumerate(names.split(), start=1)}
    lines = [(number[whole], number[name], count) for whole, its in lists.items() for name, count in its]
    return {
        "part": [(place, name.partition(".")[0], name in bicycles.split()) for name, place in number.items()],
        "component": numbered(lines),
    }


def catalogue(*rows):
    """Give categories as (number, parent, place, name)."""
    return {"category": list(rows)}


def floor(entrances, stations, belts):
    """Give stations, numbered by their place in `stations`, and belts as pairs: "saw>weld weld>paint"."""
    number = {name: place for place, name in enumerate(stations.split(), start=1)}
    ways = [tuple(number[name] for name in way.split(">")) for way in belts.split()]
    return {
        "station": [(place, name, name in entrances.split()) for name, place in number.items()],
        "belt": numbered(ways),
    }


def freight(most_legs, towns, legs):
    """Give towns, numbered by their place in `towns`, and legs: "Porto>Lyon:80". The factory is in Porto."""
    number = {name: place for place, name in enumerate(towns.split(), start=1)}
    factory_town = number.get("Porto", 1)
    ways = []
    for leg in legs.split():
        way, _, price = leg.partition(":")
        ways.append((*(number[name] for name in way.split(">")), Decimal(price)))
    return {
        "town": [(place, name, place == factory_town) for name, place in number.items()],
        "leg": numbered(ways),
        "contract": [(most_legs,)],
    }


def badges(groups, members, doors):
    """Give groups by name, members as "group:employee" or "group<subgroup", doors as "door:group"."""
    number = {name: place for place, name in enumerate(groups.split(), start=1)}
    held = []
    for member in members.split():
        if ":" in member:
            group, employee = member.split(":")
            held.append((number[group], int(employee), None))
        else:
            group, subgroup = member.split("<")
            held.append((number[group], None, number[subgroup]))
    opened = [door.split(":") for door in doors.split()]
    return {
        "badge_group": [(place, name) for name, place in number.items()],
        "group_member": numbered(held),
        "door_group": [(int(door), number[group]) for door, group in opened],
    }


def work(capacities, *rows):
    """Give assembly lines by their capacities, and work orders as (line, day, bicycles)."""
    return {
        "assembly_line": numbered((capacity,) for capacity in capacities),
        "work_order": numbered((line, date.fromisoformat(day), count) for line, day, count in rows),
    }


def sample():
    """Nothing nasty."""
    return {
        **orders(
            Ada=([(2, "900.00")], ["500.00"]),
            Ben=([(1, "400.00"), (1, "650.00")], ["400.00", "200.00"]),
            Cem=([(3, "300.00")], ["900.00"]),
            Dee=([(1, "1200.00"), (2, "150.00")], []),
        ),
        **people((1, "Ida", None), (2, "Jon", 1), (3, "Kim", 1), (4, "Lea", 2), (5, "Max", 4), (6, "Nia", 3)),
        **parts(
            "tourer",
            "tourer frame wheel rim spoke bolt",
            {
                "tourer": [("frame", 1), ("wheel", 2), ("bolt", 4)],
                "wheel": [("rim", 1), ("spoke", 36), ("bolt", 2)],
            },
        ),
        **catalogue(
            (1, None, 1, "Bicycles"),
            (2, None, 2, "Parts"),
            (3, 1, 2, "Touring"),
            (4, 1, 1, "Racing"),
            (5, 2, 1, "Wheels"),
            (6, 5, 1, "Rims"),
        ),
        **floor("saw", "saw weld paint dry pack scrap", "saw>weld weld>paint paint>dry dry>pack weld>scrap saw>paint"),
        **freight(3, "Porto Lyon Bern Oslo", "Porto>Lyon:80 Lyon>Bern:30 Porto>Bern:120 Bern>Oslo:150"),
        **badges(
            "staff welders painters keys",
            "staff<welders staff<painters welders:4 welders:5 painters:6 keys:2",
            "1:staff 2:welders 2:keys",
        ),
        **work([10, 5], (1, "2025-03-03", 25), (1, "2025-03-05", 4), (2, "2025-03-04", 9)),
    }


def diamonds():
    """The same thing reached on two ways."""
    return {
        **orders(
            # Two equal lines and two equal payments are two.
            Ann=([(1, "500.00"), (1, "500.00")], ["100.00", "100.00"]),
            Ann_2=([(1, "500.00")], ["100.00"]),
            Bo=([(2, "400.00")], ["250.00", "250.00", "50.00"]),
            Cy=([(1, "700.00"), (1, "200.00")], ["150.00"]),
        ),
        # Three Kims, two of them managers; two people below each.
        **people(
            (1, "Kim", None),
            (2, "Kim", 1),
            (3, "Lou", 1),
            (4, "Kim", 2),
            (5, "Lou", 3),
            (6, "Lou", 3),
            (7, "Mo", 4),
        ),
        **parts(
            "tandem",
            "tandem front rear wheel bolt spoke lamp lamp.2",
            {
                # Both ends need as many wheels and bolts, and each list names the bolt twice.
                "tandem": [("front", 1), ("rear", 1), ("bolt", 2), ("bolt", 2)],
                "front": [("wheel", 1), ("bolt", 3), ("lamp", 1)],
                "rear": [("wheel", 1), ("bolt", 3), ("lamp.2", 1)],
                "wheel": [("spoke", 32), ("bolt", 2), ("bolt", 2)],
            },
        ),
        **catalogue(
            (1, None, 1, "Wheels"),
            (2, None, 1, "Wheels"),
            (3, 1, 1, "Rims"),
            (4, 1, 1, "Rims"),
            (5, 2, 1, "Rims"),
            (6, 4, 1, "Wheels"),
            (7, 3, 1, "Hubs"),
        ),
        **floor("a b", "a b c d e f", "a>c a>d c>e d>e e>f b>d b>f a>f c>f d>f a>c"),
        # Two hauliers on one leg; two ways of one price, to the cent; of the same price, one with fewer legs.
        **freight(
            3,
            "Porto Bern Lyon Oslo Riga Kiel",
            "Porto>Bern:50 Porto>Bern:40.20 Porto>Lyon:40.15 Bern>Oslo:60 Lyon>Oslo:60.05 "
            "Oslo>Riga:10 Porto>Riga:110.20 Lyon>Kiel:20.15 Bern>Kiel:20.10",
        ),
        **badges(
            "all day night office both",
            "all<day all<night day<both night<both both:2 both:3 day:2 night:4 office:2 both:3",
            "1:all 1:office 2:day 2:night 3:office",
        ),
        **work(
            [4, 4],
            (1, "2025-03-03", 6),
            (1, "2025-03-03", 6),
            (1, "2025-03-06", 3),
            (2, "2025-03-03", 6),
            (2, "2025-03-05", 1),
        ),
    }


def loops():
    """Circles: of one, of two, of three, and some that cross. Only the trees have none."""
    return {
        # Ten owe 90, ten 80, by turns: enough that no sort leaves equal ones as it found them.
        **orders(
            **{f"c{number}": ([(1, "100.00")], ["10.00" if number % 2 else "20.00"]) for number in range(1, 21)},
            **{f"d{number}": ([(1, "100.00")], ["120.00"]) for number in range(1, 6)},
        ),
        **people((1, "Kim", None), (2, "Lou", 1), (3, "Mo", 2)),
        # Each quantity is an integer, and their product is too large for one.
        **parts("bike", "bike sail thread", {"bike": [("sail", 59_999)], "sail": [("thread", 60_001)]}),
        # The names of neighbours run against their numbers.
        **catalogue(
            (1, None, 1, "Bicycles"),
            (2, 1, 1, "Touring"),
            (3, 1, 1, "Racing"),
            (4, 1, 1, "Cargo"),
            (5, None, 1, "Bags"),
            (6, None, 0, "Wheels"),
        ),
        # A pallet goes round on its own station; rework crosses the circle round weld.
        **floor(
            "saw",
            "saw weld paint check rework pack",
            "saw>weld weld>paint paint>check check>weld check>rework rework>paint rework>weld check>pack pack>pack",
        ),
        **freight(
            5,
            "Porto Lyon Bern Oslo Kiel",
            "Porto>Lyon:10 Lyon>Porto:0 Lyon>Lyon:0 Lyon>Bern:10 Bern>Lyon:5 Bern>Oslo:10 "
            "Oslo>Bern:0 Oslo>Kiel:10 Porto>Oslo:35",
        ),
        **badges(
            "own ring1 ring2 ring3 out",
            "own<own own:1 ring1<ring2 ring2<ring3 ring3<ring1 ring3<ring2 ring2:2 ring3:3 out<ring1",
            "1:own 2:ring1 3:ring3 4:out",
        ),
        **work([3], (1, "2025-03-03", 7), (1, "2025-03-04", 2)),
    }


def orphans():
    """What has no beginning, and what nobody can reach."""
    return {
        # Eve has paid before she chose anything; Fay neither ordered nor paid, but lowers the average below Gus.
        **orders(
            Ann=([(1, "800.00")], []),
            Eve=([], ["200.00"]),
            Fay=([], []),
            Gus=([(1, "300.00")], ["50.00"]),
        ),
        **people(
            (10, "Ida", None),
            (11, "Jon", 10),
            (12, "Kim", 99),  # 99 and 98 have left
            (13, "Lea", 12),
            (14, "Max", 98),
            (15, "Nia", None),
            (16, "Oli", 13),
            (17, "Pia", 99),
        ),
        # A bicycle that is bought whole, one that goes into a set, and an assembly that no bicycle needs.
        **parts(
            "bike set bought",
            "bike set bought frame tube box sled runner",
            {
                "bike": [("frame", 1)],
                "frame": [("tube", 3)],
                "set": [("bike", 2), ("box", 1), ("bought", 1)],
                "sled": [("runner", 2), ("tube", 4)],
            },
        ),
        **catalogue(
            (1, None, 3, "Bicycles"),
            (2, None, 1, "Parts"),
            (3, None, 2, "Outlet"),
            (4, 3, 1, "Wheels"),
            (5, 2, 1, "Racing"),
        ),
        # The entrance "dock" has no belt, and nothing leads to "attic".
        **floor("dock saw weld", "dock saw weld paint pack attic", "saw>paint paint>pack weld>pack attic>pack"),
        # The factory is in town 2, Oslo and Faro are too far, and nothing leads to Kiel.
        **freight(
            2,
            "Lyon Porto Bern Oslo Faro Kiel",
            "Kiel>Porto:5 Porto>Bern:20 Bern>Lyon:10 Lyon>Oslo:10 Oslo>Faro:1",
        ),
        **badges("empty hollow lone", "hollow<empty lone:10 lone:12", "1:empty 2:hollow 3:lone 3:hollow"),
        **work([2, 9], (1, "2025-02-27", 5), (1, "2025-03-04", 5), (2, "2025-03-02", 9)),
    }


def deep():
    """Chains that nobody joins by hand."""
    levels = 10_000
    hall = [f"s{number}" for number in range(1, 601)]
    ring = " ".join(f"{a}>{b}" for a, b in pairwise([*hall, hall[0]]))
    groups = [f"g{number}" for number in range(1, 301)]
    nested = " ".join(f"{a}<{b}" for a, b in pairwise(groups))
    towns = [f"t{number}" for number in range(1, 41)]
    legs = " ".join(f"{a}>{b}:1.25" for a, b in pairwise(towns))
    names = [f"p{number}" for number in range(1, 121)]
    # Twice the same quantity every fifth level: 2 to the power of 24 of the last part.
    lists = {a: [(b, 2 if number % 5 == 0 else 1)] for number, (a, b) in enumerate(pairwise(names))}
    return {
        **orders(**{f"c{number}": ([(1, "100.00")], [f"{number}.00"]) for number in range(1, 31)}),
        **people(*((number, f"e{number}", number - 1 if number > 1 else None) for number in range(1, levels + 1))),
        **parts("p1", " ".join(names), lists),
        **catalogue(*((number, number - 1 or None, 1, f"c{number}") for number in range(1, 121))),
        **floor("s1", " ".join(hall), ring),
        **freight(30, " ".join(towns), legs),
        **badges(" ".join(groups), f"{nested} g300:7 g300:8 g150:9", "1:g1 2:g200"),
        **work([1], (1, "2024-02-27", 380), (1, "2025-03-01", 1), (1, "2025-06-01", 2)),
    }


def numbers():
    """Numbers that sort otherwise as text, and that go against the tree."""
    return {
        # The average of what is open is 333.336..., rounded 333.34, and just that is what one order owes.
        **orders(
            Ann=([(1, "333.34")], []),
            Bo=([(1, "1066.68")], ["400.00"]),
            Cy=([(1, "0.01")], ["0.02"]),
        ),
        # A manager has a higher number than those below; levels are not what the numbers say.
        **people((9, "Ada", None), (8, "Bob", 9), (10, "Cem", 9), (7, "Dee", 8), (100, "Eli", 7), (2, "Fay", 10)),
        **parts(
            "trike",
            "bolt spoke wheel axle trike",
            {
                "trike": [("axle", 2), ("wheel", 1), ("bolt", 10)],
                "axle": [("wheel", 3), ("bolt", 5)],
                "wheel": [("spoke", 36), ("bolt", 7)],
            },
        ),
        **catalogue(
            (5, None, 9, "Tools"),
            (4, None, 10, "Bags"),
            (3, None, -1, "News"),
            (2, None, -2, "Before the news"),
            (10, 5, 10, "Pumps"),
            (9, 5, 9, "Keys"),
            (12, 5, 1_000_000, "Sundries"),
            (1, 12, 2, "All"),
            (11, 12, 11, "Aid"),
            (6, 4, 2, "Large"),
            (7, 4, 3, "Bar"),
            (8, 3, 0, "Zest"),
        ),
        **floor("s9", "s11 s10 s9 s8 s7", "s9>s8 s8>s7 s7>s11 s9>s7 s10>s7"),
        # The cheapest first leg leads astray, and the cheapest way to Kiel has too many legs.
        **freight(
            3,
            "Lyon Bern Porto Oslo Kiel Riga Faro",
            "Porto>Lyon:18 Porto>Bern:20 Lyon>Oslo:200 Bern>Oslo:40 Oslo>Kiel:18 Lyon>Bern:1 "
            "Porto>Kiel:120 Kiel>Riga:2 Porto>Faro:140",
        ),
        **badges("g9 g10 g1", "g10<g9 g1<g10 g9:9 g9:10 g10:100 g1:2", "10:g10 9:g1 9:g9 100:g1"),
        **work([10, 3], (2, "2024-12-30", 10), (1, "2024-12-31", 9), (1, "2025-01-02", 11), (2, "2025-01-06", 3)),
    }


def corners():
    """What lies just on a border, or where nobody looks for it."""
    return {
        # They owe 300, 200 and 100: Bo just the average.
        **orders(
            Ann=([(3, "150.00")], ["150.00"]),
            Bo=([(1, "250.00")], ["50.00"]),
            Cy=([(2, "100.00")], ["100.00"]),
        ),
        # 3, 50 and 200 have left. 98 and 99, who have left in the data set "orphans", are here.
        **people(
            (1, "Kim", None),
            (2, "Lou", 1),
            (4, "Mo", 3),
            (98, "Ned", 1),
            (99, "Oz", 98),
            (100, "Pam", 99),
            (101, "Quin", 50),
            (102, "Rob", 200),
        ),
        # Two bicycles of the same parts.
        **parts(
            "bike trike",
            "bike trike frame tube wheel",
            {
                "bike": [("frame", 1), ("wheel", 2)],
                "trike": [("frame", 1), ("wheel", 3)],
                "frame": [("tube", 3)],
            },
        ),
        **catalogue((1, None, 1, "Tools"), (2, 1, 1, "A > Z"), (3, 2, 1, "Keys"), (4, None, 2, "Bags")),
        **floor("saw mill", "saw weld mill paint pack", "saw>weld weld>mill mill>paint paint>pack"),
        **freight(
            2,
            "Porto t2 t3 t4 t5 t6 t7 t8 t9 t10 t11",
            "Porto>t10:3 t10>t11:3 Porto>t9:3 t9>t11:3",
        ),
        **badges("all day", "all<day all:1 day:2", "1:all 2:day"),
        # Line 2 was never given work.
        **work([2, 5, 3], (1, "2025-03-03", 3), (1, "2025-03-05", 1), (3, "2025-03-04", 4)),
    }


def empty():
    """Nothing but the contract."""
    return {
        **orders(),
        **people(),
        **parts("", "", {}),
        **catalogue(),
        **floor("", "", ""),
        **freight(3, "", ""),
        **badges("", "", ""),
        **work([]),
    }


def one():
    """One row a table, where that says anything."""
    return {
        **orders(Ann=([(1, "10.00")], ["4.00"])),
        **people((1, "Ida", None)),
        **parts("bike", "bike frame", {"bike": [("frame", 1)]}),
        **catalogue((1, None, 1, "Bicycles")),
        **floor("saw", "saw", "saw>saw"),
        **freight(1, "Porto", "Porto>Porto:1"),
        **badges("all", "all:1", "1:all"),
        **work([1], (1, "2025-03-03", 2)),
    }


HAND_WRITTEN = {
    "sample": sample,
    "diamonds": diamonds,
    "loops": loops,
    "orphans": orphans,
    "deep": deep,
    "numbers": numbers,
    "corners": corners,
    "empty": empty,
    "one": one,
}

SIZES = {"small": {"size": 6}, "large": {"size": 40}}

NAMES = ["Ada", "Bob", "Cem", "Dee", "Eli", "Fay", "Kim"]


def at_random(rng, *, size):
    """Draw everything at random; `size` people, and of the rest as many as a path by path search can bear."""
    few = min(size, 9)

    def one_of(values):
        return values[rng.randrange(len(values))]

    def chance(percent):
        return rng.randrange(100) < percent

    def cents(most):
        return str(Decimal(rng.randrange(most)).scaleb(-2))

    def numbers_in_disorder(count):
        return rng.sample(range(1, 3 * count + 1), count)

    sold = {
        f"c{number}": (
            [(1 + rng.randrange(3), cents(90_000)) for _ in range(rng.randrange(4))],
            [cents(60_000) for _ in range(rng.randrange(4))],
        )
        for number in range(size)
    }

    def some_manager(known):
        # Now and then nobody, or somebody who has left, whose number may be any but those of who is here.
        return None if chance(10) or not known else one_of(gone) if chance(10) else one_of(known)

    ids = numbers_in_disorder(size)
    gone = [number for number in range(1, 3 * size + 2) if number not in ids]
    staff = [(number, one_of(NAMES), some_manager(ids[:place])) for place, number in enumerate(ids)]
    part_names = [f"p{number}" for number in range(1, size // 2 + 7)]
    lists = {
        name: [(one_of(part_names[place + 1 : place + 6]), 1 + rng.randrange(4)) for _ in range(rng.randrange(1, 4))]
        for place, name in enumerate(part_names[:-4])
        if chance(75)
    }
    shuffled = part_names[:]
    rng.shuffle(shuffled)
    bicycles = [name for place, name in enumerate(part_names) if place == 0 or chance(15)]
    ids = numbers_in_disorder(size)
    shelves = []
    for place, number in enumerate(ids):
        near = ids[max(0, place - 5) : place]
        shelves.append((number, one_of(near) if near and chance(85) else None, rng.randrange(-3, 14), one_of(NAMES)))
    stations = [f"s{number}" for number in range(few + 3)]
    belts = [f"{one_of(stations)}>{one_of(stations)}" for _ in range(2 * few)]
    towns = [f"t{number}" for number in range(few)]
    legs = [f"{one_of(towns)}>{one_of(towns)}:{5 * rng.randrange(9)}" for _ in range(3 * few)]
    groups = [f"g{number}" for number in range(few)]
    members = [f"{one_of(groups)}:{one_of(staff)[0]}" for _ in range(2 * few)]
    members += [f"{one_of(groups)}<{one_of(groups)}" for _ in range(2 * few)]
    doors = {f"{1 + rng.randrange(few)}:{one_of(groups)}" for _ in range(few)}
    start = date(2024, 12, 20)
    given = [
        (1 + rng.randrange(4), str(start + timedelta(days=rng.randrange(2 * size))), 1 + rng.randrange(30))
        for _ in range(size)
    ]
    return {
        **orders(**sold),
        **people(*staff),
        **parts(" ".join(bicycles), " ".join(shuffled), lists),
        **catalogue(*shelves),
        **floor(f"{stations[0]} {stations[-1]}", " ".join(rng.sample(stations, len(stations))), " ".join(belts)),
        **freight(1 + rng.randrange(5), " ".join(towns), " ".join(legs)),
        **badges(" ".join(groups), " ".join(members), " ".join(sorted(doors))),
        **work([1 + rng.randrange(9) for _ in range(4)], *given),
    }
