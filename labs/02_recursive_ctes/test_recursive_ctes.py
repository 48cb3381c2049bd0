"""Spoke & Sprocket asks eight questions. Each test below is one fact about the right answer to one of them.

`answers.reporting_lines(works)` runs your exercise/2_reporting_lines.sql in the data set called `works`; the data sets
are in factory_data.py, and the oracle says in plain Python what should come out.
"""

import factory_oracle as oracle

from harness import expect_each_table_named_once, expect_recursive_query, expect_rows

# 1. open_orders -------------------------------------------------------------------------------------------------------


def test_open_orders_compares_with_the_average(answers, factory):
    """An order is listed if it owes more than the average order does, the one that owes most first."""
    works = factory("sample")
    expect_rows(
        answers.open_orders(works),
        oracle.open_orders(works.dataset),
        ask="What does each order owe, and what is the average over all of them?",
    )


def test_open_orders_wants_more_than_the_average(answers, factory):
    """An order that owes just what the average is owes no more than that, and is not listed."""
    works = factory("corners")
    expect_rows(
        answers.open_orders(works),
        oracle.open_orders(works.dataset),
        ask="Take the first row that differs: what does this order owe, and what is the average?",
    )


def test_open_orders_adds_lines_and_payments_apart(answers, factory):
    """Two equal lines are two, and no line counts again for each payment: lines and payments are added apart."""
    works = factory("diamonds")
    expect_rows(
        answers.open_orders(works),
        oracle.open_orders(works.dataset),
        ask="An order has 2 lines and 3 payments: how many rows does your join make of them?",
    )


def test_open_orders_counts_orders_without_lines_or_payments(answers, factory):
    """An order without lines or payments is an order: it counts as 0 and is in the average."""
    works = factory("orphans")
    expect_rows(
        answers.open_orders(works),
        oracle.open_orders(works.dataset),
        ask="Which orders does your query see at all, which are in its average, and what is NULL minus a number?",
    )


def test_open_orders_compares_with_the_exact_average(answers, factory):
    """The average is not rounded before the comparison."""
    works = factory("numbers")
    expect_rows(
        answers.open_orders(works),
        oracle.open_orders(works.dataset),
        ask="What is the average, with all its decimals?",
    )


def test_open_orders_sorts_equal_debts_by_number(answers, factory):
    """Of orders that owe the same, the lower order_id is first."""
    works = factory("loops")
    expect_rows(
        answers.open_orders(works),
        oracle.open_orders(works.dataset),
        ask="What does each order owe, and what is the average over all of them?",
        ask_of_order="Two orders owe the same: what in your query says which of them comes first?",
    )


def test_open_orders_holds_in_factories_of_any_size(answers, factory_of_any_size):
    """The list is right for no orders, for one, and for many at random."""
    expect_rows(
        answers.open_orders(factory_of_any_size),
        oracle.open_orders(factory_of_any_size.dataset),
        ask="Take the first row that differs: what are its lines, what its payments?",
    )


def test_open_orders_names_each_table_once(answers, factory):
    """Every table is named once: what is needed twice is a step with a name."""
    expect_each_table_named_once(
        answers.open_orders(factory("sample")),
        tables=["sales_order", "order_line", "payment"],
        ask="Which step could be asked again in the place of its tables?",
    )


# 2. reporting_lines ---------------------------------------------------------------------------------------------------


def test_reporting_lines_counts_levels_from_the_head(answers, factory):
    """A head has depth 0, whoever reports to one has depth 1, and so on down."""
    works = factory("sample")
    expect_rows(
        answers.reporting_lines(works),
        oracle.reporting_lines(works.dataset),
        ask="Take the first row that differs: how many steps is it up to the head?",
    )


def test_reporting_lines_goes_by_number_not_by_name(answers, factory):
    """Two people of one name are two: everybody is listed once, below their own manager."""
    works = factory("diamonds")
    expect_rows(
        answers.reporting_lines(works),
        oracle.reporting_lines(works.dataset),
        ask="Take the first row that differs: what leads your recursion from a manager to those below?",
    )


