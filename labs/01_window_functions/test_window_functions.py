"""Leaf & Kettle asks eight questions. Each test below is one fact about the right answer to one of them.

`answers.running_total(shop)` runs your exercise/2_running_total.sql in the data set called `shop`; the data sets are
in tea_shop_data.py, and the oracle says in plain Python what should come out.
"""

import tea_shop_oracle as oracle

from harness import expect_rows, expect_window_query

# 1. latest_address --------------------------------------------------------------------------------------------------


def test_latest_address_finds_one_row_per_customer(answers, tea_shop):
    """Every customer has one current address, the one recorded last; the newest customer comes first."""
    shop = tea_shop("sample")
    expect_rows(
        answers.latest_address(shop),
        oracle.latest_address(shop.dataset),
        ask="Customer 2 moved once. Which of the two rows was recorded last, and which has the higher address_id?",
    )


def test_latest_address_takes_the_highest_id_of_one_moment(answers, tea_shop):
    """Of two addresses recorded at the same moment, the one with the highest address_id is current."""
    shop = tea_shop("ties")
    expect_rows(
        answers.latest_address(shop),
        oracle.latest_address(shop.dataset),
        ask="Two rows have the same recorded_at: what in your query decides which of them stands first?",
    )


def test_latest_address_takes_imported_rows_as_the_oldest(answers, tea_shop):
    """An address without a date came from the old system: it is older than every address with one."""
    shop = tea_shop("holes")
    expect_rows(
        answers.latest_address(shop),
        oracle.latest_address(shop.dataset),
        ask="If you sort recorded_at from late to early, where does Postgres put the NULLs?",
    )


def test_latest_address_keeps_a_forgotten_address(answers, tea_shop):
    """A customer whose current city is NULL asked us to forget it: the row stays, and no older city comes back."""
    shop = tea_shop("refunds")
    expect_rows(
        answers.latest_address(shop),
        oracle.latest_address(shop.dataset),
        ask="Which row is customer 1's latest, and what would it mean to send a parcel to the one before?",
    )


def test_latest_address_holds_in_shops_of_any_size(answers, shop_of_any_size):
    """The rule holds for no customers, for one, and for many at random."""
    expect_rows(
        answers.latest_address(shop_of_any_size),
        oracle.latest_address(shop_of_any_size.dataset),
        ask="Take the first row that differs: which of the customer's addresses does the rule choose, and why?",
    )


def test_latest_address_uses_a_window(answers, tea_shop):
    """The current address comes from a window over the addresses or from DISTINCT ON, not from a self-join."""
    expect_window_query(
        answers.latest_address(tea_shop("sample")),
        tables=["customer_address"],
        or_distinct_on=True,
        ask="How could each row learn its place among the customer's rows without asking the table again?",
    )


# 2. running_total ---------------------------------------------------------------------------------------------------


def test_running_total_adds_up_each_customer_in_the_day_book(answers, tea_shop):
    """Every payment shows what its customer has paid in all after it, and the payments are in order of time."""
    shop = tea_shop("sample")
    expect_rows(
        answers.running_total(shop),
        oracle.running_total(shop.dataset),
        ask="Whose payments are added up, and what sorts the rows in the end?",
    )


def test_running_total_follows_the_clock_not_the_numbers(answers, tea_shop):
    """A payment that the till sent late is added at the time it was made, whatever its payment_id."""
    shop = tea_shop("holes")
    expect_rows(
        answers.running_total(shop),
        oracle.running_total(shop.dataset),
        ask="In which order do the payments of customer 1 go into the sum, and in which were they made?",
    )


def test_running_total_adds_payments_of_one_moment_one_by_one(answers, tea_shop):
    """Payments of one customer at the same moment are added one after the other, in order of payment_id."""
    shop = tea_shop("ties")
    expect_rows(
        answers.running_total(shop),
        oracle.running_total(shop.dataset),
        ask="Several payments carry the same paid_at: which rows does your frame hold at the first of them?",
    )


def test_running_total_holds_in_shops_of_any_size(answers, shop_of_any_size):
    """The sums are right for no payments, for one, and for many at random."""
    expect_rows(
        answers.running_total(shop_of_any_size),
        oracle.running_total(shop_of_any_size.dataset),
        ask="Take the first row that differs: which payments of this customer came before it?",
    )


def test_running_total_uses_a_window(answers, tea_shop):
    """The total runs along in a window over the payments; it isn't added up again for every row."""
    expect_window_query(
        answers.running_total(tea_shop("sample")),
        tables=["payment"],
        ask="With a million payments, how many rows would your query add up for the last of them?",
    )


