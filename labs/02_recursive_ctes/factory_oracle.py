"""What the right answers are: one function a task, in plain Python, written to be read rather than to be fast.

It knows nothing of SQL and was not derived from the solutions. Each function takes a data set and gives the expected
table; its key is what tells one row from another.
"""

from collections import Counter, defaultdict, deque
from datetime import timedelta
from decimal import Decimal

from harness import Dataset, Table


def open_orders(factory: Dataset) -> Table:
    """Add up each order's lines and payments apart from each other, then compare with the mean over all orders."""
    total, paid = defaultdict(Decimal), defaultdict(Decimal)
    for _, order_id, quantity, price in factory.tables["order_line"]:
        total[order_id] += quantity * price
    for _, order_id, amount in factory.tables["payment"]:
        paid[order_id] += amount
    rows = [
        (order_id, customer, total[order_id], paid[order_id], total[order_id] - paid[order_id])
        for order_id, customer in factory.tables["sales_order"]
    ]
    # Multiplied instead of divided, so that nothing is rounded.
    owed = sum(row[4] for row in rows)
    return Table.of(
        "order_id integer, customer text, total numeric, paid numeric, open numeric",
        sorted((row for row in rows if row[4] * len(rows) > owed), key=lambda row: (-row[4], row[0])),
        key="order_id",
    )


def reporting_lines(factory: Dataset) -> Table:
    """Begin with everybody who has no manager here, and go down from each, level by level."""
    names = {employee_id: name for employee_id, name, _ in factory.tables["employee"]}
    below = defaultdict(list)
    for employee_id, _, manager_id in factory.tables["employee"]:
        below[manager_id if manager_id in names else None].append(employee_id)
    rows = []
    level = [(head_id, head_id) for head_id in below[None]]
    depth = 0
    while level:
        rows += [(employee_id, names[employee_id], depth, head_id) for employee_id, head_id in sorted(level)]
        level = [(report, head_id) for employee_id, head_id in level for report in below[employee_id]]
        depth += 1
    return Table.of("employee_id integer, name text, depth integer, head_id integer", rows, key="employee_id")


def parts_needed(factory: Dataset) -> Table:
    """Take every bicycle apart, one assembly at a time, until there are only parts that are bought."""
    lists = defaultdict(Counter)
    for _, assembly_id, part_id, quantity in factory.tables["component"]:
        lists[assembly_id][part_id] += quantity
    names = {part_id: name for part_id, name, _ in factory.tables["part"]}
    rows = []
    for bicycle_id in sorted(part_id for part_id, _, is_bicycle in factory.tables["part"] if is_bicycle):
        heap = Counter(lists.get(bicycle_id))
        while assemblies := [part_id for part_id in heap if part_id in lists]:
            count = heap.pop(assemblies[0])
            for part_id, quantity in lists[assemblies[0]].items():
                heap[part_id] += count * quantity
        rows += [(bicycle_id, part_id, names[part_id], heap[part_id]) for part_id in sorted(heap)]
    return Table.of("bicycle_id integer, part_id integer, name text, quantity bigint", rows, key="bicycle_id, part_id")


def catalogue_tree(factory: Dataset) -> Table:
    """Walk through the catalogue as one reads it: a category, then all that is in it, then the next."""
    below = defaultdict(list)
    for category_id, parent_id, place, name in factory.tables["category"]:
        below[parent_id].append((place, category_id, name))
    rows = []

    def walk(parent_id, above):
        for _, category_id, name in sorted(below[parent_id]):
            rows.append((category_id, len(above), " > ".join([*above, name])))
            walk(category_id, [*above, name])

    walk(None, [])
    return Table.of("category_id integer, depth integer, path text", rows, key="category_id")


def reachable_stations(factory: Dataset) -> Table:
    """Send a wave out from every entrance; whoever it has reached once, it doesn't reach again."""
    leads_to = defaultdict(list)
    for _, from_station, to_station in factory.tables["belt"]:
        leads_to[from_station].append(to_station)
    rows = []
    for entrance_id in sorted(number for number, _, is_entrance in factory.tables["station"] if is_entrance):
        belts = {entrance_id: 0}
        wave = deque([entrance_id])
        while wave:
            station_id = wave.popleft()
            for next_id in leads_to[station_id]:
                if next_id not in belts:
                    belts[next_id] = belts[station_id] + 1
                    wave.append(next_id)
        rows += [(entrance_id, station_id, belts[station_id]) for station_id in sorted(belts)]
    return Table.of("entrance_id integer, station_id integer, belts integer", rows, key="entrance_id, station_id")


def cheapest_freight(factory: Dataset) -> Table:
    """Keep for every town the best way with exactly 0, 1, 2, ... legs, and in the end the best of these."""
    legs = [(from_town, to_town, price) for _, from_town, to_town, price in factory.tables["leg"]]
    ways = {number: (Decimal(0), [number]) for number, _, has_factory in factory.tables["town"] if has_factory}
    best = {town_id: (price, 0, route) for town_id, (price, route) in ways.items()}
    for count in range(1, factory.tables["contract"][0][0] + 1):
        longer = {}
        for from_town, to_town, price in legs:
            if from_town in ways:
                way = (ways[from_town][0] + price, [*ways[from_town][1], to_town])
                longer[to_town] = min(way, longer.get(to_town, way))
        ways = longer
        for town_id, (price, route) in ways.items():
            found = (price, count, route)
            best[town_id] = min(found, best.get(town_id, found))
    return Table.of(
        "town_id integer, price numeric, legs integer, route integer[]",
        [(town_id, *best[town_id]) for town_id in sorted(best)],
        key="town_id",
    )


def door_access(factory: Dataset) -> Table:
    """Open each door's groups, and the groups in them, each once."""
    people, groups = defaultdict(set), defaultdict(set)
    for _, group_id, employee_id, subgroup_id in factory.tables["group_member"]:
        (people if subgroup_id is None else groups)[group_id].add(employee_id or subgroup_id)
    names = {employee_id: name for employee_id, name, _ in factory.tables["employee"]}
    may_open = defaultdict(set)
    for door_id, group_id in factory.tables["door_group"]:
        opened, to_open = set(), {group_id}
        while to_open:
            opened |= to_open
            to_open = set().union(*(groups[group] for group in to_open)) - opened
        may_open[door_id] |= set().union(*(people[group] for group in opened))
    pairs = sorted((door_id, employee_id) for door_id, its in may_open.items() for employee_id in its)
    rows = [(*pair, names[pair[1]]) for pair in pairs]
    return Table.of("door_id integer, employee_id integer, name text", rows, key="door_id, employee_id")


def backlog(factory: Dataset) -> Table:
    """Go through the calendar with each line, day by day: what comes in, what is built, what is left over."""
    ordered = Counter()
    for _, line_id, day, bicycles in factory.tables["work_order"]:
        ordered[line_id, day] += bicycles
    last_day = max((day for _, day in ordered), default=None)
    rows = []
    for line_id, capacity in factory.tables["assembly_line"]:
        day = min((day for line, day in ordered if line == line_id), default=None)
        left_over = 0
        while day is not None and day <= last_day:
            left_over = max(left_over + ordered[line_id, day] - capacity, 0)
            rows.append((line_id, day, ordered[line_id, day], left_over))
            day += timedelta(days=1)
    return Table.of("line_id integer, day date, ordered bigint, backlog bigint", sorted(rows), key="line_id, day")
