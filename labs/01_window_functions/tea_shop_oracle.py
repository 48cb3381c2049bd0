"""What the right answers are: one function a task, in plain Python, written to be read rather than to be fast.

It knows nothing of SQL and was not derived from the solutions. Each function takes a data set and gives the expected
table; its key is what tells one row from another.
"""

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from harness import Dataset, Table

HALF_AN_HOUR = timedelta(minutes=30)
LONG_AGO = datetime.min.replace(tzinfo=UTC)


def latest_address(shop: Dataset) -> Table:
    """Keep every customer's row that was recorded last; those from the old system were recorded long ago."""
    latest = {}
    for address_id, customer_id, city, recorded_at in shop.tables["customer_address"]:
        age = (recorded_at or LONG_AGO, address_id)
        if customer_id not in latest or age > latest[customer_id][0]:
            latest[customer_id] = (age, (customer_id, address_id, city, recorded_at))
    return Table.of(
        "customer_id integer, address_id integer, city text, recorded_at timestamptz",
        [latest[customer_id][1] for customer_id in sorted(latest, reverse=True)],
        key="customer_id",
    )


def running_total(shop: Dataset) -> Table:
    """Go through the day book with one purse a customer."""
    purse = defaultdict(Decimal)
    rows = []
    for payment_id, customer_id, _, paid_at, amount in sorted(shop.tables["payment"], key=by_time_and_number(3)):
        purse[customer_id] += amount
        rows.append((payment_id, customer_id, paid_at, amount, purse[customer_id]))
    return Table.of(
        "payment_id integer, customer_id integer, paid_at timestamptz, amount numeric, balance numeric",
        rows,
        key="payment_id",
    )


def top_products(shop: Dataset) -> Table:
    """Give each product the place after all those of its category that sold more."""
    units = units_by_product(shop)
    rows = []
    for product_id, category, name in shop.tables["product"]:
        better = [other for other in products_of(shop, category) if units[other] > units[product_id]]
        place = 1 + len(better)
        if place <= 3:
            rows.append((category, place, product_id, name, units[product_id]))
    return Table.of(
        "category text, place bigint, product_id integer, name text, units bigint",
        sorted(rows),
        key="product_id",
    )


def share_of_category(shop: Dataset) -> Table:
    """Divide by the units of the category, and count who sold no more."""
    units = units_by_product(shop)
    rows = []
    for product_id, category, _ in sorted(shop.tables["product"]):
        everyone = products_of(shop, category)
        sold = sum(units[other] for other in everyone)
        share = rounded(percent(units[product_id], sold), "0.01") if sold else None
        no_more = [other for other in everyone if units[other] <= units[product_id]]
        percentile = rounded(percent(len(no_more), len(everyone)), "0.1")
        rows.append((product_id, category, units[product_id], share, percentile))
    return Table.of(
        "product_id integer, category text, units bigint, share_pct numeric, percentile numeric",
        rows,
        key="product_id",
    )


def entry_and_exit(shop: Dataset) -> Table:
    """Follow every visitor from the first click to the last, then look up both for each click."""
    first, last = {}, {}
    for _, visitor_id, _, page in sorted(shop.tables["click"], key=by_time_and_number(2)):
        first.setdefault(visitor_id, page)
        last[visitor_id] = page
    return Table.of(
        "click_id integer, visitor_id integer, page text, first_page text, last_page text",
        [
            (click_id, visitor_id, page, first[visitor_id], last[visitor_id])
            for click_id, visitor_id, _, page in sorted(shop.tables["click"], key=lambda click: click[0])
        ],
        key="click_id",
    )


def monthly_change(shop: Dataset) -> Table:
    """Fill a book of months by the wall clocks of the stores, then turn one page back from each."""
    revenue = defaultdict(Decimal)
    for store_id, day, amount in payments_on_the_wall(shop):
        revenue[day.replace(day=1), store_id] += amount
    rows = []
    for month, store_id in sorted(revenue):
        now = revenue[month, store_id]
        the_month_before = (month - timedelta(days=1)).replace(day=1)
        before = revenue.get((the_month_before, store_id))
        change = None if before is None else now - before
        change_pct = rounded(percent(change, before), "0.1") if before is not None and before > 0 else None
        rows.append((store_id, month, now, before, change, change_pct))
    return Table.of(
        "store_id integer, month date, revenue numeric, previous_revenue numeric, change numeric, change_pct numeric",
        rows,
        key="store_id, month",
    )


def moving_average(shop: Dataset) -> Table:
    """Fill a book of days by the wall clocks of the stores, then look for the seven days that end with each."""
    revenue = defaultdict(Decimal)
    for store_id, day, amount in payments_on_the_wall(shop):
        revenue[day, store_id] += amount
    rows = []
    for day, store_id in sorted(revenue):
        week = [(day - timedelta(days=back), store_id) for back in range(7)]
        known = [revenue[entry] for entry in week if entry in revenue]
        rows.append((store_id, day, revenue[day, store_id], rounded(sum(known) / len(known), "0.01")))
    return Table.of(
        "store_id integer, day date, revenue numeric, moving_average numeric",
        rows,
        key="store_id, day",
    )


def sessions(shop: Dataset) -> Table:
    """Read the clicks as they happened and open a new visit where the visitor's last one is too long ago."""
    visits = defaultdict(list)
    for _, visitor_id, clicked_at, _ in sorted(shop.tables["click"], key=by_time_and_number(2)):
        mine = visits[visitor_id]
        if not mine or clicked_at - mine[-1][-1] > HALF_AN_HOUR:
            mine.append([])
        mine[-1].append(clicked_at)
    rows = [
        (visitor_id, number, visit[0], visit[-1], len(visit))
        for visitor_id, mine in visits.items()
        for number, visit in enumerate(mine, start=1)
    ]
    return Table.of(
        "visitor_id integer, session_no bigint, started_at timestamptz, ended_at timestamptz, clicks bigint",
        sorted(rows, key=lambda row: (row[2], row[0])),
        key="visitor_id, session_no",
    )


def by_time_and_number(time_column: int):
    """Sort rows by the time in that column, and those of the same time by their number, the first column."""
    return lambda row: (row[time_column], row[0])


def units_by_product(shop: Dataset) -> dict[int, int]:
    """Give the units that every product sold, 0 for those that never did."""
    units = {product_id: 0 for product_id, _, _ in shop.tables["product"]}
    for _, product_id, quantity in shop.tables["sale"]:
        units[product_id] += quantity
    return units


def products_of(shop: Dataset, category: str) -> list[int]:
    """List the products of a category."""
    return [product_id for product_id, its_category, _ in shop.tables["product"] if its_category == category]


def payments_on_the_wall(shop: Dataset) -> list[tuple[int, date, Decimal]]:
    """Give store, day and amount of every payment, the day as the wall of the store showed it."""
    walls = {store_id: ZoneInfo(time_zone) for store_id, _, time_zone in shop.tables["store"]}
    return [
        (store_id, paid_at.astimezone(walls[store_id]).date(), amount)
        for _, _, store_id, paid_at, amount in shop.tables["payment"]
    ]


def percent(part: int | Decimal, whole: int | Decimal) -> Decimal:
    """Say how many percent of the whole the part is."""
    return Decimal(part) * 100 / Decimal(whole)


def rounded(number: Decimal, step: str) -> Decimal:
    """Round to the step, halves away from zero, as Postgres rounds a numeric."""
    return number.quantize(Decimal(step), rounding=ROUND_HALF_UP)