# 3. top_products ----------------------------------------------------------------------------------------------------


def test_top_products_lists_the_podium_of_every_category(answers, tea_shop):
    """Each category lists the products in places 1 to 3 by units sold."""
    shop = tea_shop("sample")
    expect_rows(
        answers.top_products(shop),
        oracle.top_products(shop.dataset),
        ask="Within what are the places given, and by which number?",
    )


def test_top_products_lets_equal_sellers_share_a_place(answers, tea_shop):
    """Equal sellers share a place, and the places after them are left out."""
    shop = tea_shop("ties")
    expect_rows(
        answers.top_products(shop),
        oracle.top_products(shop.dataset),
        ask="Two products win gold together: which medal does the next one get at the Olympics?",
    )


def test_top_products_puts_unsold_products_behind_all_others(answers, tea_shop):
    """A product that never sold stands behind every product that did."""
    shop = tea_shop("borders")
    expect_rows(
        answers.top_products(shop),
        oracle.top_products(shop.dataset),
        ask="What is the sum over no sales, and where does it stand when you sort from many to few?",
    )


def test_top_products_lets_unsold_products_take_part(answers, tea_shop):
    """A product that never sold takes part with 0 units, and is on the podium where too few others are."""
    shop = tea_shop("holes")
    expect_rows(
        answers.top_products(shop),
        oracle.top_products(shop.dataset),
        ask="Which products does your query see at all: those on the price list, or those in the sales?",
    )


def test_top_products_holds_in_shops_of_any_size(answers, shop_of_any_size):
    """The places are right for a shop without sales, with one, and with many at random."""
    expect_rows(
        answers.top_products(shop_of_any_size),
        oracle.top_products(shop_of_any_size.dataset),
        ask="Take the first row that differs: how many products of its category sold more?",
    )


def test_top_products_uses_a_window(answers, tea_shop):
    """The places come from a window over the products; no product is compared with the others one by one."""
    expect_window_query(
        answers.top_products(tea_shop("sample")),
        tables=["product", "sale"],
        ask="Which window function gives a place that equal rows share?",
    )


# 4. share_of_category -----------------------------------------------------------------------------------------------


def test_share_of_category_compares_with_its_own_category(answers, tea_shop):
    """Shares and percentiles are those within the product's own category, not within the whole shop."""
    shop = tea_shop("sample")
    expect_rows(
        answers.share_of_category(shop),
        oracle.share_of_category(shop.dataset),
        ask="What should the shares of all black teas add up to?",
    )


def test_share_of_category_gives_equal_sellers_one_percentile(answers, tea_shop):
    """Products that sold equally have the same percentile: each sold no more than the other."""
    shop = tea_shop("ties")
    expect_rows(
        answers.share_of_category(shop),
        oracle.share_of_category(shop.dataset),
        ask="Of the equal sellers, how many sold no more than the first of them? And than the last?",
    )


def test_share_of_category_has_no_share_of_nothing(answers, tea_shop):
    """Where a whole category sold nothing, its products have 0 units and no share; single unsold products have 0.00."""
    shop = tea_shop("holes")
    expect_rows(
        answers.share_of_category(shop),
        oracle.share_of_category(shop.dataset),
        ask="Nobody bought green tea. What do you divide by, and which products does your query still know of?",
    )


def test_share_of_category_keeps_two_decimals(answers, tea_shop):
    """A share has its decimals: 8 of 30 units are 26.67 percent, not 26."""
    shop = tea_shop("borders")
    expect_rows(
        answers.share_of_category(shop),
        oracle.share_of_category(shop.dataset),
        ask="What type do two whole numbers give when you divide them, and at which point does it become a numeric?",
    )


def test_share_of_category_holds_in_shops_of_any_size(answers, shop_of_any_size):
    """The percentages are right for a shop without sales, with one, and with many at random."""
    expect_rows(
        answers.share_of_category(shop_of_any_size),
        oracle.share_of_category(shop_of_any_size.dataset),
        ask="Take the first row that differs: what are the units of its category, and what are its own?",
    )


def test_share_of_category_uses_a_window(answers, tea_shop):
    """The total of the category stands beside each product by a window; nothing is joined with itself."""
    expect_window_query(
        answers.share_of_category(tea_shop("sample")),
        tables=["product", "sale"],
        ask="How can a row see the sum over its whole category and still stay a row of its own?",
    )


# 5. entry_and_exit --------------------------------------------------------------------------------------------------