def test_reporting_lines_begins_with_every_head(answers, factory):
    """Every line has its head: those without a manager, and those whose manager has left."""
    works = factory("orphans")
    expect_rows(
        answers.reporting_lines(works),
        oracle.reporting_lines(works.dataset),
        ask="Take the first row that differs: which manager_id has it, and who is that?",
    )


def test_reporting_lines_looks_up_who_has_left(answers, factory):
    """Who has left is not in the table, and may have had any number."""
    works = factory("corners")
    expect_rows(
        answers.reporting_lines(works),
        oracle.reporting_lines(works.dataset),
        ask="Take the first row that differs: is its manager in the table, and where does your query look?",
    )


def test_reporting_lines_follows_managers_not_numbers(answers, factory):
    """Who stands above whom is what manager_id says, whatever the numbers of the two."""
    works = factory("numbers")
    expect_rows(
        answers.reporting_lines(works),
        oracle.reporting_lines(works.dataset),
        ask="Take the first row that differs: who are its managers, one after the other?",
    )


def test_reporting_lines_goes_down_ten_thousand_levels(answers, factory):
    """A line of ten thousand levels is followed to its end."""
    works = factory("deep")
    expect_rows(
        # Who carries a path along, which nobody has to, carries two hundred megabytes: that is slow, and right.
        answers.reporting_lines(works, seconds=30),
        oracle.reporting_lines(works.dataset),
        ask="What in your query decides when it stops?",
    )


def test_reporting_lines_holds_in_factories_of_any_size(answers, factory_of_any_size):
    """Depth and head are right for no employees, for one, and for many at random."""
    expect_rows(
        answers.reporting_lines(factory_of_any_size),
        oracle.reporting_lines(factory_of_any_size.dataset),
        ask="Take the first row that differs: who is above it?",
    )


def test_reporting_lines_is_a_recursion(answers, factory):
    """The lines are followed by a recursion, not by as many joins as there happen to be levels."""
    expect_recursive_query(
        answers.reporting_lines(factory("sample")),
        tables=["employee"],
        ask="How many joins would you write for ten thousand levels?",
    )


# 3. parts_needed ------------------------------------------------------------------------------------------------------


def test_parts_needed_multiplies_on_the_way_down(answers, factory):
    """Two wheels of 36 spokes need 72: quantities are multiplied on the way down, and added where ways meet."""
    works = factory("sample")
    expect_rows(
        answers.parts_needed(works),
        oracle.parts_needed(works.dataset),
        ask="Take the first row that differs: on which ways does the part get into the bicycle, and how many on each?",
    )


def test_parts_needed_keeps_bicycles_apart(answers, factory):
    """A part that two bicycles need is listed for each of them, with as many as go into that one."""
    works = factory("corners")
    expect_rows(
        answers.parts_needed(works),
        oracle.parts_needed(works.dataset),
        ask="Take the first row that differs: which bicycles need this part, and how many does each of them?",
    )


def test_parts_needed_counts_equal_ways_twice(answers, factory):
    """The same part, as often and as deep, on two ways or on two lines of a list is needed twice."""
    works = factory("diamonds")
    expect_rows(
        answers.parts_needed(works),
        oracle.parts_needed(works.dataset),
        ask="Take the first row that differs: how many ways lead to it, and how many are left in your recursion?",
    )


def test_parts_needed_begins_with_every_bicycle(answers, factory):
    """Every bicycle is taken apart, also one that goes into another; one that is bought whole gives no rows."""
    works = factory("orphans")
    expect_rows(
        answers.parts_needed(works),
        oracle.parts_needed(works.dataset),
        ask="Take the first row that differs: which bicycle stands behind it, and what do the rules say of such a one?",
    )


def test_parts_needed_lists_what_is_bought(answers, factory):
    """What is listed has no components of its own, at whatever depth it is used."""
    works = factory("numbers")
    expect_rows(
        answers.parts_needed(works),
        oracle.parts_needed(works.dataset),
        ask="Take the first row that differs: is there a parts list of it, and how deep is it used?",
    )


def test_parts_needed_goes_down_to_the_last_part(answers, factory):
    """A hundred assemblies in each other are taken apart to the last one."""
    works = factory("deep")
    expect_rows(
        answers.parts_needed(works),
        oracle.parts_needed(works.dataset),
        ask="What in your query decides when it stops?",
    )


