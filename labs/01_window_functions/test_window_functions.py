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
        ask="Take the first row that differs: which row was recorded last, and which has the higher id?",
    )


def test_latest_address_takes_the_highest_id_of_one_moment(answers, tea_shop):
    """Of two addresses recorded at the same moment, the one with the highest address_id is current."""
    shop = tea_shop("ties")
    expect_rows(
        answers.latest_address(shop),
        oracle.latest_address(shop.dataset),
        ask="Two rows have the same recorded_at: what in your query decides which of them is the current one?",
    )


def test_latest_address_takes_imported_rows_as_the_oldest(answers, tea_shop):
    """An address without a date came from the old system: it is older than every address with one."""
    shop = tea_shop("holes")
    expect_rows(
        answers.latest_address(shop),
        oracle.latest_address(shop.dataset),
        ask="Take the first row that differs: which rows have no date, and where does Postgres sort them?",
    )


def test_latest_address_keeps_a_forgotten_address(answers, tea_shop):
    """A customer whose current city is NULL asked us to forget it: the row stays, and no older city comes back."""
    shop = tea_shop("refunds")
    expect_rows(
        answers.latest_address(shop),
        oracle.latest_address(shop.dataset),
        ask="Take the first row that differs: which row is the latest, and what does its NULL mean for the one before?",
    )


def test_latest_address_takes_the_later_of_one_day(answers, tea_shop):
    """Of two addresses recorded on one day, even in one second, the later one is current, whatever their numbers."""
    shop = tea_shop("borders")
    expect_rows(
        answers.latest_address(shop),
        oracle.latest_address(shop.dataset),
        ask="How far apart were the two addresses of this customer recorded, and does your query still see that?",
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
        ask="Take the first row that differs: whose payments have gone into its sum, and which of them?",
    )


def test_running_total_follows_the_clock_not_the_numbers(answers, tea_shop):
    """A payment that the till sent late is added at the time it was made, whatever its payment_id."""
    shop = tea_shop("holes")
    expect_rows(
        answers.running_total(shop),
        oracle.running_total(shop.dataset),
        ask="Take the first row that differs: which payments were made before it, and which have gone into its sum?",
    )


def test_running_total_adds_up_a_customer_in_all_stores(answers, tea_shop):
    """A customer has one balance, in whichever stores the payments were made."""
    shop = tea_shop("borders")
    expect_rows(
        answers.running_total(shop),
        oracle.running_total(shop.dataset),
        ask="Take the first row that differs: where did its customer pay before, and is it in the sum?",
    )


def test_running_total_adds_payments_of_one_moment_one_by_one(answers, tea_shop):
    """Payments of one customer at the same moment are added one after the other, in order of payment_id."""
    shop = tea_shop("ties")
    expect_rows(
        answers.running_total(shop),
        oracle.running_total(shop.dataset),
        ask="Several payments carry the same paid_at: which of them does your frame hold, and which comes first?",
    )


def test_running_total_goes_back_to_the_first_payment(answers, tea_shop):
    """However many payments a customer makes, the total holds the very first one, and every refund lowers it."""
    shop = tea_shop("refunds")
    expect_rows(
        answers.running_total(shop),
        oracle.running_total(shop.dataset),
        ask="Take the first row that differs: which is the earliest payment that went into its sum?",
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
        ask="Take the first row that differs: how many units of it were sold, and how many of its category sold more?",
    )


def test_top_products_lets_equal_sellers_share_a_place(answers, tea_shop):
    """Equal sellers share a place and stand by product_id, and the places after them are left out."""
    shop = tea_shop("ties")
    expect_rows(
        answers.top_products(shop),
        oracle.top_products(shop.dataset),
        ask="Two products win gold together: which of them is listed first, and which medal does the next one get?",
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
        ask="Take the first row that differs: which products are compared with it, and is it one of them itself?",
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
        ask="Take the first row that differs: is it listed, what has its category sold, and do you divide by that?",
    )