def test_entry_and_exit_knows_the_last_page_at_the_first_click(answers, tea_shop):
    """Every click shows the visitor's very first and very last page, even those still to come."""
    shop = tea_shop("sample")
    expect_rows(
        answers.entry_and_exit(shop),
        oracle.entry_and_exit(shop.dataset),
        ask="At the visitor's first click, does your frame hold the clicks that follow?",
    )


def test_entry_and_exit_orders_clicks_of_one_moment_by_their_number(answers, tea_shop):
    """Of clicks at the same moment, the one with the lower click_id came first."""
    shop = tea_shop("ties")
    expect_rows(
        answers.entry_and_exit(shop),
        oracle.entry_and_exit(shop.dataset),
        ask="Two clicks carry the same clicked_at: which one is last, and what in your query says so?",
    )


def test_entry_and_exit_counts_clicks_whose_page_was_lost(answers, tea_shop):
    """A click whose page name was lost is a click: if it was the first or last one, NULL is the first or last page."""
    shop = tea_shop("holes")
    expect_rows(
        answers.entry_and_exit(shop),
        oracle.entry_and_exit(shop.dataset),
        ask="Which click was visitor 1's first, and what do we know of its page?",
    )


def test_entry_and_exit_holds_in_shops_of_any_size(answers, shop_of_any_size):
    """First and last page are right for no clicks, for one, and for many at random."""
    expect_rows(
        answers.entry_and_exit(shop_of_any_size),
        oracle.entry_and_exit(shop_of_any_size.dataset),
        ask="Take the first row that differs: which clicks of this visitor are the earliest and the latest?",
    )


def test_entry_and_exit_uses_a_window(answers, tea_shop):
    """Both pages come from a window over the clicks; the clicks are not searched again for every row."""
    expect_window_query(
        answers.entry_and_exit(tea_shop("sample")),
        tables=["click"],
        ask="Which two window functions take a value from the ends of the frame?",
    )


# 6. monthly_change --------------------------------------------------------------------------------------------------


def test_monthly_change_compares_a_store_with_itself(answers, tea_shop):
    """Every store's month is compared with the same store's month before."""
    shop = tea_shop("sample")
    expect_rows(
        answers.monthly_change(shop),
        oracle.monthly_change(shop.dataset),
        ask="Which row stands before Auckland's January, and whose is it?",
    )


def test_monthly_change_crosses_the_turn_of_the_year(answers, tea_shop):
    """The month before January is December of the year before."""
    shop = tea_shop("borders")
    expect_rows(
        answers.monthly_change(shop),
        oracle.monthly_change(shop.dataset),
        ask="What is the month before 2025-01-01, as a date?",
    )


def test_monthly_change_has_nothing_to_compare_after_a_missing_month(answers, tea_shop):
    """After a calendar month without payments there is nothing to compare with: NULL, not the month before that."""
    shop = tea_shop("holes")
    expect_rows(
        answers.monthly_change(shop),
        oracle.monthly_change(shop.dataset),
        ask="Lisbon sold nothing in February 2025: which row does March look back at?",
    )


def test_monthly_change_has_no_percentage_of_zero_or_less(answers, tea_shop):
    """Where the month before came to zero or less there is a change, but no percentage of it."""
    shop = tea_shop("refunds")
    expect_rows(
        answers.monthly_change(shop),
        oracle.monthly_change(shop.dataset),
        ask="From -5.00 to 10.00: is that a rise by 300 percent, a fall, or neither?",
    )


def test_monthly_change_counts_months_by_the_clock_of_the_store(answers, tea_shop):
    """A payment belongs to the month that the wall clock of its own store shows."""
    shop = tea_shop("midnight")
    expect_rows(
        answers.monthly_change(shop),
        oracle.monthly_change(shop.dataset),
        ask="It is 31 March, 23:00 UTC. What day is it in Lisbon, and what day in Auckland?",
    )


def test_monthly_change_holds_in_shops_of_any_size(answers, shop_of_any_size):
    """The comparison is right for no payments, for one, and for many at random."""
    expect_rows(
        answers.monthly_change(shop_of_any_size),
        oracle.monthly_change(shop_of_any_size.dataset),
        ask="Take the first row that differs: is the calendar month before it in the list?",
    )


def test_monthly_change_uses_a_window(answers, tea_shop):
    """The month before comes from a window over the months; the payments are not joined with themselves."""
    expect_window_query(
        answers.monthly_change(tea_shop("sample")),
        tables=["payment", "store"],
        ask="How can a row look at the row before it without a second copy of the table?",
    )