def test_parts_needed_is_not_bound_to_integers(answers, factory):
    """One bicycle may need more of a part than an integer can hold."""
    works = factory("loops")
    expect_rows(
        answers.parts_needed(works),
        oracle.parts_needed(works.dataset),
        ask="What type has a quantity before the first multiplication, and what is the largest number it can hold?",
    )


def test_parts_needed_holds_in_factories_of_any_size(answers, factory_of_any_size):
    """The numbers are right for no parts, for one bicycle, and for many at random."""
    expect_rows(
        answers.parts_needed(factory_of_any_size),
        oracle.parts_needed(factory_of_any_size.dataset),
        ask="Take the first row that differs: on which ways does the part get into the bicycle?",
    )


def test_parts_needed_is_a_recursion(answers, factory):
    """The parts lists are followed by a recursion, not by as many joins as there happen to be levels."""
    expect_recursive_query(
        answers.parts_needed(factory("sample")),
        tables=["component"],
        ask="How many joins would you write for a hundred assemblies in each other?",
    )


# 4. catalogue_tree ----------------------------------------------------------------------------------------------------


def test_catalogue_tree_lists_a_category_before_what_is_in_it(answers, factory):
    """A category stands above all that is in it, and before its next neighbour, with its path."""
    works = factory("sample")
    expect_rows(
        answers.catalogue_tree(works),
        oracle.catalogue_tree(works.dataset),
        ask="Take the first row that differs: who is its parent, and how many steps is it from the top?",
        ask_of_order="Take the first row out of place: which row should stand just above it, and what sorts your rows?",
    )


def test_catalogue_tree_sorts_neighbours_by_place(answers, factory):
    """Neighbours stand in the order of their places, whatever their numbers are."""
    works = factory("orphans")
    expect_rows(
        answers.catalogue_tree(works),
        oracle.catalogue_tree(works.dataset),
        ask="Take the first row that differs: with which rows does your recursion begin?",
        ask_of_order="Take the first row out of place: which column says where it stands among its neighbours?",
    )


def test_catalogue_tree_sorts_neighbours_of_one_place_by_number(answers, factory):
    """Of neighbours with one place the lower category_id is first, whatever they are called."""
    works = factory("loops")
    expect_rows(
        answers.catalogue_tree(works),
        oracle.catalogue_tree(works.dataset),
        ask="Take the first row that differs: who is its parent?",
        ask_of_order="Take the first row out of place: its neighbour has the same place, so what decides between them?",
    )


def test_catalogue_tree_keeps_branches_of_equal_places_apart(answers, factory):
    """Neighbours with one place, and one name, are each followed by what is in them."""
    works = factory("diamonds")
    expect_rows(
        answers.catalogue_tree(works),
        oracle.catalogue_tree(works.dataset),
        ask="Take the first row that differs: what leads your recursion from a category to what is in it?",
        ask_of_order="Two neighbours have one place and one name: what in your order keeps their children apart?",
    )


def test_catalogue_tree_sorts_places_as_numbers(answers, factory):
    """Places are numbers: 10 comes after 9, and -2 before -1."""
    works = factory("numbers")
    expect_rows(
        answers.catalogue_tree(works),
        oracle.catalogue_tree(works.dataset),
        ask="Take the first row that differs: who is above it, one after the other?",
        ask_of_order="Take the first row out of place: is it compared as a number or as a text?",
    )


def test_catalogue_tree_takes_names_as_they_are(answers, factory):
    """A name may hold ' > ' itself: depth is how many steps it is down, not how many arrows the path shows."""
    works = factory("corners")
    expect_rows(
        answers.catalogue_tree(works),
        oracle.catalogue_tree(works.dataset),
        ask="Take the first row that differs: are its steps counted as they are made, or read off the path?",
    )


def test_catalogue_tree_goes_down_to_the_last_category(answers, factory):
    """A hundred categories in each other are followed to the last one."""
    works = factory("deep")
    expect_rows(
        answers.catalogue_tree(works),
        oracle.catalogue_tree(works.dataset),
        ask="What in your query decides when it stops?",
    )