def test_share_of_category_keeps_two_decimals(answers, tea_shop):
    """A share has its decimals: 8 of 30 units are 26.67 percent, not 26."""
    shop = tea_shop("borders")
    expect_rows(
        answers.share_of_category(shop),
        oracle.share_of_category(shop.dataset),
        ask="Take the first row that differs: which types do you divide, and when do you round?",
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
        ask="Take the first row that differs: which clicks does your frame hold there, and in which order?",
    )


def test_entry_and_exit_knows_visitors_who_come_back(answers, tea_shop):
    """A visitor who comes back on another day began on the first, and ends on the last."""
    shop = tea_shop("borders")
    expect_rows(
        answers.entry_and_exit(shop),
        oracle.entry_and_exit(shop.dataset),
        ask="Take the first row that differs: on which days did its visitor click, and which of them can it see?",
    )


def test_entry_and_exit_orders_clicks_of_one_moment_by_their_number(answers, tea_shop):
    """Of clicks at the same moment, the one with the lower click_id came first."""
    shop = tea_shop("ties")
    expect_rows(
        answers.entry_and_exit(shop),
        oracle.entry_and_exit(shop.dataset),
        ask="Two clicks carry the same clicked_at: which came first, which last, and what in your query says so?",
    )


def test_entry_and_exit_counts_clicks_whose_page_was_lost(answers, tea_shop):
    """A click whose page name was lost is a click: if it was the first or last one, NULL is the first or last page."""
    shop = tea_shop("holes")
    expect_rows(
        answers.entry_and_exit(shop),
        oracle.entry_and_exit(shop.dataset),
        ask="Take the first row that differs: which clicks were the first and the last, and are their pages known?",
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
        ask="Take the first row that differs: which payments went into its month, and which row does it look back at?",
    )


def test_monthly_change_crosses_the_turn_of_the_year(answers, tea_shop):
    """The month before January is December of the year before."""
    shop = tea_shop("borders")
    expect_rows(
        answers.monthly_change(shop),
        oracle.monthly_change(shop.dataset),
        ask="Take the first row that differs: what is the month before it, as a date, and what came in then?",
    )


def test_monthly_change_has_nothing_to_compare_after_a_missing_month(answers, tea_shop):
    """After a calendar month without payments there is nothing to compare with: NULL, not the month before that."""
    shop = tea_shop("holes")
    expect_rows(
        answers.monthly_change(shop),
        oracle.monthly_change(shop.dataset),
        ask="Take the first row that differs: which row does it look back at, and how many months lie between them?",
    )


def test_monthly_change_has_no_percentage_of_zero_or_less(answers, tea_shop):
    """Where the month before came to zero or less there is a change, but no percentage of it."""
    shop = tea_shop("refunds")
    expect_rows(
        answers.monthly_change(shop),
        oracle.monthly_change(shop.dataset),
        ask="Take the first row that differs: is its month listed, what came in before, and has that a percentage?",
    )


def test_monthly_change_counts_months_by_the_clock_of_the_store(answers, tea_shop):
    """A payment belongs to the month that the wall clock of its own store shows."""
    shop = tea_shop("midnight")
    expect_rows(
        answers.monthly_change(shop),
        oracle.monthly_change(shop.dataset),
        ask="Take the first row that differs: which payments went into it, and what did the store's wall show?",
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
        tables=["payment"],
        ask="How can a row look at the row before it without a second copy of the table?",
    )


# 7. moving_average --------------------------------------------------------------------------------------------------


def test_moving_average_smooths_each_store_over_its_days(answers, tea_shop):
    """Every day shows the mean of the store's daily revenues of the last week, rounded to the cent."""
    shop = tea_shop("sample")
    expect_rows(
        answers.moving_average(shop),
        oracle.moving_average(shop.dataset),
        ask="Take the first row that differs: which payments and days went into it, once each, and how is it rounded?",
    )