# 7. moving_average --------------------------------------------------------------------------------------------------


def test_moving_average_smooths_each_store_over_its_days(answers, tea_shop):
    """Every day shows the mean of the store's daily revenues of the last week."""
    shop = tea_shop("sample")
    expect_rows(
        answers.moving_average(shop),
        oracle.moving_average(shop.dataset),
        ask="Lisbon had two payments on 3 February: do they go into the mean as two numbers, or as one day?",
    )


def test_moving_average_looks_back_over_days_not_rows(answers, tea_shop):
    """Days without payments are missing from the rows but not from the calendar: the mean looks back over 7 days."""
    shop = tea_shop("holes")
    expect_rows(
        answers.moving_average(shop),
        oracle.moving_average(shop.dataset),
        ask="How many days lie between a row and the one six rows above it, if days are missing?",
    )


def test_moving_average_leaves_out_the_day_a_week_ago(answers, tea_shop):
    """Seven days, this one included, reach back to six days ago: the same weekday of last week is out."""
    shop = tea_shop("borders")
    expect_rows(
        answers.moving_average(shop),
        oracle.moving_average(shop.dataset),
        ask="Count the days from 28 December to 4 January, both included. How many are they?",
    )


def test_moving_average_counts_days_by_the_clock_of_the_store(answers, tea_shop):
    """A payment belongs to the day that the wall clock of its store shows, also when a day has 23 or 25 hours."""
    shop = tea_shop("midnight")
    expect_rows(
        answers.moving_average(shop),
        oracle.moving_average(shop.dataset),
        ask="What is the type of the day that your window sorts by: an instant, or a date on the wall?",
    )


def test_moving_average_holds_in_shops_of_any_size(answers, shop_of_any_size):
    """The means are right for no payments, for one, and for many at random."""
    expect_rows(
        answers.moving_average(shop_of_any_size),
        oracle.moving_average(shop_of_any_size.dataset),
        ask="Take the first row that differs: which days of this store lie in the week that ends with it?",
    )


def test_moving_average_uses_a_window(answers, tea_shop):
    """The mean comes from a frame that moves along the days; the payments are not searched again for every day."""
    expect_window_query(
        answers.moving_average(tea_shop("sample")),
        tables=["payment", "store"],
        ask="Which kind of frame measures how far the sorted values lie apart?",
    )


# 8. sessions --------------------------------------------------------------------------------------------------------


def test_sessions_groups_clicks_into_numbered_visits(answers, tea_shop):
    """Clicks without a long pause between them are one visit, and every visitor's visits are numbered from 1."""
    shop = tea_shop("sample")
    expect_rows(
        answers.sessions(shop),
        oracle.sessions(shop.dataset),
        ask="Which clicks begin a visit, and how many of those has the visitor had so far?",
    )


def test_sessions_lets_a_visit_last_past_midnight(answers, tea_shop):
    """A visit lasts as long as no pause in it is too long: for more than an hour, and past midnight."""
    shop = tea_shop("midnight")
    expect_rows(
        answers.sessions(shop),
        oracle.sessions(shop.dataset),
        ask="From which click do you measure the 30 minutes?",
    )


def test_sessions_goes_on_after_exactly_half_an_hour(answers, tea_shop):
    """After a pause of exactly 30 minutes the visit goes on; after any longer one a new visit begins."""
    shop = tea_shop("borders")
    expect_rows(
        answers.sessions(shop),
        oracle.sessions(shop.dataset),
        ask="Is 30 minutes more than 30 minutes? And 1 hour and 5 minutes?",
    )


def test_sessions_keeps_two_visitors_apart(answers, tea_shop):
    """Two visitors who click at the same time have a visit each; no one's clicks fill another one's pause."""
    shop = tea_shop("ties")
    expect_rows(
        answers.sessions(shop),
        oracle.sessions(shop.dataset),
        ask="Whose click is the one before visitor 2's first?",
    )


def test_sessions_holds_in_shops_of_any_size(answers, shop_of_any_size):
    """The visits are right for no clicks, for one, and for many at random."""
    expect_rows(
        answers.sessions(shop_of_any_size),
        oracle.sessions(shop_of_any_size.dataset),
        ask="Take the first row that differs: how long was the pause before its first click?",
    )


def test_sessions_uses_a_window(answers, tea_shop):
    """Visits come from windows over the clicks; no click is joined with the others."""
    expect_window_query(
        answers.sessions(tea_shop("sample")),
        tables=["click"],
        ask="Which window function gives the row before, and which one counts the beginnings so far?",
    )