def test_catalogue_tree_holds_in_factories_of_any_size(answers, factory_of_any_size):
    """The tree is right for no categories, for one, and for many at random."""
    expect_rows(
        answers.catalogue_tree(factory_of_any_size),
        oracle.catalogue_tree(factory_of_any_size.dataset),
        ask="Take the first row that differs: who is its parent, and how deep is that?",
        ask_of_order="Take the first row out of place: who is its parent, and what are its neighbours' places?",
    )


def test_catalogue_tree_is_a_recursion(answers, factory):
    """The tree is followed by a recursion, not by as many joins as there happen to be levels."""
    expect_recursive_query(
        answers.catalogue_tree(factory("sample")),
        tables=["category"],
        ask="How many joins would you write for a hundred levels?",
    )


# 5. reachable_stations ------------------------------------------------------------------------------------------------


def test_reachable_stations_finds_the_shortest_ride(answers, factory):
    """Every station that can be reached is there once, with the fewest belts."""
    works = factory("sample")
    expect_rows(
        answers.reachable_stations(works),
        oracle.reachable_stations(works.dataset),
        ask="Take the first row that differs: which ways lead there, and which is the shortest?",
    )


def test_reachable_stations_runs_belts_one_way(answers, factory):
    """A belt runs from from_station to to_station only, whatever the numbers of the two."""
    works = factory("numbers")
    expect_rows(
        answers.reachable_stations(works),
        oracle.reachable_stations(works.dataset),
        ask="Take the first row that differs: is there a way that runs with all of its belts?",
    )


def test_reachable_stations_ends_although_frames_go_in_circles(answers, factory):
    """Belts that lead round in circles are run through once: no station is lost, and the query ends."""
    works = factory("loops")
    expect_rows(
        answers.reachable_stations(works),
        oracle.reachable_stations(works.dataset),
        ask="Take the first row that differs: which belts lead there, and at which station did your query turn back?",
    )


def test_reachable_stations_keeps_the_rides_apart(answers, factory):
    """Each entrance has its own rides: what one has reached, another can reach too, on as few belts as there are."""
    works = factory("diamonds")
    expect_rows(
        answers.reachable_stations(works),
        oracle.reachable_stations(works.dataset),
        ask="Take the first row that differs: whose ride is it, and who else has been there?",
    )


def test_reachable_stations_runs_through_other_entrances(answers, factory):
    """A frame runs through another entrance as through any station."""
    works = factory("corners")
    expect_rows(
        answers.reachable_stations(works),
        oracle.reachable_stations(works.dataset),
        ask="Take the first row that differs: which stations lie on the way there, and where did the ride end?",
    )


def test_reachable_stations_knows_what_nobody_reaches(answers, factory):
    """An entrance without a belt reaches itself, and what no belt leads to from an entrance is not listed."""
    works = factory("orphans")
    expect_rows(
        answers.reachable_stations(works),
        oracle.reachable_stations(works.dataset),
        ask="Take the first row that differs: with which rows does your recursion begin?",
    )


def test_reachable_stations_rides_round_a_long_ring(answers, factory):
    """A ring of 600 stations is run round to its last one."""
    works = factory("deep")
    expect_rows(
        answers.reachable_stations(works),
        oracle.reachable_stations(works.dataset),
        ask="What in your query decides when it stops: that it has been here before, or a number of belts?",
    )


def test_reachable_stations_holds_in_factories_of_any_size(answers, factory_of_any_size):
    """The rides are right for no stations, for one with a belt to itself, and for many at random."""
    expect_rows(
        answers.reachable_stations(factory_of_any_size),
        oracle.reachable_stations(factory_of_any_size.dataset),
        ask="Take the first row that differs: which ways lead there?",
    )


def test_reachable_stations_is_a_recursion(answers, factory):
    """The belts are followed by a recursion, not by as many joins as there happen to be stations."""
    expect_recursive_query(
        answers.reachable_stations(factory("sample")),
        tables=["belt"],
        ask="How many joins would you write for a ring of 600 stations?",
    )


# 6. cheapest_freight --------------------------------------------------------------------------------------------------