def test_moving_average_adds_up_equal_payments(answers, tea_shop):
    """Payments of the same amount on the same day are as many payments, and all of them are revenue."""
    shop = tea_shop("ties")
    expect_rows(
        answers.moving_average(shop),
        oracle.moving_average(shop.dataset),
        ask="Which payments were made on that day, and which of them are in your revenue?",
    )


def test_moving_average_looks_back_over_days_not_rows(answers, tea_shop):
    """Days without payments are missing from the rows but not from the calendar: the mean looks back over 7 days."""
    shop = tea_shop("holes")
    expect_rows(
        answers.moving_average(shop),
        oracle.moving_average(shop.dataset),
        ask="Take the first row that differs: which days went into its mean, and how far back is the earliest?",
    )


def test_moving_average_leaves_out_the_day_a_week_ago(answers, tea_shop):
    """Seven days, this one included, reach back to six days ago: the same weekday of last week is out."""
    shop = tea_shop("borders")
    expect_rows(
        answers.moving_average(shop),
        oracle.moving_average(shop.dataset),
        ask="Take the first row that differs: which days went into its mean, and how many are they from first to last?",
    )


def test_moving_average_counts_days_that_come_to_nothing(answers, tea_shop):
    """A day on which as much or more was paid back than came in is a day with payments, listed and in the mean."""
    shop = tea_shop("refunds")
    expect_rows(
        answers.moving_average(shop),
        oracle.moving_average(shop.dataset),
        ask="Take the first row that differs: what was paid on that day, and what leaves a day out of your list?",
    )


def test_moving_average_counts_days_by_the_clock_of_the_store(answers, tea_shop):
    """A payment belongs to the day that the wall clock of its store shows, also when a day has 23 or 25 hours."""
    shop = tea_shop("midnight")
    expect_rows(
        answers.moving_average(shop),
        oracle.moving_average(shop.dataset),
        ask="Take the first row that differs: what did the store's wall show, and do you sort instants or dates?",
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
        tables=["payment"],
        ask="Which kind of frame measures how far the sorted values lie apart?",
    )


# 8. sessions --------------------------------------------------------------------------------------------------------


def test_sessions_groups_clicks_into_numbered_visits(answers, tea_shop):
    """Clicks without a long pause between them are one visit, and every visitor's visits are numbered from 1."""
    shop = tea_shop("sample")
    expect_rows(
        answers.sessions(shop),
        oracle.sessions(shop.dataset),
        ask="Take the first row that differs: which click begins this visit, and how many has the visitor begun?",
    )


def test_sessions_counts_every_click(answers, tea_shop):
    """Clicks of one visitor at one moment, even on one page, are as many clicks."""
    shop = tea_shop("refunds")
    expect_rows(
        answers.sessions(shop),
        oracle.sessions(shop.dataset),
        ask="Take the first row that differs: which clicks does this visit have, and which of them are counted?",
    )


def test_sessions_lets_a_visit_last_past_midnight(answers, tea_shop):
    """A visit lasts as long as no pause in it is too long: for more than an hour, and past midnight."""
    shop = tea_shop("midnight")
    expect_rows(
        answers.sessions(shop),
        oracle.sessions(shop.dataset),
        ask="Take the first row that differs: from which click to which is the pause before it measured?",
    )


def test_sessions_goes_on_after_exactly_half_an_hour(answers, tea_shop):
    """After a pause of exactly 30 minutes the visit goes on; after any longer one a new visit begins."""
    shop = tea_shop("borders")
    expect_rows(
        answers.sessions(shop),
        oracle.sessions(shop.dataset),
        ask="Take the first row that differs: how long is the pause before it, and is that more than 30 minutes?",
    )


def test_sessions_keeps_two_visitors_apart(answers, tea_shop):
    """Visitors who click at the same time have a visit each, the lower visitor_id first; none fills another's pause."""
    shop = tea_shop("ties")
    expect_rows(
        answers.sessions(shop),
        oracle.sessions(shop.dataset),
        ask="Take the first row that differs: whose click is the one before it, and what sorts equal starts?",
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
