-- Spoke & Sprocket, a bicycle factory.

CREATE TABLE sales_order (
    order_id integer PRIMARY KEY,
    customer text NOT NULL
);

CREATE TABLE order_line (
    line_id  integer PRIMARY KEY,
    order_id integer NOT NULL REFERENCES sales_order,
    quantity integer NOT NULL CHECK (quantity > 0),
    price    numeric(10, 2) NOT NULL        -- of one bicycle
);

CREATE TABLE payment (
    payment_id integer PRIMARY KEY,
    order_id   integer NOT NULL REFERENCES sales_order,
    amount     numeric(10, 2) NOT NULL
);

CREATE TABLE employee (
    employee_id integer PRIMARY KEY,
    name        text NOT NULL,              -- two people may have the same one
    manager_id  integer                     -- NULL: has no manager; a number that isn't here: the manager has left
);
CREATE INDEX ON employee (manager_id);

-- A part is bought, or it is an assembly: then there are components of it. No part is contained in itself.
CREATE TABLE part (
    part_id    integer PRIMARY KEY,
    name       text NOT NULL,
    is_bicycle boolean NOT NULL
);

-- One line of a parts list. The same part may stand on several lines of one list: two bolts here, two bolts there.
CREATE TABLE component (
    line_id     integer PRIMARY KEY,
    assembly_id integer NOT NULL REFERENCES part,
    part_id     integer NOT NULL REFERENCES part,
    quantity    integer NOT NULL CHECK (quantity > 0)
);
CREATE INDEX ON component (assembly_id);

CREATE TABLE category (
    category_id integer PRIMARY KEY,
    parent_id   integer REFERENCES category,  -- NULL: a chapter of the catalogue
    place       integer NOT NULL,             -- among those of the same parent; below zero for what was put in front
    name        text NOT NULL
);

CREATE TABLE station (
    station_id  integer PRIMARY KEY,
    name        text NOT NULL,
    is_entrance boolean NOT NULL
);

-- A conveyor belt runs one way. Frames may well go round in circles.
CREATE TABLE belt (
    belt_id      integer PRIMARY KEY,
    from_station integer NOT NULL REFERENCES station,
    to_station   integer NOT NULL REFERENCES station
);
CREATE INDEX ON belt (from_station);

CREATE TABLE town (
    town_id     integer PRIMARY KEY,
    name        text NOT NULL,
    has_factory boolean NOT NULL            -- true for one town
);

-- What a haulier asks for a pallet. Between the same towns there may be several, or one that asks nothing.
CREATE TABLE leg (
    leg_id    integer PRIMARY KEY,
    from_town integer NOT NULL REFERENCES town,
    to_town   integer NOT NULL REFERENCES town,
    price     numeric(10, 2) NOT NULL CHECK (price >= 0)
);

-- One row: pallets may be handed over only so often.
CREATE TABLE contract (
    most_legs integer NOT NULL
);

CREATE TABLE badge_group (
    group_id integer PRIMARY KEY,
    name     text NOT NULL
);

-- A member is an employee or a whole group, whose members are members too. Two groups may well hold each other.
CREATE TABLE group_member (
    membership_id integer PRIMARY KEY,
    group_id      integer NOT NULL REFERENCES badge_group,
    employee_id   integer REFERENCES employee,
    subgroup_id   integer REFERENCES badge_group,
    CHECK (num_nonnulls(employee_id, subgroup_id) = 1)
);

-- Which groups open which door.
CREATE TABLE door_group (
    door_id  integer NOT NULL,
    group_id integer NOT NULL REFERENCES badge_group,
    PRIMARY KEY (door_id, group_id)
);

CREATE TABLE assembly_line (
    line_id  integer PRIMARY KEY,
    capacity integer NOT NULL CHECK (capacity > 0)  -- bicycles a day, every day of the year
);

CREATE TABLE work_order (
    work_order_id integer PRIMARY KEY,
    line_id       integer NOT NULL REFERENCES assembly_line,
    ordered_on    date NOT NULL,
    bicycles      integer NOT NULL CHECK (bicycles > 0)
);