def test_cheapest_freight_finds_the_cheapest_way(answers, factory):
    """The cheapest way has the lowest sum of prices; more legs may well cost less."""
    works = factory("sample")
    expect_rows(
        answers.cheapest_freight(works),
        oracle.cheapest_freight(works.dataset),
        ask="Take the first row that differs: which ways lead there, and what do they cost?",
    )


def test_cheapest_freight_lists_what_can_be_reached(answers, factory):
    """The ways begin in the factory's town, reached with no leg; a town that is too far is not listed."""
    works = factory("orphans")
    expect_rows(
        answers.cheapest_freight(works),
        oracle.cheapest_freight(works.dataset),
        ask="Take the first row that differs: how many legs is it away from the factory, and how many are allowed?",
    )


def test_cheapest_freight_looks_beyond_the_next_leg(answers, factory):
    """A way may begin with a dear leg and be the cheapest; one with too many legs is none."""
    works = factory("numbers")
    expect_rows(
        answers.cheapest_freight(works),
        oracle.cheapest_freight(works.dataset),
        ask="Take the first row that differs: at which leg did your query give this way up, or count one too many?",
    )


def test_cheapest_freight_breaks_ties_by_legs_and_route(answers, factory):
    """Of ways of one price that with fewer legs is taken, of those the lowest route; of two hauliers the cheaper."""
    works = factory("diamonds")
    expect_rows(
        answers.cheapest_freight(works),
        oracle.cheapest_freight(works.dataset),
        ask="Take the first row that differs: which other ways have the same price?",
    )


def test_cheapest_freight_compares_routes_by_number(answers, factory):
    """Of routes with one price and as many legs the lowest is taken: 9 is lower than 10."""
    works = factory("corners")
    expect_rows(
        answers.cheapest_freight(works),
        oracle.cheapest_freight(works.dataset),
        ask="Take the first row that differs: are the two routes compared as numbers or as texts, and to the end?",
    )


def test_cheapest_freight_goes_as_far_as_the_contract_allows(answers, factory):
    """Thirty legs are gone if the contract allows thirty."""
    works = factory("deep")
    expect_rows(
        answers.cheapest_freight(works),
        oracle.cheapest_freight(works.dataset),
        ask="What in your query decides when it stops?",
    )


def test_cheapest_freight_may_go_round_in_circles(answers, factory):
    """Legs that lead back, or nowhere, or cost nothing, make no way longer than it need be."""
    works = factory("loops")
    expect_rows(
        answers.cheapest_freight(works),
        oracle.cheapest_freight(works.dataset),
        ask="Take the first row that differs: does its route visit a town twice?",
    )


def test_cheapest_freight_holds_in_factories_of_any_size(answers, factory_of_any_size):
    """The ways are right for no towns, for one with a leg to itself, and for many at random."""
    expect_rows(
        answers.cheapest_freight(factory_of_any_size),
        oracle.cheapest_freight(factory_of_any_size.dataset),
        ask="Take the first row that differs: which ways lead there, and what do they cost?",
    )


def test_cheapest_freight_is_a_recursion(answers, factory):
    """The legs are followed by a recursion: the contract says how many, not the query."""
    expect_recursive_query(
        answers.cheapest_freight(factory("sample")),
        tables=["leg", "contract"],
        ask="How many joins would you write if the contract allowed thirty legs?",
    )


# 7. door_access -------------------------------------------------------------------------------------------------------


def test_door_access_follows_groups_in_groups(answers, factory):
    """A door opens for the members of its groups, and for the members of groups in them."""
    works = factory("sample")
    expect_rows(
        answers.door_access(works),
        oracle.door_access(works.dataset),
        ask="Take the first row that differs: through which groups does this employee come to this door?",
    )


def test_door_access_lists_everybody_once(answers, factory):
    """Who may open a door through several groups is listed once, and two employees of one name are two."""
    works = factory("diamonds")
    expect_rows(
        answers.door_access(works),
        oracle.door_access(works.dataset),
        ask="Take the first row that differs: through how many groups does this employee come to this door?",
    )


def test_door_access_gives_nothing_to_the_group_above(answers, factory):
    """A door opens for the members of groups in its group, whatever their numbers, not for those of groups above it."""
    works = factory("numbers")
    expect_rows(
        answers.door_access(works),
        oracle.door_access(works.dataset),
        ask="Take the first row that differs: which of the two groups is a member of the other?",
    )


def test_door_access_ends_although_groups_hold_each_other(answers, factory):
    """Groups that hold each other, or themselves, all have the same members, and the query ends."""
    works = factory("loops")
    expect_rows(
        answers.door_access(works),
        oracle.door_access(works.dataset),
        ask="Take the first row that differs: through which groups does it come, and where did your query turn back?",
    )


def test_door_access_opens_for_nobody_without_members(answers, factory):
    """A group without members, and groups of such groups, open nothing for anybody."""
    works = factory("orphans")
    expect_rows(
        answers.door_access(works),
        oracle.door_access(works.dataset),
        ask="Take the first row that differs: who are the members of its groups?",
    )


def test_door_access_follows_three_hundred_groups(answers, factory):
    """Three hundred groups in each other are followed to the last one."""
    works = factory("deep")
    expect_rows(
        answers.door_access(works),
        oracle.door_access(works.dataset),
        ask="What in your query decides when it stops?",
    )


def test_door_access_holds_in_factories_of_any_size(answers, factory_of_any_size):
    """The list is right for no doors, for one, and for many at random."""
    expect_rows(
        answers.door_access(factory_of_any_size),
        oracle.door_access(factory_of_any_size.dataset),
        ask="Take the first row that differs: through which groups does this employee come to this door?",
    )


def test_door_access_is_a_recursion(answers, factory):
    """The groups are followed by a recursion, not by as many joins as there happen to be groups in groups."""
    expect_recursive_query(
        answers.door_access(factory("sample")),
        tables=["group_member"],
        ask="How many joins would you write for three hundred groups in each other?",
    )


# 8. backlog -----------------------------------------------------------------------------------------------------------


def test_backlog_carries_over_what_is_left(answers, factory):
    """What a line could not build on a day is left for the next, from its first order to the factory's last."""
    works = factory("sample")
    expect_rows(
        answers.backlog(works),
        oracle.backlog(works.dataset),
        ask="Take the first row that differs: is it a day of this line, and what was left, came in and was built?",
    )


def test_backlog_adds_the_orders_of_a_day(answers, factory):
    """Equal orders on one day are as many orders, and the day is there once."""
    works = factory("diamonds")
    expect_rows(
        answers.backlog(works),
        oracle.backlog(works.dataset),
        ask="Take the first row that differs: which orders came in on that day?",
    )


def test_backlog_lists_no_line_without_orders(answers, factory):
    """A line that was never given work is not listed; those beside it are."""
    works = factory("corners")
    expect_rows(
        answers.backlog(works),
        oracle.backlog(works.dataset),
        ask="Take the first row that differs: on which day did this line get its first order?",
    )


def test_backlog_is_never_below_zero(answers, factory):
    """What could have been built on a day without work is lost, not saved for later."""
    works = factory("orphans")
    expect_rows(
        answers.backlog(works),
        oracle.backlog(works.dataset),
        ask="Take the first row that differs: what was left of the day before, and can it be less than nothing?",
    )


def test_backlog_works_through_the_turn_of_the_year(answers, factory):
    """The calendar goes on over the end of the month and of the year, and a line works on after its own last order."""
    works = factory("numbers")
    expect_rows(
        answers.backlog(works),
        oracle.backlog(works.dataset),
        ask="Take the first row that differs: which day is the last of its line's calendar?",
    )


def test_backlog_fills_a_gap_of_a_year(answers, factory):
    """More than a year without orders is a year of work."""
    works = factory("deep")
    expect_rows(
        answers.backlog(works),
        oracle.backlog(works.dataset),
        ask="Take the first row that differs: which days has your calendar round it?",
    )


def test_backlog_holds_in_factories_of_any_size(answers, factory_of_any_size):
    """The backlog is right for no orders, for one, and for many at random."""
    expect_rows(
        answers.backlog(factory_of_any_size),
        oracle.backlog(factory_of_any_size.dataset),
        ask="Take the first row that differs: what was left of the day before?",
    )
